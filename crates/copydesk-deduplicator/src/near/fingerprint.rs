//! What is kept of a text to compare it with others, and its form in bytes.

use super::sample::Sample;

/// The largest samples.
pub(super) const N_SHINGLES: usize = 48;
pub(super) const N_NUMBERS: usize = 12;
pub(super) const N_NAMES: usize = 14;

const VERSION: u8 = 1;

/// What is kept of a text: a hash of all its letters, and samples of its shingles (runs of words), numbers and names.
///
/// A sample is the lowest hashes of its kind, so texts that share content have it in both their samples, and the
/// share that two samples have in common says what their texts do (Broder 1997).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    pub(super) hash: u64,
    pub(super) n_letters: u32,
    pub(super) n_words: u32,
    pub(super) shingles: Sample,
    pub(super) numbers: Sample,
    pub(super) names: Sample,
}

impl Fingerprint {
    /// The most bytes that [`encode`](Fingerprint::encode) appends.
    pub const MOST_BYTES: usize = 17 + 3 + 3 * N_SHINGLES + 2 * (N_NUMBERS + N_NAMES);

    /// A hash of the text's letters and digits, whatever their case, accents, spaces and marks.
    pub fn text_hash(&self) -> [u8; 8] {
        self.hash.to_be_bytes()
    }

    /// Words, about: in scripts without spaces every letter ends one.
    pub fn n_words(&self) -> u32 {
        self.n_words
    }

    /// True if the two texts are the same but for case, accents, spaces and marks.
    pub fn same_text(&self, other: &Fingerprint) -> bool {
        self.n_letters > 0 && (self.hash, self.n_letters) == (other.hash, other.n_letters)
    }

    /// Appends the fingerprint's bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        out.extend_from_slice(&self.hash.to_be_bytes());
        out.extend_from_slice(&self.n_letters.to_be_bytes());
        out.extend_from_slice(&self.n_words.to_be_bytes());
        self.shingles.encode(out);
        self.numbers.encode(out);
        self.names.encode(out);
    }

    /// The fingerprint that `encode` wrote; `None` for anything else.
    pub fn decode(bytes: &[u8]) -> Option<Fingerprint> {
        let (version, rest) = bytes.split_first()?;
        if *version != VERSION {
            return None;
        }
        let (hash, rest) = rest.split_first_chunk()?;
        let (n_letters, rest) = rest.split_first_chunk()?;
        let (n_words, mut rest) = rest.split_first_chunk()?;
        let fingerprint = Fingerprint {
            hash: u64::from_be_bytes(*hash),
            n_letters: u32::from_be_bytes(*n_letters),
            n_words: u32::from_be_bytes(*n_words),
            shingles: Sample::decode(&mut rest, true, N_SHINGLES)?,
            numbers: Sample::decode(&mut rest, false, N_NUMBERS)?,
            names: Sample::decode(&mut rest, false, N_NAMES)?,
        };
        rest.is_empty().then_some(fingerprint)
    }
}
