//! One damage at a time, done by hand to a state that the program made.

use crate::common::{BOTH_SINKS, Desk, article, sha256, stderr, stdout};
use crate::scene::{
    N_DELIVERED, assert_clean, assert_mended, change, drop_line, edit_lines, entry, id, repair, scene, sql,
    verify,
};

/// What is done, what must be found, and where.
type Case = (&'static str, fn(&Desk), &'static str, &'static str);

/// Damages one after the other; each is found by its kind, mended, and then nothing is found any more.
fn table(after: &str, cases: &[Case]) {
    for (what, damage, kind, place) in cases {
        let desk = scene(after);
        damage(&desk);
        let said = verify(&desk);
        assert_eq!(said.code, 1, "{what}: {}", said.text);
        assert!(said.has(kind, place), "{what}: no {kind} in {place}: {}", said.text);
        assert_mended(&desk, what);
    }
}

#[test]
fn what_agrees_is_said_to_agree() {
    for after in ["keep", "move", "delete"] {
        let desk = scene(after);
        assert_clean(&desk, after);
        let output = desk.run(&["verify"]);
        let said = stdout(&output);
        for part in [
            "ledger: 14 seen",
            "folder: ",
            "sqlite: 11 articles",
            "jsonl: 12 articles on 12 lines",
            "quarantine: 1 entries",
        ] {
            let part = if after == "keep" { part } else { part.split(' ').next().unwrap() };
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(output.status.success() && said.contains("0 findings, 0 open: all agree"), "{said}");
    }
}

#[test]
fn lines_of_jsonl() {
    table(
        "keep",
        &[
            ("a line lost", |desk| drop_line(desk, &id(5)), "missing", "jsonl"),
            (
                "a line doubled",
                |desk| edit_lines(desk, |nth, line| vec![line.to_owned(); if nth == 3 { 2 } else { 1 }]),
                "doubled",
                "jsonl",
            ),
            (
                "a line garbled",
                |desk| {
                    edit_lines(desk, |nth, line| {
                        vec![if nth == 2 { "{\"id\":".into() } else { line.to_owned() }]
                    });
                },
                "damaged",
                "jsonl",
            ),
            (
                "a word of a text changed",
                |desk| edit_lines(desk, |_, line| vec![line.replacen("Keeper", "Peeper", 1)]),
                "damaged",
                "jsonl",
            ),
            (
                "a foreign line",
                |desk| {
                    edit_lines(desk, |nth, line| {
                        if nth == 0 { vec!["hello".into(), line.into()] } else { vec![line.into()] }
                    });
                },
                "damaged",
                "jsonl",
            ),
            (
                "a torn end",
                |desk| change(&desk.path("articles.jsonl"), |bytes| bytes.truncate(bytes.len() - 40)),
                "torn",
                "jsonl",
            ),
            (
                "the file gone",
                |desk| std::fs::remove_file(desk.path("articles.jsonl")).unwrap(),
                "missing",
                "jsonl",
            ),
        ],
    );
}

#[test]
fn rows_of_the_store() {
    table(
        "keep",
        &[
            (
                "a row lost",
                |desk| assert_eq!(sql(desk, &format!("DELETE FROM articles WHERE id = '{}'", id(5))), 1),
                "missing",
                "sqlite",
            ),
            (
                "a record garbled",
                |desk| assert_eq!(sql(desk, "UPDATE articles SET record = '{' WHERE doc = 2"), 1),
                "damaged",
                "sqlite",
            ),
            (
                "a text that is not its record's",
                |desk| assert_eq!(sql(desk, "UPDATE articles SET text = 'x' WHERE doc = 2"), 1),
                "damaged",
                "sqlite",
            ),
            (
                "the search index emptied",
                |desk| {
                    sql(desk, "INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')");
                },
                "damaged",
                "sqlite",
            ),
            (
                "a page overwritten",
                |desk| {
                    change(&desk.path("articles.db"), |bytes| {
                        let place = bytes.len() / 2 / 8192 * 8192;
                        bytes[place..place + 8192].fill(0xa5);
                    });
                },
                "damaged",
                "sqlite",
            ),
            (
                "the file cut off",
                |desk| change(&desk.path("articles.db"), |bytes| bytes.truncate(bytes.len() / 2)),
                "damaged",
                "sqlite",
            ),
            (
                "the file's head garbled",
                |desk| change(&desk.path("articles.db"), |bytes| bytes[..50].fill(7)),
                "damaged",
                "sqlite",
            ),
            (
                "the file gone",
                |desk| std::fs::remove_file(desk.path("articles.db")).unwrap(),
                "missing",
                "sqlite",
            ),
            (
                "a superseded row back",
                |desk| {
                    let line = std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
                    let record = line.lines().find(|line| line.contains(&id(6))).unwrap();
                    let value: serde_json::Value = serde_json::from_str(record).unwrap();
                    let db = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
                    let text = "INSERT INTO articles (id, doc, seq, uri, title, language, \
                                duplicate_of, text, record) \
                                VALUES (?1, 99, 99, ?2, ?3, ?4, ?5, ?6, ?7)";
                    db.execute(
                        text,
                        rusqlite::params![
                            id(6),
                            value["source"]["uri"].as_str(),
                            value["title"].as_str(),
                            value["language"]["code"].as_str(),
                            value["duplicate"]["of"].as_str(),
                            value["text"].as_str(),
                            record
                        ],
                    )
                    .unwrap();
                },
                "stale",
                "sqlite",
            ),
        ],
    );
}

#[test]
fn what_is_nowhere_but_in_its_file_is_made_once_more() {
    for after in ["keep", "move"] {
        let desk = scene(after);
        drop_line(&desk, &id(5));
        sql(&desk, &format!("DELETE FROM articles WHERE id = '{}'", id(5)));
        let record = desk.lines().into_values().find(|record| record["title"] == "Record 21").unwrap();
        drop_line(&desk, record["id"].as_str().unwrap());
        sql(&desk, "DELETE FROM articles WHERE title = 'Record 21'");
        let said = verify(&desk);
        assert_eq!(said.findings.len(), 4, "{}", said.text);
        assert_mended(&desk, after);
        assert_eq!(desk.lines()[&id(5)]["source"]["uri"], desk.rows()[&id(5)]["source"]["uri"]);
    }
}

#[test]
fn what_cannot_be_mended_is_said_and_stays() {
    let desk = scene("delete");
    drop_line(&desk, &id(5));
    sql(&desk, &format!("DELETE FROM articles WHERE id = '{}'", id(5)));
    for _ in 0..2 {
        let said = repair(&desk);
        assert_eq!((said.code, said.findings.len()), (1, 2), "{}", said.text);
        for finding in &said.findings {
            assert_eq!(
                (&finding["mendable"], &finding["id"]),
                (&false.into(), &id(5).into()),
                "{}",
                said.text
            );
            assert!(
                finding["message"].as_str().unwrap().contains("no other sink holds it, and its file is gone")
            );
        }
    }
    let said = stdout(&desk.run(&["verify"]));
    assert!(said.contains("(cannot be mended)"), "{said}");
}

/// Fault: ledger_damage
#[test]
fn the_ledger() {
    for after in ["keep", "delete"] {
        table(
            after,
            &[
                (
                    "an early bit flipped",
                    |desk| change(&desk.path("state/ledger.log"), |bytes| bytes[60] ^= 4),
                    "damaged",
                    "ledger",
                ),
                (
                    "a bit in the middle flipped",
                    |desk| {
                        change(&desk.path("state/ledger.log"), |bytes| {
                            let place = bytes.len() / 2;
                            bytes[place] ^= 1;
                        });
                    },
                    "damaged",
                    "ledger",
                ),
                (
                    "the head overwritten",
                    |desk| change(&desk.path("state/ledger.log"), |bytes| bytes[..24].fill(0)),
                    "damaged",
                    "ledger",
                ),
                (
                    "foreign bytes in the middle",
                    |desk| {
                        change(&desk.path("state/ledger.log"), |bytes| {
                            let place = bytes.len() / 3;
                            bytes.splice(place..place, *b"what is this doing here?");
                        });
                    },
                    "damaged",
                    "ledger",
                ),
                (
                    "all of it overwritten",
                    |desk| change(&desk.path("state/ledger.log"), |bytes| bytes.fill(b'x')),
                    "damaged",
                    "ledger",
                ),
                (
                    "cut in the middle",
                    |desk| change(&desk.path("state/ledger.log"), |bytes| bytes.truncate(bytes.len() / 2)),
                    "orphan",
                    "sqlite",
                ),
                (
                    "gone",
                    |desk| std::fs::remove_file(desk.path("state/ledger.log")).unwrap(),
                    "orphan",
                    "sqlite",
                ),
                (
                    "emptied to its head",
                    |desk| change(&desk.path("state/ledger.log"), |bytes| bytes.truncate(24)),
                    "orphan",
                    "jsonl",
                ),
            ],
        );
    }
}

/// Fault: ledger_damage
#[test]
fn a_run_refuses_a_damaged_ledger_and_names_the_way_out() {
    let desk = scene("keep");
    change(&desk.path("state/ledger.log"), |bytes| bytes[60] ^= 4);
    let output = desk.run(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is damaged at byte") && stderr(&output).contains("verify --repair"));
    let desk = scene("keep");
    change(&desk.path("state/ledger.log"), |bytes| bytes.truncate(bytes.len() - 3));
    assert!(verify(&desk).has("torn", "ledger"));
    // A torn end is no damage: the run cuts it off by itself.
    // What it said is done once more.
    assert!(matches!(desk.run(&["run", "--once"]).status.code(), Some(0 | 3)));
    assert_clean(&desk, "a torn end");
}

#[test]
fn the_quarantine() {
    let cases: [Case; 6] = [
        ("an entry gone", |desk| std::fs::remove_dir_all(entry(desk)).unwrap(), "missing", "quarantine"),
        (
            "its bytes gone",
            |desk| std::fs::remove_file(entry(desk).join("bytes")).unwrap(),
            "damaged",
            "quarantine",
        ),
        (
            "its bytes changed",
            |desk| std::fs::write(entry(desk).join("bytes"), "other").unwrap(),
            "damaged",
            "quarantine",
        ),
        (
            "its description gone",
            |desk| std::fs::remove_file(entry(desk).join("meta.json")).unwrap(),
            "damaged",
            "quarantine",
        ),
        (
            "its description garbled",
            |desk| std::fs::write(entry(desk).join("meta.json"), "{").unwrap(),
            "damaged",
            "quarantine",
        ),
        (
            "a folder of nobody",
            |desk| {
                let stray = desk.path("state/quarantine/00ff");
                std::fs::create_dir(&stray).unwrap();
                std::fs::write(stray.join("bytes"), "bytes").unwrap();
            },
            "orphan",
            "quarantine",
        ),
    ];
    table("keep", &cases);
    // The file is in `done`, and serves as well.
    table("move", &cases);
    let desk = scene("delete");
    std::fs::remove_file(entry(&desk).join("bytes")).unwrap();
    let said = repair(&desk);
    assert!(said.code == 1 && said.text.contains("its file is gone or has changed"), "{}", said.text);
    let desk = scene("delete");
    std::fs::write(entry(&desk).join("meta.json"), "").unwrap();
    assert_mended(&desk, "the bytes themselves tell whose they are");
    assert_eq!(desk.quarantine()[0]["path"], "broken.txt");
}

#[test]
fn an_entry_the_ledger_has_never_heard_of_is_taken_in() {
    let desk = scene("delete");
    std::fs::remove_file(desk.path("state/ledger.log")).unwrap();
    assert!(verify(&desk).has("orphan", "quarantine"));
    assert_mended(&desk, "a lost ledger");
    let status = desk.balanced();
    assert_eq!((&status["quarantined"], &status["delivered"]), (&1.into(), &N_DELIVERED.into()), "{status}");
    let key = desk.quarantine()[0]["key"].as_str().unwrap().to_owned();
    assert!(desk.run(&["quarantine", "retry", &key]).status.success());
    desk.drain(3);
    assert_eq!(desk.quarantine().len(), 1);
}

#[test]
fn an_entry_of_an_article_that_is_settled_goes_aside() {
    let desk = scene("keep");
    let place = entry(&desk);
    let copy = desk.path("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["meta.json", "bytes"] {
        std::fs::copy(place.join(name), copy.join(name)).unwrap();
    }
    assert!(desk.run(&["quarantine", "discard", "--all"]).status.success());
    std::fs::rename(copy, &place).unwrap();
    assert!(verify(&desk).has("orphan", "quarantine"));
    assert_eq!(repair(&desk).code, 0);
    assert_clean(&desk, "after repair");
    assert!(std::fs::read_dir(desk.path("state/damaged")).unwrap().count() == 1);
}

#[test]
fn a_sink_owes_nothing_from_before_its_time_and_all_from_then_on() {
    let desk = scene("keep");
    let later = desk.path("copydesk.toml");
    let config = std::fs::read_to_string(&later).unwrap();
    std::fs::write(&later, config + "[[sink]]\ntype = \"jsonl\"\nname = \"late\"\npath = \"late.jsonl\"\n")
        .unwrap();
    desk.drain(0);
    assert_clean(&desk, "a new sink");
    for number in 40..44 {
        desk.drop_file(&format!("{number}.txt"), article(number));
    }
    desk.drain(0);
    assert_clean(&desk, "what came later");
    // The very first that it holds, too.
    change(&desk.path("late.jsonl"), |bytes| {
        let line = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        bytes.drain(..=line);
    });
    let said = verify(&desk);
    assert!(said.findings.len() == 1 && said.has("missing", "late"), "{}", said.text);
    assert_eq!(repair(&desk).code, 0);
    assert_eq!(std::fs::read_to_string(desk.path("late.jsonl")).unwrap().lines().count(), 4);
}

#[test]
fn what_was_removed_before_its_delivery_is_said() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("a.txt", article(1));
    std::fs::create_dir(desk.path("articles.db")).unwrap();
    std::fs::create_dir(desk.path("articles.jsonl")).unwrap();
    // Neither sink can be opened, so the article stays pending.
    assert_eq!(desk.run(&["run", "--once"]).status.code(), Some(1));
    assert_eq!(desk.count("pending"), 1);
    assert!(!verify(&desk).has("lost", "folder"));
    std::fs::remove_file(desk.inbox("a.txt")).unwrap();
    let _spilled = std::fs::remove_dir_all(desk.path("state/spill"));
    let said = verify(&desk);
    assert!(said.has("lost", "folder") && said.text.contains(&sha256(article(1))), "{}", said.text);
}
