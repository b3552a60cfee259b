//! The one thread that writes: it takes all commits that wait, writes them as one frame, and syncs.

use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use copydesk_core::crash;
use tracing::{error, info, warn};

use super::entry::Entry;
use super::storage::Storage;
use super::{LedgerOptions, Shared, Ticket, compact, frame};

/// Commits that are not durable yet.
#[derive(Default)]
pub(crate) struct Queue {
    /// Encoded entries, and where each commit ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    issued: u64,
    /// The last commit that is durable.
    pub(crate) durable: u64,
    /// Bytes the writer holds.
    writing: usize,
    /// Why nothing can be written at the moment.
    pub(crate) trouble: Option<String>,
    pub(crate) closing: bool,
    /// The writer has nothing to do, and must be woken.
    idle: bool,
    n_waiting: usize,
}

impl Queue {
    pub(crate) fn push(&mut self, entries: &[Entry]) -> Ticket {
        if entries.is_empty() {
            return Ticket(self.issued);
        }
        for entry in entries {
            entry.encode(&mut self.bytes);
        }
        self.ends.push(self.bytes.len());
        self.issued += 1;
        Ticket(self.issued)
    }

    pub(crate) fn waiting_bytes(&self) -> usize {
        self.bytes.len() + self.writing
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.issued == self.durable
    }

    /// True once for each time the writer must be woken.
    pub(crate) fn must_wake(&mut self) -> bool {
        std::mem::take(&mut self.idle)
    }

    /// Counts who waits for something to become durable.
    pub(crate) fn count_waiting(&mut self, by: isize) {
        self.n_waiting = self.n_waiting.saturating_add_signed(by);
    }

    fn take(&mut self) -> Work {
        self.writing = self.bytes.len();
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.ends))
    }
}

/// Frames stay near this size, so a torn one costs little.
const FRAME_TARGET: usize = 4 << 20;

pub(crate) struct Writer {
    shared: Arc<Shared>,
    storage: Box<dyn Storage>,
    options: LedgerOptions,
    salt: u32,
    number: u64,
    /// Where the last durable frame ends.
    length: u64,
    /// The descriptor may not be trusted, or something may lie behind `length`.
    dirty: bool,
    lost_descriptor: bool,
    /// Many commits came with the last write.
    busy: bool,
    /// Commits that could not be written while the state stood still.
    carried: Option<Work>,
}

