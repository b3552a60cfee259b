//! Where the report was filed from: `MOSCOW (Reuters) — …` at the start of the body.
//!
//! The paragraph stays whole: the dateline is a field beside the text, not taken out of it. It is taken apart by
//! its marks: a place, then a day or an agency or both, and nothing else before the dash or full stop.

use crate::dateline_wide as wide;
use crate::dates::{self, SlashOrder, Stamp};
use crate::names::{bare, is_agency, is_known_place};
use crate::vocabulary::NO_PLACES;
use crate::whence::is_place;

/// A dateline, with the bytes of the paragraph it takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dateline {
    pub place: Option<String>,
    pub len: usize,
    /// The day, if it names the year too.
    pub date: Option<Stamp>,
    /// Who reports, where the dateline names them.
    pub authors: Vec<String>,
}

/// Characters in which a dateline ends.
const WINDOW: usize = 110;
/// Languages whose newspapers open a report with the place and a full stop.
const STOPS: [&str; 8] = ["de", "ru", "uk", "pl", "es", "it", "nl", "cs"];

/// Reads the dateline at the start of a paragraph in this language.
pub(crate) fn read(paragraph: &str, order: SlashOrder, language: Option<&str>) -> Option<Dateline> {
    if let Some(dateline) = wide::read(paragraph) {
        return Some(dateline);
    }
    let (ahead, start) = agency_ahead(paragraph);
    let text = paragraph.get(start..)?;
    let window_end = text.char_indices().nth(WINDOW).map_or(text.len(), |(at, _)| at);
    let window = text.get(..window_end)?;
    for (end, after, close) in closes(window) {
        let rest = text.get(after..)?.trim_start();
        if rest.chars().find(|c| c.is_alphanumeric()).is_none_or(char::is_lowercase) || rest.len() < 8 {
            continue;
        }
        let Some(parts) = Parts::of(window.get(..end)?, order) else { continue };
        let place = if parts.place.is_empty() {
            (ahead || parts.agency).then_some(parts.date?).map(|_| None)
        } else {
            parts.states_a_place(ahead, close, language).then(|| Some(parts.place.to_owned()))
        };
        if let Some(place) = place {
            return Some(Dateline { place, len: start + after, date: parts.date, authors: Vec::new() });
        }
    }
    None
}

/// What ends a dateline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    Dash,
    /// A bracket, and no mark behind it.
    Bracket,
    Stop,
}

/// The places where a dateline may end: where it ends, where the text goes on, and by what.
fn closes(window: &str) -> Vec<(usize, usize, Close)> {
    const MARKS: [&str; 15] =
        [" — ", " – ", " - ", " -- ", "— ", "– ", "—", ".- ", ".— ", ".– ", " // ", "/. ", "). ", ") ", ". "];
    let mut found: Vec<(usize, usize, Close)> = Vec::new();
    for (at, _) in window.char_indices() {
        let Some(rest) = window.get(at..) else { continue };
        let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) else { continue };
        let (inside, close) = match *mark {
            ") " => (1, Close::Bracket),
            "/. " | "). " => (1, Close::Stop),
            ". " => (0, Close::Stop),
            _ => (0, Close::Dash),
        };
        // `PARIS (AP) — `: the dash belongs to it.
        let tail = rest.get(mark.len()..).unwrap_or_default();
        let marks = tail.len() - tail.trim_start_matches([' ', '-', '—', '–', ':', '.']).len();
        let dashed = tail.get(..marks).is_some_and(|marks| marks.contains(['-', '—', '–', ':']));
        let close = if dashed { Close::Dash } else { close };
        // `WASHINGTON, D.C. — `
        let inside = if dashed && *mark == ". " { 1 } else { inside };
        if found.last().is_none_or(|(_, after, _)| at >= *after) {
            found.push((at + inside, at + mark.len() + marks, close));
        }
    }
    found
}

/// `(ANSA) - ROMA, 3 DIC - `: true if an agency stands before the place, and where the place starts.
fn agency_ahead(paragraph: &str) -> (bool, usize) {
    let trimmed = paragraph.trim_start();
    let indent = paragraph.len() - trimmed.len();
    let bracket = || {
        let (note, rest) = trimmed.strip_prefix('(')?.split_once(')')?;
        may_be_agency(note).then_some(rest)
    };
    let bare = || {
        let (note, rest) = trimmed.split_once(" - ").or_else(|| trimmed.split_once(" – "))?;
        is_agency(note).then_some(rest)
    };
    let Some(rest) = bracket().or_else(bare) else { return (false, indent) };
    let rest = rest.trim_start_matches([' ', '-', '—', '–', '.']);
    (true, paragraph.len() - rest.len())
}

