//! How an entry changes the ledger's state.
//!
//! [`State::apply`] is the only way, at run time as on reading the log, so the two can never disagree. It takes
//! any entries in any order without a panic: an entry about an article that is not there is counted as odd.

use std::collections::BTreeSet;

use copydesk_core::{ArticleId, Seq};

use super::entry::{Entry, PathKey, Settlement};
use super::rows::{FileRow, Many, Row, Status, Twins};
use super::slab::NONE;
use super::state::{Memories, State};

/// Articles that a ledger can have seen; no log holds entries for the rest of what 64 bits can count.
const MAX_SEEN: u64 = u64::MAX / 2;

/// Bytes of an entry for a memory beside its name and content, roughly.
const MEMORY_HEAD: u64 = 8;

impl State {
    /// Adds one entry.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::File { path, uri, stamp, hash } => {
                let file = self.file_or_new(PathKey::of(path));
                for row in self.rows_of(file) {
                    self.change(row.seq, |row| row.old = true);
                    self.dead_bytes += 32;
                }
                self.unlink_hash(file);
                self.hashes.insert(file, *hash);
                self.uris.insert(file, uri.as_str().into());
                let row = self.files.get_mut(file);
                row.set_stamp(stamp, &mut self.devices);
                row.ended = false;
            }
            Entry::Seen { seq, file, part, id, bytes: _, replaces } => {
                let file = self.file_or_new(*file);
                self.insert(Row::new(*seq, *id, file, *part));
                if !replaces.is_empty() {
                    self.replaces.insert(seq.0, replaces.clone());
                }
                self.next = self.next.max(seq.0.saturating_add(1));
            }
            Entry::Carried { seq, part } => self.carry(*seq, *part),
            Entry::FileEnd { file, parts: _ } => {
                let file = self.file_or_new(*file);
                self.files.get_mut(file).ended = true;
                self.forget_uri(file);
            }
            Entry::Settled { seq, outcome } => self.settle(*seq, outcome),
            Entry::Memory { seq: _, stage, bytes } => {
                let size = (bytes.len() + stage.len()) as u64 + MEMORY_HEAD;
                if let Some(memories) = self.memories.get_mut(stage) {
                    memories.fresh_bytes += size;
                } else {
                    let memories = Memories { fresh_bytes: size, ..Memories::default() };
                    self.memories.insert(stage.clone(), memories);
                }
            }
            Entry::Cursor { sink, seq } => {
                self.dead_bytes += 10 + sink.len() as u64;
                if let Some(seq) = seq {
                    // The first that is heard of a sink is where it began.
                    self.begins.entry(sink.clone()).or_insert(*seq);
                    self.cursors.insert(sink.clone(), *seq);
                } else {
                    self.begins.remove(sink);
                    self.cursors.remove(sink);
                }
            }
            Entry::Restamp { file, stamp } => {
                self.dead_bytes += 60;
                let file = self.file_or_new(*file);
                self.files.get_mut(file).set_stamp(stamp, &mut self.devices);
            }
            Entry::Retry { seq } => {
                if self.change(*seq, |row| row.status = Status::Pending) {
                    self.dead_bytes += 100;
                }
            }
            Entry::Base { next, superseded, vanished } => {
                self.next = self.next.max(next.0);
                self.count_gone(*superseded, *vanished);
            }
        }
        debug_assert!(self.counts.balances(), "out of balance after {entry:?}: {:?}", self.counts);
    }

    /// Counts articles of which nothing else is known any more.
    fn count_gone(&mut self, superseded: u64, vanished: u64) {
        let seen = superseded.checked_add(vanished).and_then(|gone| self.counts.seen.checked_add(gone));
        // No count is ever more than what was seen, so that alone must not run over.
        let Some(seen) = seen.filter(|seen| *seen <= MAX_SEEN) else {
            self.oddities += 1;
            return;
        };
        self.counts.seen = seen;
        self.counts.superseded += superseded;
        self.counts.dropped += vanished;
        self.vanished += vanished;
    }

    fn settle(&mut self, seq: Seq, outcome: &Settlement) {
        let status = match outcome {
            Settlement::Delivered => Status::Delivered,
            Settlement::Duplicate(_) => Status::Duplicate,
            Settlement::Dropped(_) => Status::Dropped,
            Settlement::Quarantined { .. } => Status::Quarantined,
            Settlement::Superseded(_) => {
                if self.remove(seq) {
                    self.counts.superseded += 1;
                }
                return;
            }
            Settlement::Vanished(_) => {
                if self.remove(seq) {
                    self.counts.dropped += 1;
                    self.vanished += 1;
                }
                return;
            }
        };
        let referenced = matches!(outcome, Settlement::Quarantined { referenced: true, .. });
        if self.change(seq, |row| {
            row.status = status;
            row.referenced = referenced;
        }) && status != Status::Quarantined
        {
            self.replaces.remove(&seq.0);
        }
    }

    fn file_or_new(&mut self, path: PathKey) -> u32 {
        if let Some(file) = self.file(&path) {
            return file;
        }
        let file = self.files.insert(FileRow::new(path));
        self.by_path.insert(&path, file, |idx| self.files.get(idx).path);
        self.n_files += 1;
        file
    }

    fn insert(&mut self, row: Row) {
        if self.row_idx(row.seq()).is_some() {
            self.oddities += 1;
            return;
        }
        let idx = self.rows.insert(row);
        self.by_seq.insert(&row.seq().0, idx, |idx| self.rows.get(idx).seq().0);
        match self.head(&row.id).map(|head| (head.seq().0, head.status)) {
            Some((head, status)) => {
                let twins = self.twins.entry(row.id).or_insert_with(|| Twins {
                    seqs: BTreeSet::from([head]),
                    holder: matches!(status, Status::Delivered | Status::Dropped).then_some(head),
                });
                twins.seqs.insert(row.seq().0);
            }
            None => self.by_id.insert(&row.id, idx, |idx| self.rows.get(idx).id),
        }
        self.attach(idx);
        self.counts.seen += 1;
        self.counts.pending += 1;
        self.pending.insert(row.seq().0);
    }

    /// Takes an article out, whatever its status; the caller counts it.
    fn remove(&mut self, seq: Seq) -> bool {
        let Some(idx) = self.row_idx(seq) else {
            self.oddities += 1;
            return false;
        };
        let row = *self.rows.get(idx);
        self.detach(idx);
        self.by_seq.remove(&seq.0, idx);
        let mut heir = None;
        let mut lonely = false;
        // One that no stage has seen, for its bytes were known.
        let mut unseen = None;
        if row.status == Status::Delivered {
            let mut twins = self.rows_with(&row.id).filter(|twin| twin.seq != seq);
            unseen = twins.find(|twin| twin.status == Status::Duplicate).map(|twin| twin.seq.0);
        }
        if let Some(twins) = self.twins.get_mut(&row.id) {
            twins.seqs.remove(&seq.0);
            heir = twins.seqs.first().copied();
            lonely = twins.seqs.len() == 1;
        }
        if let Some(unseen) = unseen {
            self.heirs.insert(seq.0, unseen);
        }
        if lonely {
            self.twins.remove(&row.id);
        } else {
            self.choose_holder(&row.id, seq, None);
        }
        if self.by_id.find(&row.id, |idx| self.rows.get(idx).id) == Some(idx) {
            self.by_id.remove(&row.id, idx);
            if let Some(heir) = heir.and_then(|heir| self.row_idx(Seq(heir))) {
                self.by_id.insert(&row.id, heir, |idx| self.rows.get(idx).id);
            }
        }
        self.rows.remove(idx);
        *self.counts.of(row.status) -= 1;
        self.pending.remove(&seq.0);
        self.replaces.remove(&seq.0);
        self.dead_rows += 1;
        self.forget_uri(row.file);
        true
    }

    fn choose_holder(&mut self, id: &ArticleId, changed: Seq, status: Option<Status>) {
        let stands = |status| matches!(status, Status::Delivered | Status::Dropped);
        let Some(twins) = self.twins.get(id) else { return };
        let holder =
            if status.is_some_and(stands) {
                twins.holder.or(Some(changed.0))
            } else if twins.holder == Some(changed.0) {
                twins.seqs.iter().copied().find(|seq| {
                    *seq != changed.0 && self.row(Seq(*seq)).is_some_and(|row| stands(row.status))
                })
            } else {
                return;
            };
        if let Some(twins) = self.twins.get_mut(id) {
            twins.holder = holder;
        }
    }

    /// Changes an article's status or flags, and all that is counted by them.
    fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Row)) -> bool {
        let Some(idx) = self.row_idx(seq) else {
            self.oddities += 1;
            return false;
        };
        let before = *self.rows.get(idx);
        let mut after = before;
        change(&mut after);
        *self.rows.get_mut(idx) = after;
        self.tally(&before, -1);
        self.tally(&after, 1);
        *self.counts.of(before.status) -= 1;
        *self.counts.of(after.status) += 1;
        if after.status == Status::Pending {
            self.pending.insert(seq.0);
        } else {
            self.pending.remove(&seq.0);
        }
        if before.status != after.status {
            self.choose_holder(&after.id, seq, Some(after.status));
        }
        self.forget_uri(after.file);
        true
    }

    fn carry(&mut self, seq: Seq, part: u32) {
        let Some(idx) = self.row_idx(seq) else {
            self.oddities += 1;
            return;
        };
        self.dead_bytes += 8;
        self.detach(idx);
        let row = self.rows.get_mut(idx);
        row.part = part;
        row.old = false;
        self.attach(idx);
    }

    /// Adds an article to what its file counts, or takes it away.
    fn tally(&mut self, row: &Row, by: i32) {
        let Some(many) = self.many.get_mut(&row.file) else { return };
        let add = |count: &mut u32| *count = count.wrapping_add_signed(by);
        match (row.status, row.old) {
            (Status::Pending, false) => add(&mut many.pending),
            (Status::Pending, true) => add(&mut many.pending_old),
            (Status::Quarantined, false) if row.referenced => add(&mut many.referenced),
            _ => {}
        }
    }

    fn attach(&mut self, idx: u32) {
        let row = *self.rows.get(idx);
        let file = *self.files.get(row.file);
        if !file.many && file.first == NONE {
            let is_hash = self.hashes.get(&row.file) == Some(row.id.as_bytes());
            if is_hash {
                self.hashes.remove(&row.file);
            }
            let file = self.files.get_mut(row.file);
            file.first = idx;
            file.hash_is_id = is_hash;
            return;
        }
        if !file.many {
            self.unlink_hash(row.file);
            let first = *self.rows.get(file.first);
            self.many.insert(
                row.file,
                Many { rows: BTreeSet::from([(first.part, first.seq().0)]), ..Many::default() },
            );
            self.tally(&first, 1);
            let file = self.files.get_mut(row.file);
            file.many = true;
            file.first = NONE;
        }
        if let Some(many) = self.many.get_mut(&row.file) {
            many.rows.insert((row.part, row.seq().0));
        }
        self.tally(&row, 1);
    }

    fn detach(&mut self, idx: u32) {
        let row = *self.rows.get(idx);
        self.unlink_hash(row.file);
        if !self.files.get(row.file).many {
            self.files.get_mut(row.file).first = NONE;
            return;
        }
        self.tally(&row, -1);
        let Some(many) = self.many.get_mut(&row.file) else { return };
        many.rows.remove(&(row.part, row.seq().0));
        // Back to the compact form, or a file that is rewritten daily would cost more for ever.
        let last = many.rows.first().map(|(_, seq)| Seq(*seq)).filter(|_| many.rows.len() == 1);
        if let Some(last) = last.and_then(|seq| self.row_idx(seq)) {
            self.many.remove(&row.file);
            self.files.get_mut(row.file).many = false;
            self.attach(last);
        }
    }

    /// Keeps the file's hash by itself again, not by way of its one article.
    fn unlink_hash(&mut self, file: u32) {
        if self.files.get(file).hash_is_id {
            let hash = self.hash(file);
            self.hashes.insert(file, hash);
            self.files.get_mut(file).hash_is_id = false;
        }
    }

    fn forget_uri(&mut self, file: u32) {
        let pending = match self.one(file) {
            Some(one) => one.status == Status::Pending,
            None => self.many.get(&file).is_some_and(|many| many.pending + many.pending_old > 0),
        };
        if !pending && self.files.get(file).ended {
            self.uris.remove(&file);
        }
    }
}
