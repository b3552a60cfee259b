//! Errors from the calls that make things durable, made by strace in the n-th call of each thread, for every n;
//! and sinks that hang.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::common::{BOTH_SINKS, Daemon, Desk, article, at_full_length, sha256, stderr, under, wait_for};
use crate::rig::{assert_no_sync_again, assert_settled, is_health, spawn, status};

const N_FILES: u64 = 12;

/// A desk with work for every part: articles, a revision to come, and a file for the quarantine.
fn desk() -> (Desk, BTreeSet<String>) {
    let desk = Desk::new(BOTH_SINKS);
    let ids = (0..N_FILES).map(|number| {
        desk.drop_file(&format!("{number:02}.txt"), article(number));
        sha256(article(number))
    });
    let ids = ids.collect();
    desk.drop_file("bad.json", "{\"text\": ");
    (desk, ids)
}

/// The same command with errors made in system calls. Calls are logged to `trace`.
fn injected(desk: &Desk, command: &Command, calls: &str, errors: &[String], paths: &[&str]) -> Command {
    let trace = desk.path("trace").display().to_string();
    let trace_calls = format!("trace={calls}");
    let mut tool = vec!["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", &trace, "-e", &trace_calls];
    for error in errors {
        tool.extend(["-e", error]);
    }
    let dir = desk.dir.path().canonicalize().unwrap();
    let paths: Vec<String> = paths.iter().map(|path| dir.join(path).display().to_string()).collect();
    for path in &paths {
        tool.extend(["-P", path]);
    }
    under(&tool, command)
}

/// Runs with the errors, and then without. What was settled by the first run must be there, and in the end
/// everything.
fn survives(calls: &str, errors: &[String], paths: &[&str]) -> (Desk, bool) {
    let (desk, ids) = desk();
    let output = injected(&desk, &desk.command(&["run", "--once"]), calls, errors, paths).output().unwrap();
    let said = format!("{calls} {errors:?}: {}", stderr(&output));
    assert!(!said.contains("panicked"), "{said}");
    let done = output.status.code() == Some(3);
    if done {
        // It went on by itself.
        assert_settled(&desk, &ids);
        assert_eq!(desk.balanced()["quarantined"], 1, "{said}");
    } else {
        // An error while it starts is named, and ends it; so may one that ends a run whose source waits.
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("copydesk: ") || said.contains("articles wait for this sink"), "{said}");
    }
    let again = desk.run(&["run", "--once"]);
    assert!(matches!(again.status.code(), Some(0 | 3)), "{said}{}", stderr(&again));
    assert_settled(&desk, &ids);
    assert_eq!(desk.balanced()["quarantined"], 1, "{said}");
    let verify = desk.run(&["verify"]);
    assert!(verify.status.success(), "{said}{}", crate::common::stdout(&verify));
    (desk, done)
}

/// Which calls of a sweep: all of them at full length, else some.
fn places(some: &[u64], all: u64) -> Vec<u64> {
    if at_full_length() { (1..=all).collect() } else { some.to_vec() }
}

fn wait_for_trace(desk: &Desk) -> PathBuf {
    // The tracer writes a moment longer than the traced lives.
    let trace = desk.path("trace");
    wait_for("the trace", || {
        let in_use = Command::new("fuser").arg(&trace).output();
        in_use.map_or(true, |output| output.stdout.is_empty())
    });
    trace
}

/// Fault: write_error
#[test]
fn errors_of_writes_and_truncations_are_survived() {
    for error in ["EIO", "ENOSPC"] {
        for (calls, file, most) in [
            ("pwrite64", "state/ledger.log", 12),
            ("write", "articles.jsonl", 4),
            ("pwrite64", "articles.db-wal", 12),
            ("pwrite64", "articles.db", 6),
        ] {
            for place in places(if error == "EIO" { &[2] } else { &[] }, most) {
                survives(calls, &[format!("inject={calls}:error={error}:when={place}")], &[file]);
            }
        }
    }
    // What failed cannot even be cut off.
    for (calls, file) in [("pwrite64,ftruncate", "state/ledger.log"), ("write,ftruncate", "articles.jsonl")] {
        let write = calls.split(',').next().unwrap();
        let errors = [
            format!("inject={write}:error=EIO:when=1..3"),
            "inject=ftruncate:error=EIO:when=1..3".to_owned(),
        ];
        survives(calls, &errors, &[file]);
    }
}

