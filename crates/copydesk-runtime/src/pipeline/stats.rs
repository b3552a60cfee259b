//! What a run is doing, to be looked at from outside while it does it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use copydesk_core::Reading;
use serde::Serialize;

use super::meters::Meters;
use super::signals::{SignalCount, SignalView, Signals};
use super::tally::{StageStats, Tally};
use crate::ledger::Counts;

/// Whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "reasons")]
pub enum Health {
    /// It is.
    Ok,
    /// Something waits for something to come back; everything else goes on.
    Degraded(Vec<String>),
    /// Intake stands still, or a sink has given up.
    Down(Vec<String>),
}

/// What a sink is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkState {
    /// Not open yet.
    #[default]
    Opening,
    /// Taking articles.
    Up,
    /// In retry.
    Down,
    /// It gave up.
    Failed,
    /// Closed at the end of a run.
    Closed,
}

/// One sink's figures.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SinkStats {
    /// What it is doing.
    pub state: SinkState,
    /// Why it is down or failed.
    pub error: Option<String>,
    /// Articles sent to it in this process.
    pub sent: u64,
    /// Articles it acknowledged.
    pub acknowledged: u64,
    /// Articles it refused.
    pub refused: u64,
    /// Articles that wait on disk for it.
    pub spilled: u64,
    /// Why articles cannot wait on disk for it, while that is so: then everything waits for this sink.
    pub spill_error: Option<String>,
    /// Writes that failed.
    pub retries: u64,
    /// Batches written.
    pub batches: u64,
    /// Time the router was blocked because it was slow, in seconds.
    pub blocked_seconds: f64,
}

impl SinkStats {
    /// Articles it does not hold yet.
    pub fn lag(&self) -> u64 {
        self.sent.saturating_sub(self.acknowledged + self.refused)
    }
}

/// Counters of a process, over all its runs.
#[derive(Debug, Default)]
pub struct Stats {
    /// Files taken from the source.
    pub files: AtomicU64,
    /// Their bytes.
    pub bytes: AtomicU64,
    /// Articles given to the stages.
    pub started: AtomicU64,
    /// Articles settled, however.
    pub settled: AtomicU64,
    /// Panics of stages, readers or sinks that were contained.
    pub panics: AtomicU64,
    /// Articles in flight between splitter and sinks.
    pub in_flight: AtomicU64,
    /// Time the splitter was blocked because too much was in flight, in microseconds.
    pub blocked_in_flight_us: AtomicU64,
    /// Time the intake was blocked because the splitter was behind, in microseconds.
    pub blocked_intake_us: AtomicU64,
    /// Files the source knows to wait; `u64::MAX` if it does not know.
    backlog: AtomicU64,
    /// Runs that have begun.
    n_runs: AtomicU64,
    counts: Mutex<Counts>,
    sinks: Mutex<BTreeMap<String, SinkStats>>,
    trouble: Mutex<BTreeMap<&'static str, String>>,
    /// Stages that are down, and why.
    down_stages: Mutex<BTreeMap<String, String>>,
    /// Threads that are at work in a stage that takes batches.
    pub(crate) at_work: AtomicUsize,
    pub(crate) signals: Signals,
    pub(crate) tally: Tally,
    pub(crate) meters: Meters,
}

