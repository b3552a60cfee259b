//! Promise 3: no half file is ever delivered.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use common::{Chance, Desk, article, pause, sha256, wait_for};

const N_WRITERS: u64 = 150;

/// Writers keep their file open and pause for less than `settle` between two writes.
const CONFIG: &str = r#"
[source]
type = "folder"
path = "inbox"
settle = "1s"
quiet = "250ms"
[[stage]]
type = "enrich"
[[sink]]
type = "sqlite"
path = "articles.db"
"#;

#[test]
fn slow_writers_in_place_deliver_whole_articles_only() {
    let desk = Desk::new(CONFIG);
    let daemon = desk.daemon();
    std::thread::scope(|scope| {
        for number in 0..N_WRITERS {
            let path = desk.inbox(&format!("{number:03}.txt"));
            scope.spawn(move || {
                let text = article(number);
                let mut chance = Chance(number + 1);
                let mut file = File::create(path).unwrap();
                for chunk in text.as_bytes().chunks(1 + text.len() / 6) {
                    file.write_all(chunk).unwrap();
                    pause(Duration::from_millis(50 + chance.below(350)));
                }
            });
        }
    });
    wait_for("150 articles", || desk.count("delivered") >= N_WRITERS);
    assert_eq!(daemon.stop(), Some(0));
    let expected: BTreeMap<String, u64> =
        (0..N_WRITERS).map(|number| (sha256(article(number)), number)).collect();
    let rows = desk.rows();
    assert_eq!(rows.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let status = desk.balanced();
    assert_eq!(status["seen"], N_WRITERS, "a half file was taken: {status}");
}
