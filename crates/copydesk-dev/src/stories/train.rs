//! Trains the decision of `find_stories`: `cargo dev train-stories --data DIR --data DIR`.
//!
//! What is learnt from is what the stage meets when it decides by itself: streams are run, the decision is fitted
//! to what it should have decided, and they are run again (Ross, Gordon and Bagnell 2011). Topics are held out.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;
use copydesk_core::{Seq, Stage};
use copydesk_stories::{Decision, FindStories, N_FEATURES, StoryOptions, brevity_of};

use super::data::{Document, load};
use super::fit::{Row, fit};
use super::score::{Figures, b_cubed, each};

/// What to train on.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Folders with `docs.jsonl` and `labels.jsonl`
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Where to write the weights; without it only the figures are printed
    #[arg(long)]
    out: Option<PathBuf>,
    /// What the data sets are called, with their licences, to be written into the weights
    #[arg(long, default_value = "unnamed")]
    name: String,
    /// The day to be written into the weights
    #[arg(long, default_value = "unknown")]
    date: String,
    /// Parts of the cross-validation
    #[arg(long, default_value_t = 4)]
    folds: u64,
    /// Other draws of the parts
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// Times that the streams are run
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Penalty on squared weights
    #[arg(long, default_value_t = 1.0)]
    penalty: f64,
}

/// A way in which documents arrive.
struct Stream {
    name: String,
    documents: Vec<Document>,
    with_time: bool,
    /// Against others.
    weight: f64,
}

/// What a row counts that is not the likeliest of its article, against that one, on which alone the verdict hangs.
const OTHERS: f64 = 0.1;

/// What it costs to keep a headline out of its story, against letting one in where it does not belong: what is
/// split once draws more headlines of its own, and stays split.
const MISSED: f64 = 2.5;

/// The true and the given story of each document.
type Pairs = Vec<(String, String)>;

/// Rows that a stream weighs, however many it has.
const STREAM_WEIGHT: f64 = 1_000.0;

/// What a stream in no order counts: feeds come in the order of events, archives now and then in none.
const SHUFFLED: f64 = 0.3;

/// Trains and measures.
///
/// # Errors
/// The data cannot be read, or the weights not written.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let streams = streams(options)?;
    let mut figures: Vec<Vec<Figures>> = vec![Vec::new(); streams.len()];
    for seed in 0..options.seeds {
        let mut scored: Vec<Vec<Figures>> = vec![Vec::new(); streams.len()];
        for fold in 0..options.folds {
            let held_out = |topic: &str| part(topic, seed) % options.folds == fold;
            let decision = learn(&streams, options, &|topic| !held_out(topic))?;
            for (stream, scored) in streams.iter().zip(&mut scored) {
                // Against the whole stream: an article of another part in its story counts as wrong, too.
                let pairs = measure(stream, &decision)?;
                let all = each(&borrowed(&pairs)).into_iter().zip(&stream.documents);
                scored.extend(
                    all.filter(|(_, document)| held_out(&document.topic)).map(|(figures, _)| figures),
                );
            }
        }
        for (figures, scored) in figures.iter_mut().zip(scored) {
            figures.push(mean(&scored));
        }
    }
    for (stream, figures) in streams.iter().zip(&figures).filter(|(stream, _)| !stream.name.contains(COLD)) {
        let mean = figures.iter().map(|figures| figures.f1()).sum::<f64>() / figures.len().max(1) as f64;
        let each: Vec<String> = figures.iter().map(ToString::to_string).collect();
        println!("{:28} held out {mean:.3}   {}", stream.name, each.join(" | "));
    }
    let decision = learn(&streams, options, &|_| true)?;
    for stream in streams.iter().filter(|stream| !stream.name.contains(COLD)) {
        let pairs = measure(stream, &decision)?;
        println!("{:28} learnt   {}", stream.name, b_cubed(&borrowed(&pairs)));
    }
    print!("{}", decision.write());
    if let Some(out) = &options.out {
        let text = format!("{}{}", about(options, &streams, &figures), decision.write());
        std::fs::write(out, text).with_context(|| format!("cannot write {}", out.display()))?;
    }
    Ok(())
}

