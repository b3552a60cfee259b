//! Invented articles: one block a line, so a test reads like the file it stands for.

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Parcel, Seq, Span};
use sha2::{Digest, Sha256};

/// Texts that break careless code: NUL bytes, combining marks, right-to-left marks, unpaired quotes, SQL,
/// line separators that are no `\n`, and characters outside the basic plane.
pub const ODD_TEXTS: &[&str] = &[
    "",
    " \t\r\n",
    "\0",
    "before\0after",
    "\u{feff}byte order mark",
    "e\u{301}tude a\u{30a}",
    "\u{202e}desrever\u{202c}",
    "one\u{2028}two\u{2029}three\u{85}four",
    "'); DROP TABLE articles; --",
    "\"unclosed AND (NEAR/ * ^ col:",
    "{\"id\":\"not an id\"}\n{",
    "\u{1f30d}\u{1f469}\u{200d}\u{1f4bb} \u{10ffff}",
    "日本語の記事 한국어 ภาษาไทย",
    "\u{fffd}\u{1b}[31mred\u{1b}[0m\u{7}",
];

/// The article of a plain text: one paragraph block a line, an id made of its bytes.
pub fn article(raw: &str) -> Article {
    article_named("invented.txt", raw)
}

/// As [`article`], from a file of this name.
pub fn article_named(name: &str, raw: &str) -> Article {
    let blocks = raw
        .split('\n')
        .filter_map(|line| {
            let span = Span::of(raw, line)?.trimmed(raw);
            (!span.is_empty()).then(|| Block::plain(span, BlockKind::Paragraph))
        })
        .collect();
    let id = ArticleId::from_bytes(Sha256::digest(raw.as_bytes()).into());
    let origin = Origin {
        uri: format!("file:/invented/{name}"),
        media_type: "text/plain".to_owned(),
        charset: "UTF-8".to_owned(),
        bytes: raw.len() as u64,
        received: "2026-01-31T09:30:00Z".to_owned(),
    };
    Article::new(id, origin, raw, blocks)
}

/// A parcel of the article of `raw`, with the first line as its title.
pub fn parcel(seq: u64, raw: &str) -> Parcel {
    revision(seq, raw, None)
}

/// As [`parcel`], replacing the article `supersedes`. Its record names it in `notes`, as the runtime does.
pub fn revision(seq: u64, raw: &str, supersedes: Option<ArticleId>) -> Parcel {
    let mut article = article(raw);
    article.seq = Seq(seq);
    article.title = raw.lines().next().map(str::to_owned);
    if let Some(old) = supersedes {
        article.notes.insert("supersedes".to_owned(), old.to_string().into());
    }
    Parcel::new(&article, supersedes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_keeps_law_1() {
        for raw in ODD_TEXTS {
            copydesk_core::laws::check(&article(raw)).unwrap();
        }
        assert_eq!(article("one\n\n two \n").text(), "one\n\ntwo");
    }
}
