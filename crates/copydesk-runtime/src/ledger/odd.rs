//! Logs whose frames are whole and whose entries make no sense: as no program writes them, and no reader may
//! stumble over them.

use std::path::Path;

use copydesk_core::Seq;

use super::disk::Disk;
use super::*;

const SALT: u32 = 7;

fn log(frames: &[(u64, Vec<Entry>)]) -> Vec<u8> {
    let mut log = log_header(SALT).to_vec();
    for (number, entries) in frames {
        let mut payload = Vec::new();
        for entry in entries {
            entry.encode(&mut payload);
        }
        put_frame(&mut log, SALT, *number, &payload);
    }
    log
}

fn open(log: Vec<u8>) -> Result<Ledger, LedgerError> {
    let disk = Disk::new();
    disk.set_bytes(log);
    Ledger::open_in(disk.storage(), disk.reopen(), Path::new("ledger.log"), LedgerOptions::default())
}

fn base(superseded: u64, vanished: u64) -> Entry {
    Entry::Base { next: Seq(u64::MAX), superseded, vanished }
}

/// Fault: ledger_damage
#[test]
fn counts_that_run_over_are_odd_and_change_nothing() {
    for entries in [
        vec![base(u64::MAX, 1)],
        vec![base(1, u64::MAX)],
        vec![base(u64::MAX, 0)],
        vec![base(1 << 62, 0), base(1 << 62, 1 << 62)],
    ] {
        let n_good = u64::from(entries.len() > 1);
        let ledger = open(log(&[(1, entries)])).unwrap();
        assert_eq!(ledger.counts().seen, n_good << 62);
        assert!(ledger.counts().balances());
        assert_eq!(ledger.state().oddities(), 1);
    }
}

/// Fault: ledger_damage
#[test]
fn frames_count_from_one_without_a_gap() {
    let entries = || vec![base(1, 0)];
    assert_eq!(open(log(&[(1, entries()), (2, entries())])).unwrap().counts().seen, 2);
    for numbers in [[0, 1], [1, 3], [2, 3], [1, 1], [u64::MAX, 0], [u64::MAX, u64::MAX]] {
        let frames = numbers.map(|number| (number, entries()));
        let opened = open(log(&frames)).map(drop);
        assert!(matches!(opened, Err(LedgerError::Damaged { .. })), "{numbers:?}: {opened:?}");
    }
}

/// Fault: ledger_damage
#[test]
fn the_last_place_of_a_file_can_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = PathKey::of(b"a");
    let stamp = FileStamp::default();
    let entries = vec![
        Entry::File { path: b"a".to_vec(), uri: "file:/in/a".into(), stamp, hash: [1; 32] },
        Entry::Seen {
            seq: Seq(1),
            file,
            part: u32::MAX,
            id: copydesk_core::ArticleId::from_bytes([1; 32]),
            bytes: 1,
            replaces: vec![],
        },
    ];
    std::fs::write(folder.path().join(LEDGER_FILE), log(&[(1, entries)])).unwrap();
    let view = read_articles(folder.path()).unwrap();
    assert_eq!(view.by_seq(Seq(1)).unwrap().uri, "file:/in/a#4294967296");
}