fn streams(options: &Options) -> anyhow::Result<Vec<Stream>> {
    let mut streams = Vec::new();
    for folder in &options.data {
        let documents = load(folder)?;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let headlines: Vec<Document> = documents.iter().map(Document::headline).collect();
        let are_headlines = documents.iter().all(|document| document.title == document.text);
        let mut shuffled = documents.clone();
        shuffled.sort_by_key(|document| part(&document.id, 99));
        // A month's events within a day and a half: that two reports are of one day is no proof of anything.
        let mut crowded = documents.clone();
        for document in &mut crowded {
            document.time = document.time.map(|time| time / 20.0);
        }
        let mixed = interleaved(&documents);
        let cold: Vec<Vec<Document>> = (0..COLD_STARTS).map(|draw| cold_start(&documents, draw)).collect();
        let mut add = |what: &str, documents: Vec<Document>, with_time| {
            let weight =
                if what.contains("shuffled") || what.contains("interleaved") { SHUFFLED } else { 1.0 };
            streams.push(Stream { name: format!("{name} {what}"), documents, with_time, weight });
        };
        add("in order of time", documents.clone(), true);
        add("in order of time, crowded", crowded, true);
        add("time withheld", documents, false);
        if !are_headlines {
            add("headlines", headlines, true);
        }
        add("shuffled, time withheld", shuffled, false);
        add("interleaved", mixed.clone(), true);
        add("interleaved, time withheld", mixed, false);
        for (draw, documents) in cold.into_iter().enumerate() {
            streams.push(Stream {
                name: format!("{name} {COLD} {draw}"),
                documents,
                with_time: draw.is_multiple_of(2),
                weight: 0.4 / COLD_STARTS as f64,
            });
        }
    }
    Ok(streams)
}

/// Streams of a few articles from a cold start, in which what comes next is mostly something else.
const COLD_STARTS: u64 = 40;
const COLD: &str = "cold start";

/// The same stories, a quarter of them at a time: a feed in which what comes next is mostly something else.
fn interleaved(documents: &[Document]) -> Vec<Document> {
    let mut n_of: HashMap<String, f64> = HashMap::new();
    let mut mixed = documents.to_vec();
    for document in &mut mixed {
        let story = document.story.clone().unwrap_or_default();
        let start = (part(&story, 7) % 1_000_000) as f64 / 1_000_000.0;
        let n = n_of.entry(story).or_insert(0.0);
        *n += 1.0;
        let jitter = (part(&document.id, 8) % 1_000) as f64 / 1_000.0;
        document.time = Some(30.0 * start + 8.0 * (*n + jitter) / (*n + 20.0));
    }
    mixed.sort_by(|a, b| a.time.unwrap_or(0.0).total_cmp(&b.time.unwrap_or(0.0)));
    mixed
}

/// A few articles of one day, at most two of a story.
fn cold_start(documents: &[Document], draw: u64) -> Vec<Document> {
    let mut drawn = documents.to_vec();
    drawn.sort_by_key(|document| part(&document.id, 1_000 + draw));
    let mut n_of: HashMap<String, u32> = HashMap::new();
    drawn.retain(|document| {
        let n = n_of.entry(document.story.clone().unwrap_or_default()).or_default();
        *n += 1;
        *n <= 2
    });
    drawn.truncate(24);
    for (place, document) in drawn.iter_mut().enumerate() {
        document.time = Some(place as f64 / 24.0);
    }
    drawn
}

