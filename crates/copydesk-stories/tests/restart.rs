//! Kills and restarts: with a snapshot or without, and at every point of writing it, the verdicts stay.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use copydesk_core::{Article, Seq, Stage, crash};
use copydesk_stories::{FindStories, StoryOptions};
use copydesk_testkit::article_named;

/// More than lie between two snapshots.
const ARTICLES: u64 = 4_600;
/// Events that they report.
const EVENTS: u64 = 700;

/// An article of five words of its event, and three of its own.
fn invented(seq: u64) -> Article {
    let event = seq * 7919 % EVENTS;
    let own =
        (0..5).filter(|word| !(seq + word).is_multiple_of(4)).map(|word| format!("Event{event}w{word}"));
    let words: Vec<String> = own.chain((0..3).map(|word| format!("a{}", seq * 3 + word))).collect();
    let mut article = article_named("invented.txt", &words.join(" and "));
    article.seq = Seq(seq);
    article
}

/// What comes of each article: its story and what is remembered.
type Made = (Option<String>, Vec<(String, Vec<u8>)>);

fn process(stage: &mut FindStories, seqs: impl Iterator<Item = u64>) -> Vec<Made> {
    let made = seqs.map(|seq| {
        let mut article = invented(seq);
        stage.process(&mut article).unwrap();
        (article.story.map(|story| story.id), article.memories)
    });
    made.collect()
}

fn open(folder: &Path) -> FindStories {
    let mut stage = FindStories::new("find_stories", &StoryOptions::default()).unwrap();
    stage.open(folder).unwrap();
    stage
}

fn restore(stage: &mut FindStories, made: &[Made], from: u64) {
    for (seq, (_, memories)) in (1..).zip(made).filter(|(seq, _)| *seq >= from) {
        stage.restore(Seq(seq), &memories[0].1);
    }
}

thread_local! {
    /// The place at which this thread's process dies.
    static DIES_AT: Cell<&'static str> = const { Cell::new("") };
}

fn die(place: &str) {
    assert!(DIES_AT.get() != place, "dies at {place}");
}

#[test]
fn a_start_from_a_snapshot_goes_on_as_if_nothing_had_happened() {
    crash::set_hook(die);
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(folder.path());
    let made = process(&mut stage, 1..=ARTICLES);
    let next = ARTICLES + 1..ARTICLES + 200;
    // A process that dies here has written nothing, or all.
    for (place, is_written) in [("stories.before_rename", false), ("stories.after_rename", true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = open(folder.path());
        process(&mut stage, 1..=ARTICLES);
        DIES_AT.set(place);
        let died = catch_unwind(AssertUnwindSafe(|| stage.settled(Seq(ARTICLES)))).is_err();
        DIES_AT.set("");
        assert!(died, "{place}");
        assert_eq!(folder.path().join("stories.snapshot").exists(), is_written, "{place}");
        // The ledger was told nothing, and gives everything back.
        let mut after = open(folder.path());
        restore(&mut after, &made, 1);
        let mut twin = FindStories::new("find_stories", &StoryOptions::default()).unwrap();
        restore(&mut twin, &made, 1);
        assert_eq!(process(&mut after, next.clone()), process(&mut twin, next.clone()), "{place}");
    }
    // All articles have ended: the ledger may forget those of the snapshot, and is asked for the rest.
    let forgettable = stage.settled(Seq(ARTICLES)).unwrap();
    assert!(forgettable.below.0 > 4_000 && forgettable.below.0 < ARTICLES, "{forgettable:?}");
    let mut after = open(folder.path());
    assert_eq!(after.size(), open(folder.path()).size());
    restore(&mut after, &made, forgettable.below.0);
    // Some that had not ended are processed once more.
    assert_eq!(process(&mut after, ARTICLES - 50..=ARTICLES), made[ARTICLES as usize - 51..]);
    assert_eq!(process(&mut after, next.clone()), process(&mut stage, next));
}

#[test]
fn nothing_is_written_before_its_articles_have_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(folder.path());
    process(&mut stage, 1..=ARTICLES);
    assert_eq!(stage.settled(Seq(100)).unwrap().below, Seq(1));
    assert!(!folder.path().join("stories.snapshot").exists());
}

#[test]
fn a_damaged_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = open(folder.path());
    process(&mut stage, 1..=ARTICLES);
    stage.settled(Seq(ARTICLES)).unwrap();
    let file = folder.path().join("stories.snapshot");
    let whole = std::fs::read(&file).unwrap();
    for (cut, flip) in [(whole.len() / 2, 10), (whole.len(), whole.len() / 3), (3, 1)] {
        let mut bytes = whole[..cut].to_vec();
        bytes[flip] ^= 4;
        std::fs::write(&file, bytes).unwrap();
        let mut stage = FindStories::new("find_stories", &StoryOptions::default()).unwrap();
        let error = stage.open(folder.path()).unwrap_err();
        assert!(error.message.contains("is damaged"), "{error}");
    }
}
