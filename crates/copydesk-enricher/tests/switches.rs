//! Each enricher can be switched off, and takes nothing else with it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, RecordView, Span, Stage};
use copydesk_enricher::{ENRICHERS, Enricher, EnricherOptions};

fn article(raw: &str) -> Article {
    let blocks =
        raw.lines().map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph)).collect();
    Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks)
}

/// The record's fields that are not what they are for an article that says nothing.
fn filled(article: &Article) -> Vec<String> {
    let record: serde_json::Value = serde_json::from_str(&RecordView(article).to_json()).unwrap();
    let says = |value: &serde_json::Value| match value {
        serde_json::Value::Null => false,
        serde_json::Value::Array(list) => !list.is_empty(),
        _ => true,
    };
    record
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| says(value))
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn each_enricher_can_be_switched_off() {
    let everything = || {
        let head = "Ferry to reopen in May\nBy Jane Doe, Port Reporter\nMarch 3, 2025\n";
        let body =
            "The ferry leaves again from Port Arden, the mayor said on Tuesday, and nobody was more pleased.";
        article(&format!(
            "{head}{body}\nThe ferry at its pier. Photo: Tom Roe/Harbour Pictures\n{body} Again.\n"
        ))
    };
    let mut all = everything();
    Enricher::new(EnricherOptions::default()).unwrap().process(&mut all).unwrap();
    let all = filled(&all);
    for field in ["title", "authors", "published", "language", "captions"] {
        assert!(all.contains(&field.to_owned()), "{field} is not in {all:?}");
    }
    for one in ENRICHERS {
        let mut article = everything();
        let options = EnricherOptions { off: vec![one.name.to_owned()], ..EnricherOptions::default() };
        Enricher::new(options).unwrap().process(&mut article).unwrap();
        let expect: Vec<&String> = all.iter().filter(|field| !one.fills.contains(&field.as_str())).collect();
        assert_eq!(filled(&article).iter().collect::<Vec<_>>(), expect, "without {}", one.name);
    }
}
