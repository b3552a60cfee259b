//! The stage `find_stories`: one event, one story, whatever happens to the process.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, Duplicate, DuplicateKind, Seq, Stage};
use copydesk_stories::{FindStories, StoryOptions};
use copydesk_testkit::{StageTraits, article_named, stage_conformance};
use serde_json::json;

/// Three events, in several reports each.
const REPORTS: &[(&str, &str, &str)] = &[
    (
        "ferry",
        "2026-03-02",
        "Ferry Osprey runs aground off Tidewater\nThe ferry Osprey ran aground on a sandbank off Tidewater on Monday morning with 140 passengers on board, the coastguard said. Captain Ada Quill steered the ship away from a drifting barge. Nobody was hurt.",
    ),
    (
        "mine",
        "2026-03-02",
        "Miners rescued after two days below Granite Hill\nEleven miners were brought up from the Granite Hill pit after a tunnel gave way on Saturday. Rescuers under Boris Lund drilled through forty metres of rock. The company Northern Copper has closed the shaft.",
    ),
    (
        "ferry",
        "2026-03-02",
        "Passengers taken off stranded ferry\nAll 140 passengers of the Osprey were taken off the stranded ferry by lifeboats from Tidewater, hours after it ran aground on a sandbank. The coastguard praised Captain Ada Quill.",
    ),
    (
        "bakery",
        "2026-03-03",
        "Oldest bakery of Lower Marsh to close\nThe Pembroke bakery in Lower Marsh will close in May after 162 years. Clara Pembroke, the owner, blamed the price of flour and a lack of apprentices.",
    ),
    (
        "mine",
        "2026-03-03",
        "Northern Copper faces questions over Granite Hill\nA day after eleven miners were saved at Granite Hill, unions asked Northern Copper why the tunnel was not propped. Boris Lund, who led the rescue, said the rock had moved for weeks.",
    ),
    (
        "ferry",
        "2026-03-03",
        "Tug pulls the Osprey free\nA tug pulled the ferry Osprey off the sandbank near Tidewater on Tuesday's high tide. Divers found no damage to the hull. Captain Quill said a drifting barge had forced her out of the channel.",
    ),
    (
        "bakery",
        "2026-03-04",
        "Lower Marsh mourns its bakery\nCustomers queued along Lower Marsh for the bread of the Pembroke bakery, which Clara Pembroke will close after 162 years for want of apprentices.",
    ),
];

fn report(idx: usize) -> Article {
    let (_, day, raw) = REPORTS[idx];
    let mut article = article_named(&format!("report {idx}"), raw);
    article.published = Some(day.to_owned());
    article.title = raw.lines().next().map(str::to_owned);
    article.seq = Seq(idx as u64 + 1);
    article
}

fn at(seq: u64, mut article: Article) -> Article {
    article.seq = Seq(seq);
    article
}

fn stage() -> FindStories {
    FindStories::new("find_stories", &StoryOptions::default()).unwrap()
}

fn id_of(article: &Article) -> String {
    article.story.as_ref().unwrap().id.clone()
}

/// What comes out for each article.
fn processed(stage: &mut FindStories, articles: impl IntoIterator<Item = Article>) -> Vec<Article> {
    let articles = articles.into_iter().map(|mut article| {
        stage.process(&mut article).unwrap();
        article
    });
    articles.collect()
}

#[test]
fn reports_of_one_event_are_one_story() {
    let out = processed(&mut stage(), (0..REPORTS.len()).map(report));
    for (idx, (event, ..)) in REPORTS.iter().enumerate() {
        let first = REPORTS.iter().position(|(other, ..)| other == event).unwrap();
        let id = id_of(&out[idx]);
        assert_eq!(id.len(), 18, "{id}");
        assert!(out[first].id.to_string().starts_with(id.trim_start_matches("s-")), "{idx}: {id}");
    }
    let record = out[5].story_record.clone().unwrap();
    assert_eq!((record.articles, record.first.id, record.last.id), (3, out[0].id, out[5].id));
    assert_eq!(record.title.as_deref(), Some("Ferry Osprey runs aground off Tidewater"));
    assert_eq!(record.last.published.as_deref(), Some("2026-03-03"));
    assert_eq!(record.names, ["Ferry Osprey", "Tidewater", "Captain Ada Quill"]);
}

