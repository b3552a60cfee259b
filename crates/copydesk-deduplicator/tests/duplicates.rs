//! Duplicates across invented articles: by what is before them in the ledger, and by nothing else.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use copydesk_core::{
    Article, ArticleId, Block, BlockKind, DuplicateKind, Hint, Origin, Seq, Span, Stage, Verdict,
};
use copydesk_deduplicator::{FindDuplicates, FindDuplicatesOptions, Lead, NearDuplicates};
use proptest::prelude::*;

const TEXT: &str = "The crew tested both engines for a week before the first passengers came on board, and nobody was hurt when the ferry ran aground in the autumn. \
    The harbour office counted 412 people on the quay that evening, and Ines Varga, who has run the line since 2011, said the timetable would stand. \
    Two tugs pulled the hull free at high water while the lifeboat of Sandholm waited near the mole. \
    The insurers have asked for the log of the last ten crossings, and the ministry in Velmar wants a report within 30 days.";

fn article(id: u8, seq: u64, raw: &str) -> Article {
    let block = Span::new(raw, 0, raw.len()).map(|span| Block::plain(span, BlockKind::Paragraph));
    let origin = Origin { received: "2026-03-01T08:00:00Z".into(), ..Origin::default() };
    let mut article = Article::new(ArticleId::from_bytes([id; 32]), origin, raw, block.into_iter().collect());
    article.seq = Seq(seq);
    article
}

fn from(source: &str, mut article: Article) -> Article {
    let value = format!("https://{source}/story");
    article.hints.push(Hint { name: "link:canonical".into(), value, block: None });
    article
}

fn revision(of: u8, mut article: Article) -> Article {
    article.notes.insert("supersedes".into(), ArticleId::from_bytes([of; 32]).to_string().into());
    article
}

fn with(options: FindDuplicatesOptions) -> FindDuplicates {
    FindDuplicates::new("find_duplicates", options).unwrap()
}

fn stage(near: NearDuplicates) -> FindDuplicates {
    with(FindDuplicatesOptions { near, ..FindDuplicatesOptions::default() })
}

/// The id an article is found to repeat, and how.
fn found(stage: &mut FindDuplicates, article: &mut Article) -> Option<(u8, DuplicateKind)> {
    assert_eq!(stage.process(article).unwrap(), Verdict::Keep);
    article.duplicate.as_ref().map(|duplicate| (duplicate.of.as_bytes()[0], duplicate.kind))
}

/// The id an article is found to repeat.
fn of(stage: &mut FindDuplicates, article: &mut Article) -> Option<u8> {
    found(stage, article).map(|(of, _)| of)
}

/// A copy as another desk would print it: another dateline, a word exchanged, the end left out.
fn edited() -> String {
    let (start, _) = TEXT.split_once(" The insurers").unwrap();
    format!("VELMAR (Tideline) - {}", start.replace("nobody was hurt", "no one was hurt"))
}

#[test]
fn case_space_and_marks_make_no_difference() {
    let mut stage = stage(NearDuplicates::Mark);
    assert_eq!(of(&mut stage, &mut article(1, 1, TEXT)), None);
    let other = TEXT.to_uppercase().replace(' ', "  ").replace(',', " –");
    let mut copy = article(2, 2, &other);
    assert_eq!(found(&mut stage, &mut copy), Some((1, DuplicateKind::Exact)));
    let duplicate = copy.duplicate.unwrap();
    assert!(duplicate.similarity > 0.999 && duplicate.shared.is_none() && duplicate.via.is_none());
    assert_eq!(of(&mut stage, &mut article(4, 4, TEXT)), Some(1));
}

