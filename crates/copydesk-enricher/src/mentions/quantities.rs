//! A number with its unit: `4.2 million euros`, `$5bn`, `30 %`, `12 km`.

use copydesk_core::{Mention, MentionKind, Span};

use super::number::Number;
use super::units::{self, Says};
use crate::text::{Flags, Text, fold};

/// Words of a unit's name at most.
const MOST_WORDS: usize = 3;

/// The quantity whose number is the word `at`; it starts at `free` or behind it.
pub(super) fn at(text: &Text<'_>, at: usize, language: &str, free: usize) -> Option<Mention> {
    let word = text.words.get(at)?;
    let shown = word.text(text.raw);
    let n_digits =
        shown.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\''))).unwrap_or(shown.len());
    let comma =
        !matches!(language, "en" | "zh" | "ja" | "ko" | "he" | "hi" | "th" | "" | "mr" | "ne" | "ga" | "cy");
    let mut number = Number::read(shown.get(..n_digits)?.trim_end_matches(['.', ',', '\'']), comma)?;
    if is_range(text, at) {
        return None;
    }
    let mut end = word.start() + n_digits;
    let mut next = at + 1;
    // `4 200 000`
    while n_digits == shown.len()
        && let Some(group) = group_of_three(text, next, end)
    {
        number = number.followed_by(group)?;
        end += 1 + text.raw.get(end..)?.chars().next().map_or(0, |space| space.len_utf8() - 1) + 3;
        next += 1;
    }
    let mut unit = units::prefix(text.raw.get(free..word.start())?).filter(|_| !word.is(Flags::HYPHEN));
    let start = word.start() - unit.map_or(0, |(_, len)| len);
    let mut found = unit.take().map(|(unit, _)| unit);
    let names = units::names(language);
    // `5bn`, `50km`: the rest of the word.
    if end < word.end() {
        let rest = text.raw.get(end..word.end())?;
        let says = names
            .and_then(|names| names.get(&fold::of_word(rest)).copied())
            .or_else(|| units::symbol(rest).map(|(says, _)| says))?;
        end = word.end();
        apply(says, &mut number, &mut found)?;
    }
    for _ in 0..2 {
        if let Some((says, to)) = name_at(text, next, end, names) {
            if matches!(says, Says::Unit(_)) && found.is_some() {
                break;
            }
            apply(says, &mut number, &mut found)?;
            end = to;
            next = text
                .words
                .get(next..)?
                .iter()
                .position(|word| word.start() >= end)
                .map_or(text.words.len(), |n| next + n);
        } else if found.is_none()
            && let Some((says, to)) = symbol_at(text.raw, end)
        {
            apply(says, &mut number, &mut found)?;
            end = to;
        }
    }
    let unit = found?;
    let span = Span::new(text.raw, start, end)?;
    Some(Mention { kind: MentionKind::Quantity, value: number.text(), unit: Some(unit.to_owned()), span })
}

fn apply(says: Says, number: &mut Number, unit: &mut Option<&'static str>) -> Option<()> {
    match says {
        Says::Power(power) => *number = number.times_ten_to(power)?,
        Says::Unit(name) => *unit = Some(unit.unwrap_or(name)),
    }
    Some(())
}

/// `3-5 km`, `3–5 km`, `2:1`, `1/2`: one of several numbers that belong together.
fn is_range(text: &Text<'_>, at: usize) -> bool {
    let Some(word) = text.words.get(at) else { return true };
    let before = text.raw.get(..word.start()).unwrap_or_default();
    let mut back = before.chars().rev();
    let mark = back.next();
    let first = back.next();
    let joins = matches!(mark, Some('-' | '–' | '—' | ':' | '/' | '.' | ','))
        && first.is_some_and(|c| c.is_ascii_digit());
    let after = text.raw.get(word.end()..).unwrap_or_default();
    let mut ahead = after.chars();
    joins
        || (matches!(ahead.next(), Some('-' | '–' | '—' | ':' | '/'))
            && ahead.next().is_some_and(|c| c.is_ascii_digit()))
}

/// Three digits behind one space: the rest of a number.
fn group_of_three<'a>(text: &Text<'a>, next: usize, end: usize) -> Option<&'a str> {
    let word = text.words.get(next)?;
    let gap = text.raw.get(end..word.start())?;
    let shown = word.text(text.raw);
    let three = shown.len() == 3 && shown.bytes().all(|byte| byte.is_ascii_digit());
    (three && matches!(gap, " " | "\u{a0}" | "\u{202f}" | "\u{2009}")).then_some(shown)
}

/// What the words behind the number say, the most of them that have a meaning together, and where they end.
fn name_at(text: &Text<'_>, next: usize, end: usize, names: Option<&units::Names>) -> Option<(Says, usize)> {
    let names = names?;
    if let Some((says, len)) = dense_name(text.raw.get(end..)?, names) {
        return Some((says, end + len));
    }
    let mut hash = None;
    let mut best = None;
    let mut to = end;
    for (idx, word) in text.words.get(next..)?.iter().take(MOST_WORDS).enumerate() {
        let gap = text.raw.get(to..word.start())?;
        let joins =
            gap.is_empty() || matches!(gap, " " | "\u{a0}" | "\u{202f}" | "-") || (idx > 0 && gap == ". ");
        if !joins || word.is(Flags::NUMBER) {
            break;
        }
        hash = Some(hash.map_or(word.hash, |hash| fold::join(hash, word.hash)));
        to = word.end();
        if let Some(says) = hash.and_then(|hash| names.get(&hash)) {
            best = Some((*says, to));
        }
    }
    best
}

/// The longest name at the start of what follows in a script without spaces, and its length.
fn dense_name(rest: &str, names: &units::Names) -> Option<(Says, usize)> {
    let dense =
        rest.chars().take(6).take_while(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
    let longest: usize = dense.map(char::len_utf8).sum();
    (1..=longest).rev().find_map(|end| Some((*names.get(&fold::of_word(rest.get(..end)?))?, end)))
}

/// A symbol right behind the number, or behind one space.
fn symbol_at(raw: &str, end: usize) -> Option<(Says, usize)> {
    let rest = raw.get(end..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{2009}']).len();
    let (says, len) = units::symbol(rest.get(gap..)?).filter(|_| gap <= 3)?;
    Some((says, end + gap + len))
}
