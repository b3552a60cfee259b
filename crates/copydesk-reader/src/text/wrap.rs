//! Finds text that was set to a width, as mail, old wires and dumps of pages are, and joins its lines to paragraphs.
//!
//! A line was broken for want of room if it ends within the width and the next word would not have fit. That alone
//! happens by chance, so the text as a whole must show it: breaks in the middle of a sentence vote for the widths
//! that would explain them, most of them agree on one, and few lines run over it.
//!
//! The room is counted from the indent of the line that goes on, which a paragraph keeps in its midst, never from
//! that of its first line, which it loses. So only pairs of lines that are joined have a say, and they still have
//! it when cleaned text is read again.

use copydesk_core::{Block, BlockKind};

use super::{Line, block, is_quote, list};

/// The widest width, in characters, that anybody sets text to.
const MAX_WIDTH: usize = 120;
/// The narrowest.
const MIN_WIDTH: usize = 40;
/// Votes of breaks in the middle of a sentence that show it.
const MIN_BREAKS: usize = 3;
/// Those that show that a part of the text, such as what it quotes, has another width.
const MIN_OTHER_BREAKS: usize = 6;
/// Columns by which a line may run over the width, or fall short of it.
const SLACK: usize = 2;
/// So many breaks outweigh one that is missing where a line runs over the width.
const BREAKS_PER_MISSING_ONE: usize = 3;

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
    let breaks: Vec<Option<Break>> = (0..lines.len())
        .map(|idx| {
            let (before, line) = (lines.get(idx.checked_sub(1)?)?, lines.get(idx)?);
            let next = lines.get(idx + 1).filter(|next| next.follows);
            // A word of Portuguese and a bullet of lynx, which has company.
            let is_bullet = list::is_round(line.text)
                && (list::is_round(before.text) || next.is_some_and(|next| list::is_round(next.text)));
            Break::between(before, line).filter(|_| !is_bullet)
        })
        .collect();
    let Some(width) = width(&breaks, MIN_BREAKS, None) else { return vec![false; lines.len()] };
    let n_votes: usize = breaks.iter().flatten().filter(|at| at.is_full(width)).map(|at| at.votes).sum();
    // A line between blank ones says nothing of those that adjoin others: some tools set paragraphs, but no lists.
    let adjoins =
        |idx: usize| [idx, idx + 1].iter().any(|&idx| lines.get(idx).is_some_and(|line| line.follows));
    let adjoining = lines.iter().enumerate().filter(|(idx, _)| adjoins(*idx));
    let n_missing: usize = adjoining.map(|(_, line)| missing_breaks(line.text, width)).sum();
    if n_missing * BREAKS_PER_MISSING_ONE > n_votes {
        return vec![false; lines.len()];
    }
    let other = self::width(&breaks, MIN_OTHER_BREAKS, Some(width));
    let widths = [Some(width), other];
    breaks
        .iter()
        .map(|at| at.is_some_and(|at| widths.iter().flatten().any(|&width| at.is_nearly_full(width))))
        .collect()
}

/// A break between two lines that may belong to one paragraph.
#[derive(Debug, Clone, Copy)]
struct Break {
    /// The column behind the line.
    end: usize,
    /// The column behind the next line's first word, had it been on this one.
    next_end: usize,
    /// Its votes for a width: none between sentences.
    votes: usize,
}

impl Break {
    fn between(before: &Line<'_>, line: &Line<'_>) -> Option<Break> {
        if !line.follows || starts_block(line.text, before.text) {
            return None;
        }
        // Text hangs behind a bullet, so that the bullet stands in the indent.
        let end = line.indent + list::behind_mark(before.text).chars().count();
        let next_end = end + first_word(line.text);
        let votes = match (is_mid_sentence(before.text, line.text), line.indent) {
            (false, _) => 0,
            (true, 0) => 1,
            // Nobody indents the rest of a sentence but a program that sets text.
            (true, _) => MIN_BREAKS,
        };
        Some(Break { end, next_end, votes })
    }

