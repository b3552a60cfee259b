//! Text as it is compared: letters and digits in lower case, whatever their case, spacing, quotes and form.

use unicode_normalization::UnicodeNormalization;

/// What ends a word in [`Words`]: no letter, digit or sign is one.
const END: u8 = 0;

/// Words for comparison, in one piece: every word of every article comes through here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Each word, with [`END`] behind it: UTF-8.
    text: Vec<u8>,
    /// Where each word ends, before its [`END`].
    ends: Vec<u32>,
}

impl Words {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The word at `idx`.
    pub(crate) fn get(&self, idx: usize) -> Option<&str> {
        let end = *self.ends.get(idx)?;
        str::from_utf8(self.text.get(self.start(idx)..end as usize)?).ok()
    }

    /// All words, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|idx| self.get(idx))
    }

    /// The bytes of all words, each with a zero behind it.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// The bytes of `n` words from the word at `first` on. Two runs of `n` words have the same bytes if they are
    /// the same words.
    pub(crate) fn run(&self, first: usize, n: usize) -> Option<&[u8]> {
        let last = first.checked_add(n)?.checked_sub(1)?;
        let end = *self.ends.get(last)?;
        self.text.get(self.start(first)..end as usize)
    }

    /// Forgets all words.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn start(&self, idx: usize) -> usize {
        let before = idx.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| *end as usize + 1)
    }

    /// Ends the word that is being written, if there is one.
    fn end_word(&mut self) {
        if self.text.last().is_some_and(|last| *last != END) {
            self.ends.push(self.text.len() as u32);
            self.text.push(END);
        }
    }

    /// Adds the words of `text`.
    pub(crate) fn add(&mut self, text: &str) {
        self.text.reserve(text.len() + text.len() / 8 + 8);
        let bytes = text.as_bytes();
        let mut at = 0;
        // Where the piece between two spaces begins, here and in `text`.
        let mut piece = (0, self.mark());
        while let Some(&byte) = bytes.get(at) {
            match CLASSES[usize::from(byte)] {
                Class::InWord => {
                    let (start, written) = (at, self.text.len());
                    // Words with one space between them are taken together.
                    loop {
                        while is_in_word(byte_at(bytes, at)) {
                            at += 1;
                        }
                        if byte_at(bytes, at) != b' ' || !is_in_word(byte_at(bytes, at + 1)) {
                            break;
                        }
                        self.ends.push((written + at - start) as u32);
                        at += 1;
                        piece = (at, (written + at - start, self.ends.len()));
                    }
                    let folded = |byte: &u8| if *byte == b' ' { END } else { byte.to_ascii_lowercase() };
                    self.text.extend(bytes.get(start..at).unwrap_or(&[]).iter().map(folded));
                }
                Class::Space => {
                    self.end_word();
                    at += 1;
                    piece = (at, self.mark());
                }
                Class::Gap => {
                    self.end_word();
                    at += 1;
                }
                Class::Within => at += 1,
                Class::Other => {
                    let end =
                        memchr::memchr(b' ', bytes.get(at..).unwrap_or(&[])).map_or(text.len(), |n| at + n);
                    let rest = text.get(at..end).unwrap_or_default();
                    if rest.chars().all(is_composed) {
                        self.push_all(rest.chars());
                    } else {
                        // A space composes with nothing, so the form of what it parts is the form of the parts.
                        self.rewind(piece.1);
                        self.push_all(text.get(piece.0..end).unwrap_or_default().nfkc());
                    }
                    at = end;
                }
            }
        }
        self.end_word();
    }

    fn mark(&self) -> (usize, usize) {
        (self.text.len(), self.ends.len())
    }

    fn rewind(&mut self, (text, ends): (usize, usize)) {
        self.text.truncate(text);
        self.ends.truncate(ends);
    }

    fn push_all(&mut self, chars: impl Iterator<Item = char>) {
        for c in chars {
            if is_dense(c) {
                self.end_word();
                self.push(c);
                self.end_word();
            } else if c.is_alphanumeric() || is_sign(c) {
                self.push_in_one_case(c);
            } else if !matches!(
                c,
                '\'' | '’' | '‘' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}'
            ) {
                self.end_word();
            }
        }
    }

    /// A letter as it is whatever the case it was in: capitals have no `ß`, `ς` and `ı`, and `İ` is the capital of `i`.
    fn push_in_one_case(&mut self, c: char) {
        match c {
            'ß' | 'ẞ' => self.text.extend_from_slice(b"ss"),
            'ς' => self.push('σ'),
            'ı' | 'İ' => self.push('i'),
            _ => c.to_lowercase().for_each(|c| self.push(c)),
        }
    }

    fn push(&mut self, c: char) {
        self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// What a byte is to words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// An ASCII letter or digit.
    InWord,
    /// The apostrophe, which words are written with and without.
    Within,
    Space,
    /// Any other ASCII.
    Gap,
    /// A part of a longer character.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'\'' => Class::Within,
            b' ' => Class::Space,
            _ if byte.is_ascii_alphanumeric() => Class::InWord,
            _ => Class::Gap,
        };
        byte += 1;
    }
    classes
};

