//! The fault matrix: which faults are made for real, what must happen, and which tests show it.
//!
//! A test names the row it proves in its doc comment: `/// Fault: ledger_full`. This module finds those
//! comments and writes the table into `tests/FAULTS.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Where the table is written.
pub(crate) const PAGE: &str = "tests/FAULTS.md";

/// Every row: its name, the fault, and what must happen.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str)] = &[
    ("half_written", "a writer that pauses between writes, or two writers of one file", "not taken until it is whole; a parse error in `grace` is tried again"),
    ("rename_in", "files renamed into the folder", "each taken at once, none missed"),
    ("rewrite_during_read", "a file rewritten in place while it is read", "old and new bytes are never mixed; the new ones come as a revision"),
    ("delete_during_processing", "a file deleted before or after it was taken", "before: gone, and counted as nothing; after: finished from the bytes that were read"),
    ("folder_recreated", "the drop folder, or one in it, removed and made again", "watched again within 2 s, and what it holds is taken"),
    ("new_folders", "`mkdir -p` with files right behind it, trees renamed in", "none missed"),
    ("events_lost", "the kernel's event queue overflows", "one full scan, none missed"),
    ("watch_limit", "no more inotify watches or instances to be had", "polling every 2 s, one warning that names the setting, health degraded, none missed"),
    ("burst", "many thousands of files while the reader stands still", "none missed, none partial, memory bounded"),
    ("symlink", "symbolic links to files and folders outside, also swapped in at the last moment", "never followed; refused with a record that holds no content"),
    ("not_a_file", "FIFOs, sockets and devices in the folder", "skipped with a reason, never opened so that it blocks"),
    ("hard_link", "a hard link into the folder", "read as any file, never written to"),
    ("hidden_or_temporary", "hidden and temporary names", "ignored; the rename to the final name takes the file"),
    ("unreadable", "a file without permission to read", "tried again with growing waits; `chmod` alone heals it"),
    ("empty", "files of no bytes", "after `grace` in quarantine as `empty`"),
    ("too_large", "a sparse file of 1 GB", "quarantined by reference, memory flat"),
    ("compression_bomb", "gzip and zstd bombs, also nested", "stopped at the ratio or the cap, quarantined"),
    ("bad_encoding", "invalid UTF-8, UTF-16, legacy charsets", "decoded by mark, declaration or detection; a loss is flagged; the bytes are kept"),
    ("nul_bytes", "NUL bytes in the text", "stored without harm in every sink"),
    ("hostile_names", "names of 255 bytes, with newlines, of no valid UTF-8", "kept as bytes, escaped where shown, moved within the length limit"),
    ("deep_html", "HTML 100,000 levels deep", "depth bounded, no stack overflow on a small stack"),
    ("pattern_blowup", "patterns and texts that make backtracking engines hang", "linear time; dependencies hold no such engine"),
    ("bad_bytes", "arbitrary bytes into decoder, framer and parser", "an error or an article, never a panic, never more memory than the caps"),
    ("ledger_full", "no space for the ledger", "intake stops, nothing acknowledged, health says so, goes on by itself when there is space"),
    ("sink_full", "no space for the store or the JSONL file", "that sink retries, the others go on; no torn row or line; goes on by itself"),
    ("write_error", "EIO and short writes from write, rename, truncate and open", "as with no space; the state opens clean"),
    ("sync_error", "EIO from fsync and fdatasync", "never tried again on the same descriptor: reopened and recovered"),
    ("sink_down", "a sink that fails or hangs for a while", "it costs time, not data, and holds back no other sink beyond its buffer"),
    ("kill", "`kill -9` at any instruction: random, at every named commit step, at every write, sync, rename and link", "the same final state after a restart: lost 0, doubled 0, torn 0"),
    ("power_loss", "unsynced writes dropped, reordered and torn", "ledger, JSONL and store recover; what was settled is there"),
    ("out_of_memory", "the kernel kills the process at a memory limit", "as `kill -9`"),
    ("clock_jump", "the wall clock jumps back and forth, files from the future", "order by the ledger, waits by the monotonic clock, nothing waits for ever"),
    ("bad_reload", "SIGHUP and `copydesk reload` with broken configurations", "the old one runs on, the error is said, never half applied"),
    ("bad_configuration", "mutated configuration files", "every problem named; never a panic; nothing touched"),
    ("two_daemons", "two daemons on one folder or one state, started in a race", "exactly one runs, the other names its process and ends with 1; a kill releases the lock"),
    ("sigterm", "SIGTERM at random moments under load, and a second one", "exit 0 within `grace`, nothing lost or doubled; the second ends at once"),
    ("million_files", "a backlog of a million files, a restart with 100,000 known ones", "memory under 300 MB; the first new file within a second"),
    ("sql_injection", "titles and texts that are SQL", "stored as they are"),
    ("log_injection", "control characters and line breaks in names and titles", "escaped wherever they are printed"),
    ("plugin_crash", "a plugin that crashes, ends or raises over an article", "that article in quarantine with stage, code, hash, attempt and last words; the others delivered once"),
    ("plugin_hang", "a plugin that hangs over an article and ignores SIGTERM", "ended at its deadline; that article in quarantine, the others delivered"),
    ("plugin_flood", "a plugin that answers without end", "stopped at the length of a line; that article in quarantine, the others delivered"),
    ("plugin_prints", "a plugin that prints without end, and control characters", "printing is no answer: escaped, cut short in the log, and nothing waits for it"),
    ("plugin_garbage", "answers that are none, for another article, twice, not at all, or against the laws", "refused whole and named; that article in quarantine, the others delivered"),
    ("plugin_memory", "a plugin that eats memory, in one process or in many", "stopped at the limit; that article in quarantine, the others delivered"),
    ("plugin_forks", "a plugin whose children flee into sessions of their own, or double themselves", "ended with the plugin, or once there are too many; nothing is left running"),
    ("plugin_down", "a plugin that does not start or fails over everything", "its articles wait, or go to quarantine, as configured, and none is taken for a bad one; health says so; it goes on by itself"),
    ("plugin_kill", "`kill -9` of the daemon or of the keeper while a plugin with children that fled is at work", "no process is left, no article lost"),
    ("plugin_reload", "a plugin that is changed under load, also to one that does not start", "each article by one version, none lost or doubled; the old one works on"),
    ("component", "a component that crashes, hangs, eats memory, answers garbage or too much, floods the log; `kill -9` at its work", "as with a process: the bad article in quarantine, the others delivered once, memory bounded"),
    ("lookup_down", "what a lookup asks is away, answers with errors, or never", "its articles wait, none is set aside; health says so; it goes on by itself; a run that drains ends, and the next one goes on"),
    ("lookup_garbage", "a server that answers with what is no answer, or half of one", "as if it were away"),
    ("lookup_hang", "a lookup that has no answer for one article, or refuses it", "that article in quarantine, the others delivered"),
    ("native_panic", "a stage of one's own that panics", "that article in quarantine with the panic, the stage begun anew, the others delivered"),
    ("ledger_damage", "flipped bits, cut ends and foreign bytes in the ledger", "a torn end is cut off; damage is refused and named, with the way out"),
];

