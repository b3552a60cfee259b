//! Who wrote it: the names in a line such as `By Jane Doe and John Roe, Reuters`.
//!
//! What must stay true: only names that the line states, spelt as it spells them. Roles, handles and
//! addresses are no names; an organisation is an author only where no person is.

use crate::names::{bare, is_agency, is_organisation, is_person, is_role};
use crate::vocabulary::{AND, AUTHOR_PREFIXES, List, NOT_NAMES, OTHER_CREDITS, lower};

/// What a byline says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Byline {
    pub authors: Vec<String>,
    /// Where they report from.
    pub place: Option<String>,
    /// True if a word such as `by` says that names follow.
    pub prefixed: bool,
    /// True if `authors` is an organisation.
    pub organisation: bool,
}

/// Reads one piece of a byline, between the bars and dots that part it. `None` if it is something else.
pub(crate) fn read(piece: &str) -> Option<Byline> {
    let piece = piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '.'));
    if piece.len() > 240 || piece.split_whitespace().count() > 26 {
        return None;
    }
    if AUTHOR_PREFIXES.contains(&lower(piece)) {
        return Some(Byline { prefixed: true, ..Byline::default() });
    }
    if after_prefix(piece, &OTHER_CREDITS).is_some() {
        return Some(Byline { prefixed: true, ..Byline::default() });
    }
    // `기자` and `記者` follow the name.
    let suffixed = ["기자", "記者", "记者"].iter().find_map(|suffix| {
        let name = piece.strip_suffix(suffix)?.trim();
        is_person(name, false).then(|| name.to_owned())
    });
    if let Some(name) = suffixed {
        return Some(Byline { authors: vec![name], prefixed: true, ..Byline::default() });
    }
    let stripped = strip_prefixes(piece);
    let prefixed = stripped.is_some();
    let rest = stripped.unwrap_or(piece);
    let rest = until_other_credit(rest);
    let (names, place) = place(rest);
    let mut byline = Byline { place, prefixed, ..Byline::default() };
    collect(names, &mut byline)?;
    if byline.place.is_some() && byline.authors.is_empty() {
        return None;
    }
    Some(byline)
}

fn strip_prefixes(piece: &str) -> Option<&str> {
    let mut rest = after_prefix(piece, &AUTHOR_PREFIXES)?;
    // `Text: Von Jane Doe`
    while let Some(inner) = after_prefix(rest, &AUTHOR_PREFIXES) {
        rest = inner;
    }
    Some(rest)
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

/// `text` up to a credit for something else: `Jane Doe, photography by John Roe`.
fn until_other_credit(text: &str) -> &str {
    let mut end = text.len();
    for (at, _) in text.match_indices([' ', ',', ';']) {
        let Some(tail) = text.get(at + 1..) else { continue };
        let tail_start = tail.trim_start();
        let tail_start =
            ["and ", "with ", "& "].iter().find_map(|and| tail_start.strip_prefix(and)).unwrap_or(tail_start);
        if after_prefix(tail_start, &OTHER_CREDITS).is_some() {
            end = end.min(at);
        }
    }
    text.get(..end).unwrap_or(text).trim_end_matches([',', ' ', ';'])
}

/// Splits off where the names report from: `Jane Doe in Moscow`, `Jane Doe reports from Kyiv`.
fn place(text: &str) -> (&str, Option<String>) {
    const IN: [&str; 14] = [
        " reporting from ",
        " reports from ",
        " reporting in ",
        " à ",
        " aus ",
        " en ",
        " em ",
        " in ",
        " w ",
        " в ",
        " у ",
        " i ",
        " te ",
        " от ",
    ];
    for joiner in IN {
        let Some((names, place)) = rsplit_at_space(text, joiner) else { continue };
        let place = place.trim().trim_end_matches(',');
        let names = names.trim().trim_end_matches(',');
        let first = names.rsplit([',', '&']).next().unwrap_or_default().trim();
        let one_of_many = first.rsplit(" and ").next().unwrap_or(first);
        let named =
            is_person(first, false) || is_person(one_of_many, false) || is_role(first) || is_agency(first);
        // `en`, `i` and others also mean `and`: `Jan Smit en Piet Vries` has two names and no place.
        let and = AND.contains(joiner.trim());
        if named && is_place(place) && !(and && is_person(place, false)) {
            return (names, Some(place.to_owned()));
        }
    }
    (text, None)
}

/// As `rsplit_once`, for a `joiner` that starts with a space: texts are short, and have few.
fn rsplit_at_space<'a>(text: &'a str, joiner: &str) -> Option<(&'a str, &'a str)> {
    let mut spaces = text.bytes().enumerate().rev().filter(|(_, byte)| *byte == b' ');
    spaces.find_map(|(at, _)| Some((text.get(..at)?, text.get(at..)?.strip_prefix(joiner)?)))
}

