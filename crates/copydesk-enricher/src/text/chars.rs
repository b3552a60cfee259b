//! What a character is to the scanner.

use crate::count;

/// Classes of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Letter,
    Digit,
    Space,
    /// Chinese characters.
    Han,
    Hiragana,
    Katakana,
    /// Thai, Lao, Khmer, Burmese.
    Joined,
    /// `.`, `!` and their like: a sentence may end here.
    Stop,
    /// A quotation mark, or what may be one.
    Quote,
    Mark,
}

/// The classes of ASCII.
pub(super) const ASCII: [Class; 128] = {
    let mut classes = [Class::Mark; 128];
    let mut at = 0;
    while at < 128 {
        classes[at] = match at as u8 {
            b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Class::Space,
            b'.' | b'!' | b'?' => Class::Stop,
            b'"' | b'\'' => Class::Quote,
            _ => Class::Mark,
        };
        at += 1;
    }
    classes
};

/// The class of a character beyond ASCII.
pub(super) fn class(c: char) -> Class {
    match c {
        // First what most texts are made of.
        '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{400}'..='\u{481}'
        | '\u{48a}'..='\u{52f}' => Class::Letter,
        '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›' | '「'..='』' | '〝'..='〟' | '＂' => {
            Class::Quote
        }
        '…' | '。' | '！' | '？' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '｡' | '．' | '‼' | '⁇' | '⁈' | '⁉' => {
            Class::Stop
        }
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200b}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{feff}' => Class::Space,
        '\u{3041}'..='\u{309f}' => Class::Hiragana,
        '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => Class::Katakana,
        '々'
        | '〇'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}' => Class::Han,
        _ if count::is_joined(c) => {
            if c.is_numeric() {
                Class::Digit
            } else {
                Class::Joined
            }
        }
        _ if c.is_alphabetic() || count::is_sign(c) || c == '\u{ad}' => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Mark,
    }
}

/// True for small letters of the commonest alphabets; false says nothing.
pub(super) fn is_small(c: char) -> bool {
    matches!(c, 'a'..='z' | 'а'..='џ' | 'ß'..='ö' | 'ø'..='ÿ')
}
