//! The bytes of entries: a tag, then numbers as LEB128 and byte strings with their length before them.
//!
//! Decoding never panics and never allocates more than the frame it reads holds.

use copydesk_core::{ArticleId, FileStamp, Seq};

use super::entry::{Entry, PathKey, Replaced, Settlement};

/// Bytes that are no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no ledger entry at byte {at} of the frame")]
pub struct DecodeError {
    /// Where in the frame.
    pub at: usize,
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Nanoseconds as the ledger keeps them: within the years 1677 to 2262.
pub(crate) fn clamp_ns(ns: i128) -> i64 {
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}

fn put_stamp(out: &mut Vec<u8>, stamp: &FileStamp) {
    put_number(out, stamp.dev);
    put_number(out, stamp.ino);
    put_number(out, stamp.size);
    out.extend_from_slice(&clamp_ns(stamp.mtime_ns).to_le_bytes());
    out.extend_from_slice(&clamp_ns(stamp.ctime_ns).to_le_bytes());
}

impl Entry {
    /// Appends the entry's bytes to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Entry::File { path, uri, stamp, hash } => {
                out.push(1);
                put_bytes(out, path);
                put_bytes(out, uri.as_bytes());
                put_stamp(out, stamp);
                out.extend_from_slice(hash);
            }
            Entry::Seen { seq, file, part, id, bytes, replaces } => {
                out.push(2);
                put_number(out, seq.0);
                out.extend_from_slice(&file.0);
                put_number(out, u64::from(*part));
                out.extend_from_slice(id.as_bytes());
                put_number(out, *bytes);
                put_number(out, replaces.len() as u64);
                for replaced in replaces {
                    put_number(out, replaced.seq.0);
                    out.extend_from_slice(replaced.id.as_bytes());
                }
            }
            Entry::Carried { seq, part } => {
                out.push(3);
                put_number(out, seq.0);
                put_number(out, u64::from(*part));
            }
            Entry::FileEnd { file, parts } => {
                out.push(4);
                out.extend_from_slice(&file.0);
                put_number(out, u64::from(*parts));
            }
            Entry::Settled { seq, outcome } => {
                out.push(5);
                put_number(out, seq.0);
                outcome.encode(out);
            }
            Entry::Memory { seq, stage, bytes } => {
                out.push(6);
                put_number(out, seq.0);
                put_bytes(out, stage.as_bytes());
                put_bytes(out, bytes);
            }
            Entry::Cursor { sink, seq } => {
                out.push(7);
                put_bytes(out, sink.as_bytes());
                put_number(out, seq.map_or(0, |seq| seq.0.saturating_add(1)));
            }
            Entry::Restamp { file, stamp } => {
                out.push(8);
                out.extend_from_slice(&file.0);
                put_stamp(out, stamp);
            }
            Entry::Retry { seq } => {
                out.push(9);
                put_number(out, seq.0);
            }
            Entry::Base { next, superseded, vanished } => {
                out.push(10);
                put_number(out, next.0);
                put_number(out, *superseded);
                put_number(out, *vanished);
            }
        }
    }

    /// The next entry of a frame.
    pub fn decode(input: &mut Input<'_>) -> Result<Entry, DecodeError> {
        Ok(match input.byte()? {
            1 => Entry::File {
                path: input.bytes()?.to_vec(),
                uri: input.text()?,
                stamp: input.stamp()?,
                hash: input.array()?,
            },
            2 => Entry::Seen {
                seq: input.seq()?,
                file: PathKey(input.array()?),
                part: input.small()?,
                id: ArticleId::from_bytes(input.array()?),
                bytes: input.number()?,
                replaces: input.replaces()?,
            },
            3 => Entry::Carried { seq: input.seq()?, part: input.small()? },
            4 => Entry::FileEnd { file: PathKey(input.array()?), parts: input.small()? },
            5 => Entry::Settled { seq: input.seq()?, outcome: Settlement::decode(input)? },
            6 => Entry::Memory { seq: input.seq()?, stage: input.text()?, bytes: input.bytes()?.to_vec() },
            7 => Entry::Cursor { sink: input.text()?, seq: input.number()?.checked_sub(1).map(Seq) },
            8 => Entry::Restamp { file: PathKey(input.array()?), stamp: input.stamp()? },
            9 => Entry::Retry { seq: input.seq()? },
            10 => Entry::Base { next: input.seq()?, superseded: input.number()?, vanished: input.number()? },
            _ => return Err(input.error()),
        })
    }
}

impl Settlement {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Settlement::Delivered => out.push(1),
            Settlement::Duplicate(of) => {
                out.push(2);
                put_number(out, of.0);
            }
            Settlement::Dropped(reason) => {
                out.push(3);
                put_bytes(out, reason.as_bytes());
            }
            Settlement::Vanished(reason) => {
                out.push(4);
                put_bytes(out, reason.as_bytes());
            }
            Settlement::Quarantined { stage, reason, referenced } => {
                out.push(if *referenced { 6 } else { 5 });
                put_bytes(out, stage.as_bytes());
                put_bytes(out, reason.as_bytes());
            }
            Settlement::Superseded(by) => {
                out.push(7);
                put_number(out, by.0);
            }
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Settlement, DecodeError> {
        Ok(match input.byte()? {
            1 => Settlement::Delivered,
            2 => Settlement::Duplicate(input.seq()?),
            3 => Settlement::Dropped(input.text()?),
            4 => Settlement::Vanished(input.text()?),
            kind @ (5 | 6) => {
                Settlement::Quarantined { stage: input.text()?, reason: input.text()?, referenced: kind == 6 }
            }
            7 => Settlement::Superseded(input.seq()?),
            _ => return Err(input.error()),
        })
    }
}

/// The rest of a frame.
#[derive(Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    /// The whole of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { bytes, at: 0 }
    }

    /// True once nothing is left.
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    fn error(&self) -> DecodeError {
        DecodeError { at: self.at }
    }

    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(n_bytes).ok_or_else(|| self.error())?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| self.error())?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let error = self.error();
        self.take(N)?.try_into().map_err(|_| error)
    }

    pub(crate) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.error())
    }

    fn small(&mut self) -> Result<u32, DecodeError> {
        let error = self.error();
        self.number()?.try_into().map_err(|_| error)
    }

    fn seq(&mut self) -> Result<Seq, DecodeError> {
        self.number().map(Seq)
    }

    fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let error = self.error();
        let n_bytes = usize::try_from(self.number()?).map_err(|_| error)?;
        self.take(n_bytes)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        let error = self.error();
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| error)
    }

    fn stamp(&mut self) -> Result<FileStamp, DecodeError> {
        Ok(FileStamp {
            dev: self.number()?,
            ino: self.number()?,
            size: self.number()?,
            mtime_ns: i64::from_le_bytes(self.array()?).into(),
            ctime_ns: i64::from_le_bytes(self.array()?).into(),
        })
    }

    fn replaces(&mut self) -> Result<Vec<Replaced>, DecodeError> {
        // The vector grows with what is really there, not with what the count claims.
        let n_replaced = self.number()?;
        let mut replaces = Vec::new();
        for _ in 0..n_replaced {
            replaces.push(Replaced { seq: self.seq()?, id: ArticleId::from_bytes(self.array()?) });
        }
        Ok(replaces)
    }
}

pub(crate) fn put_frame_number(out: &mut Vec<u8>, number: u64) {
    put_number(out, number);
}
