//! What files make up the index. A text of one line a file, replaced by rename, with a checksum of all lines before
//! the last.
//!
//! The first line says the format, the last one the checksum, in every format. A format that this version does not know
//! is refused; of an older one every line is read as it was then, and the next commit writes today's.

use std::fmt::Write as _;

use copydesk_core::crash;

use super::docs::docs_name;
use super::error::IndexError;
use super::filter;
use super::folder::Folder;
use super::segment::{filter_name, keys_name};
use super::table::Written;

pub(super) const MANIFEST: &str = "MANIFEST";
pub(super) const NEXT_MANIFEST: &str = "MANIFEST.next";
const TITLE: &str = "copydesk duplicates";

/// The newest format of the index as a whole.
pub(super) const FORMAT: u32 = 1;

/// A file of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocsFile {
    pub(super) number: u64,
    /// Its documents came after later ones were written, so their numbers lie between those of other files.
    pub(super) late: bool,
    pub(super) n_documents: u64,
    /// Smallest and largest number.
    pub(super) seqs: (u64, u64),
    /// Earliest and latest day.
    pub(super) days: (u32, u32),
    pub(super) written: Written,
}

impl DocsFile {
    pub(super) fn spans(&self, seq: u64) -> bool {
        (self.seqs.0..=self.seqs.1).contains(&seq)
    }
}

/// A segment of keys, with its filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeysFile {
    pub(super) number: u64,
    /// How often its postings were merged, roughly.
    pub(super) level: u32,
    pub(super) n_entries: u64,
    pub(super) n_filter_blocks: u64,
    /// The largest number of a document in it.
    pub(super) last_seq: u64,
    pub(super) keys: Written,
    pub(super) filter: Written,
}

/// The list of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// How keys are made.
    pub(super) scheme: u32,
    /// Every document with a smaller number that was inserted is in the files.
    pub(super) persisted: u64,
    /// The number of the next file.
    pub(super) next: u64,
    /// First those that are not late, in order; they span no number in common.
    pub(super) docs: Vec<DocsFile>,
    pub(super) keys: Vec<KeysFile>,
}

impl Manifest {
    /// The names and sizes of all files.
    pub(super) fn files(&self) -> Vec<(String, u64)> {
        let docs = self.docs.iter().map(|file| (docs_name(file.number), file.written.size));
        let keys = self.keys.iter().map(|file| (keys_name(file.number), file.keys.size));
        let filters = self.keys.iter().map(|file| (filter_name(file.number), file.filter.size));
        docs.chain(keys).chain(filters).collect()
    }

    /// How many files of documents are not late.
    pub(super) fn n_main(&self) -> usize {
        self.docs.partition_point(|file| !file.late)
    }

    /// No document in the files has a smaller number.
    pub(super) fn live_from(&self) -> u64 {
        self.docs.iter().map(|file| file.seqs.0).min().unwrap_or(u64::MAX)
    }

    /// A number that no file has.
    pub(super) fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    fn write(&self) -> String {
        let mut text = format!(
            "{TITLE} {FORMAT}\nscheme {}\npersisted {}\nnext {}\n",
            self.scheme, self.persisted, self.next
        );
        for file in &self.docs {
            let DocsFile { number, late, n_documents, seqs, days, written } = file;
            let late = u8::from(*late);
            let _infallible = writeln!(
                text,
                "docs {number} {late} {n_documents} {} {} {} {} {} {}",
                seqs.0, seqs.1, days.0, days.1, written.size, written.crc
            );
        }
        for file in &self.keys {
            let KeysFile { number, level, n_entries, n_filter_blocks, last_seq, keys, filter } = file;
            let _infallible = writeln!(
                text,
                "keys {number} {level} {n_entries} {n_filter_blocks} {last_seq} {} {} {} {}",
                keys.size, keys.crc, filter.size, filter.crc
            );
        }
        let crc = crc32fast::hash(text.as_bytes());
        let _infallible = writeln!(text, "end {crc}");
        text
    }

