//! Finds the earlier lines that a line could repeat, without looking at all of them.
//!
//! Exact copies by their words, cut copies by their first words, copies with slips by runs of three words. The
//! lists are bounded, so that ten thousand lines of one frame take no longer than ten thousand others.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap};

use super::line::Line;

/// Lines remembered of one start or run of words.
const MAX_ENTRIES: usize = 6;
/// Runs of a line that are looked up.
const MAX_RUNS: usize = 48;
/// Candidates compared word by word.
const MAX_CANDIDATES: usize = 8;
/// Words of the start by which cut copies are found, and of a run.
const START: usize = 3;

/// The lines so far that are no repeats.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Seeded by chance, so that nobody can write an article whose words collide.
    hasher: DefaultHashBuilder,
    exact: HashMap<u64, Entries>,
    starts: HashMap<u64, Entries>,
    runs: HashMap<u64, Entries>,
}

/// Lines of one key, in order; those beyond the first few are not remembered.
#[derive(Debug, Clone, Copy, Default)]
struct Entries {
    n: usize,
    lines: [u32; MAX_ENTRIES],
}

/// What a line is found by.
#[derive(Debug, Default)]
pub(super) struct Keys {
    exact: u64,
    /// Of the first words, and of each run; empty if the line is shorter than one.
    runs: Vec<u64>,
}

impl Index {
    /// The keys of a line, in `keys`.
    pub(super) fn keys(&self, line: &Line, keys: &mut Keys) {
        keys.exact = self.hasher.hash_one(line.words.as_bytes());
        keys.runs.clear();
        let runs = (0..MAX_RUNS).map_while(|first| line.words.run(first, START));
        keys.runs.extend(runs.map(|run| self.hasher.hash_one(run)));
    }

    /// Remembers the line `idx`.
    pub(super) fn add(&mut self, idx: usize, keys: &Keys) {
        self.exact.entry(keys.exact).or_default().push(idx);
        if let Some(start) = keys.runs.first() {
            self.starts.entry(*start).or_default().push(idx);
        }
        for run in &keys.runs {
            self.runs.entry(*run).or_default().push(idx);
        }
    }

    /// Lines with the same words, but for chance.
    pub(super) fn same(&self, keys: &Keys) -> impl Iterator<Item = usize> {
        self.exact.get(&keys.exact).into_iter().flat_map(Entries::iter)
    }

    /// Lines that start with the same words.
    pub(super) fn same_start(&self, keys: &Keys) -> impl Iterator<Item = usize> {
        let start = keys.runs.first().and_then(|start| self.starts.get(start));
        start.into_iter().flat_map(Entries::iter)
    }

    /// Lines that share at least a third of their runs, the most alike first.
    pub(super) fn similar(&self, keys: &Keys) -> Vec<usize> {
        let found = keys.runs.iter().filter_map(|run| self.runs.get(run));
        let mut shared: Vec<usize> = found.flat_map(Entries::iter).collect();
        shared.sort_unstable();
        let mut candidates: Vec<(usize, usize)> = shared
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() * 3 >= keys.runs.len())
            .filter_map(|same| same.first().map(|idx| (*idx, same.len())))
            .collect();
        candidates.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        candidates.into_iter().take(MAX_CANDIDATES).map(|(idx, _)| idx).collect()
    }
}

impl Entries {
    fn push(&mut self, idx: usize) {
        let idx = idx as u32;
        let known = self.n.checked_sub(1).and_then(|last| self.lines.get(last)) == Some(&idx);
        if let Some(slot) = self.lines.get_mut(self.n).filter(|_| !known) {
            *slot = idx;
            self.n += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.lines.iter().take(self.n).map(|idx| *idx as usize)
    }
}
