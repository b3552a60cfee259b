//! Times of day and their zones.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::token::{Kind, Token};

/// Abbreviations that mean one offset to everyone. `ET`, `CST` or `IST` do not, so a time with them is none.
const ZONES: [(&str, i32); 28] = [
    ("мск", 180),
    ("trt", 180),
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("est", -300),
    ("edt", -240),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
];

/// Words that may stand between a date and its time.
const JOINERS: [&str; 36] = [
    "at", "t", "um", "à", "a", "las", "alle", "ore", "om", "kl", "klo", "às", "as", "в", "о", "o", "la",
    "saat", "г", "года", "року", "р", "roku", "r", "de", "ora", "hora", "godz", "lúc", "pukul", "u", "v",
    "och", "na", "h", "klockan",
];

/// A time of day found at a token, and how many tokens it takes.
#[derive(Debug, PartialEq)]
pub(super) struct Reading {
    pub time: Time,
    pub zone: Option<Offset>,
    pub n_tokens: usize,
}

/// The time that follows a date at the start of `tokens`, joining words included.
pub(super) fn after(tokens: &[Token]) -> Option<Reading> {
    let n_joiners = tokens.iter().take(4).take_while(|token| is_joiner(&token.kind)).count();
    let mut reading = read_behind(tokens.get(n_joiners..)?)?;
    reading.n_tokens += n_joiners;
    Some(reading)
}

/// True for what may part a date from its time.
pub(super) fn is_joiner(kind: &Kind) -> bool {
    match kind {
        Kind::Mark(mark) => matches!(mark, ',' | '.' | '|' | '-' | '–' | '—' | '·' | '•' | '/' | '@' | '('),
        Kind::Word(word) => JOINERS.contains(&word.as_str()),
        Kind::Number(..) => false,
    }
}

/// As [`read`], and two numbers with a full stop between: behind a date these are a time.
fn read_behind(tokens: &[Token]) -> Option<Reading> {
    read_at(tokens, true)
}

/// The time at the start of `tokens`: `14:05`, `14:05:07.12+01:00`, `2:05 p.m. EST`, `14.05 Uhr`, `14h05`.
pub(super) fn read(tokens: &[Token]) -> Option<Reading> {
    read_at(tokens, false)
}

fn read_at(tokens: &[Token], behind_date: bool) -> Option<Reading> {
    let kind = |idx: usize| tokens.get(idx).map(|token| &token.kind);
    let Some(&Kind::Number(mut hour, 1..=2)) = kind(0) else { return None };
    let (minute, mut at) = match (kind(1), kind(2)) {
        (Some(Kind::Mark(':')), Some(&Kind::Number(minute, 2))) => (minute, 3),
        (Some(Kind::Mark('.')), Some(&Kind::Number(minute, 2)))
            if is_clock_word(kind(3)) || (behind_date && !matches!(kind(3), Some(Kind::Mark('.' | ',')))) =>
        {
            (minute, 3)
        }
        (Some(Kind::Word(h)), Some(&Kind::Number(minute, 2)))
            if matches!(h.as_str(), "h" | "時" | "时" | "点" | "點" | "시") =>
        {
            (minute, 3)
        }
        (Some(Kind::Word(word)), _) if matches!(word.as_str(), "am" | "pm" | "uhr" | "uur") => (0, 1),
        (Some(Kind::Word(h)), _)
            if behind_date && matches!(h.as_str(), "h" | "時" | "时" | "点" | "點" | "시") =>
        {
            (0, 2)
        }
        _ => return None,
    };
    let mut second = 0;
    if let (Some(Kind::Mark(':')), Some(&Kind::Number(value, 2))) = (kind(at), kind(at + 1)) {
        second = value;
        at += 2;
        if let (Some(Kind::Mark('.' | ',')), Some(Kind::Number(_, 1..=9))) = (kind(at), kind(at + 1)) {
            at += 2;
        }
    }
    if let Some((is_pm, n_tokens)) = half_of_day(&tokens[at.min(tokens.len())..]) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if is_pm { 12 } else { 0 };
        at += n_tokens;
    }
    if matches!(kind(at), Some(Kind::Word(word)) if matches!(word.as_str(), "uhr" | "uur" | "hrs" | "h" | "分" | "분"))
    {
        at += 1;
    }
    let time = Time::new(hour as i8, minute as i8, second as i8, 0).ok()?;
    let (zone, n_tokens) = zone(&tokens[at.min(tokens.len())..]);
    Some(Reading { time, zone, n_tokens: at + n_tokens })
}

