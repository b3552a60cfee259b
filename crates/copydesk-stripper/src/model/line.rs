//! What a block's text looks like, letter by letter: measures that need no language.
//!
//! One pass over the characters, for every block of every article comes through here.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Words by their hash.
pub(super) type TokenMap<V> = HashMap<u32, V, BuildHasherDefault<Identity>>;

/// Words by their hash, with nothing to say of them.
pub(super) type TokenSet = HashSet<u32, BuildHasherDefault<Identity>>;

/// A hasher for keys that are hashes.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 << 8) | u64::from(byte);
        }
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// The measures of one block's text.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "measures of a text, not states")]
pub(super) struct Line {
    /// Characters.
    pub(super) chars: f32,
    /// Words; in scripts without spaces a fraction of the characters.
    pub(super) words: f32,
    /// Mean letters of a word.
    pub(super) word_len: f32,
    /// Letters of the longest word.
    pub(super) longest: f32,
    /// Share of words that open in lower case, upper case, with a digit.
    pub(super) lower: f32,
    pub(super) upper: f32,
    pub(super) digit: f32,
    /// Share of words of up to three letters.
    pub(super) short: f32,
    /// True where letters have no case.
    pub(super) uncased: bool,
    /// Ends of sentences.
    pub(super) sentences: f32,
    pub(super) commas: f32,
    pub(super) separators: f32,
    pub(super) quotes: f32,
    /// Question and exclamation marks.
    pub(super) shouts: f32,
    /// Share of characters that are neither letters, digits nor spaces.
    pub(super) marks: f32,
    /// Numbers that could be years.
    pub(super) years: f32,
    pub(super) ends_sentence: bool,
    pub(super) ends_colon: bool,
    pub(super) ends_ellipsis: bool,
    pub(super) opens_bullet: bool,
    pub(super) opens_lower: bool,
    pub(super) at_sign: bool,
    pub(super) url: bool,
    pub(super) all_upper: bool,
    /// Where its words are in [`Words::tokens`].
    pub(super) tokens: (u32, u32),
    /// Hash of its words in order.
    pub(super) hash: u32,
    /// Share of words that differ.
    pub(super) distinct: f32,
}

impl Line {
    /// The words a line of prose has, 0 for one that does not look like prose.
    pub(super) fn prose(&self) -> f32 {
        let reads = if self.uncased { self.words > 10.0 } else { self.words > 12.0 && self.lower > 0.4 };
        if reads && self.sentences >= 1.0 { self.words } else { 0.0 }
    }
}

/// The words of an article's blocks as hashes, and the measures of each block.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) lines: Vec<Line>,
    tokens: Vec<u32>,
}

impl Words {
    /// Measures each text.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Words {
        let mut words = Words::default();
        let mut seen = Vec::new();
        for text in texts {
            let line = Scan::default().run(text, &mut words.tokens, &mut seen);
            words.lines.push(line);
        }
        words
    }

    /// Hashes of the words of four letters and more of a line, in order.
    pub(super) fn tokens(&self, line: &Line) -> &[u32] {
        self.tokens.get(line.tokens.0 as usize..line.tokens.1 as usize).unwrap_or(&[])
    }
}

#[derive(Default)]
struct Scan {
    line: Line,
    n_words: f32,
    n_lower: f32,
    n_upper: f32,
    n_digit: f32,
    n_short: f32,
    letters: f32,
    n_marks: f32,
    bare: f32,
    cased: bool,
    word: Word,
    last: char,
    ending: bool,
    line_hash: u32,
}

#[derive(Default)]
struct Word {
    hash: u32,
    len: u32,
    first: char,
    digits: u32,
}

const SEED: u32 = 0x811c_9dc5;

fn mix(hash: u32, c: u32) -> u32 {
    (hash ^ c).wrapping_mul(0x0100_0193).rotate_left(5)
}

