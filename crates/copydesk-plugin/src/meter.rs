//! What is counted of a plugin, whatever its kind. Figures of the processes are read when they are asked for.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use copydesk_core::{Figure, Measure, MeasureKind, Meter, Reading};

use crate::usage::{Usage, below};

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Measure {
    Measure { name, kind: MeasureKind::Counter, labels, help }
}

const fn gauge(name: &'static str, help: &'static str) -> Measure {
    Measure { name, kind: MeasureKind::Gauge, labels: &[], help }
}

static ARTICLES: Measure = counter(
    "copydesk_plugin_articles_total",
    &["outcome"],
    "Articles by what the plugin made of them: `kept`, `dropped`, `failed` by its own word, `refused` for what it proposed, \
     `given_up` for it fails over them, `down` for it was.",
);
static RETRIES: Measure = counter(
    "copydesk_plugin_retries_total",
    &[],
    "Articles given to it once more because it asked for that.",
);
static SECONDS: Measure = Measure {
    name: "copydesk_plugin_batch_seconds",
    kind: MeasureKind::Histogram(&BOUNDS),
    labels: &[],
    help: "How long it took over a batch, whatever came of it.",
};
static STARTS: Measure = counter("copydesk_plugin_starts_total", &[], "Times it was started with success.");
static FAULTS: Measure = counter(
    "copydesk_plugin_faults_total",
    &["kind"],
    "What it did wrong: `start` it could not be started, `crash` it ended, `hang` no answer in time, `garbage` an answer \
     that is none, `limit` it went beyond a limit, `refused` it proposed what cannot be.",
);
static UP: Measure = gauge("copydesk_plugin_up", "0 while it fails over every article, or does not start.");
static WORKERS: Measure = gauge("copydesk_plugin_workers", "How many of it are running.");
static RELOADS: Measure = counter(
    "copydesk_plugin_reloads_total",
    &["outcome"],
    "Times its files had changed: `done` the new version runs, `failed` it does not start.",
);
static STALE: Measure = gauge(
    "copydesk_plugin_stale",
    "1 while the version before goes on because the one in its files does not start.",
);
static LINES: Measure = counter("copydesk_plugin_log_lines_total", &[], "Lines it has printed.");
static HIDDEN: Measure = counter(
    "copydesk_plugin_log_lines_dropped_total",
    &[],
    "Of these, those that were too many for the log.",
);
static GIVEN: Measure = counter("copydesk_plugin_given_bytes_total", &[], "Bytes that it was given.");
static ANSWERED: Measure =
    counter("copydesk_plugin_answered_bytes_total", &[], "Bytes that it has answered.");
static PROCESSES: Measure =
    gauge("copydesk_plugin_processes", "Its processes, with those it has started itself.");
static MEMORY: Measure = gauge("copydesk_plugin_memory_bytes", "The memory that they hold.");
static CPU: Measure =
    counter("copydesk_plugin_cpu_seconds_total", &[], "The time of processors that they have taken.");

/// All that is measured of plugins.
pub static MEASURES: [&Measure; 16] = [
    &ARTICLES, &RETRIES, &SECONDS, &STARTS, &FAULTS, &UP, &WORKERS, &RELOADS, &STALE, &LINES, &HIDDEN,
    &GIVEN, &ANSWERED, &PROCESSES, &MEMORY, &CPU,
];

/// Bounds of the histogram of batches, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];

/// What became of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Kept,
    Dropped,
    Failed,
    Refused,
    GivenUp,
    Down,
}

const OUTCOMES: [&str; 6] = ["kept", "dropped", "failed", "refused", "given_up", "down"];

/// What a plugin did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    Start,
    Crash,
    Hang,
    Garbage,
    #[cfg_attr(not(feature = "wasm"), allow(dead_code, reason = "of stages that run inside the process"))]
    Limit,
    Refused,
}

impl FaultKind {
    /// By which articles are told apart that it was set aside for.
    pub(crate) fn code(self) -> &'static str {
        match self {
            FaultKind::Start => DOWN,
            FaultKind::Crash => "plugin_crashed",
            FaultKind::Hang => "plugin_hung",
            FaultKind::Garbage => "plugin_garbage",
            FaultKind::Limit => "plugin_limit",
            FaultKind::Refused => "plugin_refused",
        }
    }
}

/// The code of articles that were set aside because the plugin was down.
pub(crate) const DOWN: &str = "plugin_down";

const FAULT_KINDS: [&str; 6] = ["start", "crash", "hang", "garbage", "limit", "refused"];

