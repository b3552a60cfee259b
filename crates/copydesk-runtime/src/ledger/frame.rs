//! Frames: the unit that is on disk whole or not at all.
//!
//! A ledger is a header and then frames, `marker | length | crc | payload`. The writer syncs each frame before
//! it writes the next, so only the last one can be torn: a bad frame with a good one behind it is damage, and
//! is refused. The checksum starts from the ledger's own salt, so neither another ledger's blocks nor a file
//! name made to look like a frame can pass for one.

use std::io;

use super::codec::{Input, put_frame_number};
use super::storage::Storage;

pub(crate) const HEADER_LEN: usize = 24;
const MAGIC: &[u8; 8] = b"copydesk";
const VERSION: u32 = 1;
pub(crate) const MARKER: &[u8; 4] = b"\xf1Lg\x0a";
const PREFIX_LEN: usize = 12;
/// The largest payload: a reader need never allocate more.
pub(crate) const MAX_PAYLOAD: usize = 64 << 20;

/// The bytes that begin a log whose salt is this.
pub fn header(salt: u32) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..16].copy_from_slice(&salt.to_le_bytes());
    let crc = crc32fast::hash(&header[..20]);
    header[20..].copy_from_slice(&crc.to_le_bytes());
    header
}

/// What a header says.
pub(crate) enum Header {
    Good { salt: u32 },
    Newer(u32),
    Foreign,
}

pub(crate) fn parse_header(bytes: &[u8]) -> Header {
    let Some(bytes) = bytes.first_chunk::<HEADER_LEN>() else { return Header::Foreign };
    let word =
        |at: usize| bytes.iter().skip(at).take(4).rev().fold(0_u32, |word, b| word << 8 | u32::from(*b));
    if bytes.first_chunk::<8>() != Some(MAGIC) || word(20) != crc32fast::hash(&bytes[..20]) {
        return Header::Foreign;
    }
    match word(8) {
        VERSION => Header::Good { salt: word(12) },
        newer => Header::Newer(newer),
    }
}

fn checksum(salt: u32, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(salt);
    hasher.update(&(payload.len() as u32).to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// The salt with which the frame at the start of `bytes` would be whole, and its entries: the checksum is run
/// backwards to what it began with. Any bytes in the shape of a frame have one, so the entries must show whether
/// it is the right one.
pub(crate) fn salt_that_fits(bytes: &[u8]) -> Option<(u32, Vec<u8>)> {
    let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    let (length, crc) = (word(4)?, word(8)?);
    let payload = bytes.get(PREFIX_LEN..PREFIX_LEN + length as usize)?;
    let table: Vec<u32> = (0..256)
        .map(|byte: u32| (0..8).fold(byte, |crc, _| (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320)))
        .collect();
    let mut register = !crc;
    for byte in payload.iter().rev().chain(length.to_le_bytes().iter().rev()) {
        let place = table.iter().position(|entry| entry >> 24 == register >> 24)?;
        register = ((register ^ table[place]) << 8) | (place as u32 ^ u32::from(*byte));
    }
    let mut input = Input::new(payload);
    input.number().ok()?;
    Some((!register, payload.get(input.position()..)?.to_vec()))
}

/// Appends to `out` a frame holding `entries` (already encoded), the `number`-th of a log with this salt, counted
/// from 1.
pub fn encode(out: &mut Vec<u8>, salt: u32, number: u64, entries: &[u8]) {
    let mut payload = Vec::with_capacity(entries.len() + 10);
    put_frame_number(&mut payload, number);
    payload.extend_from_slice(entries);
    out.extend_from_slice(MARKER);
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&checksum(salt, &payload).to_le_bytes());
    out.extend_from_slice(&payload);
}

/// One step of reading a ledger.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A whole frame: its number, and its entries' bytes.
    Frame { number: u64, entries: Vec<u8> },
    /// The end, right behind a whole frame.
    End,
    /// No frame at this offset, though bytes are there.
    Bad { at: u64 },
}

