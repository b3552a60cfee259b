//! The lock on a state folder: one program at a time writes there. The kernel lets go of it when the process
//! dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use copydesk_core::crash;

use crate::RuntimeError;
use crate::ledger::create_folders;

/// Held as long as this lives.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// The process that has the lock of a state folder, if any has: `Some(None)` if it does not say which. The
    /// kernel's list of locks is asked, for trying to take the lock could turn away a daemon that starts now.
    pub fn holder(state: &Path) -> Option<Option<u32>> {
        let path = state.join("lock");
        let inode = std::fs::metadata(&path).ok()?.ino();
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        // `1: FLOCK  ADVISORY  WRITE 1234 fd:00:5678 0 EOF`
        let held = locks.lines().filter(|line| line.contains(" FLOCK ")).any(|line| {
            let place = line.split_ascii_whitespace().find(|word| word.matches(':').count() == 2);
            place.and_then(|place| place.rsplit(':').next()).and_then(|ino| ino.parse().ok()) == Some(inode)
        });
        held.then(|| std::fs::read_to_string(path).ok()?.trim().parse().ok())
    }

    /// Takes the lock of a state folder, which is created if it is not there.
    pub fn acquire(state: &Path) -> Result<StateLock, RuntimeError> {
        let io = |source| RuntimeError::State { path: state.to_owned(), source };
        create_folders(state).map_err(io)?;
        crash::point("state.after_create");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(state.join("lock"))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // The holder may be between taking the lock and writing its number.
                let _ = file.take(20).read_to_string(&mut pid);
                let pid = pid.trim().parse().ok();
                return Err(RuntimeError::Locked { path: state.to_owned(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(StateLock { _file: file })
    }
}
