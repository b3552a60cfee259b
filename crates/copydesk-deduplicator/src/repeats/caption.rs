//! The words of a caption without its furniture: `Image caption`, `Hide caption`, the photographer's credit.
//!
//! Copies of a caption differ in these more than in anything else.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Before a caption, in lower case.
const BEFORE: [&str; 22] = [
    "image caption",
    "photo caption",
    "picture caption",
    "toggle caption",
    "hide caption",
    "caption:",
    "image:",
    "images:",
    "photo:",
    "photos:",
    "photograph:",
    "picture:",
    "figure:",
    "bild:",
    "foto:",
    "legende:",
    "légende :",
    "légende:",
    "pie de foto:",
    "legenda:",
    "didascalia:",
    "in this image:",
];

/// After a caption, in lower case.
const AFTER: [&str; 16] = [
    "hide caption",
    "toggle caption",
    "show caption",
    "enlarge this image",
    "enlarge image",
    "enlarge",
    "click to enlarge",
    "view image in fullscreen",
    "view full size",
    "view larger image",
    "open image in gallery",
    "image in fullscreen",
    "bild vergrößern",
    "agrandir l'image",
    "ampliar imagen",
    "ampliar foto",
];

/// What opens a credit at the end, in lower case.
const CREDITS: [&str; 27] = [
    "photo:",
    "photos:",
    "photo by",
    "photo credit:",
    "photograph:",
    "photograph by",
    "photographs:",
    "credit:",
    "credits:",
    "image:",
    "images:",
    "image credit:",
    "picture:",
    "pictures:",
    "source:",
    "foto:",
    "fotos:",
    "bild:",
    "crédit :",
    "crédit:",
    "crédits",
    "© ",
    "©",
    "| ",
    " /",
    "(c) ",
    "courtesy of",
];

/// [`CREDITS`], all at once. Case is folded in ASCII alone: elsewhere it may change lengths.
static CREDIT_MARKS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // The patterns are constants, far below the limits of the library.
    let marks = AhoCorasick::builder().ascii_case_insensitive(true).build(CREDITS);
    marks.unwrap_or_else(|error| unreachable!("marks of credits: {error}"))
});

/// What is left of a line without furniture, and whether there was any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Core<'a> {
    pub text: &'a str,
    pub furnished: bool,
}

/// Takes the furniture off both ends, as long as most of the line is left.
pub(super) fn core(line: &str) -> Core<'_> {
    let mut text = line.trim();
    for _ in 0..3 {
        let shorter = without_credit(without_after(without_before(text)));
        if shorter.len() == text.len() {
            break;
        }
        // A line that is all furniture is compared as it stands.
        if shorter.split_whitespace().count() < 3 {
            break;
        }
        text = shorter;
    }
    Core { text, furnished: text.len() < line.trim().len() }
}

/// True for bytes that one of the texts begins with, in either case.
const fn first_bytes<const N: usize>(texts: [&str; N]) -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut idx = 0;
    while idx < N {
        let first = texts[idx].as_bytes()[0];
        bytes[first as usize] = true;
        bytes[first.to_ascii_uppercase() as usize] = true;
        idx += 1;
    }
    bytes
}

/// As [`first_bytes`], for the last byte.
const fn last_bytes<const N: usize>(texts: [&str; N]) -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut idx = 0;
    while idx < N {
        let text = texts[idx].as_bytes();
        let last = text[text.len() - 1];
        bytes[last as usize] = true;
        bytes[last.to_ascii_uppercase() as usize] = true;
        idx += 1;
    }
    bytes
}

/// What counted pictures begin with, in lower case.
const COUNTED: [&str; 6] = ["photo ", "image ", "picture ", "slide ", "foto ", "bild "];

static OPENS_BEFORE: [bool; 256] = first_bytes(BEFORE);
static OPENS_COUNTED: [bool; 256] = first_bytes(COUNTED);
static ENDS_AFTER: [bool; 256] = last_bytes(AFTER);

fn without_before(text: &str) -> &str {
    // Hardly a line begins with such a letter. (No character folds to an ASCII letter from beyond but K and I.)
    let Some(&first) = text.as_bytes().first() else { return text };
    if first.is_ascii() && !OPENS_BEFORE[usize::from(first)] && !OPENS_COUNTED[usize::from(first)] {
        return text;
    }
    for mark in BEFORE {
        let Some(rest) = strip_prefix(text, mark) else { continue };
        if mark.ends_with(':') || rest.starts_with([' ', ':']) {
            return rest.trim_start_matches([' ', ':']);
        }
    }
    counted(text).unwrap_or(text)
}

/// `Photo 1 of 5: …`, `Image 2/7 …`
fn counted(text: &str) -> Option<&str> {
    let rest = COUNTED.iter().find_map(|mark| strip_prefix(text, mark))?;
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = rest.get(Some(digits(rest)).filter(|n| *n > 0)?..)?;
    let rest = [" of ", "/", " / ", " von ", " de ", " sur "].iter().find_map(|of| rest.strip_prefix(of))?;
    let rest = rest.get(Some(digits(rest)).filter(|n| *n > 0)?..)?;
    Some(rest.trim_start_matches([':', ' ', '.', '-']))
}

