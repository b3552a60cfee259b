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
use copydesk_stripper::model::{Decision, Forest, Model, Opinion, decide};
use copydesk_stripper::seen_article;

use boost::{Settings, Table, grow};
use corpus::{Document, Taught, Version, rows};
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
    /// A folder of folders of the same pages as other tools write them as text (`scripts/dumps.py`), to learn
    /// from, too
    #[arg(long)]
    dumps: Option<PathBuf>,
    /// What the data set is called, to be written into the weights with its authors
    #[arg(long, default_value = "unnamed")]
    name: String,
    /// The licence of the data set, to be written into the weights
    #[arg(long, default_value = "unknown")]
    licence: String,
    /// The day to be written into the weights
    #[arg(long, default_value = "unknown")]
    date: String,
    /// Parts of the cross-validation
    #[arg(long, default_value_t = 4)]
    folds: usize,
    /// Trees of the forest that knows the text; the other has a third as many
    #[arg(long, default_value_t = 400)]
    trees: usize,
    /// Changed copies of each page to learn from
    #[arg(long, default_value_t = 1)]
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
    augment::without_names(&mut documents);
    if let Some(dumps) = &options.dumps {
        load_dumps(dumps, &truths, &mut documents)?;
    }
    println!("{n_pages} pages, {} documents, {} rows", documents.len(), rows(&documents).len());
    report("keep everything", &documents, &truths, |document| vec![true; document.targets.len()]);
    report("every block right", &documents, &truths, |document| {
        document.targets.iter().map(|target| target.keep >= 0.5).collect()
    });
    let (forests, opinions) = forests(&documents, options)?;
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
    let score = score.mean();
    println!("whole path:   {score}");
    fields(&documents, &opinions);
    others(&documents, &truths, &opinions);
    pages.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (f1, document, keep) in pages.iter().take(options.worst) {
        show(*f1, document, keep, &truths[document.page]);
    }
    calibration(&documents, &opinions);
    if let (Some(out), Some(forests)) = (&options.out, forests) {
        let bytes = Model::new(about(options, n_pages, documents.len(), &score), forests).to_bytes();
        std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
        println!("{}: {} bytes", out.display(), bytes.len());
    }
    Ok(())
}

/// What a model's file says of itself.
fn about(options: &Options, n_pages: usize, n_documents: usize, score: &Score) -> Vec<(String, String)> {
    let mode = match options.mode {
        Wanted::Text => "text",
        Wanted::Html => "html",
    };
    let lines = [
        ("mode", mode.to_owned()),
        ("data", options.name.clone()),
        ("licence", options.licence.clone()),
        ("date", options.date.clone()),
        ("documents", format!("{n_pages} pages, with changed copies {n_documents}")),
        ("cross-validated", format!("{} folds by site, whole path: {score}", options.folds)),
    ];
    lines.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
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

/// What a dump by another tool weighs against the page as it is.
const DUMP_WEIGHT: f32 = 0.4;

/// Adds each page as two of the tools wrote it.
fn load_dumps(
    dumps: &std::path::Path,
    truths: &[Truth],
    documents: &mut Vec<Document>,
) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(dumps).with_context(|| format!("cannot list {}", dumps.display()))?;
    let mut tools: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    tools.retain(|tool| tool.is_dir());
    tools.sort();
    for page in 0..truths.len() {
        let fold = documents[page].fold;
        let weight = DUMP_WEIGHT * documents[page].weight;
        for turn in 0..tools.len().min(2) {
            let tool = &tools[(page + turn * (tools.len() / 2).max(1)) % tools.len()];
            let Ok(bytes) = std::fs::read(tool.join(format!("{}.txt", truths[page].id))) else { continue };
            let Ok(article) = sample::read("dump.txt", bytes) else { continue };
            let sample = Sample::of(&seen_article(&article).unwrap_or(article));
            let targets = label::label(&sample, &truths[page]);
            let mut document = Document::new(page, fold, weight, sample, targets);
            document.version = Version::Dump;
            documents.push(document);
        }
    }
    Ok(())
}

/// What every document teaches one forest, row by row.
struct Lessons {
    wanted: Vec<f32>,
    weights: Vec<f32>,
    /// Of which part of the cross-validation each row is.
    folds: Vec<usize>,
}

impl Lessons {
    fn of(documents: &[Document], forest: Taught) -> Lessons {
        let (wanted, weights) = documents.iter().flat_map(|document| document.lessons(forest)).unzip();
        let fold = |document: &Document| std::iter::repeat_n(document.fold, document.targets.len());
        Lessons { wanted, weights, folds: documents.iter().flat_map(fold).collect() }
    }

    /// A forest that never saw the part `held`.
    fn learn(&self, table: &Table, held: Option<usize>, settings: Settings) -> anyhow::Result<Forest> {
        let share = |(weight, fold): (&f32, &usize)| if held == Some(*fold) { 0.0 } else { *weight };
        let weights: Vec<f32> = self.weights.iter().zip(&self.folds).map(share).collect();
        let (prior, trees) = grow(table, &self.wanted, &weights, settings);
        Ok(Forest::new(table.width(), prior, &trees)?)
    }
}

