//! A desk on which everything has happened: deliveries, a duplicate, a revision, a container, a quarantined file;
//! and what can be done to it.

use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::common::{BOTH_SINKS, Desk, article, sha256, stderr, stdout};

/// What is sure of the scene: these are delivered.
pub(crate) const N_DELIVERED: usize = 11;

/// The configuration, with what becomes of settled files.
fn config(after: &str) -> String {
    let config = BOTH_SINKS.replace("grace = \"300ms\"", "grace = \"60ms\"");
    config.replacen("path = \"inbox\"", &format!("path = \"inbox\"\nafter = \"{after}\""), 1)
}

/// Six plain files, one of them a revision, a duplicate, three records in a container, a broken file.
pub(crate) fn scene(after: &str) -> Desk {
    let desk = Desk::new(&config(after));
    for number in 0..7 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    desk.drop_file("sub.txt", article(90));
    desk.drain(0);
    desk.drop_file("copy.txt", article(1));
    desk.drop_file("6.txt", article(60));
    let records: Vec<String> = (20..23)
        .map(|number| format!("{{\"title\": \"Record {number}\", \"text\": {:?}}}\n", article(number)))
        .collect();
    desk.drop_file("wire.jsonl", records.concat());
    desk.drop_file("broken.txt", [0_u8, 159, 146, 150].repeat(50));
    desk.drain(3);
    let status = desk.balanced();
    let expected =
        [("delivered", N_DELIVERED), ("duplicate", 1), ("superseded", usize::from(after == "keep"))];
    for (key, count) in expected {
        if after == "keep" {
            assert_eq!(status[key], count, "{key} in {status}");
        }
    }
    assert_eq!(status["quarantined"], 1);
    desk
}

/// The id of a plain file of the scene.
pub(crate) fn id(number: u64) -> String {
    sha256(article(number))
}

/// What a call of `verify` said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) text: String,
    /// Findings alone.
    pub(crate) findings: Vec<Value>,
}

impl Said {
    fn of(output: &Output) -> Said {
        assert!(!stderr(output).contains("panicked"), "{}", stderr(output));
        let text = stdout(output);
        let all = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
        let findings = all.filter(|value: &Value| value["kind"] != "summary").collect();
        Said { code: output.status.code().unwrap(), text: text + &stderr(output), findings }
    }

    pub(crate) fn has(&self, kind: &str, place: &str) -> bool {
        self.findings.iter().any(|finding| finding["kind"] == kind && finding["place"] == place)
    }
}

pub(crate) fn verify(desk: &Desk) -> Said {
    Said::of(&desk.run(&["verify", "--json"]))
}

pub(crate) fn repair(desk: &Desk) -> Said {
    Said::of(&desk.run(&["verify", "--repair", "--json"]))
}

pub(crate) fn assert_clean(desk: &Desk, when: &str) {
    let said = verify(desk);
    assert_eq!((said.code, said.findings.len()), (0, 0), "{when}: {}", said.text);
}

/// SQL on the store.
pub(crate) fn sql(desk: &Desk, text: &str) -> usize {
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    db.execute(text, []).unwrap()
}

/// Rewrites the JSONL file line by line.
pub(crate) fn edit_lines(desk: &Desk, edit: impl Fn(usize, &str) -> Vec<String>) {
    let path = desk.path("articles.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<String> = text.lines().enumerate().flat_map(|(nth, line)| edit(nth, line)).collect();
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

pub(crate) fn drop_line(desk: &Desk, id: &str) {
    edit_lines(
        desk,
        |_, line| if line.contains(&format!("{{\"id\":\"{id}")) { vec![] } else { vec![line.to_owned()] },
    );
}

/// Changes the bytes of a file.
pub(crate) fn change(path: &std::path::Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// The folder of the one quarantine entry.
pub(crate) fn entry(desk: &Desk) -> PathBuf {
    std::fs::read_dir(desk.path("state/quarantine")).unwrap().next().unwrap().unwrap().path()
}

/// After a repair: clean, a second repair does nothing, and the next run ends with everything once everywhere.
pub(crate) fn assert_mended(desk: &Desk, what: &str) {
    let said = repair(desk);
    assert_eq!(said.code, 0, "{what}: {}", said.text);
    assert!(said.findings.iter().all(|finding| finding["repaired"] == true), "{what}: {}", said.text);
    assert_clean(desk, what);
    let ledger = std::fs::read(desk.path("state/ledger.log")).unwrap();
    let jsonl = std::fs::read(desk.path("articles.jsonl")).unwrap();
    let again = repair(desk);
    assert_eq!((again.code, again.findings.len()), (0, 0), "{what}: {}", again.text);
    assert!(
        std::fs::read(desk.path("state/ledger.log")).unwrap() == ledger,
        "{what}: the ledger was touched again"
    );
    assert!(
        std::fs::read(desk.path("articles.jsonl")).unwrap() == jsonl,
        "{what}: the JSONL was touched again"
    );
    assert_complete(desk, &format!("{what}: {}", said.text));
}

/// The next run ends with every article of the scene in each sink once, and a clean state.
pub(crate) fn assert_complete(desk: &Desk, what: &str) {
    let output = desk.run(&["run", "--once"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{what}: {}", stderr(&output));
    desk.balanced();
    let (rows, lines) = (desk.rows(), desk.lines());
    for number in (0..6).chain([60, 90]) {
        assert!(rows.contains_key(&id(number)), "{what}: {number} is not in the store");
        assert!(lines.contains_key(&id(number)), "{what}: {number} is not in the JSONL");
    }
    let uris: Vec<String> = rows.iter().map(|(id, row)| format!("{id} {}", row["source"]["uri"])).collect();
    assert_eq!(rows.len(), N_DELIVERED, "{what}: {uris:#?}");
    assert_eq!(desk.quarantine().len(), 1, "{what}");
    assert_clean(desk, what);
}
