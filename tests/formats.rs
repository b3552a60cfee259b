//! Sinks that write ninjs and JSON-LD: each article once, checked and mended as records are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{Desk, article, stdout};
use serde_json::Value;

const CONFIG: &str = r#"
[source]
type = "folder"
path = "inbox"
[[stage]]
type = "enrich"
[[sink]]
type = "sqlite"
path = "articles.db"
[[sink]]
name = "wire"
type = "jsonl"
path = "articles.ninjs"
format = "ninjs"
[[sink]]
name = "web"
type = "jsonl"
path = "articles.jsonld"
format = "jsonld"
"#;

fn lines(desk: &Desk, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(desk.path(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn other_formats_are_delivered_checked_and_mended() {
    let desk = Desk::new(CONFIG);
    for number in 0..5 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    desk.drain(0);
    desk.drop_file("3.txt", article(33));
    desk.drain(0);
    let ninjs = lines(&desk, "articles.ninjs");
    let jsonld = lines(&desk, "articles.jsonld");
    assert_eq!((ninjs.len(), jsonld.len()), (6, 6), "five files and one revision");
    for (ninjs, jsonld) in ninjs.iter().zip(&jsonld) {
        assert_eq!(ninjs["uri"], jsonld["@id"]);
        assert_eq!(ninjs["bodies"][0]["value"], jsonld["articleBody"]);
    }
    let earlier = &ninjs[3]["uri"];
    let supersedes =
        ninjs[5]["associations"].as_array().unwrap().iter().find(|one| one["rel"] == "supersedes");
    assert_eq!(&supersedes.unwrap()["uri"], earlier);
    assert_eq!(&jsonld[5]["isBasedOn"], earlier);
    assert!(stdout(&desk.run(&["verify"])).contains("0 findings"));

    // One line goes, another is damaged: both come back from elsewhere.
    let path = desk.path("articles.ninjs");
    let whole = std::fs::read_to_string(&path).unwrap();
    let without: Vec<&str> =
        whole.lines().enumerate().filter(|(idx, _)| *idx != 1).map(|(_, line)| line).collect();
    let damaged = without.join("\n").replacen("\"charCount\":", "\"charCount\":1", 1) + "\n";
    std::fs::write(&path, damaged).unwrap();
    let found = stdout(&desk.run(&["verify"]));
    assert!(found.contains("damaged in wire: line 1") && found.contains("missing in wire"), "{found}");
    desk.run(&["verify", "--repair"]);
    let found = stdout(&desk.run(&["verify"]));
    assert!(found.contains("0 findings"), "{found}");
    let sorted = |lines: Vec<Value>| {
        let mut lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(lines(&desk, "articles.ninjs")), sorted(ninjs));
}
