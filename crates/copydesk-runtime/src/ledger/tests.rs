use std::path::Path;

use copydesk_core::{ArticleId, FileStamp, Known, Seq};
use proptest::prelude::*;

use super::disk::Disk;
use super::*;

const NEVER: &dyn Fn() -> bool = &|| false;

fn stamp(n: u64) -> FileStamp {
    FileStamp { dev: 3, ino: n, size: 10 * n, mtime_ns: -5, ctime_ns: i128::from(n) << 30 }
}

fn id(n: u8) -> ArticleId {
    ArticleId::from_bytes([n; 32])
}

fn file(path: &str, hash: u8) -> Entry {
    Entry::File {
        path: path.as_bytes().to_vec(),
        uri: format!("file:///in/{path}"),
        stamp: stamp(hash.into()),
        hash: [hash; 32],
    }
}

fn seen(seq: u64, path: &str, part: u32, n: u8) -> Entry {
    let file = PathKey::of(path.as_bytes());
    Entry::Seen { seq: Seq(seq), file, part, id: id(n), bytes: 100, replaces: vec![] }
}

fn end(path: &str, parts: u32) -> Entry {
    Entry::FileEnd { file: PathKey::of(path.as_bytes()), parts }
}

fn settled(seq: u64, outcome: Settlement) -> Entry {
    Entry::Settled { seq: Seq(seq), outcome }
}

fn memory(seq: u64) -> Entry {
    Entry::Memory { seq: Seq(seq), stage: "find_duplicates".into(), bytes: vec![seq as u8; 40] }
}

fn open(disk: &Disk) -> Result<Ledger, LedgerError> {
    Ledger::open_in(
        disk.storage(),
        disk.reopen(),
        Path::new("ledger.log"),
        LedgerOptions { compact_from: u64::MAX },
    )
}

fn all_counts(ledger: &Ledger) -> Vec<u64> {
    let counts = ledger.counts();
    assert!(counts.balances());
    let Counts { seen, delivered, duplicate, dropped, quarantined, superseded, pending } = counts;
    vec![seen, delivered, duplicate, dropped, quarantined, superseded, pending]
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    ledger.commit(vec![file("a", 1), seen(1, "a", 0, 1), end("a", 1)]);
    assert!(!ledger.lookup(b"a").unwrap().settled);
    let ticket = ledger.commit(vec![settled(1, Settlement::Delivered), memory(1)]);
    assert!(ledger.wait(ticket, NEVER));
    let known = ledger.lookup(b"a").unwrap();
    assert!(known.settled && known.disposable);
    assert_eq!((known.stamp, known.hash), (stamp(1), [1; 32]));
    ledger.restamp(b"a", stamp(9));
    ledger.restamp(b"unknown", stamp(9));
    drop(ledger);
    let ledger = open(&disk).unwrap();
    assert_eq!(ledger.lookup(b"a").unwrap(), copydesk_core::KnownFile { stamp: stamp(9), ..known });
    assert_eq!(ledger.lookup(b"unknown"), None);
    assert_eq!(all_counts(&ledger), [1, 1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_file_is_settled_once_every_article_of_its_version_is() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    ledger.commit(vec![file("w", 9), seen(1, "w", 0, 1), seen(2, "w", 1, 2)]);
    ledger.commit(vec![settled(1, Settlement::Delivered), settled(2, Settlement::Delivered)]);
    assert!(!ledger.lookup(b"w").unwrap().settled, "its end was not seen");
    ledger.commit(vec![end("w", 2)]);
    assert!(ledger.lookup(b"w").unwrap().settled);
    ledger.commit(vec![file("w", 10)]);
    ledger.commit(vec![
        Entry::Carried { seq: Seq(1), part: 0 },
        Entry::Carried { seq: Seq(2), part: 1 },
        seen(3, "w", 2, 3),
        end("w", 3),
    ]);
    assert!(!ledger.lookup(b"w").unwrap().settled);
    let quarantined =
        Settlement::Quarantined { stage: "read".into(), reason: "bad".into(), referenced: true };
    ledger.commit(vec![settled(3, quarantined)]);
    let known = ledger.lookup(b"w").unwrap();
    assert!(known.settled && !known.disposable);
    assert_eq!(all_counts(&ledger), [3, 2, 0, 0, 1, 0, 0]);
    ledger.commit(vec![Entry::Retry { seq: Seq(3) }]);
    assert!(!ledger.lookup(b"w").unwrap().settled);
    ledger.commit(vec![settled(3, Settlement::Dropped("discarded".into()))]);
    assert!(ledger.lookup(b"w").unwrap().disposable);
}

#[test]
fn a_superseded_article_is_only_counted() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    ledger.commit(vec![file("a", 1), seen(1, "a", 0, 1), end("a", 1), settled(1, Settlement::Delivered)]);
    ledger.commit(vec![file("b", 1), seen(2, "b", 0, 1), end("b", 1)]);
    ledger.commit(vec![settled(2, Settlement::Duplicate(Seq(1)))]);
    assert_eq!(ledger.state().holder(&id(1), |_| false).map(|row| row.seq), Some(Seq(1)));
    ledger.commit(vec![file("a", 3), seen(3, "a", 0, 3), end("a", 1)]);
    ledger.commit(vec![
        settled(3, Settlement::Delivered),
        settled(1, Settlement::Superseded(Seq(3))),
        settled(2, Settlement::Delivered),
    ]);
    assert_eq!(all_counts(&ledger), [3, 2, 0, 0, 0, 1, 0]);
    assert_eq!(ledger.state().holder(&id(1), |_| false).map(|row| row.seq), Some(Seq(2)));
    assert_eq!(ledger.lookup(b"a").unwrap().hash, [3; 32]);
}

#[test]
fn many_commits_share_a_sync() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    let mut last = Ticket::default();
    // What comes while the disk is busy goes to it in one piece.
    let busy = disk.stand_still();
    for n in 1..=5000 {
        let path = format!("{n}");
        last = ledger.commit(vec![file(&path, n as u8), seen(n, &path, 0, n as u8), end(&path, 1)]);
    }
    drop(busy);
    assert!(ledger.wait(last, NEVER));
    assert!(disk.n_syncs() < 10, "{} syncs", disk.n_syncs());
}