/// What stands before the end of a dateline.
#[derive(Debug, Default)]
struct Parts<'a> {
    place: &'a str,
    date: Option<Stamp>,
    agency: bool,
    /// The agency is one that is known.
    known_agency: bool,
    dated: bool,
}

impl<'a> Parts<'a> {
    /// Takes `head` apart. `None` if a part is neither place, date nor agency.
    fn of(head: &'a str, order: SlashOrder) -> Option<Parts<'a>> {
        let mut parts = Parts::default();
        let mut head = head.trim();
        if let Some(found) = dates::scan(head, order).first() {
            (parts.date, parts.dated) = (Some(found.stamp), true);
            parts.take_agencies(head.get(found.end..)?)?;
            head = without_joiner(head.get(..found.start)?);
        }
        let (mut end, mut passed) = (0, false);
        for (start, piece) in pieces(head) {
            let inner = piece.trim_matches(['(', ')', '[', ']', '/', ' ', ',', '.']);
            if inner.is_empty() {
                continue;
            }
            let marked = piece.starts_with(['(', '[', '/']);
            if dates::month_and_day(without_joiner(inner)) || is_short_day(inner) {
                (parts.dated, passed) = (true, true);
            } else if is_agency_note(inner) || (marked && may_be_agency(inner)) {
                (parts.agency, passed) = (true, true);
                parts.known_agency |= is_agency_note(inner);
            } else if passed || marked {
                return None;
            } else {
                end = start + piece.trim_end().len();
            }
        }
        let place = head.get(..end)?.trim();
        // The full stop of `D.C.` is its own.
        let last = place.rsplit([' ', ',']).next().unwrap_or_default();
        let abbreviated = last.trim_end_matches('.').contains('.');
        parts.place = if abbreviated { place } else { place.trim_end_matches('.') };
        Some(parts)
    }

    /// Reads what follows a date: agencies and nothing else.
    fn take_agencies(&mut self, text: &str) -> Option<()> {
        for (_, piece) in pieces(text) {
            let inner = piece.trim_matches(['(', ')', '[', ']', '/', ' ', ',', '.']);
            if !inner.is_empty() {
                (self.agency, self.known_agency) = (true, is_agency_note(inner));
                may_be_agency(inner).then_some(())?;
            }
        }
        Some(())
    }

    fn states_a_place(&self, ahead: bool, close: Close, language: Option<&str>) -> bool {
        let words: Vec<&str> = self.place.split_whitespace().collect();
        // Inside a name small words may stand: `SAN VITO AL MARE`.
        let mut listed = words.iter().enumerate().filter(|(idx, word)| *idx == 0 || word.chars().count() > 3);
        if !is_place(self.place) || listed.any(|(_, word)| NO_PLACES.contains(&bare(word))) {
            return false;
        }
        // Without an agency or a date, only large letters tell a place from the subject of a sentence.
        let city = self.place.split(',').next().unwrap_or(self.place);
        let letters = || city.chars().filter(|c| c.is_alphabetic());
        let known = is_known_place(city);
        let shouted = (letters().count() >= 4 || known) && letters().all(char::is_uppercase);
        match close {
            Close::Dash => ahead || self.agency || self.dated || shouted,
            Close::Bracket => self.known_agency,
            Close::Stop => {
                // `Der Bericht von Dr. Löwe`
                let ends_whole = words.last().is_some_and(|word| word.chars().count() > 3);
                let alone = language.is_some_and(|language| STOPS.contains(&language)) && words.len() <= 4;
                self.agency || self.dated || shouted || (alone && (known || ends_whole))
            }
        }
    }
}

/// The pieces of a dateline's head with their places: commas, dashes, brackets, and full stops behind whole words.
fn pieces(head: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = head.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let before = head.get(start..at).unwrap_or_default();
        let last = before.rsplit(' ').next().unwrap_or_default();
        let splits = match c {
            ',' | '—' | '–' | '|' | '(' | '[' => true,
            '-' => before.ends_with(' ') && next == Some(' '),
            '/' => before.ends_with(' ') || before.is_empty(),
            // `St. Petersburg`, `3 déc. 2025`
            '.' => next == Some(' ') && last.chars().count() > 3,
            _ => false,
        };
        if splits {
            found.push((start, before));
            start = if matches!(c, '(' | '[' | '/') { at } else { at + c.len_utf8() };
        }
    }
    found.push((start, head.get(start..).unwrap_or_default()));
    found
}

