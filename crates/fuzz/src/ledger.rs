//! The ledger: logs of any bytes, and logs whose frames are whole but hold any entries.

use std::fs;
use std::path::Path;

use copydesk_core::{FileStamp, Known};
use copydesk_runtime::StateLock;
use copydesk_runtime::ledger::{self, Entry, Input, LEDGER_FILE, Ledger, LedgerError, LedgerOptions};
use sha2::{Digest, Sha256};

use super::variant;

const SALT: u32 = 0x5eed;
const KEEP: LedgerOptions = LedgerOptions { compact_from: u64::MAX };
const COMPACT: LedgerOptions = LedgerOptions { compact_from: 0 };

/// A log opens clean, or is refused as what it is; and what opens stays as it is.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let folder = super::folder();
    let state = folder.path();
    match choice & 3 {
        0 => any_log(state, bytes),
        1 => any_log(state, &[&ledger::log_header(SALT)[..], bytes].concat()),
        2 => any_payload(state, bytes),
        _ => any_entries(state, choice >> 2, bytes),
    }
}

fn write(state: &Path, log: &[u8]) {
    fs::write(state.join(LEDGER_FILE), log).expect("a file in a temporary folder");
}

/// Bytes as a whole log.
fn any_log(state: &Path, log: &[u8]) {
    write(state, log);
    let opened = Ledger::open(state, SALT, KEEP).map(drop);
    look(state);
    match opened {
        Ok(()) | Err(LedgerError::Newer { .. }) => {}
        Err(LedgerError::Foreign(_)) => salvage(state),
        Err(LedgerError::Damaged { at, next, .. }) => {
            assert!(at <= next && next <= log.len() as u64, "damage lies in the log");
            salvage(state);
        }
        Err(error) => panic!("{error}"),
    }
}

/// Bytes as the payload of one frame that is whole.
fn any_payload(state: &Path, payload: &[u8]) {
    let mut log = ledger::log_header(SALT).to_vec();
    ledger::put_frame(&mut log, SALT, 1, payload);
    write(state, &log);
    let decodes = entries(payload).1;
    match Ledger::open(state, SALT, KEEP).map(drop) {
        Ok(()) => assert!(decodes, "entries that do not decode are damage"),
        Err(LedgerError::Damaged { .. }) => {
            assert!(!decodes, "entries that decode are no damage");
            salvage(state);
        }
        Err(error) => panic!("{error}"),
    }
    look(state);
}

/// The entries at the front of a payload, and whether they are all of it.
fn entries(payload: &[u8]) -> (Vec<Entry>, bool) {
    let mut input = Input::new(payload);
    let mut entries = Vec::new();
    while !input.is_empty() {
        let Ok(entry) = Entry::decode(&mut input) else { return (entries, false) };
        let mut encoded = Vec::new();
        entry.encode(&mut encoded);
        let mut again = Input::new(&encoded);
        assert_eq!(Entry::decode(&mut again).as_ref(), Ok(&entry), "an entry is written as it was read");
        assert!(again.is_empty(), "an entry is read whole");
        entries.push(entry);
    }
    (entries, true)
}

/// Entries in whole frames: what they add up to outlives closing, compacting, cutting and salvaging.
fn any_entries(state: &Path, choice: u8, payload: &[u8]) {
    let (entries, _) = entries(payload);
    // As in earnest, no entry knows the salt: with it, bytes in a name could pass for a frame of their own.
    let salt = Sha256::digest(payload).iter().take(4).fold(0, |salt, byte| salt << 8 | u32::from(*byte));
    let per_frame = usize::from(choice & 7) + 1;
    let mut log = ledger::log_header(salt).to_vec();
    for (idx, group) in entries.chunks(per_frame).enumerate() {
        let mut payload = Vec::new();
        for entry in group {
            entry.encode(&mut payload);
        }
        ledger::put_frame(&mut log, salt, idx as u64 + 1, &payload);
    }
    write(state, &log);
    let opened = Ledger::open(state, salt, KEEP).expect("whole frames open");
    let sum = view(&opened, &entries);
    drop(opened);
    look(state);
    assert_eq!(fs::read(state.join(LEDGER_FILE)).ok().as_deref(), Some(&log[..]), "opening changes nothing");
    compact(state, salt, &entries, &sum);
    cut(state, salt, &log, choice);
}

