//! The verdict: of which earlier text is this one a copy?
//!
//! What several texts share that are no copies of one another (the publisher's notice, the frame of the daily
//! weather report) says nothing about who copied whom. So it counts for nothing: not by a list of what is common
//! in some corpus, but by what the candidates themselves show.

use super::evidence::{Evidence, Stale};
use super::fingerprint::Fingerprint;

/// How one text is the copy of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// The same but for case, accents, spaces and marks.
    Exact,
    /// Edited.
    Near,
}

/// What two samples have in common. Only what both would hold, if both texts had it, is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// In both.
    pub both: usize,
    /// In the new text's.
    pub new: usize,
    /// In the earlier text's.
    pub old: usize,
}

impl Shared {
    /// How many are in the smaller sample.
    pub fn shorter(&self) -> usize {
        self.new.min(self.old)
    }
}

/// A text that the new one is a copy of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match<H> {
    /// Which of the candidates.
    pub of: H,
    /// How it is its copy.
    pub kind: MatchKind,
    /// The share, 0 to 1, of the shorter text's shingles that the longer one holds, as the samples tell it.
    pub similarity: f64,
    /// Sampled shingles.
    pub shingles: Shared,
    /// Sampled numbers and names.
    pub facts: Shared,
}

/// Candidates that are looked at: those that share the most shingles.
const MOST: usize = 32;

/// The least share of the shorter text that makes a copy: below it, reports have drawn on the same source.
const LEAST: f64 = 0.4;

/// Shingles that must be left in a sample to speak of a copy.
const FEWEST: usize = 10;

/// Two texts are no copies of each other, for sure, with a score below this. Nearer to 0, distant copies of one
/// much edited text make its own words stale; further off, notices are not seen to be common.
const UNLIKE: f64 = -1.5;

/// The candidate that `new` is a copy of: the same text if there is one, else the likeliest, and of equals the
/// one with the lowest handle. The order of candidates makes no difference.
pub fn choose<H: Ord + Copy>(new: &Fingerprint, candidates: &[(H, Fingerprint)]) -> Option<Match<H>> {
    let same = candidates.iter().filter(|(_, old)| new.same_text(old)).min_by_key(|(of, _)| *of);
    if let Some((of, old)) = same {
        return Some(found(*of, MatchKind::Exact, 1.0, &Evidence::of(new, old, &Stale::default())));
    }
    let nearest = nearest(new, candidates);
    if nearest.iter().all(|near| near.score <= 0.0) {
        return None;
    }
    let stale = stale(new, &nearest);
    let mut best: Option<(f64, Match<H>)> = None;
    for near in nearest.iter().filter(|near| near.score > 0.0) {
        let evidence = Evidence::of(new, near.old, &stale);
        let score = evidence.score();
        let better = best.is_none_or(|(most, match_)| score > most || (score >= most && near.of < match_.of));
        let enough = evidence.shingles.shorter() >= FEWEST && evidence.containment() >= LEAST;
        if enough && score > 0.0 && better {
            best = Some((score, found(near.of, MatchKind::Near, evidence.containment(), &evidence)));
        }
    }
    best.map(|(_, found)| found)
}

fn found<H>(of: H, kind: MatchKind, similarity: f64, evidence: &Evidence) -> Match<H> {
    Match { of, kind, similarity, shingles: evidence.shingles, facts: evidence.facts() }
}

/// A candidate, and how much it looks like a copy if everything counts.
struct Near<'a, H> {
    of: H,
    old: &'a Fingerprint,
    score: f64,
}

fn nearest<'a, H: Ord + Copy>(new: &Fingerprint, candidates: &'a [(H, Fingerprint)]) -> Vec<Near<'a, H>> {
    let mut ranked: Vec<(usize, Near<H>)> = candidates
        .iter()
        .map(|(of, old)| {
            let evidence = Evidence::of(new, old, &Stale::default());
            (evidence.shingles.both, Near { of: *of, old, score: evidence.score() })
        })
        .collect();
    ranked.sort_by_key(|(both, near)| (usize::MAX - both, near.of));
    ranked.truncate(MOST);
    ranked.into_iter().map(|(_, near)| near).collect()
}

/// What of `new` is in two candidates that are no copies of each other.
fn stale<H>(new: &Fingerprint, nearest: &[Near<H>]) -> Stale {
    // A bit for each candidate.
    let mut unlike = [0_u32; MOST];
    for (idx, one) in nearest.iter().enumerate() {
        for (other_idx, other) in nearest.iter().enumerate().skip(idx + 1) {
            let is_unlike = Evidence::of(one.old, other.old, &Stale::default()).score() < UNLIKE;
            unlike[idx] |= u32::from(is_unlike) << other_idx;
        }
    }
    let is_stale = |held: &dyn Fn(&Fingerprint) -> bool| {
        let holders =
            nearest.iter().enumerate().fold(0, |all, (idx, near)| all | u32::from(held(near.old)) << idx);
        unlike.iter().enumerate().any(|(idx, unlike)| (holders >> idx) & 1 == 1 && unlike & holders != 0)
    };
    Stale {
        shingles: new.shingles.keys().filter(|key| is_stale(&|old| old.shingles.holds(*key))).collect(),
        numbers: new.numbers.keys().filter(|key| is_stale(&|old| old.numbers.holds(*key))).collect(),
        names: new.names.keys().filter(|key| is_stale(&|old| old.names.holds(*key))).collect(),
    }
}
