//! What a stage of one's own costs: the same work, a count of words in a note, on the same articles of 4 KB, natively
//! and in a plugin of each kind. Time of the processor is that of this process and of all that it has started, so that
//! both sides of a plugin count; it is what is judged, for that of the clock depends on what else runs.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::Args;
use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Component, Origin, Span, Stage, StageError, Verdict,
};
use copydesk_plugin::ExecStage;
use serde_json::json;

/// Articles given at once.
const BATCH: usize = 64;
/// Articles a second of the processor that a plugin in Python must come to.
const PYTHON_FLOOR: f64 = 10_000.0;

#[derive(Args)]
pub(crate) struct Options {
    /// Batches of 64 articles that each is given
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    batches: u32,
    /// Only say what was measured, and fail for no figure
    #[arg(long)]
    no_floors: bool,
}

/// Counts words, natively.
struct Native;

impl Stage for Native {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let n_words = article.text().split_whitespace().count();
        article.notes.insert("words".to_owned(), n_words.into());
        Ok(Verdict::Keep)
    }
}

/// The same in Python.
const COUNT: &str = "import sys; sys.path.append('examples/plugins/python'); import copydesk_plugin; \
    copydesk_plugin.run(lambda article, _: article.note('words', len(article.text.split())))";

/// Articles a second, of the processor and of the clock.
#[derive(Clone, Copy)]
struct Rate {
    cpu: f64,
    wall: f64,
}

/// Measures every kind, and fails below the floors.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) && !options.no_floors {
        bail!(
            "run it as `cargo run --release -p copydesk-dev -- bench-plugins`: a debug build measures nothing"
        );
    }
    let mut rates: BTreeMap<&str, Rate> = BTreeMap::new();
    println!("{:<12} {:>16} {:>16} {:>12}", "", "a CPU second", "a second", "times native");
    for (name, make) in kinds() {
        let rate = measure(make, options.batches)?;
        let native = rates.get("native").copied().unwrap_or(rate);
        println!("{name:<12} {:>16.0} {:>16.0} {:>12.2}", rate.cpu, rate.wall, native.cpu / rate.cpu);
        rates.insert(name, rate);
    }
    let python = rates.get("exec python").context("measured")?;
    ensure!(
        options.no_floors || python.cpu >= PYTHON_FLOOR,
        "exec in Python: {:.0} articles a CPU second, not {PYTHON_FLOOR}",
        python.cpu
    );
    Ok(())
}

type Make = fn() -> anyhow::Result<Box<dyn Stage>>;

/// What is measured, the native one first: the others are compared with it.
fn kinds() -> Vec<(&'static str, Make)> {
    vec![("native", || Ok(Box::new(Native))), ("exec python", exec)]
}

fn exec() -> anyhow::Result<Box<dyn Stage>> {
    let options: <ExecStage as Component>::Options = serde_json::from_value(json!({
        "command": ["python3", "-c", COUNT], "folder": ".", "config": {}, "env": [], "workers": 1, "batch": BATCH,
        "timeout": 10_000, "start_timeout": 10_000, "memory": 512 << 20, "open_files": 64, "on_down": "quarantine",
    }))?;
    Ok(Box::new(ExecStage::new("mine", options)?))
}

fn measure(make: Make, n_batches: u32) -> anyhow::Result<Rate> {
    // Making the articles is the same for all, and counts for none.
    let (made, ()) = cpu_of(|| articles(n_batches).for_each(drop))?;
    let mut stage = make()?;
    take(&mut *stage, articles(1))?;
    let begun = Instant::now();
    let (cpu, outcome) = cpu_of(|| {
        let outcome = take(&mut *stage, articles(n_batches));
        let wall = begun.elapsed().as_secs_f64();
        // What it has started is counted once it has ended.
        drop(stage);
        outcome.map(|()| wall)
    })?;
    let n_articles = f64::from(n_batches) * BATCH as f64;
    Ok(Rate { cpu: n_articles / (cpu - made).max(1e-3), wall: n_articles / outcome? })
}

/// Seconds of the processor that something takes, in this process and in those that have ended meanwhile.
fn cpu_of<T>(work: impl FnOnce() -> T) -> anyhow::Result<(f64, T)> {
    let before = cpu()?;
    let made = work();
    Ok((cpu()? - before, made))
}

fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // Behind the name: the state is field 3, and 14 to 17 are the times, in ticks.
    let (_, behind) = stat.rsplit_once(')').context("no name in /proc/self/stat")?;
    let times =
        behind.split_ascii_whitespace().skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok());
    Ok(times.sum::<f64>() / rustix::param::clock_ticks_per_second() as f64)
}

fn take(stage: &mut dyn Stage, batches: impl Iterator<Item = Vec<Article>>) -> anyhow::Result<()> {
    for mut articles in batches {
        let mut given: Vec<&mut Article> = articles.iter_mut().collect();
        let results = stage.process_batch(&mut given);
        ensure!(
            results.iter().all(|result| matches!(result, Ok(Verdict::Keep))),
            "it fails: {:?}",
            results.first()
        );
        ensure!(articles.iter().all(|article| article.notes.contains_key("words")), "an article has no note");
    }
    Ok(())
}

fn articles(n_batches: u32) -> impl Iterator<Item = Vec<Article>> {
    (0..n_batches).map(|_| (0..BATCH).map(article).collect())
}

/// Ten paragraphs, 4 KB in all.
fn article(number: usize) -> Article {
    let sentence =
        format!("Keeper number {number} counted more ships in this week than in any week since the war. ");
    let paragraph = sentence.repeat(5);
    let mut raw = String::new();
    let mut places = Vec::new();
    for _ in 0..10 {
        let start = raw.len();
        raw.push_str(paragraph.trim_end());
        places.push((start, raw.len()));
        raw.push_str("\n\n");
    }
    let spans = places.into_iter().filter_map(|(start, end)| Span::new(&raw, start, end));
    let blocks = spans.map(|span| Block::plain(span, BlockKind::Paragraph)).collect();
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_le_bytes());
    Article::new(ArticleId::from_bytes(id), Origin::default(), raw, blocks)
}
