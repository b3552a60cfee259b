//! One copydesk a folder: an advisory lock on the folder itself.
//!
//! It needs no file in the folder and goes with the process, however that ends.

use std::fs;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::FolderError;
use crate::root::{Found, Root};

/// Holds a folder until it is dropped. [`crate::FolderSource`] takes one of its own.
#[derive(Debug)]
pub struct FolderLock {
    _fd: OwnedFd,
}

impl FolderLock {
    /// Locks the folder at `path`, or names the process that has it.
    pub fn acquire(path: &Path) -> Result<FolderLock, FolderError> {
        let root = Root::open(path).map_err(|source| FolderError::Open { path: path.into(), source })?;
        FolderLock::of(&root)
    }

    pub(crate) fn of(root: &Root) -> Result<FolderLock, FolderError> {
        let open = |errno: Errno| FolderError::Open { path: root.path().into(), source: errno.into() };
        // An open file description of its own, so that the lock lives exactly as long as this value.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(root.fd(), ".", flags, Mode::empty()).map_err(open)?;
        match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                return Err(FolderError::Locked { path: root.path().into(), pid: holder(&fd) });
            }
            // Some network file systems lock no folders. The lock of the state folder is still there.
            Err(errno) => {
                tracing::warn!(folder = %root.path().display(), %errno, "the file system cannot lock the folder");
            }
        }
        Ok(FolderLock { _fd: fd })
    }
}

/// The process that holds the lock on this folder, by `/proc/locks`.
fn holder(folder: impl AsFd) -> Option<u32> {
    let (dev, ino) = Found::of(&rustix::fs::fstat(folder).ok()?).id();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let exact = format!("{:02x}:{:02x}:{ino}", rustix::fs::major(dev), rustix::fs::minor(dev));
    // Some file systems tell another device here than `stat` does; the inode alone must do then.
    holder_in(&locks, |place| place == exact)
        .or_else(|| holder_in(&locks, |place| place.rsplit(':').next() == Some(&ino.to_string())))
}

fn holder_in(locks: &str, is_ours: impl Fn(&str) -> bool) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip_while(|&word| word != "FLOCK");
        let (pid, place) = (words.nth(3)?, words.next()?);
        if is_ours(place) { pid.parse().ok().filter(|&pid| pid != 0) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_has_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let lock = FolderLock::acquire(dir.path()).unwrap();
        let error = FolderLock::acquire(dir.path()).unwrap_err();
        assert!(
            matches!(error, FolderError::Locked { pid: Some(pid), .. } if pid == std::process::id()),
            "{error}"
        );
        drop(lock);
        FolderLock::acquire(dir.path()).unwrap();
    }

    #[test]
    fn waiting_and_foreign_locks_are_passed_over() {
        let locks = "1: POSIX  ADVISORY  WRITE 7 08:01:9 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 0 08:01:9 0 EOF\n\
                     3: FLOCK  ADVISORY  READ 8 08:01:10 0 EOF\n\
                     3: -> FLOCK  ADVISORY  WRITE 12 08:01:10 0 EOF\n";
        assert_eq!(holder_in(locks, |place| place == "08:01:9"), None);
        assert_eq!(holder_in(locks, |place| place == "08:01:10"), Some(8));
    }
}
