//! The terms that mark an article out.

use copydesk_core::Entity;

use super::stopwords::ByHash;
use super::terms::{Terms, Unit};
use crate::dates::month;
use crate::text::{Text, fold};
use crate::vocabulary::WEEKDAYS;

/// Keywords at most.
const MOST: usize = 8;
/// Words, or pairs of characters, of one keyword at most.
const MOST_UNITS: usize = 3;

/// A keyword that may be.
struct Candidate<'a> {
    /// What is shown: a name, or the places of its words.
    shown: Shown<'a>,
    count: u32,
    weight: f64,
    /// The place of its first word: what stands earlier comes first of equals.
    first: u32,
}

enum Shown<'a> {
    Name(&'a str),
    Words(&'a [Unit]),
}

/// A keyword that is chosen.
struct Chosen {
    text: String,
    /// Hashes of its words; in a script without spaces its characters.
    words: Vec<u64>,
    count: u32,
}

/// The keywords of `text`, the weightiest first. What is said once is none, unless the headline names it.
pub(crate) fn keywords(text: &Text<'_>, terms: &Terms, entities: &[Entity]) -> Vec<String> {
    let mut candidates = names(terms, entities);
    candidates.extend(words(text, terms));
    candidates.extend(phrases(text, terms));
    candidates.sort_by(|a, b| {
        let length = |one: &Candidate<'_>| one.of_raw(text).map(str::len);
        b.weight.total_cmp(&a.weight).then(a.first.cmp(&b.first)).then_with(|| length(b).cmp(&length(a)))
    });
    let mut chosen: Vec<Chosen> = Vec::new();
    for one in &candidates {
        if chosen.len() == MOST {
            break;
        }
        let Some(next) = one.chosen(text, terms) else { continue };
        // A part of what is chosen says no more, unless it stands alone more often than not.
        let is_said = chosen.iter().any(|known| {
            next.words.iter().any(|word| known.words.contains(word)) && next.count < 3 * known.count
        });
        if !is_said && !is_torn(one, &candidates, text) && !is_a_day(&next.text) {
            chosen.push(next);
        }
    }
    chosen.into_iter().map(|one| one.text).collect()
}

impl<'a> Candidate<'a> {
    fn is_dense(&self) -> bool {
        matches!(self.shown, Shown::Words([first, ..]) if first.dense)
    }

    fn of_raw(&self, text: &Text<'a>) -> Option<&'a str> {
        match self.shown {
            Shown::Name(name) => Some(name),
            Shown::Words(run) => {
                let (first, last) = (run.first()?, run.last()?);
                text.raw.get(first.start as usize..last.end as usize)
            }
        }
    }

    fn chosen(&self, text: &Text<'a>, terms: &Terms) -> Option<Chosen> {
        let shown = self.of_raw(text)?;
        let words = match self.shown {
            Shown::Name(name) => name.split([' ', '-']).map(fold::of_word).collect(),
            Shown::Words(_) if self.is_dense() => shown.chars().map(u64::from).collect(),
            Shown::Words(run) => run.iter().map(|unit| terms.at(unit).hash).collect(),
        };
        // A line's end may stand between two words.
        let text = shown.split_whitespace().collect::<Vec<&str>>().join(" ");
        Some(Chosen { text, words, count: self.count })
    }
}

/// Half a word of a script without spaces: what stands as often is longer.
fn is_torn<'a>(one: &Candidate<'a>, all: &[Candidate<'a>], text: &Text<'a>) -> bool {
    let Some(shown) = one.of_raw(text).filter(|_| one.is_dense()) else { return false };
    all.iter().filter(|other| other.is_dense() && other.count == one.count).any(|other| {
        other.of_raw(text).is_some_and(|other| other.len() > shown.len() && other.contains(shown))
    })
}

/// Who and what is named, weighed as terms are.
fn names<'a>(terms: &Terms, entities: &'a [Entity]) -> Vec<Candidate<'a>> {
    let mut named = Vec::new();
    for entity in entities {
        let (mut weight, mut in_head) = (0.0_f64, false);
        for term in entity.name.split([' ', '-']).filter_map(|word| terms.get(fold::of_word(word))) {
            weight = weight.max(term.weight);
            in_head |= term.in_head;
        }
        if (entity.count > 1 || in_head) && weight > 0.0 {
            let first = entity.spans.first().map_or(0, |span| span.start() as u32);
            let (shown, weight) = (Shown::Name(&entity.name), weight * 1.2);
            named.push(Candidate { shown, count: entity.count, weight, first });
        }
    }
    named
}

