//! Ledger, channels, threads, sink batching and retry, shutdown.

mod failpoint;
pub mod ledger;

pub use failpoint::FAIL_POINTS;