/// What is counted of one stage, shared by all its forks and workers.
#[derive(Debug, Default)]
pub(crate) struct PluginMeter {
    /// In the order of [`OUTCOMES`].
    articles: [AtomicU64; OUTCOMES.len()],
    retries: AtomicU64,
    /// Batches that took at most as long as the bound of the same place, and longer than that before.
    seconds: [AtomicU64; BOUNDS.len()],
    batches: AtomicU64,
    batch_ns: AtomicU64,
    starts: AtomicU64,
    /// In the order of [`FAULT_KINDS`].
    faults: [AtomicU64; FAULT_KINDS.len()],
    /// Workers that are down.
    n_down: AtomicU64,
    workers: AtomicU64,
    reloads: AtomicU64,
    reloads_failed: AtomicU64,
    stale: AtomicBool,
    lines: AtomicU64,
    hidden: AtomicU64,
    given: AtomicU64,
    answered: AtomicU64,
    /// Of a plugin without processes of its own.
    instances: AtomicU64,
    memory: AtomicU64,
    cpu_ns: AtomicU64,
    processes: Mutex<Processes>,
}

#[derive(Debug, Default)]
struct Processes {
    /// Those that stand between the program and the plugin's own, which are below them.
    keepers: BTreeSet<u32>,
    /// What those have taken of the processors that are gone.
    past: Duration,
    /// What was last told: a counter does not go back, though a process may be missed at the moment it ends.
    told: Duration,
}

fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> f64 {
    counter.load(Ordering::Relaxed) as f64
}

impl PluginMeter {
    /// Counts an article by what became of it.
    pub(crate) fn became(&self, what: Became) {
        self.articles.get(what as usize).into_iter().for_each(one);
        if what == Became::Refused {
            self.fault(FaultKind::Refused);
        }
    }

    /// An article is given once more, for the plugin asks for that.
    pub(crate) fn retries(&self) {
        one(&self.retries);
    }

