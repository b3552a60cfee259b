//! What becomes of a settled file: it stays, moves below `done`, or is deleted.
//!
//! Only the very file that was read is touched: same device, inode, modification time and size. A file that was
//! put in its place meanwhile is new work. This runs where the receipt is settled, so that nothing is left to be
//! done when a program that has settled everything exits.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use copydesk_core::{FileStamp, crash};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::FolderError;
use crate::names;
use crate::options::{After, FolderOptions};
use crate::root::{self, Found, Root};
use crate::status::{Count, WatchStatus};
use crate::survey::{DONE_MARK, done_folder};

const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// The longest name that file systems take.
const LONGEST_NAME: usize = 255;
/// How many files of the same name `done` takes.
const MOST_NAMESAKES: u32 = 100_000;

pub(crate) struct Disposal {
    after: After,
    done: PathBuf,
    /// Open while `after` is `move`.
    done_fd: Mutex<Option<OwnedFd>>,
    marker: Option<Vec<u8>>,
    status: Arc<WatchStatus>,
    warned: AtomicBool,
}

impl Disposal {
    /// Makes and opens the `done` folder if it is needed.
    pub(crate) fn open(
        options: &FolderOptions,
        root: &Root,
        status: Arc<WatchStatus>,
    ) -> Result<Disposal, FolderError> {
        let done = done_folder(options, root.path());
        let mut done_fd = None;
        if options.after == After::Move {
            let fd = open_done(&done).map_err(|source| FolderError::Done { path: done.clone(), source })?;
            let same = rustix::fs::fstat(&fd).is_ok_and(|stat| Found::of(&stat).stamp.dev == root.id().0);
            if !same {
                return Err(FolderError::DoneElsewhere { path: root.path().into(), done });
            }
            done_fd = Some(fd);
        }
        Ok(Disposal {
            after: options.after,
            done,
            done_fd: Mutex::new(done_fd),
            marker: options.require_marker.as_ref().map(|marker| marker.clone().into_bytes()),
            status,
            warned: AtomicBool::new(false),
        })
    }

    /// True if settled files stay where they are.
    pub(crate) fn keeps(&self) -> bool {
        self.after == After::Keep
    }

    /// Does with the file at `path` what is to be done with settled files, if it still is the one of `stamp`.
    pub(crate) fn settle(&self, root: &Root, path: &[u8], stamp: &FileStamp) {
        if self.keeps() {
            return;
        }
        match self.dispose(root, path, stamp) {
            Ok(true) => self.status.count(Count::Disposed),
            // It is gone already, or another file has its name.
            Ok(false) => self.status.count(Count::NotDisposed),
            Err(errno) => {
                self.status.count(Count::NotDisposed);
                if self.warned.swap(true, Ordering::Relaxed) {
                    tracing::debug!(file = %names::shown(path), %errno, "cannot clear away settled file");
                } else {
                    tracing::warn!(
                        file = %names::shown(path), %errno,
                        "cannot clear away settled file, it stays; this is said once"
                    );
                }
            }
        }
    }

    fn dispose(&self, root: &Root, path: &[u8], stamp: &FileStamp) -> Result<bool, Errno> {
        let (folder, name) = names::split(path);
        let from = match root.open_below(folder, OFlags::PATH | OFlags::DIRECTORY) {
            Ok(from) => from,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(false),
            Err(errno) => return Err(errno),
        };
        if !is_same(&from, name, stamp)? {
            return Ok(false);
        }
        if self.after == After::Delete {
            crash::point("dispose.before_delete");
            rustix::fs::unlinkat(&from, name, AtFlags::empty())?;
            crash::point("dispose.after_delete");
        } else if !self.move_away(&from, folder, name, stamp)? {
            return Ok(false);
        }
        if let Some(marker) = &self.marker {
            // Its work is done; a marker that stays behind would call a later file complete too soon.
            let _ = rustix::fs::unlinkat(&from, [name, marker].concat(), AtFlags::empty());
        }
        Ok(true)
    }

    fn move_away(
        &self,
        from: &OwnedFd,
        folder: &[u8],
        name: &[u8],
        stamp: &FileStamp,
    ) -> Result<bool, Errno> {
        let mut done_fd = self.done_fd.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fd) = done_fd.as_ref() {
            match move_below(from, fd, folder, name, stamp) {
                // Somebody took the whole folder away.
                Err(Errno::NOENT) => {}
                result => return result,
            }
        }
        let fd = open_done(&self.done).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        let result = move_below(from, &fd, folder, name, stamp);
        *done_fd = Some(fd);
        result
    }
}

fn open_done(done: &Path) -> std::io::Result<OwnedFd> {
    fs::create_dir_all(done)?;
    match fs::File::create_new(done.join(DONE_MARK)) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    Ok(rustix::fs::openat(CWD, done, FOLDER, Mode::empty())?)
}

