//! Near duplicates over a labelled stream: `cargo dev bench-near --data DIR [--out PRED.tsv]`.
//!
//! Every article is compared with those before it, as live; whoever is named by a verdict is joined with it. The
//! measures are those of the benchmark that made the stream: over pairs of one cluster, by edit, and the false
//! alarms among the pairs that only look alike.

mod score;

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::path::{Path, PathBuf};

use anyhow::Context;
use copydesk_deduplicator::near::{Fingerprint, Fingerprinter, Keyed, choose};
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What to compare.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `docs.jsonl`, and `labels.jsonl` and `hard.jsonl` to be scored against; or a file of
    /// `{"id", "text"}` a line, whose verdicts are only listed
    #[arg(long)]
    data: PathBuf,
    /// Write each article's cluster here: `id<TAB>cluster` a line
    #[arg(long)]
    out: Option<PathBuf>,
    /// List every verdict
    #[arg(long)]
    list: bool,
    /// Measure the time of fingerprints too
    #[arg(long)]
    speed: bool,
}

/// An article of the stream.
#[derive(Debug, Clone, Deserialize)]
struct Doc {
    id: String,
    text: String,
}

/// Most candidates an article is compared with: those that share the most keys.
const MOST_CANDIDATES: usize = 32;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let labelled = options.data.is_dir();
    let docs: Vec<Doc> =
        lines(&if labelled { options.data.join("docs.jsonl") } else { options.data.clone() })?;
    let clusters = clusters(&docs, options.list || !labelled);
    if let Some(path) = &options.out {
        let rows: String =
            docs.iter().zip(&clusters).map(|(doc, cluster)| format!("{}\t{cluster}\n", doc.id)).collect();
        std::fs::write(path, rows).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if labelled {
        let labels = lines(&options.data.join("labels.jsonl"))?;
        let hard: Vec<score::Hard> = lines(&options.data.join("hard.jsonl"))?;
        let clusters: HashMap<&str, usize> =
            docs.iter().map(|doc| doc.id.as_str()).zip(clusters.iter().copied()).collect();
        score::print(&labels, &hard, &clusters);
    }
    if options.speed {
        speed(&docs);
    }
    Ok(())
}

fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| format!("wrong line in {}", path.display())))
        .collect()
}

/// The number of each article's cluster: the first of it.
fn clusters(docs: &[Doc], list: bool) -> Vec<usize> {
    let mut fingerprinter = Fingerprinter::new();
    let mut memory = Memory::default();
    let mut clusters: Vec<usize> = Vec::new();
    for (idx, doc) in docs.iter().enumerate() {
        let keyed = fingerprinter.of(doc.text.split('\n'));
        let candidates = memory.candidates(&keyed);
        let found = choose(&keyed.fingerprint, &candidates);
        clusters.push(idx);
        if let Some(found) = found {
            // What is said of an article is said of those it was joined with before.
            let (old, new) = (clusters[found.of], idx);
            clusters[new] = old;
            if list {
                let of = &docs[found.of].id;
                println!(
                    "{}\t{of}\t{:?}\t{:.2}\t{:?}\t{:?}",
                    doc.id, found.kind, found.similarity, found.shingles, found.facts
                );
            }
        }
        memory.insert(keyed);
    }
    clusters
}

/// Every article before, by its keys.
#[derive(Default)]
struct Memory {
    prints: Vec<Vec<u8>>,
    by_key: HashMap<u64, Vec<usize>>,
}

impl Memory {
    fn candidates(&self, keyed: &Keyed) -> Vec<(usize, Fingerprint)> {
        let mut n_shared: BTreeMap<usize, usize> = BTreeMap::new();
        for idx in keyed.keys.iter().filter_map(|key| self.by_key.get(key)).flatten() {
            *n_shared.entry(*idx).or_default() += 1;
        }
        let mut order: Vec<(usize, usize)> = n_shared.into_iter().collect();
        order.sort_by_key(|(idx, n)| (usize::MAX - n, *idx));
        order.truncate(MOST_CANDIDATES);
        order
            .into_iter()
            .filter_map(|(idx, _)| Some((idx, Fingerprint::decode(self.prints.get(idx)?)?)))
            .collect()
    }

    fn insert(&mut self, keyed: Keyed) {
        let mut bytes = Vec::new();
        keyed.fingerprint.encode(&mut bytes);
        for key in keyed.keys {
            self.by_key.entry(key).or_default().push(self.prints.len());
        }
        self.prints.push(bytes);
    }
}

/// CPU time of fingerprints alone, on articles of about 900 words.
fn speed(docs: &[Doc]) {
    const N_WORDS: usize = 900;
    let texts: Vec<String> = docs.iter().take(2000).map(|doc| repeated(&doc.text, N_WORDS)).collect();
    let n_bytes: usize = texts.iter().map(String::len).sum();
    let mut fingerprinter = Fingerprinter::new();
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = cpu_seconds();
        for text in &texts {
            black_box(fingerprinter.of(text.split('\n')));
        }
        best = best.min(cpu_seconds() - start);
    }
    println!(
        "{} articles of {} bytes: {:.0} fingerprints a CPU second, {:.1} µs each",
        texts.len(),
        n_bytes / texts.len().max(1),
        texts.len() as f64 / best,
        best * 1e6 / texts.len().max(1) as f64,
    );
}

/// The words of `text`, over and over with a number at each turn, until there are `n_words`.
fn repeated(text: &str, n_words: usize) -> String {
    let n_there = text.split_whitespace().count().max(1);
    let mut out = String::new();
    for turn in 0..n_words.div_ceil(n_there) {
        let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
        out.extend(["\n", &turn.to_string(), " "]);
        out.extend(words.into_iter().take(n_words - (turn * n_there).min(n_words)));
    }
    out
}

fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
