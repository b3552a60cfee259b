use std::collections::BTreeSet;

use copydesk_core::{ArticleId, Block, BlockKind, Origin, laws};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const RAW: &str = "Rain at Önsberg\n\nRain fell on Önsberg. Share this!\n\nIt was wet.";

fn article() -> Article {
    let block = |text: &str, kind| {
        let start = RAW.find(text).unwrap();
        Block::plain(Span::new(RAW, start, start + text.len()).unwrap(), kind)
    };
    let blocks = vec![
        block("Rain at Önsberg", BlockKind::Title),
        block("Rain fell on Önsberg. Share this!", BlockKind::Paragraph),
        block("It was wet.", BlockKind::Paragraph),
    ];
    let mut article = Article::new(ArticleId::from_bytes([7; 32]), Origin::default(), RAW, blocks);
    article.title = Some("Rain at Önsberg".into());
    article.evidence.insert("title", Evidence::new(None, "first_heading"));
    article.notes.insert("theirs".into(), json!(1));
    article
}

fn place(text: &str) -> [usize; 2] {
    let start = RAW.find(text).unwrap();
    [start, start + text.len()]
}

fn applied(notes: Value, fields: Value, cuts: Value) -> Result<Article, String> {
    let mut article = article();
    let before = format!("{article:?}");
    match (Proposals { notes: notes.into(), fields: fields.into(), cuts: cuts.into() })
        .apply(&mut article, "mine")
    {
        Ok(()) => {
            laws::check(&article).unwrap();
            Ok(article)
        }
        Err(Refusal(why)) => {
            assert_eq!(format!("{article:?}"), before, "a refused answer has changed the article");
            Err(why)
        }
    }
}

fn refused(notes: Value, fields: Value, cuts: Value, expected: &str) {
    let why = applied(notes, fields, cuts).unwrap_err();
    assert!(why.contains(expected), "{why}");
}

#[test]
fn what_is_proposed_is_applied_with_its_origin() {
    let cuts = json!([{"span": place("Share this!"), "reason": "share", "rule": "bar", "confidence": 0.5}]);
    let fields = json!({"title": " Wet ", "authors": ["A. Kell"], "published": "2026-03-01", "url": "https://a.example/b"});
    let article = applied(json!({"n": {"deep": [1]}}), fields, cuts).unwrap();
    assert_eq!(article.text(), "Rain fell on Önsberg.\n\nIt was wet.");
    let cut = &article.cuts()[0];
    assert_eq!((cut.rule.as_ref(), cut.stage.as_ref(), cut.confidence), ("bar", "mine", 0.5));
    assert_eq!(article.title.as_deref(), Some("Wet"));
    assert_eq!(article.evidence["title"].rule, "plugin:mine");
    assert_eq!(article.evidence["title"].conflicts[0].value, "Rain at Önsberg");
    assert_eq!(article.authors, ["A. Kell"]);
    assert_eq!(article.notes["n"], json!({"deep": [1]}));
    assert_eq!(article.notes["theirs"], 1);
}

#[test]
fn what_breaks_a_law_is_refused_and_named() {
    let cut = |span: [usize; 2]| json!([{"span": span, "reason": "promo"}]);
    let none = || Value::Null;
    let [start, _] = place("Önsberg. Share");
    refused(none(), none(), cut([start, start + 1]), "no range of whole characters");
    refused(none(), none(), cut([9, 5]), "no range of whole characters");
    refused(none(), none(), cut([0, 100_000]), "no range of whole characters");
    refused(none(), none(), cut([start, start]), "no range of whole characters");
    let across = [place("Share this!")[0], place("It was")[1]];
    refused(none(), none(), cut(across), "not within one block's kept text");
    refused(none(), none(), cut(place("Rain at")), "but of a title");
    refused(none(), none(), json!([{"span": [20, 24], "reason": "whim"}]), "unknown variant `whim`");
    refused(none(), none(), json!([{"span": [20, 24], "reason": "promo", "confidence": 2}]), "confidence");
    refused(none(), none(), json!([{"span": [20, 24], "reason": "promo", "rule": "a b"}]), "rule");
    refused(none(), none(), json!({}), "`cuts` is no list");
    refused(json!({"theirs": 2}), none(), none(), "is another's");
    refused(json!({"supersedes": "x"}), none(), none(), "is another's");
    refused(json!({"": 2}), none(), none(), "a note cannot be called");
    refused(json!([1]), none(), none(), "`notes` is no object");
    refused(json!({"big": "x".repeat(MAX_NOTES)}), none(), none(), "bytes");
    refused(none(), json!({"titel": "x"}), none(), "`titel` is no field");
    refused(none(), json!({"title": "  "}), none(), "`title` takes a text");
    refused(none(), json!({"title": 7}), none(), "`title` takes a text");
    refused(none(), json!({"authors": "x"}), none(), "a list of texts");
    refused(none(), json!({"published": "yesterday"}), none(), "RFC 3339");
    refused(none(), json!({"url": "/a"}), none(), "absolute address");
    // One wrong proposal among right ones: none is taken.
    refused(json!({"n": 1}), json!({"title": "Wet", "url": "/a"}), cut(place("It was")), "absolute address");
}