#[test]
fn an_edited_copy_says_what_it_shares() {
    let mut stage = stage(NearDuplicates::Mark);
    assert_eq!(of(&mut stage, &mut article(1, 1, TEXT)), None);
    let mut copy = article(2, 2, &edited());
    assert_eq!(found(&mut stage, &mut copy), Some((1, DuplicateKind::Near)));
    let duplicate = copy.duplicate.unwrap();
    let shared = duplicate.shared.unwrap();
    assert!((0.6..1.0).contains(&duplicate.similarity), "{duplicate:?}");
    assert!(shared.shingles > 20 && shared.shingles < shared.of_shingles, "{shared:?}");
    assert!(shared.facts >= 4 && shared.facts <= shared.of_facts, "{shared:?}");
    let other = TEXT.replace("412", "97").replace("Ines Varga", "Olin Reer").replace("2011", "1998");
    let other = other.replace("Sandholm", "Quell").replace("Velmar", "Torrin").replace("30 days", "6 weeks");
    assert_eq!(of(&mut stage, &mut article(3, 3, &other)), None, "the same frame with other facts");
}

#[test]
fn a_stub_is_a_copy_below_the_same_title_alone() {
    let mut stage = stage(NearDuplicates::Mark);
    let mut stub = |id: u8, title: &str| {
        let mut stub = article(id, id.into(), "Subscribers only.");
        stub.title = Some(title.into());
        of(&mut stage, &mut stub)
    };
    assert_eq!(stub(1, "Ferry runs aground"), None);
    assert_eq!(stub(2, "Mayor resigns"), None);
    assert_eq!(stub(3, "FERRY RUNS AGROUND"), Some(1));
}

#[test]
fn drop_names_the_original() {
    let mut stage = stage(NearDuplicates::Drop);
    assert_eq!(stage.process(&mut article(1, 1, TEXT)).unwrap(), Verdict::Keep);
    let Verdict::Drop(why) = stage.process(&mut article(2, 2, TEXT)).unwrap() else { panic!("not dropped") };
    assert_eq!(why, format!("exact duplicate of {}", ArticleId::from_bytes([1; 32])));
    let Verdict::Drop(why) = stage.process(&mut article(3, 3, &edited())).unwrap() else {
        panic!("not dropped")
    };
    assert!(why.starts_with(&format!("near duplicate of {}", ArticleId::from_bytes([1; 32]))), "{why}");
}

#[test]
fn a_copy_of_a_copy_names_what_leads_and_by_which_it_was_found() {
    let mut stage = stage(NearDuplicates::Mark);
    let (first, second) = TEXT.split_once(" Two tugs").unwrap();
    assert_eq!(of(&mut stage, &mut article(1, 1, first)), None);
    assert_eq!(of(&mut stage, &mut article(2, 2, TEXT)), Some(1));
    let mut third = article(3, 3, second);
    assert_eq!(of(&mut stage, &mut third), Some(1));
    assert_eq!(third.duplicate.unwrap().via.unwrap().as_bytes()[0], 2);
}

#[test]
fn a_longer_copy_takes_over_and_what_comes_later_names_it() {
    for near in [NearDuplicates::Mark, NearDuplicates::Drop] {
        let options = FindDuplicatesOptions { near, lead: Lead::Longest, ..FindDuplicatesOptions::default() };
        let mut stage = with(options);
        let (short, _) = TEXT.split_once(" The insurers").unwrap();
        assert_eq!(stage.process(&mut article(1, 1, short)).unwrap(), Verdict::Keep);
        let mut whole = article(2, 2, TEXT);
        assert_eq!(stage.process(&mut whole).unwrap(), Verdict::Keep);
        assert!(whole.duplicate.is_none());
        let taken = whole.takes_over.unwrap();
        assert_eq!((taken.seq, taken.id.as_bytes()[0]), (Seq(1), 1));
        let marked = taken.duplicate.map(|duplicate| (duplicate.of.as_bytes()[0], duplicate.kind));
        assert_eq!(marked, (near == NearDuplicates::Mark).then_some((2, DuplicateKind::Near)));
        assert_eq!(whole.notes["find_duplicates"]["takes_over"], taken.id.to_string());
        let mut third = article(3, 3, short);
        let verdict = stage.process(&mut third).unwrap();
        assert_eq!(matches!(verdict, Verdict::Drop(_)), near == NearDuplicates::Drop);
        assert_eq!(third.duplicate.unwrap().of.as_bytes()[0], 2);
        // One that is a word longer is no better.
        let mut fourth = article(4, 4, &format!("{TEXT} Indeed."));
        stage.process(&mut fourth).unwrap();
        assert!(fourth.takes_over.is_none());
    }
}