/// All figures at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct StatsView {
    /// The ledger's balance.
    pub counts: Counts,
    /// Files taken in this process.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Articles settled in this process.
    pub settled: u64,
    /// Articles in flight.
    pub in_flight: u64,
    /// Contained panics.
    pub panics: u64,
    /// Files known to wait.
    pub backlog: Option<u64>,
    /// Seconds the splitter was blocked.
    pub blocked_in_flight_seconds: f64,
    /// Seconds the intake was blocked.
    pub blocked_intake_seconds: f64,
    /// Pieces cut from articles that went to the sinks, in this process, by reason.
    pub cuts: BTreeMap<&'static str, u64>,
    /// By stage.
    pub stages: BTreeMap<String, StageStats>,
    /// What stages count of themselves, in this process, by stage.
    pub readings: BTreeMap<String, Vec<Reading>>,
    /// By sink.
    pub sinks: BTreeMap<String, SinkStats>,
    /// What stages have noticed, and still is so.
    pub signals: Vec<SignalView>,
    /// How often signals have begun in this process.
    pub signals_begun: Vec<SignalCount>,
    /// Whether all is well.
    pub health: Health,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stats {
    /// All figures.
    pub fn view(&self) -> StatsView {
        // One after the other: each takes a lock of its own.
        let health = self.health();
        let sinks = self.sinks();
        let counts = *lock(&self.counts);
        let seconds = |us: &AtomicU64| us.load(Ordering::Relaxed) as f64 / 1e6;
        StatsView {
            counts,
            files: self.files.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            settled: self.settled.load(Ordering::Relaxed),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            panics: self.panics.load(Ordering::Relaxed),
            backlog: self.backlog(),
            blocked_in_flight_seconds: seconds(&self.blocked_in_flight_us),
            blocked_intake_seconds: seconds(&self.blocked_intake_us),
            cuts: self.tally.cuts(),
            stages: self.tally.stages(),
            readings: self.meters.readings(),
            sinks,
            signals: self.signals.standing(),
            signals_begun: self.signals.counts(),
            health,
        }
    }

    /// Files known to wait.
    pub fn backlog(&self) -> Option<u64> {
        Some(self.backlog.load(Ordering::Relaxed)).filter(|backlog| *backlog != u64::MAX)
    }

    /// How many runs have begun: parts made, threads started. Grows by one with each.
    pub fn n_runs(&self) -> u64 {
        self.n_runs.load(Ordering::Relaxed)
    }

    pub(crate) fn begin_run(&self) {
        lock(&self.down_stages).clear();
        self.n_runs.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether all is well.
    pub fn health(&self) -> Health {
        let mut down: Vec<String> = lock(&self.trouble).values().cloned().collect();
        down.extend(
            lock(&self.down_stages)
                .iter()
                .map(|(name, why)| format!("articles wait for stage `{name}`, which is down: {why}")),
        );
        let mut degraded = Vec::new();
        for (name, sink) in lock(&self.sinks).iter() {
            let error = sink.error.as_deref().unwrap_or("no reason given");
            if let Some(error) = &sink.spill_error {
                down.push(format!(
                    "intake waits for sink `{name}`, for what waits for it has no place: {error}"
                ));
            }
            match sink.state {
                SinkState::Failed => down.push(format!("sink `{name}` gave up: {error}")),
                SinkState::Down => degraded.push(format!("sink `{name}` is down: {error}")),
                SinkState::Opening | SinkState::Up | SinkState::Closed => {}
            }
        }
        if !down.is_empty() {
            down.extend(degraded);
            return Health::Down(down);
        }
        if degraded.is_empty() { Health::Ok } else { Health::Degraded(degraded) }
    }

    pub(crate) fn set_backlog(&self, backlog: Option<u64>) {
        self.backlog.store(backlog.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn set_counts(&self, counts: Counts) {
        *lock(&self.counts) = counts;
    }

    pub(crate) fn set_trouble(&self, what: &'static str, trouble: Option<String>) {
        match trouble {
            Some(trouble) => lock(&self.trouble).insert(what, trouble),
            None => lock(&self.trouble).remove(what),
        };
    }

    pub(crate) fn has_trouble(&self, what: &'static str) -> bool {
        lock(&self.trouble).contains_key(what)
    }

    /// Says that a stage is down, or no longer so.
    pub(crate) fn set_down(&self, stage: &str, why: Option<String>) {
        match why {
            Some(why) => lock(&self.down_stages).insert(stage.to_owned(), why),
            None => lock(&self.down_stages).remove(stage),
        };
    }

    /// Stages that are down, and why.
    pub(crate) fn down_stages(&self) -> Vec<(String, String)> {
        lock(&self.down_stages).iter().map(|(name, why)| (name.clone(), why.clone())).collect()
    }

    pub(crate) fn sink(&self, name: &str, change: impl FnOnce(&mut SinkStats)) {
        let mut sinks = lock(&self.sinks);
        if let Some(sink) = sinks.get_mut(name) {
            change(sink);
        }
    }

    /// Starts a run with these sinks; figures of sinks that are there again go on.
    pub(crate) fn set_sinks(&self, names: &[String]) {
        let mut sinks = lock(&self.sinks);
        sinks.retain(|name, _| names.contains(name));
        for name in names {
            let sink = sinks.entry(name.clone()).or_default();
            sink.state = SinkState::Opening;
            sink.error = None;
            sink.sent = sink.acknowledged + sink.refused;
            sink.spilled = 0;
            sink.spill_error = None;
        }
    }

    pub(crate) fn sinks(&self) -> BTreeMap<String, SinkStats> {
        lock(&self.sinks).clone()
    }

    pub(crate) fn add_blocked(counter: &AtomicU64, time: Duration) {
        counter.fetch_add(time.as_micros() as u64, Ordering::Relaxed);
    }
}
