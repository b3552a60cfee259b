//! A line of a head that is all furniture: byline, date, reading time, in any order and mixture.
//!
//! A line is furniture only if every piece of it is accounted for; a sentence that holds a date is none.

use std::borrow::Cow;
use std::sync::LazyLock;

use hashbrown::HashSet;

use crate::byline::{self, Byline};
use crate::dates::{self, SlashOrder, Stamp};
use crate::names::{
    bare, is_known_place, is_organisation, is_role, looks_like_outlet, starts_with_given_name,
};
use crate::signed::{self, Signed, after_prefix};
use crate::vocabulary::{
    AUTHOR_PREFIXES, DATE_LABELS, FURNITURE, List, MODIFIED, PUBLISHED, RELATIVE_DAYS, RELATIVE_TIMES,
    WEEKDAYS, lower,
};
use crate::whence::stands_for_a_place;
use crate::wide;

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
    /// True if the name of a paper or what somebody is stands behind the names.
    pub beside: bool,
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
    let dated = furniture.published.is_some() || furniture.modified.is_some();
    for piece in pieces(&rest) {
        if is_label(piece.text) {
            furniture.timed |= says_when(piece.text);
            any |= furniture.timed;
            continue;
        }
        // `Erschienen im Heft vom: 3.12.2025`: what a colon leads to a date with is its label.
        if dated
            && piece.leads
            && piece.text.split_whitespace().count() <= 5
            && byline::read(piece.text).is_none()
        {
            continue;
        }
        any = true;
        if as_place(piece.text, &furniture) {
            furniture.place = Some(piece.text.to_owned());
            continue;
        }
        match byline::read(piece.text) {
            Some(byline) => add(byline, &mut furniture),
            // Behind `By Jane Doe |`, what she is or where.
            None if !furniture.authors.is_empty() && is_beside(piece.text, &furniture) => {
                furniture.beside = true;
            }
            None => return None,
        }
    }
    any.then_some(furniture)
}

/// True for what may stand behind a name and a bar: the paper, what somebody is.
fn is_beside(piece: &str, furniture: &Furniture) -> bool {
    let n_words = piece.split_whitespace().count();
    let known =
        furniture.authors.iter().any(|name| starts_with_given_name(name) || name.chars().any(wide::is_wide));
    let says = furniture.prefixed || is_role(piece) || looks_like_outlet(piece) || is_organisation(piece);
    n_words <= 6 && (says || (known && !piece.ends_with(['.', '?', '!'])))
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

/// `Ana Gil | Lisboa`: a town behind a bar.
fn as_place(piece: &str, furniture: &Furniture) -> bool {
    !furniture.authors.is_empty()
        && furniture.place.is_none()
        && stands_for_a_place(piece)
        && (is_known_place(piece) || !starts_with_given_name(piece))
        && !piece.chars().any(wide::is_wide)
}

/// Takes the dates out of `line`, a bar in place of each, with what the word before says of it.
fn without_dates(line: &str, order: SlashOrder, furniture: &mut Furniture) -> String {
    let mut rest = String::with_capacity(line.len());
    let mut from = 0;
    let found = dates::scan(line, order);
    for (idx, one) in found.iter().enumerate() {
        let before = line.get(from..one.start).unwrap_or_default();
        let next = found.get(idx + 1).map_or(line.len(), |next| next.start);
        let after = line.get(one.end..next).unwrap_or_default();
        let label = label(before, after, idx + 1 < found.len());
        let changed = says_modified(label) && !says_published(label);
        // `3 Dec 2025 (4 Dec 2025)`: a second date that nothing announces says nothing.
        let slot = if changed { &mut furniture.modified } else { &mut furniture.published };
        slot.get_or_insert(one.stamp);
        furniture.labelled |= changed || says_published(label);
        furniture.timed = true;
        rest.push_str(before);
        rest.push('|');
        from = one.end;
    }
    rest.push_str(line.get(from..).unwrap_or_default());
    rest
}

/// What says which date it is: the words before it, or behind it (`3 Dec 2025 (updated)`, `2025年12月3日 发布`).
fn label<'a>(before: &'a str, after: &'a str, is_followed: bool) -> &'a str {
    if says_modified(before) || says_published(before) {
        return before;
    }
    let end = after.find(['|', '•', '·', ';', '\n']).unwrap_or(after.len());
    let mine = after.get(..end).unwrap_or(after);
    // Without a bar between, the words before the next date are that date's.
    if is_followed && end == after.len() { before } else { mine }
}

/// The words of the last piece before a date.
fn label_words(before: &str) -> Vec<Cow<'_, str>> {
    let last = before.rsplit(['|', '•', '·', ';', '\n']).next().unwrap_or(before);
    last.split_whitespace().map(bare).collect()
}

fn says_modified(label: &str) -> bool {
    says(label, &[&MODIFIED])
}

fn says_published(label: &str) -> bool {
    // `Published and last updated` states the first.
    // `Date` says what kind of date it is only where nothing else does.
    says(label, &[&PUBLISHED]) || (says(label, &[&DATE_LABELS]) && !says(label, &[&MODIFIED]))
}

fn says(label: &str, lists: &[&List]) -> bool {
    let listed = |word: &str| lists.iter().any(|list| list.contains(word));
    label_words(label).iter().any(|word| {
        listed(word)
            || (word.chars().any(wide::is_wide)
                && word.char_indices().any(|(at, _)| {
                    let rest = word.get(at..).unwrap_or_default();
                    lists.iter().flat_map(|list| list.opening(rest)).any(|entry| rest.starts_with(entry))
                }))
    })
}

