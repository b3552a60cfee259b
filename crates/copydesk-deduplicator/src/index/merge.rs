//! Merging of segments, in steps, so that nobody waits for it.
//!
//! New segments are of level 0. Four segments of a level are merged into one of the next, so a posting is written once a
//! level, and a question asks at most three segments a level and those that are being merged. (To keep one segment a
//! level, a posting would be written some four times a level; to ask a segment more costs less, since its filter says
//! no.) A merge goes on a little with every document that is inserted: fast enough to end before its level is full
//! again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::IndexError;
use super::folder::Folder;
use super::manifest::KeysFile;
use super::segment::{Cursor, Segment, SegmentWriter};

/// Segments of a level that are merged.
const FAN_IN: usize = 4;
/// Segments of level 0 at which a flush waits for the merge.
const TOO_MANY: usize = 24;
/// Postings that a merge takes for each that is inserted. It must take more than one for a level's merge to end before
/// what it takes has come anew; with more, questions ask the segments that are being merged for a shorter time.
pub(super) const PACE: u64 = 16;

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

/// The level of a segment of so many postings. `unit`: postings of a usual flush.
pub(super) fn level_for(n_entries: u64, unit: u64) -> u32 {
    (n_entries / unit).checked_ilog(FAN_IN as u64).unwrap_or(0)
}

/// The next merge to begin, if any. `busy`: numbers of segments being merged.
pub(super) fn plan(segments: &[&Arc<Segment>], busy: &BTreeSet<u64>) -> Option<Plan> {
    let top = segments.iter().map(|segment| segment.file.level).max()?;
    (0..=top).find_map(|level| {
        let is_here =
            |segment: &&&Arc<Segment>| segment.file.level == level && !busy.contains(&segment.file.number);
        let inputs: Vec<Arc<Segment>> =
            segments.iter().filter(is_here).map(|segment| Arc::clone(segment)).collect();
        (inputs.len() >= FAN_IN).then_some(Plan { inputs, level: level + 1 })
    })
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
