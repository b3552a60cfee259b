//! Ours and other extractors over the same pages in the same run: `cargo dev bench-peers --data DIR`.
//!
//! Each tool's CPU seconds are those of its thread while it extracts, without its start, reading and writing, best
//! of some rounds; accuracy is by the benchmark's own measures. Python's trafilatura comes from pip, in a virtual
//! environment that this command makes; extractors in Rust from a package outside the repository that runs them
//! (`--peers-rs`): `peers-rs TOOL HTML_DIR OUT.jsonl`, one line of JSON with `cpu_s` on standard output.

mod ours;
pub(crate) mod theirs;

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::bench_clean::snippets::{SnippetTally, Snippets};
use crate::train::metric::Score;
use crate::train::sample::Truth;

/// What to compare with.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `truth/`, `html/` and `dirty/`
    #[arg(long)]
    data: PathBuf,
    /// The folder of a package that runs extractors in Rust
    #[arg(long)]
    peers_rs: Option<PathBuf>,
    /// Which of them
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "trafilatura-rs-html,rs-trafilatura,dom_smoothie-own"
    )]
    tools: Vec<String>,
    /// A virtual environment with trafilatura; made if it is not there [default: in a temporary folder]
    #[arg(long)]
    python: Option<PathBuf>,
    /// How many rounds; the best counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// CPU seconds this thread has taken.
pub(crate) fn cpu_s() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// A page, its markup and its dump unpacked.
pub(crate) struct Page {
    pub(crate) truth: Truth,
    pub(crate) html: String,
    text: String,
}

/// What a tool made of the pages.
struct Outcome {
    name: String,
    /// By the page's place.
    texts: Vec<String>,
    /// CPU seconds for all pages.
    cpu_s: f64,
    errors: u64,
}

/// Ours are to take at most this share of the CPU time of Python's trafilatura.
const SHARE_OF_TRAFILATURA: f64 = 1.0 / 12.0;

/// Runs all tools and prints their figures, and how they stand to the goals.
///
/// # Errors
/// The data cannot be read, or a tool cannot be made or run.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return crate::bench::again_in_release();
    }
    let pages = pages(&options.data)?;
    let snippets = Snippets::all(&options.data, pages.iter().map(|page| &page.truth))?;
    let place = tempfile::tempdir()?;
    let inputs = theirs::Inputs::write(place.path(), &pages)?;
    let python = theirs::python(options.python.as_deref(), place.path())?;
    let report = |outcome: &Outcome, base: f64| report(outcome, base, &pages, &snippets);

    println!("HTML mode\n\n{HEAD}");
    let trafilatura = inputs.by_script(&python, "trafilatura", options.rounds)?;
    report(&trafilatura, trafilatura.cpu_s);
    if let Some(folder) = &options.peers_rs {
        let program = theirs::build(folder, place.path())?;
        for tool in &options.tools {
            match inputs.by_program(&program, tool, options.rounds) {
                Ok(outcome) => report(&outcome, trafilatura.cpu_s),
                Err(error) => println!("| {tool} | {error:#} |"),
            }
        }
    }
    let (html, html_strip) = ours::clean("html", &pages, options.rounds)?;
    report(&html, trafilatura.cpu_s);
    println!("\nText mode\n\n{HEAD}");
    let spans = inputs.by_script(&python, "spans", options.rounds)?;
    report(&spans, spans.cpu_s);
    let (text, text_strip) = ours::clean("text", &pages, options.rounds)?;
    report(&text, spans.cpu_s);

    println!("\nGoals\n");
    let share = html.cpu_s / trafilatura.cpu_s;
    println!(
        "HTML mode takes 1/{:.1} of the CPU time of {} (goal: 1/{:.0}); up to the stripping alone 1/{:.1}",
        1.0 / share,
        trafilatura.name,
        1.0 / SHARE_OF_TRAFILATURA,
        trafilatura.cpu_s / html_strip
    );
    let n_bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    let units = n_bytes as f64 / ours::ARTICLE_BYTES as f64;
    println!(
        "text mode, dumps of pages: {:.0} times 4 KB a second and core, up to the stripping alone {:.0}",
        units / text.cpu_s,
        units / text_strip
    );
    let [all, strip] = ours::articles_a_second(options.rounds)?;
    println!(
        "text mode, invented articles: {all:.0} of 4 KB a second and core, up to the stripping alone {strip:.0} \
         (goal: 3000)"
    );
    Ok(())
}

const HEAD: &str = "| tool | P | R | word F1 | 4-gram F1 | exact | `with` found | `without` survived | errors | CPU s \
                    | times as fast |\n|---|---|---|---|---|---|---|---|---|---|---|";

fn report(outcome: &Outcome, base: f64, pages: &[Page], snippets: &Snippets) {
    let mut score = Score::default();
    let mut tally = SnippetTally::default();
    for (page, text) in pages.iter().zip(&outcome.texts) {
        score.add(text, &page.truth.text);
        snippets.count(&page.truth.id, text, &mut tally);
    }
    let mean = score.mean();
    println!(
        "| {} | {:.3} | {:.3} | {:.4} | {:.4} | {:.3} | {:.4} | {:.4} | {} | {:.2} | {:.1} |",
        outcome.name,
        mean.precision,
        mean.recall,
        mean.f1,
        mean.gram_f1(),
        mean.exact,
        tally.found.get(),
        tally.survived.get(),
        outcome.errors,
        outcome.cpu_s,
        base / outcome.cpu_s
    );
}

pub(crate) fn pages(data: &Path) -> anyhow::Result<Vec<Page>> {
    let unpacked = |name: String| -> anyhow::Result<String> {
        let bytes = std::fs::read(data.join(&name)).with_context(|| format!("cannot read {name}"))?;
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice()), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    let page = |truth: Truth| {
        let html = unpacked(format!("html/{}.html.gz", truth.id))?;
        let text = unpacked(format!("dirty/{}.txt.gz", truth.id))?;
        Ok(Page { truth, html, text })
    };
    Truth::all(data)?.into_iter().map(page).collect()
}
