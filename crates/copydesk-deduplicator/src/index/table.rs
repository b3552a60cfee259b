//! A file of blocks in order, written once: what documents and keys lie in.
//!
//! A header (magic, kind, format, file number, checksum), the blocks, each with a checksum, the list of blocks (first number
//! in it, offset of its end), and a footer (how many, checksum of the list, magic). All numbers little-endian.

use super::code::{Sum, checksum, u32_at, u64_at};
use super::error::IndexError;
use super::folder::{Folder, Readable, Writable};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Docs = 1,
    Keys = 2,
}

/// The format of files that are written. Readers know all formats up to it.
pub(super) const FORMAT: u32 = 1;

const MAGIC: &[u8; 8] = b"cpydskix";
const HEADER: usize = 28;
const FOOTER: usize = 24;
const ENTRY: usize = 16;
const CRC: usize = 4;
/// Blocks that a place is looked for first, on either side of where it should be.
const STEP: usize = 4;
/// Bytes gathered before they are given to the file system.
const GATHERED: usize = 256 << 10;
/// Bytes after which what was written is made durable, so that no single sync takes long.
const SYNCED: u64 = 16 << 20;

fn header(kind: Kind, number: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&(kind as u32).to_le_bytes());
    header[12..16].copy_from_slice(&FORMAT.to_le_bytes());
    header[16..24].copy_from_slice(&number.to_le_bytes());
    let crc = crc32fast::hash(&header[..HEADER - CRC]);
    header[HEADER - CRC..].copy_from_slice(&crc.to_le_bytes());
    header
}

/// A file that is appended to in large pieces.
pub(super) struct Output {
    pub(super) name: String,
    file: Box<dyn Writable>,
    gathered: Vec<u8>,
    length: u64,
    unsynced: u64,
    crc: crc32fast::Hasher,
}

/// What a finished file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) size: u64,
    pub(super) crc: u32,
}

impl Output {
    pub(super) fn create(folder: &dyn Folder, name: String) -> Result<Output, IndexError> {
        let file = folder.create(&name).map_err(IndexError::io(&name, "create"))?;
        let crc = crc32fast::Hasher::new();
        Ok(Output { name, file, gathered: Vec::new(), length: 0, unsynced: 0, crc })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.length += bytes.len() as u64;
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() < GATHERED {
            return Ok(());
        }
        self.write()?;
        if self.unsynced >= SYNCED {
            self.sync()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), IndexError> {
        self.crc.update(&self.gathered);
        self.unsynced += self.gathered.len() as u64;
        self.file.write_all(&self.gathered).map_err(IndexError::io(&self.name, "write"))?;
        self.gathered.clear();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        self.unsynced = 0;
        self.file.sync().map_err(IndexError::io(&self.name, "sync"))
    }

    /// Makes all of it durable.
    pub(super) fn finish(mut self) -> Result<Written, IndexError> {
        self.write()?;
        self.sync()?;
        Ok(Written { size: self.length, crc: self.crc.finalize() })
    }
}

/// Writes a file of blocks.
pub(super) struct TableWriter {
    number: u64,
    out: Output,
    list: Vec<u8>,
    n_blocks: u64,
}

impl TableWriter {
    pub(super) fn create(
        folder: &dyn Folder,
        name: String,
        kind: Kind,
        number: u64,
    ) -> Result<TableWriter, IndexError> {
        let mut out = Output::create(folder, name)?;
        out.put(&header(kind, number))?;
        Ok(TableWriter { number, out, list: Vec::new(), n_blocks: 0 })
    }

    pub(super) fn name(&self) -> &str {
        &self.out.name
    }

