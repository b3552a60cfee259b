//! Questions: which documents share keys, and what was remembered of them.

use std::cmp::Reverse;
use std::sync::{Arc, PoisonError};

use super::docs::{Docs, Document};
use super::error::IndexError;
use super::filter::Probe;
use super::key::{self, Key};
use super::manifest::DocsFile;
use super::segment::{Go, Segment};
use super::{Index, Live};

/// Documents of one key that count, the earliest: a key that more have is of what many articles share.
const MOST_OF_A_KEY: usize = 64;
/// Candidates that are given.
const MOST_CANDIDATES: usize = 64;
/// Files of documents that are kept open.
const MOST_OPEN: usize = 128;

/// Where a document is found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u64);

impl Place {
    /// Where a document is found of which only the number is known.
    pub fn of(seq: u64) -> Place {
        Place(seq)
    }

    /// The document's number in the ledger.
    pub fn seq(self) -> u64 {
        self.0
    }
}

/// A document that shares keys with what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is found.
    pub place: Place,
    /// How many of the keys it has.
    pub shared: u32,
}

/// What a question asks for beside keys.
#[derive(Clone, Copy)]
struct Bounds {
    before: u64,
    from_day: u32,
    /// No document that counts has a smaller number.
    from: u64,
}

impl Index {
    /// The documents with numbers below `before` and of days from `from_day` on that have some of these keys: those
    /// with most of them first, and of as many the earliest; at most 64. Of each key the earliest 64 documents count.
    ///
    /// With retention, `from_day` should be no earlier than its limit, or an answer depends on which files are gone.
    pub fn candidates(&self, keys: &[u64], before: u64, from_day: u32) -> Result<Vec<Candidate>, IndexError> {
        let keys = key::held(keys);
        let bounds = Bounds { before, from_day, from: self.first_from(from_day) };
        let mut found: Vec<(usize, u64)> = Vec::new();
        let probes: Vec<Probe> = keys.iter().map(|key| Probe::new(*key)).collect();
        let mut block = Vec::new();
        for Live { segment, pages } in &self.segments {
            segment.filter.ask(pages, &probes, &mut |idx| {
                self.in_segment(segment, keys[idx], bounds, &mut block, &mut |seq| found.push((idx, seq)))
            })?;
        }
        for (idx, key) in keys.iter().enumerate() {
            self.memtable.with_key(*key, &mut |seqs| {
                let in_time = seqs.iter().filter(|seq| **seq < before);
                let live = in_time
                    .filter(|seq| self.memtable.documents.get(*seq).is_some_and(|held| held.day >= from_day));
                found.extend(live.take(MOST_OF_A_KEY).map(|seq| (idx, *seq)));
            });
        }
        Ok(most_shared(found))
    }

    /// The earliest number of a document that may be of this day or a later one, of those in files.
    fn first_from(&self, day: u32) -> u64 {
        let (main, late) = self.manifest.docs.split_at(self.manifest.n_main());
        let main = main.iter().find(|file| file.days.1 >= day).map(|file| file.seqs.0);
        let late = late.iter().filter(|file| file.days.1 >= day).map(|file| file.seqs.0).min();
        main.into_iter().chain(late).min().unwrap_or(u64::MAX)
    }

    fn in_segment(
        &self,
        segment: &Segment,
        key: Key,
        bounds: Bounds,
        block: &mut Vec<u8>,
        found: &mut dyn FnMut(u64),
    ) -> Result<(), IndexError> {
        let mut n_found = 0;
        segment.visit(key, bounds.from, block, &mut |seq| {
            if seq >= bounds.before {
                return Ok(Go::Stop);
            }
            if self.is_live(seq, bounds.from_day)? {
                found(seq);
                n_found += 1;
            }
            Ok(if n_found < MOST_OF_A_KEY { Go::On } else { Go::Stop })
        })
    }

