//! The bodies of the fuzz targets. Each takes any bytes, and panics if a law does not hold for them.
//!
//! `tests/seeds.rs` of the program runs the same functions over the seeds and what was found before, so that
//! a stable toolchain is enough for that.

pub mod article;
pub mod config;
pub mod decode;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod ledger;
pub mod plugin;
pub mod reading;
pub mod session;
pub mod strip;
pub mod text;
pub mod warc;

/// Bytes of heap that no input may exceed.
pub const MAX_HEAP: usize = 256 << 20;

/// What a target does with bytes.
pub type Target = fn(&[u8]);

/// Every target by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("config", config::run),
    ("decode", decode::run),
    ("html", html::run),
    ("json", json::run),
    ("jsonl", jsonl::run),
    ("ledger", ledger::run),
    ("plugin", plugin::run),
    ("session", session::run),
    ("strip", strip::run),
    ("text", text::run),
    ("warc", warc::run),
];

/// The first byte, which chooses a variant, and the rest.
pub(crate) fn variant(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest))
}

/// An empty folder, in memory where there is a file system for that: syncs to a disk would be most of the time.
pub(crate) fn folder() -> tempfile::TempDir {
    let in_memory = std::path::Path::new("/dev/shm");
    let folder = if in_memory.is_dir() { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}
