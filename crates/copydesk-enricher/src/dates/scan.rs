//! Finds dates in a line, by patterns over its tokens.

use jiff::civil::Date;

use super::clock::{self, Reading};
use super::months::month;
use super::token::{Kind, Token, tokens};
use super::{Found, SlashOrder, Stamp, day};
use crate::vocabulary::WEEKDAYS;

/// Every date of `line`, in order, with its weekday and time where they touch it.
pub(crate) fn scan(line: &str, order: SlashOrder) -> Vec<Found> {
    // No date without a digit: most lines end here.
    if !line.chars().any(char::is_numeric) {
        return Vec::new();
    }
    let tokens = tokens(line);
    let mut found = Vec::new();
    let (mut at, mut free_from) = (0, 0);
    while at < tokens.len() {
        let Some((date, n_tokens)) =
            date_at(tokens.get(at..).unwrap_or_default(), before(&tokens, at), order)
        else {
            at += 1;
            continue;
        };
        let mut end = at + n_tokens;
        let mut start = at;
        let mut time = None;
        if let Some(reading) = clock::after(tokens.get(end..).unwrap_or_default()) {
            end += reading.n_tokens;
            time = Some(reading);
        } else if let Some((reading, from)) = time_before(&tokens, free_from, at) {
            start = from;
            time = Some(reading);
        }
        if let Some(from) = weekday_before(&tokens, free_from, start) {
            start = from;
        }
        let time = time.and_then(|reading| Some((reading.time, reading.zone?)));
        // Both places are those of tokens: `start < end <= tokens.len()`.
        let place = tokens.get(start).zip(tokens.get(end - 1));
        if let Some((first, last)) = place {
            found.push(Found { start: first.start, end: last.end, stamp: Stamp { date, time } });
        }
        at = end;
        free_from = end;
    }
    found
}

/// True for a day and a month without a year, and nothing else: `Dec 3`, `3 dicembre`, `December 3.`
pub(crate) fn month_and_day(text: &str) -> bool {
    let tokens = tokens(text);
    let is_small = |kind: &Kind| match kind {
        Kind::Mark(mark) => *mark == '.',
        Kind::Word(word) => {
            matches!(word.as_str(), "de" | "of" | "the" | "er" | "st" | "nd" | "rd" | "th")
                || is_weekday(word)
        }
        Kind::Number(..) => false,
    };
    let rest: Vec<&Kind> = tokens.iter().map(|token| &token.kind).filter(|kind| !is_small(kind)).collect();
    match rest.as_slice() {
        [Kind::Word(word), Kind::Number(day, 1..=2)] | [Kind::Number(day, 1..=2), Kind::Word(word)] => {
            month(word).is_some() && (1..=31).contains(day)
        }
        _ => false,
    }
}

/// The token before, if it touches: `10.2.2025.1` and `2025-12-03-44` are no dates.
fn before(tokens: &[Token], at: usize) -> Option<&Kind> {
    let last = tokens.get(at.checked_sub(1)?)?;
    (last.end == tokens.get(at)?.start).then_some(&last.kind)
}

fn date_at(tokens: &[Token], before: Option<&Kind>, order: SlashOrder) -> Option<(Date, usize)> {
    match tokens.first()?.kind {
        Kind::Number(year, 4) => year_first(tokens, before, year),
        Kind::Number(number, 1..=2) => number_first(tokens, before, number, order),
        Kind::Word(ref word) => month_first(tokens, month(word)?),
        _ => None,
    }
}

fn kind(tokens: &[Token], idx: usize) -> Option<&Kind> {
    tokens.get(idx).map(|token| &token.kind)
}

/// A number of one or two digits at `idx`.
fn small(tokens: &[Token], idx: usize) -> Option<u32> {
    match kind(tokens, idx)? {
        &Kind::Number(value, 1..=2) => Some(value),
        _ => None,
    }
}

fn year(tokens: &[Token], idx: usize) -> Option<u32> {
    match kind(tokens, idx)? {
        &Kind::Number(value, 4) => Some(value),
        _ => None,
    }
}

fn mark(tokens: &[Token], idx: usize) -> Option<char> {
    match kind(tokens, idx)? {
        &Kind::Mark(mark) => Some(mark),
        _ => None,
    }
}

fn word(tokens: &[Token], idx: usize) -> &str {
    match kind(tokens, idx) {
        Some(Kind::Word(word)) => word,
        _ => "",
    }
}

fn date(year: u32, month: u32, number: u32) -> Option<Date> {
    day(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(number).ok()?)
}

/// True if a digit or another of the same marks follows at `idx` without a gap: part of a longer number.
fn runs_on(tokens: &[Token], idx: usize, sep: char) -> bool {
    let touches = |idx: usize| match (tokens.get(idx - 1), tokens.get(idx)) {
        (Some(last), Some(next)) => last.end == next.start,
        _ => false,
    };
    touches(idx)
        && (matches!(kind(tokens, idx), Some(Kind::Number(..)))
            || (mark(tokens, idx) == Some(sep)
                && touches(idx + 1)
                && matches!(kind(tokens, idx + 1), Some(Kind::Number(..)))))
}

