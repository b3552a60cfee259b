//! What the small words and letters of a text say, counted in one pass over it.

use super::scripts::Script;
use super::table::{Key, Set, TABLE};

/// Share of the letters that the script of the answer must have.
const MAIN_SCRIPT: f64 = 0.8;
/// Characters of Chinese without any Japanese sign that are no accident.
const MIN_HAN: u32 = 30;

/// Words between two looks at whether more of them could change the answer.
const ROUND: u32 = 24;

/// Votes for each language of the table.
pub(super) struct Votes {
    /// By words, in the order of the table.
    words: [u32; 64],
    /// By letters.
    letters: [u32; 64],
    n_words: u32,
    latin: u32,
    cyrillic: u32,
    arabic: u32,
    devanagari: u32,
    han: u32,
    kana: u32,
    other: u32,
    /// Letters of scripts that are proof of a language.
    sole: Vec<(&'static str, u32)>,
}

impl Votes {
    /// Counts what `text` says.
    pub(super) fn of(text: &str) -> Votes {
        let mut votes = Votes {
            words: [0; 64],
            letters: [0; 64],
            n_words: 0,
            latin: 0,
            cyrillic: 0,
            arabic: 0,
            devanagari: 0,
            han: 0,
            kana: 0,
            other: 0,
            sole: Vec::new(),
        };
        let table = &*TABLE;
        let mut key = Key::default();
        for c in text.chars() {
            if c.is_ascii() {
                if c.is_ascii_alphabetic() {
                    key.push(c.to_ascii_lowercase());
                    votes.latin += 1;
                } else if !key.is_empty() {
                    votes.end_word(table.of_word(&key));
                    key = Key::default();
                    if votes.n_words.is_multiple_of(ROUND) && votes.are_beyond_doubt() {
                        return votes;
                    }
                }
            } else if let Some(lower) = lower(c) {
                add(&mut votes.letters, table.of_letter(lower));
                votes.count(lower);
                key.push(lower);
            } else {
                // Marks of Spanish.
                add(&mut votes.letters, table.of_letter(c));
                if !key.is_empty() {
                    votes.end_word(table.of_word(&key));
                    key = Key::default();
                }
            }
        }
        if !key.is_empty() {
            votes.end_word(table.of_word(&key));
        }
        votes
    }

    fn end_word(&mut self, languages: Set) {
        self.n_words += 1;
        add(&mut self.words, languages);
    }

    fn count(&mut self, letter: char) {
        let script = Script::of(letter);
        let n = script.weight();
        match script {
            Script::Latin => self.latin += n,
            Script::Cyrillic => self.cyrillic += n,
            Script::Arabic => self.arabic += n,
            Script::Devanagari => self.devanagari += n,
            Script::Han => self.han += n,
            Script::Kana => self.kana += n,
            Script::Other => self.other += n,
            Script::Sole(code) => match self.sole.iter_mut().find(|(known, _)| *known == code) {
                Some((_, known)) => *known += n,
                None => self.sole.push((code, n)),
            },
        }
    }

    /// Letters of any script; a character that is a syllable or a word counts for several.
    pub(super) fn n_letters(&self) -> u32 {
        let sole: u32 = self.sole.iter().map(|(_, n)| n).sum();
        self.latin + self.cyrillic + self.arabic + self.devanagari + self.han + self.kana + self.other + sole
    }

    /// The language and how sure it is, if the text shows it clearly.
    pub(super) fn clear(&self) -> Option<(&'static str, f64)> {
        let least = MAIN_SCRIPT * f64::from(self.n_letters());
        let is_main = |n: u32| n > 0 && f64::from(n) >= least;
        if let Some((code, _)) = self.sole.iter().find(|(_, n)| is_main(*n)) {
            return Some((code, 1.0));
        }
        if is_main(self.han + self.kana) {
            return self.chinese_or_japanese();
        }
        if [self.latin, self.cyrillic, self.arabic, self.devanagari].into_iter().any(is_main) {
            return self.by_words();
        }
        None
    }

    /// Japanese is never long without its own signs, and Chinese has none of them but in names.
    fn chinese_or_japanese(&self) -> Option<(&'static str, f64)> {
        if self.kana * 10 >= self.han + self.kana {
            Some(("ja", 1.0))
        } else if self.kana * 100 <= self.han && self.han >= MIN_HAN * Script::Han.weight() {
            Some(("zh", 1.0))
        } else {
            None
        }
    }

    /// True if half the votes of the leader would do.
    fn are_beyond_doubt(&self) -> bool {
        let (best, _, second) = self.ranking();
        best >= 2 * second + 16 && self.clear().is_some()
    }

    fn by_words(&self) -> Option<(&'static str, f64)> {
        let (best, at, second) = self.ranking();
        let n_words = self.words.get(at).copied().unwrap_or(0);
        let margin = best - second;
        let clear = margin >= 4 && margin * 12 >= best && self.is_running(n_words);
        let confidence = 1.0 - 0.5_f64.powi(i32::try_from(margin).unwrap_or(i32::MAX));
        clear.then_some((TABLE.codes.get(at)?, confidence))
    }