impl Scan {
    fn run(mut self, text: &str, tokens: &mut Vec<u32>, seen: &mut Vec<u64>) -> Line {
        let text = text.trim();
        let start = tokens.len();
        self.line_hash = SEED;
        self.word.hash = SEED;
        for c in text.chars() {
            self.line.chars += 1.0;
            let letter =
                if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { c.is_alphanumeric() };
            if letter {
                self.letter(c, tokens);
            } else {
                self.mark(c, tokens);
            }
            self.last = c;
        }
        self.end_word(tokens);
        if self.ending {
            self.line.sentences += 1.0;
        }
        self.edges(text);
        self.sums();
        self.line.tokens = (start as u32, tokens.len() as u32);
        self.line.distinct = distinct(tokens.get(start..).unwrap_or(&[]), seen);
        self.line
    }

    fn letter(&mut self, c: char, tokens: &mut Vec<u32>) {
        self.ending = false;
        if let Some(share) = bare_share(c) {
            self.end_word(tokens);
            self.bare += share;
            if bare_share(self.last).is_some() {
                tokens.push(mix(mix(SEED, self.last as u32), c as u32));
            }
            self.line_hash = mix(self.line_hash, c as u32);
            return;
        }
        let low = if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
        if self.word.len == 0 {
            self.word.first = c;
        }
        self.word.len += 1;
        self.word.digits += u32::from(c.is_ascii_digit());
        self.word.hash = mix(self.word.hash, low as u32);
    }

    fn mark(&mut self, c: char, tokens: &mut Vec<u32>) {
        self.end_word(tokens);
        let space = c.is_whitespace();
        if !space {
            self.n_marks += 1.0;
        }
        if self.ending && (space || is_closing(c)) {
            self.line.sentences += 1.0;
            self.ending = false;
        }
        match c {
            '.' | '…' | '؟' | '।' | '۔' => self.ending = true,
            '!' | '?' => {
                self.ending = true;
                self.line.shouts += 1.0;
            }
            '。' | '！' | '？' | '｡' if !matches!(self.last, '。' | '！' | '？') => {
                self.line.sentences += 1.0;
            }
            ',' | '，' | '、' | '،' | ';' => self.line.commas += 1.0,
            '|' | '»' | '›' | '·' | '•' | '/' => self.line.separators += 1.0,
            '@' => self.line.at_sign = true,
            _ => {}
        }
        if matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '「' | '」') {
            self.line.quotes += 1.0;
        }
    }

    fn end_word(&mut self, tokens: &mut Vec<u32>) {
        let word = std::mem::replace(&mut self.word, Word { hash: SEED, ..Word::default() });
        if word.len == 0 {
            return;
        }
        let len = word.len as f32;
        self.n_words += 1.0;
        self.letters += len;
        self.line.longest = self.line.longest.max(len);
        self.n_short += f32::from(u8::from(word.len <= 3));
        if word.first.is_lowercase() {
            self.n_lower += 1.0;
            self.cased = true;
        } else if word.first.is_uppercase() {
            self.n_upper += 1.0;
            self.cased = true;
        } else if word.first.is_numeric() {
            self.n_digit += 1.0;
        }
        if word.digits == 4 && word.len == 4 && matches!(word.first, '1' | '2') {
            self.line.years += 1.0;
        }
        self.line_hash = mix(self.line_hash, word.hash);
        if word.len >= 4 || (!word.first.is_ascii() && word.len >= 2) {
            tokens.push(word.hash);
        }
    }

    fn edges(&mut self, text: &str) {
        let last = text.chars().next_back().unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        let closed = text.trim_end_matches(is_closing).chars().next_back().unwrap_or(' ');
        let line = &mut self.line;
        line.ends_sentence = matches!(closed, '.' | '!' | '?' | '。' | '！' | '？' | '…' | '؟' | '।' | '۔');
        line.ends_colon = matches!(last, ':' | '：');
        line.ends_ellipsis = last == '…' || text.ends_with("...");
        line.opens_bullet =
            matches!(first, '-' | '•' | '*' | '·' | '–' | '—' | '»' | '›' | '>' | '▪' | '●' | '✓');
        line.opens_lower = first.is_lowercase();
        line.url = text.contains("http") || text.contains("www.");
    }

    fn sums(&mut self) {
        let line = &mut self.line;
        let n_words = self.n_words.max(1.0);
        line.words = self.n_words + self.bare;
        line.word_len = self.letters / n_words;
        line.lower = self.n_lower / n_words;
        line.upper = self.n_upper / n_words;
        line.digit = self.n_digit / n_words;
        line.short = self.n_short / n_words;
        line.uncased = self.bare > self.n_words || !self.cased && self.n_words > self.n_digit;
        line.all_upper = self.cased && self.n_lower == 0.0 && self.n_upper > 0.0 && self.letters > 3.0;
        line.marks = self.n_marks / line.chars.max(1.0);
        line.hash = self.line_hash;
    }
}