fn without_after(text: &str) -> &str {
    let Some(&last) = text.as_bytes().last() else { return text };
    if last.is_ascii() && !ENDS_AFTER[usize::from(last)] {
        return text;
    }
    for mark in AFTER {
        let Some(at) = text.len().checked_sub(mark.len()) else { continue };
        let (Some(rest), Some(tail)) = (text.get(..at), text.get(at..)) else { continue };
        if rest.ends_with([' ', '.', ')', '|']) && tail.chars().flat_map(char::to_lowercase).eq(mark.chars())
        {
            return rest.trim_end();
        }
    }
    text
}

fn without_credit(text: &str) -> &str {
    let bare = text.trim_end_matches(['.', ' ', '…']);
    if bare.ends_with([')', ']'])
        && let Some(at) = bare.rfind(['(', '['])
        && is_credit_at(text, at)
        && bare.get(at + 1..).is_some_and(|note| names_somebody(note) || !text.contains(char::is_uppercase))
        && let Some(rest) = text.get(..at)
    {
        return rest.trim_end();
    }
    let Some(tail) = text.get(tail_from(text)..) else { return text };
    if !may_hold_credit(tail) {
        return text;
    }
    let tail_from = text.len() - tail.len();
    // The last place of each mark.
    let mut places = [None; CREDITS.len()];
    for found in CREDIT_MARKS.find_overlapping_iter(tail) {
        if let Some(place) = places.get_mut(found.pattern().as_usize()) {
            *place = (*place).max(Some(tail_from + found.start()));
        }
    }
    let at = CREDITS.iter().zip(places).filter_map(|(mark, at)| {
        let at = at?;
        let touches = text.get(..at).is_some_and(|head| head.ends_with(|c: char| c.is_alphanumeric()));
        let opens = !mark.starts_with(char::is_alphabetic) || !touches;
        // ` /`: the slash of `and / or` has a space after it.
        let slash_ok =
            *mark != " /" || text.get(at + 2..).is_some_and(|rest| rest.starts_with(char::is_uppercase));
        (opens && slash_ok && is_credit_at(text, at)).then_some(at)
    });
    match at.min() {
        Some(at) => text.get(..at).unwrap_or(text).trim_end(),
        None => text,
    }
}

/// Where the last eighty characters begin.
fn tail_from(text: &str) -> usize {
    const TAIL: usize = 80;
    let from = text.len().saturating_sub(TAIL);
    if text.as_bytes().get(from..).is_some_and(<[u8]>::is_ascii) {
        return from;
    }
    text.char_indices().rev().map(|(at, _)| at).nth(TAIL - 1).unwrap_or(0)
}

/// False if none of [`CREDITS`] stands in `tail`: each holds one of these signs, a character beyond ASCII, or one
/// of the pairs `by`, `sy` and `(c`.
fn may_hold_credit(tail: &str) -> bool {
    let bytes = tail.as_bytes();
    // Without a way out of the loop the compiler takes many bytes at once.
    let is_sign = |byte: u8| matches!(byte, b':' | b'|' | b'/') || !byte.is_ascii();
    let signs = bytes.iter().fold(false, |any, &byte| any | is_sign(byte));
    let behind = bytes.get(1..).unwrap_or(&[]);
    let is_pair = |one: u8, next: u8| {
        let by = next | 0x20 == b'y' && (one | 0x20 == b'b' || one | 0x20 == b's');
        by || one == b'(' && next | 0x20 == b'c'
    };
    signs || bytes.iter().zip(behind).fold(false, |any, (&one, &next)| any | is_pair(one, next))
}

/// True for `Anna Keller/AP)`, not for `fixed)`. (A line without a large letter says nothing of names.)
fn names_somebody(note: &str) -> bool {
    note.starts_with(char::is_uppercase) || note.contains('/')
}

/// A credit stands in the second half, and is short.
fn is_credit_at(text: &str, at: usize) -> bool {
    let n_words = text.get(at..).map_or(0, |tail| tail.split_whitespace().count());
    at * 5 >= text.len() * 2 && n_words <= 9
}

fn strip_prefix<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in mark.chars() {
        let c = rest.next()?;
        let same = if c.is_ascii() {
            c.to_ascii_lowercase() == expected
        } else {
            c == expected || c.to_lowercase().eq(std::iter::once(expected))
        };
        if !same {
            return None;
        }
    }
    Some(rest.as_str())
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

    #[test]
    fn takes_off_furniture() {
        let bare = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.";
        for line in [
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. (Anna Keller/AP)",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Photo: Anna Keller",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. | Anna Keller/Getty Images",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. © Anna Keller",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. /Anna Keller/Pool via Reuters",
            "Image: Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
            "Photo 1 of 5: Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
            "Toggle caption Shoppers wait for news near the river in Oslo on Monday, May 4, 2020.",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020. Anna Keller/AP hide caption",
        ] {
            let core = core(line);
            assert!(core.furnished, "{line}");
            assert!(core.text.starts_with(bare), "{line}: {}", core.text);
        }
        for line in [
            bare,
            "(Anna Keller/AP)",
            "",
            "Terms and / or rules",
            "He asked (twice) for more and then he left the room for good",
        ] {
            assert_eq!(core(line), Core { text: line, furnished: false });
        }
    }
}