    /// The script of most letters. Latin letters count half: names, addresses and code are written in them in texts
    /// of every script.
    pub(super) fn main_script(&self) -> Script {
        let shared = [
            (self.latin / 2, Script::Latin),
            (self.cyrillic, Script::Cyrillic),
            (self.arabic, Script::Arabic),
            (self.devanagari, Script::Devanagari),
            (self.han + self.kana, Script::Han),
        ];
        let sole = self.sole.iter().map(|(code, n)| (*n, Script::Sole(code)));
        let most = shared.into_iter().chain(sole).max_by_key(|(n, _)| *n);
        most.filter(|(n, _)| *n > 0).map_or(Script::Other, |(_, script)| script)
    }

    /// Small words of each language of the table.
    pub(super) fn words(&self) -> &[u32; 64] {
        &self.words
    }

    /// True if a seventh of the words are small words of this language, as in any running text; in a list of names,
    /// none may be.
    pub(super) fn are_of(&self, code: &str) -> bool {
        let at = TABLE.codes.iter().position(|known| *known == code);
        at.and_then(|at| self.words.get(at)).is_some_and(|n| self.is_running(*n))
    }

    /// True if there are eight words and more, but no small word of this language, which has some.
    pub(super) fn are_names(&self, code: &str) -> bool {
        let at = TABLE.codes.iter().position(|known| *known == code);
        let has_none = at.and_then(|at| self.words.get(at)).is_some_and(|n| *n == 0);
        has_none && self.n_words >= 8 && !matches!(code, "zh" | "ja")
    }

    /// True if so many words of one language are as many as in running text.
    fn is_running(&self, n_words: u32) -> bool {
        n_words >= 3 && n_words * 7 >= self.n_words
    }

    /// Signs that Japanese alone has.
    pub(super) fn n_kana(&self) -> u32 {
        self.kana / Script::Kana.weight()
    }

    fn ranking(&self) -> (u32, usize, u32) {
        let (mut best, mut at, mut second) = (0, 0, 0);
        for (idx, (words, letters)) in self.words.iter().zip(&self.letters).enumerate() {
            let score = words + letters;
            if score > best {
                (second, best, at) = (best, score, idx);
            } else {
                second = second.max(score);
            }
        }
        (best, at, second)
    }
}

fn add(counts: &mut [u32; 64], mut languages: Set) {
    while languages != 0 {
        if let Some(count) = counts.get_mut(languages.trailing_zeros() as usize) {
            *count += 1;
        }
        languages &= languages - 1;
    }
}

/// A letter in lower case, or `None` if it is none. Vowel signs and joiners of Indic words are parts of them.
pub(super) fn lower(c: char) -> Option<char> {
    match c {
        // The common ranges without a search in tables.
        'à'..='ö'
        | 'ø'..='ÿ'
        | 'а'..='џ'
        | '\u{620}'..='\u{64a}'
        | '\u{900}'..='\u{963}'
        | 'α'..='ω'
        | '\u{e01}'..='\u{e2e}'
        | 'ぁ'..='ヺ'
        | '一'..='\u{9fff}'
        | '가'..='힣' => Some(c),
        'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => char::from_u32(c as u32 + 0x20),
        'Ѐ'..='Џ' => char::from_u32(c as u32 + 0x50),
        '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{3004}' | '\u{ff01}'..='\u{ff0f}' => None,
        _ if c.is_alphabetic() => c.to_lowercase().next(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_texts_need_no_second_look() {
        for (text, expect) in [
            ("The ferry that was to leave at noon did not, and nobody could say when it would.", "en"),
            (
                "Die Fähre, die am Mittag ablegen sollte, war nicht im Hafen, und niemand wusste, ob sie noch kommt.",
                "de",
            ),
            ("Паром должен был выйти в полдень, но его не было, и никто не знал, когда он будет.", "ru"),
            ("Η βάρκα έφυγε από το λιμάνι το μεσημέρι.", "el"),
            ("フェリーは正午に港を出て、誰も乗っていなかった。", "ja"),
            ("渡轮中午离开港口，船上没有人。渡轮中午离开港口，船上没有人。渡轮中午离开港口。", "zh"),
        ] {
            let (code, confidence) = Votes::of(text).clear().unwrap_or_else(|| panic!("{text}"));
            assert!(code == expect && confidence > 0.9, "{text}: {code} {confidence}");
        }
    }

    #[test]
    fn what_is_mixed_or_short_is_not_clear() {
        for text in [
            "",
            "Reuters",
            "The ferry left the harbour and it is late. Die Fähre ist weg.",
            "Ferry паром ferry паром ferry паром",
            "東京都知事選挙",
        ] {
            assert_eq!(Votes::of(text).clear(), None, "{text}");
        }
    }

    #[test]
    fn letters_alone_decide_nothing() {
        assert_eq!(Votes::of("Ærø Østerbro Ålborg Nørrebro Æbelø Rødby Sønderborg Tønder").clear(), None);
    }
}
