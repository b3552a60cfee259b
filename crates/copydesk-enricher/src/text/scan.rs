//! One pass over a piece of text: words, sentences, and the places of quotation marks.

use copydesk_core::Span;

use super::chars::{self, ASCII, Class};
use super::{Flags, Text, Word, fold, stops};

/// A word is cut here: what is longer is no word, and its length must fit.
const MOST_BYTES: usize = 2048;

/// A mark that may open or close a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its place in `raw`.
    pub(super) at: u32,
    pub(super) c: char,
}

/// Reads pieces of one original in order.
pub(super) struct Scanner<'a> {
    pub(super) habits: stops::Habits,
    pub(super) marks: Vec<Mark>,
    pub(super) raw: &'a str,
    bytes: &'a [u8],
    /// Where the piece ends.
    pub(super) end: usize,
    pub(super) part: u32,
    /// Flags of the next word.
    pub(super) next: Flags,
    /// Where the sentence began, once anything of it was seen, and its first word.
    pub(super) open: Option<(usize, usize)>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(raw: &'a str, language: &str) -> Scanner<'a> {
        Scanner {
            habits: stops::Habits::of(language),
            marks: Vec::new(),
            raw,
            bytes: raw.as_bytes(),
            end: 0,
            part: 0,
            next: Flags::default(),
            open: None,
        }
    }

    /// The marks seen so far.
    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Adds the words and sentences of a piece of the text.
    pub(super) fn read(&mut self, text: &mut Text<'_>, span: Span) {
        self.end = span.end();
        self.part = text.parts.len() as u32;
        self.next = Flags::START;
        self.open = None;
        let mut at = span.start();
        while let Some((class, len)) = self.class(at) {
            if class == Class::Space {
                at += len;
                continue;
            }
            if self.open.is_none() {
                self.open = Some((at, text.words.len()));
            }
            at = match class {
                Class::Letter => self.word(text, at),
                Class::Digit => self.number(text, at),
                Class::Stop => self.stop(text, at),
                Class::Quote => self.quote(at, len),
                Class::Mark | Class::Space => self.mark(at, len),
                dense => self.dense(text, at, dense),
            };
        }
        self.close(text, span.end());
    }

    /// The class and the length of the character at a place of the piece.
    #[inline]
    pub(super) fn class(&self, at: usize) -> Option<(Class, usize)> {
        if at >= self.end {
            return None;
        }
        let byte = *self.bytes.get(at)?;
        if let Some(class) = ASCII.get(usize::from(byte)) {
            return Some((*class, 1));
        }
        let c = self.char(at)?;
        Some((chars::class(c), c.len_utf8()))
    }

    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.raw.get(at..self.end)?.chars().next()
    }

    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.raw.get(..at)?.chars().next_back()
    }

    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.bytes.get(at).copied().unwrap_or(0) } else { 0 }
    }

    fn is_letter(&self, at: usize) -> bool {
        self.class(at).is_some_and(|(class, _)| class == Class::Letter)
    }

    /// Past the letters and digits from `at` on.
    pub(super) fn letters(&self, mut at: usize) -> usize {
        let most = self.end.min(at + MOST_BYTES);
        while at < most {
            let bytes = self.bytes.get(at..most).unwrap_or_default();
            at += bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
            if self.byte(at) < 0x80 {
                break;
            }
            match self.class(at) {
                Some((Class::Letter | Class::Digit, len)) => at += len,
                _ => break,
            }
        }
        at
    }

    fn push(&mut self, text: &mut Text<'_>, start: usize, end: usize, hash: u64, flags: Flags) {
        text.words.push(Word {
            hash,
            start: start as u32,
            len: (end - start) as u16,
            flags: flags.with(self.next),
        });
        self.next = Flags::ADJOINS;
    }

    /// Reads the word at `start`. Answers where to go on.
    fn word(&mut self, text: &mut Text<'_>, start: usize) -> usize {
        let mut end = self.letters(start);
        match self.byte(end) {
            // Nearly every word.
            b' ' => {
                self.plain(text, start, end, Flags::default());
                return end + 1;
            }
            b'.' => {
                if let Some(past) = self.acronym(text, start, end) {
                    return past;
                }
                let is_joined =
                    self.byte(end - 1).is_ascii_lowercase() && self.byte(end + 1).is_ascii_lowercase();
                if is_joined {
                    return self.address(text, start);
                }
            }
            b'@' if self.is_letter(end + 1) => return self.address(text, start),
            b':' if self.byte(end + 1) == b'/' && self.byte(end + 2) == b'/' => {
                return self.address(text, start);
            }
            b'&' if self.byte(end + 1).is_ascii_uppercase() && self.byte(end - 1).is_ascii_uppercase() => {
                end = self.letters(end + 1);
            }
            _ => {}
        }
        self.word_to(text, start, end)
    }

    /// Reads a word whose letters end at `end`, where an apostrophe may follow.
    fn word_to(&mut self, text: &mut Text<'_>, start: usize, mut end: usize) -> usize {
        while let Some(len) = self.apostrophe(end) {
            let past = end + len;
            if !self.is_letter(past) {
                break;
            }
            let rest = self.letters(past);
            let word = self.raw.get(start..end).unwrap_or_default();
            let tail = self.raw.get(past..rest).unwrap_or_default();
            if self.habits.is_suffix(word, tail) {
                self.plain(text, start, end, Flags::SUFFIXED);
                return self.hyphen(rest);
            }
            if is_elided(word) {
                self.plain(text, start, end, Flags::ELIDED);
                return past;
            }
            end = rest;
        }
        self.plain(text, start, end, Flags::default());
        self.hyphen(end)
    }

    fn apostrophe(&self, at: usize) -> Option<usize> {
        match self.byte(at) {
            b'\'' => Some(1),
            0xe2 | 0xca => self.char(at).filter(|c| matches!(c, '’' | 'ʼ')).map(char::len_utf8),
            _ => None,
        }
    }

    fn plain(&mut self, text: &mut Text<'_>, start: usize, end: usize, flags: Flags) {
        let bytes = self.bytes.get(start..end).unwrap_or_default();
        if bytes.is_ascii() {
            let mut flags = flags;
            if bytes.first().is_some_and(u8::is_ascii_uppercase) {
                flags = flags.with(Flags::LARGE);
                if bytes.len() > 1 && !bytes.iter().any(u8::is_ascii_lowercase) {
                    flags = flags.with(Flags::CAPS);
                }
            }
            self.push(text, start, end, fold::of_ascii(bytes), flags);
        } else {
            let word = self.raw.get(start..end).unwrap_or_default();
            let flags = flags.with(case(word));
            self.push(text, start, end, fold::of_word(word), flags);
        }
    }

    /// Past a hyphen that joins two words.
    fn hyphen(&mut self, at: usize) -> usize {
        let len = match self.byte(at) {
            b'-' => 1,
            0xe2 => self.char(at).filter(|c| matches!(c, '\u{2010}' | '\u{2011}')).map_or(0, char::len_utf8),
            _ => 0,
        };
        let joins = len > 0 && matches!(self.class(at + len), Some((Class::Letter | Class::Digit, _)));
        if !joins {
            return at;
        }
        self.next = Flags::ADJOINS.with(Flags::HYPHEN);
        at + len
    }

    /// `U.S.`, `z.B.`, `т.е.`: single letters, each with a stop.
    fn acronym(&mut self, text: &mut Text<'_>, start: usize, end: usize) -> Option<usize> {
        let is_single =
            |from: usize, to: usize| self.raw.get(from..to).is_some_and(|word| word.chars().count() == 1);
        if !is_single(start, end) {
            return None;
        }
        let mut at = end;
        let mut n_letters = 1;
        while self.byte(at) == b'.' && self.is_letter(at + 1) {
            let past = self.letters(at + 1);
            if !is_single(at + 1, past) {
                break;
            }
            at = past;
            n_letters += 1;
        }
        if n_letters < 2 {
            return None;
        }
        let stop = usize::from(self.byte(at) == b'.');
        let letters: String = self.raw.get(start..at)?.chars().filter(|c| *c != '.').collect();
        let flags = case(&letters).with(Flags::ABBREVIATED);
        self.push(text, start, at + stop, fold::of_word(&letters), flags);
        let past = at + stop;
        if stop == 1 && self.ends_after_abbreviation(past) {
            self.close(text, past);
            return Some(past);
        }
        let suffix = self.apostrophe(past).filter(|len| self.byte(past + len) == b's');
        Some(self.hyphen(suffix.map_or(past, |len| self.letters(past + len))))
    }

    /// An address of a page or of mail: up to the next space.
    fn address(&mut self, text: &mut Text<'_>, start: usize) -> usize {
        let rest = self.raw.get(start..self.end.min(self.floor(start + MOST_BYTES))).unwrap_or_default();
        let word = rest.split([' ', '\n', '\t', '\u{a0}', '<', '>', '"', '|']).next().unwrap_or(rest);
        let word = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let end = (start + word.len()).max(self.letters(start));
        let word = self.raw.get(start..end).unwrap_or_default();
        self.push(text, start, end, fold::of_word(word), case(word).with(Flags::ADDRESS));
        end
    }

    /// The last boundary of a character up to `at`.
    fn floor(&self, at: usize) -> usize {
        (0..=at.min(self.raw.len())).rev().find(|at| self.raw.is_char_boundary(*at)).unwrap_or(0)
    }

    fn number(&mut self, text: &mut Text<'_>, start: usize) -> usize {
        let mut end = self.letters(start);
        while end - start < MOST_BYTES
            && matches!(self.byte(end), b'.' | b',' | b'\'')
            && self.byte(end + 1).is_ascii_digit()
        {
            end = self.letters(end + 1);
        }
        let word = self.raw.get(start..end).unwrap_or_default();
        self.push(text, start, end, fold::of_word(word), Flags::NUMBER);
        self.hyphen(end)
    }

    fn dense(&mut self, text: &mut Text<'_>, start: usize, dense: Class) -> usize {
        let mut end = start;
        while let Some((class, len)) = self.class(end)
            && class == dense
            && end - start < MOST_BYTES
        {
            end += len;
        }
        let word = self.raw.get(start..end).unwrap_or_default();
        self.push(text, start, end, fold::of_word(word), Flags::DENSE.with(Flags::CASELESS));
        end
    }

    fn quote(&mut self, at: usize, len: usize) -> usize {
        let c = self.char(at).unwrap_or_default();
        self.marks.push(Mark { at: at as u32, c });
        let opens =
            self.char_before(at).is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '!' | '?'));
        self.next = if opens { Flags::START } else { self.next.only(Flags::START) };
        at + len
    }

    fn mark(&mut self, at: usize, len: usize) -> usize {
        let is_link = self.byte(at) == b']' && self.byte(at + 1) == b'(';
        if is_link {
            // The address of a link in Markdown is no text.
            let rest = self.raw.get(at + 2..self.end).unwrap_or_default();
            if let Some(close) = rest.find([')', ' ', '\n']).filter(|close| self.byte(at + 2 + close) == b')')
            {
                return at + 2 + close + 1;
            }
        }
        let starts = self.byte(at) == b':' || (len > 1 && self.char(at) == Some('：'));
        let is_bare = self.next.has(Flags::START) && !self.next.has(Flags::ADJOINS);
        self.next = if starts || is_bare { Flags::START } else { Flags::default() };
        if len > 1 && matches!(self.char(at), Some('—' | '–' | '―')) {
            self.marks.push(Mark { at: at as u32, c: '—' });
        }
        at + len
    }
}

/// Large letters, or none at all.
fn case(word: &str) -> Flags {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return Flags::default() };
    if chars::is_small(first) || first.is_lowercase() {
        return Flags::default();
    }
    if !first.is_uppercase() {
        return Flags::CASELESS;
    }
    let is_all = !chars.as_str().is_empty() && !chars.any(|c| chars::is_small(c) || c.is_lowercase());
    if is_all { Flags::LARGE.with(Flags::CAPS) } else { Flags::LARGE }
}

/// True for what stands before an apostrophe and a word of its own, in Romance languages.
fn is_elided(word: &str) -> bool {
    let is = |one: &str| word.eq_ignore_ascii_case(one);
    match word.len() {
        1 => "ldjmnstcv".contains(word.to_ascii_lowercase().as_str()),
        2 => is("qu") || is("un") || is("gl") || is("ch"),
        3 => is("all"),
        _ => [
            "dell", "nell", "dall", "sull", "coll", "sant", "quest", "quell", "lorsqu", "puisqu", "jusqu",
            "quelqu",
        ]
        .iter()
        .any(|one| is(one)),
    }
}
