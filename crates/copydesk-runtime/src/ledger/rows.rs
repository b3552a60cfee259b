//! The compact rows behind the ledger's state: 64 bytes a file, 56 an article.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use copydesk_core::{ArticleId, FileStamp, Seq};
use serde::Serialize;

use super::codec::clamp_ns;
use super::entry::PathKey;

/// Where an article of the ledger stands. One that was superseded, or whose file vanished before delivery,
/// is only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Seen, and not yet settled.
    Pending,
    /// In every sink.
    Delivered,
    /// Its bytes are those of another.
    Duplicate,
    /// Left out by a stage, the reader or a person.
    Dropped,
    /// In quarantine.
    Quarantined,
}

/// One article.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) id: ArticleId,
    seq: [u32; 2],
    pub(crate) file: u32,
    pub(crate) part: u32,
    pub(crate) status: Status,
    /// It belongs to an earlier version of its file.
    pub(crate) old: bool,
    /// In quarantine without its bytes.
    pub(crate) referenced: bool,
}

impl Row {
    pub(crate) fn new(seq: Seq, id: ArticleId, file: u32, part: u32) -> Row {
        let seq = [seq.0 as u32, (seq.0 >> 32) as u32];
        Row { id, seq, file, part, status: Status::Pending, old: false, referenced: false }
    }

    pub(crate) fn seq(&self) -> Seq {
        Seq(u64::from(self.seq[0]) | u64::from(self.seq[1]) << 32)
    }
}

/// One file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileRow {
    pub(crate) path: PathKey,
    ino: u64,
    size: u64,
    mtime_ns: i64,
    ctime_ns: i64,
    /// Index into the list of devices.
    dev: u16,
    /// Every article of the current version was seen.
    pub(crate) ended: bool,
    /// The file's hash is the id of its one row.
    pub(crate) hash_is_id: bool,
    /// Its articles are in the side table.
    pub(crate) many: bool,
    /// Its one article.
    pub(crate) first: u32,
}

impl FileRow {
    pub(crate) fn new(path: PathKey) -> FileRow {
        FileRow {
            path,
            ino: 0,
            size: 0,
            mtime_ns: 0,
            ctime_ns: 0,
            dev: 0,
            ended: false,
            hash_is_id: false,
            many: false,
            first: super::slab::NONE,
        }
    }

    pub(crate) fn stamp(&self, devices: &[u64]) -> FileStamp {
        FileStamp {
            dev: devices.get(usize::from(self.dev)).copied().unwrap_or_default(),
            ino: self.ino,
            size: self.size,
            mtime_ns: self.mtime_ns.into(),
            ctime_ns: self.ctime_ns.into(),
        }
    }

    pub(crate) fn set_stamp(&mut self, stamp: &FileStamp, devices: &mut Vec<u64>) {
        let known = devices.iter().position(|dev| *dev == stamp.dev);
        // Past 65,535 devices the last slot is shared: the stamp then differs, and the file is read again.
        let dev = known.unwrap_or_else(|| {
            if devices.len() < usize::from(u16::MAX) {
                devices.push(stamp.dev);
            }
            devices.len() - 1
        });
        self.dev = dev as u16;
        self.ino = stamp.ino;
        self.size = stamp.size;
        self.mtime_ns = clamp_ns(stamp.mtime_ns);
        self.ctime_ns = clamp_ns(stamp.ctime_ns);
    }
}

/// The articles of a file that has, or had, other than one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Many {
    /// By place in the file, then by place in the ledger.
    pub(crate) rows: BTreeSet<(u32, u64)>,
    pub(crate) pending: u32,
    pub(crate) pending_old: u32,
    pub(crate) referenced: u32,
}

/// The articles that share an id, if more than one does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twins {
    pub(crate) seqs: BTreeSet<u64>,
    /// One that stands for the bytes: delivered, or dropped for what it says.
    pub(crate) holder: Option<u64>,
}

/// Articles by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub seen: u64,
    /// In every sink.
    pub delivered: u64,
    /// Bytes that were there already.
    pub duplicate: u64,
    /// Left out, with a reason.
    pub dropped: u64,
    /// Set aside, with a reason.
    pub quarantined: u64,
    /// Replaced by a newer revision of their file.
    pub superseded: u64,
    /// Not settled yet.
    pub pending: u64,
}

impl Counts {
    /// True if every article seen is in exactly one of the others.
    pub fn balances(&self) -> bool {
        self.seen
            == self.delivered
                + self.duplicate
                + self.dropped
                + self.quarantined
                + self.superseded
                + self.pending
    }

    pub(crate) fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::Pending => &mut self.pending,
            Status::Delivered => &mut self.delivered,
            Status::Duplicate => &mut self.duplicate,
            Status::Dropped => &mut self.dropped,
            Status::Quarantined => &mut self.quarantined,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.seen += other.seen;
        self.delivered += other.delivered;
        self.duplicate += other.duplicate;
        self.dropped += other.dropped;
        self.quarantined += other.quarantined;
        self.superseded += other.superseded;
        self.pending += other.pending;
    }
}
