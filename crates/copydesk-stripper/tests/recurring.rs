//! What a source repeats over its articles goes, and what is an article's own stays.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, Block, BlockKind, Hint, Seq, Stage, laws};
use copydesk_stripper::{RecurringOptions, RecurringStripper};
use copydesk_testkit::{StageTraits, article_named, stage_conformance};

fn stage() -> RecurringStripper {
    RecurringStripper::new("strip_recurring", &RecurringOptions::default()).unwrap()
}

const PLACES: [&str; 7] = ["Hallow Bay", "Norrin", "Eastmere", "Port Quill", "Wend", "Saltby", "Long Ness"];
const THINGS: [&str; 5] = ["ferry", "library", "bridge", "orchard", "lighthouse"];

/// A paragraph that no other pair of numbers gives.
fn paragraph(number: usize, which: usize) -> String {
    let (place, thing) = (PLACES[(number + which) % 7], THINGS[(number * 3 + which) % 5]);
    format!(
        "The {thing} of {place} was counted {number} times in week {which}, and the clerk who did so said that the \
         figures for {} would be read aloud in the town hall before the end of the month.",
        number * 31 + which
    )
}

fn body(number: usize, n_paragraphs: usize) -> String {
    (0..n_paragraphs).map(|which| paragraph(number, which)).collect::<Vec<_>>().join("\n")
}

fn numbered(seq: usize, folder: &str, text: &str) -> Article {
    let mut article = article_named(&format!("{folder}/{seq}.txt"), text);
    article.seq = Seq(seq as u64);
    article
}

fn cuts(stage: &mut impl Stage, mut article: Article) -> Vec<String> {
    stage.process(&mut article).unwrap();
    laws::check(&article).unwrap();
    let raw = article.raw();
    article.cuts().iter().map(|cut| cut.span.of_text(raw).to_owned()).collect()
}

const NONE: [&str; 0] = [];

const TRENDS: &str = "Search Trends\nTide tables\nHarbour jobs\nFerry strike";
const AUTHOR: &str = "Mara Quill has written about harbours, tides and those who live by them for the Lantern since the \
                      old lighthouse was sold.";

fn page(number: usize) -> String {
    format!(
        "A clerk in {} counts again {number}\n{}\n{AUTHOR}\n{TRENDS}\n",
        PLACES[number % 7],
        body(number, 3)
    )
}

#[test]
fn a_sources_own_furniture_goes_after_a_few_articles() {
    let mut stage = stage();
    for number in 1..=12 {
        let gone = cuts(&mut stage, numbered(number, "lantern", &page(number)));
        match number {
            1..=3 => assert_eq!(gone, NONE, "{number}"),
            // The note on the author stands right below the text, where background stands too: one more.
            4 => assert_eq!(gone.join("\n"), TRENDS),
            _ => assert_eq!(gone.join("\n"), format!("{AUTHOR}\n{TRENDS}")),
        }
        // What another source says is its own matter.
        let other = format!("{}\nTide tables and more\nFerry strike\n", body(number + 500, 2));
        assert_eq!(cuts(&mut stage, numbered(number, &format!("other{number}"), &other)), NONE);
    }
}

#[test]
fn a_cut_says_where_it_was_seen() {
    let mut stage = stage();
    for number in 1..=8 {
        let mut article = numbered(number, "lantern", &page(number));
        article.hints.push(Hint {
            name: "json:url".into(),
            value: format!("https://www.lantern.example/{number}"),
            block: None,
        });
        stage.process(&mut article).unwrap();
        if number == 8 {
            let note = &article.notes["strip_recurring"];
            assert_eq!(
                (&note["source"], &note["articles"]),
                (&"lantern.example".into(), &7.into()),
                "{note}"
            );
            let cut = article.cuts().last().unwrap();
            assert_eq!(note["seen"][cut.span.start().to_string()], 7);
            assert_eq!((&*cut.rule, &*cut.stage), ("recurs_in_source", "strip_recurring"));
            assert!(cut.confidence > 0.98, "{cut:?}");
        }
    }
}

#[test]
fn an_article_that_comes_again_and_again_keeps_its_text() {
    let mut stage = stage();
    for seq in 1..=20 {
        // Edited each time: another paragraph of eight is new.
        let mut lines: Vec<String> = (0..8).map(|which| paragraph(1, which)).collect();
        lines[seq % 8] = paragraph(100 + seq, 0);
        let text = format!("A clerk counts again\n{}\nThis report is updated all day\n", lines.join("\n"));
        assert_eq!(cuts(&mut stage, numbered(seq, "lantern", &text)), NONE, "{seq}");
    }
}

#[test]
fn revisions_of_a_file_count_once_however_different() {
    let mut stage = stage();
    let mut last: Option<Article> = None;
    for seq in 1..=20 {
        let text = format!("A clerk counts again\n{}\n{}\n{TRENDS}\n", body(seq, 2), paragraph(0, 0));
        let mut article = numbered(seq, "lantern", &text);
        if let Some(last) = &last {
            article.notes.insert("supersedes".into(), last.id.to_string().into());
        }
        assert_eq!(cuts(&mut stage, article.clone()), NONE, "{seq}");
        last = Some(article);
    }
}

