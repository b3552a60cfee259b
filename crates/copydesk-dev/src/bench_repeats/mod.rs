//! Repeats inside one article, against a benchmark of lines with a known truth:
//! `cargo dev bench-repeats --data DIR [--path] [--out PRED.jsonl]`.
//!
//! `DIR/docs.jsonl` holds `{"id", "lines": [...]}`, and `DIR/truth.jsonl`, where there is one, what must stay of them.
//! A prediction is `{"id", "keep": [bool, ...]}`, one a line for each article.

mod score;

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};

use anyhow::Context;
use copydesk_core::{Article, ArticleId, Block, BlockKind, Cut, Origin, Span, Stage};
use copydesk_deduplicator::DropRepeats;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::train::path::Path;
use score::{Score, Truth};

/// What to look at.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `docs.jsonl` and, for a score, `truth.jsonl`
    #[arg(long)]
    data: PathBuf,
    /// Write what stays of each article here
    #[arg(long)]
    out: Option<PathBuf>,
    /// Read each article as a text file, one paragraph a line, and run all stages that need no other article, in
    /// the place of `drop_repeats` alone
    #[arg(long)]
    path: bool,
    /// Show every line that is decided wrongly
    #[arg(long)]
    errors: bool,
}

#[derive(Debug, Deserialize)]
struct Doc {
    id: String,
    lines: Vec<String>,
}

/// Runs and scores.
///
/// # Errors
/// The data cannot be read, or an article cannot be cleaned.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let docs: Vec<Doc> = read(&options.data.join("docs.jsonl"))?;
    let truth_file = options.data.join("truth.jsonl");
    let truths: Vec<Truth> = if truth_file.exists() { read(&truth_file)? } else { Vec::new() };
    let truths: HashMap<&str, &Truth> = truths.iter().map(|truth| (truth.id(), truth)).collect();
    let mut path = if options.path { Some(Path::new(true)?) } else { None };
    let what = if options.path {
        "read as text, strip_boilerplate, drop_repeats, enrich"
    } else {
        "drop_repeats alone"
    };
    println!("{}: {} articles, {what}", options.data.display(), docs.len());
    let mut score = Score::default();
    let mut predictions = String::new();
    for doc in &docs {
        let (article, spans) = cleaned(doc, path.as_mut())?;
        let keep: Vec<bool> = spans.iter().map(|span| cut_at(&article, *span).is_none()).collect();
        predictions.push_str(&serde_json::json!({"id": doc.id, "keep": keep}).to_string());
        predictions.push('\n');
        let Some(truth) = truths.get(doc.id.as_str()) else { continue };
        let wrong = score.add(truth, &keep).with_context(|| format!("bad truth of {}", doc.id))?;
        if options.errors {
            for line in wrong {
                show(doc, truth, line, &article, &spans);
            }
        }
    }
    if let Some(out) = &options.out {
        std::fs::write(out, predictions).with_context(|| format!("cannot write {}", out.display()))?;
    }
    if !truths.is_empty() {
        println!("{score}");
    }
    Ok(())
}

fn read<T: DeserializeOwned>(path: &FilePath) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).with_context(|| format!("bad line in {}", path.display())))
        .collect()
}

/// The article of these lines after its stages, and where each line lies in it.
fn cleaned(doc: &Doc, path: Option<&mut Path>) -> anyhow::Result<(Article, Vec<Option<Span>>)> {
    let mut raw = String::new();
    let mut places = Vec::new();
    for line in &doc.lines {
        let start = raw.len() + line.len() - line.trim_start().len();
        places.push((start, raw.len() + line.trim_end().len()));
        raw.push_str(line);
        raw.push_str("\n\n");
    }
    let spans: Vec<Option<Span>> = places
        .into_iter()
        .map(|(start, end)| Span::new(&raw, start, end).filter(|span| !span.is_empty()))
        .collect();
    if let Some(path) = path {
        return Ok((path.clean(&format!("{}.txt", doc.id), raw.into_bytes())?, spans));
    }
    let blocks = spans.iter().flatten().map(|span| Block::plain(*span, BlockKind::Paragraph)).collect();
    let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks);
    DropRepeats::default().process(&mut article)?;
    Ok((article, spans))
}

/// The cut that a line is in. (Cuts stand in order.)
fn cut_at(article: &Article, span: Option<Span>) -> Option<&Cut> {
    let start = span?.start();
    let behind = article.cuts().partition_point(|cut| cut.span.end() <= start);
    article.cuts().get(behind).filter(|cut| cut.span.start() <= start)
}

fn show(doc: &Doc, truth: &Truth, line: usize, article: &Article, spans: &[Option<Span>]) {
    let text = |idx: usize| doc.lines.get(idx).map_or("", String::as_str);
    let cut = spans.get(line).and_then(|span| cut_at(article, *span));
    match cut {
        Some(cut) => {
            println!("\n{} GONE {} {} {}\n  {}", doc.id, truth.tag(line), cut.stage, cut.rule, text(line));
            if let Some(twin) = cut.twin {
                println!("  twin: {}", twin.of_text(article.raw()));
            }
        }
        None => println!("\n{} LEFT {}\n  {}", doc.id, truth.tag(line), text(line)),
    }
    for member in truth.group_of(line).filter(|member| *member != line) {
        println!("  beside [{}]: {}", truth.tag(member), text(member));
    }
}
