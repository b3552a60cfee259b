//! Passages in another language than the article.
//!
//! Most articles have none, so each passage is first asked whether it speaks against the article's language: its
//! first letters for their script, then its words, until enough are small words of that language. Only what does is
//! looked at as carefully as an article is.

use copydesk_core::Language;

use super::language_of;
use super::scripts::Script;
use super::table::{Key, Set, TABLE};
use super::votes::{Votes, lower};

/// Letters below which a passage is a name or a saying.
const MIN_LETTERS: u32 = 60;

/// How sure a language in the article's script must be, and one in another.
const SURE: f64 = 0.97;
const SURE_OF_SCRIPT: f64 = 0.8;

/// Letters whose script is looked at.
const LETTERS: u32 = 24;

/// Small words of the article's language that are proof of it, less those of others alone.
const PROOF: i32 = 2;

/// Languages that differ too little for a passage of one in the midst of the other to be told.
const ALIKE: [&[&str]; 4] = [&["bs", "hr", "sr"], &["da", "nb", "nn"], &["id", "ms"], &["gl", "pt"]];

/// What passages of an article are measured against.
pub(super) struct Passages<'a> {
    article: &'a Language,
    /// The article's language in the table of words; none for one that is not in it.
    bit: Set,
    script: Script,
}

impl<'a> Passages<'a> {
    /// Of an article in this language.
    pub(super) fn of(article: &'a Language) -> Passages<'a> {
        let at = TABLE.codes.iter().position(|code| **code == *article.code);
        let script = match article.script.as_str() {
            "Latn" => Script::Latin,
            "Cyrl" => Script::Cyrillic,
            "Arab" => Script::Arabic,
            "Deva" => Script::Devanagari,
            "Hans" | "Hant" | "Hani" | "Jpan" => Script::Han,
            _ => Script::Other,
        };
        Passages { article, bit: at.map_or(0, |at| 1 << at), script }
    }

    /// The tag of the language a passage is in, if that is surely not the article's.
    pub(super) fn other(&self, text: &str) -> Option<String> {
        if !self.speaks_against(text) {
            return None;
        }
        let votes = Votes::of(text);
        let language = language_of(text).filter(|_| votes.n_letters() >= MIN_LETTERS)?;
        let is_alike = |all: &&[&str]| all.contains(&&*language.code) && all.contains(&&*self.article.code);
        let is_surely = if votes.main_script() == self.script {
            language.confidence >= SURE && votes.are_of(&language.code)
        } else {
            language.confidence >= SURE_OF_SCRIPT
        };
        let is_other = language.code != self.article.code && !ALIKE.iter().any(is_alike);
        (is_other && is_surely).then_some(language.tag)
    }

    /// True if the first letters are of another script, or the words are none of the article's.
    fn speaks_against(&self, text: &str) -> bool {
        let (mut same, mut other) = (0, 0);
        let mut proof = 0;
        let mut key = Key::default();
        for c in text.chars() {
            let Some(letter) = (if c.is_ascii() {
                c.is_ascii_alphabetic().then(|| c.to_ascii_lowercase())
            } else {
                lower(c)
            }) else {
                let languages = TABLE.of_word(&key);
                key = Key::default();
                if languages & self.bit != 0 {
                    proof += 1;
                } else if languages != 0 {
                    proof -= 1;
                }
                if proof >= PROOF {
                    return false;
                }
                continue;
            };
            if same + other < LETTERS {
                if self.is_of_script(letter) { same += 1 } else { other += 1 }
            } else if same <= other {
                return true;
            } else if !matches!(
                self.script,
                Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari
            ) {
                // One language alone is written in this script, or words have no ends in it.
                return false;
            }
            key.push(letter);
        }
        true
    }

    fn is_of_script(&self, letter: char) -> bool {
        match Script::of(letter) {
            Script::Kana => self.script == Script::Han,
            Script::Sole(code) => code == self.article.code,
            script => script == self.script,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Die alte Brücke über den Fluss bleibt bis zum Ende des Monats gesperrt, sagte sie.";
    const ENGLISH: &str =
        "The old bridge over the river will stay closed until the end of the month, she said.";
    const RUSSIAN: &str = "Старый мост через реку останется закрытым до конца этого месяца, сказала она.";
    const JAPANESE: &str = "川にかかる古い橋は、工事のため今月末まで通れないと市は話している。";
    const KOREAN: &str = "강 위의 오래된 다리는 공사 때문에 이달 말까지 닫힌다고 시는 밝혔다.";

    #[test]
    fn a_passage_in_another_language_says_so() {
        let all = [("de", GERMAN), ("en", ENGLISH), ("ru", RUSSIAN), ("ja", JAPANESE), ("ko", KOREAN)];
        for (article, text) in all {
            let language = language_of(text).unwrap();
            let passages = Passages::of(&language);
            for (tag, text) in all {
                let expect = (tag != article).then(|| tag.to_owned());
                assert_eq!(passages.other(text), expect, "{tag} in {article}");
            }
        }
    }

    #[test]
    fn names_brief_sayings_and_neighbours_are_no_other_language() {
        let language = language_of(GERMAN).unwrap();
        let passages = Passages::of(&language);
        for text in [
            "",
            "To be or not to be",
            "Aino Korhonen, Pekka Virtanen, Åsa Lindström, Jürgen Maier, Tomasz Nowak, Zsófia Kovács",
            "1. FC Northern Harbour – SV Old Bridge 3:2 (1:0)",
        ] {
            assert_eq!(passages.other(text), None, "{text}");
        }
        let croatian =
            "Stari most zatvoren je od prošlog tjedna, a radovi će trajati do kolovoza, kažu gdje treba.";
        let serbian =
            "Stari most je zatvoren od prošle nedelje, a niko ne zna gde su radnici i šta treba da rade.";
        assert_eq!(Passages::of(&language_of(croatian).unwrap()).other(serbian), None);
    }
}
