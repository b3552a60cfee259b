//! The ledger as other processes read it: no lock, and a torn tail is simply not there yet.

use std::collections::BTreeMap;
use std::path::Path;

use copydesk_core::Seq;
use serde::Serialize;

use super::entry::Entry;
use super::open::replay;
use super::rows::Counts;
use super::state::State;
use super::storage::FileStorage;
use super::{LEDGER_FILE, LedgerError};

/// The balance, and how far each sink is.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    /// Articles by how they ended.
    pub counts: Counts,
    /// Files known.
    pub files: u64,
    /// Size of the log in bytes.
    pub ledger_bytes: u64,
    /// By sink: the last article it holds, and how many places it is behind.
    pub sinks: BTreeMap<String, SinkView>,
}

/// How far a sink is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SinkView {
    /// The last article it holds.
    pub cursor: Seq,
    /// Unsettled articles it may not hold yet.
    pub lag: u64,
}

pub(super) fn open(state: &Path) -> Result<Option<FileStorage>, LedgerError> {
    let path = state.join(LEDGER_FILE);
    match FileStorage::open(&path, true) {
        Ok(storage) => Ok(Some(storage)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(LedgerError::Io { what: "open", path, source }),
    }
}

/// The balance of a state folder; `None` if it has no ledger yet.
pub fn read_status(state: &Path) -> Result<Option<StatusView>, LedgerError> {
    let Some(mut storage) = open(state)? else { return Ok(None) };
    let mut sum = State::new();
    let replay = replay(&mut storage, &state.join(LEDGER_FILE), &mut |entry| sum.apply(entry))?;
    let sinks = sum
        .cursors()
        .iter()
        .map(|(sink, cursor)| {
            let lag = sum.pending().filter(|seq| seq > cursor).count() as u64;
            (sink.clone(), SinkView { cursor: *cursor, lag })
        })
        .collect();
    Ok(Some(StatusView { counts: sum.counts(), files: sum.n_files(), ledger_bytes: replay.length, sinks }))
}

/// What every article's stages wanted remembered: `each` gets place, stage and bytes.
pub fn read_memories(state: &Path, each: &mut dyn FnMut(Seq, &str, &[u8])) -> Result<(), LedgerError> {
    let Some(mut storage) = open(state)? else { return Ok(()) };
    let path = state.join(LEDGER_FILE);
    let mut sum = State::new();
    replay(&mut storage, &path, &mut |entry| sum.apply(entry))?;
    replay(&mut storage, &path, &mut |entry| {
        if let Entry::Memory { seq, stage, bytes } = entry
            && let Some(seq) = sum.remembered_of(*seq)
        {
            each(seq, stage, bytes);
        }
    })?;
    Ok(())
}
