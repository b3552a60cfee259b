//! The ids of a file, noted beside the state so that a start need not read the whole file.
//!
//! It is a cache, and never trusted alone: it says up to which length of which file it holds, and is believed
//! only if that file is still there, has that length, and begins and ends (up to there) with the same bytes.
//! What follows is read. It is written only for bytes that are known to be on the disk, and never synced itself:
//! a torn one fails its checksum, and the file is read whole.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::scan::Key;

const MAGIC: &[u8; 8] = b"cdjsonl1";
/// Bytes of the file's head that are compared.
const HEAD: u64 = 4 << 10;
/// Bytes before the noted length that are compared.
const TAIL: u64 = 64 << 10;
/// Magic, device, inode, length, two checksums.
const HEADER: usize = 8 + 3 * 8 + 2 * 4;
const KEY: usize = size_of::<Key>();
/// Bytes appended before the index is worth writing again, at least; and in multiples of its own size, so that
/// writing it is a small part of all writing.
const WORTH: u64 = 64 << 20;
const TIMES: u64 = 16;

/// What the index says of a file.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) ids: HashSet<Key>,
    /// The file holds these in its first so many bytes.
    pub(super) length: u64,
}

/// True if so many bytes were appended since the index of `n_ids` was written that it should be anew.
pub(super) fn is_due(appended: u64, n_ids: usize) -> bool {
    appended >= WORTH.max((n_ids * KEY) as u64 * TIMES)
}

/// What is known of the first bytes of `file`; nothing if the index is not there, or not of this file.
pub(super) fn load(index: &Path, file: &File, identity: (u64, u64), length: u64) -> Known {
    let known = fs::read(index).ok().and_then(|bytes| parse(&bytes, file, identity, length));
    known.unwrap_or_default()
}

fn parse(bytes: &[u8], file: &File, identity: (u64, u64), length: u64) -> Option<Known> {
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (header, keys) = content.split_first_chunk::<HEADER>()?;
    let covered = u64::from_le_bytes(*header.get(24..)?.first_chunk()?);
    let (keys, rest) = keys.as_chunks::<KEY>();
    if covered > length || !rest.is_empty() || *header != describe(file, identity, covered).ok()? {
        return None;
    }
    Some(Known { ids: keys.iter().map(|key| Key::from_le_bytes(*key)).collect(), length: covered })
}

/// Notes the ids of the first `length` bytes, which must be on the disk.
pub(super) fn save(
    index: &Path,
    file: &File,
    identity: (u64, u64),
    length: u64,
    ids: &HashSet<Key>,
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(HEADER + ids.len() * KEY + 4);
    bytes.extend_from_slice(&describe(file, identity, length)?);
    for id in ids {
        bytes.extend_from_slice(&id.to_le_bytes());
    }
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    if let Some(folder) = index.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut fresh = index.as_os_str().to_owned();
    fresh.push(".tmp");
    fs::write(&fresh, bytes)?;
    fs::rename(fresh, index)
}

fn describe(file: &File, (dev, ino): (u64, u64), length: u64) -> io::Result<[u8; HEADER]> {
    let mut header = [0; HEADER];
    let sums = [sum(file, 0, length.min(HEAD))?, sum(file, length.saturating_sub(TAIL), length.min(TAIL))?];
    let words = [dev, ino, length].into_iter().flat_map(u64::to_le_bytes);
    let sums = sums.into_iter().flat_map(u32::to_le_bytes);
    for (to, byte) in header.iter_mut().zip(MAGIC.iter().copied().chain(words).chain(sums)) {
        *to = byte;
    }
    Ok(header)
}

fn sum(file: &File, from: u64, n_bytes: u64) -> io::Result<u32> {
    let mut bytes = vec![0; usize::try_from(n_bytes).unwrap_or_default()];
    file.read_exact_at(&mut bytes, from)?;
    Ok(crc32fast::hash(&bytes))
}
