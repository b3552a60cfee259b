//! The words before a name that say what somebody did: `Words by`, `Eine Reportage von`, `撰文：`.
//!
//! Phrases that stand alone are listed; the others are put together from what was done and a word for `by` or a
//! colon, so that a language needs some nouns and not every phrase.

use std::sync::LazyLock;

use hashbrown::HashSet;

use crate::names::bare;
use crate::vocabulary::{AND, AUTHOR_PREFIXES, BY, List, OTHER_CREDITS, OTHER_WORKS, WORKS, lower};

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed<'a> {
    /// Somebody wrote it; the rest of the text names them.
    Author(&'a str),
    /// Somebody did something else for it.
    Other,
}

/// Words of a phrase before a name, at most.
const MAX_WORDS: usize = 6;
/// Before a noun.
const ARTICLES: [&str; 28] = [
    "a", "an", "the", "our", "ein", "eine", "der", "die", "das", "unser", "unsere", "un", "une", "le", "la",
    "les", "notre", "una", "il", "lo", "el", "um", "uma", "een", "het", "onze", "en", "ett",
];

/// The words that a phrase before a name begins with.
static OPENERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let phrases =
        OTHER_CREDITS.iter().chain(AUTHOR_PREFIXES.iter()).chain(OTHER_WORKS.iter()).chain(WORKS.iter());
    phrases.filter_map(|phrase| phrase.split(ENDS).next()).chain(ARTICLES).collect()
});

/// What may stand behind a word.
const ENDS: [char; 5] = [' ', '\u{a0}', ':', '：', ','];

/// True if [`read`] may find something: most words open no such phrase, which one look tells.
pub(crate) fn may_open(text: &str) -> bool {
    let word = text.split(ENDS).next().unwrap_or_default();
    // Scripts without spaces have longer first words than their phrases.
    OPENERS.contains(&*lower(word))
        || OPENERS.contains(&*bare(word))
        || word.chars().any(is_wide)
        || word.contains(['/', '／', '=', '＝'])
}

/// What the start of `text` says of the names that follow.
pub(crate) fn read(text: &str) -> Option<Signed<'_>> {
    if after_prefix(text, &OTHER_CREDITS).is_some() {
        return Some(Signed::Other);
    }
    let mut rest = text;
    let mut signed = false;
    // `Text: Von Jane Doe`
    for _ in 0..3 {
        match composed(rest) {
            Some(Signed::Author(inner)) if inner.len() < rest.len() => {
                (rest, signed) = (inner, true);
                continue;
            }
            Some(Signed::Other) if !signed => return Some(Signed::Other),
            _ => {}
        }
        match after_prefix(rest, &AUTHOR_PREFIXES) {
            Some(inner) if inner.len() < rest.len() => (rest, signed) = (inner, true),
            _ => break,
        }
    }
    signed.then_some(Signed::Author(rest))
}

/// True if a noun or a participle says what was done: `Reporting by`, not `By`.
pub(crate) fn says_what(text: &str) -> bool {
    matches!(composed(text), Some(Signed::Author(_)))
        || text.split([' ', ':', '：']).next().is_some_and(|word| WORKS.contains(&bare(word)))
        || ["记者", "記者", "기자"].iter().any(|word| text.contains(word))
}

/// `Story by`, `Texte et photos :`, `Reportagem de`: at least one word for what was done, and a word for `by`
/// behind it or a colon.
fn composed(text: &str) -> Option<Signed<'_>> {
    let (mut rest, mut n_works, mut n_others) = (text, 0, 0);
    let mut by = false;
    for n_words in 0..MAX_WORDS {
        let trimmed = rest.trim_start();
        let word = trimmed.split([' ', '\u{a0}', ':', '：']).next().unwrap_or_default();
        if word.is_empty() {
            break;
        }
        let (known, after) = (bare(word), trimmed.get(word.len()..)?);
        let colon = after.trim_start().starts_with([':', '：']);
        if OTHER_WORKS.contains(&known) {
            n_others += 1;
        } else if WORKS.contains(&known) {
            n_works += 1;
        } else if (n_works + n_others > 0) && BY.contains(&lower(word)) {
            by = true;
            rest = after;
            break;
        } else if !(ARTICLES.contains(&&*lower(word)) && n_words < 2
            || AND.contains(&lower(word)) && n_works + n_others > 0)
        {
            break;
        }
        rest = after;
        if colon {
            by = n_works + n_others > 0;
            break;
        }
    }
    if !by {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：'));
    // `Words and photos by` wrote it; `Additional reporting by` did not.
    let starts_other = text.split_whitespace().next().is_some_and(|word| OTHER_WORKS.contains(&bare(word)));
    if n_works == 0 || (starts_other && n_others >= n_works && !text.contains(['&', '+']) && is_help(text)) {
        return Some(Signed::Other);
    }
    Some(Signed::Author(rest))
}

/// True for help with what another wrote.
fn is_help(text: &str) -> bool {
    let first = text.split_whitespace().next().map(bare).unwrap_or_default();
    !matches!(
        &*first,
        "photos" | "photo" | "pictures" | "fotos" | "foto" | "bilder" | "video" | "фото" | "zdjęcia"
    )
}

/// What follows the first of `prefixes` that `text` starts with.
pub(crate) fn after_prefix<'a>(text: &'a str, prefixes: &List) -> Option<&'a str> {
    after_any(text, prefixes.opening(text))
}

/// As [`after_prefix`].
pub(crate) fn after_any<'a, 'b>(text: &'a str, prefixes: impl Iterator<Item = &'b str>) -> Option<&'a str> {
    let mut longest: Option<&str> = None;
    for prefix in prefixes {
        let Some(rest) = strip_prefix_any_case(text, prefix) else { continue };
        let closed = prefix.ends_with([':', '：', '/', '／', '=', '＝', ' ']) || prefix.chars().any(is_wide);
        let apart = rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | '：'));
        if (closed || apart) && longest.is_none_or(|known| rest.len() < known.len()) {
            longest = Some(rest);
        }
    }
    longest.map(|rest| rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：')))
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// `text` without `prefix`, which is in lower case.
pub(crate) fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in prefix.chars() {
        let c = rest.next()?;
        let same = if c.is_ascii() {
            c == expected || c.to_ascii_lowercase() == expected
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
    fn knows_who_wrote_and_who_helped() {
        for (text, name) in [
            ("Story by Jane Doe", "Jane Doe"),
            ("A report by Jane Doe", "Jane Doe"),
            ("Words and photos by Jane Doe", "Jane Doe"),
            ("Eine Reportage von Anna Müller", "Anna Müller"),
            ("Propos recueillis par Luc Petit", "Luc Petit"),
            ("Texte et photos : Luc Petit", "Luc Petit"),
            ("Reportagem de Ana Gil", "Ana Gil"),
            ("Opracowanie: Jan Kowalski", "Jan Kowalski"),
            ("Материал подготовил Иван Петров", "Иван Петров"),
        ] {
            assert_eq!(read(text), Some(Signed::Author(name)), "{text}");
        }
        for text in [
            "Photographs by Jane Doe",
            "Additional reporting by Jane Doe",
            "Fotos: Anna Müller",
            "Illustration : Luc Petit",
            "Traducción de Ana Gil",
            "Edited by Jane Doe",
        ] {
            assert_eq!(read(text), Some(Signed::Other), "{text}");
        }
        for text in ["Story time", "Jane Doe", "Report on fishing", "Analysis", "Text"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
