//! Merging of segments, in steps, so that nobody waits for it.
//!
//! New segments are of level 0. When four of them are there, they are merged into the one segment of level 1; when a
//! segment has outgrown its level, it is merged into the next, eight times as large. So a question asks one segment a
//! level and a few of level 0, and a posting is written about four and a half times a level. A merge goes on a little
//! with every document that is inserted: fast enough to end before its level is full again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::IndexError;
use super::folder::Folder;
use super::manifest::KeysFile;
use super::segment::{Cursor, Segment, SegmentWriter};

/// Segments of level 0 that are merged.
const NEW: usize = 4;
/// Segments of level 0 at which a flush waits for the merge.
const TOO_MANY: usize = 24;
/// How much larger each level is.
const GROWTH: u64 = 8;
/// Postings that a merge takes for each that is inserted. It must take more than 1 + `GROWTH` for a level's merge to
/// end before what it takes has come anew.
pub(super) const PACE: u64 = 20;

/// A merge under way.
pub(super) struct Merge {
    inputs: Vec<Cursor>,
    writer: SegmentWriter,
    level: u32,
    /// Documents before this one are dropped.
    live_from: u64,
    last: Option<super::key::Posting>,
}

/// What is to be merged.
pub(super) struct Plan {
    pub(super) inputs: Vec<Arc<Segment>>,
    pub(super) level: u32,
}

/// Most postings of a level.
fn capacity(level: u32, unit: u64) -> u64 {
    (NEW as u64 * unit).saturating_mul(GROWTH.saturating_pow(level))
}

/// The level of a segment of so many postings.
pub(super) fn level_for(n_entries: u64, unit: u64) -> u32 {
    (1..32).find(|level| capacity(*level, unit) >= n_entries).unwrap_or(32)
}

/// The next merge to begin, if any. `unit`: postings of a usual flush. `busy`: numbers of segments being merged.
pub(super) fn plan(segments: &[&Arc<Segment>], busy: &BTreeSet<u64>, unit: u64) -> Option<Plan> {
    let top = segments.iter().map(|segment| segment.file.level).max()?;
    let at = |level: u32| segments.iter().filter(move |segment| segment.file.level == level);
    let is_idle = |segment: &&&Arc<Segment>| !busy.contains(&segment.file.number);
    for level in 0..=top {
        if at(level + 1).any(|segment| !is_idle(&segment)) {
            continue;
        }
        let here: Vec<&&Arc<Segment>> = at(level).filter(is_idle).collect();
        let n_entries: u64 = here.iter().map(|segment| segment.file.n_entries).sum();
        let is_due = if level == 0 { here.len() >= NEW } else { n_entries > capacity(level, unit) };
        if is_due {
            let inputs = here.into_iter().chain(at(level + 1)).map(|segment| Arc::clone(segment)).collect();
            return Some(Plan { inputs, level: level + 1 });
        }
    }
    None
}

/// True if so many segments wait that the merge should be waited for.
pub(super) fn is_behind<'a>(segments: impl Iterator<Item = &'a Arc<Segment>>) -> bool {
    segments.filter(|segment| segment.file.level == 0).count() >= TOO_MANY
}

impl Merge {
    pub(super) fn begin(
        folder: &dyn Folder,
        plan: Plan,
        number: u64,
        live_from: u64,
    ) -> Result<Merge, IndexError> {
        let most = plan.inputs.iter().map(|segment| segment.file.n_entries).sum();
        let inputs = plan.inputs.into_iter().map(Cursor::new).collect::<Result<Vec<_>, _>>()?;
        let writer = SegmentWriter::create(folder, number, most)?;
        Ok(Merge { inputs, writer, level: plan.level, live_from, last: None })
    }

    /// The segments that are merged.
    pub(super) fn inputs(&self) -> impl Iterator<Item = u64> {
        self.inputs.iter().map(|cursor| cursor.segment().file.number)
    }

    /// The files that are being written.
    pub(super) fn names(&self) -> [String; 2] {
        self.writer.names()
    }

    /// Takes so many postings. True if all are taken.
    pub(super) fn step(&mut self, n_postings: u64) -> Result<bool, IndexError> {
        for _ in 0..n_postings {
            let heads =
                self.inputs.iter().enumerate().filter_map(|(idx, cursor)| Some((cursor.peek()?, idx)));
            let Some((posting, idx)) = heads.min() else { return Ok(true) };
            self.inputs[idx].step()?;
            if posting.seq >= self.live_from && self.last != Some(posting) {
                self.writer.push(posting)?;
                self.last = Some(posting);
            }
        }
        Ok(false)
    }

    /// Makes the new segment durable; `None` if nothing is left to be in it.
    pub(super) fn finish(self) -> Result<Option<KeysFile>, IndexError> {
        let is_empty = self.writer.n_entries() == 0;
        let file = self.writer.finish(self.level)?;
        Ok((!is_empty).then_some(file))
    }
}
