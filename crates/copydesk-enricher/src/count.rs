//! Words and reading time, in scripts with and without spaces.

/// Words in `text`: runs of letters and digits; in Chinese and Japanese, two characters a word, and in Thai,
/// Lao, Khmer and Burmese, five.
pub(crate) fn n_words(text: &str) -> usize {
    let (mut n_words, mut n_wide, mut n_joined) = (0, 0, 0);
    // No word goes on in the next line.
    for line in text.split('\n') {
        if line.is_ascii() {
            n_words += n_words_ascii(line.as_bytes());
            continue;
        }
        let (words, wide, joined) = n_words_any(line);
        n_words += words;
        n_wide += wide;
        n_joined += joined;
    }
    n_words + usize::div_ceil(n_wide, 2) + usize::div_ceil(n_joined, 5)
}

/// As [`n_words_any`], for ASCII, which most lines are.
fn n_words_ascii(line: &[u8]) -> usize {
    let mut n_words = 0;
    let mut inside = false;
    for (idx, byte) in line.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            n_words += usize::from(!inside);
            inside = true;
        } else {
            inside = inside
                && matches!(byte, b'\'' | b'-' | b'.' | b',')
                && line.get(idx + 1).is_some_and(u8::is_ascii_alphanumeric);
        }
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

/// Minutes a reader needs for `n_words`, rounded up; none for no words.
pub(crate) fn reading_minutes(n_words: usize, words_per_minute: u32) -> usize {
    n_words.div_ceil(words_per_minute.max(1) as usize)
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

fn is_joined(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Vowel signs that stand inside words.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{200c}' | '\u{200d}')
        && !matches!(c, '\u{964}' | '\u{965}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(reading_minutes(0, 230), 0);
        assert_eq!(reading_minutes(1, 230), 1);
        assert_eq!(reading_minutes(231, 230), 2);
    }
}