    /// Appends a block whose first number is `first`.
    pub(super) fn block(&mut self, first: u64, payload: &[u8]) -> Result<(), IndexError> {
        let crc = checksum(self.number, self.out.length(), payload);
        self.out.put(payload)?;
        self.out.put(&crc.to_le_bytes())?;
        self.list.extend_from_slice(&first.to_le_bytes());
        self.list.extend_from_slice(&self.out.length().to_le_bytes());
        self.n_blocks += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Written, IndexError> {
        let crc = checksum(self.number, self.n_blocks, &self.list);
        self.out.put(&self.list)?;
        self.out.put(&self.n_blocks.to_le_bytes())?;
        self.out.put(&u64::from(crc).to_le_bytes())?;
        self.out.put(MAGIC)?;
        self.out.finish()
    }
}

/// The length of the payload that begins here, which its checksum follows.
fn payload_length(number: u64, at: u64, bytes: &[u8]) -> Option<usize> {
    let mut sum = Sum::begin(number, at);
    (0..bytes.len().saturating_sub(CRC)).find_map(|idx| {
        sum.add(&bytes[idx..=idx]);
        let behind = idx + 1;
        (bytes.len() >= behind + CRC && sum.get() == u32_at(bytes, behind)).then_some(behind)
    })
}

/// Where a block lies.
#[derive(Debug, Clone, Copy)]
struct Block {
    first: u64,
    end: u64,
}

/// Reads a file of blocks.
pub(super) struct Table {
    pub(super) name: String,
    number: u64,
    file: Box<dyn Readable>,
    blocks: Vec<Block>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.name)
            .field("blocks", &self.blocks.len())
            .finish_non_exhaustive()
    }
}

impl Table {
    /// Opens a file of `size` bytes and checks everything but the blocks.
    pub(super) fn open(
        folder: &dyn Folder,
        name: String,
        kind: Kind,
        number: u64,
        size: u64,
    ) -> Result<Table, IndexError> {
        let file = folder.open(&name).map_err(IndexError::read(&name, 0))?;
        let length = file.length().map_err(IndexError::io(&name, "look at"))?;
        let damaged = |at, what| Err(IndexError::damaged(&name, at, what));
        if length != size || size < (HEADER + FOOTER) as u64 {
            return damaged(length.min(size), "the file has another length than was written");
        }
        let mut head = [0; HEADER];
        file.read_exact_at(&mut head, 0).map_err(IndexError::read(&name, 0))?;
        let found = u32_at(&head, 12);
        let is_sound = crc32fast::hash(&head[..HEADER - CRC]) == u32_at(&head, HEADER - CRC);
        if head.starts_with(MAGIC) && is_sound && found > FORMAT {
            return Err(IndexError::Newer { found, known: FORMAT });
        }
        if head != header(kind, number) {
            return damaged(0, "the header is not that of this file");
        }
        let footer_at = size - FOOTER as u64;
        let mut footer = [0; FOOTER];
        file.read_exact_at(&mut footer, footer_at).map_err(IndexError::read(&name, footer_at))?;
        let (n_blocks, crc) = (u64_at(&footer, 0), u64_at(&footer, 8));
        let room = footer_at - HEADER as u64;
        if !footer.ends_with(MAGIC) || n_blocks > room / ENTRY as u64 {
            return damaged(footer_at, "the footer is not that of this file");
        }
        let list_at = footer_at - n_blocks * ENTRY as u64;
        let mut list = vec![0; n_blocks as usize * ENTRY];
        file.read_exact_at(&mut list, list_at).map_err(IndexError::read(&name, list_at))?;
        if u64::from(checksum(number, n_blocks, &list)) != crc {
            return damaged(list_at, "the list of blocks does not have its checksum");
        }
        let (entries, _) = list.as_chunks::<ENTRY>();
        let blocks: Vec<Block> =
            entries.iter().map(|entry| Block { first: u64_at(entry, 0), end: u64_at(entry, 8) }).collect();
        let ends = std::iter::once(HEADER as u64).chain(blocks.iter().map(|block| block.end));
        let fits = ends.clone().zip(ends.skip(1)).all(|(start, end)| end >= start + CRC as u64);
        if !fits || blocks.last().map_or(HEADER as u64, |block| block.end) != list_at {
            return damaged(list_at, "the list of blocks does not fit the file");
        }
        Ok(Table { name, number, file, blocks })
    }