#[test]
fn a_full_disk_stops_the_ledger_until_there_is_room() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    disk.limit(Some(300));
    ledger.commit(vec![file("a", 1), seen(1, "a", 0, 1)]);
    let ticket = ledger.commit(vec![file("b", 2), seen(2, "b", 0, 2), memory(2), memory(2), memory(2)]);
    while ledger.trouble().is_none() {
        std::thread::yield_now();
    }
    assert!(!ledger.wait(ticket, &|| true));
    assert!(!ledger.wait_ready(&|| true));
    disk.limit(None);
    assert!(ledger.wait(ticket, NEVER) && ledger.wait_ready(NEVER));
    drop(ledger);
    assert_eq!(all_counts(&open(&disk).unwrap()), [2, 0, 0, 0, 0, 0, 2]);
}

#[test]
fn a_failed_sync_is_never_repeated_on_its_descriptor() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    disk.fail_syncs(3);
    let ticket = ledger.commit(vec![file("a", 1), seen(1, "a", 0, 1)]);
    assert!(ledger.wait(ticket, NEVER));
    assert!(!disk.trusted_after_failed_sync());
    disk.restart(|| 1);
    assert_eq!(all_counts(&open(&disk).unwrap())[0], 1);
}

#[test]
fn a_torn_tail_is_cut_off_and_damage_is_refused() {
    let disk = Disk::new();
    let ledger = open(&disk).unwrap();
    let mut ends = vec![disk.bytes().len()];
    for n in 1..=4_u64 {
        let path = format!("{n}");
        let ticket = ledger.commit(vec![file(&path, n as u8), seen(n, &path, 0, n as u8)]);
        assert!(ledger.wait(ticket, NEVER));
        ends.push(disk.bytes().len());
    }
    drop(ledger);
    let whole = disk.bytes();
    for length in ends[3]..whole.len() {
        disk.set_bytes(whole[..length].to_vec());
        assert_eq!(all_counts(&open(&disk).unwrap())[0], 3);
        assert_eq!(disk.bytes().len(), ends[3]);
    }
    let mut zeros = whole.clone();
    zeros.extend([0; 100]);
    disk.set_bytes(zeros);
    assert_eq!(all_counts(&open(&disk).unwrap())[0], 4);
    for at in ends[1]..ends[2] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        disk.set_bytes(damaged);
        let error = open(&disk).err().unwrap().to_string();
        assert!(error.contains(&format!("damaged at byte {}", ends[1])), "{error}");
        assert!(error.contains(&format!("again from byte {}", ends[2])), "{error}");
    }
    let mut hole = whole[..ends[1]].to_vec();
    hole.extend(&whole[ends[2]..]);
    disk.set_bytes(hole);
    assert!(open(&disk).is_err(), "a frame is missing");
}

