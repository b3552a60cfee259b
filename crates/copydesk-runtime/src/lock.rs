//! The lock on a state folder: one program at a time writes there. The kernel lets go of it when the process
//! dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::time::{Duration, Instant};

use tracing::warn;

use copydesk_core::crash;

use crate::RuntimeError;
use crate::ledger::create_folders;

/// Held as long as this lives.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

/// How long a holder may take to write down its number.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(10);

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
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(state.join("lock"))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(RuntimeError::Locked { path: state.to_owned(), pid: holder(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        // In place and of one length, so that it needs no space that an earlier one did not have. It only
        // serves a message: a full disk is no reason not to start.
        if let Err(error) = file.write_all_at(format!("{:<10}\n", std::process::id()).as_bytes(), 0) {
            warn!(state = %state.display(), %error, "cannot write the number of this process");
        }
        Ok(StateLock { _file: file })
    }
}

/// The process that holds the lock. It may be between taking it and writing its number: then what is there is
/// that of a process that is gone.
fn holder(file: &File) -> Option<u32> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut text = [0; 11];
        let n_read = file.read_at(&mut text, 0).unwrap_or(0);
        let text = std::str::from_utf8(text.get(..n_read)?).unwrap_or_default();
        let pid: Option<u32> = text.lines().next().and_then(|line| line.trim().parse().ok());
        let alive = pid.filter(|pid| Path::new("/proc").join(pid.to_string()).exists());
        if alive.is_some() || Instant::now() >= until {
            return alive;
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}