/// Encoded entries, and where each commit ends.
type Work = (Vec<u8>, Vec<usize>);

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        storage: Box<dyn Storage>,
        options: LedgerOptions,
        salt: u32,
        number: u64,
        length: u64,
    ) -> Writer {
        Writer {
            shared,
            storage,
            options,
            salt,
            number,
            length,
            dirty: false,
            lost_descriptor: false,
            busy: false,
            carried: None,
        }
    }

    pub(crate) fn run(mut self) {
        while let Some((bytes, ends)) = self.next_work() {
            if self.write_all(&bytes, &ends, true).is_some() {
                return;
            }
            if self.should_compact() {
                self.compact();
            }
        }
    }

    /// What is to be written next. When commits come thick, it waits a moment, so that a sync serves many.
    fn next_work(&mut self) -> Option<Work> {
        if self.busy && !self.shared.lock().closing {
            std::thread::park_timeout(LINGER);
        }
        if let Some(carried) = self.carried.take() {
            return Some(carried);
        }
        let mut queue = self.shared.lock();
        loop {
            if !queue.ends.is_empty() {
                self.busy = queue.ends.len() > BUSY;
                return Some(queue.take());
            }
            if queue.closing {
                return None;
            }
            queue.idle = true;
            queue = self.shared.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.idle = false;
        }
    }

    /// Writes commits as frames, each durable before the next. Gives back what it could not write: if
    /// `patient`, only when the ledger is being closed.
    fn write_all(&mut self, bytes: &[u8], ends: &[usize], patient: bool) -> Option<Work> {
        let mut start = 0;
        let mut rest = ends;
        while !rest.is_empty() {
            let n_commits = rest.partition_point(|end| end - start <= FRAME_TARGET).max(1);
            let end = rest.get(n_commits - 1).copied().unwrap_or(bytes.len());
            let entries = bytes.get(start..end).unwrap_or_default();
            let written =
                if patient { self.write_until_done(entries) } else { self.write_frame(entries).is_ok() };
            if !written {
                let rest_ends = rest.iter().map(|end| end - start).collect();
                return Some((bytes.get(start..).unwrap_or_default().to_vec(), rest_ends));
            }
            let mut queue = self.shared.lock();
            queue.durable += n_commits as u64;
            queue.writing = bytes.len() - end;
            let wake = queue.n_waiting > 0;
            drop(queue);
            if wake {
                self.shared.durable.notify_all();
            }
            start = end;
            rest = rest.get(n_commits..).unwrap_or_default();
        }
        None
    }

    fn write_until_done(&mut self, entries: &[u8]) -> bool {
        loop {
            match self.write_frame(entries) {
                Ok(()) => {
                    if self.shared.lock().trouble.take().is_some() {
                        info!("ledger can be written again");
                    }
                    return true;
                }
                Err(error) => {
                    let mut queue = self.shared.lock();
                    if queue.trouble.is_none() {
                        error!(%error, "cannot write the ledger, intake waits");
                    }
                    queue.trouble = Some(format!("cannot write the ledger: {error}"));
                    if queue.closing {
                        return false;
                    }
                    // Woken early when told to close; another commit does no harm.
                    let wait = self.shared.work.wait_timeout(queue, RETRY_AFTER);
                    drop(wait.unwrap_or_else(PoisonError::into_inner));
                }
            }
        }
    }

    fn write_frame(&mut self, entries: &[u8]) -> io::Result<()> {
        self.recover()?;
        let written = self.append(entries);
        if written.is_err() {
            // At once, so that a process that dies now leaves no frame that is in the cache alone. What it
            // cannot do it does before the next attempt.
            let _ = self.recover();
        }
        written
    }

    /// Back to the last durable frame after a failure.
    fn recover(&mut self) -> io::Result<()> {
        if self.lost_descriptor {
            self.storage.reopen()?;
            self.lost_descriptor = false;
        }
        if self.dirty {
            // What lies behind the last durable frame is unknown, in the cache as on disk: cut it off.
            let length = self.storage.length()?;
            if length < self.length {
                return Err(io::Error::other("the ledger became shorter; another program changed it"));
            }
            self.storage.truncate(self.length)?;
            self.dirty = false;
        }
        Ok(())
    }

    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(entries.len() + 32);
        frame::encode(&mut bytes, self.salt, self.number + 1, entries);
        crash::point("ledger.before_write");
        self.dirty = true;
        self.storage.write_at(self.length, &bytes)?;
        crash::point("ledger.after_write");
        if let Err(error) = self.storage.sync() {
            self.lost_descriptor = true;
            return Err(error);
        }
        crash::point("ledger.after_sync");
        self.dirty = false;
        self.number += 1;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn should_compact(&self) -> bool {
        self.length >= self.options.compact_from && {
            let state = self.shared.state.read().unwrap_or_else(PoisonError::into_inner);
            state.dead_bytes(self.length) > self.length / 2
        }
    }

    /// Writes a fresh log of what is still alive. The state stands still meanwhile.
    fn compact(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state.write().unwrap_or_else(PoisonError::into_inner);
        // The log must hold all that the state holds, or the new log would not fit the commits to come.
        let (bytes, ends) = shared.lock().take();
        self.carried = self.write_all(&bytes, &ends, false);
        if self.carried.is_some() {
            return;
        }
        crash::point("compact.before_replace");
        let (written, compacted) = compact::compact(&mut *self.storage, &mut state, self.salt);
        if let Some(written) = &written {
            crash::point("compact.after_replace");
            info!(before = self.length, after = written.length, "ledger compacted");
            self.length = written.length;
            self.number = written.number;
        }
        if let Err(error) = compacted {
            warn!(%error, "cannot compact the ledger");
            // The new log has the name, but not for certain on disk: nothing is written before it has.
            self.lost_descriptor = written.is_some();
            self.options.compact_from = self.options.compact_from.max(self.length).saturating_mul(2);
        }
    }
}

/// More commits than this in one write, and the next one waits for company.
const BUSY: usize = 16;
const LINGER: Duration = Duration::from_millis(1);
const RETRY_AFTER: Duration = Duration::from_millis(200);
