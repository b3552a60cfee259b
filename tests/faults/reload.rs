//! SIGHUP and `copydesk reload`, with configurations good and bad, under load.

use std::collections::BTreeSet;
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::common::{BOTH_SINKS, Chance, Desk, article, exists, pause, scale, sha256, stderr, wait_for};
use crate::rig::{assert_settled, is_health, status, wait_ready};

/// One more sink.
const EXTRA: &str = "[[sink]]\ntype = \"jsonl\"\nname = \"extra\"\npath = \"extra.jsonl\"\n";

/// Configurations that must be refused, and a word of what is said of each.
fn bad(chance: &mut Chance) -> (String, &'static str) {
    let cases: &[(String, &str)] = &[
        (BOTH_SINKS.replace("strip_boilerplate", "strip_boilerplait"), "strip_boilerplait"),
        (format!("{BOTH_SINKS}colour = \"blue\"\n"), "colour"),
        (
            BOTH_SINKS.replace("[[stage]]\ntype = \"enrich\"", "[[stage]]\ntype = \"no_such_plugin\""),
            "no_such_plugin",
        ),
        (
            format!("{BOTH_SINKS}[[sink]]\ntype = \"jsonl\"\nname = \"new\"\npath = \"log/no.jsonl\"\n"),
            "log/no.jsonl",
        ),
        (
            format!("{BOTH_SINKS}[[sink]]\ntype = \"sqlite\"\nname = \"new\"\npath = \"articles.jsonl\"\n"),
            "articles.jsonl",
        ),
        (BOTH_SINKS.replace("path = \"inbox\"", "path = \"nowhere\""), "nowhere"),
        (BOTH_SINKS.replace("[source]", "[source"), "copydesk.toml"),
        (BOTH_SINKS.replace("settle = \"60ms\"", "settle = \"soon\""), "settle"),
        (String::from("\u{0}\u{1b}[2J"), "copydesk.toml"),
    ];
    cases[chance.below(cases.len() as u64) as usize].clone()
}

fn configure(desk: &Desk, config: &str) {
    std::fs::write(desk.path("copydesk.toml.new"), config).unwrap();
    std::fs::rename(desk.path("copydesk.toml.new"), desk.path("copydesk.toml")).unwrap();
}

/// `copydesk reload`, which needs no good configuration to find the daemon.
fn reload(desk: &Desk) -> Output {
    let mut command = crate::common::program();
    command.current_dir(desk.dir.path()).args(["reload", "--state", "state"]).output().unwrap()
}

fn lines_of(desk: &Desk, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(desk.path(name)).unwrap_or_default();
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    text.lines().map(id).collect()
}

/// Fault: bad_reload
#[test]
fn reloads_under_load_half_of_them_bad_lose_double_and_half_apply_nothing() {
    let desk = Desk::new(BOTH_SINKS);
    let mut daemon = desk.daemon();
    wait_ready(&desk);
    let pid = status(&desk)["daemon"]["pid"].clone();
    let done = AtomicBool::new(false);
    let ids = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut ids = BTreeSet::new();
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                desk.drop_file(&format!("{number:05}.txt"), article(number));
                ids.insert(sha256(article(number)));
                number += 1;
                pause(Duration::from_millis(15));
            }
            ids
        });
        let mut chance = Chance(7);
        let mut extra = false;
        for round in 0..scale(8, 50) {
            if round % 2 == 0 {
                let (config, word) = bad(&mut chance);
                configure(&desk, &config);
                if round % 4 == 0 {
                    let output = reload(&desk);
                    assert_eq!(output.status.code(), Some(2), "{config}\n{}", stderr(&output));
                    assert!(stderr(&output).contains(word), "no {word:?} in {}", stderr(&output));
                } else {
                    let log = || std::fs::read_to_string(desk.path("log")).unwrap_or_default();
                    let n_before = log().matches("reload refused").count();
                    daemon.signal("HUP");
                    wait_for("the refusal", || log().matches("reload refused").count() > n_before);
                }
                // The old one runs on: articles flow, and nothing of the new one is there.
                let n_rows = desk.n_rows();
                wait_for("more articles", || desk.n_rows() > n_rows);
            } else {
                extra = !extra;
                configure(&desk, &if extra { format!("{BOTH_SINKS}{EXTRA}") } else { BOTH_SINKS.to_owned() });
                let output = reload(&desk);
                assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
                let sinks = status(&desk)["daemon"]["stats"]["sinks"].clone();
                assert_eq!(sinks.get("extra").is_some(), extra, "{sinks}");
            }
        }
        done.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    configure(&desk, BOTH_SINKS);
    assert_eq!(reload(&desk).status.code(), Some(0));
    wait_for("everything", || desk.count("delivered") == ids.len() as u64);
    assert!(daemon.child.try_wait().unwrap().is_none());
    assert!(is_health(&status(&desk), "ok", &[]), "{}", status(&desk));
    assert_eq!(status(&desk)["daemon"]["pid"], pid);
    assert_eq!(daemon.stop(), Some(0));
    assert_settled(&desk, &ids);
    let extra = lines_of(&desk, "extra.jsonl");
    assert_eq!(
        extra.iter().collect::<BTreeSet<_>>().len(),
        extra.len(),
        "twice in a sink that came and went"
    );
    assert!(!exists(&desk.path("nowhere")));
}

