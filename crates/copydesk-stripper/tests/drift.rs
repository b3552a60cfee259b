//! What the stage `watch_yield` says of sources whose pages change.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, Cut, Phase, Reason, Seq, Signal, Span, Stage};
use copydesk_stripper::{YieldOptions, YieldWatch};
use copydesk_testkit::{StageTraits, article_named, stage_conformance};

fn stage() -> YieldWatch {
    YieldWatch::new("watch_yield", &YieldOptions::default()).unwrap()
}

/// An article of this source of which `kept` lines of twenty are left.
fn article(seq: usize, source: &str, kept: usize) -> Article {
    let line = format!("The lamp of {seq} was lit at dusk by the keeper of the harbour.\n");
    let mut article = article_named(&format!("{source}/{seq}.txt"), &line.repeat(20));
    article.seq = Seq(seq as u64);
    if kept < 20 {
        let span = Span::new(article.raw(), line.len() * kept, article.raw().len()).unwrap();
        article.cut(vec![Cut::new(span, Reason::Other, "a_rule", "a_stage", 1.0)]);
    }
    article
}

fn process(stage: &mut YieldWatch, mut article: Article, memories: &mut Vec<(Seq, Vec<u8>)>) -> Vec<Signal> {
    stage.process(&mut article).unwrap();
    memories.extend(article.memories.into_iter().map(|(_, bytes)| (article.seq, bytes)));
    article.signals
}

/// Lines kept of the article at this place: fewer from 30 on, as many as before from 60 on.
fn kept(seq: usize) -> usize {
    if (30..60).contains(&seq) && seq < 45 { 1 } else { 12 + seq % 5 }
}

fn run(restart: usize) -> Vec<(usize, Signal)> {
    let (mut stage, mut memories, mut heard) = (stage(), Vec::new(), Vec::new());
    for seq in 1..=80 {
        let said = process(&mut stage, article(2 * seq, "lantern", kept(seq)), &mut memories);
        heard.extend(said.into_iter().map(|signal| (seq, signal)));
        let other = process(&mut stage, article(2 * seq + 1, "tide", 12 + seq % 5), &mut memories);
        assert_eq!(other, Vec::new(), "{seq}");
        if seq % restart == 0 {
            stage = self::stage();
            for (seq, memory) in &memories {
                stage.restore(*seq, memory);
            }
        }
        let stands = heard.last().is_some_and(|(_, signal)| signal.phase == Phase::Begins);
        assert_eq!(stage.standing().len(), usize::from(stands), "{seq}");
    }
    heard
}

#[test]
fn a_collapse_is_said_once_and_its_end_too_whatever_restarts() {
    let heard = run(usize::MAX);
    let said: Vec<_> = heard.iter().map(|(seq, signal)| (*seq, &*signal.kind, signal.phase)).collect();
    assert_eq!(said, [(33, "yield_collapsed", Phase::Begins), (48, "yield_collapsed", Phase::Ends)]);
    let begins = &heard[0].1;
    assert!(begins.message.contains("lantern yields 5 % of its text"), "{}", begins.message);
    assert!(begins.facts["usual_share_kept"] > 0.6 && begins.facts["share_kept"] < 0.1, "{:?}", begins.facts);
    for restart in [1, 2, 7] {
        assert_eq!(run(restart), heard, "a restart every {restart}");
    }
}

#[test]
fn a_new_level_is_usual_after_a_while() {
    let (mut stage, mut memories, mut heard) = (stage(), Vec::new(), Vec::new());
    for seq in 1..=120 {
        let kept = if seq < 40 { 5 + seq % 3 } else { 20 };
        let said = process(&mut stage, article(seq, "lantern", kept), &mut memories);
        heard.extend(said.into_iter().map(|signal| (seq, signal.kind.into_owned(), signal.phase)));
    }
    let kind = "yield_jumped".to_owned();
    assert_eq!(heard, [(43, kind.clone(), Phase::Begins), (67, kind, Phase::Ends)]);
}

#[test]
fn a_page_that_is_rewritten_all_day_is_one_article() {
    let (mut stage, mut memories) = (stage(), Vec::new());
    for seq in 1..=30 {
        process(&mut stage, article(seq, "lantern", kept(seq % 7)), &mut memories);
    }
    let mut last = article(30, "lantern", kept(30 % 7));
    for seq in 31..=60 {
        let mut article = article(seq, "lantern", 1);
        article.notes.insert("supersedes".into(), last.id.to_string().into());
        last = article.clone();
        assert_eq!(process(&mut stage, article, &mut memories), Vec::new(), "{seq}");
    }
}

#[test]
fn it_does_what_every_stage_does() {
    let samples = (1..=60).map(|seq| article(seq, "lantern", kept(seq)));
    stage_conformance(|| Box::new(stage()), StageTraits { stateless: false }, samples);
}

#[test]
fn a_hundred_thousand_sources_take_no_more_than_they_may() {
    let mut stage =
        YieldWatch::new("watch_yield", &YieldOptions { memory: 4 << 20, ..YieldOptions::default() }).unwrap();
    let mut memories = Vec::new();
    for seq in 1..=100_000 {
        process(
            &mut stage,
            article_named(&format!("{seq}/a.txt"), "Rain fell on the harbour."),
            &mut memories,
        );
        memories.clear();
    }
    let (n_sources, n_bytes) = stage.size();
    assert!(n_bytes <= 4 << 20 && n_sources > 10_000, "{n_sources} sources in {n_bytes} bytes");
}
