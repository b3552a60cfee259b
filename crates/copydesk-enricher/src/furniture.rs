//! A line of a head that is all furniture: byline, date, reading time, in any order and mixture.
//!
//! A line is furniture only if every piece of it is accounted for; a sentence that holds a date is none.

use std::borrow::Cow;

use crate::byline::{self, Byline, after_prefix};
use crate::dates::{self, SlashOrder, Stamp};
use crate::names::bare;
use crate::vocabulary::{AUTHOR_PREFIXES, FURNITURE, MODIFIED, PUBLISHED, lower};

/// What a line of furniture says.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the line, and any of them may hold"
)]
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Furniture {
    pub authors: Vec<String>,
    pub place: Option<String>,
    pub published: Option<Stamp>,
    pub modified: Option<Stamp>,
    /// True if a word such as `by` says who wrote it, or what somebody else did.
    pub prefixed: bool,
    /// True if the authors are an organisation.
    pub organisation: bool,
    /// True if a word such as `published` stands before the date.
    pub labelled: bool,
    /// True if it says something of time: a date, `2 hours ago`, a reading time.
    pub timed: bool,
}

impl Furniture {
    /// True if it names somebody, or says that somebody is named.
    pub(crate) fn is_byline(&self) -> bool {
        self.prefixed || !self.authors.is_empty() || !self.timed
    }

    /// True if a word or a date says that it is furniture.
    pub(crate) fn is_sure(&self) -> bool {
        self.prefixed || self.timed
    }

    /// True if nothing but its form says that its words are a name.
    pub(crate) fn is_bare_name(&self) -> bool {
        !self.prefixed && !self.timed && !self.authors.is_empty()
    }
}

/// Reads a line, if all of it is furniture.
pub(crate) fn read(line: &str, order: SlashOrder) -> Option<Furniture> {
    if line.len() > 300 || line.split_whitespace().count() > 36 {
        return None;
    }
    let mut furniture = Furniture::default();
    let rest = without_dates(line, order, &mut furniture);
    let mut any = furniture.timed;
    for piece in pieces(&rest) {
        if is_label(piece) {
            furniture.timed |= says_when(piece);
            any |= furniture.timed;
            continue;
        }
        any = true;
        match byline::read(piece) {
            Some(byline) => add(byline, &mut furniture),
            // Behind `By Jane Doe |`, what she is or where.
            None if furniture.prefixed
                && !furniture.authors.is_empty()
                && piece.split_whitespace().count() <= 6 => {}
            None => return None,
        }
    }
    any.then_some(furniture)
}

fn add(byline: Byline, furniture: &mut Furniture) {
    if furniture.authors.is_empty() {
        furniture.organisation = byline.organisation;
        furniture.authors = byline.authors;
    } else if !byline.organisation && byline.prefixed {
        furniture.authors.extend(byline.authors);
    }
    furniture.prefixed |= byline.prefixed;
    furniture.place = furniture.place.take().or(byline.place);
}

/// Takes the dates out of `line`, a bar in place of each, with what the word before says of it.
fn without_dates(line: &str, order: SlashOrder, furniture: &mut Furniture) -> String {
    let mut rest = String::with_capacity(line.len());
    let mut from = 0;
    for found in dates::scan(line, order) {
        let before = line.get(from..found.start).unwrap_or_default();
        let slot = if says_modified(before) && !says_published(before) {
            &mut furniture.modified
        } else {
            &mut furniture.published
        };
        slot.get_or_insert(found.stamp);
        furniture.labelled |= says_published(before) || says_modified(before);
        furniture.timed = true;
        rest.push_str(before);
        rest.push('|');
        from = found.end;
    }
    rest.push_str(line.get(from..).unwrap_or_default());
    rest
}

/// The words of the last piece before a date.
fn label_words(before: &str) -> Vec<Cow<'_, str>> {
    let last = before.rsplit(['|', '•', '·', ';', '\n']).next().unwrap_or(before);
    last.split_whitespace().map(bare).collect()
}

