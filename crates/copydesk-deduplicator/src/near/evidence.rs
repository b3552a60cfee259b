//! What two fingerprints say of each other, and how much it looks like one text.

use super::choose::Shared;
use super::fingerprint::{Fingerprint, N_SHINGLES};
use super::sample::Sample;

/// Keys that count for nothing, of each kind, lowest first.
#[derive(Debug, Default)]
pub(super) struct Stale {
    pub(super) shingles: Vec<u32>,
    pub(super) numbers: Vec<u32>,
    pub(super) names: Vec<u32>,
}

/// What two fingerprints have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    pub(super) shingles: Shared,
    numbers: Shared,
    names: Shared,
    /// The longest piece of the shorter text, in sampled shingles, that the other has nothing of.
    foreign: usize,
}

impl Evidence {
    pub(super) fn of(new: &Fingerprint, old: &Fingerprint, stale: &Stale) -> Evidence {
        let shingles = overlap(&new.shingles, &old.shingles, &stale.shingles);
        let (short, long) = if (shingles.new, new.n_words()) <= (shingles.old, old.n_words()) {
            (&new.shingles, &old.shingles)
        } else {
            (&old.shingles, &new.shingles)
        };
        Evidence {
            shingles,
            numbers: overlap(&new.numbers, &old.numbers, &stale.numbers),
            names: overlap(&new.names, &old.names, &stale.names),
            foreign: foreign(short, long, &stale.shingles),
        }
    }

    /// Numbers and names.
    pub(super) fn facts(&self) -> Shared {
        Shared {
            both: self.numbers.both + self.names.both,
            new: self.numbers.new + self.names.new,
            old: self.numbers.old + self.names.old,
        }
    }

    /// The share of the shorter text's shingles that the longer one holds.
    pub(super) fn containment(&self) -> f64 {
        self.shingles.both as f64 / self.shingles.shorter().max(1) as f64
    }

    /// How likely the one text was made of the other, as log odds: above 0 it was.
    ///
    /// Logistic regression on pairs of edited copies, and of texts that only look alike; fitted on either half of
    /// the articles (by site) with several seeds and tried on the other half. The weights of all fits were near
    /// one another; these are between them, in round numbers, with the bar moved to where neither half made more
    /// than a false alarm in a thousand.
    pub(super) fn score(&self) -> f64 {
        // Few samples say little: two more that are not shared.
        let contained = self.shingles.both as f64 / (self.shingles.shorter() + 2) as f64;
        // From -.5 (no fact agrees) over 0 (there are none) to .5.
        let n_facts = self.numbers.shorter() + self.names.shorter();
        let agreed = (self.facts().both + 2) as f64 / (n_facts + 4) as f64 - 0.5;
        // Edits are scattered over a text. A notice that two texts share leaves each of them a piece of its own.
        let foreign = self.foreign.saturating_sub(1) as f64 / (self.shingles.shorter() + 1) as f64;
        4.2 * contained + 9.5 * agreed - 11.0 * foreign - 1.5
    }
}

/// How many of two samples there are, and in both, of those that both would hold if their texts did.
fn overlap(new: &Sample, old: &Sample, stale: &[u32]) -> Shared {
    let bound = new.bound().min(old.bound());
    let mut shared = Shared { both: 0, new: 0, old: 0 };
    let counts = |key: u32| stale.is_empty() || stale.binary_search(&key).is_err();
    let mut rest = old.keys().take_while(|key| *key <= bound).filter(|key| counts(*key)).peekable();
    for key in new.keys().take_while(|key| *key <= bound).filter(|key| counts(*key)) {
        while rest.next_if(|other| *other < key).is_some() {
            shared.old += 1;
        }
        if rest.next_if_eq(&key).is_some() {
            shared.old += 1;
            shared.both += 1;
        }
        shared.new += 1;
    }
    shared.old += rest.count();
    shared
}

/// The longest run, in order of place, of the shingles of `short` that `long` does not hold.
fn foreign(short: &Sample, long: &Sample, stale: &[u32]) -> usize {
    let bound = short.bound().min(long.bound());
    // By place, then by key; the lowest bit says whether it is shared.
    let mut by_place = [u64::MAX; N_SHINGLES];
    let mut rest = long.keys().peekable();
    let mut n_keys = 0;
    for (place, key) in short.placed().take_while(|(_, key)| *key <= bound) {
        while rest.next_if(|other| *other < key).is_some() {}
        if (stale.is_empty() || stale.binary_search(&key).is_err())
            && let Some(slot) = by_place.get_mut(n_keys)
        {
            *slot = u64::from(place) << 40 | u64::from(key) << 1 | u64::from(rest.peek() == Some(&key));
            n_keys += 1;
        }
    }
    let by_place = by_place.get_mut(..n_keys).unwrap_or_default();
    by_place.sort_unstable();
    by_place.split(|slot| slot & 1 == 1).map(<[u64]>::len).max().unwrap_or(0)
}