#[test]
fn what_is_cut_already_cannot_be_cut_again() {
    let mut article = article();
    let [start, end] = place("Share this!");
    article.cut(vec![Cut::new(Span::new(RAW, start, end).unwrap(), Reason::Share, "a", "b", 1.0)]);
    let cuts = json!([{"span": [start, end], "reason": "promo"}]);
    let proposals = Proposals { cuts: cuts.into(), ..Proposals::default() };
    let why = proposals.apply(&mut article, "mine").unwrap_err().to_string();
    assert!(why.contains("not within one block's kept text"), "{why}");
}

proptest! {
    /// Whatever is proposed, the laws hold, and what is refused changes nothing.
    #[test]
    fn any_cuts_leave_the_laws_whole(spans in proptest::collection::vec((0..80_usize, 0..80_usize), 0..6)) {
        let cuts: Vec<Value> =
            spans.iter().map(|(a, b)| json!({"span": [a, b], "reason": "other"})).collect();
        let whole: BTreeSet<char> = RAW.chars().collect();
        if let Ok(article) = applied(Value::Null, Value::Null, Value::Array(cuts)) {
            prop_assert!(article.text().chars().all(|c| whole.contains(&c)));
        }
    }
}

/// Three bytes of it may take a hundred times as much once it is read, so it is counted before.
#[test]
fn what_is_small_as_text_and_large_as_values_is_refused_unread() {
    let many = format!("{{\"n\":[{}0]}}", "{},".repeat(300_000));
    assert!(many.len() < MAX_NOTES);
    for (notes, cuts, expected) in [
        (Json::from(many.clone()), Json::default(), "its notes have 600003 values"),
        (Json::from(" ".repeat(MAX_NOTES + 1)), Json::default(), "its notes have 1048577 bytes"),
        (Json::default(), Json::from(many), "its cuts have 600003 values"),
    ] {
        let proposals = Proposals { notes, cuts, ..Proposals::default() };
        let why = proposals.apply(&mut article(), "mine").unwrap_err().to_string();
        assert!(why.contains(expected), "{why}");
    }
    assert_eq!(measured(r#"{"a,[{":"\\\",[","b":[1,2]}"#), (5, 2));
}

/// A record holds notes deeper than they were proposed, and is read by many who take 128 levels at most.
#[test]
fn what_is_deep_is_refused_before_it_makes_a_record_that_nobody_reads() {
    let deep = |levels: usize| {
        let text = format!("{{\"n\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
        let mut article = article();
        let proposals = Proposals { notes: text.into(), ..Proposals::default() };
        let result = proposals.apply(&mut article, "mine").map_err(|Refusal(why)| why);
        result.map(|()| copydesk_core::RecordView(&article).to_json())
    };
    serde_json::from_str::<Value>(&deep(63).unwrap()).unwrap();
    for levels in [64, 125, 126, 127, 1000, 40_000] {
        assert!(deep(levels).unwrap_err().contains("levels deep, at most 64 are taken"), "{levels}");
    }
    // Brackets in a text are none.
    let flat = applied(json!({"n": "[".repeat(500) + "\\\"{"}), json!({}), json!([])).unwrap();
    assert!(flat.notes.contains_key("n"));
}
