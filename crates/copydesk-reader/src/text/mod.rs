//! Plain text and Markdown to blocks: one line a block, except where lines were merely set to a width.
//!
//! What must stay true:
//! - Every byte but ASCII white space is in exactly one block; the text itself is not touched.
//! - Reading is stable: blocks joined by blank lines are read as the same blocks. So a decision looks at no
//!   blank line, and at no indentation of a block's first line.

mod list;
mod markdown;
mod wrap;

use copydesk_core::{Block, BlockKind, Span};

/// Which rules a text follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Text as people and programs write it.
    Plain,
    /// Markdown: fences and headings are known for certain.
    Markdown,
}

/// A line without white space at its ends.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    span: Span,
    /// True if no blank line stands before it.
    follows: bool,
    /// Characters of white space before it.
    indent: usize,
}

/// Lines for each block an article may have; text set to a width has many.
const LINES_PER_BLOCK: usize = 5;

/// The blocks of `raw`; `None` if there are more than `max`.
pub(crate) fn blocks(raw: &str, dialect: Dialect, max: usize) -> Option<Vec<Block>> {
    let lines = lines(raw, max.saturating_mul(LINES_PER_BLOCK))?;
    let mut blocks = match dialect {
        Dialect::Plain => wrap::join(raw, &lines),
        Dialect::Markdown => markdown::join(raw, &lines),
    };
    list::mark(raw, &mut blocks);
    (blocks.len() <= max).then_some(blocks)
}

/// For each line, whether it goes on with the one before, if the lines are running text that was set to a width.
/// A line is given without white space at its ends, and with whether no blank line stands before it.
pub(crate) fn joins(lines: &[(&str, bool)]) -> Option<Vec<bool>> {
    let lines: Vec<Line<'_>> = lines
        .iter()
        .filter_map(|(text, follows)| {
            Some(Line { text, span: Span::of(text, text)?, follows: *follows, indent: 0 })
        })
        .collect();
    Some(wrap::joins(&lines)).filter(|joins| joins.contains(&true))
}

/// The lines that are not blank; `None` if there are more than `max`.
fn lines(raw: &str, max: usize) -> Option<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    let mut follows = false;
    // CR LF parts lines twice, at a line that does not exist: it must not count as blank.
    let mut at = 0;
    for line in raw.split('\n') {
        let end = at + line.len();
        let body = line.strip_suffix('\r').unwrap_or(line);
        let mut start = at;
        // These are rare, and asking for three characters at once is slow.
        let is_split = memchr::memchr3(b'\r', 0x0b, 0x0c, body.as_bytes()).is_some();
        let n_pieces = if is_split { usize::MAX } else { 1 };
        for piece in body.splitn(n_pieces, ['\r', '\x0b', '\x0c']) {
            let whole = Span::new(raw, start, start + piece.len());
            if let Some(span) = whole.map(|span| span.trimmed(raw)).filter(|span| !span.is_empty()) {
                if lines.len() >= max {
                    return None;
                }
                lines.push(Line { text: span.of_text(raw), span, follows, indent: span.start() - start });
                follows = true;
            } else {
                follows = false;
            }
            start += piece.len() + 1;
        }
        at = end + 1;
    }
    Some(lines)
}

/// The block from one line's start to another's end.
fn block(raw: &str, first: &Line<'_>, last: &Line<'_>, kind: BlockKind) -> Option<Block> {
    Some(Block::plain(Span::new(raw, first.span.start(), last.span.end())?, kind))
}

/// A line that quotes: `> so they say`.
fn is_quote(line: &str) -> bool {
    line.strip_prefix('>')
        .is_some_and(|rest| rest.starts_with([' ', '>']) && rest.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use copydesk_core::{Article, ArticleId, Origin, laws};
    use proptest::prelude::*;

    use super::*;

    fn article(raw: &str, dialect: Dialect) -> Article {
        Article::new(
            ArticleId::from_bytes([0; 32]),
            Origin::default(),
            raw,
            blocks(raw, dialect, 1000).unwrap(),
        )
    }

    fn texts(article: &Article) -> Vec<String> {
        article.kept().map(|kept| kept.text.to_owned()).collect()
    }

    fn check(raw: &str, dialect: Dialect) -> Result<(), TestCaseError> {
        let first = article(raw, dialect);
        laws::check(&first).map_err(TestCaseError::fail)?;
        let kinds = |article: &Article| article.blocks().iter().map(|block| block.kind).collect::<Vec<_>>();
        let again = article(&texts(&first).join("\n\n"), dialect);
        prop_assert_eq!(texts(&first), texts(&again));
        prop_assert_eq!(kinds(&first), kinds(&again));
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_is_covered_and_stable(raw in any::<String>()) {
            check(&raw, Dialect::Plain)?;
            check(&raw, Dialect::Markdown)?;
        }

        #[test]
        fn any_layout_is_covered_and_stable(
            raw in proptest::collection::vec(
                prop_oneof![
                    Just("\n"), Just("\r\n"), Just("\n\n"), Just(" "), Just("  \t"), Just("\u{a0}"), Just("- "),
                    Just("12. "), Just("13) "), Just("– "), Just("> "), Just("# "), Just("```\n"), Just("~~~~\n"),
                    Just("| a | b |"), Just("Rain fell on the harbour for the third night in a row, and the"),
                    Just("ferries stayed where they were until the fog had lifted from the sound."),
                    Just("word"), Just("Word."), Just("o Fog"), Just("____"), Just("\n       "), Just("[1]"), Just("雨が降った"), Just("a longer run of small words"), Just("\r"),
                    Just("https://example.org/a-very-long-address/that-no-line/of-the-text/could/hold/at-all/x"),
                ],
                0..60,
            )
        ) {
            check(&raw.concat(), Dialect::Plain)?;
            check(&raw.concat(), Dialect::Markdown)?;
        }
    }

    #[test]
    fn one_line_is_one_block() {
        let raw =
            "Fog closes the harbour\r\n\r\nBy Ada Moor\r\nFerries stayed in port.\n  Nobody was hurt.  \n";
        let article = article(raw, Dialect::Plain);
        assert_eq!(
            texts(&article),
            ["Fog closes the harbour", "By Ada Moor", "Ferries stayed in port.", "Nobody was hurt."]
        );
    }

    #[test]
    fn old_line_ends_part_lines() {
        assert_eq!(texts(&article("One.\rTwo.\x0cThree.", Dialect::Plain)), ["One.", "Two.", "Three."]);
    }
}