/// Fault: bad_reload
#[test]
fn a_state_folder_cannot_be_changed_and_no_daemon_is_an_error() {
    let desk = Desk::new(&format!("state = \"here\"\n{BOTH_SINKS}"));
    let command = |args: &[&str]| {
        let mut command = crate::common::program();
        command.current_dir(desk.dir.path()).args(args).args(["--config", "copydesk.toml"]);
        command
    };
    let none = command(&["reload"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("no daemon is running"), "{}", stderr(&none));
    let daemon = crate::rig::spawn(&desk, command(&["run"]));
    wait_for("the daemon", || command(&["reload"]).status().unwrap().success());
    configure(&desk, &format!("state = \"there\"\n{BOTH_SINKS}"));
    let output = command(&["reload", "--state", "here"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("state folder cannot change"), "{}", stderr(&output));
    assert!(!exists(&desk.path("there")));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_new_sink_begins_at_the_head_and_an_old_one_is_let_go() {
    let desk = Desk::new(BOTH_SINKS);
    let daemon = desk.daemon();
    desk.drop_file("a.txt", article(1));
    wait_for("the first", || desk.count("delivered") == 1);
    configure(&desk, &format!("{BOTH_SINKS}{EXTRA}").replace("[[stage]]\ntype = \"enrich\"\n", ""));
    assert_eq!(reload(&desk).status.code(), Some(0));
    desk.drop_file("b.txt", article(2));
    wait_for("the second", || desk.count("delivered") == 2);
    assert_eq!(lines_of(&desk, "extra.jsonl"), [sha256(article(2))]);
    let lines = desk.lines();
    assert_eq!(lines[&sha256(article(1))]["language"]["code"], "en");
    assert!(lines[&sha256(article(2))]["language"].is_null(), "the stage that was taken out is out");
    configure(&desk, BOTH_SINKS);
    assert_eq!(reload(&desk).status.code(), Some(0));
    let file = std::fs::File::open(desk.path("extra.jsonl")).unwrap();
    file.try_lock().expect("the sink that was taken out has let go of its file");
    desk.drop_file("c.txt", article(3));
    wait_for("the third", || desk.count("delivered") == 3);
    assert_eq!(lines_of(&desk, "extra.jsonl").len(), 1);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_folder_that_is_gone_at_a_reload_is_waited_for() {
    let desk = Desk::new(BOTH_SINKS);
    let mut daemon = desk.daemon();
    desk.drop_file("a.txt", article(1));
    wait_for("the first", || desk.count("delivered") == 1);
    std::fs::rename(desk.path("inbox"), desk.path("away")).unwrap();
    let output = reload(&desk);
    assert!(matches!(output.status.code(), Some(0 | 2)), "{}", stderr(&output));
    assert!(daemon.child.try_wait().unwrap().is_none(), "a reload ends no daemon");
    std::fs::rename(desk.path("away"), desk.path("inbox")).unwrap();
    desk.drop_file("b.txt", article(2));
    wait_for("the second", || desk.count("delivered") == 2);
    wait_for("good health", || is_health(&status(&desk), "ok", &[]));
    daemon.signal("TERM");
    assert_eq!(daemon.stop(), Some(0));
}

/// Fault: bad_configuration
#[test]
fn a_mutated_configuration_is_named_or_right_and_touches_nothing() {
    let mut chance = Chance(99);
    let desk = Desk::new(BOTH_SINKS);
    for _ in 0..scale(40, 2000) {
        let mut bytes = BOTH_SINKS.as_bytes().to_vec();
        for _ in 0..=chance.below(4) {
            let at = chance.below(bytes.len() as u64) as usize;
            match chance.below(4) {
                0 => bytes[at] = chance.below(256) as u8,
                1 => drop(bytes.drain(at..bytes.len().min(at + 1 + chance.below(20) as usize))),
                2 => {
                    let part = bytes[at..bytes.len().min(at + 30)].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => bytes.insert(at, b"\"[]={}\n\0"[chance.below(8) as usize]),
            }
        }
        std::fs::write(desk.path("copydesk.toml"), &bytes).unwrap();
        let check = desk.run(&["check"]);
        let said = stderr(&check);
        assert!(matches!(check.status.code(), Some(0 | 2)), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        if check.status.code() == Some(2) {
            assert!(!said.trim().is_empty(), "{}", String::from_utf8_lossy(&bytes));
            let run = desk.run(&["run", "--once"]);
            assert_eq!(run.status.code(), Some(2), "{}", stderr(&run));
        }
        assert!(!exists(&desk.path("state")) && !exists(&desk.path("articles.db")));
    }
}
