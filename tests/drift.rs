//! A site whose pages suddenly yield nothing: said in the log and in the status, with and without a daemon, until
//! it is over.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{BOTH_SINKS, Desk, report, stderr, stdout, wait_for};
use serde_json::{Value, json};

fn config() -> String {
    let stage = "[[stage]]\ntype = \"watch_yield\"\n[[sink]]\ntype = \"sqlite\"";
    BOTH_SINKS.replace("[[sink]]\ntype = \"sqlite\"", stage)
}

fn fill(desk: &Desk, numbers: std::ops::Range<usize>, broken: bool) {
    for number in numbers {
        let mut text = report(number as u64, 8 + 2 * (number % 3));
        if broken {
            text = format!("Please enable scripts, reader {number}.");
        }
        let record = json!({"url": format!("https://lantern.example/{number}"), "text": text});
        desk.drop_file(&format!("{number:03}.json"), record.to_string());
    }
}

fn kinds(signals: &Value) -> Vec<&str> {
    let signals = signals.as_array().unwrap_or_else(|| panic!("no list: {signals}"));
    signals.iter().map(|signal| signal["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_site_that_yields_nothing_any_more_is_said_to() {
    let desk = Desk::in_memory(&config());
    fill(&desk, 0..30, false);
    let quiet = stderr(&desk.drain(0));
    assert!(!quiet.contains("yield_"), "{quiet}");
    assert_eq!(kinds(&desk.status()["signals"]), Vec::<&str>::new());
    fill(&desk, 30..36, true);
    let said = stderr(&desk.drain(0));
    let line = said.lines().find(|line| line.contains("yield_collapsed")).unwrap_or_else(|| panic!("{said}"));
    for part in
        ["WARN", "stage=\"watch_yield\"", "subject=lantern.example", "usual_bytes_kept=", "share_kept=1 "]
    {
        assert!(line.contains(part), "no {part} in {line}");
    }
    assert_eq!(said.matches("yield_collapsed").count(), 1, "{said}");
    // Without a daemon, from what is remembered.
    let status = desk.status();
    assert_eq!(kinds(&status["signals"]), ["yield_collapsed"], "{status}");
    assert_eq!(status["signals"][0]["subject"], "lantern.example");
    assert_eq!(status["signals"][0]["phase"], "begins");
    let shown = stdout(&desk.run(&["status"]));
    assert!(shown.contains("yield_collapsed: lantern.example yields"), "{shown}");
    // With one; it remembers too, and hears of the end.
    let daemon = desk.daemon();
    wait_for("the daemon to say so", || {
        desk.status()["daemon"]["stats"]["signals"].as_array().is_some_and(|s| s.len() == 1)
    });
    fill(&desk, 36..44, false);
    wait_for("the end", || {
        let status = desk.status();
        status["delivered"] == 44 && kinds(&status["signals"]).is_empty()
    });
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(kinds(&desk.status()["signals"]), Vec::<&str>::new());
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert!(log.contains("as before: lantern.example yields"), "{log}");
}
