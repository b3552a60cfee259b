//! The ledger: what was seen, and what became of it.
//!
//! An append-only log of transactions in the state folder, and their sum in memory. What must stay true:
//! - A transaction is on disk whole or not at all, and in the order it was made.
//! - At every commit, seen = delivered + duplicate + dropped + quarantined + superseded + pending.
//! - Memory changes only by [`State::apply`] of the entries that also go to the log.
//! - Nobody is told that a commit is durable before it is: see [`Ledger::wait`].
//! - A failed sync is never repeated on the same descriptor.

mod articles;
mod change;
mod codec;
mod compact;
mod entry;
mod frame;
mod mend;
mod open;
mod rows;
mod slab;
mod state;
mod storage;
mod view;
mod writer;

#[cfg(test)]
pub(crate) mod disk;
#[cfg(test)]
mod mend_tests;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use copydesk_core::{FileStamp, Forgettable, Known, KnownFile, Seq};

pub use articles::{ArticleInfo, FileInfo, LedgerView, read_articles};
pub use codec::{DecodeError, Input};
pub use entry::{Entry, PathKey, Replaced, Settlement};
pub use frame::{encode as put_frame, header as log_header};
pub use mend::{Salvaged, amend, cut_torn, salvage};
pub use open::LedgerOptions;
pub use rows::{Counts, Status};
pub(crate) use state::{RowView, State};
pub(crate) use storage::{Storage, create_folders, sync_folder, write_durably};
pub use view::{StatusView, read_memories, read_status};

use writer::Writer;

/// The log's name in the state folder.
pub const LEDGER_FILE: &str = "ledger.log";

/// A ledger that cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system refused.
    #[error("cannot {what} ledger `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// The log.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It is not a ledger.
    #[error(
        "`{0}` is not a copydesk ledger, or its head is damaged (then `copydesk verify --repair` keeps what can be read)"
    )]
    Foreign(PathBuf),
    /// It was written by a later program.
    #[error("ledger `{path}` has format {found}; this program knows formats up to 1")]
    Newer {
        /// The log.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// Whole frames follow a damaged one, so this is no torn write.
    #[error(
        "ledger `{path}` is damaged at byte {at} (entries are whole again from byte {next}; `copydesk verify --repair` keeps what can be read)"
    )]
    Damaged {
        /// The log.
        path: PathBuf,
        /// Where the damage begins.
        at: u64,
        /// Where whole entries begin again.
        next: u64,
    },
}

/// A commit, to wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub(crate) u64);

/// Opens the log once more, to be read while it is written.
pub(crate) type Reopen = Box<dyn Fn() -> std::io::Result<Box<dyn Storage>> + Send + Sync>;

/// The ledger of a state folder, open for writing. One exists at a time: see [`crate::Engine::open`].
pub struct Ledger {
    shared: Arc<Shared>,
    path: PathBuf,
    reopen: Reopen,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

pub(crate) struct Shared {
    pub(crate) state: RwLock<State>,
    pub(crate) queue: Mutex<writer::Queue>,
    /// Told when there is work for the writer, and when something became durable.
    pub(crate) work: std::sync::Condvar,
    pub(crate) durable: std::sync::Condvar,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, writer::Queue> {
        // A panic of another thread leaves the queue as it was between two statements that cannot panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn start(
        storage: Box<dyn Storage>,
        reopen: Reopen,
        path: PathBuf,
        opened: open::Opened,
        options: LedgerOptions,
    ) -> Ledger {
        let open::Opened { state, salt, number, length } = opened;
        let shared = Arc::new(Shared {
            state: RwLock::new(state),
            queue: Mutex::new(writer::Queue::default()),
            work: std::sync::Condvar::new(),
            durable: std::sync::Condvar::new(),
        });
        let writer = Writer::new(Arc::clone(&shared), storage, options, salt, number, length);
        let thread = std::thread::Builder::new().name("ledger".into()).spawn(move || writer.run());
        if thread.is_err() {
            shared.lock().trouble = Some("cannot start the ledger's thread".into());
        }
        Ledger { shared, path, reopen, writer: Mutex::new(thread.ok()) }
    }

    /// What the ledger holds now, durable or not yet.
    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks and writes in one step: `decide` sees the state that its entries will be added to.
    pub(crate) fn transact<R>(&self, decide: impl FnOnce(&State, &mut Vec<Entry>) -> R) -> (R, Ticket) {
        let mut state = self.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut entries = Vec::new();
        let result = decide(&state, &mut entries);
        for entry in &entries {
            state.apply(entry);
        }
        // Still under the state's lock, so that the log has the order of the state.
        let mut queue = self.shared.lock();
        let ticket = queue.push(&entries);
        let wake = !entries.is_empty() && queue.must_wake();
        drop(queue);
        drop(state);
        if wake {
            self.shared.work.notify_one();
        }
        (result, ticket)
    }

