//! Words, in scripts with and without spaces.

/// What was counted in a text. Tallies of lines add up to that of the text they make.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Runs of letters and digits.
    words: usize,
    /// Characters of Chinese and Japanese.
    wide: usize,
    /// Characters of Thai, Lao, Khmer and Burmese.
    joined: usize,
}

impl Tally {
    /// Counts runs of letters and digits, and the characters of scripts without spaces.
    pub(crate) fn of(text: &str) -> Tally {
        if text.is_ascii() {
            return Tally { words: n_words_ascii(text.as_bytes()), ..Tally::default() };
        }
        let (words, wide, joined) = n_words_any(text);
        Tally { words, wide, joined }
    }

    /// The words: in Chinese and Japanese two characters a word, and in Thai, Lao, Khmer and Burmese five.
    pub(crate) fn n_words(self) -> usize {
        self.n_spaced() + usize::div_ceil(self.wide, 2)
    }

    /// The words that are none of Chinese and Japanese.
    pub(crate) fn n_spaced(self) -> usize {
        self.words + usize::div_ceil(self.joined, 5)
    }

    /// The characters of Chinese and Japanese.
    pub(crate) fn n_wide(self) -> usize {
        self.wide
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.words += other.words;
        self.wide += other.wide;
        self.joined += other.joined;
    }
}

/// Words in `text`, as [`Tally`] counts them.
#[cfg(test)]
fn n_words(text: &str) -> usize {
    Tally::of(text).n_words()
}

/// As [`n_words_any`], for ASCII, which most lines are: a word starts at a letter or digit that neither follows
/// another nor a mark that follows another. Each byte is judged by itself, so that many are judged at once.
fn n_words_ascii(line: &[u8]) -> usize {
    let start = |before: u8, last: u8, byte: u8| {
        byte.is_ascii_alphanumeric()
            && !last.is_ascii_alphanumeric()
            && !(matches!(last, b'\'' | b'-' | b'.' | b',') && before.is_ascii_alphanumeric())
    };
    let head = [b' ', b' ', line.first().copied().unwrap_or(b' '), line.get(1).copied().unwrap_or(b' ')];
    let mut n_words: usize = head.windows(3).map(|at| usize::from(start(at[0], at[1], at[2]))).sum();
    let (last, byte) = (line.get(1..).unwrap_or_default(), line.get(2..).unwrap_or_default());
    // As many as a byte can count.
    for ((before, last), byte) in line.chunks(255).zip(last.chunks(255)).zip(byte.chunks(255)) {
        let starts = before.iter().zip(last).zip(byte);
        let n: u8 = starts.map(|((before, last), byte)| u8::from(start(*before, *last, *byte))).sum();
        n_words += usize::from(n);
    }
    n_words
}

/// Words between spaces, and characters of the scripts without spaces: wide ones, and those that join.
fn n_words_any(text: &str) -> (usize, usize, usize) {
    let (mut n_words, mut n_wide, mut n_joined) = (0, 0, 0);
    let mut inside = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_alphanumeric() {
            n_words += usize::from(!inside);
            inside = true;
        } else if c == ' ' {
            inside = false;
        } else if matches!(c, '\'' | '’' | '-' | '.' | ',' | '\u{ad}') {
            // Inside a word or number (`don't`, `3.5`), these part nothing.
            inside = inside && chars.peek().is_some_and(|next| next.is_alphanumeric());
        } else if is_wide(c) {
            n_wide += 1;
            inside = false;
        } else if is_joined(c) {
            n_joined += 1;
            inside = false;
        } else if c.is_alphanumeric() || is_sign(c) {
            n_words += usize::from(!inside);
            inside = true;
        } else {
            inside = false;
        }
    }
    (n_words, n_wide, n_joined)
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

pub(crate) fn is_joined(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Vowel signs that stand inside words.
pub(crate) fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{200c}' | '\u{200d}')
        && !matches!(c, '\u{964}' | '\u{965}')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn both_ways_of_counting_agree(text in "[ a-z0-9'.,\n-]{0,600}") {
            let (n_words, ..) = n_words_any(&text);
            proptest::prop_assert_eq!(n_words_ascii(text.as_bytes()), n_words);
        }
    }

    #[test]
    fn counts_words() {
        for (text, expect) in [
            ("", 0),
            ("Rain fell.", 2),
            ("don't stop", 2),
            ("3.5 million", 2),
            ("one—two", 2),
            ("a  b\nc", 3),
            ("今天下雨了", 3),
            ("雨が降った。", 3),
            ("비가 내렸다", 2),
            ("नमस्ते दुनिया।", 2),
            ("- list item", 2),
            ("U.S. envoy", 2),
        ] {
            assert_eq!(n_words(text), expect, "{text}");
        }
    }
}
