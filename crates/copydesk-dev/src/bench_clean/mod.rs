//! The whole path over a benchmark's pages: `cargo dev bench-clean --data DIR [--mode html|text] [--laws]`.
//!
//! Prints the benchmark's own measures, and with `--laws` checks laws 1, 2 and 3 of the contract on every page.

pub(crate) mod laws;
pub(crate) mod snippets;

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, bail};
use copydesk_core::{Article, RecordView};

use laws::{Tally, law_breaches};
use snippets::{SnippetTally, Snippets};

use crate::train::label::words;
use crate::train::metric::Score;
use crate::train::path::Path;
use crate::train::sample::Truth;

/// What to clean.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `truth/`, `html/` and `dirty/`
    #[arg(long)]
    data: PathBuf,
    /// Which of the inputs: `html` or `text`; both by default
    #[arg(long)]
    mode: Option<String>,
    /// A folder of `ID.txt[.gz]` or `ID.md[.gz]` in the place of `dirty/`: other tools' dumps of the pages,
    /// scored without their marks for links
    #[arg(long)]
    text: Option<PathBuf>,
    /// Only pages with odd or even numbers: `odd` or `even`
    #[arg(long)]
    half: Option<Half>,
    /// Show this many of the worst pages, their errors in snippets, and the lines wrongly kept and lost
    #[arg(long, default_value_t = 0)]
    worst: usize,
    /// Write each page's text here, as `MODE/ID.txt`, and all records as `MODE.jsonl`
    #[arg(long)]
    pred_out: Option<PathBuf>,
    /// Check the laws on every page
    #[arg(long)]
    laws: bool,
    /// Rules only, without the block model
    #[arg(long)]
    no_model: bool,
}

/// Half of the pages: to look at one and be judged by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Half {
    Odd,
    Even,
}

impl Half {
    fn holds(self, id: &str) -> bool {
        let odd = id.bytes().next_back().is_some_and(|digit| digit % 2 == 1);
        odd == (self == Half::Odd)
    }
}

/// Cleans and measures.
///
/// # Errors
/// The data cannot be read, or a law is broken.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut truths = Truth::all(&options.data)?;
    truths.retain(|truth| options.half.is_none_or(|half| half.holds(&truth.id)));
    let mut broken = 0;
    for mode in ["html", "text"] {
        if options.mode.as_deref().is_none_or(|wanted| wanted == mode) {
            broken += clean_all(mode, &truths, options)?;
        }
    }
    if broken > 0 {
        bail!("{broken} breaches of law");
    }
    Ok(())
}

fn clean_all(mode: &str, truths: &[Truth], options: &Options) -> anyhow::Result<usize> {
    let mut path = Path::new(!options.no_model)?;
    let mut score = Score::default();
    let mut tally = Tally::default();
    let mut broken = 0;
    let mut records = String::new();
    let snippets = Snippets::all(&options.data, truths.iter())?;
    let mut found = SnippetTally::default();
    let mut pages = Vec::new();
    for truth in truths {
        let (name, bytes) = page(mode, &truth.id, options)?;
        let text = match path.clean(&name, bytes.clone()) {
            Ok(article) => {
                let record = RecordView(&article).to_json();
                if options.laws {
                    for breach in law_breaches(&mut path, &name, bytes, &article, &mut tally)? {
                        println!("{mode} {}: {breach}", truth.id);
                        broken += 1;
                    }
                }
                records.push_str(&prediction(&truth.id, &record)?);
                match options.text {
                    Some(_) if mode == "text" => as_seen(&article),
                    _ => article.text(),
                }
            }
            Err(error) => {
                println!("{name}: {error}");
                String::new()
            }
        };
        if let Some(out) = &options.pred_out {
            let dir = out.join(mode);
            std::fs::create_dir_all(&dir)?;
            std::fs::write(dir.join(format!("{}.txt", truth.id)), &text)?;
        }
        let f1 = score.add(&text, &truth.text);
        snippets.count(&truth.id, &text, &mut found);
        pages.push((f1, truth, text));
    }
    if let Some(out) = &options.pred_out {
        std::fs::write(out.join(format!("{mode}.jsonl")), records)?;
    }
    println!("{mode}: {}  {found}", score.mean());
    pages.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (f1, truth, text) in pages.iter().take(options.worst) {
        show(*f1, truth, text, &snippets);
    }
    if options.laws {
        println!("{mode}: {tally}");
        broken += usize::from(tally.share() >= 0.01);
    }
    Ok(broken)
}

/// The name and the bytes of a page's input.
fn page(mode: &str, id: &str, options: &Options) -> anyhow::Result<(String, Vec<u8>)> {
    let (dir, stem) = match (mode, &options.text) {
        ("html", _) => (options.data.join("html"), format!("{id}.html")),
        (_, Some(dir)) => (dir.clone(), format!("{id}.txt")),
        (_, None) => (options.data.join("dirty"), format!("{id}.txt")),
    };
    let markdown = format!("{id}.md");
    let names = [format!("{stem}.gz"), stem, format!("{markdown}.gz"), markdown];
    let name = names.into_iter().find(|name| dir.join(name).exists());
    let name = name.with_context(|| format!("no page {id} in {}", dir.display()))?;
    let bytes = std::fs::read(dir.join(&name)).with_context(|| format!("cannot read {name}"))?;
    Ok((name, bytes))
}

/// The text of a dump as a reader sees it, so that marks of links and breaks of lines are no errors.
fn as_seen(article: &Article) -> String {
    let mut text = String::new();
    for kept in article.kept().filter(|kept| kept.kind.is_body()) {
        let seen = copydesk_stripper::seen(kept.text);
        let words: Vec<&str> = seen.split_ascii_whitespace().collect();
        text.extend([words.join(" ").as_str(), "\n\n"]);
    }
    text
}

/// Prints what is wrong with a page's text, as far as lines and snippets tell.
fn show(f1: f64, truth: &Truth, text: &str, snippets: &Snippets) {
    println!("\n=== {} {f1:.3} {} — {:?}", truth.id, truth.url, truth.title);
    let (missing, surviving) = snippets.errors(&truth.id, text);
    for snippet in missing {
        println!("WITH    {snippet}");
    }
    for snippet in surviving {
        println!("WITHOUT {snippet}");
    }
    for (mark, lines, other) in [("KEPT", text, truth.text.as_str()), ("LOST", &truth.text, text)] {
        let bag: HashSet<String> = words(other).collect();
        for line in lines.lines() {
            let known = words(line).filter(|word| bag.contains(word)).count();
            let n_words = words(line).count();
            if n_words > 0 && known * 3 < n_words * 2 {
                println!("{mark} {}", line.chars().take(110).collect::<String>());
            }
        }
    }
}

/// A record as the benchmark's scorer wants it.
fn prediction(id: &str, record: &str) -> anyhow::Result<String> {
    let record: serde_json::Value = serde_json::from_str(record)?;
    let line = serde_json::json!({
        "id": id,
        "text": record["text"],
        "title": record["title"],
        "author": record["authors"],
        "date": record["published"],
        "modified": record["modified"],
        "evidence": record["evidence"],
    });
    Ok(format!("{line}\n"))
}
