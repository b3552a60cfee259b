//! From a source to the sinks: bounded, in order where order matters, and never ahead of the ledger.
//!
//! ```text
//! source ─ intake ─► splitter ─► pool ⇄ ordered stages ─► router ─► queue ─► driver ─► sink   (one each)
//!                       │ seen                              │ ended    │ spill    │ acknowledged
//!                       ▼                                   ▼                     ▼
//!                     ledger ◄───────────────────────── settler ─► receipts
//! ```
//!
//! What must stay true:
//! - Nothing is sent to a sink before the ledger durably says that it was seen.
//! - A receipt is settled only after the ledger durably says what became of every article of its file.
//! - One thread, the splitter, gives places in the ledger, so their order is the order of claiming.
//! - What is in flight is bounded by permits, taken in order; the channels between steps need no bound then.
//! - A sink that is down costs its own articles time, and nobody else's.

mod batched;
mod budget;
mod checkpoint;
mod crew;
mod decide;
mod driver;
mod engine;
mod flight;
mod intake;
mod job;
mod meters;
mod options;
mod ordered;
mod pool;
mod queue;
mod router;
mod run;
mod settle;
mod settler;
mod signals;
mod spill;
mod splitter;
mod stats;
mod steps;
mod taking;
mod tally;

#[cfg(test)]
mod tests;

pub use engine::Engine;
pub use options::{Pipeline, Report, RuntimeOptions, SinkOptions, SinkSlot, StageSlot, StopMode};
pub use signals::{SignalCount, SignalView};
pub use stats::{Health, SinkState, SinkStats, Stats, StatsView};
pub use steps::{panic_text, stage_folder};
pub use tally::StageStats;
