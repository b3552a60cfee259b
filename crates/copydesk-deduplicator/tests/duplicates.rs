//! Duplicates across invented articles: by what is before them in the ledger, and by nothing else.

use copydesk_core::{Article, ArticleId, Block, BlockKind, DuplicateKind, Origin, Seq, Span, Stage, Verdict};
use copydesk_deduplicator::{FindDuplicates, FindDuplicatesOptions, NearDuplicates};
use proptest::prelude::*;

const TEXT: &str = "The crew tested both engines for a week before the first passengers came on board, and nobody was hurt when the ferry ran aground in the autumn.";

fn article(id: u8, seq: u64, raw: &str) -> Article {
    let block = Span::new(raw, 0, raw.len()).map(|span| Block::plain(span, BlockKind::Paragraph));
    let mut article =
        Article::new(ArticleId::from_bytes([id; 32]), Origin::default(), raw, block.into_iter().collect());
    article.seq = Seq(seq);
    article
}

fn stage(near: NearDuplicates) -> FindDuplicates {
    FindDuplicates::new("find_duplicates", FindDuplicatesOptions { near }).expect("these options are valid")
}

/// The id an article is found to repeat.
fn of(stage: &mut FindDuplicates, article: &mut Article) -> Option<u8> {
    assert_eq!(stage.process(article).ok(), Some(Verdict::Keep));
    article.duplicate.as_ref().map(|duplicate| {
        assert_eq!((duplicate.kind, duplicate.similarity), (DuplicateKind::Exact, 1.0));
        duplicate.of.as_bytes()[0]
    })
}

#[test]
fn case_space_and_marks_make_no_difference() {
    let mut stage = stage(NearDuplicates::Mark);
    assert_eq!(of(&mut stage, &mut article(1, 1, TEXT)), None);
    let other = TEXT.to_uppercase().replace(' ', "  ").replace(',', " –");
    assert_eq!(of(&mut stage, &mut article(2, 2, &other)), Some(1));
    assert_eq!(of(&mut stage, &mut article(3, 3, &TEXT.replace("autumn", "spring"))), None);
    assert_eq!(of(&mut stage, &mut article(4, 4, TEXT)), Some(1));
    assert_eq!(stage.len(), 2);
}

#[test]
fn stubs_are_no_duplicates() {
    let mut stage = stage(NearDuplicates::Mark);
    for id in 1..4 {
        let mut stub = article(id, u64::from(id), "Page not found.");
        assert_eq!(of(&mut stage, &mut stub), None);
        assert!(stub.memories.is_empty());
    }
}

#[test]
fn drop_names_the_original() {
    let mut stage = stage(NearDuplicates::Drop);
    assert_eq!(stage.process(&mut article(1, 1, TEXT)).ok(), Some(Verdict::Keep));
    let Ok(Verdict::Drop(why)) = stage.process(&mut article(2, 2, TEXT)) else { panic!("not dropped") };
    assert_eq!(why, format!("exact duplicate of {}", ArticleId::from_bytes([1; 32])));
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
    assert_eq!((name.as_str(), bytes.len()), ("find_duplicates", 49));
    let mut after = stage(NearDuplicates::Mark);
    after.restore(Seq(4), &[]);
    after.restore(Seq(4), &bytes[..48]);
    after.restore(Seq(4), &[[9].as_slice(), &bytes[1..]].concat());
    assert!(after.is_empty());
    after.restore(Seq(3), &bytes);
    assert_eq!(of(&mut after, &mut article(2, 2, TEXT)), None);
    assert_eq!(of(&mut after, &mut article(4, 9, TEXT)), Some(2));
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
