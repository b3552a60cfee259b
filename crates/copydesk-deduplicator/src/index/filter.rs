//! Which keys a segment may hold: a split block Bloom filter, as in the specification of Parquet
//! (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
//!
//! The block is chosen by the key's high bits, so a segment that is written in order of keys writes its filter in
//! one stream. The blocks lie in pages of 4 KiB with a checksum each. A filter that is held in memory is read page
//! by page as it is asked, so opening an index reads none.

use std::hint::black_box;
use std::sync::OnceLock;

use super::code::{checksum, u32_at};
use super::error::IndexError;
use super::folder::{Folder, Readable};
use super::key::{KEY_BITS, Key};
use super::table::{Output, Written};

/// Bytes of a page in the file.
pub(super) const PAGE: usize = 4096;
/// Blocks of 256 bits in a page; what is left is for the checksum.
const BLOCKS: usize = 127;
/// Keys to a block: 12.8 bits a key, about one in 200 of the keys that are not there passes.
const KEYS: u64 = 20;
/// Keys that are asked for at once.
const AT_ONCE: usize = 32;

const SALT: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

type Block = [u32; 8];
type Page = [Block; BLOCKS];

/// Blocks for so many keys.
pub(super) fn n_blocks_for(n_keys: u64) -> u64 {
    n_keys.div_ceil(KEYS).max(1)
}

/// Bytes of the file of a filter.
pub(super) fn file_size(n_blocks: u64) -> u64 {
    n_blocks.div_ceil(BLOCKS as u64) * PAGE as u64
}

/// The block of a key.
#[inline]
fn block_of(key: Key, n_blocks: u64) -> u64 {
    ((u128::from(key.0) * u128::from(n_blocks)) >> KEY_BITS) as u64
}

#[inline]
fn mask(key: Key) -> Block {
    let low = key.0 as u32;
    SALT.map(|salt| 1 << (low.wrapping_mul(salt) >> 27))
}

/// A key to ask filters for.
pub(super) struct Probe {
    key: Key,
    mask: Block,
}

impl Probe {
    pub(super) fn new(key: Key) -> Probe {
        Probe { key, mask: mask(key) }
    }

    #[inline]
    fn is_in(&self, block: &Block) -> bool {
        // Without branches: the compiler makes it a few wide instructions.
        block.iter().zip(self.mask).fold(0, |missing, (word, bit)| missing | (bit & !word)) == 0
    }
}

/// Writes a filter, given keys in order.
pub(super) struct FilterWriter {
    number: u64,
    out: Output,
    n_blocks: u64,
    page: Box<Page>,
    page_no: u64,
}

impl FilterWriter {
    pub(super) fn create(
        folder: &dyn Folder,
        name: String,
        number: u64,
        n_blocks: u64,
    ) -> Result<FilterWriter, IndexError> {
        let out = Output::create(folder, name)?;
        Ok(FilterWriter { number, out, n_blocks, page: Box::new([[0; 8]; BLOCKS]), page_no: 0 })
    }

    pub(super) fn name(&self) -> &str {
        &self.out.name
    }

    pub(super) fn add(&mut self, key: Key) -> Result<(), IndexError> {
        let block = block_of(key, self.n_blocks);
        while self.page_no < block / BLOCKS as u64 {
            self.turn()?;
        }
        for (word, bit) in self.page[(block % BLOCKS as u64) as usize].iter_mut().zip(mask(key)) {
            *word |= bit;
        }
        Ok(())
    }

