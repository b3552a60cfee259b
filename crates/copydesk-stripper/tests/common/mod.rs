//! Articles for tests, one block a line, and a page of what was cut.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fmt::Write;

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span, Stage};
use copydesk_stripper::{Stripper, StripperOptions};

/// An article of one block a line.
pub(crate) fn article(raw: &str) -> Article {
    let blocks = raw
        .split('\n')
        .map(|line| line.trim_matches([' ', '\t', '\r', '\x0b', '\x0c']))
        .filter(|line| !line.is_empty())
        .map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph))
        .collect();
    Article::new(ArticleId::from_bytes([7; 32]), Origin::default(), raw, blocks)
}

/// A stripper of rules alone.
pub(crate) fn rules_only() -> Stripper {
    options(&StripperOptions { model: false, ..StripperOptions::default() })
}

/// A stripper of these options.
pub(crate) fn options(options: &StripperOptions) -> Stripper {
    Stripper::new("strip_boilerplate", options).unwrap()
}

/// The article after the rules.
pub(crate) fn stripped(raw: &str) -> Article {
    let mut article = article(raw);
    rules_only().process(&mut article).unwrap();
    copydesk_core::laws::check(&article).unwrap();
    article
}

/// The article with every cut marked in place.
pub(crate) fn render(article: &Article) -> String {
    let raw = article.raw();
    let mut lines: Vec<(Span, String)> =
        article.kept().map(|kept| (kept.span, format!("  {}", kept.text))).collect();
    lines.extend(
        article
            .cuts()
            .iter()
            .map(|cut| (cut.span, format!("- [{} {}] {}", cut.reason, cut.rule, cut.span.of_text(raw)))),
    );
    lines.sort_by_key(|(span, _)| *span);
    lines.iter().fold(String::new(), |mut page, (_, line)| {
        writeln!(page, "{line}").unwrap();
        page
    })
}
