//! Compaction: a fresh log with the entries of what is still alive, in their old order.
//!
//! It streams from the old log to the new one, because paths, reasons and memories are on disk alone.

use std::io::{self, Write};

use super::codec::Input;
use super::entry::{Entry, PathKey};
use super::frame::{self, FrameReader, HEADER_LEN, Step};
use super::state::State;
use super::storage::{ReplaceError, Storage};

pub(crate) struct Written {
    pub(crate) length: u64,
    pub(crate) number: u64,
}

const FRAME_TARGET: usize = 1 << 20;

/// Replaces the log. The state stays what it is, but for its dead bytes. With an error comes whether the
/// new log is in place all the same.
pub(crate) fn compact(
    storage: &mut dyn Storage,
    state: &mut State,
    salt: u32,
) -> (Option<Written>, io::Result<()>) {
    let mut written = Written { length: 0, number: 0 };
    let old_state = &*state;
    let replaced = storage.replace(&mut |old, out| {
        let mut pages = Pages { out, salt, entries: Vec::new(), written: Written { length: 0, number: 0 } };
        pages.out.write_all(&frame::header(salt))?;
        pages.written.length = HEADER_LEN as u64;
        pages.push(&old_state.base())?;
        let mut files = Files::default();
        let mut n_alive = 0;
        let mut reader = FrameReader::new(old, salt);
        loop {
            match reader.step()? {
                Step::End => break,
                Step::Bad { at } => {
                    return Err(io::Error::other(format!("no whole frame at byte {at}")));
                }
                Step::Frame { entries, .. } => {
                    let mut input = Input::new(&entries);
                    while !input.is_empty() {
                        let entry = Entry::decode(&mut input).map_err(io::Error::other)?;
                        if let Some(entry) = still_true(old_state, entry, &mut files) {
                            n_alive += u64::from(matches!(entry, Entry::Seen { .. }));
                            pages.push(&entry)?;
                        }
                    }
                }
            }
        }
        // An error here leaves the old log where it is.
        if n_alive != old_state.n_alive() {
            let wanted = old_state.n_alive();
            return Err(io::Error::other(format!("{n_alive} articles in the log, {wanted} in memory")));
        }
        // First where the sink began, then how far it is: see `Entry::Cursor`.
        for (sink, seq) in old_state.begins().iter().chain(old_state.cursors()) {
            pages.push(&Entry::Cursor { sink: sink.clone(), seq: Some(*seq) })?;
        }
        pages.flush()?;
        written = Written { ..pages.written };
        Ok(())
    });
    match replaced {
        Err(ReplaceError { switched: false, error }) => (None, Err(error)),
        replaced => {
            state.forget_dead_bytes();
            (Some(written), replaced.map_err(|failed| failed.error))
        }
    }
}

/// Files whose entry is in the new log, one bit each.
#[derive(Default)]
struct Files(Vec<u64>);

impl Files {
    fn insert(&mut self, file: u32) {
        let (word, bit) = (file as usize / 64, file % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    fn contains(&self, file: u32) -> bool {
        self.0.get(file as usize / 64).is_some_and(|word| word & 1 << (file % 64) != 0)
    }
}

/// The entry as it goes into the new log; `None` if nothing alive depends on it.
fn still_true(state: &State, entry: Entry, files: &mut Files) -> Option<Entry> {
    let row = |seq| state.row(seq);
    match entry {
        Entry::File { path, uri, hash, .. } => {
            let file = state.file(&PathKey::of(&path))?;
            if state.hash(file) != hash {
                return None;
            }
            files.insert(file);
            let stamp = state.known(file).stamp;
            Some(Entry::File { path, uri, stamp, hash })
        }
        Entry::Seen { seq, .. } | Entry::Carried { seq, .. } | Entry::Retry { seq } => {
            row(seq).is_some().then_some(entry)
        }
        Entry::Settled { seq, .. } => row(seq).is_some().then_some(entry),
        Entry::Memory { seq, stage, bytes } if !state.is_forgettable(&stage, seq) => {
            state.remembered_of(seq).map(|seq| Entry::Memory { seq, stage, bytes })
        }
        // Every file's entry comes before its end and carries the last stamp.
        Entry::FileEnd { file, .. } => {
            state.file(&file).is_some_and(|file| files.contains(file)).then_some(entry)
        }
        Entry::Restamp { .. } | Entry::Cursor { .. } | Entry::Base { .. } | Entry::Memory { .. } => None,
    }
}

/// Gathers entries into frames.
struct Pages<'a> {
    out: &'a mut dyn Write,
    salt: u32,
    entries: Vec<u8>,
    written: Written,
}

impl Pages<'_> {
    fn push(&mut self, entry: &Entry) -> io::Result<()> {
        entry.encode(&mut self.entries);
        if self.entries.len() >= FRAME_TARGET { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        self.written.number += 1;
        let mut bytes = Vec::new();
        frame::encode(&mut bytes, self.salt, self.written.number, &self.entries);
        self.out.write_all(&bytes)?;
        self.written.length += bytes.len() as u64;
        self.entries.clear();
        Ok(())
    }
}
