//! Copies across articles, through the whole program: marked or dropped, led by the first or a better one, with the
//! same verdicts whatever is killed and whatever is damaged.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use common::{BOTH_SINKS, Desk, report, scale, sha256, stderr, stdout};
use serde_json::Value;

/// A desk whose stage `find_duplicates` has these options.
fn desk(options: &str) -> Desk {
    Desk::in_memory(&BOTH_SINKS.replace("\"find_duplicates\"", &format!("\"find_duplicates\"\n{options}")))
}

/// The report as another desk prints it.
fn copy(number: u64, n_sentences: usize) -> String {
    copy_of(number, n_sentences, "Tidewater")
}

fn copy_of(number: u64, n_sentences: usize, agency: &str) -> String {
    let report =
        report(number, n_sentences).replace("asked for", "requested").replace("set aside", "put aside");
    format!("LORNE POINT ({agency}) - {report}")
}

fn of(record: &Value) -> Option<&str> {
    record["duplicate"]["of"].as_str()
}

#[test]
fn an_edited_copy_is_delivered_with_the_name_of_what_leads() {
    let desk = desk("");
    let (first, second, other) = (report(1, 9), copy(1, 9), report(2, 9));
    for (name, text) in [("1.txt", &first), ("2.txt", &second), ("3.txt", &other)] {
        desk.drop_file(name, text);
    }
    desk.drain(0);
    let (rows, lines) = (desk.rows(), desk.lines());
    assert_eq!(rows.len(), 3);
    assert_eq!(rows, lines);
    assert_eq!(of(&rows[&sha256(&second)]), Some(sha256(&first).as_str()));
    let duplicate = &rows[&sha256(&second)]["duplicate"];
    assert_eq!(duplicate["kind"], "near");
    assert!(duplicate["similarity"].as_f64().unwrap() > 0.5, "{duplicate}");
    assert!(duplicate["shared"]["facts"].as_u64().unwrap() > 5, "{duplicate}");
    assert_eq!((of(&rows[&sha256(&first)]), of(&rows[&sha256(&other)])), (None, None));
}

#[test]
fn a_copy_that_is_dropped_is_counted_and_stays_findable() {
    let desk = desk("near = \"drop\"");
    desk.drop_file("1.txt", report(1, 9));
    desk.drop_file("2.txt", copy(1, 9));
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["dropped"]), (&1.into(), &1.into()), "{status}");
    assert_eq!(desk.rows().len(), 1);
    let listed = desk.run(&["duplicates", "--json"]);
    assert!(listed.status.success(), "{}", stderr(&listed));
    let listed = stdout(&listed);
    assert!(listed.contains(&sha256(copy(1, 9))) && listed.contains("2.txt"), "{listed}");
    let explained = desk.run(&["explain", &sha256(copy(1, 9))]);
    let said = stdout(&explained) + &stderr(&explained);
    assert!(said.contains("near duplicate of"), "{said}");
}

#[test]
fn a_longer_copy_leads_downstream_too() {
    for near in ["mark", "drop"] {
        let desk = desk(&format!("lead = \"longest\"\nnear = \"{near}\""));
        let (short, long) = (report(1, 9), report(1, 15));
        desk.drop_file("1.txt", &short);
        desk.drain(0);
        assert_eq!(of(&desk.rows()[&sha256(&short)]), None);
        desk.drop_file("2.txt", &long);
        desk.drain(0);
        desk.drop_file("3.txt", copy(1, 9));
        desk.drain(0);
        let (rows, lines) = (desk.rows(), desk.lines());
        let status = desk.balanced();
        assert_eq!(of(&rows[&sha256(&long)]), None);
        assert_eq!(lines[&sha256(&long)]["notes"]["find_duplicates"]["takes_over"], sha256(&short));
        if near == "mark" {
            assert_eq!(of(&rows[&sha256(&short)]), Some(sha256(&long).as_str()));
            assert_eq!(of(&rows[&sha256(copy(1, 9))]), Some(sha256(&long).as_str()));
            assert_eq!((rows.len(), &status["delivered"]), (3, &3.into()));
        } else {
            assert_eq!(rows.len(), 1, "{rows:?}");
            assert_eq!(lines[&sha256(&long)]["notes"]["supersedes"], sha256(&short));
            assert_eq!((&status["delivered"], &status["dropped"]), (&1.into(), &2.into()), "{status}");
        }
        let verified = desk.run(&["verify"]);
        assert!(verified.status.success(), "{near}: {}", stdout(&verified));
    }
}

/// So little memory that a run of a few articles writes to the folder.
const SMALL: &str = "memory = \"8KiB\"";

/// Batches of reports and copies of earlier ones, in the order of their names.
fn batches(n_batches: u64) -> Vec<Vec<(String, String)>> {
    let batch = |batch: u64| {
        let file = |n: u64| {
            let number = batch * 6 + n;
            let text = if n < 3 || batch == 0 {
                report(number, 9)
            } else {
                copy_of((number * 5) % (batch * 6), 9, &format!("Desk {number}"))
            };
            (format!("{number:04}.txt"), text)
        };
        (0..6).map(file).collect()
    };
    (0..n_batches).map(batch).collect()
}

/// What each article is a copy of.
fn verdicts(desk: &Desk) -> BTreeMap<String, Option<String>> {
    let rows = desk.rows();
    rows.into_iter().map(|(id, record)| (id, of(&record).map(str::to_owned))).collect()
}

