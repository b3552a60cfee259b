//! The bodies of the fuzz targets, over their seeds and what they found before, and over many small changes to
//! each. `cargo dev fuzz` runs the same with a real fuzzer.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(unreachable_pub, dead_code, reason = "a library, included so that no C++ compiler is needed")]

use std::path::{Path, PathBuf};

#[path = "../crates/fuzz/src/lib.rs"]
mod targets;

/// Runs a target over its seeds, and over changed ones: always the same changes.
fn replay(name: &str) {
    let (_, run) = targets::TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let seeds = seeds(name);
    assert!(!seeds.is_empty(), "`{name}` has seeds");
    let n_changes = n_changes();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (path, bytes) in &seeds {
        let changed = (0..n_changes).map(|_| random.change(bytes, &seeds));
        for (idx, input) in std::iter::once(bytes.clone()).chain(changed.collect::<Vec<_>>()).enumerate() {
            if std::panic::catch_unwind(|| run(&input)).is_err() {
                let kept = std::env::temp_dir().join(format!("copydesk-{name}-{idx}"));
                std::fs::write(&kept, &input).unwrap();
                panic!("{name}: change {idx} of {}, kept as {}", path.display(), kept.display());
            }
        }
    }
}

/// Changes of each seed: few, or `COPYDESK_CHANGES`.
fn n_changes() -> usize {
    std::env::var("COPYDESK_CHANGES").ok().and_then(|n| n.parse().ok()).unwrap_or(50)
}

fn seeds(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/fuzz/seeds").join(name);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
}

/// Xorshift: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    /// Some bytes changed, left out, said again or taken from another seed; and another variant, at times.
    fn change(&mut self, bytes: &[u8], seeds: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let n = self.below(24).min(bytes.len() - at);
            match self.below(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..at + n)),
                2 => bytes.extend_from_within(at..at + n),
                3 => {
                    let other = &seeds[self.below(seeds.len())].1;
                    let from = self.below(other.len());
                    let piece = other[from..other.len().min(from + n)].to_vec();
                    drop(bytes.splice(at..at, piece));
                }
                4 if !bytes.is_empty() => bytes[0] = self.below(256) as u8,
                _ if !bytes.is_empty() => bytes[at] = self.below(256) as u8,
                _ => {}
            }
        }
        bytes
    }
}

/// Fault: bad_bytes, bad_encoding, compression_bomb
#[test]
fn decode() {
    replay("decode");
}

/// Fault: bad_bytes, deep_html
#[test]
fn html() {
    replay("html");
}

/// Fault: bad_bytes
#[test]
fn text() {
    replay("text");
}

/// Fault: bad_bytes
#[test]
fn json() {
    replay("json");
}

/// Fault: bad_bytes
#[test]
fn warc() {
    replay("warc");
}

/// Fault: bad_bytes, bad_configuration
#[test]
fn config() {
    replay("config");
}

/// Fault: bad_bytes, ledger_damage
#[test]
fn ledger() {
    replay("ledger");
}

/// Fault: bad_bytes
#[test]
fn strip() {
    replay("strip");
}

/// Fault: bad_bytes
#[test]
fn jsonl() {
    replay("jsonl");
}

/// Fault: bad_bytes
#[test]
fn plugin() {
    replay("plugin");
}

/// Fault: bad_bytes
#[test]
fn session() {
    replay("session");
}

#[test]
fn every_target_is_replayed() {
    let source = include_str!("seeds.rs");
    for (name, _) in targets::TARGETS {
        assert!(source.contains(&format!("replay(\"{name}\")")), "no test replays `{name}`");
    }
}
