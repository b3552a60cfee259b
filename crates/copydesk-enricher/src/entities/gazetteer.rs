//! Names of places, people and organisations, as sorted hashes: what a name may be, not what it is.
//!
//! The file is made by `cargo dev gazetteer` from openly licensed data (see `NOTICE.md`). It holds no
//! letters: a name is known by 36 bits of a hash of its words, so one unknown name in some hundred thousand is
//! taken for a known one.

use crate::text::{Text, fold};

static FILE: &[u8] = include_bytes!("../../data/gazetteer.bin");

/// Opens the file; the number is the version of format and hash.
const MAGIC: &[u8; 8] = b"names 1\n";
/// Bits of the hash by which an entry's bucket is told.
const BUCKET_BITS: u32 = 12;
const N_BUCKETS: usize = 1 << BUCKET_BITS;
const HEADER: usize = MAGIC.len() + 4 * (N_BUCKETS + 1);
/// Parts the stem of an inflected name from a name of the same letters.
const STEM: u64 = 0x7374_656d;
/// Parts an acronym from the word of the same letters: `US` from `us`.
const ACRONYM: u64 = 0x6163_726f;

/// What a name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts(u8);

impl Facts {
    /// A person's given name.
    pub const GIVEN: Facts = Facts(1);
    /// A person's surname.
    pub const SURNAME: Facts = Facts(2);
    /// A town of a few ten thousand people.
    pub const TOWN: Facts = Facts(4);
    /// A city of a hundred thousand people and more.
    pub const CITY: Facts = Facts(8);
    /// A country, a state, a capital, a city of a million.
    pub const LARGE_PLACE: Facts = Facts(12);
    /// An organisation.
    pub const ORGANISATION: Facts = Facts(16);
    /// Also a word of some language: `Nice`, `Mark`.
    pub const WORD: Facts = Facts(32);
    /// Written large in some languages and yet no name: a language, a month, a day of the week.
    pub const NO_NAME: Facts = Facts(64);

    /// Two Chinese characters that longer names open with.
    pub const PREFIX: Facts = Facts(128);

    /// True if it has all of `other`.
    pub fn has(self, other: Facts) -> bool {
        self.0 & other.0 == other.0
    }

    /// 0 for no place, else 1 to 3, the larger the surer.
    pub fn place(self) -> u8 {
        self.0 >> 2 & 3
    }

    pub(super) fn bits(self) -> u8 {
        self.0
    }

    pub(super) fn of_bits(bits: u8) -> Facts {
        Facts(bits)
    }

    /// True for a given name or surname.
    pub fn is_person(self) -> bool {
        self.0 & 3 != 0
    }

    /// True if nothing is known.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What either says; of two sizes of place the larger.
    #[must_use]
    pub fn with(self, other: Facts) -> Facts {
        let place = self.place().max(other.place());
        Facts((self.0 | other.0) & !0b1100 | place << 2)
    }
}

/// The key of a name: of its words, without case. `None` for what has no words.
pub fn key(name: &str) -> Option<u64> {
    let text = Text::plain(name, "");
    text.words.iter().map(|word| word.hash).reduce(fold::join)
}

/// The key of an acronym, which is known in capitals alone.
pub fn acronym_key(name: &str) -> Option<u64> {
    Some(acronym(key(name)?))
}

/// The key of the stem of a name of one word, if its language has endings that are looked through.
pub fn stem_key(name: &str) -> Option<u64> {
    super::stem::of(name).map(|stem| fold::join(STEM, fold::of_word(&stem)))
}

fn acronym(key: u64) -> u64 {
    fold::join(ACRONYM, key)
}

/// Packs names for [`FILE`]: buckets by the hash's first bits, in each the next 24 bits and the facts, sorted.
pub fn pack(entries: impl IntoIterator<Item = (u64, Facts)>) -> Vec<u8> {
    let mut all: Vec<(u64, Facts)> = entries.into_iter().map(|(key, facts)| (key >> 28, facts)).collect();
    all.sort_by_key(|(key, facts)| (*key, facts.0));
    let mut merged: Vec<(u64, Facts)> = Vec::with_capacity(all.len());
    for (key, facts) in all {
        match merged.last_mut() {
            Some(last) if last.0 == key => last.1 = last.1.with(facts),
            _ => merged.push((key, facts)),
        }
    }
    let mut file = MAGIC.to_vec();
    for bucket in 0..=N_BUCKETS as u64 {
        let first = merged.partition_point(|(key, _)| key >> 24 < bucket) as u32;
        file.extend(first.to_le_bytes());
    }
    for (key, facts) in merged {
        file.extend(((key as u32) << 8 | u32::from(facts.0)).to_le_bytes());
    }
    file
}

/// The names that come with the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gazetteer {
    file: &'static [u8],
}

impl Gazetteer {
    pub(crate) fn builtin() -> Gazetteer {
        Gazetteer { file: FILE }
    }

    /// What is known of a name, by its key.
    pub(crate) fn get(self, key: u64) -> Facts {
        let bucket = (key >> (64 - BUCKET_BITS)) as usize;
        let rest = (key >> 28) as u32 & 0x00ff_ffff;
        let bound = |bucket: usize| u32_at(self.file, MAGIC.len() + 4 * bucket) as usize;
        let (first, last) = (bound(bucket), bound(bucket + 1));
        let entry = |idx: usize| u32_at(self.file, HEADER + 4 * idx);
        // Hashes are spread evenly, so an entry stands near where its share of the bucket says.
        let n_entries = last.saturating_sub(first);
        let mut idx = first + ((rest as usize * n_entries) >> 24);
        while idx > first && entry(idx - 1) >> 8 >= rest {
            idx -= 1;
        }
        while idx < last && entry(idx) >> 8 < rest {
            idx += 1;
        }
        if idx < last && entry(idx) >> 8 == rest { Facts(entry(idx) as u8) } else { Facts::default() }
    }

    /// What is known of an acronym, by the key of its letters.
    pub(crate) fn acronym(self, key: u64) -> Facts {
        self.get(acronym(key))
    }

    /// What is known of an inflected name of one word.
    pub(crate) fn inflected(self, name: &str) -> Facts {
        stem_key(name).map_or(Facts::default(), |key| self.get(key))
    }
}

fn u32_at(file: &[u8], at: usize) -> u32 {
    let bytes = file.get(at..at + 4).and_then(|bytes| bytes.first_chunk::<4>());
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}
