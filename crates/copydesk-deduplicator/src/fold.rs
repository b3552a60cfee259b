//! Text as it is compared: letters and digits in lower case, whatever their case, spacing, quotes and form.

use unicode_normalization::UnicodeNormalization;

/// What ends a word in [`Words`]: no letter, digit or sign is one.
const END: char = '\0';

/// Words for comparison, in one piece: every word of every article comes through here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Each word, with [`END`] behind it.
    text: String,
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
        self.text.get(self.start(idx)..end as usize)
    }

    /// All words, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|idx| self.get(idx))
    }

    /// The bytes of all words, each with a zero behind it.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The bytes of `n` words from the word at `first` on. Two runs of `n` words have the same bytes if they are
    /// the same words.
    pub(crate) fn run(&self, first: usize, n: usize) -> Option<&[u8]> {
        let last = first.checked_add(n)?.checked_sub(1)?;
        let end = *self.ends.get(last)?;
        self.text.as_bytes().get(self.start(first)..end as usize)
    }

    fn start(&self, idx: usize) -> usize {
        let before = idx.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| *end as usize + END.len_utf8())
    }

    /// Ends the word that is being written, if there is one.
    fn end_word(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(END) {
            self.ends.push(self.text.len() as u32);
            self.text.push(END);
        }
    }

    fn push_all(&mut self, chars: impl Iterator<Item = char>) {
        for c in chars {
            if is_dense(c) {
                self.end_word();
                self.text.push(c);
                self.end_word();
            } else if c.is_alphanumeric() || is_sign(c) {
                self.text.extend(c.to_lowercase());
            } else if !matches!(
                c,
                '\'' | '’' | '‘' | '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}'
            ) {
                self.end_word();
            }
        }
    }

    fn push_ascii(&mut self, piece: &str) {
        for byte in piece.bytes() {
            if byte.is_ascii_alphanumeric() {
                self.text.push(char::from(byte.to_ascii_lowercase()));
            } else if byte != b'\'' {
                self.end_word();
            }
        }
    }
}

/// The words of `text` for comparison. Chinese, Japanese and Thai characters are a word each.
pub(crate) fn words(text: &str) -> Words {
    let mut words = Words {
        text: String::with_capacity(text.len() + text.len() / 8 + 8),
        ends: Vec::with_capacity(text.len() / 5 + 1),
    };
    // A space composes with nothing, so the form of what it parts is the form of the parts.
    for piece in text.split(' ') {
        if piece.is_ascii() {
            words.push_ascii(piece);
        } else {
            words.push_all(piece.nfkc());
        }
        words.end_word();
    }
    words
}

fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Vowel signs and accents that stand inside words.
fn is_sign(c: char) -> bool {
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
