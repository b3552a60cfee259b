//! Text as it would look in another script: the shape stays, every word is gone.

/// What to disguise as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Words of syllables, with spaces.
    Hangul,
    /// No spaces and full-width marks.
    Han,
    /// The same alphabet, other letters.
    Latin,
}

/// The disguised text. The same word becomes the same word.
pub(super) fn disguise(text: &str, script: Script) -> String {
    match script {
        Script::Latin => text.chars().map(other_letter).collect(),
        Script::Hangul => syllables(text, 0xac00, 11_000, 3),
        Script::Han => {
            let marks = syllables(text, 0x4e00, 3_000, 3);
            let mut out = String::with_capacity(marks.len());
            let mut chars = marks.chars().peekable();
            while let Some(c) = chars.next() {
                let wide = |c: char| c as u32 >= 0x3000;
                match c {
                    ' ' if out.chars().next_back().is_some_and(wide)
                        && chars.peek().copied().is_some_and(wide) => {}
                    '.' if chars.peek().is_none_or(|next| *next == ' ') => {
                        chars.next_if_eq(&' ');
                        out.push('。');
                    }
                    ',' => {
                        chars.next_if_eq(&' ');
                        out.push('、');
                    }
                    c => out.push(c),
                }
            }
            out
        }
    }
}

fn other_letter(c: char) -> char {
    const VOWELS: &str = "aeiou";
    const OTHERS: &str = "bcdfghjklmnpqrstvwxz";
    let low = c.to_ascii_lowercase();
    let shift = |set: &str, by: usize| {
        let at = set.chars().position(|letter| letter == low)?;
        set.chars().nth((at + by) % set.len())
    };
    let other = shift(VOWELS, 2).or_else(|| shift(OTHERS, 7)).unwrap_or(low);
    if c.is_ascii_uppercase() {
        other.to_ascii_uppercase()
    } else if c.is_ascii() {
        other
    } else {
        c
    }
}

/// Each `letters` letters of a word become one character of a block of `n` from `first`; digits stay.
fn syllables(text: &str, first: u32, n: u32, letters: u32) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut hash, mut len) = (0_u32, 0_u32);
    let flush = |out: &mut String, hash: &mut u32, len: &mut u32| {
        if *len > 0 {
            out.extend(char::from_u32(first + *hash % n));
            (*hash, *len) = (0, 0);
        }
    };
    for c in text.chars() {
        if c.is_alphabetic() {
            hash = (hash ^ c.to_lowercase().next().unwrap_or(c) as u32).wrapping_mul(0x0100_0193);
            len += 1;
            if len == letters {
                flush(&mut out, &mut hash, &mut len);
            }
        } else {
            flush(&mut out, &mut hash, &mut len);
            out.push(c);
        }
    }
    flush(&mut out, &mut hash, &mut len);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_stays_and_words_go() {
        let text = "Rain fell, all day. Then 20 more.";
        assert_eq!(disguise(text, Script::Latin).len(), text.len());
        assert!(!disguise(text, Script::Latin).contains("Rain"));
        let han = disguise(text, Script::Han);
        assert!(han.ends_with('。') && han.contains('、') && han.contains("20"));
        let hangul = disguise(text, Script::Hangul);
        assert_eq!(hangul.split_whitespace().count(), 7);
        assert_eq!(
            disguise("day day", Script::Hangul).split(' ').next(),
            disguise("day", Script::Hangul).split(' ').next()
        );
    }
}
