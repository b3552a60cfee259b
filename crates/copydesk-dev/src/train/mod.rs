//! Trains the block model: `cargo dev train --data PATH`.
//!
//! The features are the program's own, so what is learnt is what is used. Pages are held out by site, and the
//! second forest learns from opinions of first forests that never saw the page.

mod augment;
mod boost;
mod corpus;
mod label;
pub(crate) mod metric;
pub(crate) mod sample;

use std::path::PathBuf;

use anyhow::Context;
use copydesk_stripper::model::{Forest, Mode, decide, probability};

use boost::{Settings, Table, grow};
use corpus::{Document, rows, scores};
use metric::Score;
use sample::{Sample, Truth};

/// What to train, on what.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `truth/`, `html/` and `dirty/`
    #[arg(long)]
    data: PathBuf,
    /// `text` or `html`
    #[arg(long, value_enum)]
    mode: Wanted,
    /// Where to write the weights; without it only the figures are printed
    #[arg(long)]
    out: Option<PathBuf>,
    /// Parts of the cross-validation
    #[arg(long, default_value_t = 4)]
    folds: usize,
    /// Trees of each forest
    #[arg(long, default_value_t = 200)]
    trees: usize,
    /// Changed copies of each page to learn from
    #[arg(long, default_value_t = 2)]
    copies: usize,
    /// How many of the worst pages to show
    #[arg(long, default_value_t = 0)]
    worst: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Wanted {
    Text,
    Html,
}

/// Trains and measures.
///
/// # Errors
/// The data cannot be read, or the weights not written.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let truths = Truth::all(&options.data)?;
    let mut documents = load(options, &truths)?;
    let n_pages = documents.len();
    augment::extend(&mut documents, &truths, options.copies);
    println!("{n_pages} pages, {} documents, {} rows", documents.len(), rows(&documents).len());
    report("keep everything", &documents, &truths, |document| vec![true; document.targets.len()]);
    report("every block right", &documents, &truths, |document| {
        document.targets.iter().map(|target| target.keep >= 0.5).collect()
    });
    let (first, opinions) = forest(&documents, options, 7)?;
    bars("first look", &documents, &truths, &opinions);
    for (document, opinion) in documents.iter_mut().zip(&opinions) {
        document.features.look_again(opinion);
    }
    let (second, opinions) = forest(&documents, options, 8)?;
    bars("second look", &documents, &truths, &opinions);
    let mode = if options.mode == Wanted::Html { Mode::Html } else { Mode::Text };
    let mut pages = Vec::new();
    let mut score = Score::default();
    for (document, opinion) in documents.iter().zip(&opinions).filter(|(document, _)| document.measured) {
        let keep = decide(mode, &document.sample.article(), &document.features.words, opinion);
        let f1 = score.add(&document.text(&keep), &truths[document.page].text);
        pages.push((f1, document, keep));
    }
    println!("decided:      {}", score.mean());
    pages.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (f1, document, keep) in pages.iter().take(options.worst) {
        show(*f1, document, keep, &truths[document.page]);
    }
    calibration(&documents, &opinions);
    if let Some(out) = &options.out {
        let mut bytes = first.to_bytes();
        bytes.extend(second.to_bytes());
        std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
        println!("{}: {} bytes", out.display(), bytes.len());
    }
    Ok(())
}

fn load(options: &Options, truths: &[Truth]) -> anyhow::Result<Vec<Document>> {
    let mut documents = Vec::new();
    for (page, truth) in truths.iter().enumerate() {
        let sample = match options.mode {
            Wanted::Text => {
                let bytes = sample::unzip(&options.data.join(format!("dirty/{}.txt.gz", truth.id)))?;
                Sample::of_lines(String::from_utf8_lossy(&bytes).split('\n'))
            }
            Wanted::Html => sample::read_page(&options.data.join(format!("html/{}.html.gz", truth.id)))?,
        };
        let targets = label::label(&sample, truth);
        let n_true = label::words(&truth.text).count();
        let weight = if n_true < 20 { 0.0 } else { 1.0 };
        documents.push(Document::new(page, 0, weight, sample, targets));
    }
    // Sites in order of their names, dealt out in turn.
    let mut sites: Vec<&str> = truths.iter().map(Truth::site).collect();
    sites.sort_unstable();
    sites.dedup();
    for document in &mut documents {
        let site = sites.binary_search(&truths[document.page].site()).unwrap_or(0);
        document.fold = site % options.folds;
    }
    Ok(documents)
}

