//! The fields of pages, and what they cost, beside trafilatura's in the same run: `cargo dev bench-fields --data DIR`.
//!
//! Both get pages that are read already: trafilatura a parsed tree for `extract_metadata`, ours an article that is
//! read and stripped. The thread's CPU clock runs while fields are found, and no longer; of some rounds the best
//! counts. Ours is the whole stage `enrich`, with all enrichers on, so language, entities and summary are in it.

mod score;

use std::path::PathBuf;

use anyhow::Context;
use copydesk_core::{Article, Stage};
use copydesk_deduplicator::{DropRepeats, DropRepeatsOptions};
use copydesk_enricher::{Enricher, EnricherOptions};
use copydesk_stripper::{Stripper, StripperOptions};

use crate::bench_peers::theirs::{self, Inputs};
use crate::bench_peers::{Page, cpu_s, pages};
use crate::train::sample::read;
use score::{Found, Score};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `truth/`, `html/` and `dirty/`
    #[arg(long)]
    data: PathBuf,
    /// A virtual environment with trafilatura; made if it is not there [default: in a temporary folder]
    #[arg(long)]
    python: Option<PathBuf>,
    /// How many rounds; the best counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Enrichers to switch off
    #[arg(long, value_delimiter = ',')]
    off: Vec<String>,
}

/// All enrichment is to be at least so many times as fast as trafilatura reads metadata.
const TIMES_TRAFILATURA: f64 = 20.0;
/// It is to take at most this share of the CPU time of reading, stripping and enriching.
const SHARE_OF_PATH: f64 = 1.0 / 3.0;

/// Runs both and prints their figures, and how they stand to the goals.
///
/// # Errors
/// The data cannot be read, or trafilatura cannot be had.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return crate::bench::again_in_release();
    }
    let pages = pages(&options.data)?;
    let place = tempfile::tempdir()?;
    let inputs = Inputs::write(place.path(), &pages)?;
    let python = theirs::python(options.python.as_deref(), place.path())?;
    let peer = inputs.described(&python, options.rounds)?;
    let ours = Ours::measure(&pages, options)?;

    println!(
        "| tool | title | authors | published | or modified | authors invented | dates invented | CPU s |\n\
         |---|---|---|---|---|---|---|---|"
    );
    let mut score = Score::default();
    for page in &pages {
        let found = peer.fields.get(&page.truth.id).cloned().unwrap_or_default();
        let found =
            Found { title: found.title, authors: found.author, published: found.date, ..Found::default() };
        score.add(&found, &page.truth);
    }
    println!("| {} | {score} | {:.2} |", peer.name, peer.cpu_s);
    let mut score = Score::default();
    for (page, found) in pages.iter().zip(&ours.found) {
        score.add(found, &page.truth);
    }
    println!("| copydesk | {score} | {:.2} |", ours.enrich_s);
    println!(
        "\nenrichment takes 1/{:.1} of the CPU time of trafilatura's metadata (goal: 1/{TIMES_TRAFILATURA:.0}), and \
         {:.0} % of that of reading, stripping and enriching (goal: {:.0} %)",
        peer.cpu_s / ours.enrich_s,
        ours.enrich_s / (ours.before_s + ours.enrich_s) * 100.0,
        SHARE_OF_PATH * 100.0
    );
    Ok(())
}

/// What we find, and what it takes.
struct Ours {
    found: Vec<Found>,
    /// CPU seconds up to the enrichment, and of the enrichment itself.
    before_s: f64,
    enrich_s: f64,
}

impl Ours {
    fn measure(pages: &[Page], options: &Options) -> anyhow::Result<Ours> {
        let mut stripper = Stripper::new("strip_boilerplate", &StripperOptions::default())?;
        let mut repeats = DropRepeats::new("drop_repeats", DropRepeatsOptions::default())?;
        let mut enricher =
            Enricher::new(EnricherOptions { off: options.off.clone(), ..EnricherOptions::default() })?;
        let mut ours = Ours { found: Vec::new(), before_s: f64::INFINITY, enrich_s: f64::INFINITY };
        for _ in 0..options.rounds.max(1) {
            let start = cpu_s();
            let mut articles: Vec<Option<Article>> = Vec::new();
            for page in pages {
                // A page without text is no article, and costs what it costs.
                let name = format!("{}.html", page.truth.id);
                let mut article = read(&name, page.html.as_bytes().to_vec()).ok();
                if let Some(article) = &mut article {
                    stripper.process(article).context("the stripper failed")?;
                    repeats.process(article).context("the deduplicator failed")?;
                }
                articles.push(article);
            }
            ours.before_s = ours.before_s.min(cpu_s() - start);
            let start = cpu_s();
            for article in articles.iter_mut().flatten() {
                enricher.process(article).context("the enricher failed")?;
            }
            ours.enrich_s = ours.enrich_s.min(cpu_s() - start);
            ours.found =
                articles.iter().map(|article| article.as_ref().map(found).unwrap_or_default()).collect();
        }
        Ok(ours)
    }
}

fn found(article: &Article) -> Found {
    Found {
        title: article.title.clone(),
        authors: Some(article.authors.join(", ")),
        published: article.published.clone(),
        modified: article.modified.clone(),
    }
}
