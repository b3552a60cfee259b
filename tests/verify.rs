//! Promise 7: `verify` finds every disagreement, and `--repair` mends what can be mended.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{BOTH_SINKS, Desk, article, sha256, stderr, stdout};

fn delivered() -> Desk {
    let desk = Desk::new(BOTH_SINKS);
    for number in 0..8 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    desk.drain(0);
    desk
}

fn found(desk: &Desk, args: &[&str]) -> (bool, String) {
    let output = desk.run(args);
    assert!(stderr(&output).is_empty(), "{}", stderr(&output));
    (output.status.success(), stdout(&output))
}

#[test]
fn what_agrees_is_said_to_agree() {
    let desk = delivered();
    let (good, said) = found(&desk, &["verify"]);
    assert!(good && said.contains("8 articles") && said.contains("0 findings"), "{said}");
}

#[test]
fn a_line_lost_from_jsonl_is_written_again_from_the_store() {
    let desk = delivered();
    let text = std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains(&sha256(article(5)))).collect();
    std::fs::write(desk.path("articles.jsonl"), without.join("\n") + "\n").unwrap();
    let (good, said) = found(&desk, &["verify"]);
    assert!(!good && said.contains("missing in jsonl") && said.contains("5.txt"), "{said}");
    let (good, said) = found(&desk, &["verify", "--repair"]);
    assert!(good && said.contains("(mended)"), "{said}");
    assert_eq!(desk.lines().len(), 8);
    assert!(found(&desk, &["verify"]).0);
}

#[test]
fn a_row_lost_from_every_store_is_cleaned_again_from_its_file() {
    let desk = delivered();
    let id = sha256(article(5));
    let text = std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.contains(&id)).collect();
    std::fs::write(desk.path("articles.jsonl"), without.join("\n") + "\n").unwrap();
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    assert_eq!(db.execute("DELETE FROM articles WHERE id = ?1", [&id]).unwrap(), 1);
    drop(db);
    let (good, said) = found(&desk, &["verify", "--repair"]);
    assert!(good, "{said}");
    assert!(desk.rows().contains_key(&id) && desk.lines().contains_key(&id));
}

#[test]
fn what_cannot_be_mended_is_said() {
    let desk = delivered();
    std::fs::remove_file(desk.inbox("5.txt")).unwrap();
    std::fs::write(desk.path("articles.jsonl"), "").unwrap();
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    db.execute("DELETE FROM articles", []).unwrap();
    drop(db);
    let (good, said) = found(&desk, &["verify", "--repair"]);
    assert!(!good && said.contains("its file is gone"), "{said}");
    assert_eq!(desk.rows().len(), 7);
}

#[test]
fn a_row_the_search_index_has_lost_is_indexed_again() {
    let desk = delivered();
    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')", []).unwrap();
    drop(db);
    let (good, said) = found(&desk, &["verify"]);
    assert!(!good && said.contains("damaged in sqlite"), "{said}");
    let (good, said) = found(&desk, &["verify", "--repair"]);
    assert!(good, "{said}");
    let hits = desk.run(&["search", "--json", "lighthouse"]);
    assert_eq!(stdout(&hits).lines().count(), 8);
}
