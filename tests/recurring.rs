//! What a site repeats goes after a few articles, and the same records come out whatever the number of workers,
//! kills and restarts.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::{BOTH_SINKS, Desk, pause, stdout, wait_for};
use serde_json::{Value, json};

const TRENDS: &str = "Search Trends\nTide tables\nHarbour jobs\nFerry strike";
const NOTE: &str = "Mara Quill has written about harbours, tides and those who live by them for the Lantern since the \
                    old lighthouse was sold.";

fn config() -> String {
    let stage = "[[stage]]\ntype = \"strip_recurring\"\n[[stage]]\ntype = \"drop_repeats\"";
    BOTH_SINKS.replace("[[stage]]\ntype = \"drop_repeats\"", stage)
}

/// The text of an article that no other number gives.
fn text(number: usize) -> String {
    const PLACES: [&str; 7] =
        ["Hallow Bay", "Norrin", "Eastmere", "Port Quill", "Wend", "Saltby", "Long Ness"];
    const THINGS: [&str; 5] = ["ferry", "library", "bridge", "orchard", "lighthouse"];
    let mut text = format!("The {} of {} is counted again\n", THINGS[number % 5], PLACES[number % 7]);
    for which in 0..3 {
        let (place, thing) = (PLACES[(number + which) % 7], THINGS[(number * 3 + which) % 5]);
        let _ = writeln!(
            text,
            "The {thing} of {place} was counted {number} times in week {which}, and the clerk who did so said that \
             the figures for {} would be read aloud in the town hall before the end of the month.",
            number * 31 + which
        );
    }
    text
}

/// Twelve articles of one site, mixed with those of another, and with plain files.
fn fill(desk: &Desk, from: usize, to: usize) {
    for number in from..to {
        let lantern = format!("{}{NOTE}\n{TRENDS}\n", text(number));
        let record = json!({"url": format!("https://www.lantern.example/{number}"), "text": lantern});
        desk.drop_file(&format!("{number:02}-lantern.json"), record.to_string());
        // A heading that the other one's box has too, now and then.
        let heading = if number % 4 == 0 { "Ferry strike\nHarbour jobs\n" } else { "" };
        let tide = format!("{}{heading}", text(number + 100));
        let record = json!({"url": format!("https://tide.example/{number}"), "text": tide});
        desk.drop_file(&format!("{number:02}-tide.json"), record.to_string());
        desk.drop_file(&format!("{number:02}.txt"), text(number + 200));
    }
}

/// The records by file name, without what differs from desk to desk.
fn records(desk: &Desk) -> BTreeMap<String, Value> {
    let folder = desk.path("inbox").display().to_string();
    desk.rows()
        .into_values()
        .map(|mut record| {
            let uri = record["source"]["uri"].as_str().unwrap().to_owned();
            record["source"] = Value::Null;
            let record = serde_json::from_str(&record.to_string().replace(&folder, "INBOX")).unwrap();
            (uri.rsplit_once('/').unwrap().1.to_owned(), record)
        })
        .collect()
}

fn cuts_of(record: &Value) -> Vec<&str> {
    let cuts = record["cuts"].as_array().unwrap().iter();
    cuts.filter(|cut| cut["rule"] == "recurs_in_source").map(|cut| cut["text"].as_str().unwrap()).collect()
}

fn reference() -> BTreeMap<String, Value> {
    let desk = Desk::in_memory(&format!("{}[runtime]\nworkers = 1\n", config()));
    fill(&desk, 0, 12);
    desk.drain(0);
    records(&desk)
}

#[test]
fn a_sites_own_boxes_go_after_a_few_articles_and_explain_says_where_they_were_seen() {
    let desk = Desk::in_memory(&config());
    fill(&desk, 0, 12);
    desk.drain(0);
    let records = records(&desk);
    assert_eq!(records.len(), 36);
    for number in 4..12 {
        let record = &records[&format!("{number:02}-lantern.json")];
        let body = record["text"].as_str().unwrap();
        assert!(
            !body.contains("Search Trends") && !body.contains("Mara Quill") && !body.contains("Tide"),
            "{body}"
        );
        assert_eq!(body.matches("the clerk who did so").count(), 3, "{body}");
    }
    for (name, record) in records.iter().filter(|(name, _)| !name.contains("lantern")) {
        assert_eq!(cuts_of(record), Vec::<&str>::new(), "{name}");
    }
    let last = &records["11-lantern.json"];
    assert!(cuts_of(last).contains(&NOTE), "{last}");
    // The record names the article by its content.
    let id = last["id"].as_str().unwrap();
    let explained = stdout(&desk.run(&["explain", id]));
    let explained = explained.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(explained.contains("in 11 of the last 11 articles of lantern.example"), "{explained}");
    // Without the other articles nothing recurs.
    let alone = stdout(&desk.run(&["clean", "inbox/11-lantern.json", "--format", "json"]));
    let alone: Value = serde_json::from_str(&alone).unwrap();
    assert_eq!(cuts_of(&alone), Vec::<&str>::new());
}

#[test]
fn workers_kills_and_restarts_change_no_record() {
    let reference = reference();
    assert!(reference.values().filter(|record| !cuts_of(record).is_empty()).count() >= 8);
    for workers in [2, 4] {
        let desk = Desk::in_memory(&format!("{}[runtime]\nworkers = {workers}\n", config()));
        fill(&desk, 0, 12);
        desk.drain(0);
        assert_eq!(records(&desk), reference, "{workers} workers");
    }
    // A daemon that is killed in the middle, again and again.
    let desk = Desk::in_memory(&format!("{}[runtime]\nworkers = 2\n", config()));
    for round in 0..6 {
        let mut daemon = desk.daemon();
        fill(&desk, 2 * round, 2 * round + 2);
        let n_before = 6 * round as u64;
        wait_for("the first of the round", || desk.count("delivered") > n_before);
        pause(std::time::Duration::from_millis(7 * round as u64));
        daemon.kill();
        if round % 2 == 0 {
            desk.drain(0);
        }
    }
    desk.drain(0);
    // Files that came while a daemon ran were taken as they were complete: the order is the ledger's, not theirs.
    let killed = records(&desk);
    assert_eq!(killed.keys().collect::<Vec<_>>(), reference.keys().collect::<Vec<_>>());
    let one_by_one = Desk::in_memory(&config());
    for (name, _) in in_ledger_order(&desk) {
        one_by_one.drop_file(&name, std::fs::read(desk.inbox(&name)).unwrap());
        one_by_one.drain(0);
    }
    assert_eq!(records(&one_by_one), killed);
}

/// File names, in the order of their places in the ledger.
fn in_ledger_order(desk: &Desk) -> Vec<(String, u64)> {
    let view = copydesk_runtime::ledger::read_articles(&desk.path("state")).unwrap();
    let mut names: Vec<(String, u64)> =
        view.articles().map(|article| (article.path.clone(), article.seq.0)).collect();
    assert!(!names.is_empty());
    names.sort_by_key(|(_, seq)| *seq);
    names
}
