//! What a stage of one's own costs: the same work, a count of words in a note, on the same articles of 4 KB, natively
//! and in a plugin of each kind. All are measured in turn, several times, and the best time of each counts, for what
//! else runs makes times longer and never shorter. What is judged is the processor's time, of this process and of all
//! that it has started, so that both sides of a plugin count.

mod stages;

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;
use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span, Stage, Verdict};
use rustix::time::{ClockId, clock_gettime};

use stages::Kind;

/// Articles given at once.
const BATCH: usize = 64;
/// Articles a second, of the clock and of the processor, that a plugin in Python must come to.
const PYTHON_FLOOR: f64 = 10_000.0;
/// How many times the native stage's time a component from C may take.
const COMPONENT_CEILING: f64 = 3.0;

#[derive(Args)]
pub(crate) struct Options {
    /// Batches of 64 articles that each is given in a round
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    batches: u32,
    /// Rounds, of which the best counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The count of words as a component made from C [default: made here, with tools from PyPI]
    #[arg(long)]
    component: Option<std::path::PathBuf>,
    /// Only say what was measured, and fail for no figure
    #[arg(long)]
    no_floors: bool,
}

/// What a kind took of the clock and of the processor, in seconds.
#[derive(Clone, Copy)]
struct Times {
    wall: f64,
    /// In this process.
    ours: f64,
    /// In those that it has started, their start included.
    theirs: f64,
}

impl Times {
    const WORST: Times = Times { wall: f64::INFINITY, ours: f64::INFINITY, theirs: 0.0 };

    fn cpu(self) -> f64 {
        self.ours + self.theirs
    }

    /// The better of two, of the clock and of the processor each.
    fn best(self, other: Times) -> Times {
        let Times { ours, theirs, .. } = if other.cpu() < self.cpu() { other } else { self };
        Times { wall: self.wall.min(other.wall), ours, theirs }
    }
}

/// Measures every kind, and fails where one is beyond what it may take.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) && !options.no_floors {
        bail!(
            "a debug build measures nothing: `cargo run --release -p copydesk-dev --features wasm -- bench-plugins`"
        );
    }
    let folder = tempfile::tempdir()?;
    let kinds = stages::kinds(options.component.as_deref(), folder.path())?;
    let mut best = vec![Times::WORST; kinds.len()];
    for _ in 0..options.rounds {
        for (kind, best) in kinds.iter().zip(&mut best) {
            *best = best.best(measure(kind, options.batches).context(kind.name)?);
        }
    }
    let n_articles = f64::from(options.batches) * BATCH as f64;
    println!(
        "{:<14} {:>10} {:>14} {:>22} {:>13}",
        "", "a second", "a CPU second", "µs: here + in plugin", "times native"
    );
    let native = best.first().context("measured")?.cpu();
    for (kind, times) in kinds.iter().zip(&best) {
        let micros = |seconds: f64| seconds * 1e6 / n_articles;
        let split = format!("{:.1} + {:.1}", micros(times.ours), micros(times.theirs));
        println!(
            "{:<14} {:>10.0} {:>14.0} {split:>22} {:>13.2}",
            kind.name,
            n_articles / times.wall,
            n_articles / times.cpu(),
            times.cpu() / native
        );
    }
    if options.no_floors {
        return Ok(());
    }
    for (kind, times) in kinds.iter().zip(&best) {
        judge(kind, *times, native, n_articles)?;
    }
    ensure!(cfg!(feature = "wasm"), "the component was not measured: it needs `--features wasm`");
    Ok(())
}

fn judge(kind: &Kind, times: Times, native: f64, n_articles: f64) -> anyhow::Result<()> {
    match kind.name {
        stages::PYTHON => {
            let rate = (n_articles / times.wall).min(n_articles / times.cpu());
            ensure!(
                rate >= PYTHON_FLOOR,
                "{}: {rate:.0} articles a second and core, not {PYTHON_FLOOR}",
                kind.name
            );
        }
        stages::COMPONENT => {
            let times = times.cpu() / native;
            ensure!(
                times <= COMPONENT_CEILING,
                "{}: {times:.2} times native, not {COMPONENT_CEILING}",
                kind.name
            );
        }
        _ => {}
    }
    Ok(())
}

fn measure(kind: &Kind, n_batches: u32) -> anyhow::Result<Times> {
    let theirs = cpu_of_children()?;
    let mut stage = kind.make()?;
    // What is started for the first article is there before the clock runs.
    take(&mut *stage, &mut batch(0))?;
    let (mut wall, mut ours) = (Duration::ZERO, Duration::ZERO);
    for number in 1..=n_batches {
        let mut articles = batch(number);
        let (begun, before) = (Instant::now(), cpu());
        take(&mut *stage, &mut articles)?;
        wall += begun.elapsed();
        ours += cpu().saturating_sub(before);
        for article in &articles {
            let n_words = article.text().split_whitespace().count();
            ensure!(article.notes.get("words") == Some(&n_words.into()), "an article is not counted");
        }
    }
    // What it has started is counted once it has ended.
    drop(stage);
    let theirs = cpu_of_children()? - theirs;
    Ok(Times { wall: wall.as_secs_f64(), ours: ours.as_secs_f64(), theirs })
}

/// The processor's time of this process.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Seconds of the processor that processes took which this one has started and which have ended.
fn cpu_of_children() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // Behind the name: the state is field 3; 16 and 17 are the children's times, in ticks.
    let (_, behind) = stat.rsplit_once(')').context("no name in /proc/self/stat")?;
    let times = behind.split_ascii_whitespace().skip(13).take(2);
    let ticks: f64 = times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Ok(ticks / rustix::param::clock_ticks_per_second() as f64)
}

fn take(stage: &mut dyn Stage, articles: &mut [Article]) -> anyhow::Result<()> {
    let mut given: Vec<&mut Article> = articles.iter_mut().collect();
    for result in stage.process_batch(&mut given) {
        ensure!(matches!(result, Ok(Verdict::Keep)), "it fails: {result:?}");
    }
    Ok(())
}

fn batch(number: u32) -> Vec<Article> {
    (0..BATCH).map(|idx| article(number as usize * BATCH + idx)).collect()
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