/// Forests grown on everything, if they are wanted, and for each document the opinion of ones that never saw its
/// site.
fn forests(documents: &[Document], options: &Options) -> anyhow::Result<(Option<[Forest; 2]>, Vec<Opinion>)> {
    let rows = rows(documents);
    let table = Table::new(&rows);
    let body = Lessons::of(documents, Taught::Body);
    let head = Lessons::of(documents, Taught::Head);
    let settings = Settings { n_trees: options.trees, ..Settings::default() };
    let fewer = Settings { n_trees: options.trees / 3, ..settings };
    let both = |held: Option<usize>| -> anyhow::Result<[Forest; 2]> {
        std::thread::scope(|scope| {
            let head = scope.spawn(|| head.learn(&table, held, fewer));
            let body = body.learn(&table, held, settings)?;
            Ok([body, head.join().map_err(|_| anyhow::anyhow!("a forest did not grow"))??])
        })
    };
    let mut opinions = vec![Opinion::default(); documents.len()];
    for fold in 0..options.folds {
        let model = Model::new(Vec::new(), both(Some(fold))?);
        for (document, opinion) in documents.iter().zip(&mut opinions).filter(|(d, _)| d.fold == fold) {
            *opinion = model.opinion(&document.features);
        }
    }
    let forests = if options.out.is_some() { Some(both(None)?) } else { None };
    Ok((forests, opinions))
}

fn report(name: &str, documents: &[Document], truths: &[Truth], keep: impl Fn(&Document) -> Vec<bool>) {
    let mut score = Score::default();
    for document in documents.iter().filter(|document| document.version == Version::Real) {
        score.add(&document.text(&keep(document)), &truths[document.page].text);
    }
    println!("{name}: {}", score.mean());
}

fn bars(documents: &[Document], truths: &[Truth], opinions: &[Opinion]) {
    for bar in [0.35, 0.4, 0.45, 0.5, 0.55, 0.6] {
        let mut score = Score::default();
        for (document, opinion) in
            documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
        {
            let keep: Vec<bool> = opinion.body.iter().map(|&p| p >= bar).collect();
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
fn fields(documents: &[Document], opinions: &[Opinion]) {
    let (mut kept, mut named, mut all) = (0_u32, 0_u32, 0_u32);
    for (document, opinion) in
        documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
    {
        let Decision { keeps, kinds, .. } = decide(&document.sample.article(), &document.features, opinion);
        for idx in (0..keeps.len()).filter(|&idx| document.targets[idx].field) {
            all += 1;
            kept += u32::from(keeps[idx]);
            named += u32::from(kinds.iter().any(|(at, _)| *at == idx));
        }
    }
    println!("fields left:  {kept} of {all}, {named} known as such");
}

/// How other versions fare: changed copies and clean texts against their labels, dumps and pages without names
/// against the true texts.
fn others(documents: &[Document], truths: &[Truth], opinions: &[Opinion]) {
    for version in [Version::Changed, Version::Clean, Version::Dump, Version::Nameless] {
        let mut score = Score::default();
        let (mut words, mut lost) = (0.0_f32, 0.0_f32);
        for (document, opinion) in
            documents.iter().zip(opinions).filter(|(document, _)| document.version == version)
        {
            let Decision { keeps, kinds, .. } =
                decide(&document.sample.article(), &document.features, opinion);
            let mut texts = keeps.clone();
            for (idx, _) in &kinds {
                texts[*idx] = false;
            }
            let wanted: Vec<bool> = document.targets.iter().map(|target| target.keep >= 0.5).collect();
            match version {
                Version::Dump | Version::Nameless => {
                    score.add(&document.text(&texts), &truths[document.page].text)
                }
                _ => score.add(&document.text(&texts), &document.text(&wanted)),
            };
            words += document.features.words.iter().sum::<f32>();
            let gone = document.features.words.iter().zip(&keeps).filter(|(_, keep)| !**keep);
            lost += gone.map(|(words, _)| words).sum::<f32>();
        }
        println!("{version:?}: {}, {:.2} % of words cut", score.mean(), 100.0 * lost / words.max(1.0));
    }
}

/// How often blocks of each tenth of probability belong to the article: the confidence must mean what it says.
fn calibration(documents: &[Document], opinions: &[Opinion]) {
    let mut tenths = [(0.0_f64, 0.0_f64); 10];
    for (document, opinion) in
        documents.iter().zip(opinions).filter(|(document, _)| document.version == Version::Real)
    {
        for (target, p) in document.targets.iter().zip(&opinion.body) {
            let tenth = &mut tenths[((p * 10.0) as usize).min(9)];
            tenth.0 += if target.field { 0.0 } else { f64::from(target.keep) };
            tenth.1 += 1.0;
        }
    }
    for (idx, (keep, n)) in tenths.iter().enumerate() {
        println!("0.{idx}: {:.2} of {n}", keep / n.max(1.0));
    }
}
