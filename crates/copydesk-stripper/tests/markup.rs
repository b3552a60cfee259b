//! Rules over elements, on pages built by hand.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::Arc;

use common::{render, rules_only};
use copydesk_core::{Article, ArticleId, Block, BlockKind, Markup, Node, Origin, Page, Span, Stage};

const PROSE: &str = "The harbour of Lindmoor was closed on Monday after a crane fell onto the northern quay, and the \
                     port company expects that the first ferries leave again on Thursday, weather permitting.";

/// A page of these elements: depth, tag, attributes, and the text of those that hold any.
fn page(elements: &[(u16, &str, &str, &str)]) -> Article {
    let mut nodes: Vec<Node> = Vec::new();
    let mut raw = String::new();
    let mut spans = Vec::new();
    for &(depth, tag, attrs, text) in elements {
        let above = nodes.iter().rposition(|node| node.depth < depth).unwrap_or(0);
        let parent = u32::try_from(above).unwrap();
        nodes.push(Node { parent, tag: tag.into(), attrs: attrs.into(), depth, children: 0 });
        if !text.is_empty() {
            spans.push((raw.len(), raw.len() + text.len(), nodes.len() - 1, tag));
            raw.push_str(text);
            raw.push('\n');
        }
    }
    let blocks = spans
        .into_iter()
        .map(|(start, end, node, tag)| Block {
            span: Span::new(&raw, start, end).unwrap(),
            kind: if tag.starts_with('h') { BlockKind::Heading } else { BlockKind::Paragraph },
            markup: Some(Markup { node: u32::try_from(node).unwrap(), ..Markup::default() }),
            language: None,
        })
        .collect();
    let mut article = Article::new(ArticleId::from_bytes([7; 32]), Origin::default(), raw.as_str(), blocks);
    article.page = Some(Arc::new(Page { nodes }));
    article
}

fn stripped(elements: &[(u16, &str, &str, &str)]) -> String {
    let mut article = page(elements);
    rules_only().process(&mut article).unwrap();
    copydesk_core::laws::check(&article).unwrap();
    render(&article)
}

#[test]
fn containers_are_cut_by_name() {
    let page = stripped(&[
        (0, "html", "", ""),
        (1, "body", "has-newsletter comments-open", ""),
        (2, "nav", "site-nav", ""),
        (3, "a", "", "Fjord towns"),
        (2, "main", "", ""),
        (3, "article", "post", ""),
        (4, "h1", "", "A crane falls"),
        (4, "p", "byline", "Jane Roe"),
        (4, "div", "social-share", ""),
        (5, "a", "", "To the fediverse"),
        (4, "p", "", PROSE),
        (4, "div", "c-newsletter-signup box", ""),
        (5, "p", "", "Every Monday, from the quay."),
        (4, "p", "", PROSE),
        (3, "section", "related-posts", ""),
        (4, "h3", "", "What a crane costs"),
        (3, "div", "comments-area", ""),
        (4, "p", "", "I crossed on that ferry for thirty years."),
        (2, "footer", "", ""),
        (3, "p", "", "Printed in Lindmoor since 1961"),
        (2, "div", "onetrust-consent-sdk", ""),
        (3, "p", "", "Choices, choices."),
    ]);
    insta::assert_snapshot!(page);
}

#[test]
fn a_container_that_holds_the_article_is_not_believed() {
    let page = stripped(&[
        (0, "html", "", ""),
        (1, "body", "", ""),
        (2, "div", "related", ""),
        (3, "p", "", PROSE),
        (3, "p", "", PROSE),
        (3, "p", "", PROSE),
        (2, "div", "toc-para newsletter", ""),
        (3, "p", "", "A short line."),
    ]);
    assert!(!page.contains("- [related"), "{page}");
}

#[test]
fn parts_of_words_are_no_names() {
    let page = stripped(&[
        (0, "html", "", ""),
        (1, "body", "", ""),
        (2, "div", "navigationless prerelated headernav", ""),
        (3, "p", "", "A short line."),
        (2, "p", "", PROSE),
    ]);
    assert!(!page.contains("- ["), "{page}");
}

#[test]
fn a_damaged_page_is_survived() {
    let mut article = page(&[(0, "html", "", ""), (1, "nav", "", "Fjord towns"), (1, "p", "", PROSE)]);
    let mut damaged = article.page.as_deref().cloned().unwrap();
    damaged.nodes[1].parent = 900;
    damaged.nodes.truncate(2);
    article.page = Some(Arc::new(damaged));
    rules_only().process(&mut article).unwrap();
    copydesk_core::laws::check(&article).unwrap();
}
