//! A text's terms, in every script: words where there are spaces, pairs of characters where there are none.
//!
//! What must stay true here: no language is known. What looks like a name is told by its large first letter,
//! in text where large letters mean something.

/// What a term looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Shape {
    /// A word in small letters, or of a script that knows no large ones.
    #[default]
    Plain,
    /// Begins with a large letter.
    Large,
    /// Begins with a digit.
    Number,
}

/// A term at its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    /// Of the word without case, endings cut off.
    pub(crate) hash: u32,
    pub(crate) shape: Shape,
    /// Stands where a sentence may begin, so that a large letter says nothing.
    pub(crate) at_start: bool,
    /// Only white space stands between it and the token before.
    pub(crate) adjoins: bool,
    pub(crate) text: &'a str,
}

/// Letters of a word that count: what follows is mostly an ending.
const STEM: usize = 7;
/// A word is no longer than this in bytes; what is longer is an address or noise.
const MOST_BYTES: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// Of a script written without spaces: a word on its own, and in pairs.
    Dense,
    Katakana,
    Space,
    /// Ends a sentence, or opens speech.
    Stop,
    Mark,
}

/// Calls `each` with the terms of a text in order.
pub(crate) fn tokens<'a>(text: &'a str, mut each: impl FnMut(Token<'a>)) {
    let mut chars = text.char_indices().peekable();
    let mut at_start = true;
    let mut adjoins = false;
    while let Some((start, c)) = chars.next() {
        let first = class(c);
        match first {
            Class::Space => continue,
            Class::Stop => {
                at_start = true;
                adjoins = false;
                continue;
            }
            Class::Mark => {
                adjoins = false;
                continue;
            }
            _ => {}
        }
        let mut end = start + c.len_utf8();
        let (mut last, mut before) = (start, c);
        let mut word = Word::new(first, c);
        while let Some(&(at, next)) = chars.peek() {
            let class = class(next);
            let inside = match first {
                Class::Digit => {
                    class == Class::Digit
                        || class == Class::Letter
                        || (matches!(next, '.' | ',') && digit_follows(text, at))
                }
                Class::Letter => class == Class::Letter || class == Class::Digit,
                _ => class == first,
            };
            if !inside {
                break;
            }
            chars.next();
            if first == Class::Dense {
                let pair = text.get(last..at + next.len_utf8()).unwrap_or_default();
                let mut fnv = Fnv::default();
                fnv.push(before);
                fnv.push(next);
                each(Token {
                    hash: fnv.value(),
                    shape: Shape::Plain,
                    at_start: false,
                    adjoins: false,
                    text: pair,
                });
                last = at;
                before = next;
            } else {
                word.push(next);
            }
            end = at + next.len_utf8();
        }
        let text = text.get(start..end).unwrap_or_default();
        let lone = first == Class::Dense && last == start;
        if let Some((hash, shape)) = word.finish(lone)
            && text.len() <= MOST_BYTES
        {
            each(Token { hash, shape, at_start, adjoins, text });
        }
        at_start = false;
        adjoins = true;
    }
}

fn digit_follows(text: &str, at: usize) -> bool {
    text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit)
}

/// A word as it is read.
struct Word {
    class: Class,
    shape: Shape,
    hash: Fnv,
    n_chars: usize,
    /// Of a number: its digits are over, a letter was seen.
    over: bool,
}

impl Word {
    fn new(class: Class, c: char) -> Word {
        let shape = match class {
            Class::Digit => Shape::Number,
            _ if c.is_uppercase() => Shape::Large,
            _ => Shape::Plain,
        };
        let mut word = Word { class, shape, hash: Fnv::default(), n_chars: 0, over: false };
        word.push(c);
        word
    }

