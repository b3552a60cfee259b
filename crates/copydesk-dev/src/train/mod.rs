//! Trains the block model: `cargo dev train --data PATH`.
//!
//! The features are the program's own, so what is learnt is what is used. Pages are held out by site.

mod augment;
mod boost;
mod corpus;
mod disguise;
pub(crate) mod label;
pub(crate) mod metric;
pub(crate) mod path;
pub(crate) mod sample;

use std::path::PathBuf;

use anyhow::{Context, bail};
use copydesk_stripper::model::{Forest, decide, probability};

use boost::{Settings, Table, grow};
use corpus::{Document, Version, rows, scores};
use metric::Score;
use path::Path;
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
    #[arg(long, default_value_t = 350)]
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
    if cfg!(debug_assertions) {
        return again_in_release();
    }
    let truths = Truth::all(&options.data)?;
    let mut documents = load(options, &truths)?;
    let n_pages = documents.len();
    augment::extend(&mut documents, options.copies);
    println!("{n_pages} pages, {} documents, {} rows", documents.len(), rows(&documents).len());
    report("keep everything", &documents, &truths, |document| vec![true; document.targets.len()]);
    report("every block right", &documents, &truths, |document| {
        document.targets.iter().map(|target| target.keep >= 0.5).collect()
    });
    if let Ok(path) = std::env::var("DUMP") {
        dump(&documents, &truths, &path)?;
        return Ok(());
    }
    let (forest, opinions) = forest(&documents, options)?;
    bars(&documents, &truths, &opinions);
    let mut path = Path::new(false)?;
    let mut pages = Vec::new();
    let mut score = Score::default();
    for (document, opinion) in
        documents.iter().zip(&opinions).filter(|(document, _)| document.version == Version::Real)
    {
        let mut article = document.sample.article();
        path.clean_by(&mut article, &document.features, opinion)?;
        let f1 = score.add(&article.text(), &truths[document.page].text);
        let mut kept = vec![false; document.targets.len()];
        article.kept().filter(|piece| piece.kind.is_body()).for_each(|piece| kept[piece.block] = true);
        pages.push((f1, document, kept));
    }
    println!("whole path:   {}", score.mean());
    fields(&documents, &opinions);
    others(&documents, &opinions);
    pages.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (f1, document, keep) in pages.iter().take(options.worst) {
        show(*f1, document, keep, &truths[document.page]);
    }
    calibration(&documents, &opinions);
    if let Some(out) = &options.out {
        let bytes = forest.to_bytes();
        std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
        println!("{}: {} bytes", out.display(), bytes.len());
    }
    Ok(())
}

fn dump(documents: &[Document], truths: &[Truth], path: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut rows = std::io::BufWriter::new(std::fs::File::create(format!("{path}.f32"))?);
    let mut lines = std::io::BufWriter::new(std::fs::File::create(format!("{path}.jsonl"))?);
    for document in documents {
        let texts: Vec<&str> = document.sample.pieces.iter().map(|p| p.text.as_str()).collect();
        let kinds: Vec<String> = document.sample.pieces.iter().map(|p| format!("{:?}", p.kind)).collect();
        let keep: Vec<f32> = document.targets.iter().map(|t| t.keep).collect();
        let weight: Vec<f32> = document.targets.iter().map(|t| t.weight).collect();
        let field: Vec<bool> = document.targets.iter().map(|t| t.field).collect();
        let nodes: Vec<u32> = document.sample.pieces.iter().map(|p| p.markup.map_or(0, |m| m.node)).collect();
        let links: Vec<u32> = document.sample.pieces.iter().map(|p| p.markup.map_or(0, |m| m.link_bytes)).collect();
        let page: Vec<(u32, &str, &str)> = document.sample.page.as_deref().map(|p| p.nodes.iter().map(|n| (n.parent, &*n.tag, &*n.attrs)).collect()).unwrap_or_default();
        let version = format!("{:?}", document.version);
        let line = serde_json::json!({"id": truths[document.page].id, "fold": document.fold, "version": version, "weight": document.weight, "texts": texts, "kinds": kinds, "keep": keep, "w": weight, "field": field, "nodes": nodes, "links": links, "page": page});
        writeln!(lines, "{line}")?;
        for row in &document.features.rows {
            for value in row {
                rows.write_all(&value.to_le_bytes())?;
            }
        }
    }
    Ok(())
}

