//! Who wrote it: the names in a line such as `By Jane Doe and John Roe, Reuters`.
//!
//! What must stay true: only names that the line states, spelt as it spells them. Roles, agencies, handles and
//! addresses are no names; another organisation is an author only where no person is.

use crate::names::{
    bare, is_agency, is_known_place, is_organisation, is_person, is_role, looks_like_outlet, signs_as_agency,
    starts_with_given_name,
};
use crate::signed::{self, Signed};
use crate::vocabulary::{AND, AUTHOR_PREFIXES, OTHER_WORKS, PARTICLES, WORKS, lower};
use crate::whence::{self, stands_for_a_place};
use crate::wide;

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

impl Byline {
    /// What says that somebody signs or helped, and names no author.
    pub(crate) fn nobody() -> Byline {
        Byline { prefixed: true, ..Byline::default() }
    }
}

/// Reads one piece of a byline, between the bars and dots that part it. `None` if it is something else.
pub(crate) fn read(piece: &str) -> Option<Byline> {
    let piece = piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '.'));
    if piece.len() > 240 || piece.split_whitespace().count() > 26 {
        return None;
    }
    if AUTHOR_PREFIXES.contains(&lower(piece)) || is_agency(piece) {
        return Some(Byline::nobody());
    }
    if let Some(byline) = wide::read(piece) {
        return Some(byline);
    }
    let (prefixed, rest) = match signed::read(piece) {
        Some(Signed::Other) => return Some(Byline::nobody()),
        Some(Signed::Author(rest)) => (true, rest),
        None => (false, piece),
    };
    let rest = without_role(until_other_credit(rest), prefixed);
    let mut byline = Byline { prefixed, ..Byline::default() };
    let rest = without_notes(rest, &mut byline);
    if let Some(both) = each_somewhere(&rest, prefixed) {
        return Some(both);
    }
    let (names, place) = whence::behind_in(&rest);
    byline.place = byline.place.take().or(place);
    collect(names, &mut byline)?;
    if byline.place.is_some() && byline.authors.is_empty() {
        return None;
    }
    Some(byline)
}

/// `John Roe in Moscow and Jane Doe in Kyiv`: the first place is the report's.
fn each_somewhere(text: &str, prefixed: bool) -> Option<Byline> {
    let at = last_and(text)?;
    let (first, rest) = (text.get(..at)?, text.get(at..)?.trim_start());
    let second = rest.split_once(' ')?.1;
    let ((names, place), (others, there)) = (whence::behind_in(first), whence::behind_in(second));
    let mut byline = Byline { place, prefixed, ..Byline::default() };
    (byline.place.is_some() && there.is_some()).then_some(())?;
    collect(names, &mut byline)?;
    let mut other = Byline { prefixed, ..Byline::default() };
    collect(others, &mut other)?;
    byline.authors.extend(other.authors);
    Some(byline)
}

/// `Door onze politiek verslaggever Jan Smit`: the name, behind what somebody is in small letters.
fn without_role(text: &str, prefixed: bool) -> &str {
    let is_small = |word: &str| word.starts_with(char::is_lowercase) && !PARTICLES.contains(word);
    if !prefixed || !text.split(' ').next().is_some_and(is_small) {
        return text;
    }
    let mut rest = text;
    while let Some((word, after)) = rest.split_once(' ') {
        if !is_small(word) && !is_role(word) {
            break;
        }
        rest = after.trim_start();
    }
    let head = text.get(..text.len() - rest.len()).unwrap_or_default();
    let n_words = head.split_whitespace().count();
    // `à Bruxelles, Luc Petit` is a place first.
    if n_words <= 5 && (is_role(head) || n_words == 1 && head.trim().chars().count() > 4) {
        rest
    } else {
        text
    }
}

/// `text` up to a credit for something else:  `Jane Doe, photography by John Roe`.
fn until_other_credit(text: &str) -> &str {
    for (at, _) in text.match_indices([' ', ',', ';', '.']) {
        let Some(tail) = text.get(at + 1..) else { continue };
        let tail = tail.trim_start();
        let joined = tail.split_once(' ').filter(|(and, _)| AND.contains(and)).map_or(tail, |(_, rest)| rest);
        // `Tekst Jan Smit Beeld Ana Gil`: a noun alone will do behind a whole name.
        let noun = || {
            let (word, name) = tail.split_once(' ').unwrap_or((tail, ""));
            let large = |text: &str| text.starts_with(char::is_uppercase);
            large(word)
                && large(name)
                && OTHER_WORKS.contains(&bare(word))
                && is_person(last_name(text.get(..at).unwrap_or("")), false)
        };
        let credits = |tail: &&str| signed::may_open(tail) && signed::read(tail) == Some(Signed::Other);
        if [tail, joined].iter().any(credits) || noun() {
            return text.get(..at).unwrap_or(text).trim_end_matches([',', ' ', ';', '.']);
        }
    }
    text
}