/// Fault: write_error
#[test]
fn errors_of_names_are_survived() {
    for place in places(&[2], 6) {
        survives("mkdir", &[format!("inject=mkdir:error=EIO:when={place}")], &[]);
        let renames = "rename,renameat,renameat2";
        survives(renames, &[format!("inject={renames}:error=EIO:when={place}")], &[]);
    }
    let files = ["state/ledger.log", "articles.jsonl", "articles.db", "articles.db-wal", "state/quarantine"];
    for place in places(&[1, 3, 5], 14) {
        survives("openat", &[format!("inject=openat:error=EIO:when={place}")], &files);
    }
}

/// A daemon under strace.
fn traced(desk: &Desk, calls: &str, errors: &[String], paths: &[&str]) -> Daemon {
    spawn(desk, injected(desk, &desk.command(&["run"]), calls, errors, paths))
}

/// Fault: sink_down
#[test]
fn a_sink_that_fails_for_a_while_catches_up_by_itself() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("first.txt", article(100));
    desk.drain(0);
    let errors = ["inject=fdatasync:error=EIO:when=1..3".to_owned()];
    let daemon = traced(&desk, "fdatasync,fsync,close", &errors, &["articles.jsonl"]);
    let mut ids = BTreeSet::from([sha256(article(100))]);
    for number in 0..30 {
        desk.drop_file(&format!("{number}.txt"), article(number));
        ids.insert(sha256(article(number)));
    }
    wait_for("everything", || desk.count("delivered") == 31);
    wait_for("good health", || is_health(&status(&desk), "ok", &[]));
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert!(log.contains("sink is down") && log.contains("up again"), "{log}");
    assert_eq!(daemon.stop(), Some(0));
    assert_settled(&desk, &ids);
    assert!(assert_no_sync_again(&wait_for_trace(&desk)) > 0);
}

/// Fault: sync_error
#[test]
fn a_sync_that_failed_is_never_tried_again_on_the_same_descriptor() {
    let mut n_failed = 0;
    let mut n_done = 0;
    for place in places(&[2, 5, 8, 11, 14], 60) {
        let errors = [format!("inject=fsync,fdatasync:error=EIO:when={place}")];
        let (desk, done) = survives("fsync,fdatasync,close", &errors, &[]);
        n_failed += assert_no_sync_again(&wait_for_trace(&desk));
        n_done += usize::from(done);
    }
    // How many there are hangs on how the syncs fall to the threads.
    assert!(n_failed > 0 && n_done > 0, "{n_failed} syncs failed, {n_done} runs went on");
    // One after the other, on every file.
    for (file, when) in
        [("state/ledger.log", "2..4"), ("articles.jsonl", "1..2"), ("articles.db-wal", "1..2")]
    {
        let errors = [format!("inject=fsync,fdatasync:error=EIO:when={when}")];
        let (desk, _) = survives("fsync,fdatasync,close", &errors, &[file]);
        assert!(assert_no_sync_again(&wait_for_trace(&desk)) > 0, "no sync of {file} failed");
    }
}

/// Fault: sink_down, sigterm
#[test]
fn a_sink_that_hangs_holds_back_no_other_and_no_stop() {
    let sinks = BOTH_SINKS.replace("path = \"articles.db\"", "path = \"articles.db\"\nstall = \"300ms\"");
    let desk = Desk::new(&format!("{sinks}[runtime]\ngrace = \"1s\"\n"));
    desk.drop_file("first.txt", article(100));
    desk.drain(0);
    let n_lines = || std::fs::read_to_string(desk.path("articles.jsonl")).unwrap().lines().count();
    // Whoever writes to the store waits for this.
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut ids = BTreeSet::from([sha256(article(100))]);
    for round in 0..2 {
        let mut daemon = desk.daemon();
        for number in 30 * round..30 * round + 30 {
            desk.drop_file(&format!("{number}.txt"), article(number));
            ids.insert(sha256(article(number)));
        }
        wait_for("the JSONL file", || n_lines() == ids.len());
        wait_for("bad health", || is_health(&status(&desk), "degraded", &["sqlite", "taken longer"]));
        assert_eq!(status(&desk)["delivered"], 1, "delivered means in every sink");
        daemon.signal("TERM");
        wait_for("the end", || daemon.child.try_wait().unwrap().is_some());
        assert_eq!(daemon.child.wait().unwrap().code(), Some(0));
    }
    db.execute_batch("ROLLBACK").unwrap();
    desk.drain(0);
    assert_settled(&desk, &ids);
}
