//! How long a reader needs for a text, by its language.
//!
//! The speeds are those of the International Reading Speed Texts, which 436 people read in 17 languages:
//! Trauzettel-Klosinski, Dietz and the IReST Study Group, *Standardized Assessment of Reading Performance*,
//! Investigative Ophthalmology & Visual Science 53(9), 2012. They were read aloud, with care; silent readers of
//! English are 4 % faster (Brysbaert 2019).

use crate::count::Tally;

/// Words a minute.
const WORDS: [(&str, u32); 17] = [
    ("ar", 138),
    ("de", 179),
    ("en", 228),
    ("es", 218),
    ("fi", 161),
    ("fr", 195),
    ("he", 187),
    ("it", 188),
    ("ja", 193),
    ("nl", 202),
    ("pl", 166),
    ("pt", 181),
    ("ru", 184),
    ("sl", 180),
    ("sv", 199),
    ("tr", 166),
    ("zh", 158),
];

/// Words a minute in other languages: the mean of those.
const OTHER_WORDS: u32 = 184;

/// Characters of Japanese a minute, and of Chinese.
const JAPANESE: u32 = 357;
const CHINESE: u32 = 255;

/// Minutes for what was counted in a text of this language, rounded up; none for no words. `words_per_minute`
/// overrides what is known of the language.
pub(crate) fn minutes(tally: Tally, language: &str, words_per_minute: Option<u32>) -> usize {
    if let Some(pace) = words_per_minute {
        return tally.n_words().div_ceil(pace.max(1) as usize);
    }
    let words =
        WORDS.iter().find(|(code, _)| *code == language).map_or(OTHER_WORDS, |(_, pace)| *pace) as usize;
    let wide = if language == "ja" { JAPANESE } else { CHINESE } as usize;
    // Both at once, so that a name among characters is no minute of its own.
    (tally.n_spaced() * wide + tally.n_wide() * words).div_ceil(words * wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_at_their_own_pace() {
        for (text, language, expect) in [
            (String::new(), "en", 0),
            ("rain ".to_owned(), "en", 1),
            ("rain ".repeat(228), "en", 1),
            ("rain ".repeat(229), "en", 2),
            ("مطر ".repeat(229), "ar", 2),
            ("sade ".repeat(483), "fi", 3),
            ("eső ".repeat(184), "hu", 1),
            ("雨".repeat(255), "zh", 1),
            ("雨".repeat(510), "zh", 2),
            ("雨".repeat(510), "ja", 2),
            ("雨".repeat(357), "ja", 1),
            ("雨".repeat(357) + " rain", "ja", 2),
            ("ฝ".repeat(920), "th", 1),
        ] {
            assert_eq!(minutes(Tally::of(&text), language, None), expect, "{language}");
        }
    }

    #[test]
    fn a_pace_that_is_given_holds_for_all() {
        for (text, language, expect) in [("rain ".repeat(300), "en", 1), ("雨".repeat(602), "zh", 2)] {
            assert_eq!(minutes(Tally::of(&text), language, Some(300)), expect, "{language}");
        }
    }
}