#[test]
fn headings_labels_and_questions_stay() {
    let mut stage = stage();
    for number in 1..=20 {
        let text = format!(
            "A talk with the keeper of {number} lamps\nInterview\nBy Mara Quill\nMonday 3 March 2026\n{}\nWhat happens next\n{}\n\
             What would you take with you to an island where no ferry ever calls and nobody reads the paper at all?\n{}\n\
             Your motto\nSo be it {number}\n{}\n",
            paragraph(number, 0),
            paragraph(number, 1),
            paragraph(number, 2),
            paragraph(number, 3)
        );
        assert_eq!(cuts(&mut stage, numbered(number, "talks", &text)), NONE, "{number}");
    }
}

#[test]
fn recipes_and_tables_stay() {
    let mut stage = stage();
    for number in 1..=20 {
        let text = format!(
            "{} pudding\nIngredients\n{} g butter\n{} g sugar\nsalt\n2 eggs\nMethod\n{}\n{}\nResults\nEastmere {}\nNorrin {}\nWend {}\n",
            PLACES[number % 7],
            number * 10,
            number * 5,
            paragraph(number, 0),
            paragraph(number, 1),
            number,
            number + 1,
            number + 2
        );
        assert_eq!(cuts(&mut stage, numbered(number, "kitchen", &text)), NONE, "{number}");
    }
}

#[test]
fn the_background_of_a_story_stays() {
    let mut stage = stage();
    let background = [paragraph(0, 1), paragraph(0, 2)].join("\n");
    for number in 1..=24 {
        // A third of the articles are on one matter, and close with the same paragraphs.
        let close = if number % 3 == 0 { background.as_str() } else { "" };
        let text = format!("News from week {number} of the count\n{}\n{close}\n", body(number, 3));
        assert_eq!(cuts(&mut stage, numbered(number, "wire", &text)), NONE, "{number}");
    }
}

#[test]
fn a_lone_number_is_folded_and_a_menu_goes() {
    let mut stage = stage();
    for number in 1..=9 {
        let text = format!(
            "The Lantern\nHome\nTides\nHarbour\nThe clerk of {} counts lamp {number}\n{}\n{} comments\nWrite to the editor\n",
            PLACES[number % 7],
            body(number, 3),
            number * 7
        );
        let gone = cuts(&mut stage, numbered(number, "lantern", &text));
        if number > 3 {
            let comments = format!("{} comments", number * 7);
            assert_eq!(
                gone,
                ["The Lantern", "Home", "Tides", "Harbour", &comments, "Write to the editor"],
                "{number}"
            );
        }
    }
}

#[test]
fn what_is_stated_as_headline_or_author_stays() {
    let mut stage = stage();
    for number in 1..=9 {
        let text = format!(
            "The Lantern\nMarket report\nA quiet day for shares in {} and port {number}\n{}\nMara Quill\nHarbour desk\n",
            PLACES[number % 7],
            body(number, 3)
        );
        let mut article = numbered(number, "lantern", &text);
        for (name, value) in [("html:title", "Market report"), ("meta:author", "Mara Quill")] {
            article.hints.push(Hint { name: name.into(), value: value.into(), block: None });
        }
        let gone = cuts(&mut stage, article);
        if number > 3 {
            assert_eq!(gone, ["The Lantern", "Harbour desk"]);
        }
    }
}

#[test]
fn what_is_no_longer_said_is_forgotten() {
    let mut stage = stage();
    for number in 1..=10 {
        cuts(&mut stage, numbered(number, "lantern", &page(number)));
    }
    for number in 11..=60 {
        cuts(&mut stage, numbered(number, "lantern", &body(number, 3)));
    }
    assert_eq!(cuts(&mut stage, numbered(61, "lantern", &page(61))), NONE);
}

#[test]
fn an_article_of_nothing_else_is_left_alone() {
    let mut stage = stage();
    for number in 1..=9 {
        cuts(&mut stage, numbered(number, "lantern", &page(number)));
    }
    assert_eq!(cuts(&mut stage, numbered(10, "lantern", &format!("{AUTHOR}\n{TRENDS}\n"))), NONE);
    let quiz = "Which lamp is the oldest?\nThe one at Wend\nWhich is the newest?\nThe one at Norrin\n";
    for number in 11..=30 {
        assert_eq!(cuts(&mut stage, numbered(number, "quiz", &format!("{quiz}Number {number}\n"))), NONE);
    }
}

