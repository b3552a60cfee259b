//! Taking holes out of a file. A power loss may keep a later part of an append that was never synced, and only
//! the length of an earlier one: a line of NUL bytes with whole lines behind it.
//!
//! What lies behind a hole may have been acknowledged since, so nothing is cut off or moved in place. The whole
//! lines go to a new file, and that takes the name once it is durable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use copydesk_core::crash;

use super::file::sync_folder;
use super::torn_path;

/// Puts a file without `holes` in the place of the one at `path`, and gives it back, locked as that one is.
pub(super) fn without_holes(path: &Path, old: &File, holes: &[Range<u64>]) -> io::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".mending");
    let mending = PathBuf::from(name);
    let mut new = OpenOptions::new().read(true).append(true).create(true).open(&mending)?;
    match new.try_lock() {
        Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        locked => locked.map_err(io::Error::from)?,
    }
    new.set_len(0)?;
    let mut torn = OpenOptions::new().append(true).create(true).open(torn_path(path))?;
    let mut kept_to = 0;
    for hole in holes {
        copy(old, kept_to..hole.start, &mut new)?;
        copy(old, hole.clone(), &mut torn)?;
        kept_to = hole.end;
    }
    copy(old, kept_to..u64::MAX, &mut new)?;
    torn.sync_all()?;
    new.set_permissions(old.metadata()?.permissions())?;
    new.sync_all()?;
    crash::point("jsonl.before_mend");
    fs::rename(&mending, path)?;
    crash::point("jsonl.after_mend");
    sync_folder(path)?;
    Ok(new)
}

fn copy(mut from: &File, range: Range<u64>, to: &mut File) -> io::Result<()> {
    from.seek(SeekFrom::Start(range.start))?;
    copy_all(&mut from.take(range.end - range.start), to)
}

/// Copies the rest of `from`. The kernel copies files by itself, and a signal may interrupt it, which the standard
/// library passes on; both files then stand where it stopped.
pub(super) fn copy_all(from: &mut impl Read, to: &mut File) -> io::Result<()> {
    while let Err(error) = io::copy(from, to) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(())
}