/// What stands between two bars.
struct Piece<'a> {
    text: &'a str,
    /// A colon and a date follow.
    leads: bool,
}

fn pieces(rest: &str) -> impl Iterator<Item = Piece<'_>> {
    let bars = ['|', '•', '·', '∙', '‧', '⋅', '\t', '\n', '—', '–', '»', '●', '¦', '｜'];
    rest.split_inclusive(bars)
        .flat_map(|piece| piece.split(" - "))
        .flat_map(|piece| piece.split(" / "))
        .flat_map(|piece| piece.split(" // "))
        .map(move |piece| {
            let leads = piece.strip_suffix('|').is_some_and(|piece| piece.trim_end().ends_with([':', '：']));
            let text = piece.trim_matches(|c: char| {
                c.is_whitespace()
                    || bars.contains(&c)
                    || matches!(c, ',' | ':' | '：' | '.' | '-' | '/' | ';' | '，' | '；')
            });
            let open = text.starts_with('(') || !text.contains('(');
            let text = if open { text.trim_matches(['(', ')', ' ']) } else { text };
            Piece { text: without_joiner(text), leads }
        })
        .filter(|piece| !piece.text.is_empty())
}

/// A piece without the small word that led to the date after it: `By Jane Doe on |`.
fn without_joiner(piece: &str) -> &str {
    let joins = |last: &str| {
        matches!(
            last,
            "on" | "am"
                | "le"
                | "el"
                | "il"
                | "den"
                | "at"
                | "um"
                | "op"
                | "em"
                | "vom"
                | "à"
                | "del"
                | "dnia"
                | "в"
                | "o"
                | "om"
        )
    };
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
    if piece.chars().any(wide::is_wide) {
        return wide::is_label(piece);
    }
    let mut n_words = 0;
    for word in piece.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, ':' | ',' | '.' | '(' | ')' | '：' | '~'));
        let lower = lower(word);
        let known = LABELS.contains(&*lower);
        if !word.is_empty() && !known && !is_number(word) && !is_counted(&lower) {
            return false;
        }
        n_words += 1;
    }
    n_words > 0
        && n_words <= 12
        && after_prefix(piece, &AUTHOR_PREFIXES).is_none_or(|rest| !rest.is_empty() && is_label(rest))
}

/// Every word that may stand beside a date.
static LABELS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lists = [&PUBLISHED, &MODIFIED, &DATE_LABELS, &FURNITURE, &WEEKDAYS, &RELATIVE_TIMES, &RELATIVE_DAYS];
    lists.into_iter().flat_map(|list| list.iter()).collect()
});

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
    if piece.chars().any(wide::is_wide) {
        let strong = ["前", "昨", "今", "刚", "更新", "发布", "分钟", "阅读", "시간", "전", "어제", "오늘"];
        return strong.iter().any(|word| piece.contains(word)) || says(piece, &[&PUBLISHED, &MODIFIED]);
    }
    let counts = piece.chars().any(char::is_numeric);
    let strong = |word: &str| {
        PUBLISHED.contains(word)
            || MODIFIED.contains(word)
            || TIME_WORDS.contains(&word)
            || is_counted(word)
            || is_numeric_day(word)
            || is_clock(word)
            || RELATIVE_DAYS.contains(word)
            || (counts && word.chars().count() > 2 && RELATIVE_TIMES.contains(word))
    };
    piece
        .split_whitespace()
        .map(|word| lower(word.trim_matches([':', ',', '.', '(', ')'])))
        .any(|word| strong(&word))
}

/// Words that are about time by themselves.
const TIME_WORDS: [&str; 66] = [
    "ago",
    "min",
    "mins",
    "minute",
    "minutes",
    "yesterday",
    "today",
    "hours",
    "vor",
    "hace",
    "há",
    "il",
    "fa",
    "geleden",
    "sedan",
    "siden",
    "sitten",
    "temu",
    "önce",
    "назад",
    "тому",
    "lesezeit",
    "lesedauer",
    "leestijd",
    "минут",
    "минуты",
    "минута",
    "мин",
    "хвилин",
    "хвилини",
    "uhr",
    "uur",
    "godz",
    "전",
    "gestern",
    "heute",
    "hier",
    "ayer",
    "hoy",
    "ontem",
    "hoje",
    "ieri",
    "oggi",
    "gisteren",
    "vandaag",
    "wczoraj",
    "dzisiaj",
    "dziś",
    "вчера",
    "сегодня",
    "вчора",
    "сьогодні",
    "igår",
    "idag",
    "minuten",
    "minutos",
    "minuti",
    "minut",
    "minuty",
    "heures",
    "horas",
    "stunden",
    "gmt",
    "utc",
    "mezt",
    "acum",
];

/// `14:05`.
fn is_clock(word: &str) -> bool {
    let is_two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    word.split_once([':', '.']).is_some_and(|(hour, minute)| is_two(hour) && is_two(minute))
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
    let named = format!("{line} ");
    let by = after_prefix(&named, &AUTHOR_PREFIXES).is_some_and(str::is_empty)
        || signed::read(&named) == Some(Signed::Author(""));
    let when = || {
        let words: Vec<Cow<'_, str>> = line.split_whitespace().map(bare).collect();
        let says = |word: &Cow<'_, str>| PUBLISHED.contains(word) || MODIFIED.contains(word);
        let known = |word: &Cow<'_, str>| FURNITURE.contains(word) || DATE_LABELS.contains(word);
        words.iter().any(says) && words.iter().all(|word| says(word) || known(word))
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
