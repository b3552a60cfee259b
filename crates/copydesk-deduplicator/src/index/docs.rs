//! The documents of one flush, in order: number, day and record. Never merged, dropped whole when all of them are
//! too old. A block can be read without what the rest of the file says of it.

use super::code::{put_number, take_number, unzigzag, zigzag};
use super::error::IndexError;
use super::folder::Folder;
use super::manifest::DocsFile;
use super::table::{Kind, Table, TableWriter};

/// Bytes from which a block is ended: one read and one checksum for a document.
const BLOCK: usize = 4096;

/// A document of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its place in the ledger.
    pub seq: u64,
    /// The day it came, counted from any fixed day.
    pub day: u32,
    /// What was given to be remembered of it.
    pub record: Vec<u8>,
}

pub(super) fn docs_name(number: u64) -> String {
    format!("docs-{number:08}")
}

/// Writes documents, given in order, each once.
pub(super) struct DocsWriter {
    number: u64,
    table: TableWriter,
    payload: Vec<u8>,
    first: u64,
    last: (u64, u32),
    seqs: (u64, u64),
    days: (u32, u32),
    n_documents: u64,
}

impl DocsWriter {
    pub(super) fn create(folder: &dyn Folder, number: u64) -> Result<DocsWriter, IndexError> {
        let table = TableWriter::create(folder, docs_name(number), Kind::Docs, number)?;
        let (seqs, days) = ((u64::MAX, 0), (u32::MAX, 0));
        Ok(DocsWriter {
            number,
            table,
            payload: Vec::new(),
            first: 0,
            last: (0, 0),
            seqs,
            days,
            n_documents: 0,
        })
    }

    pub(super) fn name(&self) -> &str {
        self.table.name()
    }

    pub(super) fn push(&mut self, seq: u64, day: u32, record: &[u8]) -> Result<(), IndexError> {
        if self.payload.is_empty() {
            self.first = seq;
            self.last = (0, 0);
        }
        put_number(&mut self.payload, seq - self.last.0);
        put_number(&mut self.payload, zigzag(i64::from(day) - i64::from(self.last.1)));
        put_number(&mut self.payload, record.len() as u64);
        self.payload.extend_from_slice(record);
        self.last = (seq, day);
        self.seqs = (self.seqs.0.min(seq), self.seqs.1.max(seq));
        self.days = (self.days.0.min(day), self.days.1.max(day));
        self.n_documents += 1;
        if self.payload.len() >= BLOCK { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), IndexError> {
        self.table.block(self.first, &self.payload)?;
        self.payload.clear();
        Ok(())
    }

    /// Makes them durable. `late`: they came after later ones were written.
    pub(super) fn finish(mut self, late: bool) -> Result<DocsFile, IndexError> {
        if !self.payload.is_empty() {
            self.end_block()?;
        }
        let written = self.table.finish()?;
        let (seqs, days) = (self.seqs, self.days);
        Ok(DocsFile { number: self.number, late, n_documents: self.n_documents, seqs, days, written })
    }
}

/// A file of documents that is written.
#[derive(Debug)]
pub(super) struct Docs {
    pub(super) table: Table,
}

impl Docs {
    pub(super) fn open(folder: &dyn Folder, file: &DocsFile) -> Result<Docs, IndexError> {
        let table = Table::open(folder, docs_name(file.number), Kind::Docs, file.number, file.written.size)?;
        Ok(Docs { table })
    }

    /// Opens what is left of a file.
    pub(super) fn salvage(folder: &dyn Folder, number: u64) -> Result<Docs, IndexError> {
        let first = |mut payload: &[u8]| take_number(&mut payload).unwrap_or(0);
        Ok(Docs { table: Table::salvage(folder, docs_name(number), Kind::Docs, number, &first)? })
    }

    /// Gives every document that can be read, and says what cannot.
    pub(super) fn each(&self, give: &mut dyn FnMut(Document), report: &mut dyn FnMut(IndexError)) {
        for block in 0..self.table.n_blocks() {
            let done = self.visit(block, &mut |seq, day, record| {
                give(Document { seq, day, record: record.to_vec() });
                true
            });
            if let Err(error) = done {
                report(error);
            }
        }
    }

    /// The document with this number.
    pub(super) fn find(&self, seq: u64) -> Result<Option<Document>, IndexError> {
        let Some(block) = self.table.n_before(seq.saturating_add(1)).checked_sub(1) else { return Ok(None) };
        let mut found = None;
        self.visit(block, &mut |document_seq, day, record| {
            if document_seq == seq {
                found = Some(Document { seq, day, record: record.to_vec() });
            }
            document_seq < seq
        })?;
        Ok(found)
    }

    /// Visits the documents of a block, in order, as long as `visit` wants more.
    pub(super) fn visit(
        &self,
        block: usize,
        visit: &mut dyn FnMut(u64, u32, &[u8]) -> bool,
    ) -> Result<(), IndexError> {
        let mut bytes = Vec::new();
        self.table.read(block, &mut bytes)?;
        let damaged = || {
            IndexError::damaged(&self.table.name, self.table.start(block), "a block is no list of documents")
        };
        let (mut rest, mut last) = (bytes.as_slice(), (0, 0));
        while !rest.is_empty() {
            let (seq, day, record) = entry(&mut rest, last).ok_or_else(damaged)?;
            if !visit(seq, day, record) {
                return Ok(());
            }
            last = (seq, i64::from(day));
        }
        Ok(())
    }
}

fn entry<'a>(rest: &mut &'a [u8], last: (u64, i64)) -> Option<(u64, u32, &'a [u8])> {
    let seq = last.0.checked_add(take_number(rest)?)?;
    let day = u32::try_from(last.1.checked_add(unzigzag(take_number(rest)?))?).ok()?;
    let len = usize::try_from(take_number(rest)?).ok()?;
    let (record, behind) = rest.split_at_checked(len)?;
    *rest = behind;
    Some((seq, day, record))
}