fn says_modified(before: &str) -> bool {
    label_words(before).iter().any(|word| MODIFIED.contains(word))
}

fn says_published(before: &str) -> bool {
    // `Published and last updated` states the first.
    label_words(before).iter().any(|word| PUBLISHED.contains(word))
}

fn pieces(rest: &str) -> impl Iterator<Item = &str> {
    rest.split(['|', '•', '·', '∙', '‧', '⋅', '\t', '\n', '—', '–', '»', '●', '¦'])
        .flat_map(|piece| piece.split(" - "))
        .flat_map(|piece| piece.split(" / "))
        .flat_map(|piece| piece.split(" // "))
        .map(|piece| {
            piece.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ':' | '.' | '-' | '/' | '(' | ')')
            })
        })
        .map(without_joiner)
        .filter(|piece| !piece.is_empty())
}

/// A piece without the small word that led to the date after it: `By Jane Doe on |`.
fn without_joiner(piece: &str) -> &str {
    let joins = |last: &str| matches!(last, "on" | "am" | "le" | "el" | "il" | "den" | "at" | "um");
    let labels = |last: &str| PUBLISHED.contains(last) || MODIFIED.contains(last);
    match piece.rsplit_once(' ') {
        Some((rest, last)) if rest.contains(' ') => {
            let last = lower(last);
            if joins(&last) || labels(&last) { rest.trim_end_matches([' ', ',']) } else { piece }
        }
        _ => piece,
    }
}

/// Words and numbers that go with dates: `Published:`, `2 hours ago`, `5 min read`, `14:05 Uhr`.
fn is_label(piece: &str) -> bool {
    let is_number = |word: &str| {
        word.chars().any(char::is_numeric) && word.chars().all(|c| c.is_numeric() || ":.,+/-h".contains(c))
    };
    let mut n_words = 0;
    for word in piece.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, ':' | ',' | '.' | '(' | ')' | '：' | '~'));
        let lower = lower(word);
        let known = [&PUBLISHED, &MODIFIED, &FURNITURE].iter().any(|list| list.contains(&lower));
        if !word.is_empty() && !known && !is_number(word) && !is_counted(&lower) {
            return false;
        }
        n_words += 1;
    }
    n_words > 0
        && n_words <= 12
        && after_prefix(piece, &AUTHOR_PREFIXES).is_none_or(|rest| !rest.is_empty() && is_label(rest))
}

/// `5min`, `2h`, `3분`, `2小时前`.
fn is_counted(word: &str) -> bool {
    let unit = word.trim_start_matches(char::is_numeric);
    unit.len() < word.len()
        && matches!(
            unit,
            "min"
                | "mins"
                | "h"
                | "m"
                | "d"
                | "分"
                | "分前"
                | "時間前"
                | "分钟前"
                | "小时前"
                | "天前"
                | "분"
                | "시간"
                | "일"
                | "th"
                | "st"
                | "nd"
                | "rd"
                | "-minute"
                | "-min"
        )
}

/// True for a label that is about time, not only made of small words.
fn says_when(piece: &str) -> bool {
    let strong = |word: &str| {
        PUBLISHED.contains(word)
            || MODIFIED.contains(word)
            || matches!(
                word,
                "ago"
                    | "min"
                    | "mins"
                    | "minute"
                    | "minutes"
                    | "yesterday"
                    | "today"
                    | "hours"
                    | "vor"
                    | "hace"
                    | "há"
                    | "il"
                    | "geleden"
                    | "sedan"
                    | "siden"
                    | "sitten"
                    | "temu"
                    | "önce"
                    | "назад"
                    | "lesezeit"
                    | "lesedauer"
                    | "leestijd"
                    | "минут"
                    | "минуты"
                    | "хвилин"
                    | "хвилини"
                    | "uhr"
                    | "전"
            )
            || is_counted(word)
            || is_numeric_day(word)
    };
    piece
        .split_whitespace()
        .map(|word| lower(word.trim_matches([':', ',', '.', '(', ')'])))
        .any(|word| strong(&word))
}

