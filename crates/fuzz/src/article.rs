//! What holds of every article, whatever it was made from.

use copydesk_core::{Article, RecordView, Span, laws};
use serde_json::Value;

/// Law 1, and every place is a range of whole characters.
pub fn check(article: &Article) {
    assert_eq!(laws::check(article), Ok(()), "law 1");
    let raw = article.raw();
    assert!(!raw.contains('\0'), "a NUL in the text");
    let mut at = 0;
    for block in article.blocks() {
        assert!(block.span.start() >= at, "blocks are in order and disjoint");
        assert!(!block.span.is_empty(), "a block holds something");
        assert_eq!(block.span.trimmed(raw), block.span, "a block has no space at its ends");
        at = block.span.end();
    }
    check_page(article);
    for hint in &article.hints {
        assert!(hint.block.is_none_or(|block| (block as usize) < article.blocks().len()), "{hint:?}");
    }
    let spans = article.cuts().iter().flat_map(|cut| std::iter::once(cut.span).chain(cut.twin));
    let spans = spans.chain(article.evidence.values().filter_map(|evidence| evidence.span));
    for span in spans {
        assert!(Span::new(raw, span.start(), span.end()).is_some(), "{span:?} is no range of the original");
    }
}

fn check_page(article: &Article) {
    let Some(page) = &article.page else { return };
    for (idx, node) in page.nodes.iter().enumerate().skip(1) {
        assert!((node.parent as usize) < idx, "a parent comes before its children");
    }
    for block in article.blocks() {
        let Some(markup) = block.markup else { continue };
        assert!((markup.node as usize) < page.nodes.len(), "a block's element exists");
        assert!(markup.link_bytes as usize <= block.span.len(), "links lie within their block");
        assert!(markup.emphasis_bytes as usize <= block.span.len(), "emphasis lies within its block");
    }
}

/// The record is JSON, and what it quotes stands where it says.
pub fn check_record(article: &Article) -> String {
    let json = RecordView(article).to_json();
    assert!(!json.contains('\n'), "a record is one line");
    let record: Value = serde_json::from_str(&json).expect("a record is JSON");
    for piece in ["blocks", "cuts"].iter().filter_map(|key| record[*key].as_array()).flatten() {
        let place = |idx: usize| piece["span"][idx].as_u64().and_then(|at| usize::try_from(at).ok());
        let quoted = place(0).zip(place(1)).and_then(|(start, end)| article.raw().get(start..end));
        assert_eq!(quoted, piece["text"].as_str(), "a piece is a slice of the original");
    }
    json
}
