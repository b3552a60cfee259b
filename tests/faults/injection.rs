//! Names, titles and texts that are meant for somebody else's parser: a terminal, a log, a database.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::Value;

use crate::common::{BOTH_SINKS, Desk, article, exists, sha256, stderr, stdout, wait_for};
use crate::rig::{spawn, wait_ready};

/// Names that forge lines and drive terminals.
const NAMES: &[&str] = &[
    "a\nERROR forged line.json",
    "b\u{1b}]0;owned\u{7}.json",
    "c\u{1b}[2J\u{1b}[31m.json",
    "d\r\u{8}\u{8}.json",
    "e\u{202e}txt.json",
    "f\u{9b}31m\u{7f}.json",
    "g\"},{\"level\":\"FORGED\".json",
];

fn is_clean(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)))
}

/// Fault: log_injection
#[test]
fn what_is_printed_of_hostile_names_is_escaped_and_json_stays_json() {
    for format in ["text", "json"] {
        let desk = Desk::new(BOTH_SINKS);
        let daemon = spawn(&desk, desk.command(&["run", "-v", "--log-format", format]));
        wait_ready(&desk);
        for (number, name) in NAMES.iter().enumerate() {
            std::fs::write(desk.inbox(name), format!("{{\"text\": {number}")).unwrap();
        }
        std::fs::write(desk.path("inbox").join(OsStr::from_bytes(b"h\xff\n.json")), "{\"text\": ").unwrap();
        desk.drop_file("title.html", "<html><title>T\u{1b}[31m\u{202e}</title><p>A paragraph of text that stands here for long enough to stay.</p></html>");
        wait_for("the quarantine", || desk.count("quarantined") == NAMES.len() as u64 + 1);
        // A configuration is quoted too.
        std::fs::write(desk.path("copydesk.toml"), "[source]\n\"k\u{1b}[2J\\n\" = 1\n").unwrap();
        daemon.signal("HUP");
        let log = || std::fs::read_to_string(desk.path("log")).unwrap();
        wait_for("the refusal", || log().contains("reload refused"));
        std::fs::write(desk.path("copydesk.toml"), BOTH_SINKS).unwrap();
        assert_eq!(daemon.stop(), Some(0));
        let log = log();
        assert!(is_clean(&log), "{log:?}");
        assert!(log.lines().all(|line| !line.starts_with("ERROR forged")), "{log}");
        if format == "json" {
            for line in log.lines() {
                let event: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
                assert!(event["level"].is_string() && event["level"] != "FORGED", "{line}");
            }
            assert!(log.lines().count() > NAMES.len());
        }
        for args in [&["status"][..], &["quarantine", "list"], &["search", "paragraph"]] {
            let output = desk.run(args);
            assert!(is_clean(&stdout(&output)) && is_clean(&stderr(&output)), "{args:?} {}", stdout(&output));
        }
    }
}

#[test]
fn an_error_at_the_start_is_a_json_line_too() {
    let desk = Desk::new("[source]\ntype = \"folder\"\npath = \"inbox\"\ncolour = 1\n");
    let output = desk.run(&["run", "--once", "--log-format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("colour"));
    for line in said.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object(), "{line}");
    }
}

/// Fault: sql_injection
#[test]
fn titles_and_texts_that_are_sql_are_stored_as_they_are() {
    let payloads = [
        "Robert'); DROP TABLE articles;--",
        "' OR '1'='1",
        "\"; DELETE FROM articles_fts; --",
        "'); ATTACH DATABASE 'owned.db' AS o; CREATE TABLE o.x(y); --",
        "?1 :id $id @id %s %d {} \\' \\x00",
        "' UNION SELECT id, record FROM articles --",
        "NULL",
        "x' AND randomblob(1000000000) --",
    ];
    let desk = Desk::new(BOTH_SINKS);
    for (number, payload) in payloads.iter().enumerate() {
        let text = format!("{payload} {}", article(number as u64));
        let record = serde_json::json!({ "title": payload, "text": text, "url": payload });
        desk.drop_file(&format!("{number}'; DROP TABLE articles; --.json"), record.to_string());
    }
    desk.drain(0);
    let rows = desk.rows();
    assert_eq!(rows.len(), payloads.len());
    for (number, payload) in payloads.iter().enumerate() {
        let text = format!("{payload} {}", article(number as u64));
        let record = serde_json::json!({ "title": payload, "text": text, "url": payload });
        let row = &rows[&sha256(record.to_string())];
        assert_eq!(&row["title"], payload);
        // As words of a search they are words.
        let found = desk.run(&["search", payload]);
        assert!(matches!(found.status.code(), Some(0)), "{payload}: {}", stderr(&found));
    }
    assert_eq!(desk.rows().len(), payloads.len());
    assert!(!exists(&desk.path("owned.db")));
    assert!(desk.run(&["verify"]).status.success());
}
