//! The verdict: of which earlier text is this one a copy?

use super::fingerprint::{Fingerprint, Overlap};

/// How one text is the copy of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// The same but for case, accents, spaces and marks.
    Exact,
    /// Edited.
    Near,
}

/// What was found in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Shingles in common.
    pub n_shared: usize,
    /// Of how many in the new text's sample.
    pub n_new: usize,
    /// Of how many in the earlier text's sample.
    pub n_old: usize,
}

/// A text that the new one is a copy of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match<H> {
    /// Which of the candidates.
    pub of: H,
    /// How it is its copy.
    pub kind: MatchKind,
    /// The share, 0 to 1, of the shorter text's shingles that the longer one holds.
    pub similarity: f64,
    /// Sampled shingles.
    pub shingles: Shared,
    /// Sampled numbers and names.
    pub facts: Shared,
}

/// The candidate that `new` is a copy of: the same text if there is one, else the likeliest, of equals the lowest
/// handle. The order of candidates makes no difference.
pub fn choose<H: Ord + Copy>(new: &Fingerprint, candidates: &[(H, Fingerprint)]) -> Option<Match<H>> {
    let same = candidates.iter().filter(|(_, old)| new.same_text(old)).map(|(of, _)| *of).min();
    if let Some(of) = same {
        let n_shingles = new.shingles.hashes.len();
        let n_facts = new.numbers.hashes.len() + new.names.hashes.len();
        let all = |n| Shared { n_shared: n, n_new: n, n_old: n };
        return Some(Match {
            of,
            kind: MatchKind::Exact,
            similarity: 1.0,
            shingles: all(n_shingles),
            facts: all(n_facts),
        });
    }
    let mut best: Option<(f64, Match<H>)> = None;
    for (of, old) in candidates {
        let seen = Evidence::of(new, old);
        let score = seen.score();
        let better = best.is_none_or(|(most, found)| score > most || (score >= most && *of < found.of));
        if score > 0.0 && better {
            best = Some((score, seen.found(*of)));
        }
    }
    best.map(|(_, found)| found)
}

/// What two fingerprints say of each other.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    shingles: Overlap,
    numbers: Overlap,
    names: Overlap,
}

impl Evidence {
    pub fn of(new: &Fingerprint, old: &Fingerprint) -> Evidence {
        Evidence {
            shingles: new.shingles.overlap(&old.shingles),
            numbers: new.numbers.overlap(&old.numbers),
            names: new.names.overlap(&old.names),
        }
    }

    pub fn figures(&self) -> [usize; 9] {
        let s = |o: Overlap| [o.here, o.there, o.both];
        let (a, b, c) = (s(self.shingles), s(self.numbers), s(self.names));
        [a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]]
    }

    /// Above 0 for a copy.
    fn score(&self) -> f64 {
        let facts = Overlap {
            here: self.numbers.here + self.names.here,
            there: self.numbers.there + self.names.there,
            both: self.numbers.both + self.names.both,
        };
        if share(self.shingles) < 0.5 || share(facts) < 0.6 { 0.0 } else { share(self.shingles) + 1e-9 }
    }

    fn found<H>(&self, of: H) -> Match<H> {
        let shared = |one: Overlap| Shared { n_shared: one.both, n_new: one.here, n_old: one.there };
        let (numbers, names) = (shared(self.numbers), shared(self.names));
        Match {
            of,
            kind: MatchKind::Near,
            similarity: share(self.shingles),
            shingles: shared(self.shingles),
            facts: Shared {
                n_shared: numbers.n_shared + names.n_shared,
                n_new: numbers.n_new + names.n_new,
                n_old: numbers.n_old + names.n_old,
            },
        }
    }
}

fn share(overlap: Overlap) -> f64 {
    let shorter = overlap.here.min(overlap.there);
    if shorter == 0 { 0.0 } else { overlap.both as f64 / shorter as f64 }
}