fn is_in_word(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == Class::InWord
}

fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(END)
}

/// The words of `text` for comparison. Chinese, Japanese and Thai characters are a word each.
pub(crate) fn words(text: &str) -> Words {
    let mut words = Words::default();
    words.ends.reserve(text.len() / 5 + 1);
    words.add(text);
    words
}

/// Characters, most of those in use, whose normal form (NFKC) they are themselves, whatever of them stands beside
/// them.
fn is_composed(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x7f'
            | '«' | '»' | '©' | '®' | '¿' | '¡'
            | '\u{c0}'..='\u{131}'
            | '\u{400}'..='\u{482}'
            | '\u{2010}' | '\u{2012}'..='\u{2016}' | '\u{2018}'..='\u{2023}'
            | '\u{3001}'..='\u{3029}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fe}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
    )
}

/// True for letters of scripts without spaces: each is a word to [`Words`].
pub(crate) fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Vowel signs and accents that stand inside words.
pub(crate) fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}')
        && !matches!(c, '\u{964}' | '\u{965}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_space_quotes_and_form() {
        assert_eq!(words("Don’t  STOP\u{a0}now"), words("don't stop now."));
        assert_eq!(words("cafe\u{301}"), words("CAFÉ"));
        assert_eq!(words("下雨了。").iter().collect::<Vec<_>>(), ["下", "雨", "了"]);
        assert_eq!(words("— …").len(), 0);
        for line in ["Die Straße am Fluß", "Ο δρόμος της πόλης", "İstanbul'da ılık kış", "Набережная ёжика"]
        {
            assert_eq!(words(line), words(&line.to_uppercase()), "{line}");
        }
    }

    #[test]
    fn composed_characters_need_no_form() {
        use unicode_normalization::{IsNormalized, is_nfkc_quick};
        for c in ('\0'..=char::MAX).filter(|&c| is_composed(c)) {
            assert_eq!(is_nfkc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
        }
    }

    /// The words as they are defined: piece by piece in normal form, character by character.
    fn slowly(text: &str) -> Words {
        let mut words = Words::default();
        for piece in text.split(' ') {
            words.push_all(piece.nfkc());
            words.end_word();
        }
        words
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_is_the_long_way(text in "[a-cA-C'’é\u{301}\u{338}=ß—“漢ｶﾞ가ㄱ\u{a0}ﬁ½Ж9_. \n\t\u{200b}İ]{0,40}") {
            proptest::prop_assert_eq!(words(&text), slowly(&text));
        }
    }

    #[test]
    fn a_run_is_its_words() {
        let (one, other) = (words("One two three, four"), words("two THREE four five"));
        assert_eq!(one.run(1, 3), other.run(0, 3));
        assert_ne!(one.run(0, 3), other.run(0, 3));
        assert_eq!(one.run(2, 3), None);
        assert_eq!(one.get(3), Some("four"));
        assert_eq!(words("").run(0, 0), None);
    }
}