/// Chance by name: which part of the data a topic is in.
fn part(topic: &str, seed: u64) -> u64 {
    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(format!("{seed} {topic}"));
    hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

fn first_guess() -> Decision {
    let mut weights = [0.0; N_FEATURES];
    weights[0] = -3.0;
    weights[1] = 8.0;
    weights[5] = 4.0;
    Decision::new(weights, weights)
}

/// Learns from the documents whose topics are taken.
fn learn(streams: &[Stream], options: &Options, takes: &dyn Fn(&str) -> bool) -> anyhow::Result<Decision> {
    let mut decision = first_guess();
    let mut rows = Vec::new();
    for _ in 0..options.rounds {
        for stream in streams {
            let documents: Vec<&Document> =
                stream.documents.iter().filter(|document| takes(&document.topic)).collect();
            let mut new = meet(&documents, stream.with_time, &decision)?;
            let weight = stream.weight * STREAM_WEIGHT / new.len().max(1) as f64;
            for row in &mut new {
                row.weight *= weight;
            }
            rows.extend(new);
        }
        let (timed, untimed): (Vec<Row>, Vec<Row>) =
            rows.iter().cloned().partition(|row| Decision::is_timed(&row.features));
        decision = Decision::new(fit(&timed, options.penalty), fit(&untimed, options.penalty));
    }
    Ok(decision)
}

fn stage(decision: &Decision) -> anyhow::Result<FindStories> {
    Ok(FindStories::with_decision("find_stories", &StoryOptions::default(), decision.clone())?)
}

/// Runs a stream: what the decision met, and what would have been right.
fn meet(documents: &[&Document], with_time: bool, decision: &Decision) -> anyhow::Result<Vec<Row>> {
    let mut stage = stage(decision)?;
    // For each story found, how many of its articles are of each true one.
    let mut found: HashMap<String, HashMap<&str, usize>> = HashMap::new();
    let mut rows = Vec::new();
    for (seq, document) in (1..).zip(documents) {
        let mut article = document.article(with_time);
        article.seq = Seq(seq);
        let truth = document.story.as_deref().unwrap_or_default();
        let mut met: Vec<Row> = Vec::new();
        for (story, features) in stage.compare(&article) {
            let Some(counts) = found.get(&story) else { continue };
            let n: usize = counts.values().sum();
            let n_right = counts.get(truth).copied().unwrap_or(0);
            met.push(Row { features, joins: n_right * 2 > n, weight: OTHERS });
        }
        let score = |row: &Row| decision.score(&row.features);
        if let Some(best) = met.iter_mut().max_by(|a, b| score(a).total_cmp(&score(b))) {
            best.weight = 1.0;
        }
        for row in &mut met {
            if row.joins {
                row.weight *= 1.0 + (MISSED - 1.0) * f64::from(brevity_of(&row.features));
            }
        }
        rows.extend(met);
        stage.process(&mut article)?;
        if let Some(story) = article.story {
            *found.entry(story.id).or_default().entry(truth).or_default() += 1;
        }
    }
    Ok(rows)
}

/// Runs a whole stream: the true and the given story of each document.
fn measure(stream: &Stream, decision: &Decision) -> anyhow::Result<Pairs> {
    let mut stage = stage(decision)?;
    let mut articles: Vec<_> =
        stream.documents.iter().map(|document| document.article(stream.with_time)).collect();
    let given = super::bench::stream(&mut stage, &mut articles)?;
    let truth = stream.documents.iter().map(|document| document.story.clone().unwrap_or_default());
    Ok(truth.zip(given).collect())
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(story, given)| (story.as_str(), given.as_str())).collect()
}

/// B-cubed over all documents, each judged by the decision that did not know its topic.
fn mean(scored: &[Figures]) -> Figures {
    let n = scored.len().max(1) as f64;
    Figures {
        precision: scored.iter().map(|figures| figures.precision).sum::<f64>() / n,
        recall: scored.iter().map(|figures| figures.recall).sum::<f64>() / n,
    }
}

/// What the weights say of themselves.
fn about(options: &Options, streams: &[Stream], figures: &[Vec<Figures>]) -> String {
    let mut about = format!(
        "# The decision of `find_stories`: a logistic regression, written by `cargo dev train-stories`.\n\
         # Learnt on {}, {}. B-cubed F1, topics held out ({} parts, {} draws):\n",
        options.name, options.date, options.folds, options.seeds
    );
    for (stream, figures) in streams.iter().zip(figures).filter(|(stream, _)| !stream.name.contains(COLD)) {
        let mean = figures.iter().map(|figures| figures.f1()).sum::<f64>() / figures.len().max(1) as f64;
        about.extend(["# ", &stream.name, ": ", &format!("{mean:.3}"), "\n"]);
    }
    about
}