/// Where tests are looked for.
const PLACES: &[&str] = &["tests", "crates"];

/// Tests by row: `file::name`, in the order of paths.
fn tests() -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let mut files = Vec::new();
    for place in PLACES {
        rust_files(Path::new(place), &mut files)?;
    }
    files.sort();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files {
        let text = std::fs::read_to_string(&path)?;
        let mut rows: Vec<&str> = Vec::new();
        for line in text.lines().map(str::trim) {
            if let Some(named) = line.strip_prefix("/// Fault: ") {
                rows.extend(named.split(',').map(str::trim));
            } else if let Some((_, rest)) = line.split_once("fn ")
                && !rows.is_empty()
                && !line.starts_with("//")
            {
                let name = rest.split(['(', '<']).next().unwrap_or(rest);
                for row in rows.drain(..) {
                    found.entry(row.to_owned()).or_default().push(format!("{}::{name}", path.display()));
                }
            }
        }
    }
    Ok(found)
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list `{}`", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The page as it should be.
pub(crate) fn page() -> anyhow::Result<String> {
    let mut tests = tests()?;
    let mut page = String::from(
        "# Faults\n\nWhat can go wrong around copydesk, what must happen then, and the tests that make the fault for real \
         and look. Generated by `cargo dev generate` from the tests' comments.\n\n\
         All of them run in `cargo dev ci`. `cargo dev torture` runs them again at full length: more kills, more \
         files, longer sweeps.\n\n\
         After each: every accepted file is in exactly one of delivered, duplicate, dropped, quarantined, superseded, \
         pending; no key is twice in a sink; the ledger opens clean.\n\n\
         | row | fault | expected | tests |\n|---|---|---|---|\n",
    );
    for (row, fault, expected) in ROWS {
        let shown: Vec<String> =
            tests.remove(*row).unwrap_or_default().iter().map(|test| format!("`{test}`")).collect();
        if shown.is_empty() {
            bail!("no test says `/// Fault: {row}`");
        }
        writeln!(page, "| {row} | {fault} | {expected} | {} |", shown.join("<br>"))?;
    }
    if let Some((row, by)) = tests.pop_first() {
        bail!("{} names a fault `{row}` that the matrix does not hold", by.join(", "));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    #[test]
    fn the_page_of_faults_is_fresh_and_every_row_has_a_test() {
        std::env::set_current_dir(crate::root()).unwrap();
        let page = super::page().unwrap();
        let on_disk = std::fs::read_to_string(super::PAGE).unwrap_or_default();
        assert!(on_disk == page, "{} is stale: run `cargo dev generate`", super::PAGE);
    }
}