/// The share of a word that a character of a script without spaces is worth; Hangul words are worth less than
/// their spaces say, too.
fn bare_share(c: char) -> Option<f32> {
    match c {
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Some(0.5),
        '\u{ac00}'..='\u{d7af}' => Some(0.45),
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(0.2),
        _ => None,
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '”' | '’' | '\'' | '»' | '“' | ')' | ']' | '」' | '』' | '）')
}

/// The share of `tokens` that differ; `seen` is space, kept from line to line.
fn distinct(tokens: &[u32], seen: &mut Vec<u64>) -> f32 {
    // Beyond a page's worth of words the share says nothing new.
    const MOST: usize = 400;
    if tokens.len() < 2 {
        return 1.0;
    }
    let tokens = tokens.get(..MOST).unwrap_or(tokens);
    // A table of the words so far, a quarter full at most, in which 0 is a free place.
    let n_places = (tokens.len() * 4).next_power_of_two();
    seen.clear();
    seen.resize(n_places, 0);
    let mut n_distinct = 0_u16;
    for &token in tokens {
        let key = u64::from(token) + 1;
        let mut place = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32) as usize;
        loop {
            place &= n_places - 1;
            match seen[place] {
                0 => {
                    seen[place] = key;
                    n_distinct += 1;
                    break;
                }
                known if known == key => break,
                _ => place += 1,
            }
        }
    }
    f32::from(n_distinct) / tokens.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Words::of([text].into_iter()).lines.remove(0)
    }

    #[test]
    fn prose_is_told_from_a_menu() {
        let prose =
            line("The council met on Monday, and after a long debate it voted to close the old bridge.");
        assert!(prose.prose() > 15.0);
        assert!((prose.sentences - 1.0).abs() < f32::EPSILON);
        assert!(prose.ends_sentence && prose.lower > 0.8);
        let menu = line("Home | News | Sport | Weather");
        assert!(menu.prose() < 1.0 && menu.lower < 0.1);
        assert!(menu.separators > 2.0);
    }

    #[test]
    fn scripts_without_spaces_have_words() {
        let prose =
            line("市議会は月曜日に集まり、長い議論の末に古い橋を閉鎖することを決めた。住民は反対している。");
        assert!(prose.uncased && prose.prose() > 15.0 && prose.sentences > 1.5);
        let korean = line(
            "시의회는 월요일에 모여 오랜 논의 끝에 오래된 다리를 폐쇄하기로 결정했다. 주민들은 반대하고 있다.",
        );
        assert!(korean.uncased && korean.prose() > 10.0);
    }

    #[test]
    fn a_decimal_point_ends_no_sentence() {
        assert!((line("It grew by 3.5 per cent.\" He left").sentences - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn an_empty_text_is_measured() {
        assert!(line("").words < 1.0);
        assert!(line("\u{a0}").words < 1.0);
    }
}