fn is_clock_word(kind: Option<&Kind>) -> bool {
    matches!(kind, Some(Kind::Word(word)) if matches!(word.as_str(), "uhr" | "uur" | "am" | "pm" | "hrs" | "h") || ZONES.iter().any(|(zone, _)| zone == word))
}

/// `am`, `p.m.`: whether it is the afternoon, and how many tokens say so.
fn half_of_day(tokens: &[Token]) -> Option<(bool, usize)> {
    let kind = |idx: usize| tokens.get(idx).map(|token| &token.kind);
    let Some(Kind::Word(word)) = kind(0) else { return None };
    match (word.as_str(), kind(1), kind(2)) {
        ("am", ..) => Some((false, 1)),
        ("pm", ..) => Some((true, 1)),
        ("a" | "p", Some(Kind::Mark('.')), Some(Kind::Word(m))) if m == "m" => {
            let dot = usize::from(matches!(kind(3), Some(Kind::Mark('.'))));
            Some((word == "p", 3 + dot))
        }
        _ => None,
    }
}

/// The zone at the start of `tokens`, and how many tokens it takes; an unknown abbreviation takes none.
fn zone(tokens: &[Token]) -> (Option<Offset>, usize) {
    let kind = |idx: usize| tokens.get(idx).map(|token| &token.kind);
    let open = usize::from(matches!(kind(0), Some(Kind::Mark('('))));
    let close = |at: usize| at + usize::from(open == 1 && matches!(kind(at), Some(Kind::Mark(')'))));
    match kind(open) {
        Some(Kind::Word(word)) => {
            let Some((_, minutes)) = ZONES.iter().find(|(name, _)| name == word) else { return (None, 0) };
            if let (0, Some((offset, n_tokens))) =
                (*minutes, offset(tokens.get(open + 1..).unwrap_or_default()))
            {
                return (Some(offset), close(open + 1 + n_tokens));
            }
            (Offset::from_seconds(minutes * 60).ok(), close(open + 1))
        }
        Some(Kind::Mark('+' | '-' | '−')) if open == 0 => match offset(tokens) {
            Some((offset, n_tokens)) => (Some(offset), n_tokens),
            None => (None, 0),
        },
        _ => (None, 0),
    }
}

/// `+01:00`, `-0530`, `+1`, with nothing between the sign and the digits.
fn offset(tokens: &[Token]) -> Option<(Offset, usize)> {
    let [sign, hours, rest @ ..] = tokens else { return None };
    let negative = match sign.kind {
        Kind::Mark('+') => false,
        Kind::Mark('-' | '−') => true,
        _ => return None,
    };
    if sign.end != hours.start {
        return None;
    }
    let (minutes, n_tokens) = match (&hours.kind, rest) {
        (Kind::Number(value, 4), _) => (value / 100 * 60 + value % 100, 2),
        (Kind::Number(hours, 1..=2), [colon, minutes, ..]) if colon.kind == Kind::Mark(':') => {
            let Kind::Number(minutes, 2) = minutes.kind else { return None };
            (hours * 60 + minutes, 4)
        }
        (Kind::Number(hours, 1..=2), _) => (hours * 60, 2),
        _ => return None,
    };
    let seconds = i32::try_from(minutes).ok()?.checked_mul(60)?;
    if seconds > 14 * 3600 {
        return None;
    }
    Some((Offset::from_seconds(if negative { -seconds } else { seconds }).ok()?, n_tokens))
}