/// Up to five words with large first letters: `Kyiv`, `Frankfurt am Main`, `Sharm el-Sheikh, Egypt`.
pub(crate) fn is_place(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let large = |word: &&str| word.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
    (1..=5).contains(&words.len())
        && text.len() <= 60
        && words.first().is_some_and(large)
        && words.last().is_some_and(large)
        && words.iter().all(|word| large(word) || word.chars().count() <= 3 || word.contains('-'))
        && text.chars().all(|c| {
            c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | ',' | '\'' | '’') || c.is_alphanumeric()
        })
        && !text.chars().any(char::is_numeric)
        && !words.iter().any(|word| is_month_or_day(&bare(word)))
}

fn is_month_or_day(word: &str) -> bool {
    NOT_NAMES.contains(word) && (word.ends_with("day") || word.ends_with("ber") || word.ends_with("ary"))
}

/// Fills in the authors. `None` if a part is neither a name nor what may stand beside one.
fn collect(names: &str, byline: &mut Byline) -> Option<()> {
    let mut organisations = Vec::new();
    let parts = parts(names);
    let one_word = byline.prefixed && parts.len() == 1;
    for part in &parts {
        let name = of_somewhere(part);
        if name.is_empty() {
            continue;
        }
        if is_agency(name) {
            organisations.push(name.to_owned());
        } else if is_person(name, one_word) && !is_acronym(name) {
            byline.authors.push(name.to_owned());
        } else if is_role(name) || is_handle(name) {
            // What somebody is, or where to write to.
        } else if is_organisation(name) || (byline.prefixed && is_acronym(name)) {
            organisations.push(name.to_owned());
        } else if byline.prefixed && !byline.authors.is_empty() && is_place(name) {
            // `By Jane Doe, Springfield`: where she works.
        } else {
            return None;
        }
    }
    if byline.authors.is_empty() && !organisations.is_empty() {
        // An organisation alone needs a word that says it signs, or to be a known agency.
        if !byline.prefixed && !organisations.iter().all(|name| is_agency(name)) {
            return None;
        }
        byline.organisation = true;
        byline.authors = organisations;
    }
    dedup(&mut byline.authors);
    let known = !byline.authors.is_empty()
        || byline.prefixed
        || parts.iter().all(|part| is_role(part) || is_handle(part));
    known.then_some(())
}

fn is_acronym(text: &str) -> bool {
    (2..=5).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase())
}

fn dedup(names: &mut Vec<String>) {
    let mut seen: Vec<String> = Vec::new();
    names.retain(|name| {
        let key = name.to_lowercase();
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
}

/// The name before `for the Springfield Herald`, `of Reuters`, or a parenthesis.
fn of_somewhere(part: &str) -> &str {
    let part = part.split(['(', '[', '<']).next().unwrap_or(part);
    let mut end = part.len();
    for joiner in [" on behalf of ", " for ", " of ", " at ", " from ", " für ", " pour ", " para "] {
        if let Some(at) = part.find(joiner) {
            end = end.min(at);
        }
    }
    part.get(..end)
        .unwrap_or(part)
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '-' | '–'))
}

fn is_handle(text: &str) -> bool {
    text.starts_with('@')
        || (text.contains('@') && !text.contains(' '))
        || text.starts_with("http")
        || text.starts_with("www.")
}

/// The names of a list, parted by commas and by words for `and`; handles and addresses taken out.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    // The one-letter word that opened the last part, to be put back if one word alone follows it.
    let mut opened: Option<&str> = None;
    for word in text.split_whitespace() {
        let (word, comma) = match word.strip_suffix([',', ';', '、', '，']) {
            Some(word) => (word, true),
            None => (word, false),
        };
        if is_handle(word.trim_matches(['(', ')', '<', '>'])) {
            parts.push(String::new());
        } else if is_and(word, parts.last().map_or("", String::as_str)) {
            close(&mut parts, opened);
            opened = (word.chars().count() == 1 && word != "&").then_some(word);
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            if !part.is_empty() {
                part.push(' ');
            }
            part.push_str(word);
        }
        if comma {
            close(&mut parts, opened.take());
            parts.push(String::new());
        }
    }
    close(&mut parts, opened);
    let wide = parts.iter().flat_map(|part| part.split(['、', '，', '＆', '；'])).map(str::trim);
    // `Jane Doe, Jr.` is one name.
    let mut joined: Vec<String> = Vec::new();
    for part in wide.filter(|part| !part.is_empty()) {
        match joined.last_mut() {
            Some(last) if matches!(&*bare(part), "jr" | "sr" | "ii" | "iii" | "iv") => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ => joined.push(part.to_owned()),
        }
    }
    joined
}

