//! Streams a benchmark through `find_stories`: `cargo dev bench-stories --data DIR`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context;
use copydesk_core::{Article, Seq, Stage};
use copydesk_stories::{Decision, FindStories, StoryOptions};

use super::data::{Document, load};
use super::score::{b_cubed, pairwise};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `docs.jsonl` (`id`, `title`, `text`, `t` in days) and, for figures, `labels.jsonl`
    #[arg(long)]
    data: Option<PathBuf>,
    /// Withhold the times; the order stays
    #[arg(long)]
    no_time: bool,
    /// Headlines alone
    #[arg(long)]
    headlines: bool,
    /// Only documents of this split
    #[arg(long)]
    split: Option<String>,
    /// Write `id`, tab, story, a line each
    #[arg(long)]
    out: Option<PathBuf>,
    /// Weights to be used instead of the stage's own
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Measure the speed on invented articles, with so many stories alive
    #[arg(long)]
    live: Option<usize>,
}

/// Measures, and prints.
///
/// # Errors
/// The data cannot be read, or the predictions not written.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if let Some(n_live) = options.live {
        super::speed::run(n_live)?;
    }
    let Some(data) = &options.data else { return Ok(()) };
    let mut documents = load(data)?;
    if let Some(split) = &options.split {
        documents.retain(|document| document.split.as_ref() == Some(split));
    }
    if options.headlines {
        documents = documents.iter().map(Document::headline).collect();
    }
    let decision = match &options.weights {
        Some(path) => Decision::read(&std::fs::read_to_string(path)?).context("no weights")?,
        None => Decision::learnt(),
    };
    let mut stage = FindStories::with_decision("find_stories", &StoryOptions::default(), decision)?;
    let mut articles: Vec<Article> =
        documents.iter().map(|document| document.article(!options.no_time)).collect();
    let begin = super::speed::cpu_seconds();
    let given = stream(&mut stage, &mut articles)?;
    let seconds = super::speed::cpu_seconds() - begin;
    let n_bytes: usize =
        articles.iter().flat_map(|article| &article.memories).map(|(_, bytes)| bytes.len()).sum();
    println!(
        "{} articles, {:.0} a CPU-second, {} bytes of memory an article",
        documents.len(),
        documents.len() as f64 / seconds,
        n_bytes / documents.len().max(1)
    );
    let pairs: Vec<(&str, &str)> = documents
        .iter()
        .zip(&given)
        .filter_map(|(document, given)| Some((document.story.as_deref()?, given.as_str())))
        .collect();
    if !pairs.is_empty() {
        println!("B-cubed {}", b_cubed(&pairs));
        println!("pairs   {}", pairwise(&pairs));
    }
    if let Some(out) = &options.out {
        let mut lines = String::new();
        for (document, given) in documents.iter().zip(&given) {
            writeln!(lines, "{}\t{given}", document.id)?;
        }
        std::fs::write(out, lines).with_context(|| format!("cannot write {}", out.display()))?;
    }
    Ok(())
}

/// The story of each article, in order. One without words gets an id of its own.
pub(super) fn stream(stage: &mut FindStories, articles: &mut [Article]) -> anyhow::Result<Vec<String>> {
    let mut given = Vec::with_capacity(articles.len());
    for (seq, article) in (1..).zip(articles) {
        article.seq = Seq(seq);
        stage.process(article)?;
        given.push(article.story.as_ref().map_or_else(|| format!("none-{seq}"), |story| story.id.clone()));
    }
    Ok(given)
}