#[test]
fn compaction_keeps_the_sum_and_what_the_log_alone_holds() {
    let folder = tempfile::tempdir().unwrap();
    let options = LedgerOptions { compact_from: 60_000 };
    let ledger = Ledger::open(folder.path(), 5, options).unwrap();
    let mut seq = 0;
    for round in 0..100_u8 {
        for path in ["a", "b", "c"] {
            seq += 1;
            ledger.commit(vec![
                file(path, round),
                seen(seq, path, 0, round ^ path.as_bytes()[0]),
                end(path, 1),
            ]);
            let mut entries = vec![settled(seq, Settlement::Delivered), memory(seq)];
            if round > 0 {
                entries.push(settled(seq - 3, Settlement::Superseded(Seq(seq))));
            }
            entries.push(Entry::Cursor { sink: "sqlite".into(), seq: Some(Seq(seq)) });
            let ticket = ledger.commit(entries);
            assert!(ledger.wait(ticket, NEVER));
        }
    }
    let counts = all_counts(&ledger);
    assert_eq!(counts, [300, 3, 0, 0, 0, 297, 0]);
    let known = ledger.lookup(b"b");
    ledger.close();
    assert!(std::fs::metadata(folder.path().join(LEDGER_FILE)).unwrap().len() < 61_000);
    let status = read_status(folder.path()).unwrap().unwrap();
    assert_eq!(status.counts, ledger.counts());
    assert_eq!(status.sinks["sqlite"].cursor, Seq(300));
    let mut memories = vec![];
    read_memories(folder.path(), &mut |seq, _, _| memories.push(seq.0)).unwrap();
    assert_eq!(memories, [298, 299, 300]);
    let view = read_articles(folder.path()).unwrap();
    assert_eq!(view.by_uri("file:///in/b").last().unwrap().status, "delivered");
    let again = Ledger::open(folder.path(), 5, options).unwrap();
    assert_eq!(again.lookup(b"b"), known);
    assert_eq!(again.state().next(), Seq(301));
}

#[test]
fn a_compaction_whose_name_may_not_last_is_gone_on_with_only_once_it_does() {
    let disk = Disk::new();
    let options = LedgerOptions { compact_from: 600 };
    let ledger = Ledger::open_in(disk.storage(), disk.reopen(), Path::new("ledger"), options).unwrap();
    disk.fail_next_replacement();
    for n in 1..=30_u64 {
        let mut entries =
            vec![file("a", n as u8), seen(n, "a", 0, n as u8), settled(n, Settlement::Delivered)];
        if n > 1 {
            entries.push(settled(n - 1, Settlement::Superseded(Seq(n))));
        }
        assert!(ledger.wait(ledger.commit(entries), NEVER));
    }
    let counts = all_counts(&ledger);
    drop(ledger);
    assert!(!disk.trusted_after_failed_sync());
    disk.restart(|| 1);
    assert_eq!(all_counts(&open(&disk).unwrap()), counts);
}

#[test]
fn a_foreign_or_newer_file_is_refused_by_name() {
    let disk = Disk::new();
    disk.set_bytes(b"SQLite format 3 and then some more bytes".to_vec());
    assert!(open(&disk).err().unwrap().to_string().contains("is not a copydesk ledger"));
    let mut header = super::frame::header(7);
    header[8] = 2;
    let crc = crc32fast::hash(&header[..20]);
    header[20..].copy_from_slice(&crc.to_le_bytes());
    disk.set_bytes(header.to_vec());
    assert!(open(&disk).err().unwrap().to_string().contains("format 2"));
}