/// `2025-12-03`, `2025/12/3`, `2025年12月3日`, `2025. december 3.`
fn year_first(tokens: &[Token], before: Option<&Kind>, year: u32) -> Option<(Date, usize)> {
    if matches!(before, Some(Kind::Mark('-' | '/' | '.' | ':'))) {
        return None;
    }
    let sep = kind(tokens, 1)?;
    match sep {
        Kind::Mark(sep @ ('-' | '/' | '.')) if mark(tokens, 3) == Some(*sep) => {
            let date = date(year, small(tokens, 2)?, small(tokens, 4)?)?;
            (!runs_on(tokens, 5, *sep)).then_some((date, 5))
        }
        Kind::Word(unit) if unit.starts_with('年') || unit.starts_with('년') => {
            let units = (word(tokens, 3), word(tokens, 5));
            let is_day = units.1.starts_with(['日', '号', '號', '일']);
            let is_month = units.0.starts_with(['月', '월']);
            (is_month && is_day).then_some(())?;
            Some((date(year, small(tokens, 2)?, small(tokens, 4)?)?, 6))
        }
        _ => {
            let skip = usize::from(matches!(sep, Kind::Mark('.' | ',' | '-')));
            let month = month(word(tokens, 1 + skip))?;
            let skip = skip + usize::from(matches!(mark(tokens, 2 + skip), Some('.' | '-')));
            let date = date(year, month as u32, small(tokens, 2 + skip)?)?;
            let n_tokens = 3 + skip + usize::from(mark(tokens, 3 + skip) == Some('.'));
            Some((date, n_tokens))
        }
    }
}

/// `03.12.2025`, `03/12/2025`, `3. Dezember 2025`, `3rd of December, 2025`, `ngày 3 tháng 12 năm 2025`
fn number_first(
    tokens: &[Token],
    before: Option<&Kind>,
    number: u32,
    order: SlashOrder,
) -> Option<(Date, usize)> {
    let sep = mark(tokens, 1);
    if let (Some(sep @ ('.' | '/' | '-')), Some(second)) = (sep, small(tokens, 2))
        && mark(tokens, 3) == Some(sep)
        && let Some(year) = year(tokens, 4)
    {
        if runs_on(tokens, 5, sep) || matches!(before, Some(Kind::Mark('-' | '/' | '.' | ':'))) {
            return None;
        }
        return Some((numeric(number, second, year, sep, order)?, 5));
    }
    let mut at = 1;
    if matches!(sep, Some('.' | '-' | 'º' | 'ª' | '°')) || is_ordinal(word(tokens, 1)) {
        at += 1;
    }
    if matches!(word(tokens, at), "of" | "de" | "d" | "tháng" | "στις" | "the") {
        at += 1 + usize::from(matches!(mark(tokens, at + 1), Some('\'' | '’')));
    }
    let month = match small(tokens, at) {
        Some(month) if word(tokens, at - 1) == "tháng" => month,
        _ => month(word(tokens, at))? as u32,
    };
    at += 1;
    while matches!(mark(tokens, at), Some('.' | ',' | '-' | '/'))
        || matches!(word(tokens, at), "de" | "del" | "năm")
    {
        at += 1;
    }
    Some((date(year(tokens, at)?, month, number)?, at + 1))
}

/// Three numbers. Dots are written day first nearly all over the world; slashes and dashes are not.
fn numeric(first: u32, second: u32, year: u32, sep: char, order: SlashOrder) -> Option<Date> {
    let day_first = date(year, second, first);
    let month_first = date(year, first, second);
    match (day_first, month_first) {
        (Some(day_first), _) if sep == '.' && order != SlashOrder::MonthFirst => Some(day_first),
        (Some(one), Some(other)) if one == other => Some(one),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (Some(day_first), Some(month_first)) => match order {
            SlashOrder::DayFirst => Some(day_first),
            SlashOrder::MonthFirst => Some(month_first),
            SlashOrder::Unknown => None,
        },
        (None, None) => None,
    }
}

/// `December 3, 2025`, `Dec. 3rd 2025`
fn month_first(tokens: &[Token], month: i8) -> Option<(Date, usize)> {
    let mut at = 1;
    if matches!(mark(tokens, at), Some('.' | '-' | '/')) {
        at += 1;
    }
    let number = small(tokens, at)?;
    at += 1;
    if is_ordinal(word(tokens, at)) {
        at += 1;
    }
    while matches!(mark(tokens, at), Some('.' | ',' | '-' | '/')) {
        at += 1;
    }
    Some((date(year(tokens, at)?, month as u32, number)?, at + 1))
}

fn is_ordinal(word: &str) -> bool {
    matches!(word, "st" | "nd" | "rd" | "th" | "er" | "re" | "e" | "ème" | "eme" | "o" | "a" | "º" | "ª")
}

/// A time just before the date at `at`: `14:05 GMT, 3 December 2025`, `14:05 on 3 December 2025`.
fn time_before(tokens: &[Token], free_from: usize, at: usize) -> Option<(Reading, usize)> {
    for start in free_from.max(at.saturating_sub(12))..at {
        let Some(reading) = clock::read(tokens.get(start..at)?) else { continue };
        let gap = tokens.get(start + reading.n_tokens..at)?;
        let joins = |token: &Token| match &token.kind {
            Kind::Word(word) => {
                is_weekday(word) || matches!(word.as_str(), "on" | "am" | "le" | "den" | "el" | "il")
            }
            kind => clock::is_joiner(kind),
        };
        if gap.len() <= 4 && gap.iter().all(joins) {
            return Some((reading, start));
        }
    }
    None
}

/// The place of a weekday just before the token at `at`.
fn weekday_before(tokens: &[Token], free_from: usize, at: usize) -> Option<usize> {
    let mut start = at;
    for _ in 0..3 {
        start = start.checked_sub(1).filter(|start| *start >= free_from)?;
        match kind(tokens, start)? {
            Kind::Word(word) if is_weekday(word) => return Some(start),
            Kind::Word(word) if matches!(word.as_str(), "the" | "den" | "le" | "dnia" | "ngày") => {}
            Kind::Mark(',' | '.' | '-') => {}
            _ => return None,
        }
    }
    None
}

pub(super) fn is_weekday(word: &str) -> bool {
    // `mar` and `dic` are weekdays in one language and months in more.
    WEEKDAYS.contains(word) && month(word).is_none()
}
