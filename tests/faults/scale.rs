//! Many files against a reader that stands still.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::common::{Daemon, Desk, article, scale, sha256};
use crate::watch::EVENTS_ALONE;
use crate::world::{eventually, ids};

/// The most memory the daemon may take, in KiB.
const MOST_MEMORY: u64 = 300 << 10;

/// Drops files in every way, so that the kernel's queue overflows if nobody empties it.
fn burst(desk: &Desk, from: u64, to: u64) {
    for number in from..to {
        let folder = desk.inbox(&format!("{}", number % 50));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{number}.txt"));
        if number % 2 == 0 {
            std::fs::write(&path, article(number)).unwrap();
        } else {
            let hidden = folder.join(format!(".{number}"));
            std::fs::write(&hidden, article(number)).unwrap();
            std::fs::rename(&hidden, &path).unwrap();
        }
    }
}

/// Fault: burst
#[test]
fn a_burst_while_the_whole_daemon_stands_still_is_taken_whole() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    let n_files = scale(4_500, 100_000);
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    burst(&desk, 1, n_files / 10);
    daemon.signal("STOP");
    burst(&desk, n_files / 10, n_files);
    daemon.signal("CONT");
    eventually("the burst", || desk.n_rows() >= n_files);
    let peak = daemon.peak_kib().unwrap();
    assert_eq!(daemon.stop(), Some(0));
    assert!(peak < MOST_MEMORY, "{peak} KiB");
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files));
    assert_eq!(desk.balanced()["seen"], n_files, "a half was taken, or one twice");
}

/// Fault: burst, sink_down
#[test]
fn a_burst_against_a_sink_that_blocks_is_held_back_and_then_delivered() {
    let desk =
        Desk::new(&EVENTS_ALONE.replace("type = \"jsonl\"\npath = \"articles.jsonl\"", "type = \"stdout\""));
    let log = File::create(desk.path("log")).unwrap();
    let child = desk.command(&["run"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut daemon = Daemon { child };
    let n_files = scale(3_000, 100_000);
    burst(&desk, 0, n_files);
    // Nobody has read a byte of it; the other sink goes on as far as its own buffer lets it.
    eventually("the pipe to be full", || desk.n_rows() > 100);
    let out = BufReader::new(daemon.child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let mut ids = BTreeSet::new();
        for line in out.lines() {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            assert!(ids.insert(record["id"].as_str().unwrap().to_owned()), "twice");
        }
        ids
    });
    eventually("the burst", || desk.n_rows() >= n_files);
    eventually("the pipe to be empty", || desk.count("delivered") >= n_files);
    let peak = daemon.peak_kib().unwrap();
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(reader.join().unwrap(), ids(0..n_files));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files));
    assert!(peak < MOST_MEMORY, "{peak} KiB");
    assert_eq!(desk.balanced()["seen"], n_files);
}

/// Fault: too_large
#[test]
fn a_sparse_gigabyte_is_refused_unread_and_costs_no_memory() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    let before = daemon.peak_kib().unwrap();
    for idx in 0..scale(2, 20) {
        File::create(desk.inbox(&format!("huge-{idx}.txt"))).unwrap().set_len(1 << 30).unwrap();
    }
    eventually("the refusals", || desk.count("quarantined") == scale(2, 20));
    let grown = daemon.peak_kib().unwrap() - before;
    assert_eq!(daemon.stop(), Some(0));
    assert!(grown < 32 << 10, "{grown} KiB more");
    let entries = desk.quarantine();
    assert!(entries.iter().all(|entry| entry["code"] == "too_large"), "{entries:?}");
    let kib = crate::common::stdout(
        &std::process::Command::new("du").arg("-sk").arg(desk.path("state")).output().unwrap(),
    );
    let kib: u64 = kib.split_whitespace().next().unwrap().parse().unwrap();
    assert!(kib < 10 << 10, "the quarantine holds {kib} KiB");
    assert!(desk.rows().contains_key(&sha256(article(0))));
}
