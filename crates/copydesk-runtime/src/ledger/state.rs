//! What the ledger's entries add up to, held in memory.
//!
//! It must stay small (a million files in under 200 MB), so paths and reasons stay on disk. What changes it is
//! in `change`; here it is only looked at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use copydesk_core::{ArticleId, Forgettable, KnownFile, Seq};

use super::entry::{Entry, PathKey, Replaced};
use super::rows::{Counts, FileRow, Many, Row, Status, Twins};
use super::slab::{Index, NONE, Slab};

/// The sum of all entries.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(super) files: Slab<FileRow>,
    pub(super) rows: Slab<Row>,
    pub(super) by_path: Index,
    pub(super) by_id: Index,
    pub(super) by_seq: Index,
    pub(super) many: HashMap<u32, Many>,
    pub(super) hashes: HashMap<u32, [u8; 32]>,
    pub(super) twins: HashMap<ArticleId, Twins>,
    pub(super) devices: Vec<u64>,
    pub(super) pending: BTreeSet<u64>,
    pub(super) replaces: HashMap<u64, Vec<Replaced>>,
    /// The URI of each file with articles that are not settled.
    pub(super) uris: HashMap<u32, Box<str>>,
    pub(super) cursors: BTreeMap<String, Seq>,
    /// By sink: the head of the ledger when the sink was new. What was settled by then is not its business.
    pub(super) begins: BTreeMap<String, Seq>,
    pub(super) next: u64,
    pub(super) counts: Counts,
    pub(super) vanished: u64,
    pub(super) n_files: u64,
    pub(super) dead_bytes: u64,
    /// Articles in the log that are only counted by now.
    pub(super) dead_rows: u64,
    pub(super) oddities: u64,
    /// By stage.
    pub(super) memories: HashMap<String, Memories>,
    /// Articles that are gone, each with one of the same bytes that stands in its place: what was remembered of the
    /// one is remembered of the other.
    pub(super) heirs: HashMap<u64, u64>,
}

/// What the log holds for a stage.
#[derive(Debug, Clone, Default)]
pub(super) struct Memories {
    /// Bytes since the stage last said what may be forgotten.
    pub(super) fresh_bytes: u64,
    pub(super) forgettable: Forgettable,
}

/// An article of the ledger, as a copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowView {
    pub(crate) seq: Seq,
    pub(crate) id: ArticleId,
    pub(crate) file: u32,
    pub(crate) part: u32,
    pub(crate) status: Status,
    pub(crate) old: bool,
}

impl From<&Row> for RowView {
    fn from(row: &Row) -> RowView {
        RowView {
            seq: row.seq(),
            id: row.id,
            file: row.file,
            part: row.part,
            status: row.status,
            old: row.old,
        }
    }
}