    /// True if the document of a posting is there still, and of this day or a later one.
    ///
    /// A posting outlives its document until its segment is merged. Files that are not late span no number in
    /// common, and a late one is kept as long as any of those whose numbers may lie between its own. So a number that
    /// no late file spans and another does is in that one, and need not be looked for.
    fn is_live(&self, seq: u64, from_day: u32) -> Result<bool, IndexError> {
        if let Some(held) = self.memtable.documents.get(&seq) {
            return Ok(held.day >= from_day);
        }
        let is_late = self.late_files(seq).next().is_some();
        match self.main_file(seq) {
            _ if is_late => {}
            None => return Ok(false),
            Some(file) if file.days.0 >= from_day => return Ok(true),
            Some(file) if file.days.1 < from_day => return Ok(false),
            Some(_) => {}
        }
        Ok(self.written(seq)?.is_some_and(|document| document.day >= from_day))
    }

    fn late_files(&self, seq: u64) -> impl Iterator<Item = &DocsFile> {
        let late = self.manifest.docs.get(self.manifest.n_main()..).unwrap_or_default();
        late.iter().rev().filter(move |file| file.spans(seq))
    }

    fn main_file(&self, seq: u64) -> Option<&DocsFile> {
        let main = self.manifest.docs.get(..self.manifest.n_main())?;
        main.get(main.partition_point(|file| file.seqs.1 < seq)).filter(|file| file.spans(seq))
    }

    /// The document at a place; `None` if it was forgotten since.
    pub fn document(&self, place: Place) -> Result<Option<Document>, IndexError> {
        let seq = place.0;
        if let Some(held) = self.memtable.documents.get(&seq) {
            return Ok(Some(Document { seq, day: held.day, record: held.record.to_vec() }));
        }
        self.written(seq)
    }

    /// True for a document that is in memory alone.
    pub fn is_unsaved(&self, seq: u64) -> bool {
        self.memtable.documents.contains_key(&seq)
    }

    /// True if a document with this number is in the index.
    pub fn contains(&self, seq: u64) -> Result<bool, IndexError> {
        Ok(self.memtable.documents.contains_key(&seq) || self.written(seq)?.is_some())
    }

    /// A document that is in a file.
    fn written(&self, seq: u64) -> Result<Option<Document>, IndexError> {
        for file in self.late_files(seq).chain(self.main_file(seq)) {
            if let Some(document) = self.opened(file)?.find(seq)? {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    fn opened(&self, file: &DocsFile) -> Result<Arc<Docs>, IndexError> {
        let mut open = self.docs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(docs) = open.get(&file.number) {
            return Ok(Arc::clone(docs));
        }
        let Some(folder) = &self.folder else {
            return Err(IndexError::damaged(&super::docs::docs_name(file.number), 0, "the file is missing"));
        };
        let docs = Arc::new(Docs::open(folder.as_ref(), file)?);
        if open.len() >= MOST_OPEN {
            // Old ones are asked for least.
            open.pop_first();
        }
        open.insert(file.number, Arc::clone(&docs));
        Ok(docs)
    }

    /// Gives every document to `visit`, those in files in the order of files, which is nearly that of numbers.
    pub fn each_document(&self, visit: &mut dyn FnMut(Document)) -> Result<(), IndexError> {
        for file in &self.manifest.docs {
            let docs = self.opened(file)?;
            for block in 0..docs.table.n_blocks() {
                docs.visit(block, &mut |seq, day, record| {
                    visit(Document { seq, day, record: record.to_vec() });
                    true
                })?;
            }
        }
        for (seq, held) in &self.memtable.documents {
            visit(Document { seq: *seq, day: held.day, record: held.record.to_vec() });
        }
        Ok(())
    }
}

/// The documents that were found, by how many keys found them.
fn most_shared(mut found: Vec<(usize, u64)>) -> Vec<Candidate> {
    found.sort_unstable();
    found.dedup();
    let mut seqs: Vec<u64> = Vec::with_capacity(found.len());
    for of_a_key in found.chunk_by(|one, next| one.0 == next.0) {
        seqs.extend(of_a_key.iter().take(MOST_OF_A_KEY).map(|(_, seq)| *seq));
    }
    seqs.sort_unstable();
    let mut candidates: Vec<Candidate> = seqs
        .chunk_by(|one, next| one == next)
        .filter_map(|same| Some(Candidate { place: Place(*same.first()?), shared: same.len() as u32 }))
        .collect();
    candidates.sort_unstable_by_key(|candidate| (Reverse(candidate.shared), candidate.place));
    candidates.truncate(MOST_CANDIDATES);
    candidates
}
