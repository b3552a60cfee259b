//! A line as the rules compare it.

use std::borrow::Cow;

use copydesk_core::{Kept, Span};

use super::caption;
use crate::fold::{self, Words};

/// A kept piece of a block, folded.
#[expect(clippy::struct_excessive_bools, reason = "six facts of a line's form, independent of one another")]
#[derive(Debug)]
pub(super) struct Line {
    pub span: Span,
    /// Its words without caption furniture.
    pub words: Words,
    /// True if furniture was taken off.
    pub furnished: bool,
    /// True if it ends with an ellipsis: somebody cut it short.
    pub cut_short: bool,
    ends: bool,
    asks: bool,
    spoken: bool,
    row: bool,
}

impl Line {
    pub(super) fn new(kept: &Kept<'_>) -> Line {
        let spaced = evenly_spaced(kept.text);
        let core = caption::core(&spaced);
        let words = fold::words(core.text);
        let bare = core.text.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '”' | ')' | '’' | '»' | '\u{200b}')
        });
        Line {
            span: kept.span,
            furnished: core.furnished,
            cut_short: bare.ends_with('…') || bare.ends_with("..."),
            ends: bare.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟']),
            asks: bare.ends_with(['?', '？', '؟']),
            spoken: kept.text.trim_start().starts_with(['"', '“', '„', '«', '‘', '\'', '—', '–']),
            row: is_row(kept.text),
            words,
        }
    }

    /// True if a second copy of it is a repeat. Short lines come back for a reason (refrains, scores, labels,
    /// questions, echoes of speech), and so do rows of tables; a caption is known by its furniture, or by being a sentence
    /// of some length.
    pub(super) fn may_repeat(&self) -> bool {
        let n_words = self.words.len();
        if self.row || n_words < 3 {
            return false;
        }
        n_words >= 12
            || (n_words >= 8 && self.ends && !self.asks && !self.spoken)
            || (self.furnished && n_words >= 5)
    }

    /// True if it looks like a caption: not too long, and dated, credited or a sentence.
    pub(super) fn is_caption_like(&self) -> bool {
        let is_year = |word: &str| {
            word.len() == 4
                && (word.starts_with("19") || word.starts_with("20"))
                && word.bytes().all(|b| b.is_ascii_digit())
        };
        !self.row && self.words.len() <= 60 && (self.furnished || self.ends || self.words.iter().any(is_year))
    }

    /// True for a row of a table or program text.
    pub(super) fn is_row(&self) -> bool {
        self.row
    }

    /// True if the line ends like a sentence.
    pub(super) fn is_sentence(&self) -> bool {
        self.ends && !self.cut_short
    }
}

/// `text` with one space for each run of white space of any kind, and nothing that is invisible.
fn evenly_spaced(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // Most lines are ASCII and evenly spaced already.
    if text.is_ascii()
        && !bytes.iter().any(|byte| matches!(byte, b'\t'..=b'\r'))
        && !bytes.windows(2).any(|pair| pair == b"  ")
        && !text.starts_with(' ')
        && !text.ends_with(' ')
    {
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
fn is_code(text: &str) -> bool {
    let (n_all, n_letters) = if text.is_ascii() {
        let n_gaps = text.bytes().filter(|byte| matches!(byte, b'\t'..=b'\r' | b' ')).count();
        (text.len() - n_gaps, text.bytes().filter(u8::is_ascii_alphabetic).count())
    } else {
        let n_all = text.chars().filter(|c| !c.is_whitespace()).count();
        (n_all, text.chars().filter(|c| c.is_alphabetic()).count())
    };
    let n_signs = n_all - n_letters;
    n_signs * 100 > n_all * 30
        || (text.contains(')') && (text.contains("();") || text.contains(") {")))
        || text.ends_with(['{', '}', ';'])
}

fn is_row(text: &str) -> bool {
    text.contains('\t')
        || is_code(text)
        || (text.contains('|') && text.matches(" | ").count() >= 2)
        || (text.contains('·') && text.matches(" · ").count() >= 3)
}