/// Ends the last part. `José Ortega y Gasset` is one name: what follows `y` is no name by itself.
fn close(parts: &mut Vec<String>, opened: Option<&str>) {
    let Some(and) = opened else { return };
    if parts.len() > 1
        && let Some(last) = parts.pop_if(|part| !part.contains(' '))
        && let Some(before) = parts.last_mut()
    {
        before.push(' ');
        before.push_str(and);
        before.push(' ');
        before.push_str(&last);
    }
}

/// A word for `and`; the one-letter ones only between whole names (`Ortega y Gasset` stays one).
fn is_and(word: &str, before: &str) -> bool {
    let lower = lower(word);
    AND.contains(&lower)
        && (lower == word || word.chars().count() > 1)
        && (word.chars().count() > 1 || word == "&" || before.split_whitespace().count() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        read(text).map(|byline| byline.authors)
    }

    #[test]
    fn reads_bylines() {
        for (text, expect) in [
            ("By Jane Doe", vec!["Jane Doe"]),
            ("BY JANE DOE", vec!["JANE DOE"]),
            ("By Jane Doe and John Roe, Reuters", vec!["Jane Doe", "John Roe"]),
            ("By Jane Doe, John Roe and Ann Poe", vec!["Jane Doe", "John Roe", "Ann Poe"]),
            ("By Jane Doe, Senior Political Correspondent", vec!["Jane Doe"]),
            ("By Jane Doe for the Springfield Herald", vec!["Jane Doe"]),
            ("By Jane Doe, Springfield Herald", vec!["Jane Doe"]),
            ("By Jane Doe jane.doe@herald.example @janedoe", vec!["Jane Doe"]),
            ("By Jane Doe (@janedoe)", vec!["Jane Doe"]),
            ("By John Roe, Jr.", vec!["John Roe, Jr"]),
            ("Words by Jane Doe, photography by John Roe", vec!["Jane Doe"]),
            ("Text: Jane Doe", vec!["Jane Doe"]),
            ("Photography by John Roe", vec![]),
            ("Edited by John Roe", vec![]),
            ("By Reuters", vec!["Reuters"]),
            ("By Staff Writer", vec![]),
            ("Von Anna Müller und Karl-Heinz Groß", vec!["Anna Müller", "Karl-Heinz Groß"]),
            ("Par Hélène de la Tour et Luc Petit", vec!["Hélène de la Tour", "Luc Petit"]),
            ("Por José Ortega y Gasset", vec!["José Ortega y Gasset"]),
            ("Por Ana Gil y Luis Paz", vec!["Ana Gil", "Luis Paz"]),
            ("Di Maria Rossi e Luca Bianchi", vec!["Maria Rossi", "Luca Bianchi"]),
            ("Door Jan van der Berg en Piet de Vries", vec!["Jan van der Berg", "Piet de Vries"]),
            ("Av Kari Nordmann", vec!["Kari Nordmann"]),
            ("Автор: Иван Петров", vec!["Иван Петров"]),
            ("بقلم: محمد علي", vec!["محمد علي"]),
            ("作者：张伟", vec!["张伟"]),
            ("记者 张伟", vec!["张伟"]),
            ("김철수 기자", vec!["김철수"]),
            ("文／山田太郎", vec!["山田太郎"]),
            ("By Melissa", vec!["Melissa"]),
        ] {
            assert_eq!(names(text), Some(expect.into_iter().map(str::to_owned).collect()), "{text}");
        }
    }

    #[test]
    fn reads_places() {
        for (text, name, place) in [
            ("Aljosa Milenkovic in Moscow", "Aljosa Milenkovic", "Moscow"),
            ("By Jane Doe in New York", "Jane Doe", "New York"),
            ("Von Anna Müller aus Frankfurt am Main", "Anna Müller", "Frankfurt am Main"),
            ("Jane Doe reports from Kyiv", "Jane Doe", "Kyiv"),
            ("Jan Smit, correspondent in Parijs", "Jan Smit", "Parijs"),
        ] {
            let byline = read(text).unwrap();
            assert_eq!(
                (byline.authors, byline.place.as_deref()),
                (vec![name.to_owned()], Some(place)),
                "{text}"
            );
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "By land and by sea, the convoy reached the town",
            "American envoys arrive in Moscow",
            "By the numbers",
            "Storm hits the coast",
            "What we know",
            "Von der Küste bis zu den Bergen",
            "By popular demand",
            "",
        ] {
            assert!(read(text).is_none_or(|byline| byline.authors.is_empty()), "{text}: {:?}", read(text));
        }
    }
}