    /// Adds entries.
    pub(crate) fn commit(&self, entries: Vec<Entry>) -> Ticket {
        self.transact(|_, all| *all = entries).1
    }

    /// Waits until the commit is durable; false if `halted` says so first.
    pub(crate) fn wait(&self, ticket: Ticket, halted: &dyn Fn() -> bool) -> bool {
        self.wait_until(halted, |queue| queue.durable >= ticket.0)
    }

    /// Waits until the commit is durable; false if the disk does not take it at the moment.
    pub(crate) fn wait_or_trouble(&self, ticket: Ticket) -> bool {
        self.wait_until(&|| false, |queue| queue.durable >= ticket.0 || queue.trouble.is_some());
        self.shared.lock().durable >= ticket.0
    }

    /// Waits until the disk takes writes again and little is waiting for it; false if `halted` first.
    pub(crate) fn wait_ready(&self, halted: &dyn Fn() -> bool) -> bool {
        self.wait_until(halted, |queue| queue.trouble.is_none() && queue.waiting_bytes() < MAX_WAITING)
    }

    fn wait_until(&self, halted: &dyn Fn() -> bool, done: impl Fn(&writer::Queue) -> bool) -> bool {
        let mut queue = self.shared.lock();
        while !done(&queue) {
            if halted() {
                return false;
            }
            queue.count_waiting(1);
            let (guard, _) =
                self.shared.durable.wait_timeout(queue, HALT_CHECK).unwrap_or_else(PoisonError::into_inner);
            queue = guard;
            queue.count_waiting(-1);
        }
        true
    }

    /// Why the ledger takes nothing at the moment, if so.
    pub fn trouble(&self) -> Option<String> {
        self.shared.lock().trouble.clone()
    }

    /// The balance.
    pub fn counts(&self) -> Counts {
        self.state().counts()
    }

    /// How far each sink is: the last article it holds.
    pub fn cursors(&self) -> Vec<(String, Seq)> {
        self.state().cursors().iter().map(|(sink, seq)| (sink.clone(), *seq)).collect()
    }

    /// What the stages of every article wanted remembered, as far as it is on disk: `each` gets place, stage and
    /// bytes. Superseded articles are gone, and their memories with them, unless one of the same bytes stands in their place.
    pub fn memories(&self, each: &mut dyn FnMut(Seq, &str, &[u8])) -> Result<(), LedgerError> {
        let path = self.path.clone();
        let mut storage = (self.reopen)().map_err(|source| LedgerError::Io { what: "read", path, source })?;
        open::replay(&mut *storage, &self.path, &mut |entry| {
            if let Entry::Memory { seq, stage, bytes } = entry
                && let Some(seq) = self.state().remembered_of(*seq)
            {
                each(seq, stage, bytes);
            }
        })?;
        Ok(())
    }

    /// The first article that has not ended, or the next to come; and the commit with which all before it ended.
    pub(crate) fn settled_below(&self) -> (Seq, Ticket) {
        let state = self.state();
        let below = state.pending().next().unwrap_or_else(|| state.next());
        // Under the state's lock, so that the commit is no older than what was seen.
        (below, self.shared.lock().push(&[]))
    }

    /// Whether a commit is durable by now.
    pub(crate) fn is_durable(&self, ticket: Ticket) -> bool {
        self.shared.lock().durable >= ticket.0
    }

    /// A stage keeps these memories safe by itself from now on.
    pub(crate) fn forget(&self, stage: &str, forgettable: Forgettable) {
        self.shared.state.write().unwrap_or_else(PoisonError::into_inner).forget(stage, forgettable);
    }

    /// Files known.
    pub fn n_files(&self) -> u64 {
        self.state().n_files()
    }

    /// Writes what waits, and ends the writer. False if something could not be made durable.
    pub(crate) fn close(&self) -> bool {
        self.shared.lock().closing = true;
        self.shared.work.notify_all();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A panic of the writer was reported by its hook; what it left undone shows below.
            let _ = writer.join();
        }
        self.shared.lock().is_empty()
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.close();
    }
}

/// Bytes that may wait for the disk before intake waits too.
const MAX_WAITING: usize = 8 << 20;
/// How often a waiting thread looks whether it should give up.
const HALT_CHECK: std::time::Duration = std::time::Duration::from_millis(50);

impl Known for Ledger {
    fn lookup(&self, path: &[u8]) -> Option<KnownFile> {
        let key = PathKey::of(path);
        let state = self.state();
        state.file(&key).map(|file| state.known(file))
    }

    fn restamp(&self, path: &[u8], stamp: FileStamp) {
        let key = PathKey::of(path);
        self.transact(|state, entries| {
            if state.file(&key).is_some_and(|file| state.known(file).stamp != stamp) {
                entries.push(Entry::Restamp { file: key, stamp });
            }
        });
    }
}
