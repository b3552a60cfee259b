//! Components that fail: every other article is delivered once, and the bad one is in quarantine with its reason.

use serde_json::{Value, json};

use crate::common::{Desk, article, stderr};
use crate::desk;

/// Six articles, the fourth of which says this.
fn drop_six(desk: &Desk, says: &str) {
    for n in 0..6 {
        let said =
            if n == 3 { format!("{says} is kept in the cellar of the lighthouse.\n") } else { String::new() };
        desk.drop_file(&format!("{n:03}.txt"), article(n) + &said);
    }
}

/// Only the fourth is in quarantine, and the others have been looked at once.
fn one_is_set_aside(desk: &Desk, stage: &str, reasons: &[&str]) {
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["quarantined"]), (&json!(5), &json!(1)), "{status}");
    let lines = desk.lines();
    assert_eq!(lines.len(), 5);
    assert!(lines.values().all(|record| record["notes"]["looked"] == 1), "{lines:?}");
    let entries = desk.quarantine();
    let entry: &Value = &entries[0];
    assert!(entry["uri"].as_str().unwrap().ends_with("003.txt"), "{entry}");
    assert_eq!(entry["stage"], stage, "{entry}");
    for reason in reasons {
        assert!(entry["reason"].as_str().unwrap().contains(reason), "{entry}");
    }
}

/// Fault: native_panic
#[test]
fn a_stage_that_panics_costs_the_article_that_it_panics_over() {
    for batch in [0, 1, 4, 16] {
        let stage = format!("[[stage]]\ntype = \"panics\"\nname = \"mine\"\nbatch = {batch}\n");
        let desk = desk("native_test_program", &stage);
        drop_six(&desk, "POISON");
        let said = stderr(&desk.drain(3));
        assert!(said.contains("stage panicked, going on with a fresh one"), "{said}");
        one_is_set_aside(&desk, "mine", &["the stage panicked: no harbour in article"]);
    }
}

const ASKS: &str = "[[stage]]\ntype = \"asks\"\nname = \"mine\"\n";

/// Fault: lookup_hang
#[test]
fn a_lookup_that_fails_over_an_article_costs_that_article() {
    for (says, reason) in [
        ("POISON", "the stage panicked: no harbour in article"),
        ("REFUSE", "it said no"),
        ("HANG", "no answer within 200 ms, 3 times, while others were answered"),
    ] {
        let desk = desk("native_test_program", ASKS);
        drop_six(&desk, says);
        desk.drain(3);
        one_is_set_aside(&desk, "mine", &[reason]);
    }
}

#[test]
fn a_lookup_may_drop_an_article() {
    let desk = desk("native_test_program", ASKS);
    drop_six(&desk, "LEAVE");
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["dropped"]), (&json!(5), &json!(1)), "{status}");
}

/// Fault: lookup_down
#[test]
fn an_article_whose_lookup_is_down_waits_and_with_it_what_came_after() {
    let desk = desk("native_test_program", ASKS);
    drop_six(&desk, "DOWN");
    let said = stderr(&desk.drain(1));
    assert!(said.contains("articles wait for this stage") && said.contains("it said no"), "{said}");
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["pending"]), (&json!(3), &json!(3)), "{status}");
    // Asked again a hundred times a second, said at most before the others have passed, and after.
    assert!((1..=2).contains(&said.matches("stage is down, its articles wait").count()), "{said}");
}

/// Fault: lookup_down
#[test]
fn a_lookup_that_nobody_answers_is_down_and_nothing_is_set_aside() {
    let desk = desk("native_test_program", ASKS);
    for n in 0..4 {
        desk.drop_file(&format!("{n}.txt"), article(n) + "HANG on, it is said.\n");
    }
    let said = stderr(&desk.drain(1));
    assert!(said.contains("no answer within 200 ms"), "{said}");
    assert_eq!((desk.count("pending"), desk.count("quarantined")), (4, 0));
}

#[test]
fn a_lookup_may_stop_everything() {
    let desk = desk("native_test_program", ASKS);
    drop_six(&desk, "STOP");
    let said = stderr(&desk.drain(1));
    assert!(said.contains("mine") && said.contains("it said no"), "{said}");
    assert_eq!(desk.count("quarantined"), 0);
}

#[test]
fn commands_without_a_daemon_wait_for_lookups_too() {
    let desk = desk("native_test_program", ASKS);
    drop_six(&desk, "REFUSE");
    let output = desk.run(&["clean", "--format", "json", "inbox"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let cleaned = String::from_utf8(output.stdout.clone()).unwrap();
    let records: Vec<Value> = cleaned.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.len() == 5 && records.iter().all(|record| record["notes"]["looked"] == 1), "{cleaned}");
    assert!(stderr(&output).contains("it said no"));
}

/// Fault: native_panic
#[test]
fn a_panic_costs_one_article_without_a_daemon_too() {
    let desk = desk("native_test_program", "[[stage]]\ntype = \"panics\"\n");
    drop_six(&desk, "POISON");
    let output = desk.run(&["clean", "--format", "json", "inbox"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 5);
    assert!(stderr(&output).contains("003.txt: the stage panicked: no harbour in article"));
}