fn move_below(
    from: &OwnedFd,
    done: &OwnedFd,
    folder: &[u8],
    name: &[u8],
    stamp: &FileStamp,
) -> Result<bool, Errno> {
    let mut to: Option<OwnedFd> = None;
    for step in folder.split(|&byte| byte == b'/').filter(|step| !step.is_empty()) {
        let at = to.as_ref().map_or(done.as_fd(), AsFd::as_fd);
        to = Some(make_folder(at, step)?);
    }
    let to = to.as_ref().map_or(done.as_fd(), AsFd::as_fd);
    for nth in 0..MOST_NAMESAKES {
        let new_name = numbered(name, nth);
        crash::point("dispose.before_move");
        match rename(from, name, to, &new_name) {
            Ok(()) => crash::point("dispose.after_move"),
            Err(Errno::EXIST) => continue,
            Err(errno) => return Err(errno),
        }
        if is_same(to, &new_name, stamp)? {
            return Ok(true);
        }
        // Another file was put there at the last moment: it goes back, for it is new work.
        rename(to, &new_name, from, name)?;
        return Ok(false);
    }
    Err(Errno::EXIST)
}

/// Opens a folder in `at`, making it if need be, beside a file that has its name.
fn make_folder(at: BorrowedFd<'_>, name: &[u8]) -> Result<OwnedFd, Errno> {
    for nth in 0..MOST_NAMESAKES {
        let name = numbered(name, nth);
        match rustix::fs::mkdirat(at, &name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
        match rustix::fs::openat(at, &name, FOLDER, Mode::empty()) {
            Err(Errno::NOTDIR | Errno::LOOP) => {}
            result => return result,
        }
    }
    Err(Errno::EXIST)
}

/// Renames, and never replaces.
fn rename(from: impl AsFd, name: &[u8], to: impl AsFd, new_name: &[u8]) -> Result<(), Errno> {
    match rustix::fs::renameat_with(&from, name, &to, new_name, RenameFlags::NOREPLACE) {
        // A file system that cannot do this in one step; a link does not replace either.
        Err(Errno::INVAL | Errno::NOSYS) => {
            rustix::fs::linkat(&from, name, &to, new_name, AtFlags::empty())?;
            rustix::fs::unlinkat(&from, name, AtFlags::empty())
        }
        result => result,
    }
}

/// True if `name` is the file of `stamp`. The change time is left out: a rename changes it.
fn is_same(folder: impl AsFd, name: &[u8], stamp: &FileStamp) -> Result<bool, Errno> {
    let found = root::look_in(folder, name)?;
    Ok(found.is_some_and(|found| FileStamp { ctime_ns: stamp.ctime_ns, ..found.stamp } == *stamp))
}

/// The name itself, then `name.1`, `name.2`, …, cut so that it stays a name, and text where it was.
fn numbered(name: &[u8], nth: u32) -> Vec<u8> {
    if nth == 0 {
        return name.to_vec();
    }
    let suffix = format!(".{nth}");
    let mut len = name.len().min(LONGEST_NAME - suffix.len());
    if let Ok(text) = str::from_utf8(name) {
        while !text.is_char_boundary(len) {
            len -= 1;
        }
    }
    [name.get(..len).unwrap_or(name), suffix.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_never_makes_a_name_too_long() {
        assert_eq!(numbered(b"a.txt", 0), b"a.txt");
        assert_eq!(numbered(b"a.txt", 12), b"a.txt.12");
        assert_eq!(numbered(&[b'x'; 255], 1).len(), 255);
        let long = "é".repeat(127);
        let name = numbered(long.as_bytes(), 7);
        assert!(name.len() <= 255 && str::from_utf8(&name).is_ok());
    }

    #[test]
    fn a_move_takes_the_file_of_the_stamp_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let inside = |path: &str| dir.path().join(path);
        fs::create_dir(inside("sub")).unwrap();
        let root = Root::open(dir.path()).unwrap();
        let options = FolderOptions { after: After::Move, ..FolderOptions::new(dir.path()) };
        let disposal = Disposal::open(&options, &root, Arc::default()).unwrap();
        for text in ["one", "two", "three"] {
            fs::write(inside("sub/a"), text).unwrap();
            let stamp = root.look(b"sub/a").unwrap().unwrap().stamp;
            disposal.settle(&root, b"sub/a", &stamp);
            assert!(!inside("sub/a").exists());
        }
        for (name, text) in [("a", "one"), ("a.1", "two"), ("a.2", "three")] {
            assert_eq!(fs::read_to_string(inside("done/sub").join(name)).unwrap(), text);
        }
        fs::write(inside("sub/a"), "old").unwrap();
        let stamp = root.look(b"sub/a").unwrap().unwrap().stamp;
        fs::write(inside("sub/a"), "newer").unwrap();
        disposal.settle(&root, b"sub/a", &stamp);
        assert_eq!(fs::read_to_string(inside("sub/a")).unwrap(), "newer");
        fs::remove_dir_all(inside("done")).unwrap();
        let stamp = root.look(b"sub/a").unwrap().unwrap().stamp;
        disposal.settle(&root, b"sub/a", &stamp);
        assert!(inside("done/sub/a").exists());
        fs::write(inside("x"), "").unwrap();
        let stamp = root.look(b"x").unwrap().unwrap().stamp;
        disposal.settle(&root, b"x", &stamp);
        fs::create_dir(inside("x")).unwrap();
        fs::write(inside("x/y"), "").unwrap();
        let stamp = root.look(b"x/y").unwrap().unwrap().stamp;
        disposal.settle(&root, b"x/y", &stamp);
        assert!(inside("done/x.1/y").exists());
        assert_eq!(disposal.status.snapshot().disposed, 6);
    }
}