#[test]
fn a_preferred_source_leads_whatever_came_first() {
    let prefer = vec!["agency.example".to_owned(), "Tideline.example".to_owned()];
    let mut stage = with(FindDuplicatesOptions { prefer, ..FindDuplicatesOptions::default() });
    let mut next = |id: u8, source: &str| {
        let mut article = from(source, article(id, id.into(), TEXT));
        assert_eq!(stage.process(&mut article).unwrap(), Verdict::Keep);
        let taken = article.takes_over.map(|taken| taken.id.as_bytes()[0]);
        (article.duplicate.map(|duplicate| duplicate.of.as_bytes()[0]), taken)
    };
    assert_eq!(next(1, "blog.example"), (None, None));
    assert_eq!(next(2, "www.tideline.example"), (None, Some(1)));
    assert_eq!(next(3, "blog.example"), (Some(2), None));
    assert_eq!(next(4, "agency.example"), (None, Some(2)));
    assert_eq!(next(5, "tideline.example"), (Some(4), None));
    assert_eq!(next(6, "agency.example"), (Some(4), None));
}

#[test]
fn a_revision_is_no_copy_of_what_it_revises_and_keeps_its_place() {
    let mut stage = stage(NearDuplicates::Mark);
    assert_eq!(of(&mut stage, &mut article(1, 1, TEXT)), None);
    assert_eq!(of(&mut stage, &mut article(2, 2, &edited())), Some(1));
    // A copy of the earlier revision does not make the later one a copy.
    assert_eq!(of(&mut stage, &mut revision(1, article(3, 3, &format!("{TEXT} It sails on Monday.")))), None);
    assert_eq!(of(&mut stage, &mut article(4, 4, &edited())), Some(3));
    // A revised copy is still one.
    assert_eq!(of(&mut stage, &mut revision(2, article(5, 5, &format!("{} More soon.", edited())))), Some(3));
}

#[test]
fn what_is_older_than_the_retention_is_not_compared_with() {
    let options = FindDuplicatesOptions { retain_days: 30, ..FindDuplicatesOptions::default() };
    let mut stage = with(options);
    let mut on = |id: u8, day: &str| {
        let mut article = article(id, id.into(), TEXT);
        article.origin.received = format!("{day}T10:00:00Z");
        of(&mut stage, &mut article)
    };
    assert_eq!(on(1, "2026-01-05"), None);
    assert_eq!(on(2, "2026-01-20"), Some(1));
    assert_eq!(on(3, "2026-03-15"), None);
}

#[test]
fn an_article_is_never_its_own_duplicate() {
    let mut stage = stage(NearDuplicates::Mark);
    let mut first = article(1, 1, TEXT);
    assert_eq!(of(&mut stage, &mut first), None);
    // Again after a crash, under its old number or a new one.
    assert_eq!(of(&mut stage, &mut article(1, 1, TEXT)), None);
    assert_eq!(of(&mut stage, &mut article(1, 5, TEXT)), None);
    assert_eq!(of(&mut stage, &mut article(2, 6, TEXT)), Some(1));
}

