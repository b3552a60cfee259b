//! What a drop folder's user relies on: copies, revisions, what happens to settled files, signals, locks.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::process::Stdio;

use common::{BOTH_SINKS, Desk, article, exists, sha256, stderr, wait_for};

#[test]
fn an_exact_copy_is_one_more_ledger_entry_and_no_delivery() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("a.txt", article(1));
    desk.drop_file("b.txt", article(1));
    desk.drain(0);
    desk.drop_file("c.txt", article(1));
    desk.drop_file("a.txt", article(1));
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!(
        (&status["seen"], &status["delivered"], &status["duplicate"]),
        (&3.into(), &1.into(), &2.into())
    );
    assert_eq!(desk.rows().len(), 1);
    assert_eq!(desk.lines().len(), 1);
}

#[test]
fn new_bytes_under_a_name_supersede_the_old_row() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("a.txt", article(1));
    desk.drain(0);
    desk.drop_file("a.txt", article(2));
    desk.drain(0);
    assert_eq!(desk.rows().into_keys().collect::<Vec<_>>(), [sha256(article(2))]);
    let lines = desk.lines();
    assert_eq!(lines[&sha256(article(2))]["notes"]["supersedes"], sha256(article(1)));
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["superseded"]), (&1.into(), &1.into()));
    // And back again: the first text returns.
    desk.drop_file("a.txt", article(1));
    desk.drain(0);
    assert_eq!(desk.rows().into_keys().collect::<Vec<_>>(), [sha256(article(1))]);
    desk.balanced();
}

#[test]
fn a_revision_leaves_alone_what_another_name_still_holds() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("a.txt", article(1));
    desk.drop_file("b.txt", article(1));
    desk.drain(0);
    desk.drop_file("a.txt", article(2));
    desk.drain(0);
    let mut expected = [sha256(article(1)), sha256(article(2))];
    expected.sort();
    assert_eq!(desk.rows().into_keys().collect::<Vec<_>>(), expected);
    desk.balanced();
}

#[test]
fn an_appended_jsonl_yields_its_new_lines_alone() {
    let desk = Desk::new(BOTH_SINKS);
    let line = |number| {
        format!("{}\n", serde_json::json!({"title": format!("Report {number}"), "text": article(number)}))
    };
    desk.drop_file("feed.jsonl", line(1) + &line(2));
    desk.drain(0);
    desk.drop_file("feed.jsonl", line(1) + &line(2) + &line(3));
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!((&status["seen"], &status["delivered"]), (&3.into(), &3.into()), "{status}");
    let rows = desk.rows();
    assert!(rows.contains_key(&sha256(line(3).trim_end())), "an id is the hash of the record's bytes");
    assert!(rows.values().all(|row| row["source"]["uri"].as_str().unwrap().contains("feed.jsonl#")));
}

#[test]
fn settled_files_are_moved_or_deleted_as_asked() {
    let moving = Desk::new(&BOTH_SINKS.replace("path = \"inbox\"\n", "path = \"inbox\"\nafter = \"move\"\n"));
    moving.drop_file("a.txt", article(1));
    moving.drain(0);
    assert!(!exists(&moving.inbox("a.txt")));
    assert_eq!(std::fs::read_to_string(moving.inbox("done/a.txt")).unwrap(), article(1));
    let deleting =
        Desk::new(&BOTH_SINKS.replace("path = \"inbox\"\n", "path = \"inbox\"\nafter = \"delete\"\n"));
    deleting.drop_file("a.txt", article(1));
    deleting.drop_file("b.txt", article(1));
    deleting.drain(0);
    assert!(!exists(&deleting.inbox("a.txt")) && !exists(&deleting.inbox("b.txt")));
    assert_eq!(deleting.rows().len(), 1);
    deleting.drain(0);
    assert_eq!(deleting.balanced()["delivered"], 1);
}

#[test]
fn the_daemon_takes_files_as_they_come_and_stops_when_told() {
    let desk = Desk::new(BOTH_SINKS);
    std::fs::create_dir(desk.inbox("deep")).unwrap();
    let daemon = desk.daemon();
    for number in 0..20 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    std::fs::write(desk.inbox("deep/er.txt"), article(99)).unwrap();
    wait_for("21 articles", || desk.count("delivered") == 21);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.lines().len(), 21);
}

