//! When two names are the same name: whatever the case, the accents, a possessive ending and, but in names of
//! people, a leading article.

use copydesk_core::EntityKind;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Articles before names in the languages of the set.
const ARTICLES: &[&str] = &[
    "the", "der", "die", "das", "dem", "den", "des", "le", "la", "les", "el", "los", "las", "il", "lo",
    "gli", "i", "de", "het",
];
const ELIDED: &[&str] = &["l'", "d'", "dell'", "all'"];
const POSSESSIVES: &[&str] = &["'s", "'"];

/// A name in the form in which names are compared. The article of a person (`Le Goff`, `De Luca`) is of the name.
pub(super) fn fold(name: &str, kind: EntityKind) -> String {
    let plain: String = name
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .map(|letter| match letter {
            '’' | 'ʼ' | '‘' | '`' => '\'',
            '‐' | '‑' | '–' => '-',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect();
    let is_thing = kind != EntityKind::Person;
    let words: Vec<&str> = plain.split_whitespace().collect();
    let words = match words.split_first() {
        Some((first, rest)) if is_thing && !rest.is_empty() && ARTICLES.contains(first) => rest,
        _ => &words,
    };
    let joined = words.join(" ").trim_end_matches('.').to_owned();
    let elided = ELIDED.iter().find_map(|article| joined.strip_prefix(article)).filter(|_| is_thing);
    let start = elided.unwrap_or(&joined);
    POSSESSIVES.iter().find_map(|ending| start.strip_suffix(ending)).unwrap_or(start).to_owned()
}

#[cfg(test)]
mod tests {
    use EntityKind::{Organisation, Person, Place};

    use super::*;

    #[test]
    fn case_accents_articles_and_possessives_do_not_matter() {
        assert_eq!(fold("ÁNGELES  Núñez", Person), "angeles nunez");
        assert_eq!(fold("the Kremlin's", Organisation), "kremlin");
        assert_eq!(fold("Hughes’", Person), "hughes");
        assert_eq!(fold("Timo W.", Person), fold("Timo W", Person));
        assert_eq!(fold("l’Élysée", Organisation), fold("Elysée", Organisation));
        assert_eq!(fold("Saint\u{2011}Malo", Place), "saint-malo");
    }

    #[test]
    fn an_article_alone_or_of_a_person_is_of_the_name() {
        assert_eq!(fold("Los", Place), "los");
        assert_ne!(fold("Le Goff", Person), fold("Goff", Person));
        assert_ne!(fold("D'Arbigny", Person), fold("Arbigny", Person));
    }
}