impl State {
    pub(crate) fn new() -> State {
        State {
            files: Slab::new(),
            rows: Slab::new(),
            by_path: Index::new(),
            by_id: Index::new(),
            by_seq: Index::new(),
            many: HashMap::new(),
            hashes: HashMap::new(),
            twins: HashMap::new(),
            devices: Vec::new(),
            pending: BTreeSet::new(),
            replaces: HashMap::new(),
            uris: HashMap::new(),
            cursors: BTreeMap::new(),
            begins: BTreeMap::new(),
            next: 1,
            counts: Counts::default(),
            vanished: 0,
            n_files: 0,
            dead_bytes: 0,
            dead_rows: 0,
            oddities: 0,
            memories: HashMap::new(),
            heirs: HashMap::new(),
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn n_files(&self) -> u64 {
        self.n_files
    }

    /// The place the next article gets.
    pub(crate) fn next(&self) -> Seq {
        Seq(self.next)
    }

    pub(crate) fn cursors(&self) -> &BTreeMap<String, Seq> {
        &self.cursors
    }

    /// Where each sink began: it owes every article delivered behind that place.
    pub(crate) fn begins(&self) -> &BTreeMap<String, Seq> {
        &self.begins
    }

    /// Bytes of a log of this length that a compaction would leave out, roughly. An article that is gone has
    /// left as much there as one that is not.
    pub(crate) fn dead_bytes(&self, length: u64) -> u64 {
        let n_rows = self.dead_rows + self.n_alive();
        self.dead_bytes + (length / n_rows.max(1)).saturating_mul(self.dead_rows)
    }

    /// Entries about articles that are not there: always 0 in a ledger that this program wrote.
    pub(crate) fn oddities(&self) -> u64 {
        self.oddities
    }

    /// Called when the log was written anew.
    pub(crate) fn forget_dead_bytes(&mut self) {
        self.dead_bytes = 0;
        self.dead_rows = 0;
    }

    /// A stage keeps these memories safe by itself from now on: the next compaction leaves them out.
    pub(crate) fn forget(&mut self, stage: &str, forgettable: Forgettable) {
        let memories = self.memories.entry(stage.to_owned()).or_default();
        if memories.forgettable.below < forgettable.below {
            // Nearly all: those of articles behind the place are few.
            self.dead_bytes += std::mem::take(&mut memories.fresh_bytes);
        }
        memories.forgettable = forgettable;
    }

    /// Whether the stage keeps the article's memory safe by itself.
    pub(crate) fn is_forgettable(&self, stage: &str, seq: Seq) -> bool {
        self.memories.get(stage).is_some_and(|memories| memories.forgettable.covers(seq))
    }

    /// The article of which it is to be remembered what was remembered of the one at `seq`: itself, or after it is gone
    /// one of the same bytes, if there is one.
    pub(crate) fn remembered_of(&self, seq: Seq) -> Option<Seq> {
        let mut seq = seq;
        while self.row_idx(seq).is_none() {
            seq = Seq(*self.heirs.get(&seq.0)?);
        }
        Some(seq)
    }

    /// Articles that are more than a count.
    pub(crate) fn n_alive(&self) -> u64 {
        self.counts.seen - self.counts.superseded - self.vanished
    }

    pub(crate) fn pending(&self) -> impl Iterator<Item = Seq> + '_ {
        self.pending.iter().copied().map(Seq)
    }

    pub(crate) fn base(&self) -> Entry {
        Entry::Base { next: Seq(self.next), superseded: self.counts.superseded, vanished: self.vanished }
    }

    pub(crate) fn uri(&self, file: u32) -> Option<&str> {
        self.uris.get(&file).map(AsRef::as_ref)
    }

    pub(crate) fn file(&self, path: &PathKey) -> Option<u32> {
        self.by_path.find(path, |idx| self.files.get(idx).path)
    }

    pub(crate) fn path(&self, file: u32) -> PathKey {
        self.files.get(file).path
    }

    pub(crate) fn known(&self, file: u32) -> KnownFile {
        let row = self.files.get(file);
        let (pending, referenced) = match self.one(file) {
            Some(one) => (one.status == Status::Pending && !one.old, one.referenced && !one.old),
            None => {
                self.many.get(&file).map_or((false, false), |many| (many.pending > 0, many.referenced > 0))
            }
        };
        KnownFile {
            stamp: row.stamp(&self.devices),
            hash: self.hash(file),
            settled: row.ended && !pending,
            disposable: !referenced,
        }
    }

    pub(super) fn one(&self, file: u32) -> Option<&Row> {
        let row = self.files.get(file);
        (!row.many && row.first != NONE).then(|| self.rows.get(row.first))
    }

    pub(crate) fn hash(&self, file: u32) -> [u8; 32] {
        let row = self.files.get(file);
        if row.hash_is_id && row.first != NONE {
            return *self.rows.get(row.first).id.as_bytes();
        }
        self.hashes.get(&file).copied().unwrap_or_default()
    }

    pub(super) fn row_idx(&self, seq: Seq) -> Option<u32> {
        self.by_seq.find(&seq.0, |idx| self.rows.get(idx).seq().0)
    }

    pub(crate) fn row(&self, seq: Seq) -> Option<RowView> {
        self.row_idx(seq).map(|idx| self.rows.get(idx).into())
    }

    /// The articles of a file, by place in it.
    pub(crate) fn rows_of(&self, file: u32) -> Vec<RowView> {
        match self.one(file) {
            Some(one) => vec![one.into()],
            None => self
                .many
                .get(&file)
                .into_iter()
                .flat_map(|many| many.rows.iter())
                .filter_map(|(_, seq)| self.row(Seq(*seq)))
                .collect(),
        }
    }

    /// The articles of a file at one place in it, of every version that is still there.
    pub(crate) fn rows_at(&self, file: u32, part: u32) -> Vec<RowView> {
        match self.one(file) {
            Some(one) => Some(RowView::from(one)).into_iter().filter(|row| row.part == part).collect(),
            None => self
                .many
                .get(&file)
                .into_iter()
                .flat_map(|many| many.rows.range((part, 0)..=(part, u64::MAX)))
                .filter_map(|(_, seq)| self.row(Seq(*seq)))
                .collect(),
        }
    }

    pub(super) fn head(&self, id: &ArticleId) -> Option<&Row> {
        self.by_id.find(id, |idx| self.rows.get(idx).id).map(|idx| self.rows.get(idx))
    }

    /// Every article with this id, by place in the ledger.
    pub(crate) fn rows_with(&self, id: &ArticleId) -> impl Iterator<Item = RowView> + '_ {
        let twins = self.twins.get(id);
        let head = if twins.is_some() { None } else { self.head(id).map(RowView::from) };
        let twins = twins.into_iter().flat_map(|twins| twins.seqs.iter());
        head.into_iter().chain(twins.filter_map(|seq| self.row(Seq(*seq))))
    }

    /// An article that stands for these bytes: delivered, or dropped for what it says.
    pub(crate) fn holder(&self, id: &ArticleId, except: impl Fn(Seq) -> bool) -> Option<RowView> {
        let stands =
            |row: &RowView| matches!(row.status, Status::Delivered | Status::Dropped) && !except(row.seq);
        let known = self.twins.get(id).and_then(|twins| self.row(Seq(twins.holder?)));
        known.filter(stands).or_else(|| match self.twins.get(id) {
            Some(twins) if twins.holder.is_none() => None,
            _ => self.rows_with(id).find(stands),
        })
    }

    /// What an unsettled article is to replace.
    pub(crate) fn replaces(&self, seq: Seq) -> &[Replaced] {
        self.replaces.get(&seq.0).map_or(&[], Vec::as_slice)
    }
}