    /// Counts a batch by the time that it took.
    pub(crate) fn batch(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let place = BOUNDS.iter().position(|bound| seconds <= *bound);
        place.and_then(|place| self.seconds.get(place)).into_iter().for_each(one);
        one(&self.batches);
        self.batch_ns.fetch_add(took.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Counts what a plugin did wrong.
    pub(crate) fn fault(&self, kind: FaultKind) {
        self.faults.get(kind as usize).into_iter().for_each(one);
    }

    /// One of its workers was found to be down, or is so no longer.
    pub(crate) fn set_down(&self, is_down: bool) {
        if is_down {
            one(&self.n_down);
        } else {
            self.n_down.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Workers that are down.
    pub(crate) fn n_down(&self) -> u64 {
        self.n_down.load(Ordering::Relaxed)
    }

    /// How many workers there are.
    pub(crate) fn set_workers(&self, workers: usize) {
        self.workers.store(workers as u64, Ordering::Relaxed);
    }

    /// A new version runs.
    pub(crate) fn reloaded(&self) {
        one(&self.reloads);
    }

    /// A new version does not start.
    pub(crate) fn reload_failed(&self) {
        one(&self.reloads_failed);
    }

    /// Whether an earlier version goes on because the newest does not start.
    pub(crate) fn set_stale(&self, stale: bool) {
        self.stale.store(stale, Ordering::Relaxed);
    }

    /// Counts a line that the plugin has printed, and whether it was left out of the log.
    pub(crate) fn line(&self, hidden: bool) {
        one(&self.lines);
        if hidden {
            one(&self.hidden);
        }
    }

    /// Counts what went to the plugin, and what came from it.
    pub(crate) fn moved(&self, given: usize, answered: usize) {
        self.given.fetch_add(given as u64, Ordering::Relaxed);
        self.answered.fetch_add(answered as u64, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Processes> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A plugin was started whose processes are below this one, and is ready.
    pub(crate) fn started(&self) {
        one(&self.starts);
    }

    /// A process below which the plugin's own are.
    pub(crate) fn add_process(&self, keeper: u32) {
        self.lock().keepers.insert(keeper);
    }

    /// It is about to end: what it has taken up to now is kept.
    pub(crate) fn remove_process(&self, keeper: u32) {
        let mut processes = self.lock();
        if processes.keepers.remove(&keeper) {
            processes.past += below(&BTreeSet::from([keeper])).cpu;
        }
    }

    /// For a plugin without processes of its own: instances that came (or went), and the change in memory that they
    /// hold.
    #[cfg_attr(not(feature = "wasm"), allow(dead_code, reason = "of stages that run inside the process"))]
    pub(crate) fn add_instances(&self, instances: i64, memory: i64) {
        self.instances.fetch_add(instances.cast_unsigned(), Ordering::Relaxed);
        self.memory.fetch_add(memory.cast_unsigned(), Ordering::Relaxed);
    }

    /// For a plugin without processes of its own: time of processors that it took.
    #[cfg_attr(not(feature = "wasm"), allow(dead_code, reason = "of stages that run inside the process"))]
    pub(crate) fn add_cpu(&self, took: Duration) {
        self.cpu_ns.fetch_add(took.as_nanos() as u64, Ordering::Relaxed);
    }

    /// How many of it run, and what they hold and have taken.
    fn usage(&self) -> (usize, Usage) {
        let mut processes = self.lock();
        let mut usage = below(&processes.keepers);
        processes.told = processes.told.max(processes.past + usage.cpu);
        usage.cpu = processes.told + Duration::from_nanos(self.cpu_ns.load(Ordering::Relaxed));
        usage.memory += self.memory.load(Ordering::Relaxed);
        (processes.keepers.len() + self.instances.load(Ordering::Relaxed) as usize, usage)
    }
}

impl Meter for PluginMeter {
    fn readings(&self) -> Vec<Reading> {
        let mut readings = Vec::new();
        for (outcome, count) in OUTCOMES.iter().zip(&self.articles) {
            readings.push(Reading::new(&ARTICLES, &[outcome], get(count)));
        }
        for (kind, count) in FAULT_KINDS.iter().zip(&self.faults) {
            readings.push(Reading::new(&FAULTS, &[kind], get(count)));
        }
        let (workers, usage) = self.usage();
        let up = f64::from(u8::from(self.n_down() < self.workers.load(Ordering::Relaxed).max(1)));
        let stale = f64::from(u8::from(self.stale.load(Ordering::Relaxed)));
        for (measure, value) in [
            (&RETRIES, get(&self.retries)),
            (&STARTS, get(&self.starts)),
            (&UP, up),
            (&WORKERS, workers as f64),
            (&STALE, stale),
            (&LINES, get(&self.lines)),
            (&HIDDEN, get(&self.hidden)),
            (&GIVEN, get(&self.given)),
            (&ANSWERED, get(&self.answered)),
            (&PROCESSES, usage.processes as f64),
            (&MEMORY, usage.memory as f64),
            (&CPU, usage.cpu.as_secs_f64()),
        ] {
            readings.push(Reading::new(measure, &[], value));
        }
        readings.push(Reading::new(&RELOADS, &["done"], get(&self.reloads)));
        readings.push(Reading::new(&RELOADS, &["failed"], get(&self.reloads_failed)));
        let counts = self.seconds.iter().map(|count| count.load(Ordering::Relaxed));
        let figure = Figure::Spread {
            counts: counts.collect(),
            count: self.batches.load(Ordering::Relaxed),
            sum: get(&self.batch_ns) / 1e9,
        };
        readings.push(Reading { measure: &SECONDS, labels: Vec::new(), figure });
        readings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_listed_and_read_with_its_labels() {
        let meter = PluginMeter::default();
        meter.became(Became::Refused);
        meter.batch(Duration::from_millis(2));
        meter.batch(Duration::from_secs(1000));
        meter.add_instances(2, 4096);
        meter.add_instances(-1, -96);
        let readings = meter.readings();
        for measure in MEASURES {
            let of: Vec<&Reading> = readings.iter().filter(|reading| reading.measure == measure).collect();
            assert!(!of.is_empty(), "{}", measure.name);
            assert!(of.iter().all(|reading| reading.labels.len() == measure.labels.len()));
        }
        assert!(readings.iter().all(|reading| MEASURES.contains(&reading.measure)));
        let value = |name: &str, labels: &[&str]| {
            let found =
                readings.iter().find(|reading| reading.measure.name == name && reading.labels == labels);
            found.unwrap().figure.clone()
        };
        assert_eq!(value("copydesk_plugin_articles_total", &["refused"]), Figure::One(1.0));
        assert_eq!(value("copydesk_plugin_faults_total", &["refused"]), Figure::One(1.0));
        assert_eq!(value("copydesk_plugin_workers", &[]), Figure::One(1.0));
        assert_eq!(value("copydesk_plugin_memory_bytes", &[]), Figure::One(4000.0));
        let Figure::Spread { counts, count, sum } = value("copydesk_plugin_batch_seconds", &[]) else {
            panic!("no histogram")
        };
        assert_eq!((counts[1], counts.iter().sum::<u64>(), count, sum), (1, 1, 2, 1000.002));
    }
}