fn entries() -> impl Strategy<Value = Entry> {
    let seq = (0..50_u64).prop_map(Seq);
    let key = (0..5_u8).prop_map(|n| PathKey([n; 16]));
    prop_oneof![
        ("[a-e]", any::<u8>()).prop_map(|(path, hash)| file(&path, hash)),
        (seq.clone(), key.clone(), 0..3_u32, any::<u8>()).prop_map(|(seq, file, part, n)| Entry::Seen {
            seq,
            file,
            part,
            id: id(n % 5),
            bytes: u64::MAX,
            replaces: vec![Replaced { seq: Seq(1), id: id(n) }; usize::from(n % 3)],
        }),
        (seq.clone(), 0..3_u32).prop_map(|(seq, part)| Entry::Carried { seq, part }),
        (key.clone(), any::<u32>()).prop_map(|(file, parts)| Entry::FileEnd { file, parts }),
        (seq.clone(), 0..7_u8, "\\PC*").prop_map(|(seq, kind, reason)| Entry::Settled {
            seq,
            outcome: match kind {
                0 => Settlement::Delivered,
                1 => Settlement::Duplicate(Seq(1)),
                2 => Settlement::Dropped(reason),
                3 => Settlement::Vanished(reason),
                4 => Settlement::Superseded(seq),
                kind => Settlement::Quarantined { stage: "x".into(), reason, referenced: kind == 5 },
            },
        }),
        (seq.clone(), prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(seq, bytes)| Entry::Memory {
            seq,
            stage: "s".into(),
            bytes
        }),
        ("[a-z]*", prop::option::of(seq.clone())).prop_map(|(sink, seq)| Entry::Cursor { sink, seq }),
        (key, any::<u64>()).prop_map(|(file, n)| Entry::Restamp { file, stamp: stamp(n >> 32) }),
        seq.prop_map(|seq| Entry::Retry { seq }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_entry_survives_its_bytes(entry in entries()) {
        let mut bytes = Vec::new();
        entry.encode(&mut bytes);
        let mut input = Input::new(&bytes);
        prop_assert_eq!(Entry::decode(&mut input).unwrap(), entry);
        prop_assert!(input.is_empty());
        for length in 0..bytes.len() {
            prop_assert!(Entry::decode(&mut Input::new(&bytes[..length])).is_err());
        }
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut input = Input::new(&bytes);
        while !input.is_empty() && Entry::decode(&mut input).is_ok() {}
    }

    /// Whatever entries come, in whatever order: it balances, and reading the log gives the same.
    #[test]
    fn memory_is_the_sum_of_the_log(all in prop::collection::vec(prop::collection::vec(entries(), 0..6), 0..30)) {
        let disk = Disk::new();
        let ledger = open(&disk).unwrap();
        for entries in all {
            ledger.commit(entries);
        }
        let counts = all_counts(&ledger);
        let known: Vec<_> = ["a", "b", "c", "d", "e"].map(|path| ledger.lookup(path.as_bytes())).into();
        let rows: Vec<_> = (0..50).filter_map(|seq| ledger.state().row(Seq(seq)).map(|row| (row.seq, row.status, row.part))).collect();
        for seq in 0..50 {
            let state = ledger.state();
            if let Some(row) = state.row(Seq(seq)) {
                prop_assert!(state.rows_with(&row.id).any(|other| other.seq == row.seq));
                prop_assert!(state.rows_of(row.file).iter().any(|other| other.seq == row.seq));
                prop_assert!(state.rows_at(row.file, row.part).iter().any(|other| other.seq == row.seq));
                let stands = state.rows_with(&row.id).any(|row| matches!(row.status, Status::Delivered | Status::Dropped));
                prop_assert_eq!(state.holder(&row.id, |_| false).is_some(), stands);
            }
        }
        ledger.close();
        let again = open(&disk).unwrap();
        prop_assert_eq!(all_counts(&again), counts);
        prop_assert_eq!(["a", "b", "c", "d", "e"].map(|path| again.lookup(path.as_bytes())).to_vec(), known);
        let again: Vec<_> = (0..50).filter_map(|seq| again.state().row(Seq(seq)).map(|row| (row.seq, row.status, row.part))).collect();
        prop_assert_eq!(again, rows);
    }

    /// Power fails at any operation, and any part of what was not synced is lost, kept or zeroed: every commit
    /// that was called durable is there, and the ledger opens.
    #[test]
    fn a_durable_commit_survives_a_power_loss(
        fuse in 0..60_u64,
        n_commits in 1..40_u64,
        compact in any::<bool>(),
        choices in prop::collection::vec(any::<u64>(), 40),
    ) {
        let disk = Disk::new();
        let options = LedgerOptions { compact_from: if compact { 600 } else { u64::MAX } };
        let ledger = Ledger::open_in(disk.storage(), disk.reopen(), Path::new("l"), options).unwrap();
        disk.lose_power_after(fuse);
        let mut n_durable = 0;
        for n in 1..=n_commits {
            let mut entries = vec![file("a", n as u8), seen(n, "a", 0, n as u8), end("a", 1)];
            if n > 1 {
                entries.push(settled(n - 1, Settlement::Superseded(Seq(n))));
            }
            entries.push(settled(n, Settlement::Delivered));
            let ticket = ledger.commit(entries);
            if ledger.wait(ticket, &|| disk.is_off()) {
                n_durable = n;
            }
        }
        drop(ledger);
        let mut choices = choices.into_iter().cycle();
        disk.restart(|| choices.next().unwrap());
        let counts = open(&disk).unwrap().counts();
        prop_assert!(counts.balances());
        prop_assert!(counts.seen >= n_durable && counts.seen <= n_commits, "{counts:?}, {n_durable} durable");
        prop_assert_eq!(counts.superseded, counts.seen.saturating_sub(1));
    }
}
