//! A sentence that says when the article was first there: `This article was originally published on 26 Sep 2019 but
//! has been updated since.`

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use copydesk_core::Span;

use super::Vicinity;

use crate::dates::{self, SlashOrder, Stamp};
use crate::vocabulary::FIRST_PUBLISHED;

/// Bytes of a paragraph that may hold such a sentence: an editor's note, not the story.
const MAX_LEN: usize = 400;
/// What the sentence must be about, if anything stands before its words: novels are first published, too.
const SUBJECTS: [&str; 26] = [
    "article",
    "story",
    "post",
    "page",
    "piece",
    "report",
    "interview",
    "column",
    "essay",
    "review",
    "version",
    "artikel",
    "beitrag",
    "bericht",
    "text",
    "artículo",
    "entrada",
    "artigo",
    "articolo",
    "artykuł",
    "статья",
    "материал",
    "стаття",
    "記事",
    "文章",
    "기사",
];
/// Bytes between the words and the date: `on the`, `on Wednesday,`.
const MAX_GAP: usize = 12;

static PHRASES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(FIRST_PUBLISHED.iter()).ok());

/// The first day that such a sentence gives, with its paragraph.
pub(crate) fn first_published(vicinity: &Vicinity<'_>, order: SlashOrder) -> Option<(Stamp, Span)> {
    let article = vicinity.article;
    let phrases = PHRASES.as_ref()?;
    article.blocks().iter().enumerate().find_map(|(idx, block)| {
        let text = block.span.of_text(article.raw());
        // No date without a number: most short lines end here.
        if text.len() > MAX_LEN || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let said = phrases.find_iter(text).find_map(|phrase| {
            let (before, after) = (text.get(..phrase.start())?, text.get(phrase.end()..)?);
            if !is_about_article(before) {
                return None;
            }
            let found = dates::scan(after, order).into_iter().next()?;
            // Where another paper is named in between, it speaks of that.
            let gap = after.get(..found.start)?;
            let is_close = gap.len() <= MAX_GAP && !gap.contains('.') && !gap.chars().any(char::is_uppercase);
            is_close.then_some(found.stamp)
        });
        said.filter(|_| !vicinity.is_aside(idx)).map(|stamp| (stamp, block.span))
    })
}

/// True if the sentence speaks of the article: it opens with the words themselves, or names it before them.
fn is_about_article(before: &str) -> bool {
    let sentence = before.rsplit(['.', '!', '?', '|', '•', '。']).next().unwrap_or(before).to_lowercase();
    !sentence.chars().any(char::is_alphanumeric) || SUBJECTS.iter().any(|subject| sentence.contains(subject))
}

#[cfg(test)]
mod tests {
    use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin};

    use super::*;

    fn read(text: &str) -> Option<String> {
        let span = Span::of(text, text).expect("a text is part of itself");
        let blocks = vec![Block::plain(span, BlockKind::Paragraph)];
        let article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), text, blocks);
        first_published(&Vicinity::of(&article, None), SlashOrder::Unknown).map(|(stamp, _)| stamp.text())
    }

    #[test]
    fn reads_notes_about_the_article_and_nothing_else() {
        for text in [
            "This article was originally published on 26 Sep 2019 at 4:12pm but has been updated since.",
            "Originally published September 26, 2019 11:01 AM ET",
            "Editor's note: This blog post was first published on the 26th of September 2019.",
            "Dieser Beitrag wurde erstmals veröffentlicht am 26. September 2019.",
            "Cet article a été publié initialement le 26 septembre 2019.",
            "この記事の初回公開日：2019年9月26日",
        ] {
            assert_eq!(read(text).as_deref(), Some("2019-09-26"), "{text}");
        }
        for text in [
            "The novel was first published on 26 September 2019 in Wick.",
            "This article was originally published in The Tide on 26 September 2019.",
            "This article was originally published in September 2019.",
            "Updated 26 September 2019",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