#[test]
fn a_second_daemon_is_refused_with_the_pid_of_the_first() {
    let desk = Desk::new(BOTH_SINKS);
    let daemon = desk.daemon();
    desk.drop_file("a.txt", article(1));
    wait_for("the daemon", || desk.count("delivered") == 1);
    let second = desk.run(&["run", "--once"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(stderr(&second).contains(&daemon.child.id().to_string()), "{}", stderr(&second));
    // Another state folder does not get round the lock on the inbox.
    let mut other = common::program();
    other.current_dir(desk.dir.path()).args([
        "run",
        "--once",
        "--config",
        "copydesk.toml",
        "--state",
        "other",
    ]);
    let other = other.output().unwrap();
    assert_eq!(other.status.code(), Some(1), "{}", stderr(&other));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_reload_takes_a_good_configuration_and_refuses_a_bad_one() {
    let desk = Desk::new(&BOTH_SINKS.replace("[[sink]]\ntype = \"jsonl\"\npath = \"articles.jsonl\"\n", ""));
    let daemon = desk.daemon();
    desk.drop_file("a.txt", article(1));
    wait_for("the first article", || desk.count("delivered") == 1);
    std::fs::write(desk.path("copydesk.toml"), "[[stage]]\ntype = \"strip_boilerplait\"\n").unwrap();
    daemon.signal("HUP");
    let log = || std::fs::read_to_string(desk.path("log")).unwrap();
    wait_for("the refusal", || log().contains("strip_boilerplate"));
    // The old configuration runs on. (The status command needs a good file.)
    std::fs::write(desk.path("copydesk.toml"), BOTH_SINKS).unwrap();
    desk.drop_file("b.txt", article(2));
    wait_for("the second article", || desk.count("delivered") == 2);
    assert!(!exists(&desk.path("articles.jsonl")));
    daemon.signal("HUP");
    wait_for("the new configuration", || log().contains("configuration reloaded"));
    assert!(exists(&desk.path("articles.jsonl")));
    desk.drop_file("c.txt", article(3));
    wait_for("the third article", || desk.count("delivered") == 3);
    assert_eq!(daemon.stop(), Some(0));
    assert!(desk.lines().contains_key(&sha256(article(3))));
}

#[test]
fn a_sink_that_is_down_holds_back_no_other() {
    let desk = Desk::new(&BOTH_SINKS.replace("articles.jsonl", "blocked/articles.jsonl"));
    // A file stands where the folder should be: the sink cannot open.
    std::fs::write(desk.path("blocked"), "in the way").unwrap();
    let daemon = desk.daemon();
    for number in 0..30 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    wait_for("the store", || desk.n_rows() == 30);
    assert_eq!(desk.status()["delivered"], 0, "delivered means in every sink");
    std::fs::remove_file(desk.path("blocked")).unwrap();
    wait_for("the sink to recover", || desk.count("delivered") == 30);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(std::fs::read_to_string(desk.path("blocked/articles.jsonl")).unwrap().lines().count(), 30);
}

#[test]
fn a_replayed_article_is_never_its_own_duplicate() {
    let desk = Desk::new(&BOTH_SINKS.replace("articles.jsonl", "blocked/articles.jsonl"));
    std::fs::write(desk.path("blocked"), "in the way").unwrap();
    let mut daemon = desk.daemon();
    desk.drop_file("a.txt", article(4));
    wait_for("the store", || desk.n_rows() == 1);
    daemon.kill();
    std::fs::remove_file(desk.path("blocked")).unwrap();
    // The same words in other bytes: a duplicate of the first by text, and delivered.
    desk.drop_file("b.txt", article(4).to_uppercase());
    desk.drain(0);
    let rows = desk.rows();
    assert!(rows[&sha256(article(4))]["duplicate"].is_null());
    let copy = &rows[&sha256(article(4).to_uppercase())]["duplicate"];
    assert_eq!((&copy["of"], &copy["kind"]), (&sha256(article(4)).into(), &"exact".into()), "{copy}");
}

#[test]
fn quarantine_can_be_listed_shown_retried_and_discarded() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("bad.json", "{\"text\": ");
    desk.drain(3);
    let entries = desk.quarantine();
    assert_eq!(entries.len(), 1);
    let key = entries[0]["key"].as_str().unwrap();
    let show = desk.run(&["quarantine", "show", key, "--bytes"]);
    assert_eq!(common::stdout(&show), "{\"text\": ");
    let retry = desk.run(&["quarantine", "retry", key]);
    assert!(retry.status.success(), "{}", stderr(&retry));
    desk.drain(3);
    assert_eq!(desk.balanced()["quarantined"], 1);
    let discard = desk.run(&["quarantine", "discard", "--all"]);
    assert!(discard.status.success(), "{}", stderr(&discard));
    assert_eq!(desk.quarantine().len(), 0);
    let status = desk.balanced();
    assert_eq!((&status["quarantined"], &status["dropped"]), (&0.into(), &1.into()));
}

#[test]
fn copies_of_a_bad_file_are_set_aside_each_by_itself() {
    let desk = Desk::new(BOTH_SINKS);
    let names: Vec<String> = (0..8).map(|number| format!("{number}.json")).collect();
    for name in &names {
        desk.drop_file(name, "{\"text\": ");
    }
    desk.drain(3);
    assert_eq!(desk.quarantine().len(), 8);
    desk.drop_file(
        "0.json",
        "{\"title\": \"Healed\", \"text\": \"The ferry sails again, the harbour board said.\"}",
    );
    desk.drain(0);
    let left = desk.quarantine();
    assert_eq!(left.len(), 7, "{left:?}");
    let status = desk.balanced();
    assert_eq!((&status["quarantined"], &status["delivered"]), (&7.into(), &1.into()), "{status}");
}

#[test]
fn a_second_signal_stops_at_once() {
    let desk = Desk::new(&BOTH_SINKS.replace("articles.jsonl", "blocked/articles.jsonl"));
    std::fs::write(desk.path("blocked"), "in the way").unwrap();
    let mut child = desk
        .command(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|child| common::Daemon { child })
        .unwrap();
    desk.drop_file("a.txt", article(1));
    wait_for("the store", || desk.n_rows() == 1);
    child.signal("TERM");
    child.signal("TERM");
    wait_for("the end", || child.child.try_wait().unwrap().is_some());
    let status = desk.balanced();
    assert_eq!(status["pending"], 1, "{status}");
}
