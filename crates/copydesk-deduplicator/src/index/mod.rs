//! Which documents share keys with a given one: an index on disk, for more documents than fit in memory.
//!
//! The caller's ledger is the log. What it wants remembered of a document it commits there, and inserts here, where it
//! lies in memory first. A flush writes the documents of that memory into a file of records and a segment of keys,
//! both immutable, and says by [`Index::persisted`] up to which document the ledger need not give anything again.
//! Segments are merged in steps; a manifest, replaced by rename, says which files count. After a crash the index is
//! what the manifest says, and the ledger gives the rest.
//!
//! What must stay true:
//! - An answer depends on the documents alone, not on where they lie: in memory, in new segments or merged ones.
//! - A file is durable, and its name is, before a manifest names it; it is removed after one does no more.
//! - Nothing that was read is believed without its checksum.
//!
//! The shape is that of a log-structured merge tree (O'Neil et al., 1996). Keys are hashes, hence random, and no page
//! of a B-tree is hit twice; sorted files are written in one go, and a filter says for nearly every key that is new
//! that it is.

mod code;
mod commit;
mod docs;
mod error;
mod filter;
mod folder;
mod inspect;
mod key;
mod manifest;
mod memtable;
mod mend;
mod merge;
mod query;
mod segment;
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

pub use docs::Document;
pub use error::IndexError;
pub use folder::{DiskFolder, Folder, Readable, Writable};
pub use inspect::{Inspection, each_document, inspect, inspect_in};
pub use mend::{Mending, Sources, mend, mend_in};
pub use query::{Candidate, Place};

use docs::Docs;
use filter::Pages;
use manifest::Manifest;
use memtable::{Held, Memtable};
use merge::Merge;
use segment::Segment;

/// How an index is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Memory it may take, in bytes: an eighth, at most 64 MiB, for documents that are in no file yet, and the rest for
    /// filters. Filters that find no room are read from the disk, which costs one read for each key that is asked.
    pub memory: u64,
    /// Documents that are more days older than the newest are forgotten, a file at a time.
    pub retain_days: Option<u32>,
    /// How keys are made. An index with keys of another scheme is refused.
    pub scheme: u32,
}

impl Default for IndexOptions {
    fn default() -> IndexOptions {
        IndexOptions { memory: 256 << 20, retain_days: None, scheme: 0 }
    }
}

/// Most memory for documents that are in no file yet, in bytes.
const MOST_HELD: u64 = 64 << 20;
/// Bytes of memory a posting takes while it is in no file.
const POSTING_HELD: u64 = 57;

impl IndexOptions {
    /// Memory of documents in no file at which they are written, in bytes.
    fn flush_from(&self) -> u64 {
        (self.memory / 8).min(MOST_HELD)
    }

    /// Postings of a usual flush.
    fn unit(&self) -> u64 {
        (self.flush_from() / POSTING_HELD).max(1)
    }

    /// Memory for filters, in bytes. A flush takes about as much again as what it writes.
    fn for_filters(&self) -> u64 {
        self.memory.saturating_sub(2 * self.flush_from())
    }
}

/// A segment that is asked.
struct Live {
    segment: Arc<Segment>,
    pages: Pages,
}

/// The documents that came, by the keys they have.
pub struct Index {
    options: IndexOptions,
    /// `None` for an index in memory alone.
    folder: Option<Box<dyn Folder>>,
    memtable: Memtable,
    manifest: Manifest,
    segments: Vec<Live>,
    merges: Vec<Merge>,
    /// Files of documents that were read lately.
    docs: Mutex<BTreeMap<u64, Arc<Docs>>>,
    /// Postings inserted since merges last went on.
    n_inserted: u64,
    /// Files that a manifest may name whose commit failed half-way.
    doubtful: Vec<String>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("options", &self.options)
            .field("manifest", &self.manifest)
            .field("held", &self.memtable.documents.len())
            .finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in the folder at `path`, or begins one. Nothing but the list of files and the ends of segments is
    /// read; files that do not count are removed.
    pub fn open(path: &Path, options: IndexOptions) -> Result<Index, IndexError> {
        let folder = DiskFolder::new(path).map_err(IndexError::io(&path.to_string_lossy(), "create"))?;
        Index::open_in(Box::new(folder), options)
    }

    /// An index without a folder: everything is in memory, and nothing is persisted.
    pub fn in_memory() -> Index {
        Index::with(None, IndexOptions::default(), Manifest::default())
    }

    fn with(folder: Option<Box<dyn Folder>>, options: IndexOptions, manifest: Manifest) -> Index {
        Index {
            options,
            folder,
            memtable: Memtable::default(),
            manifest,
            segments: Vec::new(),
            merges: Vec::new(),
            docs: Mutex::default(),
            n_inserted: 0,
            doubtful: Vec::new(),
        }
    }

    /// Every document with a smaller number that was inserted is in the files. After a restart the others are to be
    /// inserted again: all from this number on, and of smaller ones those that came late and that the index does not
    /// [contain](Index::contains).
    pub fn persisted(&self) -> u64 {
        self.manifest.persisted
    }

    /// Documents in it. One that was inserted again after it had been written counts twice.
    pub fn len(&self) -> u64 {
        let n_written: u64 = self.manifest.docs.iter().map(|file| file.n_documents).sum();
        n_written + self.memtable.documents.len() as u64
    }

    /// True if there is no document in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes on disk.
    pub fn size(&self) -> u64 {
        self.manifest.files().iter().map(|(_, size)| size).sum()
    }

    /// Remembers a document: its number, the day it came, its keys (of which the high 48 bits count), and a record to
    /// be given back. The same number again replaces it. Days should rise with numbers; where they do not, answers that
    /// are limited by day cost more.
    pub fn insert(&mut self, seq: u64, day: u32, keys: &[u64], record: &[u8]) {
        let keys = key::held(keys);
        self.n_inserted += keys.len() as u64;
        self.memtable.insert(seq, Held { day, keys: keys.into(), record: record.into() });
    }
}
