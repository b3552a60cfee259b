//! What a pipeline is made of, and what a run reports.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::{BuildError, Reader, Sink, Stage};
use serde::Serialize;

use crate::ledger::Counts;

/// Everything between a source and the world.
pub struct Pipeline {
    /// Turns files into articles.
    pub reader: Arc<dyn Reader>,
    /// In order.
    pub stages: Vec<StageSlot>,
    /// Every one gets every article.
    pub sinks: Vec<SinkSlot>,
    /// The rest.
    pub options: RuntimeOptions,
}

/// A stage by its configured name.
pub struct StageSlot {
    /// In records, memories and messages.
    pub name: String,
    /// Makes one; called again after a panic.
    pub make: Arc<dyn Fn() -> Result<Box<dyn Stage>, BuildError> + Send + Sync>,
}

/// Makes a stage.
pub(crate) type StageFactory = dyn Fn() -> Result<Box<dyn Stage>, BuildError> + Send + Sync;

/// A sink by its configured name.
pub struct SinkSlot {
    /// Of its cursor in the ledger, and in messages.
    pub name: String,
    /// The sink.
    pub sink: Box<dyn Sink>,
    /// How it is fed.
    pub options: SinkOptions,
}

/// How a sink is fed.
#[derive(Debug, Clone, Copy)]
pub struct SinkOptions {
    /// Articles in a batch at most.
    pub batch_max: usize,
    /// Bytes in a batch at most; one larger article is a batch.
    pub batch_bytes: usize,
    /// How long a batch waits for more.
    pub linger: Duration,
    /// The first wait after an error; it doubles each time.
    pub retry_min: Duration,
    /// The longest wait.
    pub retry_max: Duration,
    /// A write that takes longer counts as down, so that other sinks need not wait for it.
    pub stall: Duration,
    /// Articles that wait in memory at most.
    pub queue_max: usize,
    /// Bytes that wait in memory at most.
    pub queue_bytes: usize,
}

impl Default for SinkOptions {
    fn default() -> SinkOptions {
        SinkOptions {
            batch_max: 500,
            batch_bytes: 16 << 20,
            linger: Duration::from_millis(5),
            retry_min: Duration::from_millis(100),
            retry_max: Duration::from_secs(30),
            stall: Duration::from_secs(10),
            queue_max: 2000,
            queue_bytes: 16 << 20,
        }
    }
}

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct RuntimeOptions {
    /// Threads for reading and stateless stages; 0 for one a core.
    pub workers: usize,
    /// How long a stop may take, and how long a run whose source has ended waits for a sink that is down.
    pub grace: Duration,
    /// Articles between splitter and sinks at most.
    pub in_flight_max: usize,
    /// Bytes of originals between splitter and sinks at most; one larger article passes alone.
    pub in_flight_bytes: usize,
    /// Bytes of files taken and not yet split at most.
    pub intake_bytes: usize,
    /// Files taken and not yet split at most.
    pub intake_max: usize,
    /// Larger originals go into quarantine by reference.
    pub quarantine_bytes: usize,
    /// After a crash: how long new files wait for those that were being processed to be offered again.
    pub replay_wait: Duration,
    /// True if the run is to end by itself: then a sink that stays down for the grace while nothing else moves
    /// ends it too, though the source still waits for its receipts.
    pub once: bool,
    /// How often requests are looked for and the vanished are missed.
    pub tick: Duration,
}

impl Default for RuntimeOptions {
    fn default() -> RuntimeOptions {
        RuntimeOptions {
            workers: 0,
            grace: Duration::from_secs(10),
            in_flight_max: 1024,
            in_flight_bytes: 64 << 20,
            intake_bytes: 64 << 20,
            intake_max: 32,
            quarantine_bytes: 64 << 20,
            replay_wait: Duration::from_secs(5),
            once: false,
            tick: Duration::from_secs(1),
        }
    }
}

/// What the caller wants of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopMode {
    /// Go on.
    #[default]
    Run,
    /// Take nothing more, finish what is in flight within the grace.
    Drain,
    /// Leave at once; what is not settled stays pending.
    Now,
}

/// What a run did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Articles by how they ended in this run; `pending` is what the ledger holds unsettled now.
    pub counts: Counts,
    /// Sinks that gave up, with their last words.
    pub failed_sinks: Vec<(String, String)>,
    /// Sinks that were down at the end, with their last words.
    pub down_sinks: Vec<(String, String)>,
    /// Stages that were down at the end, with the reason.
    pub down_stages: Vec<(String, String)>,
    /// Why the source could not go on, if so.
    pub source_error: Option<String>,
    /// True if time ran out before everything in flight was finished.
    pub cut_short: bool,
}