#[test]
fn memories_survive_a_restart_and_damage_does_no_harm() {
    let mut before = stage(NearDuplicates::Mark);
    let mut first = article(1, 3, TEXT);
    assert_eq!(of(&mut before, &mut first), None);
    let (name, bytes) = first.memories[0].clone();
    assert_eq!(name, "find_duplicates");
    assert!(bytes.len() < 500, "{} bytes", bytes.len());
    let mut after = stage(NearDuplicates::Mark);
    after.restore(Seq(4), &[]);
    after.restore(Seq(4), &bytes[..48]);
    after.restore(Seq(4), &[[9].as_slice(), &bytes[1..]].concat());
    after.restore(Seq(3), &bytes);
    assert_eq!(of(&mut after, &mut article(2, 2, TEXT)), None);
    assert_eq!(of(&mut after, &mut article(4, 9, TEXT)), Some(2));
}

#[test]
fn what_is_safe_in_the_folder_need_not_be_told_again() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> =
        (0..40).map(|n| TEXT.replace("412", &format!("{n}0{n}")) + &format!(" {n} ").repeat(9 + n)).collect();
    let mut whole = stage(NearDuplicates::Mark);
    let mut expected = Vec::new();
    // With so little memory every few articles are written.
    let small = || with(FindDuplicatesOptions { memory: 64 << 10, ..FindDuplicatesOptions::default() });
    let mut here = small();
    let mut n_forgotten = 0;
    here.open(folder.path()).unwrap();
    let mut ledger: Vec<(Seq, Vec<u8>)> = Vec::new();
    for (n, text) in texts.iter().chain(&texts).enumerate() {
        let seq = n as u64 + 1;
        let mut one = article(n as u8, seq, text);
        expected.push(of(&mut whole, &mut one));
        let mut other = article(n as u8, seq, text);
        assert_eq!(of(&mut here, &mut other), expected[n]);
        ledger.push((Seq(seq), other.memories[0].1.clone()));
        if n % 11 == 10 {
            // The process dies: what the stage said it keeps safe is gone from the ledger.
            let forgettable = here.settled(Seq(seq - 2)).unwrap();
            let n_kept = ledger.len();
            ledger.retain(|(seq, _)| !forgettable.covers(*seq));
            n_forgotten += n_kept - ledger.len();
            drop(here);
            here = small();
            here.open(folder.path()).unwrap();
            for (seq, memory) in ledger.iter().rev() {
                here.restore(*seq, memory);
            }
        }
    }
    assert!(expected.iter().filter(|of| of.is_some()).count() >= 40);
    assert!(n_forgotten > 40, "{n_forgotten}");
}

#[test]
fn outside_a_ledger_the_order_of_arrival_counts() {
    let mut stage = stage(NearDuplicates::Mark);
    assert_eq!(of(&mut stage, &mut article(2, 0, TEXT)), None);
    assert_eq!(of(&mut stage, &mut article(1, 0, TEXT)), Some(2));
}

proptest! {
    /// Articles in order of their numbers, some of them delivered before a restart: whatever order the ledger
    /// gives their memories back in, and even after later ones, the verdicts are the same.
    #[test]
    fn the_order_of_restoring_makes_no_difference(
        texts in proptest::collection::vec(0_usize..3, 1..12),
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        split in 0_usize..12,
    ) {
        let all: Vec<Article> = texts
            .iter()
            .enumerate()
            .map(|(idx, text)| article(idx as u8 + 1, idx as u64 + 1, &format!("{TEXT} {text}")))
            .collect();
        let mut stage_before = stage(NearDuplicates::Mark);
        let mut memories = Vec::new();
        let mut expected = Vec::new();
        for one in &all {
            let mut one = one.clone();
            expected.push(of(&mut stage_before, &mut one));
            memories.push(one.memories[0].1.clone());
        }
        let split = split.min(all.len());
        let mut stage_after = stage(NearDuplicates::Mark);
        for idx in order.iter().copied().filter(|idx| *idx < split) {
            stage_after.restore(Seq(idx as u64 + 1), &memories[idx]);
        }
        for (idx, one) in all.iter().enumerate() {
            // Those before the split are processed again: the ledger has them, and they see only what is earlier.
            let mut one = one.clone();
            prop_assert_eq!(of(&mut stage_after, &mut one), expected[idx]);
        }
    }
}