/// Reads frames from the front.
pub(crate) struct FrameReader<'a> {
    storage: &'a mut dyn Storage,
    salt: u32,
    at: u64,
    buffer: Vec<u8>,
    buffer_at: u64,
}

const CHUNK: usize = 1 << 20;

impl<'a> FrameReader<'a> {
    pub(crate) fn new(storage: &'a mut dyn Storage, salt: u32) -> FrameReader<'a> {
        FrameReader { storage, salt, at: HEADER_LEN as u64, buffer: Vec::new(), buffer_at: 0 }
    }

    /// Where the next frame begins.
    pub(crate) fn offset(&self) -> u64 {
        self.at
    }

    pub(crate) fn step(&mut self) -> io::Result<Step> {
        let at = self.at;
        let Some(prefix) = self.bytes(at, PREFIX_LEN)? else {
            return Ok(if self.bytes(at, 1)?.is_some() { Step::Bad { at } } else { Step::End });
        };
        let Some(prefix) = prefix.first_chunk::<PREFIX_LEN>() else { return Ok(Step::Bad { at }) };
        let word =
            |at: usize| u32::from_le_bytes([prefix[at], prefix[at + 1], prefix[at + 2], prefix[at + 3]]);
        let (length, crc) = (word(4) as usize, word(8));
        if prefix.first_chunk::<4>() != Some(MARKER) || length == 0 || length > MAX_PAYLOAD {
            return Ok(Step::Bad { at });
        }
        let salt = self.salt;
        let Some(payload) = self.bytes(at + PREFIX_LEN as u64, length)? else { return Ok(Step::Bad { at }) };
        if checksum(salt, payload) != crc {
            return Ok(Step::Bad { at });
        }
        let mut input = Input::new(payload);
        let Ok(number) = input.number() else { return Ok(Step::Bad { at }) };
        let entries = payload.get(input.position()..).unwrap_or_default().to_vec();
        self.at = at + (PREFIX_LEN + length) as u64;
        Ok(Step::Frame { number, entries })
    }

    /// After a bad frame: the offset of the next whole one, if there is any.
    pub(crate) fn seek_valid(&mut self) -> io::Result<Option<u64>> {
        let bad = self.at;
        let mut from = bad + 1;
        loop {
            self.fill(from, CHUNK)?;
            let window = self.window(from);
            if window.len() < PREFIX_LEN {
                self.at = bad;
                return Ok(None);
            }
            let found = memchr::memmem::find(window, MARKER);
            let Some(place) = found else {
                from += (window.len() - (MARKER.len() - 1)) as u64;
                continue;
            };
            self.at = from + place as u64;
            if matches!(self.step()?, Step::Frame { .. }) {
                let at = from + place as u64;
                self.at = at;
                return Ok(Some(at));
            }
            from += place as u64 + 1;
        }
    }

    fn window(&self, at: u64) -> &[u8] {
        at.checked_sub(self.buffer_at).and_then(|skip| self.buffer.get(skip as usize..)).unwrap_or_default()
    }

    fn bytes(&mut self, at: u64, n_bytes: usize) -> io::Result<Option<&[u8]>> {
        self.fill(at, n_bytes)?;
        Ok(self.window(at).get(..n_bytes))
    }

    /// Makes the buffer hold `n_bytes` from `at`, if the storage does.
    fn fill(&mut self, at: u64, n_bytes: usize) -> io::Result<()> {
        if self.window(at).len() >= n_bytes {
            return Ok(());
        }
        let mut buffer = self.window(at).to_vec();
        let room = usize::try_from(self.storage.length()?.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = n_bytes.max(CHUNK).min(room);
        while buffer.len() < wanted {
            let start = buffer.len();
            buffer.resize(wanted.min(start + CHUNK), 0);
            let n_read = match buffer.get_mut(start..) {
                Some(free) => self.storage.read_at(at + start as u64, free)?,
                None => 0,
            };
            buffer.truncate(start + n_read);
            if n_read == 0 {
                break;
            }
        }
        self.buffer = buffer;
        self.buffer_at = at;
        Ok(())
    }
}