/// The same command as a release build: minutes instead of hours.
fn again_in_release() -> anyhow::Result<()> {
    let mut command = std::process::Command::new(env!("CARGO"));
    command
        .args(["run", "--release", "--quiet", "--package", "copydesk-dev", "--"])
        .args(std::env::args_os().skip(1));
    if !command.status()?.success() {
        bail!("the training failed");
    }
    Ok(())
}

fn load(options: &Options, truths: &[Truth]) -> anyhow::Result<Vec<Document>> {
    let mut documents = Vec::new();
    for (page, truth) in truths.iter().enumerate() {
        let name = match options.mode {
            Wanted::Text => format!("dirty/{}.txt.gz", truth.id),
            Wanted::Html => format!("html/{}.html.gz", truth.id),
        };
        let bytes = std::fs::read(options.data.join(&name)).with_context(|| format!("cannot read {name}"))?;
        let sample = sample::read(&name, bytes).map_or_else(
            |error| {
                println!("{name}: {error}");
                Sample { pieces: Vec::new(), page: None, hints: Vec::new() }
            },
            |article| Sample::of(&article),
        );
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
fn forest(documents: &[Document], options: &Options) -> anyhow::Result<(Forest, Vec<Vec<f32>>)> {
    let rows = rows(documents);
    let width = rows.first().map_or(0, |row| row.len());
    let table = Table::new(&rows);
    let settings = Settings { n_trees: options.trees, ..Settings::default() };
    let truth: Vec<f32> =
        documents.iter().flat_map(|document| document.targets.iter().map(|t| t.keep)).collect();
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
    for document in documents.iter().filter(|document| document.version == Version::Real) {
        score.add(&document.text(&keep(document)), &truths[document.page].text);
    }
    println!("{name}: {}", score.mean());
}

fn bars(documents: &[Document], truths: &[Truth], opinions: &[Vec<f32>]) {
    for bar in [0.35, 0.4, 0.45, 0.5, 0.55, 0.6] {
        let mut score = Score::default();
        for (document, opinion) in
            documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
        {
            let keep: Vec<bool> = opinion.iter().map(|&p| p >= bar).collect();
            score.add(&document.text(&keep), &truths[document.page].text);
        }
        println!("bar {bar:.2}: {}", score.mean());
    }
}

fn show(f1: f64, document: &Document, keep: &[bool], truth: &Truth) {
    println!("\n=== {} {f1:.3} {} — {:?}", truth.id, truth.url, truth.title);
    for ((piece, target), keep) in document.sample.pieces.iter().zip(&document.targets).zip(keep) {
        let wrong = (target.keep >= 0.5 && !target.field) != *keep;
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

/// How many of the headlines, bylines and dates are left for the enricher to find.
fn fields(documents: &[Document], opinions: &[Vec<f32>]) {
    let (mut kept, mut all) = (0_u32, 0_u32);
    for (document, opinion) in
        documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
    {
        let keep = decide(&document.sample.article(), &document.features, opinion);
        for (_, keep) in document.targets.iter().zip(keep).filter(|(target, _)| target.field) {
            all += 1;
            kept += u32::from(keep);
        }
    }
    println!("fields left:  {kept} of {all}");
}

/// How changed copies and clean texts fare, against their labels.
fn others(documents: &[Document], opinions: &[Vec<f32>]) {
    for version in [Version::Changed, Version::Clean] {
        let mut score = Score::default();
        let (mut words, mut lost) = (0.0_f32, 0.0_f32);
        for (document, opinion) in
            documents.iter().zip(opinions).filter(|(document, _)| document.version == version)
        {
            let keep = decide(&document.sample.article(), &document.features, opinion);
            let wanted: Vec<bool> = document.targets.iter().map(|target| target.keep >= 0.5).collect();
            score.add(&document.text(&keep), &document.text(&wanted));
            words += document.features.words.iter().sum::<f32>();
            let gone = document.features.words.iter().zip(&keep).filter(|(_, keep)| !**keep);
            lost += gone.map(|(words, _)| words).sum::<f32>();
        }
        println!("{version:?}: {}, {:.2} % of words cut", score.mean(), 100.0 * lost / words.max(1.0));
    }
}

/// How often blocks of each tenth of probability belong to the article: the confidence must mean what it says.
fn calibration(documents: &[Document], opinions: &[Vec<f32>]) {
    let mut tenths = [(0.0_f64, 0.0_f64); 10];
    for (document, opinion) in
        documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
    {
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
