//! Opening a ledger: reading it whole, and telling a torn last write from damage.

use std::path::Path;

use copydesk_core::crash;
use tracing::warn;

use super::codec::Input;
use super::entry::Entry;
use super::frame::{self, FrameReader, Header, Step};
use super::state::State;
use super::storage::{FileStorage, Storage, sync_folder};
use super::{LEDGER_FILE, Ledger, LedgerError, Reopen};

/// How a ledger is kept.
#[derive(Debug, Clone, Copy)]
pub struct LedgerOptions {
    /// A log smaller than this is never compacted.
    pub compact_from: u64,
}

impl Default for LedgerOptions {
    fn default() -> LedgerOptions {
        LedgerOptions { compact_from: 16 << 20 }
    }
}

pub(crate) struct Opened {
    pub(crate) state: State,
    pub(crate) salt: u32,
    pub(crate) number: u64,
    pub(crate) length: u64,
}

/// What reading a log from the front found.
pub(crate) struct Replay {
    pub(crate) salt: u32,
    pub(crate) number: u64,
    /// Where the last whole frame ends.
    pub(crate) length: u64,
    /// Bytes lie behind it.
    pub(crate) torn: bool,
}

impl Ledger {
    /// Opens the log of a state folder, or makes one. `salt` is any number that other ledgers do not have.
    pub fn open(state: &Path, salt: u32, options: LedgerOptions) -> Result<Ledger, LedgerError> {
        let path = state.join(LEDGER_FILE);
        let io = |what| {
            let path = path.clone();
            move |source| LedgerError::Io { what, path, source }
        };
        match FileStorage::open(&path, false) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                FileStorage::create(&path, &frame::header(salt)).map_err(io("create"))?;
            }
            Err(error) => return Err(io("open")(error)),
        }
        let log = path.clone();
        let reopen = move |read_only| {
            FileStorage::open(&log, read_only).map(|storage| Box::new(storage) as Box<dyn Storage>)
        };
        let storage = reopen(false).map_err(io("open"))?;
        // The process before may have died between putting the log in its place and making that durable.
        sync_folder(state).map_err(io("sync"))?;
        Ledger::open_in(storage, Box::new(move || reopen(true)), &path, options)
    }

    /// Opens a log in any storage; `path` is for messages.
    pub(crate) fn open_in(
        mut storage: Box<dyn Storage>,
        reopen: Reopen,
        path: &Path,
        options: LedgerOptions,
    ) -> Result<Ledger, LedgerError> {
        let mut state = State::new();
        let replay = replay(&mut *storage, path, &mut |entry| state.apply(entry))?;
        let io = |what| move |source| LedgerError::Io { what, path: path.to_owned(), source };
        if replay.torn {
            let length = storage.length().map_err(io("read"))?;
            warn!(path = %path.display(), bytes = length - replay.length, "torn write at the end of the ledger, cut off");
            storage.truncate(replay.length).map_err(io("truncate"))?;
            crash::point("recover.after_truncate");
        }
        // The process before may have died between its write and its sync. What it says is settled is acted
        // upon from now on (files are deleted), so it must not be lost with the power.
        storage.sync().map_err(io("sync"))?;
        if state.oddities() > 0 {
            warn!(path = %path.display(), entries = state.oddities(), "ledger holds entries about articles it does not know");
        }
        let Replay { salt, number, length, .. } = replay;
        Ok(Ledger::start(storage, reopen, path.to_owned(), Opened { state, salt, number, length }, options))
    }
}

/// Hands every entry of the log to `each`. A torn tail is no error; damage before whole frames is.
pub(crate) fn replay(
    storage: &mut dyn Storage,
    path: &Path,
    each: &mut dyn FnMut(&Entry),
) -> Result<Replay, LedgerError> {
    let io = |source| LedgerError::Io { what: "read", path: path.to_owned(), source };
    let salt = read_salt(storage, path)?;
    let mut reader = FrameReader::new(storage, salt);
    let mut number = 0;
    loop {
        let length = reader.offset();
        match reader.step().map_err(io)? {
            Step::End => return Ok(Replay { salt, number, length, torn: false }),
            // Every log counts from 1, one that was written anew too.
            Step::Frame { number: found, entries } if found.checked_sub(1) == Some(number) => {
                number = found;
                let mut input = Input::new(&entries);
                while !input.is_empty() {
                    // A frame whose checksum holds but whose entries do not decode was written wrongly.
                    let Ok(entry) = Entry::decode(&mut input) else {
                        return Err(LedgerError::Damaged {
                            path: path.to_owned(),
                            at: length,
                            next: reader.offset(),
                        });
                    };
                    each(&entry);
                }
            }
            Step::Frame { .. } => {
                return Err(LedgerError::Damaged { path: path.to_owned(), at: length, next: length });
            }
            Step::Bad { at } => {
                return match reader.seek_valid().map_err(io)? {
                    Some(next) => Err(LedgerError::Damaged { path: path.to_owned(), at, next }),
                    None => Ok(Replay { salt, number, length: at, torn: true }),
                };
            }
        }
    }
}

fn read_salt(storage: &mut dyn Storage, path: &Path) -> Result<u32, LedgerError> {
    let mut header = [0; frame::HEADER_LEN];
    let mut n_read = 0;
    while let Some(free) = header.get_mut(n_read..).filter(|free| !free.is_empty()) {
        match storage.read_at(n_read as u64, free) {
            Ok(0) => break,
            Ok(n_bytes) => n_read += n_bytes,
            Err(source) => return Err(LedgerError::Io { what: "read", path: path.to_owned(), source }),
        }
    }
    match frame::parse_header(&header) {
        Header::Good { salt } => Ok(salt),
        Header::Newer(found) => Err(LedgerError::Newer { path: path.to_owned(), found }),
        Header::Foreign => Err(LedgerError::Foreign(path.to_owned())),
    }
}
