//! Finds the earlier lines that a line could repeat, without looking at all of them.
//!
//! Exact copies by their words, cut copies by their first words, copies with slips by runs of three words. The
//! lists are bounded, so that ten thousand lines of one frame take no longer than ten thousand others.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use hashbrown::{DefaultHashBuilder, HashMap};

use super::line::Line;
use super::typo;

/// Lines remembered of one text, start or run of words.
const MAX_ENTRIES: usize = 6;
/// Runs of a line that are looked up.
const MAX_RUNS: usize = 48;
/// Candidates compared word by word.
const MAX_CANDIDATES: usize = 8;
/// Words of the start by which cut copies are found: a word less than the shortest of them has.
const START: usize = 4;
/// Words of a run.
const RUN: usize = 3;

/// The lines so far that are no repeats.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Seeded by chance, so that nobody can write an article whose words collide.
    hasher: DefaultHashBuilder,
    exact: ByHash,
    starts: ByHash,
    runs: ByHash,
    /// Runs that each line shares with the one that is looked up; all 0 between two looks.
    shared: Vec<u8>,
}

type ByHash = HashMap<u64, Entries, BuildHasherDefault<Identity>>;

/// A hasher for keys that are hashes.
#[derive(Debug, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Lines of one key, in order; those beyond the first few are not remembered.
#[derive(Debug, Clone, Copy, Default)]
struct Entries {
    n: u32,
    lines: [u32; MAX_ENTRIES],
}

/// What a line is found by.
#[derive(Debug, Default)]
pub(super) struct Keys {
    exact: u64,
    /// Of the words behind a label.
    labelled: Option<u64>,
    /// Of the first words, if there are as many.
    start: Option<u64>,
    /// Of each run; empty if the line is shorter than one.
    runs: Vec<u64>,
}

impl Index {
    /// An index with room for these lines.
    pub(super) fn with_room_for(lines: &[Line<'_>]) -> Index {
        let n_runs = lines.iter().map(n_runs).sum();
        let mut index = Index::default();
        index.exact.reserve(lines.len());
        index.starts.reserve(lines.len());
        index.runs.reserve(n_runs);
        index.shared.resize(lines.len(), 0);
        index
    }

    /// The keys of a line, in `keys`.
    pub(super) fn keys(&self, line: &Line<'_>, keys: &mut Keys) {
        let hash = |first, n| line.words.run(first, n).map(|run| self.hasher.hash_one(run));
        let n_words = line.words.len();
        keys.exact = hash(0, n_words).unwrap_or_default();
        keys.labelled =
            (line.n_label > 0).then(|| hash(line.n_label, n_words.checked_sub(line.n_label)?)).flatten();
        keys.start = hash(0, START);
        keys.runs.clear();
        keys.runs.reserve(n_runs(line));
        for first in 0..n_runs(line) {
            keys.runs.extend(hash(first, RUN));
        }
    }

    /// Remembers the line `idx`.
    pub(super) fn add(&mut self, idx: usize, keys: &Keys) {
        for key in [Some(keys.exact), keys.labelled].into_iter().flatten() {
            self.exact.entry(key).or_default().push(idx);
        }
        if let Some(start) = keys.start {
            self.starts.entry(start).or_default().push(idx);
        }
        for run in &keys.runs {
            self.runs.entry(*run).or_default().push(idx);
        }
    }

    /// Lines with the same words, one of the two perhaps without its label, but for chance.
    pub(super) fn same(&self, keys: &Keys) -> impl Iterator<Item = usize> {
        let keys = [Some(keys.exact), keys.labelled].into_iter().flatten();
        keys.filter_map(|key| self.exact.get(&key)).flat_map(Entries::iter)
    }

    /// Lines that start with the same words.
    pub(super) fn same_start(&self, keys: &Keys) -> impl Iterator<Item = usize> {
        let start = keys.start.and_then(|start| self.starts.get(&start));
        start.into_iter().flat_map(Entries::iter)
    }

    /// Lines that share at least a third of their runs, the most alike first.
    pub(super) fn similar(&mut self, keys: &Keys) -> Vec<usize> {
        let mut touched: Vec<usize> = Vec::new();
        for line in keys.runs.iter().filter_map(|run| self.runs.get(run)).flat_map(Entries::iter) {
            if let Some(n) = self.shared.get_mut(line) {
                if *n == 0 {
                    touched.push(line);
                }
                // At most as many as runs are looked up.
                *n += 1;
            }
        }
        let mut candidates: Vec<(usize, u8)> = Vec::new();
        for line in touched {
            let n = self.shared.get_mut(line).map(std::mem::take).unwrap_or_default();
            if usize::from(n) * 3 >= keys.runs.len() {
                candidates.push((line, n));
            }
        }
        candidates.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        candidates.into_iter().take(MAX_CANDIDATES).map(|(idx, _)| idx).collect()
    }
}

/// Runs by which a line is found. A line too short for slips has none, but for a word that they may have joined.
fn n_runs(line: &Line<'_>) -> usize {
    if line.weight + 1 < typo::MIN_WEIGHT {
        return 0;
    }
    (line.words.len() + 1).saturating_sub(RUN).min(MAX_RUNS)
}

impl Entries {
    fn push(&mut self, idx: usize) {
        let idx = idx as u32;
        let n = self.n as usize;
        let known = n.checked_sub(1).and_then(|last| self.lines.get(last)) == Some(&idx);
        if let Some(slot) = self.lines.get_mut(n).filter(|_| !known) {
            *slot = idx;
            self.n += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.lines.iter().take(self.n as usize).map(|idx| *idx as usize)
    }
}