/// A forest grown on everything, and for each document the opinion of one that never saw its site.
fn forest(documents: &[Document], options: &Options, seed: u64) -> anyhow::Result<(Forest, Vec<Vec<f32>>)> {
    let rows = rows(documents);
    let width = rows.first().map_or(0, |row| row.len());
    let table = Table::new(&rows);
    let settings = Settings { n_trees: options.trees, seed, ..Settings::default() };
    let truth: Vec<f32> = documents.iter().flat_map(|document| document.targets.iter().map(|t| t.keep)).collect();
    let weights_but = |held: Option<usize>| -> Vec<f32> {
        let weights = |document: &Document| {
            let share = if held == Some(document.fold) { 0.0 } else { 1.0 };
            document.weights().map(|weight| weight * share).collect::<Vec<f32>>()
        };
        documents.iter().flat_map(weights).collect()
    };
    let mut opinions = vec![Vec::new(); documents.len()];
    for fold in 0..options.folds {
        let (prior, trees) = grow(&table, &truth, &weights_but(Some(fold)), settings);
        let forest = Forest::new(width, prior, &trees)?;
        for (document, opinion) in documents.iter().zip(&mut opinions).filter(|(d, _)| d.fold == fold) {
            *opinion = scores(document, &forest).into_iter().map(probability).collect();
        }
    }
    if options.out.is_none() {
        return Ok((Forest::new(width, 0.0, &[])?, opinions));
    }
    let (prior, trees) = grow(&table, &truth, &weights_but(None), settings);
    Ok((Forest::new(width, prior, &trees)?, opinions))
}

fn report(name: &str, documents: &[Document], truths: &[Truth], keep: impl Fn(&Document) -> Vec<bool>) {
    let mut score = Score::default();
    for document in documents.iter().filter(|document| document.measured) {
        score.add(&document.text(&keep(document)), &truths[document.page].text);
    }
    println!("{name}: {}", score.mean());
}

fn bars(name: &str, documents: &[Document], truths: &[Truth], opinions: &[Vec<f32>]) {
    for bar in [0.35, 0.4, 0.45, 0.5, 0.55, 0.6] {
        let mut score = Score::default();
        for (document, opinion) in documents.iter().zip(opinions).filter(|(document, _)| document.measured) {
            let keep: Vec<bool> = opinion.iter().map(|&p| p >= bar).collect();
            score.add(&document.text(&keep), &truths[document.page].text);
        }
        println!("{name} {bar:.2}: {}", score.mean());
    }
}

fn show(f1: f64, document: &Document, keep: &[bool], truth: &Truth) {
    println!("\n=== {} {f1:.3} {} — {:?}", truth.id, truth.url, truth.title);
    for ((piece, target), keep) in document.sample.pieces.iter().zip(&document.targets).zip(keep) {
        let wrong = (target.keep >= 0.5) != *keep;
        if !wrong && piece.text.len() < 40 {
            continue;
        }
        let mark = match (wrong, keep) {
            (true, true) => "KEPT",
            (true, false) => "LOST",
            (false, true) => " +  ",
            (false, false) => " -  ",
        };
        let line: String = piece.text.chars().take(110).collect();
        println!("{mark} {line}");
    }
}

/// How often blocks of each tenth of probability belong to the article: the confidence must mean what it says.
fn calibration(documents: &[Document], opinions: &[Vec<f32>]) {
    let mut tenths = [(0.0_f64, 0.0_f64); 10];
    for (document, opinion) in documents.iter().zip(opinions).filter(|(document, _)| document.measured) {
        for (target, p) in document.targets.iter().zip(opinion) {
            let tenth = &mut tenths[((p * 10.0) as usize).min(9)];
            tenth.0 += f64::from(target.keep);
            tenth.1 += 1.0;
        }
    }
    for (idx, (keep, n)) in tenths.iter().enumerate() {
        println!("0.{idx}: {:.2} of {n}", keep / n.max(1.0));
    }
}
