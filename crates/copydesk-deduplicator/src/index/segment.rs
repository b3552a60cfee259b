//! Segments: which documents have which keys, in order of keys and, within one, of documents.
//!
//! A block holds two columns of fixed width, what keys are beyond the first and what documents are beyond the
//! earliest, so a key is found in it by halving, without decoding the rest.

use std::sync::Arc;

use super::code::{PADDING, column_bytes, get, put_column, u64_at, width};
use super::error::IndexError;
use super::filter::{self, Filter, FilterWriter};
use super::folder::Folder;
use super::key::{Key, Posting};
use super::manifest::KeysFile;
use super::table::{Kind, Table, TableWriter};

/// Most bytes of a block; with its checksum a page.
const BLOCK: usize = 4092;
/// Bytes before the columns: count, widths, first key, earliest document.
const HEAD: usize = 20;

pub(super) fn keys_name(number: u64) -> String {
    format!("keys-{number:08}")
}

pub(super) fn filter_name(number: u64) -> String {
    format!("filter-{number:08}")
}

/// Writes a segment, given its postings in order, each once.
pub(super) struct SegmentWriter {
    number: u64,
    table: TableWriter,
    filter: FilterWriter,
    n_filter_blocks: u64,
    held: Vec<Posting>,
    seqs: (u64, u64),
    n_entries: u64,
    last_key: Option<Key>,
    last_seq: u64,
}

impl SegmentWriter {
    /// A segment of at most `most` postings.
    pub(super) fn create(folder: &dyn Folder, number: u64, most: u64) -> Result<SegmentWriter, IndexError> {
        let n_filter_blocks = filter::n_blocks_for(most);
        let table = TableWriter::create(folder, keys_name(number), Kind::Keys, number)?;
        let filter = FilterWriter::create(folder, filter_name(number), number, n_filter_blocks)?;
        let (held, seqs) = (Vec::new(), (u64::MAX, 0));
        Ok(SegmentWriter {
            number,
            table,
            filter,
            n_filter_blocks,
            held,
            seqs,
            n_entries: 0,
            last_key: None,
            last_seq: 0,
        })
    }

    pub(super) fn names(&self) -> [String; 2] {
        [self.table.name().to_owned(), self.filter.name().to_owned()]
    }

    pub(super) fn n_entries(&self) -> u64 {
        self.n_entries
    }

    pub(super) fn push(&mut self, posting: Posting) -> Result<(), IndexError> {
        let (min, max) = (self.seqs.0.min(posting.seq), self.seqs.1.max(posting.seq));
        let first = self.held.first().map_or(posting.key, |first| first.key);
        let (key_width, seq_width) = (width(posting.key.0 - first.0), width(max - min));
        let n = self.held.len() + 1;
        if HEAD + column_bytes(n, key_width) + column_bytes(n, seq_width) > BLOCK {
            self.end_block()?;
            self.seqs = (posting.seq, posting.seq);
        } else {
            self.seqs = (min, max);
        }
        self.held.push(posting);
        self.last_seq = self.last_seq.max(posting.seq);
        self.n_entries += 1;
        if self.last_key.replace(posting.key) != Some(posting.key) {
            self.filter.add(posting.key)?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), IndexError> {
        let (Some(first), Some(last)) = (self.held.first(), self.held.last()) else { return Ok(()) };
        let (key_base, seq_base) = (first.key.0, self.seqs.0);
        let (key_width, seq_width) = (width(last.key.0 - key_base), width(self.seqs.1 - seq_base));
        let mut payload = Vec::with_capacity(BLOCK);
        payload.extend_from_slice(&(self.held.len() as u16).to_le_bytes());
        payload.extend_from_slice(&[key_width as u8, seq_width as u8]);
        payload.extend_from_slice(&key_base.to_le_bytes());
        payload.extend_from_slice(&seq_base.to_le_bytes());
        put_column(&mut payload, self.held.iter().map(|posting| posting.key.0 - key_base), key_width);
        put_column(&mut payload, self.held.iter().map(|posting| posting.seq - seq_base), seq_width);
        self.table.block(key_base, &payload)?;
        self.held.clear();
        Ok(())
    }

    /// Makes the segment durable.
    pub(super) fn finish(mut self, level: u32) -> Result<KeysFile, IndexError> {
        self.end_block()?;
        let (keys, filter) = (self.table.finish()?, self.filter.finish()?);
        Ok(KeysFile {
            number: self.number,
            level,
            n_entries: self.n_entries,
            n_filter_blocks: self.n_filter_blocks,
            last_seq: self.last_seq,
            keys,
            filter,
        })
    }
}

/// A block that was read.
struct Columns<'a> {
    bytes: &'a [u8],
    len: usize,
    key_base: u64,
    seq_base: u64,
    key_width: u32,
    seq_width: u32,
}

