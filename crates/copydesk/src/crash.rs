//! What a crash test may ask of the program. A release build holds none of it.
//!
//! `COPYDESK_CRASH_AT=name` ends the process, as `kill -9` would, at the first pass of a place of
//! [`copydesk_core::crash::POINTS`]; `name:n` at the n-th. `COPYDESK_COMPACT_FROM=bytes` makes the ledger small
//! enough to be compacted in a test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use copydesk_core::crash;
use copydesk_runtime::ledger::LedgerOptions;

static ARMED: OnceLock<(String, AtomicU64)> = OnceLock::new();

/// Arms the place that the environment names.
pub(crate) fn arm() {
    if cfg!(debug_assertions)
        && let Ok(text) = std::env::var("COPYDESK_CRASH_AT")
    {
        let (name, pass) = text.split_once(':').unwrap_or((&text, "1"));
        let _first = ARMED.set((name.to_owned(), AtomicU64::new(pass.parse().unwrap_or(1))));
        crash::set_hook(die_there);
    }
}

fn die_there(name: &str) {
    if let Some((armed, passes)) = ARMED.get()
        && armed == name
        && passes.fetch_sub(1, Ordering::SeqCst) == 1
    {
        std::process::abort();
    }
}

/// How the ledger is kept.
pub(crate) fn ledger_options() -> LedgerOptions {
    let mut options = LedgerOptions::default();
    if cfg!(debug_assertions)
        && let Ok(text) = std::env::var("COPYDESK_COMPACT_FROM")
    {
        options.compact_from = text.parse().unwrap_or(options.compact_from);
    }
    options
}
