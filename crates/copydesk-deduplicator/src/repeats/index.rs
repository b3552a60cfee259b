//! Finds the earlier lines that a line could repeat, without looking at all of them.
//!
//! Exact copies by their words, cut copies by their first words, copies with slips by runs of three words. The
//! lists are bounded, so that ten thousand lines of one frame take no longer than ten thousand others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::line::Line;

/// Lines remembered of one start or run of words.
const MAX_ENTRIES: usize = 6;
/// Runs of a line that are looked up.
const MAX_RUNS: usize = 48;
/// Candidates compared word by word.
const MAX_CANDIDATES: usize = 8;
/// Words of the start by which cut copies are found.
const START: usize = 3;

/// The lines so far that are no repeats.
#[derive(Debug, Default)]
pub(super) struct Index {
    exact: HashMap<u64, Vec<usize>>,
    starts: HashMap<u64, Vec<usize>>,
    runs: HashMap<u64, Vec<usize>>,
}

impl Index {
    /// Remembers the line `idx`.
    pub(super) fn add(&mut self, idx: usize, line: &Line) {
        push(&mut self.exact, hash(&line.words), idx);
        if let Some(start) = line.words.get(..START) {
            push(&mut self.starts, hash(start), idx);
        }
        for run in line.words.windows(3).take(MAX_RUNS) {
            push(&mut self.runs, hash(run), idx);
        }
    }

    /// Lines with the same words, but for chance.
    pub(super) fn same(&self, line: &Line) -> &[usize] {
        self.exact.get(&hash(&line.words)).map_or(&[], Vec::as_slice)
    }

    /// Lines that start with the same words.
    pub(super) fn same_start(&self, line: &Line) -> &[usize] {
        let start = line.words.get(..START).map(hash);
        start.and_then(|start| self.starts.get(&start)).map_or(&[], Vec::as_slice)
    }

    /// Lines that share at least a third of their runs, the most alike first.
    pub(super) fn similar(&self, line: &Line) -> Vec<usize> {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        let mut n_runs = 0;
        for run in line.words.windows(3).take(MAX_RUNS) {
            n_runs += 1;
            for idx in self.runs.get(&hash(run)).map_or(&[][..], Vec::as_slice) {
                *counts.entry(*idx).or_default() += 1;
            }
        }
        let mut candidates: Vec<(usize, usize)> =
            counts.into_iter().filter(|(_, count)| count * 3 >= n_runs).collect();
        candidates.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        candidates.into_iter().take(MAX_CANDIDATES).map(|(idx, _)| idx).collect()
    }
}

fn push(map: &mut HashMap<u64, Vec<usize>>, key: u64, idx: usize) {
    let entries = map.entry(key).or_default();
    if entries.len() < MAX_ENTRIES && entries.last() != Some(&idx) {
        entries.push(idx);
    }
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}
