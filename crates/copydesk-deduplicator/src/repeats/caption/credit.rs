//! Who made a picture, at the end of its caption.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::marks::{AGENCIES, CREDITS};

/// Characters from the end within which a credit begins.
const TAIL: usize = 80;
/// Words of a credit.
const MAX_WORDS: usize = 9;
/// Words of a credit that no word announces.
const MAX_BARE_WORDS: usize = 6;

/// [`CREDITS`], all at once. Case is folded in ASCII alone: elsewhere it may change lengths, so the marks of other
/// letters are there as they begin a line, too, and in capitals.
static CREDIT_MARKS: LazyLock<(AhoCorasick, Vec<String>)> = LazyLock::new(|| {
    let mut marks = Vec::new();
    for mark in CREDITS {
        marks.push((*mark).to_owned());
        if !mark.is_ascii() {
            let mut chars = mark.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            marks.push(first.chain(chars).collect());
            marks.push(mark.to_uppercase());
        }
    }
    // The patterns are constants, far below the limits of the library.
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(&marks);
    (search.unwrap_or_else(|error| unreachable!("marks of credits: {error}")), marks)
});

pub(super) fn without_credit(text: &str) -> &str {
    let at = in_brackets(text).or_else(|| marked(text)).or_else(|| bare(text));
    at.and_then(|at| text.get(..at)).map_or(text, str::trim_end)
}

/// Where `(Anna Keller/AP)` begins.
fn in_brackets(text: &str) -> Option<usize> {
    const OPEN: [char; 4] = ['(', '[', '（', '［'];
    let line = text.trim_end_matches(['.', ' ', '…', '。']);
    if !line.ends_with([')', ']', '）', '］']) {
        return None;
    }
    let at = line.rfind(OPEN)?;
    let note = line.get(at..)?.trim_matches(|c| OPEN.contains(&c) || matches!(c, ')' | ']' | '）' | '］'));
    // `(Day 2)` tells two captions apart.
    let names = !note.contains(char::is_numeric) && (names_somebody(note) || !has_capitals(text));
    (names && is_credit_at(text, at)).then_some(at)
}

/// True for `Anna Keller/AP` and `photo: Anna Keller`, not for `fixed`.
fn names_somebody(note: &str) -> bool {
    let last = note.rsplit(char::is_whitespace).next().unwrap_or(note);
    note.starts_with(char::is_uppercase)
        || last.starts_with(char::is_uppercase)
        || note.contains(['/', ':', '：', '=', '©'])
}

/// False for a line in small letters, which says nothing of names; a line in a script that has no capitals has them
/// nowhere to miss.
fn has_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) || !text.contains(char::is_lowercase)
}

/// Where `Photo: Anna Keller` begins.
fn marked(text: &str) -> Option<usize> {
    let tail = text.get(tail_from(text)..)?;
    if !may_hold_credit(tail) {
        return None;
    }
    let tail_from = text.len() - tail.len();
    let (search, marks) = &*CREDIT_MARKS;
    let places = search.find_overlapping_iter(tail).filter_map(|found| {
        let (at, mark) = (tail_from + found.start(), marks.get(found.pattern().as_usize())?);
        let touches = text.get(..at)?.ends_with(|c: char| c.is_alphanumeric());
        // Words in scripts without spaces touch what stands before them.
        let opens = !touches || !mark.starts_with(|c: char| c.is_alphabetic() && !is_unspaced(c));
        // ` /`: the slash of `and / or` has a space after it.
        let behind = text.get(tail_from + found.end()..)?;
        let slash_ok = mark != " /" || behind.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
        (opens && slash_ok && is_credit_at(text, at)).then_some(at)
    });
    places.min()
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Where `Anna Keller/AP` begins, behind a sentence: names with a slash between them, or an agency's.
fn bare(text: &str) -> Option<usize> {
    let line = text.trim_end_matches(['.', ' ']);
    let by_agency = AGENCIES.iter().any(|agency| line.ends_with(agency));
    let tail = line.get(tail_from(line)..)?;
    if !by_agency && !tail.contains('/') {
        return None;
    }
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | '。' | '"' | '”' | '»' | '।' | '؟');
    let end_of_sentence = |(at, _): &(usize, &str)| tail.get(..*at).is_some_and(|head| head.ends_with(ends));
    let (at, _) = tail.rmatch_indices(' ').find(end_of_sentence)?;
    let at = line.len() - tail.len() + at;
    let note = line.get(at..)?.trim_matches([' ', '-', '–', '—']);
    let is_name = |text: &str| {
        let word = text.split_whitespace().next_back().unwrap_or("");
        word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
    };
    let signed = note.split_once('/').is_some_and(|(name, agency)| is_name(name) && is_name(agency));
    let short = note.split_whitespace().count() <= MAX_BARE_WORDS && !note.contains(char::is_numeric);
    (short && (signed || by_agency) && is_credit_at(text, at)).then_some(at)
}

/// Where the last eighty characters begin.
fn tail_from(text: &str) -> usize {
    let from = text.len().saturating_sub(TAIL);
    if text.as_bytes().get(from..).is_some_and(<[u8]>::is_ascii) {
        return from;
    }
    text.char_indices().rev().map(|(at, _)| at).nth(TAIL - 1).unwrap_or(0)
}

/// False if none of [`CREDITS`] stands in `tail`: each holds one of these signs, a character beyond ASCII, or one
/// of the pairs `by`, `sy`, `t.` and `(c`.
fn may_hold_credit(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    // Without a way out of the loop the compiler takes many bytes at once.
    let is_sign = |byte: u8| matches!(byte, b':' | b'|' | b'/') || !byte.is_ascii();
    let signs = bytes.iter().fold(false, |any, &byte| any | is_sign(byte));
    let behind = bytes.get(1..).unwrap_or(&[]);
    let is_pair = |one: u8, next: u8| {
        let by = next | 0x20 == b'y' && (one | 0x20 == b'b' || one | 0x20 == b's');
        by || (one == b'(' && next | 0x20 == b'c') || (one | 0x20 == b't' && next == b'.')
    };
    signs || bytes.iter().zip(behind).fold(false, |any, (&one, &next)| any | is_pair(one, next))
}

/// A credit stands in the second half, and is short.
fn is_credit_at(text: &str, at: usize) -> bool {
    let Some(tail) = text.get(at..) else { return false };
    // Scripts without spaces have few words.
    let n_words = tail.split_whitespace().count();
    at * 5 >= text.len() * 2 && n_words <= MAX_WORDS && tail.len() <= 3 * TAIL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_credit_may_be_one() {
        for mark in CREDITS {
            assert!(may_hold_credit(mark) && may_hold_credit(&mark.to_uppercase()), "{mark}");
        }
        assert!(!may_hold_credit("The harbour was closed on Tuesday after a crane fell."));
    }
}