    /// Writes the page, and begins the next.
    fn turn(&mut self) -> Result<(), IndexError> {
        let mut bytes = [0; PAGE];
        for (word, to) in self.page.as_flattened().iter().zip(bytes.as_chunks_mut::<4>().0) {
            *to = word.to_le_bytes();
        }
        let crc = checksum(self.number, self.out.length(), &bytes[..PAGE - 4]);
        bytes[PAGE - 4..].copy_from_slice(&crc.to_le_bytes());
        self.out.put(&bytes)?;
        self.page.fill([0; 8]);
        self.page_no += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Written, IndexError> {
        while self.page_no * (BLOCKS as u64) < self.n_blocks {
            self.turn()?;
        }
        self.out.finish()
    }
}

/// Reads a filter.
pub(super) struct Filter {
    pub(super) name: String,
    number: u64,
    file: Box<dyn Readable>,
    n_blocks: u64,
}

/// The pages of a filter that are held in memory, each from when it is first asked; none if the filter is read from
/// the file each time.
#[derive(Default)]
pub(super) struct Pages(Vec<OnceLock<Box<Page>>>);

impl Pages {
    #[inline]
    fn block(&self, (page, idx): (usize, usize)) -> Option<&Block> {
        Some(&self.0.get(page)?.get()?[idx])
    }
}

impl Filter {
    pub(super) fn open(
        folder: &dyn Folder,
        name: String,
        number: u64,
        n_blocks: u64,
    ) -> Result<Filter, IndexError> {
        let file = folder.open(&name).map_err(IndexError::read(&name, 0))?;
        let length = file.length().map_err(IndexError::io(&name, "look at"))?;
        if length != file_size(n_blocks) {
            return Err(IndexError::damaged(&name, length, "the file has another length than was written"));
        }
        Ok(Filter { name, number, file, n_blocks })
    }

    /// Memory that holding the filter takes, in bytes.
    pub(super) fn memory(&self) -> u64 {
        file_size(self.n_blocks)
    }

    /// Makes `pages` hold the filter, or nothing.
    pub(super) fn hold(&self, pages: &mut Pages, held: bool) {
        let n_pages = if held { self.n_pages() } else { 0 };
        if n_pages != pages.0.len() {
            pages.0 = std::iter::repeat_with(OnceLock::new).take(n_pages).collect();
        }
    }

    pub(super) fn n_pages(&self) -> usize {
        (file_size(self.n_blocks) / PAGE as u64) as usize
    }

    /// Gives the places of all keys that the segment may hold.
    pub(super) fn ask(
        &self,
        pages: &Pages,
        probes: &[Probe],
        give: &mut dyn FnMut(usize) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        for (n_before, probes) in (0..).step_by(AT_ONCE).zip(probes.chunks(AT_ONCE)) {
            let mut places = [(0, 0); AT_ONCE];
            for (place, probe) in places.iter_mut().zip(probes) {
                *place = self.place(probe.key);
            }
            // Each block is a cache miss, and a word of all of them is read, in a loop that does little else, before any
            // is looked at: so the processor waits for many at a time.
            let mut blocks: [Option<&Block>; AT_ONCE] = [None; AT_ONCE];
            let mut touched = 0;
            for (block, place) in blocks.iter_mut().zip(&places[..probes.len()]) {
                *block = pages.block(*place);
                touched ^= block.map_or(0, |block| block[0]);
            }
            black_box(touched);
            for (idx, (block, probe)) in blocks.into_iter().zip(probes).enumerate() {
                let may_hold = match block {
                    Some(block) => probe.is_in(block),
                    None => self.is_in_file(pages, probe, places[idx])?,
                };
                if may_hold {
                    give(n_before + idx)?;
                }
            }
        }
        Ok(())
    }

    /// Page of a key, and block in it.
    #[inline]
    fn place(&self, key: Key) -> (usize, usize) {
        let block = block_of(key, self.n_blocks);
        ((block / BLOCKS as u64) as usize, (block % BLOCKS as u64) as usize)
    }

    #[cold]
    fn is_in_file(
        &self,
        pages: &Pages,
        probe: &Probe,
        (page, idx): (usize, usize),
    ) -> Result<bool, IndexError> {
        let read = self.read(page)?;
        Ok(match pages.0.get(page) {
            Some(cell) => probe.is_in(&cell.get_or_init(|| read)[idx]),
            None => probe.is_in(&read[idx]),
        })
    }

    /// Reads a page and checks it.
    pub(super) fn read(&self, page: usize) -> Result<Box<Page>, IndexError> {
        let at = page as u64 * PAGE as u64;
        let mut bytes = [0; PAGE];
        self.file.read_exact_at(&mut bytes, at).map_err(IndexError::read(&self.name, at))?;
        if checksum(self.number, at, &bytes[..PAGE - 4]) != u32_at(&bytes, PAGE - 4) {
            return Err(IndexError::damaged(&self.name, at, "a page does not have its checksum"));
        }
        let mut page = Box::new([[0; 8]; BLOCKS]);
        for (word, from) in page.as_flattened_mut().iter_mut().zip(bytes.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*from);
        }
        Ok(page)
    }
}
