//! The engine room: the ledger, the pipeline between a source and its sinks, the quarantine, and the stop.
//!
//! It knows no concrete source, reader, stage or sink, only the traits of `copydesk-core`. What must stay true:
//! - At every commit, seen = delivered + duplicate + dropped + quarantined + superseded + pending.
//! - Nothing is lost and nothing is doubled, wherever the process dies.
//! - A receipt is settled only after the ledger durably says what became of its file.
//! - One bad article stops only itself, and a sink that is down costs time, not data.
//!
//! [`Engine::open`] takes a state folder, [`Engine::run`] runs a [`Pipeline`] on it. Other processes look in by
//! [`ledger::read_status`], [`ledger::read_articles`] and [`read_quarantine`], and ask by [`act`].

mod error;
mod halt;
pub mod ledger;
mod lock;
mod lookup;
mod pipeline;
mod quarantine;

pub use error::RuntimeError;
pub use lock::StateLock;
pub use lookup::LookupStage;
pub use pipeline::{
    Engine, Health, Pipeline, Report, RuntimeOptions, SignalCount, SignalView, SinkOptions, SinkSlot,
    SinkState, SinkStats, StageSlot, StageStats, Stats, StatsView, StopMode, panic_text, stage_folder,
};
pub use quarantine::{
    Act, Answer, Entry as QuarantineEntry, Inspected as QuarantineInspected, Kind as QuarantineKind,
    QuarantineView, act, inspect_quarantine, quarantine_key, read_quarantine, restore_entry, set_entry_aside,
};