/// `03/12/2025`: a day, though nobody can say which.
fn is_numeric_day(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    let digits =
        |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits) && parts.last().is_some_and(|year| year.len() == 4)
}

/// True for a line that only announces the next: `Written by`, `Posted on`.
pub(crate) fn announces(line: &str) -> bool {
    let line = line.trim().trim_end_matches(':');
    if line.is_empty() || line.len() > 40 {
        return false;
    }
    let by = after_prefix(&format!("{line} "), &AUTHOR_PREFIXES).is_some_and(str::is_empty);
    let when = || {
        let words: Vec<Cow<'_, str>> = line.split_whitespace().map(bare).collect();
        let says = |word: &Cow<'_, str>| PUBLISHED.contains(word) || MODIFIED.contains(word);
        words.iter().any(says) && words.iter().all(|word| says(word) || FURNITURE.contains(word))
    };
    by || when()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> (Vec<String>, Option<String>, Option<String>) {
        let read = read(text, SlashOrder::Unknown).unwrap_or_else(|| panic!("not furniture: {text}"));
        (read.authors, read.published.map(Stamp::text), read.modified.map(Stamp::text))
    }

    #[test]
    fn reads_mixed_lines() {
        for (text, authors, published, modified) in [
            ("By Jane Doe | December 3, 2025", vec!["Jane Doe"], Some("2025-12-03"), None),
            ("Jane Doe • 3 Dec 2025 • 5 min read", vec!["Jane Doe"], Some("2025-12-03"), None),
            ("JANE DOE | STAFF WRITER", vec!["JANE DOE"], None, None),
            ("Published: 3 December 2025, 14:05 GMT", vec![], Some("2025-12-03T14:05:00Z"), None),
            ("Published 3 Dec 2025 Updated 4 Dec 2025", vec![], Some("2025-12-03"), Some("2025-12-04")),
            ("Last updated on December 4, 2025", vec![], None, Some("2025-12-04")),
            ("Updated 2 hours ago", vec![], None, None),
            ("Wednesday, December 3, 2025 at 9:00 AM", vec![], Some("2025-12-03"), None),
            ("By Jane Doe, December 3, 2025", vec!["Jane Doe"], Some("2025-12-03"), None),
            ("Posted on December 3, 2025 by Jane Doe", vec!["Jane Doe"], Some("2025-12-03"), None),
            ("Von Anna Müller, 3. Dezember 2025, 14:05 Uhr", vec!["Anna Müller"], Some("2025-12-03"), None),
            (
                "Publié le 3 décembre 2025 à 14h05, mis à jour le 4 décembre 2025",
                vec![],
                Some("2025-12-03"),
                Some("2025-12-04"),
            ),
            ("Stand: 03.12.2025, 14:05 Uhr", vec![], Some("2025-12-03"), None),
            ("5 min read", vec![], None, None),
            ("03/12/2025 - Jane Doe", vec!["Jane Doe"], None, None),
            ("发布时间：2025年12月3日", vec![], Some("2025-12-03"), None),
        ] {
            // The ambiguous day is no date, and so the line is not furniture at all.
            if text.starts_with("03/12") {
                assert!(read(text, SlashOrder::Unknown).is_none_or(|read| read.published.is_none()));
                continue;
            }
            let authors: Vec<String> = authors.into_iter().map(str::to_owned).collect();
            assert_eq!(
                line(text),
                (authors, published.map(str::to_owned), modified.map(str::to_owned)),
                "{text}"
            );
        }
    }

    #[test]
    fn sentences_are_no_furniture() {
        for text in [
            "The talks began on December 3, 2025, in Moscow.",
            "Rain fell.",
            "Brief",
            "Opening the door",
            "",
            "12",
            "The last day",
            "Why the deal failed",
            "1. Updated guidance for schools",
        ] {
            assert_eq!(read(text, SlashOrder::Unknown), None, "{text}");
        }
    }
}
