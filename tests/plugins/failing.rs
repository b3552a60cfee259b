//! Plugins that misbehave over one article in every way there is: that one is in quarantine with its reason, and every
//! other one is delivered once.

use serde_json::json;

use crate::common::{stderr, stdout, wait_for};
use crate::{bad, drop_articles, processes};

/// Six articles, the fourth of which is bad: it alone is in quarantine, with this code, for a reason that holds `reasons`.
fn one_is_set_aside(how: &str, code: &str, lines: &str, reasons: &[&str]) -> String {
    let desk = bad(how, lines);
    drop_articles(&desk, 0..6, |number| number == 3);
    let output = desk.drain(3);
    let lines = desk.lines();
    assert_eq!(lines.len(), 5, "{}", stderr(&output));
    assert!(lines.values().all(|record| record["notes"]["words"].as_u64() > Some(10)), "{lines:?}");
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["quarantined"]), (&json!(5), &json!(1)), "{status}");
    let entries = desk.quarantine();
    let entry = &entries[0];
    assert_eq!(entries.len(), 1);
    assert!(entry["uri"].as_str().unwrap().ends_with("003.txt"), "{entry}");
    assert_eq!((&entry["stage"], &entry["code"]), (&json!("mine"), &json!(code)), "{how}: {entry}");
    let reason = entry["reason"].as_str().unwrap();
    for expected in [&["plugin `mine` (SHA-256 "], reasons].concat() {
        assert!(reason.contains(expected), "{how}: {reason}");
    }
    wait_for("its processes to end", || processes(&desk).is_empty());
    stderr(&output)
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_crashes() {
    one_is_set_aside(
        "crash",
        "plugin_crashed",
        "",
        &["crashed over this article: signal 11", "printed: ", "over 003.txt", "attempt 2 of 2"],
    );
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_ends() {
    one_is_set_aside("exit", "plugin_crashed", "", &["it ended by itself (exit code 0)"]);
}

/// Fault: plugin_crash
#[test]
fn any_exit_code_is_the_plugins_own() {
    for code in [127, 139, 225] {
        one_is_set_aside(
            &format!("exit {code}"),
            "plugin_crashed",
            "",
            &[&format!("crashed over this article: exit code {code}; it printed: ")],
        );
    }
    let reasons = ["crashed over this article: exit code 7; ", "all bounds"];
    let said = one_is_set_aside("forge", "plugin_crashed", "", &reasons);
    assert!(!said.contains("went beyond"), "{said}");
}

/// Fault: plugin_hang
#[test]
fn a_plugin_that_hangs_and_will_not_be_told() {
    one_is_set_aside("hang", "plugin_hung", "", &["timed out over this article: no answer within 3000 ms"]);
}

/// Fault: plugin_flood
#[test]
fn a_plugin_that_floods_its_answers() {
    one_is_set_aside("flood", "plugin_garbage", "", &["answered garbage", "a line of more than"]);
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_garbage() {
    one_is_set_aside(
        "garbage",
        "plugin_garbage",
        "",
        &["answered garbage", "`{]` is no line of the protocol"],
    );
    one_is_set_aside("unknown", "plugin_garbage", "", &["answered garbage", "unknown variant `greetings`"]);
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_for_another_article() {
    one_is_set_aside(
        "another",
        "plugin_garbage",
        "batch = 1",
        &["it answers for another article (`00000000"],
    );
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_twice_or_not() {
    one_is_set_aside("twice", "plugin_garbage", "batch = 1", &["it answers twice for article 0"]);
    one_is_set_aside("silence", "plugin_garbage", "", &["it does not answer for 1 of 1 articles"]);
}

/// Fault: plugin_memory
#[test]
fn a_plugin_that_eats_memory() {
    one_is_set_aside("memory", "plugin_failed", "memory = \"200MiB\"", &["failed (attempt 1): MemoryError"]);
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_forks_and_flees() {
    one_is_set_aside("fork", "plugin_crashed", "", &["crashed over this article: exit code 9"]);
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_doubles_and_doubles() {
    one_is_set_aside(
        "bomb",
        "plugin_limit",
        "processes = 20",
        &["crashed over this article: it went beyond `processes`", "more than 20 processes"],
    );
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_starts_thread_after_thread() {
    one_is_set_aside(
        "threads",
        "plugin_limit",
        "threads = 300",
        &[
            "crashed over this article: it went beyond `threads`",
            "threads in all its processes, more than 300",
        ],
    );
}

/// Fault: plugin_memory
#[test]
fn a_plugin_whose_processes_hold_too_much_together() {
    one_is_set_aside(
        "many",
        "plugin_limit",
        "memory = \"100MiB\"\ntotal_memory = \"150MiB\"",
        &["it went beyond `total_memory`", "bytes of memory in all its processes, more than 157286400"],
    );
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_fills_shared_memory() {
    one_is_set_aside(
        "shared",
        "plugin_limit",
        "memory = \"100MiB\"",
        &["it went beyond `memory`", "bytes of shared memory in a process, more than 104857600"],
    );
    one_is_set_aside(
        "shared",
        "plugin_limit",
        "memory = \"300MiB\"\ntotal_memory = \"150MiB\"",
        &["it went beyond `total_memory`", "bytes of memory in all its processes, more than 157286400"],
    );
}

#[test]
fn what_processes_share_counts_once() {
    let desk = bad("sharing", "total_memory = \"200MiB\"");
    drop_articles(&desk, 0..3, |number| number == 1);
    let output = desk.drain(0);
    assert_eq!(desk.lines().len(), 3, "{}", stderr(&output));
}

#[test]
fn a_plugin_that_raises() {
    let said =
        one_is_set_aside("raise", "plugin_failed", "", &["failed (attempt 1): ValueError: no such harbour"]);
    assert!(said.contains("Traceback"), "{said}");
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_breaks_a_law() {
    one_is_set_aside(
        "law",
        "plugin_refused",
        "",
        &["proposes what cannot be: cut 0: [0, 100000] is no range of whole characters"],
    );
}

/// Fault: plugin_prints
#[test]
fn what_a_plugin_prints_is_escaped_and_not_all_shown() {
    let desk = bad("print", "timeout = \"30s\"".replace("timeout", "start_timeout").as_str());
    drop_articles(&desk, 0..6, |number| number == 3);
    let said = stderr(&desk.drain(0));
    assert_eq!(desk.lines().len(), 6);
    assert!(said.contains("\\u{1b}[31mnoise"), "no escaped line");
    assert!(!said.contains('\u{1b}') && said.len() < 200_000, "{} bytes", said.len());
    assert!(said.contains("the plugin prints too much, lines are not shown"));
}

#[test]
fn the_last_words_of_a_plugin_are_shown_line_by_line() {
    let desk = bad("traceback", "");
    drop_articles(&desk, 0..6, |number| number == 3);
    desk.drain(3);
    let key = desk.quarantine()[0]["key"].as_str().unwrap().to_owned();
    let shown = stdout(&desk.run(&["quarantine", "show", &key]));
    let (_, behind) =
        shown.split_once("Traceback (most recent call last):\n").unwrap_or_else(|| panic!("{shown}"));
    assert!(behind.starts_with("              File \""), "{shown}");
    assert!(
        behind.contains("\n            RuntimeError: no 'harbour' \\u{1b}[31m (attempt 2 of 2)\n"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'));
    let listed = stdout(&desk.run(&["quarantine", "list"]));
    assert_eq!(listed.lines().count(), 1, "{listed}");
}
