//! Damage by chance: found each time, and after the repair everything that can be there is there, once.

use crate::common::{Chance, Desk, scale};
use crate::scene::{assert_clean, assert_complete, change, edit_lines, entry, repair, scene, sql, verify};

/// Does one damage, and says which.
fn harm(desk: &Desk, chance: &mut Chance) -> String {
    let ledger = desk.path("state/ledger.log");
    let below = |chance: &mut Chance, limit: usize| chance.below(limit as u64) as usize;
    let place_in = |chance: &mut Chance, path: &std::path::Path| {
        below(chance, std::fs::metadata(path).unwrap().len() as usize)
    };
    let line = below(chance, 12);
    match chance.below(12) {
        0 => {
            let place = place_in(chance, &ledger);
            let bit = chance.below(8);
            change(&ledger, |bytes| bytes[place] ^= 1 << bit);
            format!("bit {bit} of byte {place} of the ledger flipped")
        }
        1 => {
            let place = place_in(chance, &ledger);
            change(&ledger, |bytes| bytes.truncate(place));
            format!("the ledger cut at {place}")
        }
        2 => {
            let place = place_in(chance, &ledger);
            change(&ledger, |bytes| bytes.iter_mut().skip(place).take(200).for_each(|byte| *byte = 0));
            format!("200 zeros in the ledger at {place}")
        }
        3 => {
            edit_lines(desk, |nth, text| if nth == line { vec![] } else { vec![text.to_owned()] });
            format!("line {line} lost")
        }
        4 => {
            edit_lines(desk, |nth, text| vec![text.to_owned(); if nth == line { 2 } else { 1 }]);
            format!("line {line} doubled")
        }
        5 => {
            let jsonl = desk.path("articles.jsonl");
            let place = place_in(chance, &jsonl);
            change(&jsonl, |bytes| bytes.truncate(place));
            format!("the JSONL cut at {place}")
        }
        6 => {
            let jsonl = desk.path("articles.jsonl");
            let place = place_in(chance, &jsonl);
            change(&jsonl, |bytes| bytes.iter_mut().skip(place).take(9).for_each(|byte| *byte = 0));
            format!("9 zeros in the JSONL at {place}")
        }
        7 => {
            let doc = 1 + chance.below(10);
            sql(desk, &format!("DELETE FROM articles WHERE doc = {doc}"));
            format!("row {doc} deleted")
        }
        8 => {
            let doc = 1 + chance.below(10);
            let column = ["title", "text", "uri", "language", "record"][below(chance, 5)];
            sql(desk, &format!("UPDATE articles SET {column} = 'x' || {column} || 'x' WHERE doc = {doc}"));
            sql(desk, &format!("UPDATE articles SET {column} = 'x' WHERE doc = {doc} AND {column} IS NULL"));
            format!("{column} of row {doc} changed")
        }
        9 => {
            let database = desk.path("articles.db");
            let page = place_in(chance, &database) / 8192 * 8192;
            change(&database, |bytes| bytes.iter_mut().skip(page).take(8192).for_each(|byte| *byte = 0x77));
            format!("the store's page at {page} overwritten")
        }
        10 => {
            let name = ["meta.json", "bytes"][below(chance, 2)];
            std::fs::remove_file(entry(desk).join(name)).unwrap();
            format!("{name} of the quarantine removed")
        }
        _ => {
            std::fs::remove_dir_all(entry(desk)).unwrap();
            "the quarantine's entry removed".to_owned()
        }
    }
}

#[test]
fn any_damage_is_found_and_mended() {
    for seed in 1..=scale(8, 400) {
        let mut chance = Chance(seed * 0x9e37_79b9);
        let desk = scene(["keep", "move"][(seed % 2) as usize]);
        let what = format!("seed {seed}: {}", harm(&desk, &mut chance));
        let said = verify(&desk);
        assert_eq!(said.code, 1, "{what}: {}", said.text);
        let said = repair(&desk);
        let open = said.findings.iter().filter(|finding| finding["repaired"] == false);
        assert_eq!((said.code, open.count()), (0, 0), "{what}: {}", said.text);
        assert_clean(&desk, &what);
        assert_complete(&desk, &what);
    }
}

#[test]
fn damage_upon_damage_is_mended_as_far_as_can_be_and_the_rest_is_named() {
    for seed in 1..=scale(4, 200) {
        let mut chance = Chance(seed * 0x2545_f491);
        let desk = scene("delete");
        let harms: Vec<String> = (0..3)
            .filter(|_| {
                crate::common::exists(&desk.path("state/quarantine"))
                    && std::fs::read_dir(desk.path("state/quarantine")).unwrap().count() > 0
            })
            .map(|_| harm(&desk, &mut chance))
            .collect();
        let what = format!("seed {seed}: {}", harms.join(", "));
        assert_eq!(verify(&desk).code, 1, "{what}");
        let first = repair(&desk);
        let second = repair(&desk);
        let mut open: Vec<_> = first.findings.iter().filter(|finding| finding["repaired"] == false).collect();
        assert!(open.iter().all(|finding| finding["mendable"] == false), "{what}: {}", first.text);
        // What is mended first is said first, so the order may be another where nothing is left to mend.
        let mut again: Vec<_> = second.findings.iter().collect();
        open.sort_by_key(ToString::to_string);
        again.sort_by_key(ToString::to_string);
        assert_eq!(again, open, "{what}: {}", second.text);
        let output = desk.run(&["run", "--once"]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{what}: {}", crate::common::stderr(&output));
        desk.balanced();
        desk.lines();
    }
}
