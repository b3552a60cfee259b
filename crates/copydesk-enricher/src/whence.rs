//! Where the writers of a byline report from: `Jane Doe in Moscow`, `Anna Müller, Wien`, `Ana Gil (Lisboa)`.

use crate::names::{
    bare, is_agency, is_known_place, is_organisation, is_person, is_role, looks_like_outlet,
    starts_with_given_name,
};
use crate::vocabulary::{AND, NOT_NAMES};

/// Between a name and a place.
const IN: [&str; 31] = [
    " reporting from ",
    " reports from ",
    " reporting in ",
    " reports for ",
    " berichtet aus ",
    " bericht uit ",
    " bericht vanuit ",
    " informa desde ",
    " à ",
    " a ",
    " aus ",
    " in ",
    " im ",
    " en ",
    " em ",
    " desde ",
    " zurzeit ",
    " derzeit ",
    " z.Zt. ",
    " da ",
    " vanuit ",
    " uit ",
    " w ",
    " we ",
    " z ",
    " в ",
    " из ",
    " у ",
    " i ",
    " te ",
    " от ",
];

/// True for the first word of one of [`IN`].
fn opens_joiner(word: &str) -> bool {
    matches!(
        word,
        "reporting"
            | "reports"
            | "berichtet"
            | "bericht"
            | "informa"
            | "à"
            | "a"
            | "aus"
            | "in"
            | "im"
            | "en"
            | "em"
            | "desde"
            | "da"
            | "vanuit"
            | "uit"
            | "w"
            | "we"
            | "z"
            | "в"
            | "из"
            | "у"
            | "i"
            | "te"
            | "от"
            | "zurzeit"
            | "derzeit"
            | "z.Zt."
    )
}

/// Splits off where the names report from: `Jane Doe in Moscow`, `Jane Doe reports from Kyiv`.
pub(crate) fn behind_in(text: &str) -> (&str, Option<String>) {
    // `De notre correspondant à Bruxelles, Luc Petit`
    if text.starts_with(char::is_lowercase)
        && let Some((place, names)) = text.split_once(", ")
        && let Some(place) = IN.iter().find_map(|joiner| place.strip_prefix(joiner.trim_start()))
        && is_place(place)
    {
        return (names, Some(place.to_owned()));
    }
    // Most lines have none of them, which one look at each word tells.
    if !text.split(' ').skip(1).any(opens_joiner) {
        return (text, None);
    }
    for joiner in IN {
        let Some((names, place)) = rsplit_at_space(text, joiner) else { continue };
        let place = place.trim().trim_end_matches(',');
        let names = names.trim().trim_end_matches(',');
        let first = names.rsplit([',', '&']).next().unwrap_or_default().trim();
        let one_of_many = and_parts(first);
        let named =
            is_person(first, false) || is_person(one_of_many, false) || is_role(first) || is_agency(first);
        // `en`, `i` and others also mean `and`: `Jan Smit en Piet Vries` has two names and no place.
        let and = AND.contains(joiner.trim()) && is_person(place, false) && !is_known_place(place);
        // Behind another `and` it is a place after all.
        let told = one_of_many != first && !starts_with_given_name(place);
        // Behind what somebody is, a language with cases says where the desk is: `korespondent w Moskwie`.
        let bent =
            matches!(joiner, " w " | " we " | " в " | " у ") && is_role(first) && !is_known_place(place);
        if named && is_place(place) && (!and || told) && !bent {
            return (names, Some(place.to_owned()));
        }
    }
    (text, None)
}

/// `à Lyon`, `in Rom`: the place alone.
pub(crate) fn without_in(text: &str) -> &str {
    let text = text.trim();
    IN.iter().find_map(|joiner| text.strip_prefix(joiner.trim_start())).unwrap_or(text)
}

/// What follows the last word for `and`.
fn and_parts(text: &str) -> &str {
    let mut last = text;
    let mut from = 0;
    for word in text.split(' ') {
        from += word.len() + 1;
        if AND.contains(word) {
            last = text.get(from..).unwrap_or(last);
        }
    }
    last
}

/// As `rsplit_once`, for a `joiner` that starts with a space: texts are short, and have few.
fn rsplit_at_space<'a>(text: &'a str, joiner: &str) -> Option<(&'a str, &'a str)> {
    let mut spaces = text.bytes().enumerate().rev().filter(|(_, byte)| *byte == b' ');
    spaces.find_map(|(at, _)| Some((text.get(..at)?, text.get(at..)?.strip_prefix(joiner)?)))
}

/// True for what stands alone behind a name, a comma or a bar between, and says where they are.
pub(crate) fn stands_for_a_place(text: &str) -> bool {
    let n_words = text.split_whitespace().count();
    let plain = is_place(text)
        && !is_role(text)
        && !is_organisation(text)
        && !is_agency(text)
        && !looks_like_outlet(text);
    plain && (is_known_place(text) || n_words == 1 || (n_words <= 4 && !starts_with_given_name(text)))
}

/// Up to five words with large first letters: `Kyiv`, `Frankfurt am Main`, `Sharm el-Sheikh, Egypt`.
pub(crate) fn is_place(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let large = |word: &&str| word.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
    (1..=5).contains(&words.len())
        && text.len() <= 80
        && words.first().is_some_and(large)
        && words.last().is_some_and(large)
        && words
            .iter()
            .all(|word| large(word) || word.chars().count() <= 3 || word.contains('-') || is_small_part(word))
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | ',' | '\'' | '’'))
        && !words.iter().any(|word| is_month_or_day(&bare(word)))
}

/// Small words of four letters and more inside the names of towns.
fn is_small_part(word: &str) -> bool {
    matches!(
        word,
        "della" | "delle" | "dell'" | "degli" | "sous" | "upon" | "under" | "unter" | "ober" | "voor" | "lez"
    )
}

fn is_month_or_day(word: &str) -> bool {
    NOT_NAMES.contains(word) && (word.ends_with("day") || word.ends_with("ber") || word.ends_with("ary"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_joiner_is_known_by_its_first_word() {
        for joiner in IN {
            assert!(joiner.split_whitespace().next().is_some_and(opens_joiner), "{joiner}");
        }
    }
}
