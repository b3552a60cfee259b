//! Where a full stop ends no sentence, and what may stand behind an apostrophe, by language.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

use super::{Flags, Word, fold};

/// What a full stop behind a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// The end of a sentence.
    No,
    /// Part of the word, and a sentence hardly ever ends with it: `Mr.`
    Never,
    /// Part of the word, which may stand last: `etc.`, `U.S.`
    Maybe,
}

/// The abbreviations of each language, and those of all under `*`: true if the word never ends a sentence.
static ABBREVIATIONS: LazyLock<HashMap<&'static str, HashMap<u64, bool>>> = LazyLock::new(|| {
    let mut all: HashMap<&'static str, HashMap<u64, bool>> = HashMap::new();
    for line in include_str!("../words/abbreviations.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut row = line.split_whitespace();
        let (Some(when), Some(codes)) = (row.next(), row.next()) else { continue };
        for code in codes.split(',') {
            all.entry(code)
                .or_default()
                .extend(row.clone().map(|word| (fold::of_word(word), when == "never")));
        }
    }
    all
});

/// Small words of all languages: a sentence begins with one that is written large.
static SMALL: LazyLock<HashSet<u64>> = LazyLock::new(|| {
    let rows = include_str!("../words/languages.txt").lines().filter(|line| !line.starts_with('#'));
    rows.flat_map(|row| row.split(' ').skip(1)).map(fold::of_word).collect()
});

/// What a language does with stops and apostrophes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// A number with a stop is an ordinal: `3. Dezember`.
    ordinals: bool,
    /// Endings stand behind an apostrophe: `Ankara'da`.
    endings: bool,
    /// Guillemets close behind a space: `« Non. »`
    pub(super) spaced_guillemets: bool,
    small: &'static HashSet<u64>,
    /// Of the language, and of all.
    abbreviations: [Option<&'static HashMap<u64, bool>>; 2],
}

impl Habits {
    pub(super) fn of(language: &str) -> Habits {
        let code = language.split('-').next().unwrap_or_default();
        Habits {
            ordinals: matches!(
                code,
                "de" | "da"
                    | "nb"
                    | "nn"
                    | "no"
                    | "is"
                    | "fi"
                    | "et"
                    | "cs"
                    | "sk"
                    | "sl"
                    | "hr"
                    | "bs"
                    | "sr"
                    | "pl"
                    | "hu"
                    | "tr"
                    | "az"
                    | "lv"
                    | "eu"
                    | "lb"
            ),
            endings: matches!(code, "tr" | "az" | "pl" | "fi" | "et" | "kk" | "tt"),
            spaced_guillemets: code == "fr",
            small: &SMALL,
            abbreviations: [ABBREVIATIONS.get(code), ABBREVIATIONS.get("*")],
        }
    }

    /// What a stop behind a word is. `is_first`: the word opens its sentence.
    pub(super) fn abbreviates(&self, word: &Word, letters: &str, is_first: bool) -> Abbreviation {
        if word.is(Flags::NUMBER) {
            let is_short = letters.len() <= 2;
            return match (is_first && is_short, self.ordinals && is_short) {
                (true, _) => Abbreviation::Never,
                (_, true) => Abbreviation::Maybe,
                _ => Abbreviation::No,
            };
        }
        if letters.len() <= 8
            && let Some(never) = self.abbreviations.iter().flatten().find_map(|words| words.get(&word.hash))
        {
            return if *never { Abbreviation::Never } else { Abbreviation::Maybe };
        }
        // `J. K. Rowe`, `z. B.`
        let is_initial = letters.chars().count() == 1 && !word.is(Flags::CASELESS);
        if is_initial { Abbreviation::Maybe } else { Abbreviation::No }
    }

    /// True for a small word of some language. One letter is rather an initial.
    pub(super) fn is_small(&self, word: &str) -> bool {
        word.chars().nth(1).is_some() && self.small.contains(&fold::of_word(word))
    }

    /// True if `tail`, behind an apostrophe, is an ending of `word` and no part of it.
    pub(super) fn is_suffix(&self, word: &str, tail: &str) -> bool {
        let english = matches!(tail, "s" | "S" | "re" | "ve" | "ll" | "d" | "m");
        let is_name = || word.chars().next().is_some_and(char::is_uppercase) && word.chars().count() > 1;
        english || self.endings && is_name() && tail.chars().all(char::is_lowercase)
    }
}
