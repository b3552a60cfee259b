//! `copydesk plugin bench`: what a plugin takes, beside what the same takes inside the program.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use copydesk_core::{Article, Stage, StageError, Verdict};
use copydesk_plugin::Taken;
use rustix::time::{ClockId, clock_gettime};

use super::samples::four_kilobytes;
use super::{Loaded, counted, grouped};
use crate::Exit;
use crate::commands::{Answer, Failure};
use crate::logging;

/// Different articles; they are given again and again.
const N_ARTICLES: usize = 512;
/// Batches before anything is measured.
const WARM_UP: usize = 4;

/// Counts words and notes the sum: what a plugin might do, in the program.
struct CountsWords;

impl Stage for CountsWords {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let n_words = article.text().split_whitespace().count();
        article.notes.insert("words".to_owned(), n_words.into());
        Ok(Verdict::Keep)
    }
}

/// Does nothing.
struct Nothing;

impl Stage for Nothing {
    fn process(&mut self, _: &mut Article) -> Result<Verdict, StageError> {
        Ok(Verdict::Keep)
    }
}

/// What was measured.
struct Measured {
    n_articles: usize,
    /// Seconds that passed while batches were under way.
    wall: f64,
    /// Seconds of processors, of this side and the plugin's.
    cpu: f64,
    /// How long each batch took, in seconds, sorted.
    batches: Vec<f64>,
}

impl Measured {
    fn per_core(&self) -> f64 {
        self.n_articles as f64 / self.cpu.max(1e-9)
    }

    /// Milliseconds within which this share of the batches was done.
    fn within(&self, share: f64) -> f64 {
        let idx = ((self.batches.len() as f64 * share) as usize).min(self.batches.len().saturating_sub(1));
        self.batches.get(idx).copied().unwrap_or_default() * 1e3
    }
}

pub(super) fn run(dir: &Path, seconds: u64) -> Answer {
    let loaded = Loaded::open(dir)?;
    let mut plugin = loaded.plugin()?;
    let said = Loaded::describe(&mut *plugin).map_err(Failure::Work)?;
    logging::hush(true);
    let articles: Vec<Article> = (0..N_ARTICLES).map(four_kilobytes).collect();
    let batch = said.batch.clamp(1, N_ARTICLES);
    let time = Duration::from_secs(seconds.max(1));
    measure(&mut *plugin, &articles, batch, Duration::ZERO).map_err(Failure::Work)?;
    let seconds = |taken: Option<Taken>| taken.map_or(0.0, |taken| taken.cpu.as_secs_f64());
    let before = seconds(plugin.taken());
    let mut measured = measure(&mut *plugin, &articles, batch, time).map_err(Failure::Work)?;
    let taken = plugin.taken();
    measured.cpu += seconds(taken) - before;
    drop(plugin);
    let short = time.min(Duration::from_secs(1));
    let words = measure(&mut CountsWords, &articles, batch, short).map_err(Failure::Work)?;
    let nothing = measure(&mut Nothing, &articles, batch, short).map_err(Failure::Work)?;

    let mut out = io::stdout().lock();
    writeln!(out, "{}; articles of 4 KB in batches of {batch}, one process", loaded.title())?;
    let heads = ["a second and core", "a second", "p50 a batch", "p99 a batch"];
    writeln!(out, "{:24}{:>18}{:>12}{:>14}{:>14}", "", heads[0], heads[1], heads[2], heads[3])?;
    for (name, row) in
        [("this plugin", &measured), ("native, counts words", &words), ("native, does nothing", &nothing)]
    {
        let times = [0.5, 0.99].map(|share| format!("{:.3} ms", row.within(share)));
        let rate = grouped((row.n_articles as f64 / row.wall.max(1e-9)) as u64);
        let core = grouped(row.per_core() as u64);
        writeln!(out, "{name:24}{core:>18}{rate:>12}{:>14}{:>14}", times[0], times[1])?;
    }
    let ratio = |other: &Measured| other.per_core() / measured.per_core().max(1e-9);
    writeln!(
        out,
        "native takes the processor less by {:.1} (counts words), {:.0} (does nothing)",
        ratio(&words),
        ratio(&nothing)
    )?;
    writeln!(out, "{} measured; memory: {}", counted(measured.n_articles, "article"), told(taken))?;
    Ok(Exit::Done)
}

fn told(taken: Option<Taken>) -> String {
    match taken {
        Some(Taken { memory, .. }) => {
            format!("{:.1} MB at most, in the plugin's own process", memory as f64 / 1e6)
        }
        None => "in this process".to_owned(),
    }
}

/// Gives batches to the stage until the time is over, and a few in any case.
fn measure(
    stage: &mut (impl Stage + ?Sized),
    articles: &[Article],
    batch: usize,
    time: Duration,
) -> Result<Measured, String> {
    let mut measured = Measured { n_articles: 0, wall: 0.0, cpu: 0.0, batches: Vec::new() };
    for chunk in articles.chunks(batch).cycle() {
        if measured.wall >= time.as_secs_f64() && measured.batches.len() >= WARM_UP {
            break;
        }
        // Copies are made outside of what is measured.
        let mut given = chunk.to_vec();
        let mut given: Vec<&mut Article> = given.iter_mut().collect();
        let (begun, cpu) = (Instant::now(), thread_seconds());
        let results = stage.process_batch(&mut given);
        measured.cpu += thread_seconds() - cpu;
        let passed = begun.elapsed().as_secs_f64();
        measured.wall += passed;
        measured.batches.push(passed);
        measured.n_articles += chunk.len();
        if let Some(error) = results.into_iter().find_map(Result::err) {
            return Err(format!("a plugin that fails has no throughput: {error}"));
        }
    }
    measured.batches.sort_by(f64::total_cmp);
    Ok(measured)
}

/// Seconds of processors that this thread has taken.
fn thread_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
