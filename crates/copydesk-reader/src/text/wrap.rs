//! Finds text that was set to a width, as mail and old wires are, and joins its lines to paragraphs.
//!
//! A line was broken for want of room if the next word would not have fit. That alone happens by chance, so the
//! text as a whole must show it: no line too long, and most such breaks in the middle of a sentence.

use copydesk_core::{Block, BlockKind};

use super::{Line, block, is_quote, list};

/// Characters of the longest line that may come from setting text to a width.
const MAX_WIDTH: usize = 100;
/// Characters of the shortest width anybody sets text to.
const MIN_WIDTH: usize = 40;
/// Breaks in the middle of a sentence that show it.
const MIN_BREAKS: usize = 3;

/// The blocks of plain text.
pub(super) fn join(raw: &str, lines: &[Line<'_>]) -> Vec<Block> {
    let joins = joins(lines);
    let mut blocks = Vec::with_capacity(lines.len());
    let mut first = 0;
    for (idx, line) in lines.iter().enumerate() {
        let goes_on = joins.get(idx + 1).copied().unwrap_or(false);
        if goes_on {
            continue;
        }
        if let Some(start) = lines.get(first) {
            let kind = if is_quote(start.text) { BlockKind::Quote } else { BlockKind::Paragraph };
            blocks.extend(block(raw, start, line, kind));
        }
        first = idx + 1;
    }
    blocks
}

/// For each line, whether it goes on with the paragraph of the line before.
pub(super) fn joins(lines: &[Line<'_>]) -> Vec<bool> {
    let widths: Vec<usize> = lines.iter().map(|line| line.text.chars().count()).collect();
    // A line of one word says nothing of the width: a long address fits nowhere.
    let widest = lines
        .iter()
        .zip(&widths)
        .filter(|(line, _)| line.text.contains(' ') || !line.text.is_ascii())
        .map(|(_, width)| *width)
        .max()
        .unwrap_or(0);
    if !(MIN_WIDTH..=MAX_WIDTH).contains(&widest) {
        return vec![false; lines.len()];
    }
    let mut joins = Vec::with_capacity(lines.len());
    let mut n_full = 0;
    let mut n_breaks = 0;
    for (idx, line) in lines.iter().enumerate() {
        let before = idx.checked_sub(1).and_then(|idx| Some((lines.get(idx)?, *widths.get(idx)?)));
        let full = before.is_some_and(|(before, width)| {
            line.follows
                && width + 1 + first_word(line.text) > widest
                && !starts_block(line.text, before.text)
        });
        n_full += usize::from(full);
        n_breaks +=
            usize::from(full && before.is_some_and(|(before, _)| is_mid_sentence(before.text, line.text)));
        joins.push(full);
    }
    if n_breaks < MIN_BREAKS || 2 * n_breaks < n_full {
        joins.fill(false);
    }
    joins
}

/// Characters that must fit behind a line for its successor to start there.
fn first_word(line: &str) -> usize {
    let mut chars = line.chars();
    match chars.next() {
        // Scripts without spaces break anywhere.
        Some(c) if is_unspaced(c) => 0,
        Some(_) => 1 + chars.take_while(|c| !c.is_whitespace() && !is_unspaced(*c)).count(),
        None => 0,
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0eff}' | '\u{ff00}'..='\u{ffef}')
}

fn starts_block(line: &str, before: &str) -> bool {
    list::bullet(line).is_some() || list::number(line).is_some() || is_quote(line) || is_quote(before)
}

fn is_mid_sentence(before: &str, line: &str) -> bool {
    let ends = before
        .chars()
        .next_back()
        .is_some_and(|c| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | ':' | '”' | '»'));
    let begins =
        line.chars().next().is_some_and(|c| c.is_lowercase() || (c.is_alphabetic() && !c.is_uppercase()));
    !ends && begins
}

#[cfg(test)]
mod tests {
    use crate::text::{Dialect, blocks};

    fn texts(raw: &str) -> Vec<&str> {
        blocks(raw, Dialect::Plain, 1000).unwrap().iter().map(|block| block.span.of_text(raw)).collect()
    }

    const WRAPPED: &str = "\
The harbour at Wick was closed for a third night on Tuesday as fog
lay over the sound and the ferries stayed where they were, with some
four hundred passengers asleep in the hall of the old fish market.
Nobody was hurt, said the harbour master, who had all the lamps lit.
The council will meet on Friday to talk about what the closure cost
the town.
It expects no quick answer.";

    #[test]
    fn wrapped_lines_become_paragraphs() {
        let found = texts(WRAPPED);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].starts_with("The harbour") && found[0].ends_with("the town."));
        assert_eq!(found[1], "It expects no quick answer.");
    }

    #[test]
    fn a_long_line_shows_that_lines_are_paragraphs() {
        let raw = format!("{WRAPPED}\n{}", "A paragraph that nobody has set to any width. ".repeat(4));
        assert_eq!(texts(&raw).len(), 8);
    }

    #[test]
    fn short_paragraphs_stay_apart() {
        let raw = "The fog came in at six.\nThe ferries were told to wait at the pier.\nNobody complained.\nBy nine the hall was full of people asleep.";
        assert_eq!(texts(raw).len(), 4);
    }
}
