//! What is remembered of an article: its fingerprint, and its place among copies.
//!
//! The same bytes are the memory in the ledger and the record in the index.

use copydesk_core::{ArticleId, Seq};
use sha2::{Digest, Sha256};

use crate::near::Fingerprint;

const VERSION: u8 = 2;

/// An article, as later ones are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remembered {
    pub(super) id: ArticleId,
    /// A hash of its source: see [`source_key`].
    pub(super) source: u32,
    /// A hash of its title, for texts too short to be known by.
    pub(super) title: u32,
    /// The article it was found to be a copy of.
    pub(super) lead: Option<Place>,
    /// The article that it leads in the place of.
    pub(super) takes_over: Option<Place>,
    pub(super) fingerprint: Fingerprint,
}

/// An article in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) seq: Seq,
    pub(super) id: ArticleId,
}

const LEAD: u8 = 1;
const TAKES_OVER: u8 = 2;
/// The article came when later ones had been made safe already.
const LATE: u8 = 4;

impl Remembered {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(280);
        out.push(VERSION);
        let flag = |place: Option<Place>, flag| if place.is_some() { flag } else { 0 };
        out.push(flag(self.lead, LEAD) | flag(self.takes_over, TAKES_OVER));
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(&self.source.to_be_bytes());
        out.extend_from_slice(&self.title.to_be_bytes());
        for place in self.lead.iter().chain(&self.takes_over) {
            out.extend_from_slice(&place.seq.0.to_be_bytes());
            out.extend_from_slice(place.id.as_bytes());
        }
        self.fingerprint.encode(&mut out);
        out
    }

    /// `None` for bytes of another version, or none of ours: they are of no use, and no harm.
    pub(super) fn read(bytes: &[u8]) -> Option<Remembered> {
        let (&[version, flags], rest) = bytes.split_first_chunk()?;
        if version != VERSION {
            return None;
        }
        let (id, rest) = rest.split_first_chunk::<32>()?;
        let (source, rest) = rest.split_first_chunk()?;
        let (title, mut rest) = rest.split_first_chunk()?;
        let mut place = |flag| {
            if flags & flag == 0 {
                return Some(None);
            }
            let (seq, behind) = rest.split_first_chunk()?;
            let (id, behind) = behind.split_first_chunk::<32>()?;
            rest = behind;
            Some(Some(Place { seq: Seq(u64::from_be_bytes(*seq)), id: ArticleId::from_bytes(*id) }))
        };
        Some(Remembered {
            id: ArticleId::from_bytes(*id),
            source: u32::from_be_bytes(*source),
            title: u32::from_be_bytes(*title),
            lead: place(LEAD)?,
            takes_over: place(TAKES_OVER)?,
            fingerprint: Fingerprint::decode(rest)?,
        })
    }
}

/// What the ledger is given: the record, and the keys by which it is found.
pub(super) struct Memory {
    /// The article came when later ones had been made safe already, so it may be safe or not.
    pub(super) late: bool,
    pub(super) day: u32,
    pub(super) keys: Vec<u64>,
    pub(super) record: Vec<u8>,
}

impl Memory {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.record.len() + 8 * self.keys.len() + 8);
        out.push(VERSION);
        out.push(if self.late { LATE } else { 0 });
        out.extend_from_slice(&self.day.to_be_bytes());
        out.push(self.keys.len() as u8);
        for key in self.keys.iter().take(usize::from(u8::MAX)) {
            out.extend_from_slice(&key.to_be_bytes());
        }
        out.extend_from_slice(&self.record);
        out
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Memory> {
        let (&[version, flags], rest) = bytes.split_first_chunk()?;
        if version != VERSION {
            return None;
        }
        let (day, rest) = rest.split_first_chunk()?;
        let (&n_keys, rest) = rest.split_first()?;
        let (keys, record) = rest.split_at_checked(8 * usize::from(n_keys))?;
        let keys = keys.as_chunks::<8>().0.iter().map(|key| u64::from_be_bytes(*key)).collect();
        Some(Memory { late: flags & LATE != 0, day: u32::from_be_bytes(*day), keys, record: record.to_vec() })
    }
}

/// The key under which an article is found that leads in the place of the one at `seq`.
pub(super) fn key_of_heir(seq: Seq) -> u64 {
    hash(format!("heir of {seq}").as_bytes())
}

/// A hash for what few articles have, or what is told few times of each.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    Sha256::digest(bytes).first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}
