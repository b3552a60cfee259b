//! The documents that are in no file yet.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use super::key::{Key, Posting};

/// A document that is in no file yet.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) day: u32,
    pub(super) keys: Box<[Key]>,
    pub(super) record: Box<[u8]>,
}

impl Held {
    /// Memory it takes, with its part of the table, in bytes.
    fn memory(&self) -> usize {
        self.keys.len() * (size_of::<Key>() + 2 * size_of::<Slot>()) + self.record.len() + 64
    }
}

/// A key, and the one document that has it or a list of them.
#[derive(Debug, Clone, Copy)]
struct Slot {
    key: Key,
    documents: Documents,
}

/// One document's number, or that of a list. Most keys belong to one document alone.
#[derive(Debug, Clone, Copy)]
struct Documents(u64);

const LIST: u64 = 1 << 63;

#[derive(Debug, Default)]
pub(super) struct Memtable {
    pub(super) documents: BTreeMap<u64, Held>,
    slots: HashTable<Slot>,
    /// In order each.
    lists: Vec<Vec<u64>>,
    memory: usize,
}

/// Keys are hashes; this only spreads those that are not.
fn hash(key: Key) -> u64 {
    let mixed = key.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}

impl Memtable {
    /// Memory it takes, in bytes, roughly.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    pub(super) fn insert(&mut self, seq: u64, held: Held) {
        self.remove(seq);
        self.memory += held.memory();
        for key in &held.keys {
            self.add(*key, seq);
        }
        self.documents.insert(seq, held);
    }

    fn add(&mut self, key: Key, seq: u64) {
        let entry = self.slots.entry(hash(key), |slot| slot.key == key, |slot| hash(slot.key));
        let slot = match entry {
            hashbrown::hash_table::Entry::Vacant(place) => {
                let mut documents = Documents(seq);
                if seq & LIST != 0 {
                    self.lists.push(vec![seq]);
                    documents = Documents(LIST | (self.lists.len() - 1) as u64);
                }
                place.insert(Slot { key, documents });
                return;
            }
            hashbrown::hash_table::Entry::Occupied(place) => place.into_mut(),
        };
        if slot.documents.0 & LIST == 0 {
            self.lists.push(vec![slot.documents.0]);
            slot.documents = Documents(LIST | (self.lists.len() - 1) as u64);
        }
        if let Some(list) = self.lists.get_mut((slot.documents.0 & !LIST) as usize)
            && let Err(place) = list.binary_search(&seq)
        {
            list.insert(place, seq);
        }
    }

    fn remove(&mut self, seq: u64) {
        let Some(held) = self.documents.remove(&seq) else { return };
        self.memory = self.memory.saturating_sub(held.memory());
        for key in &held.keys {
            let Ok(place) = self.slots.find_entry(hash(*key), |slot| slot.key == *key) else { continue };
            let documents = place.get().documents.0;
            if documents & LIST == 0 {
                place.remove();
            } else if let Some(list) = self.lists.get_mut((documents & !LIST) as usize) {
                list.retain(|document| *document != seq);
            }
        }
    }

    /// The documents of a key, in order.
    #[inline]
    pub(super) fn with_key(&self, key: Key, visit: &mut dyn FnMut(&[u64])) {
        let Some(slot) = self.slots.find(hash(key), |slot| slot.key == key) else { return };
        if slot.documents.0 & LIST == 0 {
            visit(&[slot.documents.0]);
        } else if let Some(list) = self.lists.get((slot.documents.0 & !LIST) as usize) {
            visit(list);
        }
    }

    /// The keys of all documents below, in order.
    pub(super) fn postings(&self, below: u64) -> Vec<Posting> {
        let documents = self.documents.range(..below);
        let mut postings: Vec<Posting> = documents
            .flat_map(|(seq, held)| held.keys.iter().map(|key| Posting { key: *key, seq: *seq }))
            .collect();
        postings.sort_unstable();
        postings
    }

    /// Forgets all documents below.
    pub(super) fn forget(&mut self, below: u64) {
        let rest = self.documents.split_off(&below);
        self.documents.clear();
        self.slots.clear();
        self.lists.clear();
        self.memory = 0;
        for (seq, held) in rest {
            self.insert(seq, held);
        }
    }

    /// Forgets all documents of days before.
    pub(super) fn forget_days(&mut self, before: u32) {
        let old: Vec<u64> =
            self.documents.iter().filter(|(_, held)| held.day < before).map(|(seq, _)| *seq).collect();
        for seq in old {
            self.remove(seq);
        }
    }
}
