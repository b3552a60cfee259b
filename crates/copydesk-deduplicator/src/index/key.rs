//! Keys as the index holds them.

/// Bits of a key that are held. At 100 million articles one foreign key in two hundred thousand meets another's;
/// who asks compares the records anyway.
pub(super) const KEY_BITS: u32 = 48;

/// The high bits of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub(super) u64);

/// The keys as they are held: in order, each once.
pub(super) fn held(keys: &[u64]) -> Vec<Key> {
    let mut held: Vec<Key> = keys.iter().map(|key| Key(key >> (u64::BITS - KEY_BITS))).collect();
    held.sort_unstable();
    held.dedup();
    held
}

/// That a document has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    pub(super) key: Key,
    pub(super) seq: u64,
}