/// `kill -9` at every named place of the index, in run after run: the verdicts are those of a desk where nothing
/// happened, and everything agrees.
///
/// Fault: kill
#[test]
fn kills_in_the_index_change_no_verdict() {
    let batches = batches(scale(12, 40));
    let quiet = desk(SMALL);
    let shaken = desk(SMALL);
    let mut places: Vec<&str> =
        copydesk_core::crash::POINTS.iter().copied().filter(|place| place.starts_with("index.")).collect();
    let mut died: BTreeMap<&str, u32> = BTreeMap::new();
    for batch in &batches {
        for (name, text) in batch {
            quiet.drop_file(name, text);
            shaken.drop_file(name, text);
        }
        quiet.drain(0);
        // After a death at one place another may not be passed: each is the first in turn.
        places.rotate_left(1);
        for place in &places {
            let mut command = shaken.command(&["run", "--once"]);
            let output = command.env("COPYDESK_CRASH_AT", place).output().unwrap();
            if output.status.code().is_none() {
                *died.entry(place).or_default() += 1;
            } else {
                assert_eq!(output.status.code(), Some(0), "{place}: {}", stderr(&output));
            }
        }
        shaken.drain(0);
    }
    assert_eq!(died.len(), places.len(), "not at every place: {died:?}");
    assert_eq!(verdicts(&shaken), verdicts(&quiet));
    let n_copies = verdicts(&quiet).values().flatten().count();
    assert!(n_copies >= 2 * batches.len(), "{n_copies}");
    let verified = shaken.run(&["verify"]);
    assert!(verified.status.success(), "{}", stdout(&verified));
}

fn index_files(desk: &Desk) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(desk.path("state/stages/find_duplicates")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    // What an earlier repair kept beside is nothing of the index.
    files.retain(|path| path.extension().is_none());
    files.sort();
    files
}

/// Each file of the index torn, emptied or with a bit turned: found, never believed, made anew from the store.
#[test]
fn a_damaged_index_is_found_and_made_anew_from_the_store() {
    let desk = desk(SMALL);
    let batches = batches(4);
    for batch in &batches {
        for (name, text) in batch {
            desk.drop_file(name, text);
        }
        desk.drain(0);
    }
    let before = verdicts(&desk);
    assert!(desk.run(&["verify"]).status.success());
    // What is not in the store alone: nothing can be had from the originals.
    for batch in &batches {
        for (name, _) in batch {
            std::fs::remove_file(desk.inbox(name)).unwrap();
        }
    }
    let mut number = 100;
    let n_files = index_files(&desk).len();
    assert!(n_files >= 3);
    for nth in 0..n_files {
        for damage in ["cut", "flip", "gone"] {
            let Some(path) = index_files(&desk).into_iter().nth(nth) else { continue };
            let mut bytes = std::fs::read(&path).unwrap();
            match damage {
                "cut" => bytes.truncate(bytes.len() * 2 / 3),
                "flip" => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x10;
                }
                _ => {}
            }
            if damage == "gone" {
                std::fs::remove_file(&path).unwrap();
            } else {
                std::fs::write(&path, bytes).unwrap();
            }
            let what = format!("{damage} {}", path.display());
            let found = desk.run(&["verify"]);
            assert_eq!(found.status.code(), Some(1), "{what}: {}", stdout(&found));
            assert!(stdout(&found).contains("find_duplicates"), "{what}: {}", stdout(&found));
            let mended = desk.run(&["verify", "--repair"]);
            assert!(mended.status.success(), "{what}: {}{}", stdout(&mended), stderr(&mended));
            let known = verdicts(&desk);
            assert!(before.iter().all(|(id, of)| known.get(id) == Some(of)), "{what}");
            // It knows as much as it did.
            number += 1;
            desk.drop_file(
                &format!("{number}.txt"),
                format!("VELMAR, Monday - {}", report(1, 9)) + &"!".repeat(number),
            );
            desk.drain(0);
            let rows = desk.rows();
            let latest = rows
                .values()
                .find(|row| row["source"]["uri"].as_str().unwrap().ends_with(&format!("{number}.txt")));
            assert_eq!(of(latest.unwrap()), Some(sha256(report(1, 9)).as_str()), "{what}");
            std::fs::remove_file(desk.inbox(&format!("{number}.txt"))).unwrap();
        }
    }
}

/// A snapshot of stories that is damaged stops a start by name, and is put aside by a repair.
#[test]
fn a_damaged_snapshot_of_stories_is_found_and_put_aside() {
    let desk =
        Desk::in_memory(&BOTH_SINKS.replacen("[[sink]]", "[[stage]]\ntype = \"find_stories\"\n[[sink]]", 1));
    desk.drop_file("1.txt", report(1, 9));
    desk.drain(0);
    let story = desk.rows()[&sha256(report(1, 9))]["story"]["id"].clone();
    assert!(story.is_string(), "{story}");
    let folder = desk.path("state/stages/find_stories");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("stories.snapshot"), "copydesk stories 1\nand then nothing").unwrap();
    desk.drop_file("2.txt", copy(1, 9));
    let refused = desk.run(&["run", "--once"]);
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("stories.snapshot") && stderr(&refused).contains("verify --repair"));
    let found = desk.run(&["verify"]);
    assert_eq!(found.status.code(), Some(1), "{}", stdout(&found));
    assert!(stdout(&found).contains("damaged in find_stories"), "{}", stdout(&found));
    let mended = desk.run(&["verify", "--repair"]);
    assert!(stdout(&mended).contains("(mended)"), "{}{}", stdout(&mended), stderr(&mended));
    desk.drain(0);
    assert_eq!(desk.rows()[&sha256(copy(1, 9))]["story"]["id"], story, "the ledger still remembers");
    assert!(desk.run(&["verify"]).status.success());
}
