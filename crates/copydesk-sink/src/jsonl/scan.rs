//! Reading a JSONL file back: which articles it holds, and where its whole lines end.
//!
//! A line is taken for whole if it begins with an id, ends with a brace and holds no NUL byte: what a crash
//! or a power loss leaves fails one of these. [`inspect`] trusts nothing, and parses every line.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use copydesk_core::ArticleId;

use super::index::Known;
use crate::PlainSinkError;
use crate::format::head::{self, PREFIXES};

/// The first half of an id: enough to tell articles apart, and half the memory.
pub(super) type Key = u128;

pub(super) fn key(id: ArticleId) -> Key {
    id.as_bytes().iter().take(16).fold(0, |key, byte| key << 8 | Key::from(*byte))
}

/// What is in a file.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The articles on whole lines.
    pub(super) ids: HashSet<Key>,
    /// Where the last whole line ends; what follows is torn.
    pub(super) whole: u64,
    /// The last whole line lacks its line feed.
    pub(super) unterminated: bool,
    /// Lines before `whole` that hold a NUL byte: a power loss left their length and not their data.
    pub(super) holes: Vec<Range<u64>>,
}

/// Reads the file from where `known` ends, which is the end of a line.
pub(super) fn scan(mut file: &File, known: Known) -> io::Result<Scan> {
    let mut scan = Scan { ids: known.ids, whole: known.length, ..Scan::default() };
    file.seek(SeekFrom::Start(known.length))?;
    let mut last: Option<(u64, ArticleId)> = None;
    let mut last_line = Vec::new();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut at = known.length;
    loop {
        line.clear();
        let n_bytes = reader.read_until(b'\n', &mut line)? as u64;
        if n_bytes == 0 {
            break;
        }
        let start = at;
        at += n_bytes;
        let terminated = line.last() == Some(&b'\n');
        let content = line.strip_suffix(b"\n").unwrap_or(&line);
        if let Some(id) = whole_line_id(content) {
            if let Some((_, id)) = last.replace((start, id)) {
                scan.ids.insert(key(id));
            }
            scan.whole = at;
            scan.unterminated = !terminated;
            std::mem::swap(&mut last_line, &mut line);
        } else if memchr::memchr(0, content).is_some() {
            scan.holes.push(start..at);
        }
    }
    // Only the end can be torn in a way that looks whole, so only the last line is parsed.
    if let Some((start, id)) = last {
        let content = last_line.strip_suffix(b"\n").unwrap_or(&last_line);
        if parsed_id(content) == Some(id) {
            scan.ids.insert(key(id));
        } else {
            scan.whole = start;
            scan.unterminated = false;
        }
    }
    let whole = scan.whole;
    scan.holes.retain(|hole| hole.start < whole);
    Ok(scan)
}

/// The id of a line that looks whole.
fn whole_line_id(line: &[u8]) -> Option<ArticleId> {
    if memchr::memchr(0, line).is_some() {
        return None;
    }
    // What JSON takes for space: a form feed is none, and [`inspect`] would not take the line.
    let n_bytes = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    let line = line.get(..n_bytes.map_or(0, |at| at + 1)).unwrap_or(line);
    match prefix_id(line) {
        Some(id) if line.ends_with(b"}") => Some(id),
        _ => parsed_id(line),
    }
}

/// The id at the start of a record, or wherever else the record has it.
pub(super) fn line_id(line: &[u8]) -> Option<ArticleId> {
    prefix_id(line).or_else(|| parsed_id(line))
}

fn prefix_id(line: &[u8]) -> Option<ArticleId> {
    let rest = PREFIXES.iter().find_map(|prefix| line.strip_prefix(*prefix))?;
    let (digits, rest) = rest.split_at_checked(64)?;
    if rest.first() != Some(&b'"') {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn parsed_id(line: &[u8]) -> Option<ArticleId> {
    head::id(line)
}

/// A line that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorruptLine {
    /// Counted from 1.
    pub line: u64,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
}

/// What a JSONL file holds, line by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// The articles, in the order of the file; a doubled one is here once.
    pub ids: Vec<ArticleId>,
    /// The articles that stand on more than one line.
    pub doubled: Vec<ArticleId>,
    /// The lines that are no records.
    pub corrupt: Vec<CorruptLine>,
}

/// Parses every line of a JSONL file. Changes nothing, and needs no lock: a line that is just being written
/// shows as corrupt. A file that does not exist holds nothing.
pub fn inspect(path: &Path) -> Result<Inspection, PlainSinkError> {
    let failed = |error| PlainSinkError::Open { path: path.to_owned(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Inspection::default()),
        Err(error) => return Err(failed(error)),
    };
    let mut inspection = Inspection::default();
    let mut seen = BTreeSet::new();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut offset = 0;
    for number in 1.. {
        line.clear();
        let bytes = reader.read_until(b'\n', &mut line).map_err(failed)? as u64;
        if bytes == 0 {
            break;
        }
        match parsed_id(&line) {
            Some(id) if seen.insert(id) => inspection.ids.push(id),
            Some(id) => inspection.doubled.push(id),
            None => inspection.corrupt.push(CorruptLine { line: number, offset, bytes }),
        }
        offset += bytes;
    }
    Ok(inspection)
}
