//! A line as the rules compare it.

use std::borrow::Cow;

use copydesk_core::{Kept, Span};

use super::caption;
use crate::fold::{self, Words};

/// A kept piece of a block, folded.
#[expect(clippy::struct_excessive_bools, reason = "six facts of a line's form, independent of one another")]
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub span: Span,
    /// As it stands in the article.
    text: &'a str,
    /// Its words without caption furniture.
    pub words: Words,
    /// How many of these are a label (`Oslo: …`) that may be furniture.
    pub n_label: usize,
    /// How much it says, in words of a language with spaces.
    pub weight: usize,
    /// True if furniture was taken off.
    pub furnished: bool,
    /// True if it ends with an ellipsis: somebody cut it short.
    pub cut_short: bool,
    ends: bool,
    asks: bool,
    spoken: bool,
    row: bool,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// With a small letter first.
    Small,
    /// With a capital, as names are.
    Capital,
    /// Nobody can tell: the line is all in one case, or in a script that has none.
    Unknown,
}

impl<'a> Line<'a> {
    pub(super) fn new(kept: &Kept<'a>) -> Line<'a> {
        Line::at(kept.span, kept.text)
    }

    fn at(span: Span, text: &'a str) -> Line<'a> {
        let form = Form::of(text);
        let spaced = evenly_spaced(text, form);
        let core = caption::core(&spaced);
        let words = fold::words(core.text);
        let bare = core.text.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '”' | ')' | '’' | '»' | '」' | '』' | '\u{200b}')
        });
        Line {
            span,
            text,
            n_label: if core.label.is_empty() { 0 } else { fold::words(core.label).len() },
            weight: if form.is_ascii { words.len() } else { weight(&words) },
            furnished: core.furnished,
            cut_short: bare.ends_with('…') || bare.ends_with("..."),
            ends: bare.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟', '۔']),
            asks: bare.ends_with(['?', '？', '؟']),
            spoken: text
                .trim_start()
                .starts_with(['"', '“', '„', '«', '»', '‘', '‚', '‹', '\'', '「', '『', '—', '–', '―']),
            row: is_row(text, form),
            words,
        }
    }

    /// A line of its own.
    #[cfg(test)]
    pub(super) fn of(text: &'a str) -> Line<'a> {
        Line::at(Span::of(text, text).unwrap_or_else(|| unreachable!("a text is a part of itself")), text)
    }

    /// True if a second copy of it is a repeat. Short lines come back for a reason (refrains, scores, labels,
    /// questions, echoes of speech), and so do rows of tables; a caption is known by its furniture, or by being a sentence
    /// of some length.
    pub(super) fn may_repeat(&self) -> bool {
        if self.row {
            return false;
        }
        self.weight >= 12
            || (self.weight >= 8 && self.ends && !self.asks && !self.spoken)
            || (self.furnished && self.weight >= 5)
    }

    /// True if it looks like a caption: not too long, and dated, credited or a sentence.
    pub(super) fn is_caption_like(&self) -> bool {
        let is_year = |word: &str| {
            word.len() == 4
                && (word.starts_with("19") || word.starts_with("20"))
                && word.bytes().all(|b| b.is_ascii_digit())
        };
        !self.row && self.weight <= 60 && (self.furnished || self.ends || self.words.iter().any(is_year))
    }

    /// True for a row of a table or program text.
    pub(super) fn is_row(&self) -> bool {
        self.row
    }

    /// True if the line ends like a sentence.
    pub(super) fn is_sentence(&self) -> bool {
        self.ends && !self.cut_short
    }

    /// How one of its words is written.
    pub(super) fn case_of(&self, word: &str) -> Case {
        if !self.text.contains(char::is_uppercase) || !self.text.contains(char::is_lowercase) {
            return Case::Unknown;
        }
        let pieces = self.text.split(|c: char| !c.is_alphanumeric());
        let mut places = pieces.filter(|piece| piece.to_lowercase() == word);
        match places.next() {
            None => Case::Unknown,
            Some(piece) if piece.starts_with(char::is_lowercase) => Case::Small,
            Some(_) => Case::Capital,
        }
    }
}

/// Words, where five characters of Chinese or Japanese count for three, and five of Thai for one.
fn weight(words: &Words) -> usize {
    let (mut n_words, mut n_han, mut n_thai) = (0, 0, 0);
    for word in words.iter() {
        match word.chars().next() {
            Some('\u{e00}'..='\u{eff}') => n_thai += 1,
            Some(c) if fold::is_dense(c) => n_han += 1,
            _ => n_words += 1,
        }
    }
    n_words + n_han * 3 / 5 + n_thai / 5
}

/// What bytes a text is made of, counted in one pass.
#[derive(Debug, Clone, Copy)]
struct Form {
    is_ascii: bool,
    /// ASCII letters.
    n_letters: usize,
    /// ASCII white space.
    n_gaps: usize,
    /// True for a tab, a line end, or two spaces beside one another.
    is_uneven: bool,
}

impl Form {
    fn of(text: &str) -> Form {
        let bytes = text.as_bytes();
        let mut form = Form { is_ascii: text.is_ascii(), n_letters: 0, n_gaps: 0, is_uneven: false };
        // Counts that fit a byte: the compiler takes sixteen bytes of text at once.
        let behind = bytes.get(1..).unwrap_or(&[]).chunks(128).chain([&[][..]]);
        for (chunk, behind) in bytes.chunks(128).zip(behind) {
            let (mut n_letters, mut n_gaps, mut n_uneven) = (0_u8, 0_u8, 0_u8);
            for &byte in chunk {
                let is_control = byte.wrapping_sub(b'\t') < 5;
                n_letters += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
                n_gaps += u8::from(is_control) + u8::from(byte == b' ');
                n_uneven |= u8::from(is_control);
            }
            for (&byte, &next) in chunk.iter().zip(behind) {
                n_uneven |= u8::from(byte == b' ') & u8::from(next == b' ');
            }
            form.n_letters += usize::from(n_letters);
            form.n_gaps += usize::from(n_gaps);
            form.is_uneven |= n_uneven > 0;
        }
        form
    }
}

/// `text` with one space for each run of white space of any kind, and nothing that is invisible.
fn evenly_spaced(text: &str, form: Form) -> Cow<'_, str> {
    // Most lines are ASCII and evenly spaced already.
    if form.is_ascii && !form.is_uneven && !text.starts_with(' ') && !text.ends_with(' ') {
        return Cow::Borrowed(text);
    }
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
    let mut spaced = String::with_capacity(text.len());
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    Cow::Owned(spaced)
}

/// Program text, logs and rows of figures are known by their signs, not by their kind: plain text has no kinds,
/// and the cleaned text must be judged as the page was.
fn is_code(text: &str, form: Form) -> bool {
    let (n_all, n_letters) = if form.is_ascii {
        (text.len() - form.n_gaps, form.n_letters)
    } else {
        let n_all = text.chars().filter(|c| !c.is_whitespace()).count();
        (n_all, text.chars().filter(|c| c.is_alphabetic() || fold::is_sign(*c)).count())
    };
    let n_signs = n_all - n_letters;
    n_signs * 100 > n_all * 30
        || (text.contains(')') && (text.contains("();") || text.contains(") {")))
        || text.ends_with(['{', '}', ';'])
}

fn is_row(text: &str, form: Form) -> bool {
    (form.is_uneven && text.contains('\t'))
        || is_code(text, form)
        || (text.contains('|') && text.matches(" | ").count() >= 2)
        || (!form.is_ascii && text.contains('·') && text.matches(" · ").count() >= 3)
}
