//! Rows in chunks of fixed size, so a million of them grow without ever being copied, and the index of a row
//! is four bytes.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

const CHUNK: usize = 4096;
pub(crate) const NONE: u32 = u32::MAX;

/// Rows by index; the index of a removed row is given again.
#[derive(Debug, Clone)]
pub(crate) struct Slab<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T: Copy> Slab<T> {
    pub(crate) fn new() -> Slab<T> {
        Slab { chunks: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn insert(&mut self, row: T) -> u32 {
        if let Some(idx) = self.free.pop() {
            *self.get_mut(idx) = row;
            return idx;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let n_full = self.chunks.len() - 1;
        match self.chunks.last_mut() {
            Some(chunk) => {
                chunk.push(row);
                (n_full * CHUNK + chunk.len() - 1) as u32
            }
            None => NONE,
        }
    }

    pub(crate) fn remove(&mut self, idx: u32) {
        self.free.push(idx);
    }

    /// An index given by [`Slab::insert`] and not removed since: it never leaves the chunks.
    pub(crate) fn get(&self, idx: u32) -> &T {
        &self.chunks[idx as usize / CHUNK][idx as usize % CHUNK]
    }

    pub(crate) fn get_mut(&mut self, idx: u32) -> &mut T {
        &mut self.chunks[idx as usize / CHUNK][idx as usize % CHUNK]
    }
}

/// From a key to the index of its row. The key itself is kept in the row alone.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Index {
    pub(crate) fn new() -> Index {
        Index { table: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    pub(crate) fn find<K: std::hash::Hash + Eq>(&self, key: &K, key_of: impl Fn(u32) -> K) -> Option<u32> {
        self.table.find(self.hasher.hash_one(key), |idx| key_of(*idx) == *key).copied()
    }

    pub(crate) fn insert<K: std::hash::Hash>(&mut self, key: &K, idx: u32, key_of: impl Fn(u32) -> K) {
        let hasher = &self.hasher;
        self.table.insert_unique(hasher.hash_one(key), idx, |idx| hasher.hash_one(key_of(*idx)));
    }

    pub(crate) fn remove<K: std::hash::Hash>(&mut self, key: &K, idx: u32) {
        if let Ok(entry) = self.table.find_entry(self.hasher.hash_one(key), |other| *other == idx) {
            entry.remove();
        }
    }
}
