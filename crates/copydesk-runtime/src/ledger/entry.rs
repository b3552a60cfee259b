//! What the ledger says: the entries of a transaction, and their bytes.
//!
//! The encoding is our own and small: a tag, then numbers as LEB128 and byte strings with their length before
//! them. Decoding never panics and never allocates more than the frame it reads holds.

use copydesk_core::{ArticleId, FileStamp, Seq};
use sha2::{Digest, Sha256};

/// A path as the ledger keys it: the first half of its SHA-256, so memory does not grow with long names and
/// nobody can choose names that collide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PathKey(pub(crate) [u8; 16]);

impl PathKey {
    /// The key of a path below the source's root.
    pub fn of(path: &[u8]) -> PathKey {
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(Sha256::digest(path)) {
            *to = from;
        }
        PathKey(key)
    }
}

/// An earlier article that a new one replaces once it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// Its place.
    pub seq: Seq,
    /// Its id, kept here because its own entry may be gone by then.
    pub id: ArticleId,
}

/// How an article ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Every sink has it.
    Delivered,
    /// Its bytes are those of the article at this place.
    Duplicate(Seq),
    /// A stage, the reader or a person left it out.
    Dropped(String),
    /// Its file was gone before it could be delivered. The same bytes may come again.
    Vanished(String),
    /// It is in quarantine.
    Quarantined {
        /// Which step refused it.
        stage: String,
        /// Why.
        reason: String,
        /// Its bytes were not kept: the file must stay.
        referenced: bool,
    },
    /// A newer revision of its file took its place.
    Superseded(Seq),
}

/// One fact. A transaction is a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A version of a file was taken; its articles follow.
    File {
        /// Below the source's root.
        path: Vec<u8>,
        /// `file:` and the absolute path.
        uri: String,
        /// As it was when read.
        stamp: FileStamp,
        /// Of its bytes.
        hash: [u8; 32],
    },
    /// An article was seen.
    Seen {
        /// Its place.
        seq: Seq,
        /// The file it is in.
        file: PathKey,
        /// Its place in the file.
        part: u32,
        /// Its id.
        id: ArticleId,
        /// The size of its original.
        bytes: u64,
        /// What it replaces once delivered.
        replaces: Vec<Replaced>,
    },
    /// An article seen in an earlier version of its file is in this version too, at this place.
    Carried {
        /// The article.
        seq: Seq,
        /// Its place in the new version.
        part: u32,
    },
    /// Every article of the file's version has been seen.
    FileEnd {
        /// The file.
        file: PathKey,
        /// How many there are.
        parts: u32,
    },
    /// An article ended.
    Settled {
        /// The article.
        seq: Seq,
        /// How.
        outcome: Settlement,
    },
    /// What a stage wants remembered with a delivered article.
    Memory {
        /// The article.
        seq: Seq,
        /// The stage's configured name.
        stage: String,
        /// Its own encoding.
        bytes: Vec<u8>,
    },
    /// A sink holds everything up to here; `None` forgets the sink.
    Cursor {
        /// The sink's configured name.
        sink: String,
        /// The last article it holds.
        seq: Option<Seq>,
    },
    /// A file has another stamp, and the same bytes.
    Restamp {
        /// The file.
        file: PathKey,
        /// The new stamp.
        stamp: FileStamp,
    },
    /// A quarantined article is to be tried again.
    Retry {
        /// The article.
        seq: Seq,
    },
    /// The first entry of a compacted ledger: what is known of articles whose entries are gone.
    Base {
        /// The next place to be given.
        next: Seq,
        /// Articles that were superseded.
        superseded: u64,
        /// Articles whose file was gone before delivery.
        vanished: u64,
    },
}

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
