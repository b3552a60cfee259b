//! What looks like the name of a person, or of an organisation that signs articles.
//!
//! No list of names can be complete, so names are known by their form (large first letters, particles,
//! initials) and by not being made of the words that headings are made of.

use std::borrow::Cow;

use crate::entities::gazetteer::{self, Facts, Gazetteer};
use crate::vocabulary::{AGENCIES, GIVEN_NAMES, NOT_NAMES, ORGANISATIONS, PARTICLES, ROLES, lower};
use crate::wide::{self, is_wide};

/// True if the first word of `name` is a given name that is known, or an initial before a known surname.
pub(crate) fn starts_with_given_name(name: &str) -> bool {
    let first = name.split(|c: char| c.is_whitespace() || c == '-').next().unwrap_or_default();
    if first.ends_with('.') {
        let last = name.rsplit(char::is_whitespace).next().unwrap_or_default();
        return last != first && known(last).has(Facts::SURNAME);
    }
    GIVEN_NAMES.contains(&lower(first)) || known(first).has(Facts::GIVEN)
}

/// What the gazetteer knows of a name.
fn known(name: &str) -> Facts {
    gazetteer::key(name).map_or(Facts::default(), |key| Gazetteer::builtin().get(key))
}

/// A word without the marks at its ends, in lower case, for the lists.
pub(crate) fn bare(word: &str) -> Cow<'_, str> {
    lower(word.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// True if `text` has the form of a person's name. One word will do only where `one_word` says so.
pub(crate) fn is_person(text: &str, one_word: bool) -> bool {
    if text.chars().any(is_wide) {
        return wide::is_name(text, one_word);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || words.len() > 6 || text.len() > 80 {
        return false;
    }
    let mut n_large = 0;
    for word in &words {
        match form(word) {
            Form::Large => n_large += 1,
            Form::Particle => {}
            Form::Other => return false,
        }
    }
    let long_enough = words.iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    let starts_large = words.first().is_some_and(|word| form(word) == Form::Large || words.len() > 1);
    let ends_large = words.last().is_some_and(|word| form(word) == Form::Large);
    let is_listed =
        words.iter().enumerate().filter(|(_, word)| form(word) == Form::Large).any(|(idx, word)| {
            let word = bare(word);
            // Short words of one language are names in another: `Nguyễn Văn An`.
            (NOT_NAMES.contains(&word) && (idx == 0 || word.len() > 2))
                || ROLES.contains(&word)
                || ORGANISATIONS.contains(&word)
        });
    long_enough && starts_large && ends_large && !is_listed && n_large >= if one_word { 1 } else { 2 }
}

#[derive(PartialEq)]
enum Form {
    Large,
    Particle,
    Other,
}

fn form(word: &str) -> Form {
    let is_mark = |c: char| matches!(c, '-' | '\'' | '’' | '‘' | '.' | '·' | '‐' | '\u{2011}');
    let word = word.trim_end_matches(',');
    let letters_only = word.chars().all(|c| c.is_alphabetic() || is_mark(c) || is_combining(c));
    let Some(first) = word.chars().find(|c| c.is_alphabetic()) else { return Form::Other };
    if !letters_only {
        return Form::Other;
    }
    if !first.is_lowercase() {
        return Form::Large;
    }
    let small = PARTICLES.contains(&lower(word));
    // `al-Masri`, `d'Angelo`, `O'Brien`: small, a mark, then large.
    let joined = word.chars().any(char::is_uppercase) && word.chars().any(is_mark);
    if small {
        Form::Particle
    } else if joined {
        Form::Large
    } else {
        Form::Other
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{97f}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
}

/// True for the name of a town or country that is known.
pub(crate) fn is_known_place(text: &str) -> bool {
    known(text).place() > 0
}

/// True for one word that newspapers are called by: `Lindenpost`.
pub(crate) fn looks_like_outlet(text: &str) -> bool {
    const ENDS: [&str; 22] = [
        "post",
        "blatt",
        "zeitung",
        "kurier",
        "bote",
        "anzeiger",
        "bladet",
        "avisen",
        "tidning",
        "krant",
        "blad",
        "news",
        "press",
        "presse",
        "media",
        "wire",
        "tv",
        ".com",
        ".net",
        "вестник",
        "известия",
        "пресс",
    ];
    let words: Vec<Cow<'_, str>> = text.split_whitespace().map(bare).collect();
    text.starts_with(['«', '“', '"', '„'])
        || words.first().is_some_and(|word| word == "the")
        || words.iter().any(|word| ENDS.iter().any(|end| word.ends_with(end)) || OUTLETS.contains(&&**word))
}

/// What newspapers and magazines are called by, besides the words of organisations.
const OUTLETS: [&str; 45] = [
    "magazin",
    "журнал",
    "газета",
    "вестник",
    "новости",
    "известия",
    "głos",
    "kurier",
    "post",
    "courier",
    "sentinel",
    "echo",
    "mail",
    "express",
    "mirror",
    "examiner",
    "inquirer",
    "reporter",
    "argus",
    "mercury",
    "correo",
    "diario",
    "voz",
    "revista",
    "cuadernos",
    "courrier",
    "gazette",
    "revue",
    "tribune",
    "corriere",
    "gazzetta",
    "mattino",
    "rivista",
    "quaderni",
    "jornal",
    "correio",
    "gazeta",
    "diário",
    "dagblad",
    "courant",
    "tijdschrift",
    "nieuwsblad",
    "dziennik",
    "tygodnik",
    "magazyn",
];

/// True for a part of a byline that names an organisation.
pub(crate) fn is_organisation(text: &str) -> bool {
    if AGENCIES.contains(&lower(text.trim().trim_matches(['.', ',', '(', ')']))) {
        return true;
    }
    let words: Vec<Cow<'_, str>> = text.split_whitespace().map(bare).collect();
    words.len() <= 7
        && text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase())
        && words.iter().any(|word| ORGANISATIONS.contains(word))
        && !words.iter().any(|word| ROLES.contains(word))
}

/// True for the name a news agency signs with.
pub(crate) fn is_agency(text: &str) -> bool {
    AGENCIES.contains(&lower(text.trim().trim_matches(['.', ',', '(', ')', '/'])))
}

/// True for the name of an agency that is not listed: `Harrow Wire Agency`.
pub(crate) fn signs_as_agency(text: &str) -> bool {
    let words = text.split([' ', '-']).map(bare);
    words.into_iter().any(|word| {
        matches!(
            &*word,
            "agency"
                | "press"
                | "wire"
                | "newswire"
                | "news"
                | "agentur"
                | "agence"
                | "agencia"
                | "agenzia"
                | "agência"
                | "agencja"
        ) || word.ends_with("press")
            || word.ends_with("presse")
            || word.ends_with("пресс")
            || word.ends_with("agentur")
    })
}

/// True for a part of a byline that says what somebody is: `Senior Political Correspondent`.
pub(crate) fn is_role(text: &str) -> bool {
    let words: Vec<Cow<'_, str>> =
        text.split([' ', '-', '\u{a0}']).map(bare).filter(|word| !word.is_empty()).collect();
    (1..=8).contains(&words.len()) && words.iter().any(|word| ROLES.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_form_of_names() {
        for name in [
            "Jane Doe",
            "JANE DOE",
            "Ludwig van Beethoven",
            "María José de la Cruz",
            "Jean-Luc O’Brien",
            "J. K. Rowe",
            "Mohammed bin Salim al-Masri",
            "Иван Петров",
            "Γιώργος Παπαδόπουλος",
            "محمد علي",
            "张伟",
            "山田 太郎",
            "Sinéad Ní Bhriain",
            "Ana d'Angelo",
            "Nguyễn Văn An",
            "राम शर्मा",
        ] {
            assert!(is_person(name, false), "{name}");
        }
        for other in [
            "Opening Analysis",
            "Breaking News",
            "the Springfield Herald",
            "Jane",
            "arrived in Moscow",
            "Staff Writer",
            "December 3",
            "Data & Evidence",
            "Jane Doe 2",
            "",
            "J. K.",
            "World Politics",
            "one two",
        ] {
            assert!(!is_person(other, false), "{other}");
        }
        assert!(is_person("Melissa", true));
    }

    #[test]
    fn tells_organisations_and_roles() {
        assert!(
            is_organisation("Reuters")
                && is_organisation("Springfield Herald")
                && !is_organisation("Jane Doe")
        );
        assert!(is_role("Senior Political Correspondent") && is_role("PhD") && !is_role("Jane Doe"));
        assert!(starts_with_given_name("Sarah Johnson") && !starts_with_given_name("Opening Analysis"));
    }
}