    fn parse(text: &str) -> Result<Manifest, IndexError> {
        let damaged = |at, what| IndexError::damaged(MANIFEST, at as u64, what);
        let end = text.rfind("end ").unwrap_or(text.len());
        let (listed, last) = text.split_at(end);
        if last != format!("end {}\n", crc32fast::hash(listed.as_bytes())) {
            return Err(damaged(end, "it does not have its checksum"));
        }
        let format =
            text.lines().next().and_then(|line| line.strip_prefix(TITLE)?.trim().parse::<u32>().ok());
        match format {
            None => return Err(damaged(0, "it does not begin with a format")),
            Some(found) if found > FORMAT => return Err(IndexError::Newer { found, known: FORMAT }),
            Some(_) => {}
        }
        let mut manifest = Manifest::default();
        for line in listed.lines().skip(1) {
            let mut words = line.split(' ');
            let kind = words.next().unwrap_or_default();
            let numbers: Option<Vec<u64>> = words.map(|word| word.parse().ok()).collect();
            let at = line.as_ptr().addr() - text.as_ptr().addr();
            let known = numbers.and_then(|numbers| manifest.take(kind, &numbers));
            known.ok_or_else(|| damaged(at, "a line is not understood"))?;
        }
        Ok(manifest)
    }

    fn take(&mut self, kind: &str, numbers: &[u64]) -> Option<()> {
        let small = |number: u64| u32::try_from(number).ok();
        let written = |size, crc| Some(Written { size, crc: small(crc)? });
        match (kind, numbers) {
            ("scheme", &[scheme]) => self.scheme = small(scheme)?,
            ("persisted", &[persisted]) => self.persisted = persisted,
            ("next", &[next]) => self.next = next,
            ("docs", &[number, late, n_documents, first, last, first_day, last_day, size, crc]) => {
                self.docs.push(DocsFile {
                    number,
                    late: late != 0,
                    n_documents,
                    seqs: (first, last),
                    days: (small(first_day)?, small(last_day)?),
                    written: written(size, crc)?,
                });
            }
            (
                "keys",
                &[number, level, n_entries, n_filter_blocks, last_seq, size, crc, filter_size, filter_crc],
            ) => {
                let sound = n_filter_blocks > 0 && filter::file_size(n_filter_blocks) == filter_size;
                self.keys.push(KeysFile {
                    number,
                    level: small(level)?,
                    n_entries,
                    n_filter_blocks: sound.then_some(n_filter_blocks)?,
                    last_seq,
                    keys: written(size, crc)?,
                    filter: written(filter_size, filter_crc)?,
                });
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads the manifest; `None` if there is none.
    pub(super) fn load(folder: &dyn Folder) -> Result<Option<Manifest>, IndexError> {
        let file = match folder.open(MANIFEST) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(IndexError::io(MANIFEST, "open"))?,
        };
        let length = file.length().map_err(IndexError::io(MANIFEST, "look at"))?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut bytes, 0).map_err(IndexError::read(MANIFEST, 0))?;
        // A flipped bit may leave no text; what is left then has no right checksum either.
        Manifest::parse(&String::from_utf8_lossy(&bytes)).map(Some)
    }

    /// Writes this manifest beside the one that counts, durably. The files it names must be durable, their names too.
    pub(super) fn prepare(&self, folder: &dyn Folder) -> Result<(), IndexError> {
        let mut file = folder.create(NEXT_MANIFEST).map_err(IndexError::io(NEXT_MANIFEST, "create"))?;
        file.write_all(self.write().as_bytes()).map_err(IndexError::io(NEXT_MANIFEST, "write"))?;
        file.sync().map_err(IndexError::io(NEXT_MANIFEST, "sync"))
    }

    /// Makes the manifest that was prepared count. After an error either of the two may.
    pub(super) fn switch(folder: &dyn Folder) -> Result<(), IndexError> {
        crash::point("index.before_manifest");
        folder.rename(NEXT_MANIFEST, MANIFEST).map_err(IndexError::io(MANIFEST, "replace"))?;
        crash::point("index.after_manifest");
        folder.sync().map_err(IndexError::io(MANIFEST, "sync the folder of"))
    }
}
