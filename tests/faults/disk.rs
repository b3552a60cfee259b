//! No space for the ledger, the quarantine, the spill, the store or the JSONL file.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::common::{BOTH_SINKS, Desk, article, pause, scale, sha256, wait_for};
use crate::rig::{TinyDisks, assert_settled, is_health};

fn drop_some(desk: &Desk, from: u64, to: u64) -> BTreeSet<String> {
    (from..to)
        .map(|number| {
            desk.drop_file(&format!("{number:05}.txt"), article(number));
            sha256(article(number))
        })
        .collect()
}

fn n_lines(desk: &Desk) -> usize {
    std::fs::read_to_string(desk.path("articles.jsonl")).map_or(0, |text| text.lines().count())
}

/// Fault: ledger_full
#[test]
fn a_full_ledger_stops_the_intake_and_space_alone_heals_it() {
    let desk = Desk::new(BOTH_SINKS);
    let disks = TinyDisks::new(&desk, &[("state", "size=512k")]);
    let mut daemon = disks.daemon(&desk);
    let mut ids = drop_some(&desk, 0, 5);
    wait_for("the first articles", || desk.n_rows() == 5);
    for round in 0..scale(2, 20) {
        disks.fill("state");
        let n_before = n_lines(&desk);
        let from = 1000 * (round + 1);
        ids.extend(drop_some(&desk, from, from + 150));
        wait_for("bad health", || {
            is_health(&disks.status(&desk), "down", &["cannot write the ledger", "No space"])
        });
        // What is in the ledger already gets to its sinks, however slow these are.
        let mut n_then = n_lines(&desk);
        wait_for("what was on its way", || {
            pause(Duration::from_millis(200));
            std::mem::replace(&mut n_then, n_lines(&desk)) == n_lines(&desk)
        });
        // What is not in the ledger is in no sink, and nothing more is taken in.
        pause(Duration::from_millis(scale(500, 3000)));
        assert_eq!(n_lines(&desk), n_then, "articles go on without a ledger");
        assert!(n_then - n_before < 150, "{n_then}");
        if round % 2 == 1 {
            // Killed in this state it starts again in this state, and says so.
            daemon.kill();
            daemon = disks.daemon(&desk);
            wait_for("bad health", || is_health(&disks.status(&desk), "down", &["cannot write the ledger"]));
        }
        disks.free("state");
        wait_for("all articles", || desk.n_rows() == ids.len() as u64 && n_lines(&desk) == ids.len());
        wait_for("good health", || is_health(&disks.status(&desk), "ok", &[]));
        wait_for("the balance", || disks.status(&desk)["pending"] == 0);
        assert_eq!(disks.status(&desk)["delivered"], ids.len());
    }
    assert_eq!(daemon.stop(), Some(0));
    let verify = disks.inside(&desk.command(&["verify"])).output().unwrap();
    assert!(verify.status.success(), "{}", crate::common::stdout(&verify));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids);
    assert_eq!(desk.lines().into_keys().collect::<BTreeSet<_>>(), ids);
}

/// Fault: ledger_full
#[test]
fn a_full_disk_keeps_a_bad_file_waiting_until_the_quarantine_can_hold_it() {
    let desk = Desk::new(BOTH_SINKS);
    let disks = TinyDisks::new(&desk, &[("state", "size=512k")]);
    let daemon = disks.daemon(&desk);
    let mut ids = drop_some(&desk, 0, 2);
    wait_for("the first articles", || desk.n_rows() == 2);
    disks.fill("state");
    let bad = format!("{{\"text\": {}", "\"x".repeat(20_000));
    desk.drop_file("bad.json", &bad);
    wait_for("bad health", || is_health(&disks.status(&desk), "down", &["No space"]));
    assert_eq!(disks.status(&desk)["quarantined"], 0);
    disks.free("state");
    ids.extend(drop_some(&desk, 10, 12));
    wait_for("the quarantine", || disks.status(&desk)["quarantined"] == 1);
    wait_for("the rest", || desk.n_rows() == 4 && n_lines(&desk) == 4);
    assert!(is_health(&disks.status(&desk), "ok", &[]));
    let list = disks.inside(&desk.command(&["quarantine", "list", "--json"])).output().unwrap();
    let entry: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let show = ["quarantine", "show", entry["key"].as_str().unwrap(), "--bytes"];
    assert_eq!(disks.inside(&desk.command(&show)).output().unwrap().stdout, bad.into_bytes());
    assert_eq!(entry["attempts"], 1, "waiting is no attempt");
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids);
}