    /// Opens what is left of a file. If its list of blocks is gone, blocks are found by their checksums, up to the first
    /// that does not have its own; `first` tells the first number of one.
    pub(super) fn salvage(
        folder: &dyn Folder,
        name: String,
        kind: Kind,
        number: u64,
        first: &dyn Fn(&[u8]) -> u64,
    ) -> Result<Table, IndexError> {
        let file = folder.open(&name).map_err(IndexError::read(&name, 0))?;
        let length = file.length().map_err(IndexError::io(&name, "look at"))?;
        match Table::open(folder, name.clone(), kind, number, length) {
            Err(IndexError::Damaged { .. }) => {}
            opened => return opened,
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut bytes, 0).map_err(IndexError::read(&name, 0))?;
        let mut blocks = Vec::new();
        let mut rest = bytes.get(HEADER..).unwrap_or_default();
        while let Some(n_payload) = payload_length(number, length - rest.len() as u64, rest) {
            let (block, behind) = rest.split_at(n_payload + CRC);
            rest = behind;
            blocks.push(Block { first: first(block), end: length - rest.len() as u64 });
        }
        Ok(Table { name, number, file, blocks })
    }

    pub(super) fn n_blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The first number of a block.
    pub(super) fn first(&self, idx: usize) -> Option<u64> {
        self.blocks.get(idx).map(|block| block.first)
    }

    /// How many blocks have a smaller first number.
    pub(super) fn n_before(&self, number: u64) -> usize {
        let (Some(first), Some(last)) = (self.blocks.first(), self.blocks.last()) else { return 0 };
        // Numbers are spread evenly, nearly, so the place is near where it would be if they were quite so; halving
        // would miss the caches many times.
        let spread = last.first.saturating_sub(first.first);
        let beyond = number.saturating_sub(first.first).min(spread);
        let n_after_first = (self.blocks.len() - 1) as u128;
        let guess = (u128::from(beyond) * n_after_first / u128::from(spread.max(1))) as usize;
        let is_before = |idx: usize| self.blocks.get(idx).is_some_and(|block| block.first < number);
        let (mut low, mut high, mut step) = (guess, guess, STEP);
        while low > 0 && !is_before(low - 1) {
            (low, high) = (low.saturating_sub(step), low - 1);
            step *= 2;
        }
        while is_before(high) {
            (low, high) = (high + 1, (high + step).min(self.blocks.len()));
            step *= 2;
        }
        let between = self.blocks.get(low..high).unwrap_or_default();
        low + between.partition_point(|block| block.first < number)
    }

    /// Offset of a block in the file.
    pub(super) fn start(&self, idx: usize) -> u64 {
        idx.checked_sub(1).and_then(|idx| self.blocks.get(idx)).map_or(HEADER as u64, |block| block.end)
    }

    /// Memory that the list of blocks takes, in bytes.
    pub(super) fn memory(&self) -> u64 {
        (self.blocks.len() * size_of::<Block>()) as u64
    }

    /// Reads a block and checks it.
    pub(super) fn read(&self, idx: usize, into: &mut Vec<u8>) -> Result<(), IndexError> {
        let start = self.start(idx);
        let end = self.blocks.get(idx).map_or(start, |block| block.end);
        // What is left in it from before need not be cleared.
        into.resize((end - start) as usize, 0);
        self.file.read_exact_at(into, start).map_err(IndexError::read(&self.name, start))?;
        let n_payload = into.len().saturating_sub(CRC);
        let crc = u32_at(into, n_payload);
        into.truncate(n_payload);
        if checksum(self.number, start, into) == crc {
            Ok(())
        } else {
            Err(IndexError::damaged(&self.name, start, "a block does not have its checksum"))
        }
    }
}
