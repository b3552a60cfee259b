//! A JSONL file looked at line by line, and lines taken out of it.
//!
//! What is taken out goes to `PATH.damaged` before the file is rewritten, and the rewritten file takes the old
//! one's place in one step: killed anywhere, no byte is lost, and mending again ends the work.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use copydesk_core::ArticleId;

use super::file::sync_folder;
use crate::PlainSinkError;
use crate::format::LineHead;

/// One line of a JSONL file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Counted from 1.
    pub line: u64,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Its length in bytes, with its line feed.
    pub bytes: u64,
    /// What it says; or what is wrong with it.
    pub head: Result<LineHead, String>,
    /// It lacks its line feed.
    pub unterminated: bool,
}

impl StoredLine {
    /// The article, if it is a sound record.
    pub fn id(&self) -> Option<ArticleId> {
        self.head.as_ref().ok().map(|head| head.id)
    }
}

/// Every line of a JSONL file, parsed whole. Changes nothing and needs no lock. A file that does not exist holds
/// nothing.
pub fn read_lines(path: &Path) -> Result<Vec<StoredLine>, PlainSinkError> {
    let failed = |error| PlainSinkError::Open { path: path.to_owned(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut lines = Vec::new();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut content = Vec::new();
    let mut offset = 0;
    for line in 1.. {
        content.clear();
        let bytes = reader.read_until(b'\n', &mut content).map_err(failed)? as u64;
        if bytes == 0 {
            break;
        }
        let head = LineHead::parse(&content);
        lines.push(StoredLine { line, offset, bytes, head, unterminated: !content.ends_with(b"\n") });
        offset += bytes;
    }
    Ok(lines)
}

/// The record on a line, without its line feed.
pub fn read_record(path: &Path, line: &StoredLine) -> Result<String, PlainSinkError> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(line.offset))?;
        let mut record = String::new();
        file.take(line.bytes).read_to_string(&mut record)?;
        record.truncate(record.trim_end_matches(['\n', '\r']).len());
        Ok(record)
    };
    read().map_err(|error| PlainSinkError::Open { path: path.to_owned(), error })
}

/// Takes the lines that begin at these offsets out of the file, and keeps them in `PATH.damaged`. The last line
/// gets its line feed if it lacks it.
pub fn mend(path: &Path, cut: &BTreeSet<u64>) -> Result<(), PlainSinkError> {
    let failed = |error| PlainSinkError::Write { path: path.to_owned(), error };
    let file = File::open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(PlainSinkError::Locked { path: path.to_owned() }),
        // Some network file systems know no locks; the state folder's lock still holds.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    rewrite(path, &file, cut).map_err(failed)
}

fn rewrite(path: &Path, file: &File, cut: &BTreeSet<u64>) -> io::Result<()> {
    let tmp = beside(path, "mending");
    let mut kept = BufWriter::with_capacity(1 << 20, File::create(&tmp)?);
    kept.get_ref().set_permissions(file.metadata()?.permissions())?;
    let mut damaged = OpenOptions::new().append(true).create(true).open(beside(path, "damaged"))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut offset = 0;
    loop {
        line.clear();
        let n_bytes = reader.read_until(b'\n', &mut line)? as u64;
        if n_bytes == 0 {
            break;
        }
        if !line.ends_with(b"\n") {
            line.push(b'\n');
        }
        if cut.contains(&offset) {
            damaged.write_all(&line)?;
        } else {
            kept.write_all(&line)?;
        }
        offset += n_bytes;
    }
    damaged.sync_all()?;
    // The names of both must be there before the old file goes.
    sync_folder(path)?;
    kept.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&tmp, path)?;
    sync_folder(path)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use copydesk_core::{Article, Block, BlockKind, Origin, RecordView, Span};

    use super::*;

    fn record(n: u8) -> String {
        let raw = format!("Rain fell {n} times.");
        let block = Block::plain(Span::new(&raw, 0, raw.len()).unwrap(), BlockKind::Paragraph);
        let origin = Origin { uri: format!("file:///in/{n}"), ..Origin::default() };
        RecordView(&Article::new(ArticleId::from_bytes([n; 32]), origin, raw.as_str(), vec![block])).to_json()
    }

    #[test]
    fn lines_are_told_apart_and_what_is_cut_is_kept_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        assert_eq!(read_lines(&path).unwrap(), []);
        let garbled = record(2).replacen("Rain fell", "Rain felt", 1);
        let text = format!("{}\n{garbled}\n{}\n\n{}", record(1), record(1), record(3));
        fs::write(&path, &text).unwrap();
        let lines = read_lines(&path).unwrap();
        let ids: Vec<Option<u8>> = lines.iter().map(|line| line.id().map(|id| id.as_bytes()[0])).collect();
        assert_eq!(ids, [Some(1), None, Some(1), None, Some(3)]);
        assert!(lines[4].unterminated && !lines[0].unterminated);
        assert_eq!(read_record(&path, &lines[4]).unwrap(), record(3));
        assert_eq!(lines[4].head.as_ref().unwrap().uri, "file:///in/3");
        mend(&path, &lines[1..4].iter().map(|line| line.offset).collect()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n{}\n", record(1), record(3)));
        let kept = fs::read_to_string(folder.path().join("a.jsonl.damaged")).unwrap();
        assert_eq!(kept, format!("{garbled}\n{}\n\n", record(1)));
        assert!(!folder.path().join("a.jsonl.mending").exists());
    }

    #[test]
    fn a_file_in_use_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "x\n").unwrap();
        let held = File::open(&path).unwrap();
        held.lock().unwrap();
        assert!(matches!(mend(&path, &BTreeSet::from([0])), Err(PlainSinkError::Locked { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "x\n");
    }
}
