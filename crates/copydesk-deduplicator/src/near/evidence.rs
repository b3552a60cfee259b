//! What two fingerprints say of each other, and how much it looks like one text.

use super::choose::Shared;
use super::fingerprint::{Fingerprint, N_SHINGLES};
use super::sample::{PLACES, Sample};

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
    /// The largest piece of the shorter text, in sampled shingles, in whose place the other has something else.
    replaced: usize,
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
            replaced: replaced(short, long, &stale.shingles),
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
    /// Logistic regression on pairs of edited copies, and of texts that only look alike, fitted on either half of
    /// the articles (by site) and tried on the other. The weights lie between those of the two fits, in round
    /// numbers, with the bar a little lower: what several candidates share is taken out before it counts.
    pub(super) fn score(&self) -> f64 {
        // Few samples say little: two more that are not shared.
        let contained = self.shingles.both as f64 / (self.shingles.shorter() + 2) as f64;
        // From -.5 (no fact agrees) over 0 (there are none) to .5.
        let n_facts = self.numbers.shorter() + self.names.shorter();
        let agreed = (self.facts().both + 2) as f64 / (n_facts + 4) as f64 - 0.5;
        // Edits are scattered over a text, and what is dropped has nothing in its place. Texts that share a notice
        // or a quotation have each a piece of its own beside it.
        let replaced = self.replaced.saturating_sub(1) as f64 / (self.shingles.shorter() + 1) as f64;
        4.0 * contained + 10.0 * agreed - 11.0 * replaced - 1.5
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

/// The largest piece of `short`, in sampled shingles, in whose place `long` has something else: between two
/// shingles that both have, or a shared one and an end of the text, neither knows the other's.
fn replaced(short: &Sample, long: &Sample, stale: &[u32]) -> usize {
    let bound = short.bound().min(long.bound());
    let counts = |key: u32| key <= bound && (stale.is_empty() || stale.binary_search(&key).is_err());
    // How many shingles of each sixteenth of `long` stand there alone.
    let mut alone = [0_usize; PLACES];
    // Those of `short`, to be sorted by place: the place, the key, and where it stands in `long`.
    let mut here = [(PLACES, u32::MAX, None); N_SHINGLES];
    let mut n_here = 0;
    let mut there = long.placed().filter(|(_, key)| counts(*key)).peekable();
    let mut note_alone = |place: usize| alone[place % PLACES] += 1;
    for (place, key) in short.placed().filter(|(_, key)| counts(*key)) {
        while let Some((place, _)) = there.next_if(|(_, other)| *other < key) {
            note_alone(place);
        }
        if let Some(slot) = here.get_mut(n_here) {
            *slot = (place, key, there.next_if(|(_, other)| *other == key).map(|(place, _)| place));
            n_here += 1;
        }
    }
    there.for_each(|(place, _)| note_alone(place));
    let here = here.get_mut(..n_here).unwrap_or_default();
    here.sort_unstable();
    let (mut most, mut run, mut last) = (0, 0, 0);
    for shared in here.iter().map(|(_, _, shared)| *shared).chain([Some(PLACES)]) {
        let Some(place) = shared else {
            run += 1;
            continue;
        };
        let between: usize = alone.iter().take(place + 1).skip(last).sum();
        most = most.max(run.min(between));
        (run, last) = (0, place);
    }
    most
}
