//! The sentences that hold most of what an article is about.
//!
//! After SumBasic (Nenkova and Vanderwende, Microsoft Research TR-2005-101): the sentence with the weightiest terms
//! is taken, what it says counts less from then on, and so on. News is written with the main thing first, so an
//! early sentence is worth more.

use copydesk_core::{BlockKind, Span};

use super::terms::Terms;
use crate::text::{Flags, Text};

/// Sentences of a summary at most.
const MOST: usize = 3;
/// An article of fewer sentences is its own summary.
const FEWEST: usize = 5;
/// Letters and signs of a sentence, in bytes: shorter ones hang in the air, longer ones sum up nothing.
const BYTES: std::ops::RangeInclusive<usize> = 40..=450;

/// The places of the summary's sentences, in their order; none where the article is too short to be summed up.
pub(crate) fn summary(text: &Text<'_>, terms: &Terms) -> Vec<Span> {
    let running: Vec<usize> = (0..text.parts.len())
        .filter(|part| text.parts.get(*part).is_some_and(|part| part.kind == BlockKind::Paragraph))
        .flat_map(|part| text.sentences_of(part))
        .collect();
    if running.len() < FEWEST {
        return Vec::new();
    }
    let mut left: Vec<(usize, usize)> = running
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, sentence)| can_stand_alone(text, *sentence))
        .collect();
    // What of each term's weight is left: what was said counts a quarter from then on.
    let mut left_of: Vec<f64> = vec![1.0; terms.all.len()];
    let mut chosen: Vec<usize> = Vec::new();
    let n_wanted = MOST.min(running.len() / 4).max(1);
    while chosen.len() < n_wanted && !left.is_empty() {
        let worth = |(place, sentence): &(usize, usize)| {
            let lead = 1.0 + 1.5 / (1.0 + *place as f64);
            weight(terms, *sentence, &left_of) * lead
        };
        // The first of equals.
        let best = left.iter().enumerate().map(|(at, one)| (at, worth(one))).fold(
            None,
            |best: Option<(usize, f64)>, one| match best {
                Some(best) if best.1 >= one.1 => Some(best),
                _ => Some(one),
            },
        );
        let Some((at, _)) = best else { break };
        let (_, sentence) = left.remove(at);
        for unit in terms.of_sentence(sentence) {
            if let Some(left) = left_of.get_mut(unit.term as usize) {
                *left *= 0.25;
            }
        }
        chosen.push(sentence);
    }
    chosen.sort_unstable();
    chosen.into_iter().filter_map(|sentence| text.span_of(sentence)).collect()
}

/// What a sentence's terms weigh, for its length.
fn weight(terms: &Terms, sentence: usize, left_of: &[f64]) -> f64 {
    let units = terms.of_sentence(sentence);
    let known = units.iter().map(|unit| (unit, terms.at(unit)));
    let sum: f64 = known
        .filter(|(_, term)| term.count > 1 || term.in_head)
        .map(|(unit, term)| term.weight * left_of.get(unit.term as usize).copied().unwrap_or(1.0))
        .sum();
    sum / (units.len() as f64 + 8.0).sqrt()
}

/// True for a sentence that ends, is no question, and is no piece of somebody's speech.
fn can_stand_alone(text: &Text<'_>, sentence: usize) -> bool {
    let Some(shown) = text.span_of(sentence).map(|span| span.of_text(text.raw)) else { return false };
    let words = text.words.get(text.words_of(sentence)).unwrap_or_default();
    let n_quoted = words.iter().filter(|word| word.is(Flags::QUOTED)).count();
    let end = shown.trim_end_matches(['"', '”', '»', '’', ')', ']', '」']);
    BYTES.contains(&shown.len())
        && end.ends_with(['.', '!', '…', '。', '！', '।', '։', '።', '؟'])
        && !shown.starts_with(['"', '“', '„', '«', '‘', '(', '-', '–', '—', '•', '「'])
        && n_quoted * 2 <= words.len()
}