#[test]
fn the_stage_keeps_every_promise() {
    let make = || -> Box<dyn Stage> { Box::new(stage()) };
    stage_conformance(make, StageTraits { stateless: false }, (0..REPORTS.len()).map(report));
}

#[test]
fn an_article_without_words_has_no_story() {
    let mut article = article_named("nothing", "—\n…");
    stage().process(&mut article).unwrap();
    assert_eq!((article.story, article.memories), (None, vec![]));
}

#[test]
fn a_duplicate_is_in_the_story_of_what_it_repeats() {
    let mut stage = stage();
    let out = processed(&mut stage, (0..4).map(report));
    let mut copy = article_named("copy", "Words that were not in any report of it");
    copy.duplicate = Some(Duplicate {
        of: out[3].id,
        kind: DuplicateKind::Near,
        similarity: 0.8,
        shared: None,
        via: None,
    });
    stage.process(&mut copy).unwrap();
    let story = copy.story.clone().unwrap();
    assert_eq!((story.id, story.similarity), (id_of(&out[3]), 0.8));
    assert_eq!(copy.story_record.unwrap().articles, 2);
}

fn revision(old: &Article, name: &str, seq: u64) -> Article {
    let mut revision = article_named(name, &format!("Quite another text, of a lighthouse: {name}"));
    revision.notes.insert("supersedes".into(), json!(old.id.to_string()));
    revision.title = Some("The new headline".into());
    revision.seq = Seq(seq);
    revision
}

#[test]
fn a_revision_stays_in_its_story_and_counts_once() {
    let mut stage = stage();
    let out = processed(&mut stage, (0..4).map(report));
    let first = revision(&out[0], "revision", 5);
    let second = revision(&first, "second revision", 6);
    let revisions = processed(&mut stage, [first, second]);
    let record = revisions[1].story_record.clone().unwrap();
    assert_eq!((id_of(&revisions[1]), record.articles), (id_of(&out[0]), 2));
    assert_eq!((record.first.id, record.title.as_deref()), (revisions[1].id, Some("The new headline")));
}

/// The ledger gives back no memory of what a revision took the place of.
#[test]
fn after_a_restart_a_revision_stands_for_what_it_revised() {
    let mut before = stage();
    let mut settled = processed(&mut before, (0..4).map(report));
    settled.extend(processed(&mut before, [revision(&settled[0], "revision", 5)]));
    settled.extend(processed(&mut before, [revision(&settled[4], "second revision", 6)]));
    let mut after = stage();
    let still_known = settled.iter().filter(|article| ![settled[0].id, settled[4].id].contains(&article.id));
    for article in still_known {
        after.restore(article.seq, &article.memories[0].1);
    }
    let next = || (4..REPORTS.len()).map(|idx| at(idx as u64 + 10, report(idx)));
    for (live, restored) in processed(&mut before, next()).iter().zip(processed(&mut after, next())) {
        assert_eq!((&live.story, &live.story_record), (&restored.story, &restored.story_record));
        assert_eq!(live.memories, restored.memories);
    }
}

#[test]
fn a_story_without_news_for_long_is_over() {
    let options = StoryOptions { window: 10 * 86_400_000, ..StoryOptions::default() };
    let mut stage = FindStories::new("find_stories", &options).unwrap();
    let mut later = report(2);
    later.published = Some("2026-05-01".into());
    let out = processed(&mut stage, [report(0), later]);
    assert_ne!(id_of(&out[0]), id_of(&out[1]));
}

#[test]
fn memory_is_bounded() {
    let options = StoryOptions { memory: 200_000, ..StoryOptions::default() };
    let mut stage = FindStories::new("find_stories", &options).unwrap();
    for n in 0..400_u64 {
        let words: Vec<String> = (0..40).map(|word| format!("w{}", n * 40 + word)).collect();
        let mut article = article_named(&format!("article {n}"), &words.join(" "));
        article.seq = Seq(n + 1);
        stage.process(&mut article).unwrap();
        assert!(stage.size().1 <= 200_000, "{:?}", stage.size());
    }
    assert!((20..400).contains(&stage.size().0), "{:?}", stage.size());
}