#[test]
fn tables_code_quotes_and_captions_stay() {
    let mut stage = stage();
    for number in 1..=9 {
        let text = format!(
            "A clerk counts lamp {number}\n{}\nlet lamps = count();\nSo say we all\nPhoto: the harbour\n",
            body(number, 3)
        );
        let plain = numbered(number, "lantern", &text);
        let kinds = [BlockKind::Code, BlockKind::Quote, BlockKind::Caption];
        let n_blocks = plain.blocks().len();
        let blocks: Vec<Block> = plain
            .blocks()
            .iter()
            .enumerate()
            .map(|(idx, block)| Block {
                kind: (idx + 3)
                    .checked_sub(n_blocks)
                    .and_then(|at| kinds.get(at))
                    .copied()
                    .unwrap_or(block.kind),
                ..block.clone()
            })
            .collect();
        let mut article = Article::new(plain.id, plain.origin.clone(), plain.raw(), blocks);
        article.seq = plain.seq;
        assert_eq!(cuts(&mut stage, article), NONE);
    }
}

#[test]
fn it_does_what_every_stage_does() {
    let samples = (1..=40).map(|number| numbered(number, ["lantern", "tide"][number % 2], &page(number)));
    stage_conformance(|| Box::new(stage()), StageTraits { stateless: false }, samples);
}

/// Articles of three sources with revisions and copies among them, their records, with a restart after every
/// `restart` articles: what was superseded by then is gone from the ledger.
fn run(n_articles: usize, restart: usize) -> Vec<String> {
    let mut stage = stage();
    let mut memories: Vec<(Seq, Vec<u8>)> = Vec::new();
    let mut articles: Vec<Article> = Vec::new();
    let mut records = Vec::new();
    for seq in 1..=n_articles {
        let source = ["lantern", "tide", "wire"][seq * seq % 3];
        let mut article = numbered(seq, source, &page(if seq % 11 == 0 { seq - 3 } else { seq }));
        if seq % 5 == 0 {
            let old = &articles[seq - 4];
            article = numbered(seq, "x", &page(seq));
            article.origin = old.origin.clone();
            article.notes.insert("supersedes".into(), old.id.to_string().into());
            memories.retain(|(other, _)| *other != old.seq);
        }
        articles.push(article.clone());
        stage.process(&mut article).unwrap();
        memories.extend(article.memories.iter().map(|(_, bytes)| (article.seq, bytes.clone())));
        records.push(copydesk_core::RecordView(&article).to_json());
        if seq % restart == 0 {
            stage = self::stage();
            for (seq, memory) in &memories {
                stage.restore(*seq, memory);
            }
        }
    }
    records
}

#[test]
fn restarts_change_nothing_whatever_was_superseded() {
    let never = run(300, usize::MAX);
    assert!(never.iter().filter(|record| record.contains("recurs_in_source")).count() > 200);
    for restart in [1, 2, 7, 64] {
        assert_eq!(run(300, restart), never, "a restart every {restart} articles");
    }
}

#[test]
fn restarts_change_nothing_when_sources_are_forgotten_for_want_of_memory() {
    let options = RecurringOptions { memory: 24_000, ..RecurringOptions::default() };
    let make = || RecurringStripper::new("strip_recurring", &options).unwrap();
    let run = |restart: usize| -> (Vec<String>, usize) {
        let mut stage = make();
        let mut memories: Vec<(Seq, Vec<u8>)> = Vec::new();
        let mut records = Vec::new();
        for seq in 1..=600 {
            // Some sources come often, others seldom.
            let source = if seq % 3 == 0 { seq % 9 } else { 10 + seq * seq % 97 };
            let mut article = numbered(seq, &source.to_string(), &page(seq));
            stage.process(&mut article).unwrap();
            memories.extend(article.memories.iter().map(|(_, bytes)| (article.seq, bytes.clone())));
            records.push(copydesk_core::RecordView(&article).to_json());
            if seq % restart == 0 {
                stage = make();
                for (seq, memory) in &memories {
                    stage.restore(*seq, memory);
                }
            }
        }
        let (n_sources, n_bytes) = stage.size();
        assert!(n_bytes <= 24_000, "{n_bytes}");
        (records, n_sources)
    };
    let (never, n_sources) = run(usize::MAX);
    assert!(n_sources < 40, "{n_sources} of 52 are known at the end");
    assert!(never.iter().filter(|record| record.contains("recurs_in_source")).count() > 100);
    for restart in [1, 13, 100] {
        assert_eq!(run(restart), (never.clone(), n_sources), "a restart every {restart} articles");
    }
}

#[test]
fn a_hundred_thousand_sources_take_no_more_than_they_may() {
    let options = RecurringOptions { memory: 8 << 20, ..RecurringOptions::default() };
    let mut stage = RecurringStripper::new("strip_recurring", &options).unwrap();
    for number in 1..=100_000 {
        let text = format!("{}\nTide tables {number}\nFerry strike\n", paragraph(number, 0));
        cuts(&mut stage, numbered(number, &number.to_string(), &text));
    }
    let (n_sources, n_bytes) = stage.size();
    assert!(n_bytes <= 8 << 20 && n_sources > 10_000, "{n_sources} sources in {n_bytes} bytes");
}
