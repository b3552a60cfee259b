//! Where the report was filed from: `MOSCOW (Reuters) — …` at the start of the body.
//!
//! The paragraph stays whole: the dateline is a field beside the text, not taken out of it.

use crate::byline::is_place;
use crate::dates::{self, SlashOrder, Stamp};
use crate::names::{bare, is_agency};

/// A dateline, with the bytes of the paragraph it takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dateline {
    pub place: Option<String>,
    pub len: usize,
    /// The day, if it names the year too.
    pub date: Option<Stamp>,
}

/// Large words before a dash that are no places.
const NOT_PLACES: &[&str] = &[
    "breaking",
    "update",
    "exclusive",
    "watch",
    "live",
    "opinion",
    "analysis",
    "correction",
    "editor",
    "note",
    "nato",
    "un",
    "eu",
    "usa",
    "unesco",
    "unicef",
    "fifa",
    "uefa",
    "nasa",
    "opec",
    "who",
    "imf",
    "covid",
    "warning",
    "photo",
    "photos",
    "video",
    "factbox",
    "explainer",
    "review",
    "interview",
    "spoiler",
    "alert",
    "news",
    "faq",
    "tl",
    "dr",
    "ps",
    "pdf",
    "fbi",
    "cia",
    "nhs",
    "bbc",
    "cnn",
    "isis",
    "aids",
    "nafta",
    "mercosur",
    "brics",
    "asean",
    "wto",
    "iaea",
    "hamas",
    "eilmeldung",
    "kommentar",
    "urgent",
    "exclusif",
    "avis",
    "urgente",
    "exclusivo",
    "important",
    "disclaimer",
    "step",
    "part",
    "chapter",
    "day",
    "question",
    "answer",
    "read",
    "listen",
    "pros",
    "cons",
    "tip",
    "bottom",
    "line",
    "editorial",
    "preview",
    "recap",
    "summary",
    "app",
    "ios",
    "usd",
    "gdp",
    "ceo",
    "url",
    "api",
    "seo",
    "diy",
];

/// Reads the dateline at the start of a paragraph.
pub(crate) fn read(paragraph: &str, order: SlashOrder) -> Option<Dateline> {
    if let Some(dateline) = chinese(paragraph) {
        return Some(dateline);
    }
    let (head, len) = head(paragraph)?;
    let rest = paragraph.get(len..)?.trim_start();
    if rest.chars().find(|c| c.is_alphanumeric()).is_none_or(char::is_lowercase) || rest.len() < 8 {
        return None;
    }
    let (outside, agency) = agency(head);
    let (place, date, dated) = without_date(outside, order);
    let place = place.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '/' | ':'));
    if place.is_empty() {
        return (agency && date.is_some()).then_some(Dateline { place: None, len, date });
    }
    let words: Vec<&str> = place.split_whitespace().collect();
    let listed = words.iter().any(|word| NOT_PLACES.contains(&&*bare(word)));
    if !is_place(place) || listed {
        return None;
    }
    // Without an agency or a date, only large letters tell a place from the subject of a sentence.
    let city = place.split(',').next().unwrap_or(place);
    let shouted = city.chars().filter(|c| c.is_alphabetic()).count() >= 4
        && city.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    (agency || dated || shouted).then(|| Dateline { place: Some(place.to_owned()), len, date })
}

/// What stands before the first dash, and where the dash ends. TASS has no dash but `/TASS/.`
fn head(paragraph: &str) -> Option<(&str, usize)> {
    let window_end = paragraph.char_indices().nth(110).map_or(paragraph.len(), |(at, _)| at);
    let window = paragraph.get(..window_end)?;
    let mut best: Option<(usize, usize)> = None;
    for mark in [" — ", " – ", " - ", " -- ", "— ", "– ", "—", "/. ", ") ", ".- "] {
        let Some(at) = window.find(mark) else { continue };
        let before = window.get(..at)?;
        // A bracket ends a dateline only if it holds an agency; a bare dash must stand before a word.
        let closes = match mark {
            ") " => before.rsplit_once('(').is_some_and(|(_, name)| is_agency_note(name)),
            "/. " => before.contains('/'),
            _ => true,
        };
        if closes && best.is_none_or(|(known, _)| at < known) {
            let inside = usize::from(matches!(mark, ") " | "/. "));
            best = Some((at + inside, at + mark.len()));
        }
    }
    let (mut end, mut after) = best?;
    // `PARIS (AP) — `: the dash belongs to it.
    let tail = paragraph.get(after..)?;
    let dash = tail.len() - tail.trim_start_matches([' ', '-', '—', '–', ':', '.']).len();
    if window.get(..end)?.ends_with(')') || window.get(..end)?.ends_with('/') {
        after += dash;
    }
    end = end.min(paragraph.len());
    Some((paragraph.get(..end)?, after))
}

/// `Reuters`, `AP`, `Reuters/AFP`, `dpa/lno`.
fn is_agency_note(note: &str) -> bool {
    let note = note.trim().trim_matches(['(', ')', '/', '.']);
    !note.is_empty()
        && note.len() <= 40
        && (is_agency(note)
            || note.split(['/', ',', '-']).any(is_agency)
            || note.ends_with("News")
            || note.ends_with("Wire"))
}

