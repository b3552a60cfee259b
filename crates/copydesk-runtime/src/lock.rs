//! The lock on a state folder: one program at a time writes there. The kernel lets go of it when the process
//! dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
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
