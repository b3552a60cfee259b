//! Entities of forty invented articles in four languages, all default stages, against what is marked in them
//! (`tests/entities`). `cargo dev bench-entities --errors` shows what is missed and what is wrong.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;

use copydesk::{CleanOutcome, Cleaner};
use copydesk_core::{Article, EntityKind};
use copydesk_testkit::{LabelledText, Tally, compare_entities};

/// The least F1 of each kind over the whole set.
const FLOORS: [(EntityKind, f64); 3] =
    [(EntityKind::Person, 0.85), (EntityKind::Organisation, 0.80), (EntityKind::Place, 0.80)];

fn clean(cleaner: &Cleaner, text: &str) -> Article {
    match cleaner.clean_bytes("article.txt", text.as_bytes()).pop().unwrap() {
        CleanOutcome::Article(article) => *article,
        CleanOutcome::Dropped { reason, .. } => panic!("dropped: {reason}"),
        CleanOutcome::Failed { error, .. } => panic!("{error}"),
    }
}

#[test]
fn entities_reach_their_floors() {
    let cleaner = Cleaner::standard().unwrap();
    let mut totals = FLOORS.map(|(kind, floor)| (kind, floor, Tally::default()));
    let mut n_articles = 0;
    for language in ["en", "de", "fr", "es"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/entities").join(language);
        for entry in std::fs::read_dir(folder).unwrap() {
            let labelled =
                LabelledText::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
            let article = clean(&cleaner, &labelled.text);
            let comparison = compare_entities(&labelled, &article.entities);
            for (kind, _, total) in &mut totals {
                total.add(&comparison.entities(*kind));
            }
            n_articles += 1;
        }
    }
    assert_eq!(n_articles, 40);
    for (kind, floor, total) in totals {
        assert!(total.f1() >= floor, "{kind:?}: F1 {:.3}, at least {floor} ({total:?})", total.f1());
    }
}
