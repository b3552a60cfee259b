//! What an index is to answer, found by looking at every document; and the ledger beside it.

use std::collections::{BTreeMap, BTreeSet};

use copydesk_deduplicator::index::{Index, IndexOptions};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) day: u32,
    pub(crate) keys: Vec<u64>,
    pub(crate) record: Vec<u8>,
}

/// Numbers that look random and are not.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// The count for a short run, or for one at full length (`cargo dev torture`).
pub(crate) fn scale(short: u32, full: u32) -> u32 {
    if std::env::var_os("COPYDESK_TORTURE").is_some() { full } else { short }
}

/// The hash of the `number`th thing.
pub(crate) fn hash(number: u64) -> u64 {
    Chance(number.wrapping_mul(77)).next()
}

/// Every document that was inserted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Model {
    pub(crate) documents: BTreeMap<u64, Known>,
    by_key: BTreeMap<u64, BTreeSet<u64>>,
}

impl Model {
    pub(crate) fn insert(&mut self, seq: u64, known: Known) {
        if let Some(old) = self.documents.remove(&seq) {
            for key in old.keys {
                self.by_key.entry(key >> 16).or_default().remove(&seq);
            }
        }
        for key in &known.keys {
            self.by_key.entry(key >> 16).or_default().insert(seq);
        }
        self.documents.insert(seq, known);
    }

    pub(crate) fn candidates(&self, keys: &[u64], before: u64, from_day: u32) -> Vec<(u64, u32)> {
        let mut shared: BTreeMap<u64, u32> = BTreeMap::new();
        let mut held: Vec<u64> = keys.iter().map(|key| key >> 16).collect();
        held.sort_unstable();
        held.dedup();
        for key in held {
            let seqs = self.by_key.get(&key).into_iter().flat_map(|seqs| seqs.range(..before));
            for seq in seqs.filter(|seq| self.documents[*seq].day >= from_day).take(64) {
                *shared.entry(*seq).or_default() += 1;
            }
        }
        let mut candidates: Vec<(u64, u32)> = shared.into_iter().collect();
        candidates.sort_by_key(|(seq, shared)| (std::cmp::Reverse(*shared), *seq));
        candidates.truncate(64);
        candidates
    }

    pub(crate) fn newest(&self) -> u32 {
        self.documents.values().map(|known| known.day).max().unwrap_or(0)
    }

    /// The earliest day that an index with this retention is asked for.
    pub(crate) fn first_day(&self, options: IndexOptions) -> u32 {
        options.retain_days.map_or(0, |days| self.newest().saturating_sub(days))
    }

    pub(crate) fn check(&self, index: &Index, keys: &[u64], before: u64, from_day: u32, what: &str) {
        let found = index.candidates(keys, before, from_day).unwrap();
        let answers: Vec<(u64, u32)> = found.iter().map(|found| (found.place.seq(), found.shared)).collect();
        assert_eq!(
            answers,
            self.candidates(keys, before, from_day),
            "{what}: before {before}, from day {from_day}"
        );
        for found in found {
            let document = index.document(found.place).unwrap().unwrap();
            let known = &self.documents[&found.place.seq()];
            assert_eq!((document.day, &document.record), (known.day, &known.record), "{what}");
        }
    }

    /// Asks for the keys of every document, and for some that none has.
    pub(crate) fn check_all(&self, index: &Index, from_day: u32, what: &str) {
        for (seq, known) in &self.documents {
            self.check(index, &known.keys, u64::MAX, from_day, what);
            self.check(index, &known.keys, *seq, from_day, what);
            if known.day >= from_day {
                assert!(index.contains(*seq).unwrap(), "{what}: {seq}");
            }
        }
        self.check(index, &[1, 2 << 20, u64::MAX, hash(u64::MAX)], u64::MAX, from_day, what);
    }
}