/// Single words that are said again.
fn words<'a>(text: &Text<'a>, terms: &'a Terms) -> Vec<Candidate<'a>> {
    // The first place, and the first with a small letter: that is the word's own.
    let mut shown: Vec<Option<(usize, bool)>> = vec![None; terms.all.len()];
    for (at, unit) in terms.units.iter().enumerate() {
        let Some(known) = shown.get_mut(unit.term as usize).filter(|known| !matches!(known, Some((_, true))))
        else {
            continue;
        };
        if terms.at(unit).count > 1 {
            let is_small = is_small(text, unit);
            if is_small || known.is_none() {
                *known = Some((at, is_small));
            }
        }
    }
    let places = shown.into_iter().flatten().filter_map(|(at, _)| terms.units.get(at..=at));
    places
        .filter_map(|run| {
            let (unit, term) = (run.first()?, terms.at(run.first()?));
            let weight = if unit.dense { term.weight * 1.3 } else { term.weight };
            Some(Candidate { shown: Shown::Words(run), count: term.count, weight, first: unit.start })
        })
        .collect()
}

/// Two or three words that stand together again.
fn phrases<'a>(text: &Text<'a>, terms: &'a Terms) -> Vec<Candidate<'a>> {
    // How often, and the place to show.
    let mut found: ByHash<(u32, &[Unit])> = ByHash::default();
    for (from, first) in terms.units.iter().enumerate() {
        let mut hash = terms.at(first).hash;
        if !first.joins || terms.at(first).count < 2 {
            continue;
        }
        for n_units in 2..=MOST_UNITS {
            let Some(run) = terms.units.get(from..from + n_units) else { break };
            let [.., before, last] = run else { break };
            let term = terms.at(last);
            // What stands once makes no phrase.
            if !before.joins || term.count < 2 {
                break;
            }
            hash = fold::join(hash, term.hash);
            let (count, shown) = found.entry(hash).or_insert((0, run));
            *count += 1;
            let is_small = |run: &[Unit]| run.first().is_some_and(|unit| is_small(text, unit));
            if !is_small(shown) && is_small(run) {
                *shown = run;
            }
        }
    }
    let again = found.into_values().filter(|(count, _)| *count > 1);
    again
        .filter_map(|(count, run)| {
            let first = run.first()?;
            let sum: f64 = run.iter().map(|unit| terms.at(unit).weight).sum();
            let most = run.iter().map(|unit| terms.at(unit).count).max()?;
            let n_units = run.len() as f64;
            // Pairs of characters overlap: their weights say the same twice.
            let sum = if first.dense { sum / n_units * (1.0 + 0.3 * n_units) } else { sum };
            let weight = sum * f64::from(count) / f64::from(most.max(1));
            Some(Candidate { shown: Shown::Words(run), count, weight, first: first.start })
        })
        .collect()
}

/// True for the name of a weekday or month, which tells when and not what.
fn is_a_day(word: &str) -> bool {
    let word = word.to_lowercase();
    WEEKDAYS.contains(&word) || month(&word).is_some()
}

/// True if a word does not begin with a large letter.
fn is_small(text: &Text<'_>, unit: &Unit) -> bool {
    let rest = text.raw.get(unit.start as usize..unit.end as usize).unwrap_or_default();
    rest.chars().next().is_some_and(|c| !c.is_uppercase())
}