/// All that a ledger says of its files.
type View = (ledger::Counts, u64, Vec<(String, copydesk_core::Seq)>, Vec<Option<copydesk_core::KnownFile>>);

fn view(ledger: &Ledger, entries: &[Entry]) -> View {
    assert!(ledger.counts().balances(), "out of balance: {:?}", ledger.counts());
    let known = entries.iter().filter_map(|entry| match entry {
        Entry::File { path, .. } => Some(ledger.lookup(path)),
        _ => None,
    });
    (ledger.counts(), ledger.n_files(), ledger.cursors(), known.collect())
}

/// Compaction keeps what is known of every file whose articles are all there.
fn compact(state: &Path, salt: u32, entries: &[Entry], sum: &View) {
    let path = entries.iter().rev().find_map(|entry| match entry {
        Entry::File { path, .. } => Some(path.clone()),
        _ => None,
    });
    let Some(path) = path else { return };
    let ledger = Ledger::open(state, salt, COMPACT).expect("what was open opens again");
    // A commit, for compaction comes behind one.
    ledger.restamp(&path, FileStamp { dev: 1, ino: 2, size: 3, mtime_ns: 4, ctime_ns: 5 });
    drop(ledger);
    let ledger = Ledger::open(state, salt, KEEP).expect("a compacted log opens");
    let after = view(&ledger, entries);
    assert_eq!((&after.0, &after.2), (&sum.0, &sum.2), "compaction changes no count and no cursor");
    for (before, after) in sum.3.iter().zip(&after.3) {
        let hash = |known: &Option<copydesk_core::KnownFile>| known.map(|known| known.hash);
        assert!(after.is_none() || hash(before) == hash(after), "compaction changes no hash");
    }
    drop(ledger);
    look(state);
}

/// A log that is cut anywhere opens as one of its beginnings.
fn cut(state: &Path, salt: u32, log: &[u8], choice: u8) {
    let header = ledger::log_header(salt).len();
    let at = header + (log.len() - header) * usize::from(choice >> 3) / 8;
    write(state, &log[..at]);
    let counts = Ledger::open(state, salt, KEEP).expect("a torn log opens").counts();
    assert!(counts.balances(), "out of balance: {counts:?}");
    let kept = fs::read(state.join(LEDGER_FILE)).expect("the log is there");
    assert!(log.starts_with(&kept), "a torn end is cut off, and nothing else");
}

/// What other processes read.
fn look(state: &Path) {
    let status = ledger::read_status(state);
    if let Ok(Some(status)) = &status {
        assert!(status.counts.balances(), "out of balance: {:?}", status.counts);
    }
    if let Ok(view) = ledger::read_articles(state) {
        if let Ok(Some(status)) = status {
            assert_eq!(view.counts(), status.counts, "two ways of reading say the same");
        }
        for article in view.articles() {
            assert!(view.by_seq(article.seq).is_some(), "an article is found by its place");
        }
    }
    // Nothing is expected of the memories but that reading them ends.
    let _ = ledger::read_memories(state, &mut |_, _, _| {});
}

/// What is damaged opens once it has been salvaged.
fn salvage(state: &Path) {
    let lock = StateLock::acquire(state).expect("nobody else has the folder");
    ledger::salvage(state, &lock).expect("a damaged log is salvaged");
    let ledger = Ledger::open(state, SALT, KEEP).expect("a salvaged log opens");
    assert!(ledger.counts().balances(), "out of balance: {:?}", ledger.counts());
}
