//! Several places state a field: which value to believe.
//!
//! Each place has a weight: what it adds to the logarithm of the odds that its value is right. Places that share a
//! maker (all `meta` elements are written by one plugin) are a family, which has one voice: its strongest. A value's
//! score is what all families say for it, so two independent places outweigh one that is better; what loses is told
//! as a conflict. The winner's confidence is its share of the odds, beside those of the losers and of none.

use copydesk_core::{Conflict, Evidence, Span};

/// Places that speak with one voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// The fields of a record.
    Record,
    /// `meta` elements.
    Meta,
    /// The article object of the page's JSON-LD.
    JsonLd,
    /// `itemprop` attributes.
    Microdata,
    /// Links and classes that mark a name.
    Marks,
    /// Lines that readers see.
    Visible,
    /// The page's own address.
    Address,
    /// What stands below the text, or opens it.
    Text,
}

/// A value that one place states.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<T> {
    pub value: T,
    pub rule: String,
    pub span: Option<Span>,
    pub weight: f64,
    pub family: Family,
}

/// What lighter places state is no conflict worth telling.
const MIN_CONFLICT: f64 = 1.0;
/// Conflicts told of one field.
const MAX_CONFLICTS: usize = 4;

/// The value with the highest score; of those that agree with it, the one that `rank` puts highest.
pub(crate) fn elect<T: Clone>(
    candidates: &[Candidate<T>],
    agree: impl Fn(&T, &T) -> bool,
    rank: impl Fn(&T) -> u8,
    show: impl Fn(&T) -> String,
) -> Option<(T, Evidence)> {
    let n = candidates.len();
    // Who agrees with whom is asked again and again, and found out once.
    let mut agreeing = vec![false; n * n];
    for (idx, one) in candidates.iter().enumerate() {
        for (other_idx, other) in candidates.iter().enumerate().skip(idx) {
            let same = idx == other_idx || agree(&one.value, &other.value);
            for place in [idx * n + other_idx, other_idx * n + idx] {
                if let Some(place) = agreeing.get_mut(place) {
                    *place = same;
                }
            }
        }
    }
    let agree = |one: usize, other: usize| agreeing.get(one * n + other).is_some_and(|same| *same);
    let score = |one: usize| -> f64 {
        let mut voices: Vec<(Family, f64)> = Vec::new();
        for (_, other) in candidates.iter().enumerate().filter(|(idx, _)| agree(one, *idx)) {
            match voices.iter_mut().find(|(family, _)| *family == other.family) {
                Some((_, weight)) => *weight = weight.max(other.weight),
                None => voices.push((other.family, other.weight)),
            }
        }
        voices.iter().map(|(_, weight)| weight).sum()
    };
    // The first of equals wins, so that the order of candidates decides and nothing else does.
    let mut winner: Option<(f64, usize, &Candidate<T>)> = None;
    for (idx, one) in candidates.iter().enumerate() {
        let score = score(idx);
        let is_better = |(best, _, known): (f64, usize, &Candidate<T>)| {
            score > best + 1e-9 || (score > best - 1e-9 && one.weight > known.weight + 1e-9)
        };
        if winner.is_none_or(is_better) {
            winner = Some((score, idx, one));
        }
    }
    let (won, first_idx, first) = winner?;
    let heavy = || candidates.iter().enumerate().filter(|(_, one)| one.weight >= MIN_CONFLICT);
    let (mut chosen_idx, mut chosen) = (first_idx, first);
    for (idx, one) in heavy().filter(|(idx, _)| agree(*idx, first_idx)) {
        if rank(&one.value) > rank(&chosen.value) {
            (chosen_idx, chosen) = (idx, one);
        }
    }
    let mut losers: Vec<(f64, usize, &Candidate<T>)> = Vec::new();
    for (idx, one) in heavy() {
        let known = losers.iter().any(|(_, known, _)| agree(*known, idx));
        if !known && !agree(idx, first_idx) && !agree(idx, chosen_idx) {
            losers.push((score(idx), idx, one));
        }
    }
    losers.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lost: f64 = losers.iter().map(|(score, ..)| (score - won).exp()).sum();
    let mut evidence = Evidence::new(chosen.span, chosen.rule.clone());
    evidence.confidence = Some((100.0 / (1.0 + lost + (-won).exp())).round() / 100.0);
    let conflict = |one: &Candidate<T>| Conflict { value: show(&one.value), rule: one.rule.clone() };
    evidence.conflicts = losers.iter().take(MAX_CONFLICTS).map(|(.., one)| conflict(one)).collect();
    Some((chosen.value.clone(), evidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str, family: Family, weight: f64) -> Candidate<String> {
        Candidate { value: value.to_owned(), rule: format!("{family:?}"), span: None, weight, family }
    }

    fn elected(candidates: &[Candidate<String>]) -> (String, Evidence) {
        elect(candidates, |a, b| a.eq_ignore_ascii_case(b), |one| one.len() as u8, Clone::clone)
            .expect("there are candidates")
    }

    #[test]
    fn two_places_outweigh_a_better_one_and_one_family_has_one_voice() {
        let better = said("a", Family::JsonLd, 3.0);
        let two = [better.clone(), said("b", Family::Visible, 2.0), said("B", Family::Address, 1.5)];
        let (value, evidence) = elected(&two);
        assert_eq!(
            (value.as_str(), evidence.rule.as_str(), evidence.confidence),
            ("b", "Visible", Some(0.61))
        );
        assert_eq!(evidence.conflicts, [Conflict { value: "a".into(), rule: "JsonLd".into() }]);
        let one_voice = [better, said("b", Family::Meta, 2.0), said("b", Family::Meta, 2.0)];
        assert_eq!(elected(&one_voice).0, "a");
    }

    #[test]
    fn what_hardly_counts_is_no_conflict_and_equals_keep_their_order() {
        let (value, evidence) = elected(&[said("x", Family::Meta, 2.0), said("y", Family::Visible, 0.9)]);
        assert_eq!((value.as_str(), evidence.conflicts.len(), evidence.confidence), ("x", 0, Some(0.88)));
        assert_eq!(elected(&[said("x", Family::Meta, 2.0), said("y", Family::JsonLd, 2.0)]).0, "x");
        assert!(elect(&[] as &[Candidate<u8>], u8::eq, |_| 0, u8::to_string).is_none());
    }
}
