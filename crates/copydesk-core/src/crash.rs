//! Places where a crash test may let the process die, as `kill -9` would.
//!
//! Every commit step of every crate passes one. What happens there is the business of the hook that the
//! program sets: this crate knows no environment and ends no process. A release build holds none of it.

use std::sync::OnceLock;

/// Every place, in the order an article meets them.
pub const POINTS: &[&str] = &[
    "state.after_create",
    "recover.after_truncate",
    "seen.before_commit",
    "seen.after_commit",
    "file_end.before_commit",
    "ledger.before_write",
    "ledger.after_write",
    "ledger.after_sync",
    "parcel.before_send",
    "spill.after_write",
    "jsonl.after_create",
    "jsonl.before_mend",
    "jsonl.after_mend",
    "jsonl.after_torn_copy",
    "jsonl.after_cut",
    "jsonl.before_append",
    "jsonl.after_append",
    "jsonl.after_sync",
    "sqlite.before_prepared",
    "sqlite.after_prepared",
    "sqlite.after_checkpoint",
    "sqlite.before_commit",
    "sqlite.after_commit",
    "sink.after_write",
    "quarantine.after_bytes",
    "quarantine.before_rename",
    "quarantine.after_rename",
    "settle.before_commit",
    "settle.after_commit",
    "quarantine.before_remove",
    "quarantine.half_removed",
    "receipt.before_settle",
    "receipt.after_settle",
    "dispose.before_move",
    "dispose.after_move",
    "dispose.before_delete",
    "dispose.after_delete",
    "replace.before_rename",
    "replace.after_rename",
    "compact.before_replace",
    "compact.after_replace",
    "index.after_docs",
    "index.after_keys",
    "index.after_merge",
    "index.before_manifest",
    "index.after_manifest",
    "index.before_remove",
    "stories.before_rename",
    "stories.after_rename",
    "retry.after_commit",
    "request.before_answer",
    "request.after_answer",
];

static HOOK: OnceLock<fn(&str)> = OnceLock::new();

/// Has `hook` called with the name of every place that is passed. The first hook stays.
pub fn set_hook(hook: fn(&str)) {
    let _first = HOOK.set(hook);
}

/// Passes the place `name`, which is one of [`POINTS`].
#[inline]
pub fn point(name: &'static str) {
    if cfg!(debug_assertions) {
        debug_assert!(POINTS.contains(&name), "{name} is not in the list of places");
        if let Some(hook) = HOOK.get() {
            hook(name);
        }
    }
}
