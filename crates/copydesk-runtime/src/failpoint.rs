//! Places where a crash test can make the process die, as `kill -9` would.
//!
//! `COPYDESK_CRASH_AT=name` aborts at the first pass of that place, `name:n` at the n-th. A release build
//! holds none of this unless the feature `failpoints` is on.

/// Every place, in the order an article passes them.
pub const FAIL_POINTS: &[&str] = &[
    "seen.before_commit",
    "seen.after_commit",
    "file_end.before_commit",
    "ledger.before_write",
    "ledger.after_write",
    "ledger.after_sync",
    "parcel.before_send",
    "spill.after_write",
    "sink.after_write",
    "quarantine.after_bytes",
    "quarantine.before_rename",
    "quarantine.after_rename",
    "settle.before_commit",
    "settle.after_commit",
    "receipt.after_settle",
    "replace.before_rename",
    "replace.after_rename",
];

/// Dies here if the environment says so.
#[cfg(any(debug_assertions, feature = "failpoints"))]
pub(crate) fn fail_point(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static ARMED: OnceLock<Option<(String, AtomicU64)>> = OnceLock::new();
    let armed = ARMED.get_or_init(|| {
        let text = std::env::var("COPYDESK_CRASH_AT").ok()?;
        let (name, pass) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), AtomicU64::new(pass.parse().unwrap_or(1))))
    });
    if let Some((armed, passes)) = armed
        && armed == name
        && passes.fetch_sub(1, Ordering::SeqCst) == 1
    {
        std::process::abort();
    }
}

/// Does nothing.
#[cfg(not(any(debug_assertions, feature = "failpoints")))]
pub(crate) fn fail_point(_name: &str) {}