impl Columns<'_> {
    /// `None` if the bytes are no block. Pads them.
    fn parse(bytes: &mut Vec<u8>) -> Option<Columns<'_>> {
        let (count, rest) = bytes.split_first_chunk::<2>()?;
        let len = usize::from(u16::from_le_bytes(*count));
        let (key_width, seq_width) = (u32::from(*rest.first()?), u32::from(*rest.get(1)?));
        let (key_base, seq_base) = (u64_at(bytes, 4), u64_at(bytes, 12));
        let fits = key_width <= u64::BITS && seq_width <= u64::BITS && len > 0;
        if !fits || bytes.len() != HEAD + column_bytes(len, key_width) + column_bytes(len, seq_width) {
            return None;
        }
        bytes.resize(bytes.len() + PADDING, 0);
        Some(Columns { bytes, len, key_base, seq_base, key_width, seq_width })
    }

    #[inline]
    fn key(&self, idx: usize) -> Key {
        Key(self.key_base.wrapping_add(get(self.bytes, HEAD, idx, self.key_width)))
    }

    #[inline]
    fn seq(&self, idx: usize) -> u64 {
        let from = HEAD + column_bytes(self.len, self.key_width);
        self.seq_base.wrapping_add(get(self.bytes, from, idx, self.seq_width))
    }

    fn posting(&self, idx: usize) -> Posting {
        Posting { key: self.key(idx), seq: self.seq(idx) }
    }

    /// The first place whose posting is not smaller.
    fn seek(&self, wanted: Posting) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.posting(middle) < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// A segment that is written.
pub(super) struct Segment {
    pub(super) file: KeysFile,
    table: Table,
    pub(super) filter: Filter,
}

/// What to do after a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    On,
    Stop,
}

impl Segment {
    pub(super) fn open(folder: &dyn Folder, file: KeysFile) -> Result<Segment, IndexError> {
        let number = file.number;
        let table = Table::open(folder, keys_name(number), Kind::Keys, number, file.keys.size)?;
        let filter = Filter::open(folder, filter_name(number), number, file.n_filter_blocks)?;
        Ok(Segment { file, table, filter })
    }

    /// Memory that is taken whether the filter is held or not, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.table.memory()
    }

    fn columns<'a>(&self, block: usize, bytes: &'a mut Vec<u8>) -> Result<Columns<'a>, IndexError> {
        self.table.read(block, bytes)?;
        let damaged =
            || IndexError::damaged(&self.table.name, self.table.start(block), "a block is no list of keys");
        Columns::parse(bytes).ok_or_else(damaged)
    }

    /// Visits the documents of a key from `from` on, earliest first, until told to stop. `bytes` is for blocks.
    pub(super) fn visit(
        &self,
        key: Key,
        from: u64,
        bytes: &mut Vec<u8>,
        visit: &mut dyn FnMut(u64) -> Result<Go, IndexError>,
    ) -> Result<(), IndexError> {
        let wanted = Posting { key, seq: from };
        let mut block = self.start_of(wanted, bytes)?;
        loop {
            if self.table.first(block).is_none_or(|first| first > key.0) {
                return Ok(());
            }
            let columns = self.columns(block, bytes)?;
            for idx in columns.seek(wanted)..columns.len {
                let posting = columns.posting(idx);
                if posting.key != key || visit(posting.seq)? == Go::Stop {
                    return Ok(());
                }
            }
            block += 1;
        }
    }

    /// The block where a posting is, if it is in any.
    fn start_of(&self, wanted: Posting, bytes: &mut Vec<u8>) -> Result<usize, IndexError> {
        let n_before = self.table.n_before(wanted.key.0);
        let begins = self.table.first(n_before) == Some(wanted.key.0);
        let (mut low, mut high) =
            (n_before, if begins { self.table.n_before(wanted.key.0 + 1) } else { n_before });
        // Blocks that begin with the key: only a key of very many documents has more than one.
        while low < high && wanted.seq > 0 {
            let middle = low.midpoint(high);
            if self.columns(middle, bytes)?.seq(0) <= wanted.seq {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(if low > n_before { low - 1 } else { n_before.saturating_sub(1) })
    }

    /// Reads all of it, and says what is not as it was written.
    pub(super) fn check(&self, report: &mut dyn FnMut(IndexError)) {
        let mut bytes = Vec::new();
        for block in 0..self.table.n_blocks() {
            if let Err(error) = self.columns(block, &mut bytes) {
                report(error);
            }
        }
        for page in 0..self.filter.n_pages() {
            if let Err(error) = self.filter.read(page) {
                report(error);
            }
        }
    }
}

/// Goes through the postings of a segment in order.
pub(super) struct Cursor {
    segment: Arc<Segment>,
    next_block: usize,
    postings: Vec<Posting>,
    at: usize,
    bytes: Vec<u8>,
}

impl Cursor {
    pub(super) fn new(segment: Arc<Segment>) -> Result<Cursor, IndexError> {
        let mut cursor = Cursor { segment, next_block: 0, postings: Vec::new(), at: 0, bytes: Vec::new() };
        cursor.fill()?;
        Ok(cursor)
    }

    pub(super) fn segment(&self) -> &Segment {
        &self.segment
    }

    fn fill(&mut self) -> Result<(), IndexError> {
        self.postings.clear();
        self.at = 0;
        if self.next_block < self.segment.table.n_blocks() {
            let columns = self.segment.columns(self.next_block, &mut self.bytes)?;
            self.postings.extend((0..columns.len).map(|idx| columns.posting(idx)));
            self.next_block += 1;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<Posting> {
        self.postings.get(self.at).copied()
    }

    #[inline]
    pub(super) fn step(&mut self) -> Result<(), IndexError> {
        self.at += 1;
        if self.at < self.postings.len() { Ok(()) } else { self.fill() }
    }
}