/// Takes `(Reuters)` or `/TASS/` out of a dateline; true if there was one.
fn agency(head: &str) -> (&str, bool) {
    for (open, close) in [('(', ')'), ('/', '/'), ('[', ']')] {
        let Some((before, after)) = head.split_once(open) else { continue };
        let note = after.split(close).next().unwrap_or(after);
        if is_agency_note(note) {
            return (before, true);
        }
    }
    // An agency nobody has heard of shows as one where a place and a day stand before it.
    if let Some((before, note)) = head.trim_end().strip_suffix(')').and_then(|head| head.rsplit_once('('))
        && before
            .split_once(',')
            .is_some_and(|(_, rest)| dates::month_and_day(rest.trim().trim_end_matches(',')))
        && (1..=4).contains(&note.split_whitespace().count())
        && note.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
    {
        return (before, true);
    }
    // `MOSCOW, Reuters -`
    match head.rsplit_once(',') {
        Some((before, last)) if is_agency(last) => (before, true),
        _ => (head, false),
    }
}

/// Takes `, Dec 3`, `, 3 décembre 2025` out of a dateline: the rest, the full date, and whether any was there.
fn without_date(text: &str, order: SlashOrder) -> (&str, Option<Stamp>, bool) {
    if let Some(found) = dates::scan(text, order).first() {
        return (text.get(..found.start).unwrap_or(text), Some(found.stamp), true);
    }
    match text.split_once(',') {
        Some((place, rest)) if dates::month_and_day(rest) => (place, None, true),
        Some((place, rest)) => match rest.rsplit_once(',') {
            // `KABUL, Afghanistan, Dec 3`
            Some((country, last)) if dates::month_and_day(last) => {
                let end = place.len() + 1 + country.len();
                (text.get(..end).unwrap_or(place), None, true)
            }
            _ => (text, None, false),
        },
        None => (text, None, false),
    }
}

/// `新华社北京12月3日电`
fn chinese(paragraph: &str) -> Option<Dateline> {
    const WIRES: [&str; 6] = ["新华社", "新華社", "中新社", "人民网", "中新网", "央视网"];
    let trimmed = paragraph.trim_start_matches(['（', '(', '\u{3000}', ' ']);
    let rest = WIRES.iter().find_map(|wire| trimmed.strip_prefix(wire))?;
    let (place, _) = rest.split_once(char::is_numeric)?;
    let window: String = rest.chars().take(24).collect();
    let n_chars = place.chars().count();
    let len = paragraph.find('电').or_else(|| paragraph.find('電'))? + '电'.len_utf8();
    ((2..=8).contains(&n_chars) && window.contains(['电', '電'])).then(|| Dateline {
        place: Some(place.to_owned()),
        len,
        date: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_datelines() {
        for (text, expect) in [
            ("PARIS (AP) — The minister resigned.", "PARIS"),
            ("LONDON, Dec 3 (Reuters) - The minister resigned.", "LONDON"),
            ("MOSCOW (Reuters) — The minister resigned.", "MOSCOW"),
            ("NEW YORK — The minister resigned.", "NEW YORK"),
            ("KABUL, Afghanistan (AP) — The minister resigned.", "KABUL, Afghanistan"),
            ("Berlin (dpa) - Die Ministerin ist zurückgetreten.", "Berlin"),
            ("Berlin (dpa/bb) – Die Ministerin ist zurückgetreten.", "Berlin"),
            ("Paris, 3 déc 2025 (AFP) - La ministre a démissionné.", "Paris"),
            ("ROMA, 3 dicembre (ANSA) - La ministra si è dimessa.", "ROMA"),
            ("MOSCOW, December 3. /TASS/. The minister resigned.", "MOSCOW"),
            ("WASHINGTON, D.C. — The minister resigned.", "WASHINGTON, D.C"),
            ("Washington (CNN) The minister resigned.", "Washington"),
            ("МОСКВА, 3 дек — РИА Новости. Министр ушел.", "МОСКВА"),
            ("新华社北京12月3日电 今天下雨了。", "北京"),
            ("Madrid, 3 dic (EFE).- La ministra dimitió.", "Madrid"),
            ("LOWER VELM, Feb 10 (Invented Press) - The minister resigned.", "LOWER VELM"),
        ] {
            let read = read(text, SlashOrder::Unknown).unwrap_or_else(|| panic!("none: {text}"));
            assert_eq!(read.place.as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn leaves_sentences_alone() {
        for text in [
            "The minister — a lawyer — resigned.",
            "NATO — The alliance met.",
            "BREAKING — The minister resigned.",
            "Moscow - The minister resigned.",
            "The makeup (of the team) was new.",
            "It rained (a lot) in Paris.",
            "",
            "Russia–Ukraine talks ended.",
            "WHO – The agency said so.",
            "Jane Doe (Greens) said so.",
        ] {
            assert_eq!(read(text, SlashOrder::Unknown), None, "{text}");
        }
    }
}
