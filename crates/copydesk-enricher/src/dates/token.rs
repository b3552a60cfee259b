//! A line as numbers, words and marks: what date patterns are matched on.

/// One token of a line, with its place in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// First byte in the line.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Up to nine digits: value and number of digits.
    Number(u32, usize),
    /// Letters and their marks, in lower case.
    Word(String),
    /// Any other character but white space.
    Mark(char),
}

/// The tokens of `line`. Digits and letters are parted even where they touch (`3rd`, `T14`).
pub(crate) fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let class = class(first);
        let mut end = start + first.len_utf8();
        // A mark is a token by itself; digits and letters run on.
        let runs_on = |next: char| {
            class != Class::Mark && (self::class(next) == class || (class == Class::Letter && is_sign(next)))
        };
        while let Some((at, next)) = chars.next_if(|(_, next)| runs_on(*next)) {
            end = at + next.len_utf8();
        }
        let text = line.get(start..end).unwrap_or_default();
        let kind = match class {
            Class::Digit => number(text).unwrap_or(Kind::Mark('#')),
            Class::Letter => Kind::Word(text.to_lowercase()),
            Class::Mark => Kind::Mark(first),
        };
        tokens.push(Token { start, end, kind });
    }
    tokens
}

#[derive(PartialEq, Clone, Copy)]
enum Class {
    Digit,
    Letter,
    Mark,
}

fn class(c: char) -> Class {
    if c.is_alphabetic() {
        Class::Letter
    } else if digit(c).is_some() {
        Class::Digit
    } else {
        Class::Mark
    }
}

/// Vowel signs and joiners inside Indic, Arabic and decomposed Latin words are no letters to `char`.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{93a}'..='\u{94f}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
}

/// Digits of ASCII, Arabic, Persian, Devanagari and full width.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(c as u32 - zero as u32)
}

fn number(text: &str) -> Option<Kind> {
    let n_digits = text.chars().count();
    if n_digits > 9 {
        return None;
    }
    let value = text.chars().filter_map(digit).fold(0, |value, digit| value * 10 + digit);
    Some(Kind::Number(value, n_digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_digits_from_letters() {
        let kinds: Vec<Kind> = tokens("3rd T14:05Z २०२५").into_iter().map(|token| token.kind).collect();
        let word = |text: &str| Kind::Word(text.into());
        assert_eq!(
            kinds,
            vec![
                Kind::Number(3, 1),
                word("rd"),
                word("t"),
                Kind::Number(14, 2),
                Kind::Mark(':'),
                Kind::Number(5, 2),
                word("z"),
                Kind::Number(2025, 4)
            ]
        );
    }
}
