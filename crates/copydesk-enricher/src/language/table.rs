//! The table of small words and letters, packed so that a look-up costs no allocation.

use std::sync::LazyLock;

use hashbrown::HashMap;

const WORDS: &str = include_str!("../words/languages.txt");

/// Letters beyond `a` to `z` that a language is written with; of Cyrillic, those that not all languages have.
/// Turkish has three that stand for its own in text that was decoded wrongly.
const LETTERS: &str = "de äöüß,fr àâæçéèêëîïôœùûüÿ,es áéíóúüñ¿¡,pt áâãàçéêíóôõú,it àèéìíîòóùú,nl áéíóúëïöü,\
    af áéèêëîïôöûŉ,sv åäöéà,da æøåé,nb æøåéòô,nn æøåéòô,is áðéíóúýþæö,fi äöåšž,et äöõüšž,hu áéíóöőúüű,tr çğıöşüâîýþð,\
    az çəğıöşü,pl ąćęłńóśźż,cs áčďéěíňóřšťúůýž,sk áäčďéíĺľňóôŕšťúýž,sl čšž,hr čćđšž,bs čćđšž,lt ąčęėįšųūž,\
    lv āčēģīķļņšūž,ro ăâîșțşţ,ca àçèéíïòóúü,gl áéíóúñü,vi àáâãèéêìíòóôõùúýăđĩũơư,tl ñ,sq ëç,eu ñ,cy âêîôûŵŷ,\
    ga áéíóú,ru йьюящъыэёи,be йьюяыэёіў,uk йьюящиіїєґ,bg йьюящъи,mk иѓќѕјљњџ,sr иђћјљњџčćđšž,kk йьюящъыэиіқғңөұүһә,\
    ky йьюящъыэиңөү,mn йьюящъыэиөү,uz йюящъэиўқғҳ,\
    ar ةىيكإأآؤئ,fa پچژگکیآئ,ur پچژگکیآئٹڈڑںےہھ,\
    ps پچژگکیآئټډړږښځڅېۍڼ,ckb پچژگکیئڕڵێۆە,mr ळ";

/// Code points that letters are looked up for.
const FIRST: u32 = 0x80;
const LAST: u32 = 0x97f;

/// A set of languages, one bit each, by their place in [`Table::codes`].
pub(super) type Set = u64;

/// Small words and letters, with the languages they are of.
pub(super) struct Table {
    /// The languages' codes, at most 64.
    pub(super) codes: Vec<&'static str>,
    words: HashMap<u128, Set>,
    letters: Vec<Set>,
    vietnamese: Set,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    fn build() -> Table {
        let mut codes = Vec::new();
        let mut words: HashMap<u128, Set> = HashMap::with_capacity(4096);
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let mut row = line.split(' ');
            let Some(code) = row.next() else { continue };
            let bit = 1 << codes.len();
            codes.push(code);
            for word in row {
                let mut key = Key::default();
                word.chars().for_each(|c| key.push(c));
                if let Some(key) = key.packed() {
                    *words.entry(key).or_default() |= bit;
                }
            }
        }
        let bit_of = |code: &str| codes.iter().position(|known| *known == code).map_or(0, |at| 1 << at);
        let mut letters = vec![0; (LAST - FIRST + 1) as usize];
        for (code, row) in LETTERS.split(',').filter_map(|row| row.split_once(' ')) {
            for letter in row.chars() {
                if let Some(set) = letters.get_mut((letter as u32 - FIRST) as usize) {
                    *set |= bit_of(code.trim_start());
                }
            }
        }
        let vietnamese = bit_of("vi");
        Table { codes, words, letters, vietnamese }
    }

    /// The languages that have this small word.
    pub(super) fn of_word(&self, key: &Key) -> Set {
        key.packed().and_then(|key| self.words.get(&key)).copied().unwrap_or(0)
    }

    /// The languages that have this letter, if not nearly all have.
    pub(super) fn of_letter(&self, lower: char) -> Set {
        match lower as u32 {
            point @ FIRST..=LAST => self.letters.get((point - FIRST) as usize).copied().unwrap_or(0),
            0x1ea0..=0x1ef9 => self.vietnamese,
            _ => 0,
        }
    }
}

/// A word of up to 16 letters of ASCII, or 8 beyond it, as one number. Letters of ASCII take a byte and others
/// two, whose first is no letter of ASCII in any script of the table, so two words never share a number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Key {
    packed: u128,
    n_bytes: u32,
}

impl Key {
    /// Appends a letter, in lower case.
    pub(super) fn push(&mut self, letter: char) {
        let point = letter as u32;
        if point < 0x80 {
            self.packed = self.packed << 8 | u128::from(point);
            self.n_bytes += 1;
        } else {
            self.packed = self.packed << 16 | u128::from(point & 0xffff);
            self.n_bytes += if point <= 0xffff { 2 } else { 17 };
        }
    }

    /// True before the first letter.
    pub(super) fn is_empty(&self) -> bool {
        self.n_bytes == 0
    }

    fn packed(&self) -> Option<u128> {
        (1..=16).contains(&self.n_bytes).then_some(self.packed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(word: &str) -> Key {
        let mut key = Key::default();
        word.chars().for_each(|c| key.push(c));
        key
    }

    #[test]
    fn every_word_fits_and_is_found() {
        assert!(TABLE.codes.len() <= 64);
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let (code, row) = line.split_once(' ').unwrap_or((line, ""));
            let at = TABLE.codes.iter().position(|known| *known == code).unwrap();
            let mut seen = Vec::new();
            for word in row.split_terminator(' ') {
                assert!(TABLE.of_word(&key(word)) >> at & 1 == 1, "{code} {word}");
                assert!(word.to_lowercase() == word && !seen.contains(&word), "{code} {word}");
                seen.push(word);
            }
        }
    }

    #[test]
    fn words_do_not_share_a_number() {
        let distinct: std::collections::HashSet<&str> = WORDS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| line.split(' ').skip(1))
            .collect();
        assert_eq!(TABLE.words.len(), distinct.len());
        assert_eq!(TABLE.of_word(&key("internationalisation")), 0);
    }

    #[test]
    fn letters_name_languages_that_are_known() {
        for (code, row) in LETTERS.split(',').filter_map(|row| row.split_once(' ')) {
            assert!(TABLE.codes.contains(&code.trim()), "{code}");
            assert!(row.chars().all(|letter| TABLE.of_letter(letter) != 0), "{row}");
        }
    }
}
