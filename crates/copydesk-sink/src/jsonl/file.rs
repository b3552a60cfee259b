//! The open file: the lock, recovery, appending, syncing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{Parcel, crash};

use super::index;
use super::mend;
use super::scan::{self, Key, key};
use super::torn_path;
use crate::PlainSinkError;
use crate::format::Format;

/// The file, locked, recovered and known to be on the disk up to `committed`.
pub(super) struct Store {
    file: File,
    identity: (u64, u64),
    committed: u64,
    ids: HashSet<Key>,
    /// Where the ids are noted for the next start, and up to which length of the file they are.
    index: Option<PathBuf>,
    noted: u64,
}

/// After a failure: bytes beyond `committed` of this file may never have reached the disk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Distrust {
    identity: (u64, u64),
    committed: u64,
}

/// What of a batch is to be appended.
pub(super) struct Fresh<'a> {
    lines: Vec<Cow<'a, str>>,
    keys: Vec<Key>,
    n_bytes: u64,
}

/// Most pieces the kernel takes in one write (`IOV_MAX`); a line is two, itself and its end.
const MOST_PIECES: usize = 1024;

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

impl Store {
    pub(super) fn open(
        path: &Path,
        index: Option<&Path>,
        distrust: Option<Distrust>,
    ) -> Result<Store, PlainSinkError> {
        let failed = |error| PlainSinkError::Open { path: path.to_owned(), error };
        // Opening a pipe for writing would wait for a reader.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(PlainSinkError::NotAFile { path: path.to_owned() });
        }
        create_folders(path).map_err(failed)?;
        let file = loop {
            let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(PlainSinkError::Locked { path: path.to_owned() });
                }
                // Some network file systems know no locks; the state folder's lock still holds.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            // The file may have been moved away between open and lock.
            let opened = file.metadata().map_err(failed)?;
            if fs::metadata(path).is_ok_and(|named| identity(&named) == identity(&opened)) {
                break file;
            }
        };
        Store::recover(path, file, index, distrust).map_err(failed)
    }

    /// Makes the file end with a whole line and be on the disk.
    fn recover(
        path: &Path,
        mut file: File,
        index: Option<&Path>,
        distrust: Option<Distrust>,
    ) -> io::Result<Store> {
        crash::point("jsonl.after_create");
        let metadata = file.metadata()?;
        let mut identity = identity(&metadata);
        let mut length = metadata.len();
        if let Some(known) = distrust.filter(|known| known.identity == identity && known.committed < length) {
            file.set_len(known.committed)?;
            length = known.committed;
        }
        let known = index.map_or_else(Default::default, |index| index::load(index, &file, identity, length));
        let mut noted = known.length;
        let mut scan = scan::scan(&file, known)?;
        if !scan.holes.is_empty() {
            file = mend::without_holes(path, &file, &scan.holes)?;
            let metadata = file.metadata()?;
            (identity, length, noted) = (self::identity(&metadata), metadata.len(), 0);
            scan = scan::scan(&file, index::Known::default())?;
        }
        let mut committed = scan.whole;
        if length > committed {
            keep_torn(path, &mut file, committed)?;
            crash::point("jsonl.after_torn_copy");
            file.set_len(committed)?;
            crash::point("jsonl.after_cut");
        }
        if scan.unterminated {
            file.write_all(b"\n")?;
            committed += 1;
        }
        // The process before may have died between its append and its sync.
        file.sync_all()?;
        sync_folder(path)?;
        Ok(Store { file, identity, committed, ids: scan.ids, index: index.map(Path::to_owned), noted })
    }

    /// Notes the ids for the next start.
    pub(super) fn note(&mut self) {
        if let Some(index) = self.index.as_ref().filter(|_| self.noted != self.committed) {
            // Only a cache: without it the next start reads the file.
            let _ = index::save(index, &self.file, self.identity, self.committed, &self.ids);
            self.noted = self.committed;
        }
    }

    /// True if the path still leads to this file, and nobody else changed its length.
    pub(super) fn is_current(&self, path: &Path) -> bool {
        let named = fs::metadata(path);
        named.is_ok_and(|named| identity(&named) == self.identity && named.len() == self.committed)
    }

    /// True if no name leads to this file any more.
    pub(super) fn is_deleted(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }

    pub(super) fn distrust(&self) -> Distrust {
        Distrust { identity: self.identity, committed: self.committed }
    }

    /// The parcels that are not in the file.
    pub(super) fn missing<'a>(
        &self,
        batch: &'a [Arc<Parcel>],
        format: Format,
    ) -> Result<Fresh<'a>, PlainSinkError> {
        let mut fresh = Fresh { lines: Vec::new(), keys: Vec::new(), n_bytes: 0 };
        let mut taken = HashSet::with_capacity(batch.len());
        for parcel in batch {
            let key = key(parcel.id);
            if self.ids.contains(&key) || !taken.insert(key) {
                continue;
            }
            let line = format.line(&parcel.record).map_err(|_| PlainSinkError::Record { id: parcel.id })?;
            fresh.keys.push(key);
            fresh.n_bytes += line.len() as u64 + 1;
            fresh.lines.push(line);
        }
        Ok(fresh)
    }

    /// Appends, without making it durable. The records go from where they are, for joining them to lines would
    /// copy all that is delivered once more.
    pub(super) fn put(&mut self, fresh: &Fresh<'_>) -> io::Result<()> {
        crash::point("jsonl.before_append");
        for lines in fresh.lines.chunks(MOST_PIECES / 2) {
            let pieces = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"]);
            let mut pieces: Vec<IoSlice<'_>> = pieces.map(IoSlice::new).collect();
            let mut rest = pieces.as_mut_slice();
            while !rest.is_empty() {
                match self.file.write_vectored(rest) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(n_bytes) => IoSlice::advance_slices(&mut rest, n_bytes),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        crash::point("jsonl.after_append");
        Ok(())
    }

    /// Makes what was put durable.
    pub(super) fn commit(&mut self, fresh: &Fresh<'_>) -> io::Result<()> {
        if fresh.keys.is_empty() {
            return Ok(());
        }
        self.file.sync_data()?;
        crash::point("jsonl.after_sync");
        self.committed += fresh.n_bytes;
        self.ids.extend(&fresh.keys);
        if index::is_due(self.committed.saturating_sub(self.noted), self.ids.len()) {
            self.note();
        }
        Ok(())
    }

    /// Cuts off what was put but not committed.
    pub(super) fn roll_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.committed)
    }
}

/// Appends the bytes beyond `whole` to the file for torn ends.
fn keep_torn(path: &Path, file: &mut File, whole: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(whole))?;
    let mut torn = OpenOptions::new().append(true).create(true).open(torn_path(path))?;
    mend::copy_all(file, &mut torn)?;
    torn.write_all(b"\n")?;
    torn.sync_all()
}

/// Creates the folders above `path`, each durable in its parent.
fn create_folders(path: &Path) -> io::Result<()> {
    let mut missing: Vec<PathBuf> = Vec::new();
    let mut folder = path.parent();
    while let Some(parent) = folder.filter(|parent| !parent.as_os_str().is_empty() && !parent.exists()) {
        missing.push(parent.to_owned());
        folder = parent.parent();
    }
    for folder in missing.iter().rev() {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => sync_folder(folder)?,
        }
    }
    Ok(())
}

/// Makes the name of `path` durable in its folder.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match File::open(folder)?.sync_all() {
        // Some file systems cannot sync a folder, and need not.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        done => done,
    }
}
