//! The engine: a state folder with its lock, ledger and quarantine. Pipelines come and go, it stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{Clock, Known, Source, crash};
use tokio::sync::watch;

use super::options::{Pipeline, Report, StopMode};
use super::run;
use super::stats::Stats;
use crate::RuntimeError;
use crate::ledger::{Counts, Entry, Ledger, LedgerOptions, Settlement, Status};
use crate::lock::StateLock;
use crate::quarantine::{self, Act, Answer, Quarantine};

/// A state folder, open for work. There is one at a time: a second one is told who has it.
pub struct Engine {
    pub(crate) state: PathBuf,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) quarantine: Arc<Quarantine>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) clock: Arc<dyn Clock>,
    // Last, so that it is let go of last.
    _lock: StateLock,
}

impl Engine {
    /// Locks a state folder and opens what is in it; makes what is missing.
    pub fn open(state: &Path, clock: Arc<dyn Clock>) -> Result<Engine, RuntimeError> {
        Engine::open_with(state, clock, LedgerOptions::default())
    }

    /// The same, with a ledger kept in another way.
    pub fn open_with(
        state: &Path,
        clock: Arc<dyn Clock>,
        options: LedgerOptions,
    ) -> Result<Engine, RuntimeError> {
        let lock = StateLock::acquire(state)?;
        let now = clock.unix_ns();
        let salt = (now as u32) ^ ((now >> 32) as u32) ^ std::process::id();
        let ledger = Ledger::open(state, salt, options)?;
        Engine::assemble(state, clock, lock, ledger)
    }

    pub(crate) fn assemble(
        state: &Path,
        clock: Arc<dyn Clock>,
        lock: StateLock,
        ledger: Ledger,
    ) -> Result<Engine, RuntimeError> {
        let io = |source| RuntimeError::State { path: state.to_owned(), source };
        let quarantine = Arc::new(Quarantine::open(state).map_err(io)?);
        let stats = Arc::new(Stats::default());
        stats.set_counts(ledger.counts());
        let (state, ledger) = (state.to_owned(), Arc::new(ledger));
        Ok(Engine { state, ledger, quarantine, stats, clock, _lock: lock })
    }

    /// What a source asks so as not to take the same bytes twice.
    pub fn known(&self) -> Arc<dyn Known> {
        let ledger: Arc<Ledger> = Arc::clone(&self.ledger);
        ledger
    }

    /// Figures, to be looked at while a run goes on.
    pub fn stats(&self) -> Arc<Stats> {
        Arc::clone(&self.stats)
    }

    /// The ledger's balance.
    pub fn counts(&self) -> Counts {
        self.ledger.counts()
    }

    /// Runs a pipeline until the source ends or a stop is asked for. May be called again, with another one.
    ///
    /// # Errors
    /// The run could not start, or a stage said that nothing can go on. What is not settled stays pending. A
    /// sink that gave up is no error here: see [`Report::failed_sinks`].
    pub async fn run(
        &mut self,
        pipeline: Pipeline,
        source: Box<dyn Source>,
        stop: watch::Receiver<StopMode>,
    ) -> Result<Report, RuntimeError> {
        run::run(self, pipeline, source, stop).await
    }

    /// Retries or discards one quarantine entry; gives back the entry if its stored bytes are to be processed
    /// now.
    pub(crate) fn act(&self, act: Act, key: &str) -> (Answer, Option<quarantine::Entry>) {
        act_on(&self.ledger, &self.quarantine, act, key)
    }
}

pub(crate) fn act_on(
    ledger: &Ledger,
    quarantine: &Quarantine,
    act: Act,
    key: &str,
) -> (Answer, Option<quarantine::Entry>) {
    let answer =
        |key: &str, done, message: &str| Answer { key: key.to_owned(), done, message: message.into() };
    let entry = match quarantine.find(key) {
        Ok(entry) => entry,
        Err(error) => return (answer(key, false, &error.to_string()), None),
    };
    let key = entry.key.as_str();
    if act == Act::Retry && !entry.stored && run::is_gone(&entry.uri) {
        let message = "its bytes were not kept and its file is gone; discard it";
        return (answer(key, false, message), None);
    }
    let (found, ticket) = ledger.transact(|state, entries| {
        let row = state.row(entry.seq).filter(|row| row.id == entry.id)?;
        match (act, row.status) {
            (Act::Retry, Status::Quarantined) => entries.push(Entry::Retry { seq: row.seq }),
            (Act::Discard, Status::Quarantined | Status::Pending) => {
                let outcome = Settlement::Dropped("discarded by request".into());
                entries.push(Entry::Settled { seq: row.seq, outcome });
            }
            _ => {}
        }
        Some(row.status)
    });
    if !ledger.wait_or_trouble(ticket) {
        return (answer(key, false, "the ledger cannot be written at the moment"), None);
    }
    crash::point("retry.after_commit");
    match (act, found) {
        (Act::Retry, Some(Status::Quarantined)) if entry.stored => {
            (answer(key, true, "to be processed again"), Some(entry.clone()))
        }
        (Act::Retry, Some(Status::Quarantined)) => {
            (answer(key, true, "to be taken again from its file"), None)
        }
        (Act::Retry, Some(Status::Pending)) => (answer(key, true, "is about to be processed"), None),
        (Act::Retry, _) => (answer(key, false, "is no longer in quarantine"), None),
        (Act::Discard, _) => match quarantine.remove(key) {
            Ok(()) => (answer(key, true, "discarded"), None),
            Err(error) => (answer(key, false, &format!("cannot remove its bytes: {error}")), None),
        },
    }
}
