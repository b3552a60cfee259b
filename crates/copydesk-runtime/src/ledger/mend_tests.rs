use std::path::Path;

use copydesk_core::{ArticleId, FileStamp, Known, Seq};

use super::*;
use crate::StateLock;

const NEVER: &dyn Fn() -> bool = &|| false;

/// Five files of one article, each in a frame of its own, delivered to a sink that was there from the start; and
/// where each frame ends.
fn written(state: &Path) -> Vec<usize> {
    let ledger = Ledger::open(state, 5, LedgerOptions::default()).unwrap();
    let mut ends = vec![];
    for n in 1..=5_u64 {
        let path = n.to_string().into_bytes();
        let (file, hash) = (PathKey::of(&path), [n as u8; 32]);
        let uri = format!("file:///in/{n}");
        let stamp = FileStamp { ino: n, ..FileStamp::default() };
        let id = ArticleId::from_bytes(hash);
        let ticket = ledger.commit(vec![
            Entry::Cursor { sink: "jsonl".into(), seq: Some(Seq(n - 1)) },
            Entry::File { path, uri, stamp, hash },
            Entry::Seen { seq: Seq(n), file, part: 0, id, bytes: 9, replaces: vec![] },
            Entry::FileEnd { file, parts: 1 },
        ]);
        assert!(ledger.wait(ticket, NEVER));
        ends.push(std::fs::metadata(state.join(LEDGER_FILE)).unwrap().len() as usize);
    }
    let settled = (1..=5).map(|n| Entry::Settled { seq: Seq(n), outcome: Settlement::Delivered });
    assert!(ledger.wait(ledger.commit(settled.collect()), NEVER));
    ends
}

fn damage(state: &Path, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let log = state.join(LEDGER_FILE);
    let mut bytes = std::fs::read(&log).unwrap();
    change(&mut bytes);
    std::fs::write(log, &bytes).unwrap();
    bytes
}

#[test]
fn salvage_keeps_what_is_whole_and_has_every_file_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let ends = written(state);
    let damaged = damage(state, |bytes| bytes[ends[3] + 20] ^= 1);
    assert!(Ledger::open(state, 5, LedgerOptions::default()).is_err());
    assert!(read_articles(state).is_err());
    let lock = StateLock::acquire(state).unwrap();
    assert_eq!(salvage(state, &lock).unwrap(), Salvaged::Rewritten { n_gaps: 1 });
    assert_eq!(std::fs::read(state.join("ledger.log.damaged")).unwrap(), damaged);
    let view = read_articles(state).unwrap();
    assert_eq!(
        (view.counts().delivered, view.oddities(), view.next()),
        (4, 0, Seq(6)),
        "5 is never given again"
    );
    assert!(view.files().all(|file| !file.settled) && view.files().count() == 4);
    assert_eq!(view.begin("jsonl"), Some(Seq(0)));
    let ledger = Ledger::open(state, 5, LedgerOptions::default()).unwrap();
    assert_eq!(ledger.lookup(b"1").unwrap().stamp, FileStamp::default());
    assert_eq!(ledger.lookup(b"5"), None);
}

#[test]
fn a_second_salvage_keeps_the_first_ones_copy() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let ends = written(state);
    let lock = StateLock::acquire(state).unwrap();
    let first = damage(state, |bytes| bytes[ends[1] + 3] ^= 1);
    salvage(state, &lock).unwrap();
    let second = damage(state, |bytes| bytes[ends[0] + 3] ^= 1);
    salvage(state, &lock).unwrap();
    assert_eq!(std::fs::read(state.join("ledger.log.damaged")).unwrap(), first);
    assert_eq!(std::fs::read(state.join("ledger.log.damaged.1")).unwrap(), second);
}

#[test]
fn a_damaged_head_is_found_out_from_the_frames() {
    for at in 0..24 {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        written(state);
        damage(state, |bytes| bytes[at] ^= 0x55);
        let lock = StateLock::acquire(state).unwrap();
        assert_eq!(salvage(state, &lock).unwrap(), Salvaged::Rewritten { n_gaps: 0 }, "byte {at}");
        assert_eq!(read_articles(state).unwrap().counts().delivered, 5);
    }
}

#[test]
fn what_is_no_ledger_at_all_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let lock = StateLock::acquire(state).unwrap();
    let bytes = b"something else entirely, and long enough to be read".repeat(9);
    std::fs::write(state.join(LEDGER_FILE), &bytes).unwrap();
    assert_eq!(salvage(state, &lock).unwrap(), Salvaged::PutAside);
    assert!(!state.join(LEDGER_FILE).exists());
    assert_eq!(std::fs::read(state.join("ledger.log.damaged")).unwrap(), bytes);
}

#[test]
fn a_torn_end_is_cut_off_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let ends = written(state);
    damage(state, |bytes| bytes.truncate(ends[4] + 9));
    assert_eq!(read_articles(state).unwrap().torn_bytes(), 9);
    let lock = StateLock::acquire(state).unwrap();
    cut_torn(state, &lock).unwrap();
    cut_torn(state, &lock).unwrap();
    assert_eq!(read_articles(state).unwrap().torn_bytes(), 0);
    assert_eq!(std::fs::metadata(state.join("ledger.log.torn")).unwrap().len(), 9);
    amend(state, &lock, 9, vec![Entry::Settled { seq: Seq(2), outcome: Settlement::Delivered }]).unwrap();
    assert_eq!(read_articles(state).unwrap().counts().delivered, 1);
}

#[test]
fn where_a_sink_began_outlives_compaction_and_ends_with_the_sink() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let ledger = Ledger::open(state, 5, LedgerOptions { compact_from: 1000 }).unwrap();
    let cursor = |sink: &str, seq| Entry::Cursor { sink: sink.into(), seq };
    ledger.commit(vec![cursor("a", Some(Seq(3))), cursor("b", Some(Seq(4)))]);
    for n in 10..500 {
        let ticket = ledger.commit(vec![cursor("a", Some(Seq(n)))]);
        assert!(ledger.wait(ticket, NEVER));
    }
    ledger.close();
    assert!(std::fs::metadata(state.join(LEDGER_FILE)).unwrap().len() < 5000);
    let view = read_articles(state).unwrap();
    assert_eq!((view.begin("a"), view.begin("b"), view.begin("c")), (Some(Seq(3)), Some(Seq(4)), None));
    let ledger = Ledger::open(state, 5, LedgerOptions::default()).unwrap();
    assert_eq!(ledger.cursors(), [("a".to_owned(), Seq(499)), ("b".to_owned(), Seq(4))]);
    ledger.commit(vec![cursor("b", None)]);
    ledger.commit(vec![cursor("b", Some(Seq(600)))]);
    ledger.close();
    assert_eq!(read_articles(state).unwrap().begin("b"), Some(Seq(600)));
}
