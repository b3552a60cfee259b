//! What each character is to a fingerprint: which letters it stands for, and what it does to words.
//!
//! A character is a step of two rolling hashes, `hash * factor + add`. A step may stand for no letter, one or
//! several, so folding (ß is ss, ﬁ is fi) costs nothing when reading. One of the two hashes cannot tell letters
//! that look alike: m is made of the steps of r and n, and so is the same as rn.

use std::sync::LazyLock;

use unicode_normalization::char::decompose_compatible;

/// What a character does to the word it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Letter,
    Capital,
    Digit,
    /// A letter of a script without spaces; this many of them make a word.
    Dense(u8),
    /// Nothing at all: apostrophes, accents that stand alone, invisible characters.
    Ignored,
    Dash,
    Space,
    /// What ends a sentence: the next word is in capitals whatever it is.
    Stop,
    /// Any other mark.
    Gap,
}

/// A step of a rolling hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    factor: u64,
    add: u64,
}

impl Step {
    const NONE: Step = Step { factor: 1, add: 0 };

    pub(super) fn from(self, hash: u64) -> u64 {
        hash.wrapping_mul(self.factor).wrapping_add(self.add)
    }

    /// This step, and then that of the letter `symbol`.
    fn and(self, symbol: char) -> Step {
        Step {
            factor: self.factor.wrapping_mul(BASE),
            add: self.add.wrapping_mul(BASE).wrapping_add(value(symbol)),
        }
    }
}

/// The base of the rolling hashes: odd, and without structure (the golden ratio's bits, and a further one).
const BASE: u64 = 0x9e37_79b9_7f4a_7c15 | 0b10;

fn value(symbol: char) -> u64 {
    mix(u64::from(symbol) ^ 0x5bd1_e995_0000_0000)
}

/// Spreads the bits of a hash: the finaliser of `SplitMix64` (Steele, Lea, Flood 2014).
pub(super) fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// A character, as a fingerprint reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) class: Class,
    /// How many letters it stands for.
    pub(super) n_letters: u8,
    pub(super) exact: Step,
    /// The same, but blind to letters that look alike.
    pub(super) alike: Step,
}

/// The characters most texts are made of, looked up; all others are worked out when they come.
pub(super) struct Letters {
    ascii: [Letter; 128],
    /// Alphabets up to Myanmar; general punctuation; kana.
    others: [Vec<Letter>; 3],
}

const RANGES: [u32; 3] = [0x80, 0x2000, 0x3000];
const ENDS: [u32; 3] = [0x10a0, 0x2070, 0x3100];

static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters {
    ascii: std::array::from_fn(|code| describe(char::from(code as u8))),
    others: std::array::from_fn(|idx| {
        (RANGES[idx]..ENDS[idx]).map(|code| describe(char::from_u32(code).unwrap_or(' '))).collect()
    }),
});

impl Letters {
    pub(super) fn get() -> &'static Letters {
        &LETTERS
    }

    /// `byte` is ASCII.
    pub(super) fn ascii(&self, byte: u8) -> &Letter {
        &self.ascii[usize::from(byte & 0x7f)]
    }

    pub(super) fn of(&self, c: char) -> Letter {
        let code = u32::from(c);
        for ((table, start), end) in self.others.iter().zip(RANGES).zip(ENDS) {
            if (start..end).contains(&code)
                && let Some(letter) = table.get((code - start) as usize)
            {
                return *letter;
            }
        }
        match c {
            // What most of Chinese is written in has no other form.
            '\u{4e00}'..='\u{9fff}' => spelled(Class::Dense(HAN_WORD), [c].into_iter()),
            _ => describe(c),
        }
    }
}

/// Two Chinese or Japanese characters make a word, about; six letters of Thai, Lao, Khmer or Burmese.
const HAN_WORD: u8 = 2;
const THAI_WORD: u8 = 6;

fn describe(c: char) -> Letter {
    let mark = |class| Letter { class, n_letters: 0, exact: Step::NONE, alike: Step::NONE };
    match c {
        _ if is_ignored(c) => return mark(Class::Ignored),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => {
            return mark(Class::Dash);
        }
        '.' | '!' | '?' | ':' | '…' | '。' | '．' | '！' | '？' | '：' | '｡' | '؟' | '۔' | '।' | '॥' =>
        {
            return mark(Class::Stop);
        }
        _ if c.is_whitespace() => return mark(Class::Space),
        _ => {}
    }
    let mut symbols = Vec::new();
    decompose_compatible(c, |part| symbols.extend(part.to_lowercase().filter_map(fold)));
    if c == 'ß' || c == 'ẞ' {
        symbols = vec!['s', 's'];
    }
    let Some(first) = symbols.first() else { return mark(Class::Gap) };
    let class = match dense_word(*first) {
        Some(window) => Class::Dense(window),
        None if symbols.iter().all(char::is_ascii_digit) => Class::Digit,
        None if c.is_uppercase() => Class::Capital,
        None => Class::Letter,
    };
    spelled(class, symbols.iter().copied())
}

fn spelled(class: Class, symbols: impl Iterator<Item = char>) -> Letter {
    let mut letter = Letter { class, n_letters: 0, exact: Step::NONE, alike: Step::NONE };
    for symbol in symbols {
        letter.n_letters += 1;
        letter.exact = letter.exact.and(symbol);
        for stroke in look(symbol).chars() {
            letter.alike = letter.alike.and(stroke);
        }
        if look(symbol).is_empty() {
            letter.alike = letter.alike.and(symbol);
        }
    }
    letter
}

/// The strokes of letters that scanners confuse, empty for all others. What is confused with two letters is
/// made of them.
fn look(symbol: char) -> &'static str {
    match symbol {
        'm' => "rn",
        'w' => "vv",
        'd' => "cl",
        'h' | 'b' => "ll",
        'i' | '1' => "l",
        'e' => "c",
        '0' => "o",
        '5' => "s",
        'f' => "t",
        _ => "",
    }
}

/// A character of a normal form as letters are compared: without accents, digits those of ASCII.
fn fold(symbol: char) -> Option<char> {
    match symbol {
        'ς' => Some('σ'),
        'ı' => Some('i'),
        _ if is_ignored(symbol) => None,
        _ if is_sign(symbol) => Some(symbol),
        _ if symbol.is_alphanumeric() => Some(digit(symbol).unwrap_or(symbol)),
        _ => None,
    }
}

fn digit(symbol: char) -> Option<char> {
    /// The zeros of scripts with digits of their own.
    const ZEROS: [char; 21] = [
        '٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០', '᠐', '᥆', '᧐',
        '᮰',
    ];
    let code = u32::from(symbol);
    let zero = ZEROS.into_iter().map(u32::from).find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Apostrophes, which words are written with and without; accents and points; characters nobody sees.
fn is_ignored(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʼ' | '′' | '＇'
            | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}'
            | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{3099}' | '\u{309a}'
    )
}

/// Vowel signs, which stand inside words.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{e30}'..='\u{e4e}')
        && !matches!(c, '\u{964}' | '\u{965}' | '\u{e3f}')
        && digit(c).is_none()
}

fn dense_word(c: char) -> Option<u8> {
    match c {
        '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Some(HAN_WORD),
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(THAI_WORD),
        _ => None,
    }
}
