//! The commands that keep no state, exit codes, and what errors say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::io::Write;
use std::process::{Output, Stdio};

use common::{Desk, article, program, stderr, stdout};
use serde_json::Value;

const DIRTY: &str = "We use cookies to improve your experience.\n\nAccept all\n\nFog closes the eastern channel for a third day\n\nBy Ida Invented\n\nThe harbour board closed the eastern channel on Monday after fog had hidden the lights for three days in a row.\n\nPilots expect it to open again on Thursday, when the wind is due to turn to the north.\n\nShare this article on Facebook\n";

fn clean(args: &[&str], input: &str) -> Output {
    let mut child = program()
        .arg("clean")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn record(args: &[&str], input: &str) -> Value {
    let output = clean(args, input);
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[test]
fn clean_reads_standard_input_and_prints_the_body() {
    let output = clean(&[], DIRTY);
    let text = stdout(&output);
    assert!(text.starts_with("The harbour board closed"), "{text}");
    assert!(text.trim_end().ends_with("turn to the north."), "{text}");
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_record_is_as_its_schema_says() {
    let schema: Value =
        serde_json::from_slice(&program().args(["schema", "article"]).output().unwrap().stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let html = format!(
        "<html><body><nav><a href=/>Home</a></nav><article><h1>Fog</h1><p>{}</p></article></body></html>",
        article(3)
    );
    for (args, input) in [(&["--format", "json"][..], DIRTY), (&["--format", "json", "--as", "html"], &html)]
    {
        let record = record(args, input);
        let errors: Vec<String> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{record}");
    }
}

#[test]
fn the_fields_are_stated_and_every_cut_is_explained() {
    let record = record(&["--format", "json"], DIRTY);
    assert_eq!(record["title"], "Fog closes the eastern channel for a third day");
    assert_eq!(record["authors"], serde_json::json!(["Ida Invented"]));
    assert_eq!(record["published"], Value::Null);
    assert_eq!(record["language"]["code"], "en");
    let reasons: Vec<&str> =
        record["cuts"].as_array().unwrap().iter().map(|cut| cut["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["consent", "consent", "share"]);
    for cut in record["cuts"].as_array().unwrap() {
        let span = (cut["span"][0].as_u64().unwrap() as usize, cut["span"][1].as_u64().unwrap() as usize);
        assert_eq!(DIRTY.get(span.0..span.1).unwrap(), cut["text"].as_str().unwrap());
    }
}

#[test]
fn other_formats_hold_the_same_article() {
    let ninjs = record(&["--format", "ninjs"], DIRTY);
    assert_eq!(ninjs["headlines"][0]["value"], "Fog closes the eastern channel for a third day");
    assert_eq!(ninjs["by"], "Ida Invented");
    let jsonld = record(&["--format", "jsonld"], DIRTY);
    assert_eq!(jsonld["@type"], "NewsArticle");
    assert_eq!(jsonld["author"][0]["name"], "Ida Invented");
    assert_eq!(jsonld["articleBody"], ninjs["bodies"][0]["value"]);
}

#[test]
fn folders_are_walked_and_results_come_in_order() {
    let desk = Desk::new("");
    for number in (0..30).rev() {
        desk.drop_file(&format!("{number:02}.txt"), article(number));
    }
    let output = program().args(["clean", "--format", "json"]).arg(desk.path("inbox")).output().unwrap();
    let ids: Vec<String> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    let expected: Vec<String> = (0..30).map(|number| common::sha256(article(number))).collect();
    assert_eq!(ids, expected);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_done() {
    let desk = Desk::new("");
    desk.drop_file("good.txt", article(1));
    desk.drop_file("bad.json", "{");
    let output = program().args(["clean"]).arg(desk.path("inbox")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("bad.json"), "{}", stderr(&output));
    assert!(stdout(&output).contains("lighthouse"));
    let missing = program().args(["clean", "/nowhere/at/all.txt"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("/nowhere/at/all.txt"));
}

#[test]
fn explain_shows_the_cut_text_with_rule_and_reason() {
    let desk = Desk::new("");
    desk.drop_file("a.txt", DIRTY);
    let output = program().arg("explain").arg(desk.inbox("a.txt")).output().unwrap();
    let page = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in
        ["✂ consent │ Accept all", "✂ share │ Share this article on Facebook", "title │ Fog closes", "% sure"]
    {
        assert!(page.contains(part), "no {part:?} in\n{page}");
    }
    assert!(!page.contains('\u{1b}'), "colour without a terminal");
}

#[test]
fn check_names_every_problem_with_its_line_and_the_choices() {
    let desk = Desk::new(
        "[source]\ntype = \"folder\"\npath = \"inbox\"\naftr = \"keep\"\n\n[[stage]]\ntype = \"strip_boilerplait\"\n\n[[sink]]\ntype = \"sqlite\"\npath = 3\n",
    );
    let output = desk.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output) + &stdout(&output);
    for part in
        ["copydesk.toml:4", "`aftr`", "`after`", "copydesk.toml:7", "strip_boilerplate", "copydesk.toml:11"]
    {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
    let good = Desk::new(common::BOTH_SINKS);
    assert_eq!(good.run(&["check"]).status.code(), Some(0), "{}", stderr(&good.run(&["check"])));
}

#[test]
fn the_program_says_what_is_in_it() {
    let says = |flag| stdout(&program().arg(flag).output().unwrap());
    assert_eq!(says("-V"), concat!("copydesk ", env!("CARGO_PKG_VERSION"), "\n"));
    let features = if cfg!(feature = "wasm") { "wasm" } else { "none" };
    assert_eq!(says("--version"), format!("{}features: {features}\n", says("-V")));
}

#[test]
fn wrong_usage_is_exit_code_two() {
    assert_eq!(program().arg("cleen").output().unwrap().status.code(), Some(2));
    assert_eq!(program().args(["run", "--config", "/nowhere.toml"]).output().unwrap().status.code(), Some(2));
    let dir = tempfile::tempdir().unwrap();
    let mut nowhere = program();
    nowhere.current_dir(dir.path()).args(["run", "/nowhere/inbox"]);
    assert_eq!(nowhere.output().unwrap().status.code(), Some(1));
}

#[test]
fn run_without_configuration_fills_a_store_that_can_be_searched() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("inbox")).unwrap();
    std::fs::write(dir.path().join("inbox/fog.txt"), DIRTY).unwrap();
    let here = |args: &[&str]| program().current_dir(dir.path()).args(args).output().unwrap();
    let run = here(&["run", "inbox", "--once"]);
    assert!(run.status.success(), "{}", stderr(&run));
    assert!(dir.path().join("copydesk-data/articles.db").is_file());
    let hits = here(&["search", "--json", "eastern channel"]);
    let hit: Value = serde_json::from_str(&stdout(&hits)).unwrap();
    assert_eq!(hit["title"], "Fog closes the eastern channel for a third day");
    assert_eq!(stdout(&here(&["search", "--json", "cookies"])), "");
    let id = hit["id"].as_str().unwrap();
    let explain = here(&["explain", id.get(..10).unwrap()]);
    assert!(stdout(&explain).contains("✂ consent"), "{}{}", stdout(&explain), stderr(&explain));
    assert!(here(&["verify"]).status.success());
    for (args, part) in
        [(&["completions", "bash"][..], "copydesk"), (&["schema", "config"], "strip_boilerplate")]
    {
        assert!(stdout(&here(args)).contains(part));
    }
}

/// Who stands beside a configuration means it, whatever the command.
#[test]
fn every_command_takes_the_configuration_that_is_here() {
    let desk = Desk::in_memory(
        "state = \"mine\"\n[source]\ntype = \"folder\"\npath = \"inbox\"\nsettle = \"60ms\"\nquiet = \"20ms\"\n\
         [[stage]]\ntype = \"enrich\"\n[[sink]]\ntype = \"sqlite\"\npath = \"mine.db\"\n",
    );
    let run = |args: &[&str]| program().current_dir(desk.dir.path()).args(args).output().unwrap();
    let says = |args: &[&str]| {
        let output = run(args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        stdout(&output)
    };
    desk.drop_file("fog.txt", DIRTY);
    desk.drop_file("empty.bin", b"\0\0\0\0");
    assert_eq!(run(&["run", "--once"]).status.code(), Some(3));
    assert!(desk.path("mine/ledger.log").is_file() && desk.path("mine.db").is_file());
    assert!(says(&["status"]).contains("1 delivered"));
    assert!(says(&["quarantine", "list"]).contains("empty.bin"));
    let found = says(&["search", "channel", "--json"]);
    let found: Value = serde_json::from_str(&found).unwrap();
    let id = found["id"].as_str().unwrap();
    assert!(says(&["explain", id]).contains("harbour board"));
    for args in [&["stories"][..], &["duplicates"], &["verify"], &["check"], &["schema", "config"]] {
        says(args);
    }
    // Nothing strips boilerplate here, and nothing does without a word from the configuration.
    assert!(says(&["clean", "inbox/fog.txt"]).contains("Share this article on Facebook"));
    assert!(!desk.path("copydesk-data").exists());
    std::fs::write(desk.path("copydesk.toml"), "[surce]\n").unwrap();
    for args in
        [&["clean", "inbox/fog.txt"][..], &["search", "channel"], &["status"], &["explain", "inbox/fog.txt"]]
    {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains("copydesk.toml:1:"), "{args:?}: {}", stderr(&output));
    }
    // A folder alone means what is built in.
    desk.drop_file("other.txt", article(3));
    assert_eq!(run(&["run", "inbox", "--once", "--state", "other"]).status.code(), Some(3));
    assert!(desk.path("other/articles.db").is_file());
}