    fn push(&mut self, c: char) {
        if self.class == Class::Digit {
            // `81st` is 81, and `1,500` is 1500.
            self.over |= c.is_alphabetic();
            if !self.over && c != ',' {
                self.hash.push(c);
                self.n_chars += 1;
            }
            return;
        }
        self.n_chars += 1;
        if self.n_chars > STEM && self.class == Class::Letter {
            return;
        }
        if c.is_ascii() {
            self.hash.push(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(|c| self.hash.push(c));
        }
    }

    /// `None` for a single letter or digit, and for what was told as pairs.
    fn finish(&self, lone: bool) -> Option<(u32, Shape)> {
        let is_term = match self.class {
            Class::Dense => lone,
            _ => self.n_chars > 1,
        };
        is_term.then(|| (self.hash.value(), self.shape))
    }
}

/// FNV-1a, folded to 32 bits: terms are told apart the same way for as long as memories last.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn push(&mut self, c: char) {
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn value(&self) -> u32 {
        (self.0 ^ (self.0 >> 32)) as u32
    }
}

fn class(c: char) -> Class {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' => Class::Letter,
            '0'..='9' => Class::Digit,
            ' ' | '\t' => Class::Space,
            '.' | '!' | '?' | ':' | ';' | '"' | '(' | '\n' | '|' | '`' => Class::Stop,
            _ => Class::Mark,
        };
    }
    match c as u32 {
        0xb7 | 0x387 => Class::Mark,
        // Ends of sentences in many scripts, then quotation marks and dashes.
        0x0964
        | 0x0965
        | 0x203c..=0x203d
        | 0x2026
        | 0x3002
        | 0xff01
        | 0xff1f
        | 0xbf
        | 0xa1
        | 0xab
        | 0xbb
        | 0x201c..=0x201f
        | 0x2039
        | 0x203a
        | 0x300c..=0x300f
        | 0x2013..=0x2015 => Class::Stop,
        // Marks that are part of words: combining ones, those of Arabic and Hebrew, all signs of Indic scripts.
        0x300..=0x36f
        | 0x591..=0x5c7
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x670
        | 0x900..=0xdff
        | 0x200c
        | 0x200d => Class::Letter,
        0x30a1..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f => Class::Katakana,
        // Thai, Lao, Tibetan, Burmese, Khmer, Han, Hiragana, Hangul: no spaces, or endings stuck to words.
        0xe00..=0x109f
        | 0x1100..=0x11ff
        | 0x1780..=0x17ff
        | 0x3005
        | 0x3040..=0x309f
        | 0x3400..=0x9fff
        | 0xac00..=0xd7af
        | 0xf900..=0xfaff
        | 0x20000..=0x3ffff => Class::Dense,
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ if c.is_whitespace() => Class::Space,
        _ => Class::Mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut words = Vec::new();
        tokens(text, |token| words.push(token.text));
        words
    }

    fn hashes(text: &str) -> Vec<u32> {
        let mut hashes = Vec::new();
        tokens(text, |token| hashes.push(token.hash));
        hashes
    }

    #[test]
    fn every_script_has_terms() {
        assert_eq!(words("The harbour's ferry"), ["The", "harbour", "ferry"]);
        assert_eq!(words("渡船停航"), ["渡船", "船停", "停航"]);
        assert_eq!(words("フェリーが止"), ["フェリー", "が止"]);
        assert_eq!(words("हिन्दी में"), ["हिन्दी", "में"]);
        assert_eq!(words("Паром не ходит"), ["Паром", "не", "ходит"]);
        assert_eq!(
            words("1,500 boats in 2024, 5.6 of them"),
            ["1,500", "boats", "in", "2024", "5.6", "of", "them"]
        );
    }

    #[test]
    fn case_endings_and_commas_do_not_matter() {
        assert_eq!(hashes("ELEPHANTS 1,500 81st"), hashes("elephant 1500 81"));
        assert_ne!(hashes("5.6"), hashes("56"));
    }

    #[test]
    fn large_letters_are_seen_and_where_they_say_nothing() {
        let mut seen = Vec::new();
        tokens("Rain fell. The mayor, Ada Quill, said: \"Boats wait\"", |token| {
            if token.shape == Shape::Large {
                seen.push((token.text, token.at_start, token.adjoins));
            }
        });
        let expected = [
            ("Rain", true, false),
            ("The", true, false),
            ("Ada", false, false),
            ("Quill", false, true),
            ("Boats", true, false),
        ];
        assert_eq!(seen, expected);
    }
}
