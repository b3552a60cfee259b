//! Dates in running text, as precise as they are written.

use copydesk_core::{Mention, MentionKind, Span};
use jiff::civil::Date;

use super::Habits;
use crate::dates::{self, month_by_hash};
use crate::text::{Flags, Text, Word};

/// Bytes before a number that may belong to its date, and behind it.
const BEFORE: usize = 40;
const BEHIND: usize = 48;

/// Words that a year follows: without one, four digits may be anything.
const BEFORE_YEARS: [&str; 38] = [
    "in",
    "since",
    "from",
    "until",
    "by",
    "en",
    "depuis",
    "dès",
    "im",
    "jahr",
    "seit",
    "ab",
    "desde",
    "hasta",
    "año",
    "dal",
    "nel",
    "del",
    "em",
    "sinds",
    "w",
    "od",
    "roku",
    "rok",
    "в",
    "с",
    "году",
    "до",
    "у",
    "з",
    "sedan",
    "år",
    "siden",
    "vuonna",
    "yılında",
    "de",
    "année",
    "year",
];

/// The date of which the number `at` is the first: a whole day, a month with its year, or a day without a year. It
/// starts at `free` or behind it.
pub(super) fn at(text: &Text<'_>, at: usize, habits: Habits<'_>, free: usize) -> Option<Mention> {
    let word = text.words.get(at)?;
    let raw = text.raw;
    let named = [at.checked_sub(1), Some(at + 1), at.checked_sub(2), Some(at + 2), Some(at + 3)];
    let near = |idx: Option<usize>| {
        text.words.get(idx?).filter(|near| near.start().abs_diff(word.start()) <= BEFORE)
    };
    let months = named
        .into_iter()
        .filter_map(near)
        .filter_map(|near| Some((near, month_of(near, raw, habits.language)?)));
    let month = months.min_by_key(|(near, _)| near.start().abs_diff(word.start()));
    let is_numeric = looks_numeric(raw.get(word.start()..)?);
    if month.is_none() && !is_numeric {
        return None;
    }
    whole(text, at, habits, free).or_else(|| {
        let (near, month) = month?;
        part(text, word, near, month, habits)
    })
}

/// `2025`, where a word before it says that this is a year.
pub(super) fn year(text: &Text<'_>, at: usize, language: &str) -> Option<Mention> {
    let word = text.words.get(at)?;
    let shown = word.text(text.raw);
    let is_year = shown.len() == 4 && shown.parse().is_ok_and(|year: u16| (1500..=2100).contains(&year));
    let before = text.words.get(at.checked_sub(1)?)?;
    let gap = text.raw.get(before.end()..word.start())?;
    let before = before.text(text.raw).to_lowercase();
    let fits = !language.is_empty() && gap == " " && BEFORE_YEARS.contains(&before.as_str());
    let after = text.raw.get(word.end()..)?.chars().next();
    let ends = after.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '–' | '/' | '%'));
    let span = Span::new(text.raw, word.start(), word.end())?;
    (is_year && fits && ends).then(|| mention(shown.to_owned(), span))
}

fn mention(value: String, span: Span) -> Mention {
    Mention { kind: MentionKind::Date, value, unit: None, span }
}

fn month_of(word: &Word, raw: &str, language: &str) -> Option<i8> {
    // `out` is October in Portuguese; English and German write months large.
    if matches!(language, "en" | "de") && !word.is(Flags::LARGE) {
        return None;
    }
    month_by_hash(word.hash).filter(|_| word.text(raw).chars().nth(2).is_some())
}

/// `3.12.2025`, `2025-12-03`, `2025年`.
fn looks_numeric(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest.get(digits..).unwrap_or_default().trim_start_matches(' ');
    let joined = behind
        .strip_prefix(['.', '-', '/'])
        .is_some_and(|rest| rest.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit()));
    (matches!(digits, 1 | 2 | 4) && joined) || behind.starts_with(['年', '년'])
}

/// A day with month and year, by the patterns that heads are read by.
fn whole(text: &Text<'_>, at: usize, habits: Habits<'_>, free: usize) -> Option<Mention> {
    let word = text.words.get(at)?;
    let raw = text.raw;
    let line = raw.get(..word.start())?.rfind('\n').map_or(0, |at| at + 1);
    let from = floor(raw, word.start().saturating_sub(BEFORE).max(free).max(line));
    let to = ceil(raw, (word.end() + BEHIND).min(raw.len()));
    let window = raw.get(from..to)?;
    let window = window.get(
        ..window.get(word.start() - from..)?.find('\n').map_or(window.len(), |at| word.start() - from + at),
    )?;
    let found = dates::scan(window, habits.order);
    let place = word.start() - from;
    let one = found.iter().find(|one| one.start <= place && place < one.end)?;
    // What follows the sign for `day` may run on: there are no spaces.
    let shown = window.get(one.start..one.end)?;
    let day = shown.char_indices().find(|(_, c)| matches!(c, '日' | '号' | '號' | '일'));
    let end = day.map_or(one.end, |(at, c)| one.start + at + c.len_utf8());
    let span = Span::new(raw, from + one.start, from + end)?;
    Some(mention(one.stamp.date.to_string(), span))
}

/// `December 2025`, `3 December`.
fn part(text: &Text<'_>, number: &Word, near: &Word, month: i8, habits: Habits<'_>) -> Option<Mention> {
    let raw = text.raw;
    let (first, last) = if near.start() < number.start() { (near, number) } else { (number, near) };
    let gap = raw.get(first.end()..last.start())?;
    let joins = matches!(
        gap.trim(),
        "" | "." | "," | "de" | "of" | "st" | "nd" | "rd" | "th" | "er" | "º" | "del" | "di"
    );
    let shown = number.text(raw);
    let n_digits = shown.bytes().take_while(u8::is_ascii_digit).count();
    let tail = shown.get(n_digits..)?;
    if !joins
        || gap.contains('\n')
        || !(tail.is_empty() || matches!(tail, "st" | "nd" | "rd" | "th" | "er" | "º"))
    {
        return None;
    }
    let value: i16 = shown.get(..n_digits)?.parse().ok()?;
    let span = Span::new(raw, first.start(), last.end())?;
    match n_digits {
        4 if (1500..=2100).contains(&value) => Some(mention(format!("{value}-{month:02}"), span)),
        1 | 2 => {
            let day = i8::try_from(value).ok()?;
            let leap = Date::new(2024, month, day).ok()?;
            let nearest = habits.published.and_then(|published| nearest(published, month, day));
            // Without a year: `--12-03`, as in ISO 8601:2000.
            Some(mention(
                nearest.map_or_else(|| format!("--{month:02}-{:02}", leap.day()), |date| date.to_string()),
                span,
            ))
        }
        _ => None,
    }
}

/// The day of this month that is nearest to `published`.
fn nearest(published: Date, month: i8, day: i8) -> Option<Date> {
    let year = published.year();
    let distance = |date: &Date| (published.until(*date).map_or(i32::MAX, |span| span.get_days())).abs();
    [year - 1, year, year + 1]
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok())
        .min_by_key(distance)
}

fn floor(raw: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(raw: &str, at: usize) -> usize {
    (at..=raw.len()).find(|at| raw.is_char_boundary(*at)).unwrap_or(raw.len())
}