/// The names without what stands in brackets behind them: an agency, a place, a handle. What did something else
/// goes with its note: `Jane Doe (Text) and John Roe (Photos)`.
fn without_notes(text: &str, byline: &mut Byline) -> String {
    let mut names = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let (note, after) = after.split_once(')').unwrap_or((after, ""));
        names.push_str(before);
        let did = |list: &crate::vocabulary::List| {
            note.split_whitespace().map(bare).any(|word| list.contains(&word))
        };
        if did(&OTHER_WORKS) && !did(&WORKS) {
            let kept = names.trim_end().rfind([',', ';']).or_else(|| last_and(&names)).unwrap_or(0);
            names.truncate(kept);
        } else if byline.place.is_none() && is_noted_place(note) {
            byline.place = Some(whence::without_in(note).to_owned());
        }
        rest = after;
    }
    names.push_str(rest);
    names
}

/// True for a place in brackets. Agencies stand there too, so two words must be known, or follow a word for `in`.
fn is_noted_place(note: &str) -> bool {
    let place = whence::without_in(note);
    let told = place.len() < note.trim().len() || !place.contains(' ') || is_known_place(place);
    told && stands_for_a_place(place) && !is_acronym(note)
}

/// The last of some names.
fn last_name(names: &str) -> &str {
    let joined =
        last_and(names).and_then(|at| names.get(at..)?.trim_start().split_once(' ')).map(|(_, name)| name);
    joined.unwrap_or(names).rsplit(", ").next().unwrap_or(names)
}