/// `Paris, le `, `Lisboa, em `: without the word that led to the date.
fn without_joiner(text: &str) -> &str {
    let text = text.trim().trim_end_matches([',', '(', '.']).trim_end();
    for joiner in ["le", "el", "em", "den", "am", "dnia", "on"] {
        if let Some(rest) = text.strip_suffix(joiner).filter(|rest| rest.ends_with([' ', ','])) {
            return rest.trim_end_matches([',', ' ']);
        }
        if let Some(rest) = text.strip_prefix(joiner).filter(|rest| rest.starts_with(' ')) {
            return rest.trim_start();
        }
    }
    text
}

/// `3.12.`, `3/12`, `03.12`: a day without its year.
fn is_short_day(text: &str) -> bool {
    let numbers: Vec<&str> = text.split(['.', '/']).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &&str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.len() == 2 && numbers.iter().all(is_number)
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

/// True for what could be an agency that nobody has heard of: some words with large letters, or one short one.
fn may_be_agency(note: &str) -> bool {
    let words: Vec<&str> = note.split([' ', '/', ',']).filter(|word| !word.is_empty()).collect();
    let short = words.len() <= 2
        && words.iter().all(|word| word.chars().count() <= 12 && word.chars().all(char::is_alphabetic));
    is_agency_note(note)
        || ((1..=4).contains(&words.len())
            && note.len() <= 60
            && (short
                || words.iter().all(|word| word.trim_start_matches('«').starts_with(char::is_uppercase))))
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
            ("WASHINGTON, D.C. — The minister resigned.", "WASHINGTON, D.C."),
            ("Washington (CNN) The minister resigned.", "Washington"),
            ("МОСКВА, 3 дек — РИА Новости. Министр ушел.", "МОСКВА"),
            ("新华社北京12月3日电 今天下雨了。", "北京"),
            ("Madrid, 3 dic (EFE).- La ministra dimitió.", "Madrid"),
            ("(ANSA) - ROMA, 3 DIC - La ministra si è dimessa.", "ROMA"),
            ("Berlin (nordnetz). Die Ministerin ist zurückgetreten.", "Berlin"),
            ("Paris, le 3 décembre (Dépêche Nord) - La ministre a démissionné.", "Paris"),
            ("Москва. 3 декабря. Интерфакс – Министр ушел.", "Москва"),
            ("KRAKÓW, 3.12. (IAR) - Ministra odeszła.", "KRAKÓW"),
            ("BOGOTÁ.- La ministra dimitió.", "BOGOTÁ"),
            ("中新网广州12月3日电 今天下雨了。", "广州"),
            ("【子午社云溪县12月3日电】今天下雨了。", "云溪县"),
            ("【パリ共同】大臣が辞任した。", "パリ"),
            ("(서울=연합뉴스) 김철수 기자 = 장관이 사임했다.", "서울"),
            ("LOWER VELM, Feb 10 (Invented Press) - The minister resigned.", "LOWER VELM"),
        ] {
            let read = read(text, SlashOrder::Unknown, None).unwrap_or_else(|| panic!("none: {text}"));
            assert_eq!(read.place.as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn a_full_stop_is_enough_where_it_is_the_custom() {
        let read =
            |language| read("Berlin. Die Ministerin ist zurückgetreten.", SlashOrder::Unknown, language);
        assert_eq!(read(Some("de")).and_then(|one| one.place).as_deref(), Some("Berlin"));
        assert_eq!(read(Some("en")), None);
    }

    #[test]
    fn reporters_in_the_dateline_are_authors() {
        for (text, expect) in [
            ("新华社北京12月3日电（记者 张伟、李娜）今天下雨了。", vec!["张伟", "李娜"]),
            ("(서울=연합뉴스) 김철수 기자 = 장관이 사임했다.", vec!["김철수"]),
            ("【モスクワ＝山田太郎】大臣が辞任した。", vec!["山田太郎"]),
        ] {
            assert_eq!(
                read(text, SlashOrder::Unknown, None).map(|one| one.authors),
                Some(expect.into_iter().map(str::to_owned).collect())
            );
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
            "In Paris, December 3 – The day that changed it.",
            "Silence. The crowd waited for the mayor.",
            "【财经】股市今天上涨。",
            "12月3日电影上映。",
        ] {
            assert_eq!(read(text, SlashOrder::Unknown, None), None, "{text}");
        }
    }
}
