//! The earliest article of each text, in little memory: a million texts take under 80 MB.
//!
//! Entries lie in chunks of fixed size, so that growing never copies them, and the index holds four bytes for each.

use std::hash::BuildHasher;

use copydesk_core::ArticleId;
use hashbrown::{DefaultHashBuilder, HashTable};

/// 128 bits of the hash of an article's folded text.
pub(crate) type Key = [u8; 16];

#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    key: Key,
    order: Order,
    id: ArticleId,
}

/// The place of an article: in the ledger, or after all of these in order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order(u64);

const ARRIVAL: u64 = 1 << 63;

impl Order {
    pub(crate) fn ledger(seq: u64) -> Order {
        Order(seq & !ARRIVAL)
    }

    pub(crate) fn arrival(number: u64) -> Order {
        Order(number | ARRIVAL)
    }
}

const CHUNK: usize = 4096;

#[derive(Debug, Default)]
pub(crate) struct Seen {
    chunks: Vec<Vec<Entry>>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

fn entry(chunks: &[Vec<Entry>], idx: u32) -> Option<&Entry> {
    chunks.get(idx as usize / CHUNK)?.get(idx as usize % CHUNK)
}

impl Seen {
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The article that `id` at `order` repeats; remembers it if it is the first of its text.
    pub(crate) fn see(&mut self, key: Key, order: Order, id: ArticleId) -> Option<ArticleId> {
        let Seen { chunks, index, hasher } = self;
        let hash = hasher.hash_one(key);
        let known =
            index.find(hash, |idx| entry(chunks, *idx).is_some_and(|entry| entry.key == key)).copied();
        let fresh = Entry { key, order, id };
        let Some(idx) = known else {
            if chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
                chunks.push(Vec::with_capacity(CHUNK));
            }
            let n_full = chunks.len() - 1;
            if let Some(chunk) = chunks.last_mut() {
                let idx = (n_full * CHUNK + chunk.len()) as u32;
                chunk.push(fresh);
                index.insert_unique(hash, idx, |idx| {
                    entry(chunks, *idx).map_or(0, |entry| hasher.hash_one(entry.key))
                });
            }
            return None;
        };
        let place =
            chunks.get_mut(idx as usize / CHUNK).and_then(|chunk| chunk.get_mut(idx as usize % CHUNK))?;
        if place.order < order {
            return (place.id != id).then_some(place.id);
        }
        *place = fresh;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> ArticleId {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        ArticleId::from_bytes(bytes)
    }

    fn key(number: u32) -> Key {
        let mut key = Key::default();
        key[..4].copy_from_slice(&number.to_le_bytes());
        key
    }

    #[test]
    fn the_earliest_of_each_text_stays_however_many_there_are() {
        let mut seen = Seen::default();
        let n_texts = 3 * CHUNK as u32 + 7;
        for number in 0..n_texts {
            assert_eq!(seen.see(key(number), Order::ledger(u64::from(number) + 10), id(number)), None);
        }
        assert_eq!(seen.len(), n_texts as usize);
        for number in 0..n_texts {
            let later = Order::arrival(1);
            assert_eq!(seen.see(key(number), later, id(n_texts + 1)), Some(id(number)));
            assert_eq!(seen.see(key(number), later, id(number)), None, "not a copy of itself");
        }
        assert_eq!(seen.see(key(5), Order::ledger(1), id(9)), None, "an earlier one takes its place");
        assert_eq!(seen.see(key(5), Order::ledger(15), id(5)), Some(id(9)));
        assert_eq!((seen.len(), size_of::<Entry>()), (n_texts as usize, 56));
    }
}