/// Where the last word for `and` begins.
fn last_and(text: &str) -> Option<usize> {
    let mut at = text.match_indices(' ').map(|(at, _)| at).collect::<Vec<_>>();
    at.reverse();
    at.into_iter().find(|at| {
        let word = text.get(at + 1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        AND.contains(word)
    })
}

/// Fills in the authors. `None` if a part is neither a name nor what may stand beside one.
fn collect(names: &str, byline: &mut Byline) -> Option<()> {
    let mut organisations = Vec::new();
    let parts = parts(names);
    let one_word = byline.prefixed && parts.len() == 1;
    let mut plain = true;
    for (idx, part) in parts.iter().enumerate() {
        let name = of_somewhere(&part.text);
        let is_last = idx + 1 == parts.len();
        // Behind a name, a comma and nothing else: what somebody is or where.
        let beside = !byline.authors.is_empty() && !part.joined;
        let helper = part.with && !starts_with_given_name(name);
        if name.is_empty() || helper || is_agency(name) || is_handle(name) {
            plain &= !name.is_empty() && !is_agency(name);
        } else if is_person(name, one_word)
            && (byline.prefixed || has_case(name) || starts_with_given_name(name))
            && !is_acronym(name)
            && !(beside && looks_like_outlet(name))
            && !(beside && is_last && is_elsewhere(name, byline))
        {
            byline.authors.push(name.to_owned());
        } else if is_role(name)
            || (beside && name.starts_with(char::is_lowercase) && name.split(' ').count() <= 6)
        {
            // What somebody is.
        } else if beside && stands_for_a_place(name) {
            byline.place.get_or_insert_with(|| name.to_owned());
        } else if is_organisation(name) || (byline.prefixed && is_acronym(name)) {
            organisations.push(name.to_owned());
        } else if !(beside
            && (byline.prefixed || knows_first(byline) || looks_like_outlet(name))
            && name.split(' ').count() <= 5)
        {
            return None;
        }
    }
    if byline.authors.is_empty() && !organisations.is_empty() {
        // An organisation alone needs a word that says it signs.
        if !byline.prefixed {
            return None;
        }
        organisations.retain(|name| !signs_as_agency(name) && !is_acronym(name));
        byline.organisation = !organisations.is_empty();
        byline.authors = organisations;
    }
    dedup(&mut byline.authors);
    let known = !byline.authors.is_empty()
        || byline.prefixed
        || !plain
        || parts.iter().all(|part| is_role(&part.text) || is_handle(&part.text));
    known.then_some(())
}

/// True for two words that look like a name and stand where a town does: `Ana Gil, San Marcos`.
fn is_elsewhere(name: &str, byline: &Byline) -> bool {
    (is_known_place(name) || !starts_with_given_name(name)) && knows_first(byline) && stands_for_a_place(name)
}

fn knows_first(byline: &Byline) -> bool {
    byline.authors.first().is_some_and(|name| starts_with_given_name(name))
}

/// True in scripts with large and small letters, and where names are known by their characters. In the others any
/// two words look like a name.
fn has_case(name: &str) -> bool {
    name.chars().any(|c| c.is_uppercase() || wide::is_wide(c))
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

/// One of a list of names.
#[derive(Debug, Clone, Default)]
struct Part {
    text: String,
    /// A word for `and` stands before it.
    joined: bool,
    /// It is one that agencies are named with: `avec AFP`.
    with: bool,
}

/// The names of a list, parted by commas and by words for `and`; handles and addresses taken out.
fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![Part::default()];
    // The one-letter word that opened the last part, to be put back if one word alone follows it.
    let mut opened: Option<&str> = None;
    for word in text.split_whitespace() {
        let (word, comma) = match word.strip_suffix([',', ';']) {
            Some(word) => (word, true),
            None => (word, false),
        };
        if is_handle(word.trim_matches(['(', ')', '<', '>'])) {
            parts.push(Part::default());
        } else if is_and(word, parts.last().map_or("", |part| part.text.as_str())) {
            close(&mut parts, opened);
            opened = (word.chars().count() == 1 && word != "&").then_some(word);
            let with = matches!(word, "with" | "avec" | "mit" | "con" | "com" | "met");
            parts.push(Part { joined: true, with, ..Part::default() });
        } else if let Some(part) = parts.last_mut() {
            if !part.text.is_empty() {
                part.text.push(' ');
            }
            part.text.push_str(word);
        }
        if comma {
            close(&mut parts, opened.take());
            parts.push(Part::default());
        }
    }
    close(&mut parts, opened);
    // With `and` before the last, all of a list are of one kind.
    let is_list = parts.iter().rposition(|part| part.joined);
    // `Jane Doe, Jr.` is one name.
    let mut joined: Vec<Part> = Vec::new();
    for (idx, mut part) in parts.into_iter().enumerate().filter(|(_, part)| !part.text.is_empty()) {
        part.joined |= is_list.is_some_and(|last| idx <= last);
        match joined.last_mut() {
            Some(last) if matches!(&*bare(&part.text), "jr" | "sr" | "ii" | "iii" | "iv") => {
                last.text.push_str(", ");
                last.text.push_str(&part.text);
            }
            _ => joined.push(part),
        }
    }
    joined
}

/// Ends the last part. `José Ortega y Gasset` is one name: what follows `y` is no name by itself.
fn close(parts: &mut Vec<Part>, opened: Option<&str>) {
    let Some(and) = opened else { return };
    if parts.len() > 1
        && let Some(last) = parts.pop_if(|part| !part.text.contains(' '))
        && let Some(before) = parts.last_mut()
    {
        before.text.extend([" ", and, " ", &last.text]);
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
            ("By Reuters", vec![]),
            ("By Harrow Wire Agency", vec![]),
            ("By Springfield University", vec!["Springfield University"]),
            ("John Roe in Moscow and Jane Doe in Kyiv", vec!["John Roe", "Jane Doe"]),
            ("From our correspondent in Lagos, John Roe", vec!["John Roe"]),
            ("Von Anna Müller (Text) und Karl Groß (Fotos)", vec!["Anna Müller"]),
            ("Jane Doe with additional reporting by John Roe", vec!["Jane Doe"]),
            ("Par Luc Petit avec AFP", vec!["Luc Petit"]),
            ("Por Ana Gil, enviada especial", vec!["Ana Gil"]),
            ("Von Anna Müller, freie Autorin", vec!["Anna Müller"]),
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
            ("Anna Müller, Wien", "Anna Müller", "Wien"),
            ("Ana Gil (Lisboa)", "Ana Gil", "Lisboa"),
            ("Por Ana Gil, desde San Marcos", "Ana Gil", "San Marcos"),
            ("di Maria Rossi da Porto Salvo", "Maria Rossi", "Porto Salvo"),
            ("Иван Петров, Казань", "Иван Петров", "Казань"),
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
