//! The terms that mark an article out.

use copydesk_core::Entity;
use hashbrown::HashMap;

use super::terms::{Terms, Unit};
use crate::dates::month;
use crate::text::{Text, fold};
use crate::vocabulary::WEEKDAYS;

/// Keywords at most.
const MOST: usize = 8;
/// Words, or pairs of characters, of one keyword at most.
const MOST_UNITS: usize = 3;

/// A keyword that may be.
struct Candidate {
    text: String,
    /// Hashes of its words, or of its characters in a script without spaces.
    words: Vec<u64>,
    /// In a script without spaces.
    is_dense: bool,
    count: u32,
    weight: f64,
    /// The place of its first word: what stands earlier comes first of equals.
    first: u32,
}

/// The keywords of `text`, the weightiest first. What is said once is none, unless the headline names it.
pub(crate) fn keywords(text: &Text<'_>, terms: &Terms, entities: &[Entity]) -> Vec<String> {
    let mut candidates = names(terms, entities);
    candidates.extend(phrases(text, terms));
    let order = |a: &Candidate, b: &Candidate| {
        b.weight.total_cmp(&a.weight).then(a.first.cmp(&b.first)).then_with(|| a.text.cmp(&b.text))
    };
    candidates.sort_by(order);
    let dense = candidates.iter().filter(|one| one.is_dense);
    let all: Vec<(String, u32)> = dense.map(|one| (one.text.clone(), one.count)).collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    for one in candidates {
        if chosen.len() == MOST {
            break;
        }
        // A part of what is chosen says no more, unless it stands alone more often than not.
        let is_said = chosen.iter().any(|known| {
            let shares = one.words.iter().any(|word| known.words.contains(word));
            shares && one.count < 3 * known.count
        });
        // Half a word of a script without spaces never stands alone.
        let is_torn = one.is_dense
            && all.iter().any(|(text, count)| {
                *count == one.count && text.len() > one.text.len() && text.contains(&one.text)
            });
        if !is_said && !is_torn {
            chosen.push(one);
        }
    }
    chosen.into_iter().map(|one| one.text).collect()
}

/// Who and what is named, weighed as terms are.
fn names(terms: &Terms, entities: &[Entity]) -> Vec<Candidate> {
    let mut named = Vec::new();
    for entity in entities {
        let words: Vec<u64> = entity.name.split([' ', '-']).map(fold::of_word).collect();
        let known: Vec<f64> =
            words.iter().filter_map(|word| terms.get(*word)).map(|term| terms.weight(term)).collect();
        let in_head = words.iter().any(|word| terms.get(*word).is_some_and(|term| term.in_head));
        let first = entity.spans.first().map_or(0, |span| span.start() as u32);
        if (entity.count > 1 || in_head) && !known.is_empty() {
            let weight = known.iter().copied().fold(0.0, f64::max) * 1.2;
            named.push(Candidate {
                text: entity.name.clone(),
                words,
                count: entity.count,
                is_dense: false,
                weight,
                first,
            });
        }
    }
    named
}

/// One to three words that stand together.
fn phrases(text: &Text<'_>, terms: &Terms) -> Vec<Candidate> {
    // How often, and the first place with the form to show: a small letter is the word's own.
    let mut found: HashMap<u64, (u32, &[Unit])> = HashMap::new();
    for from in 0..terms.units.len() {
        let mut hash = 0;
        for n_units in 1..=MOST_UNITS {
            let Some(run) = terms.units.get(from..from + n_units) else { break };
            let (Some(last), Some(before)) = (run.last(), run.get(n_units.saturating_sub(2))) else { break };
            if n_units > 1 && !before.joins {
                break;
            }
            // What stands once makes no phrase.
            let Some(term) = terms.get(last.hash).filter(|term| term.count > 1 || term.in_head) else {
                break;
            };
            hash = if n_units == 1 { last.hash } else { fold::join(hash, last.hash) };
            if n_units == 1 && term.count == 1 && last.dense {
                break;
            }
            let (count, shown) = found.entry(hash).or_insert((0, run));
            *count += 1;
            if is_small(text, run) && !is_small(text, shown) {
                *shown = run;
            }
        }
    }
    let mut candidates = Vec::new();
    for (count, run) in found.into_values() {
        let known: Vec<_> = run.iter().filter_map(|unit| terms.get(unit.hash)).collect();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        if count < 2 {
            continue;
        }
        let most = known.iter().map(|term| term.count).max().unwrap_or(1).max(1);
        let sum: f64 = known.iter().map(|term| terms.weight(term)).sum();
        let share = f64::from(count) / f64::from(most);
        // Pairs of characters overlap: their weights say the same twice.
        let sum = if first.dense { sum / run.len() as f64 * (1.0 + 0.3 * run.len() as f64) } else { sum };
        let Some(shown) = text.raw.get(first.start as usize..last.end as usize) else { continue };
        // A line's end may stand between two words.
        let shown = shown.split_whitespace().collect::<Vec<&str>>().join(" ");
        if is_a_day(&shown) {
            continue;
        }
        let is_dense = first.dense;
        let words = if is_dense {
            shown.chars().map(u64::from).collect()
        } else {
            run.iter().map(|unit| unit.hash).collect()
        };
        let (weight, first) = (sum * share, first.start);
        candidates.push(Candidate { text: shown, words, is_dense, count, weight, first });
    }
    candidates
}

/// True for the name of a weekday or month, which tells when and not what.
fn is_a_day(word: &str) -> bool {
    let word = word.to_lowercase();
    WEEKDAYS.contains(&word) || month(&word).is_some()
}

/// True if the first word of a run begins with a small letter.
fn is_small(text: &Text<'_>, run: &[Unit]) -> bool {
    let first =
        run.first().and_then(|unit| text.raw.get(unit.start as usize..)).and_then(|rest| rest.chars().next());
    first.is_some_and(|c| !c.is_uppercase())
}
