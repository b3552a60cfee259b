//! Mending a ledger that was damaged from outside, and adding what a check of everything else has found.
//!
//! Nothing that was in the file vanishes: what is rewritten is first copied, what is cut off is first kept. All
//! of it can be killed at any point and done again.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use copydesk_core::{FileStamp, Seq};

use super::codec::Input;
use super::entry::{Entry, PathKey, Settlement};
use super::frame::{self, FrameReader, Header, Step};
use super::open::replay;
use super::state::State;
use super::storage::{FileStorage, Storage, sync_folder};
use super::{LEDGER_FILE, Ledger, LedgerError, LedgerOptions};
use crate::StateLock;

/// What [`salvage`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Salvaged {
    /// The log was rewritten with all that is whole; so many places could not be read.
    Rewritten {
        /// Gaps in the log.
        n_gaps: u64,
    },
    /// Nothing could be read: the file was put aside, and there is no ledger now.
    PutAside,
}

/// Rewrites a damaged log with all that is whole, and keeps the damaged one beside it as `ledger.log.damaged`.
/// Every file it knows is to be looked at once more: what the lost entries said of its articles is then found out
/// anew, and what is known is recognised by its id.
pub fn salvage(state: &Path, _lock: &StateLock) -> Result<Salvaged, LedgerError> {
    let path = state.join(LEDGER_FILE);
    let io = |what| {
        let path = path.clone();
        move |source| LedgerError::Io { what, path, source }
    };
    let mut storage = FileStorage::open(&path, false).map_err(io("open"))?;
    let aside = free_name(&path, "damaged");
    let Some(salt) = salt_of(&mut storage, &path)? else {
        fs::rename(&path, aside).and_then(|()| sync_folder(state)).map_err(io("put aside"))?;
        return Ok(Salvaged::PutAside);
    };
    copy_durably(&path, &aside).map_err(io("copy"))?;
    let mut n_gaps = 0;
    storage
        .replace(&mut |old, out| {
            let mut rescue =
                Rescue { out, salt, number: 0, sum: State::new(), files: HashMap::new(), last: 0 };
            n_gaps = rescue.run(old)?;
            Ok(())
        })
        .map_err(|failed| io("rewrite")(failed.error))?;
    Ok(Salvaged::Rewritten { n_gaps })
}

/// One rewriting of a damaged log.
struct Rescue<'a> {
    out: &'a mut dyn Write,
    salt: u32,
    number: u64,
    /// The sum of what was kept.
    sum: State,
    files: HashMap<PathKey, (Vec<u8>, String)>,
    /// The highest place that any entry names, kept or not: no later article may get it again.
    last: u64,
}

impl Rescue<'_> {
    fn run(&mut self, old: &mut dyn Storage) -> io::Result<u64> {
        self.out.write_all(&frame::header(self.salt))?;
        let mut n_gaps = 0;
        let mut reader = FrameReader::new(old, self.salt);
        loop {
            match reader.step()? {
                Step::End => break,
                Step::Frame { entries, .. } => match decode(&entries) {
                    Some(entries) => self.keep(entries)?,
                    None => n_gaps += 1,
                },
                Step::Bad { .. } => {
                    n_gaps += 1;
                    if reader.seek_valid()?.is_none() {
                        break;
                    }
                }
            }
        }
        let base = Entry::Base { next: Seq(self.last.saturating_add(1)), superseded: 0, vanished: 0 };
        let unread = self.files.values().map(|(path, uri)| Entry::File {
            path: path.clone(),
            uri: uri.clone(),
            stamp: FileStamp::default(),
            hash: [0; 32],
        });
        let end: Vec<Entry> = std::iter::once(base).chain(unread).collect();
        for entries in end.chunks(ENTRIES_AT_ONCE) {
            self.write(entries)?;
        }
        Ok(n_gaps)
    }

    /// Keeps what still makes sense: not what became of an article that nothing introduces any more.
    fn keep(&mut self, mut entries: Vec<Entry>) -> io::Result<()> {
        entries.retain(|entry| {
            self.last = self.last.max(place_of(entry));
            if let Entry::File { path, uri, .. } = entry {
                self.files.insert(PathKey::of(path), (path.clone(), uri.clone()));
            }
            let before = self.sum.oddities();
            let is_orphan = matches!(entry, Entry::Memory { seq, .. } if self.sum.row(*seq).is_none());
            self.sum.apply(entry);
            self.sum.oddities() == before && !is_orphan
        });
        self.write(&entries)
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut payload = Vec::new();
        for entry in entries {
            entry.encode(&mut payload);
        }
        self.number += 1;
        let mut bytes = Vec::new();
        frame::encode(&mut bytes, self.salt, self.number, &payload);
        self.out.write_all(&bytes)
    }
}