    /// So that a width told by fewer lines, as when furniture is gone, joins the same lines.
    fn is_nearly_full(self, width: usize) -> bool {
        self.end <= width + SLACK && width < self.next_end.max(self.end + 1) + SLACK
    }

    fn is_full(self, width: usize) -> bool {
        self.end <= width && width < self.next_end.max(self.end + 1)
    }
}

/// The width that explains most of the breaks in the middle of a sentence which `other` leaves, if it explains at
/// least half of them and `min`.
fn width(breaks: &[Option<Break>], min: usize, other: Option<usize>) -> Option<usize> {
    let mut votes = [0_usize; MAX_WIDTH + 1];
    let mut n_breaks = 0;
    let is_left = |at: &Break| at.votes > 0 && other.is_none_or(|other| !at.is_full(other));
    for at in breaks.iter().flatten().copied().filter(is_left) {
        n_breaks += at.votes;
        for votes in votes.iter_mut().take(at.next_end.max(at.end + 1)).skip(at.end) {
            *votes += at.votes;
        }
    }
    let best = (MIN_WIDTH..=MAX_WIDTH).max_by_key(|&width| votes[width])?;
    (votes[best] >= min && 2 * votes[best] >= n_breaks).then_some(best)
}

/// Breaks that the line would have, had it been set to the width. Addresses can be broken nowhere.
fn missing_breaks(line: &str, width: usize) -> usize {
    let Some((end, _)) = line.char_indices().nth(width) else { return 0 };
    let within = line.get(..end).unwrap_or(line);
    let may_break = within.contains(' ') || within.chars().any(is_unspaced);
    if may_break && !line.contains("://") && !line.contains("](") { line.chars().count() / width } else { 0 }
}

/// Characters that must fit behind a line for its successor to start there.
fn first_word(line: &str) -> usize {
    let mut chars = line.chars();
    match chars.next() {
        // Scripts without spaces break anywhere.
        Some(c) if is_unspaced(c) => 0,
        // The space before it, and its first letter.
        Some(_) => 2 + chars.take_while(|c| !c.is_whitespace() && !is_unspaced(*c)).count(),
        None => 0,
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0eff}' | '\u{ff00}'..='\u{ffef}')
}

fn starts_block(line: &str, before: &str) -> bool {
    // A ruled line parts what stands above from what stands below.
    if [line, before].iter().any(|line| !line.chars().any(char::is_alphanumeric)) {
        return true;
    }
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

    /// A dump of a page by lynx: indents, bullets, numbered links, and addresses wider than the text.
    const DUMP: &str = "\
     * [1]Harbour
          o [2]Ferries and what they carry to the outer islands in winter
          o [3]Fog
   2031-11-02
     ____________________________________________________________
   The harbour at Wick was closed for a [4]third night on Tuesday as
   fog lay over the sound and the ferries stayed where they were,
   with some four hundred passengers asleep in the old fish market.

     * A temporary ferry will carry up to twelve vehicles at a time
       between six in the morning and ten at night, said the council.
     * Nobody was hurt.

References

   1. https://example.org/harbour/with-an-address-that-is-wider-than-the-text-and-stays-whole
   4. https://example.org/harbour/nights";

    #[test]
    fn dumps_are_joined_behind_indents_and_bullets() {
        let found = texts(DUMP);
        let starts: Vec<_> = found.iter().map(|text| text.split(' ').next().unwrap()).collect();
        assert_eq!(starts.len(), 11, "{found:#?}");
        let joined =
            |start: &str, end: &str| found.iter().any(|text| text.starts_with(start) && text.ends_with(end));
        assert!(joined("The harbour", "fish market.") && joined("* A temporary", "the council."));
        assert!(joined("o [2]Ferries", "in winter") && joined("2031", "02"), "{found:#?}");
        assert!(joined("1. https", "whole"), "{found:#?}");
    }

    #[test]
    fn short_paragraphs_stay_apart() {
        let raw = "The fog came in at six.\nThe ferries were told to wait at the pier.\nNobody complained.\nBy nine the hall was full of people asleep.";
        assert_eq!(texts(raw).len(), 4);
    }
}