/// Fault: sink_full, sink_down
#[test]
fn where_nothing_can_wait_for_a_sink_the_intake_does_and_health_says_so() {
    let stages: String = BOTH_SINKS.replace("[[stage]]\ntype = \"strip_boilerplate\"\n", "");
    let stages = stages.replace("[[stage]]\ntype = \"drop_repeats\"\n", "");
    let stages = stages.replace("[[stage]]\ntype = \"enrich\"\n", "");
    let stages = stages.replace("[[stage]]\ntype = \"find_duplicates\"\n", "");
    let desk = Desk::new(&stages.replace("articles.jsonl", "blocked/articles.jsonl"));
    std::fs::write(desk.path("blocked"), "in the way").unwrap();
    let disks = TinyDisks::new(&desk, &[("state", "size=4m")]);
    let daemon = disks.daemon(&desk);
    // More than may wait in memory, and more than the state's disk holds.
    let n_files = 32;
    for number in 0..n_files {
        let line = format!("Long article {number} goes on about the harbour and its {number} ships.\n\n");
        desk.drop_file(&format!("{number:02}.txt"), line.repeat(1_500_000 / line.len()));
    }
    wait_for("bad health", || {
        is_health(&disks.status(&desk), "down", &["intake waits for sink", "No space"])
    });
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert_eq!(log.matches("intake waits").count(), 1, "said once: {log}");
    std::fs::remove_file(desk.path("blocked")).unwrap();
    wait_for("the sink", || disks.status(&desk)["delivered"] == n_files);
    assert!(is_health(&disks.status(&desk), "ok", &[]));
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.n_rows(), n_files);
    assert_eq!(std::fs::read_to_string(desk.path("blocked/articles.jsonl")).unwrap().lines().count(), 32);
}

/// Articles the store holds, by the ledger: the file itself is in another namespace. None is settled before.
fn n_stored(disks: &TinyDisks, desk: &Desk) -> u64 {
    disks.status(desk)["sinks"]["sqlite"]["cursor"].as_u64().unwrap_or(0)
}

/// Fault: sink_full
#[test]
fn a_full_sink_retries_while_the_others_go_on() {
    let config = BOTH_SINKS.replace("\"articles.db\"", "\"store/articles.db\"");
    let desk = Desk::new(&config.replace("\"articles.jsonl\"", "\"out/articles.jsonl\""));
    let disks = TinyDisks::new(&desk, &[("store", "size=8m"), ("out", "size=4m")]);
    std::os::unix::fs::symlink(disks.path("out/articles.jsonl"), desk.path("articles.jsonl")).unwrap();
    let mut daemon = disks.daemon(&desk);
    let mut ids = drop_some(&desk, 0, 5);
    wait_for("the first articles", || n_stored(&disks, &desk) == 5 && n_lines(&desk) == 5);
    for round in 0..scale(1, 10) {
        for (full, sink) in [("out", "jsonl"), ("store", "sqlite")] {
            disks.fill(full);
            let from = 1000 * (2 * round + if full == "out" { 1 } else { 2 });
            let n_before = ids.len();
            ids.extend(drop_some(&desk, from, from + 60));
            let words = [sink, "is down"];
            wait_for("bad health", || is_health(&disks.status(&desk), "degraded", &words));
            if full == "out" {
                wait_for("the store", || n_stored(&disks, &desk) == ids.len() as u64);
                assert!(n_lines(&desk) < ids.len());
                let text = || std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
                wait_for("a whole line", || text().ends_with('\n'));
            } else {
                wait_for("the JSONL file", || n_lines(&desk) == ids.len());
                assert!(n_stored(&disks, &desk) < ids.len() as u64);
            }
            assert!(disks.status(&desk)["delivered"].as_u64().unwrap() < (n_before + 60) as u64);
            if round % 2 == 1 {
                daemon.kill();
                daemon = disks.daemon(&desk);
            }
            disks.free(full);
            wait_for("all articles", || {
                n_stored(&disks, &desk) == ids.len() as u64 && n_lines(&desk) == ids.len()
            });
        }
    }
    wait_for("good health", || is_health(&disks.status(&desk), "ok", &[]));
    assert_eq!(daemon.stop(), Some(0));
    std::fs::copy(disks.path("store/articles.db"), desk.path("articles.db")).unwrap();
    assert_settled(&desk, &ids);
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

/// Fault: write_error, sink_full
#[test]
fn a_read_only_file_system_is_waited_for() {
    let config = BOTH_SINKS.replace("\"articles.db\"", "\"out/articles.db\"");
    let desk = Desk::new(&config.replace("\"articles.jsonl\"", "\"out/articles.jsonl\""));
    let disks = TinyDisks::new(&desk, &[("out", "size=8m")]);
    std::os::unix::fs::symlink(disks.path("out/articles.jsonl"), desk.path("articles.jsonl")).unwrap();
    let mut ids = drop_some(&desk, 0, 5);
    for round in 1..=2 {
        let daemon = disks.daemon(&desk);
        wait_for("articles", || n_stored(&disks, &desk) == ids.len() as u64 && n_lines(&desk) == ids.len());
        // They may be those of the round before: a process that has only just begun does not listen yet.
        wait_for("the daemon", || is_health(&disks.status(&desk), "ok", &[]));
        assert_eq!(daemon.stop(), Some(0));
        disks.remount("out", "ro");
        let daemon = disks.daemon(&desk);
        ids.extend(drop_some(&desk, 100 * round, 100 * round + 5));
        for sink in ["jsonl", "sqlite"] {
            wait_for("bad health", || is_health(&disks.status(&desk), "degraded", &[sink, "is down"]));
        }
        disks.remount("out", "rw");
        wait_for("articles", || n_stored(&disks, &desk) == ids.len() as u64 && n_lines(&desk) == ids.len());
        assert_eq!(daemon.stop(), Some(0));
    }
    std::fs::copy(disks.path("out/articles.db"), desk.path("articles.db")).unwrap();
    assert_settled(&desk, &ids);
}