/// The highest place an entry names.
fn place_of(entry: &Entry) -> u64 {
    match entry {
        Entry::Settled { seq, outcome: Settlement::Duplicate(other) | Settlement::Superseded(other) } => {
            seq.0.max(other.0)
        }
        Entry::Seen { seq, .. }
        | Entry::Carried { seq, .. }
        | Entry::Settled { seq, .. }
        | Entry::Memory { seq, .. }
        | Entry::Retry { seq }
        | Entry::Cursor { seq: Some(seq), .. } => seq.0,
        Entry::Base { next, .. } => next.0.saturating_sub(1),
        _ => 0,
    }
}

fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut input = Input::new(bytes);
    let mut entries = Vec::new();
    while !input.is_empty() {
        entries.push(Entry::decode(&mut input).ok()?);
    }
    Some(entries)
}

/// The log's salt, from its head, or where that is damaged from its frames; `None` if nothing of it can be read.
fn salt_of(storage: &mut FileStorage, path: &Path) -> Result<Option<u32>, LedgerError> {
    let io = |source| LedgerError::Io { what: "read", path: path.to_owned(), source };
    let mut head = vec![0; HEAD_LOOK];
    let mut n_read = 0;
    while let Some(free) = head.get_mut(n_read..).filter(|free| !free.is_empty()) {
        match storage.read_at(n_read as u64, free).map_err(io)? {
            0 => break,
            n_bytes => n_read += n_bytes,
        }
    }
    head.truncate(n_read);
    match frame::parse_header(&head) {
        Header::Good { salt } => Ok(Some(salt)),
        Header::Newer(found) => Err(LedgerError::Newer { path: path.to_owned(), found }),
        Header::Foreign => {
            let mut salts = memchr::memmem::find_iter(&head, frame::MARKER)
                .filter_map(|at| frame::salt_that_fits(head.get(at..)?));
            Ok(salts
                .find(|(_, entries)| decode(entries).is_some_and(|all| !all.is_empty()))
                .map(|(salt, _)| salt))
        }
    }
}

/// Cuts a torn write off the end of the log, and keeps its bytes in `ledger.log.torn`.
pub fn cut_torn(state: &Path, _lock: &StateLock) -> Result<(), LedgerError> {
    let path = state.join(LEDGER_FILE);
    let io = |what| {
        let path = path.clone();
        move |source| LedgerError::Io { what, path, source }
    };
    let mut storage = FileStorage::open(&path, false).map_err(io("open"))?;
    let replay = replay(&mut storage, &path, &mut |_| ())?;
    if !replay.torn {
        return Ok(());
    }
    let keep = || -> io::Result<()> {
        let mut log = File::open(&path)?;
        log.seek(SeekFrom::Start(replay.length))?;
        let mut torn = OpenOptions::new().append(true).create(true).open(path.with_extension("log.torn"))?;
        copy_all(&mut log, &mut torn)?;
        torn.sync_all()?;
        sync_folder(state)
    };
    keep().map_err(io("keep the torn end of"))?;
    storage.truncate(replay.length).and_then(|()| storage.sync()).map_err(io("truncate"))
}

/// Adds entries to the ledger of a state folder that no run has open, and makes them durable. `salt` is for a
/// ledger that is made now.
pub fn amend(state: &Path, _lock: &StateLock, salt: u32, entries: Vec<Entry>) -> Result<(), LedgerError> {
    let ledger = Ledger::open(state, salt, LedgerOptions::default())?;
    let mut rest = entries.into_iter();
    loop {
        let entries: Vec<Entry> = rest.by_ref().take(ENTRIES_AT_ONCE).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let ticket = ledger.commit(entries);
        if !ledger.wait_or_trouble(ticket) {
            let message = ledger.trouble().unwrap_or_default();
            let (path, source) = (state.join(LEDGER_FILE), io::Error::other(message));
            return Err(LedgerError::Io { what: "write", path, source });
        }
    }
}

/// `path.ending`, or `path.ending.1` and so on if that is taken.
fn free_name(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    let first = PathBuf::from(&name);
    if first.symlink_metadata().is_err() {
        return first;
    }
    let numbered = (1..u32::MAX).map(|nth| {
        let mut name = name.clone();
        name.push(format!(".{nth}"));
        PathBuf::from(name)
    });
    numbered.into_iter().find(|name| name.symlink_metadata().is_err()).unwrap_or(first)
}

/// Copies the rest of `from`. The kernel copies files by itself, and a signal may interrupt it, which the standard
/// library passes on; both files then stand where it stopped.
fn copy_all(from: &mut File, to: &mut File) -> io::Result<()> {
    while let Err(error) = io::copy(from, to) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(())
}

fn copy_durably(from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = File::create(to)?;
    copy_all(&mut File::open(from)?, &mut copy)?;
    copy.sync_all()?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Entries in one commit: far below the largest frame.
const ENTRIES_AT_ONCE: usize = 4096;
/// How much of a log with a damaged head is searched for a whole frame.
const HEAD_LOOK: usize = 8 << 20;
