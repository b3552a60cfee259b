//! What is kept of a text to compare it with others, and its form in bytes.

/// The largest samples.
pub(super) const N_SHINGLES: usize = 48;
pub(super) const N_NUMBERS: usize = 12;
pub(super) const N_NAMES: usize = 14;

const VERSION: u8 = 1;

/// What is kept of a text: a hash of all its letters, and samples of its shingles (runs of words), numbers and names.
///
/// A sample is the lowest hashes of its kind, so texts that share content have it in both their samples, and the
/// share that two samples have in common says what their texts do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    hash: u64,
    n_letters: u32,
    n_words: u32,
    pub(super) shingles: Sample,
    pub(super) numbers: Sample,
    pub(super) names: Sample,
}

/// The lowest hashes of a kind, cut to 16 or 24 bits, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) hashes: Vec<u32>,
    /// There were more.
    pub(super) full: bool,
}

impl Sample {
    fn cut(hashes: &[u64], bits: u32, most: usize) -> Sample {
        let mut cut: Vec<u32> = hashes.iter().map(|hash| (hash >> (64 - bits)) as u32).collect();
        cut.dedup();
        Sample { full: hashes.len() == most, hashes: cut }
    }

    /// How many hashes this sample, the other and both hold, of those that both would hold if their texts did.
    pub(super) fn overlap(&self, other: &Sample) -> Overlap {
        let bound = self.bound().min(other.bound());
        let below = |sample: &Sample| sample.hashes.partition_point(|hash| *hash <= bound);
        let (here, there) = (below(self), below(other));
        let mut both = 0;
        let mut rest = other.hashes.iter().take(there).peekable();
        for hash in self.hashes.iter().take(here) {
            while rest.next_if(|other| *other < hash).is_some() {}
            both += usize::from(rest.next_if_eq(&hash).is_some());
        }
        Overlap { here, there, both }
    }

    fn bound(&self) -> u32 {
        if self.full { self.hashes.last().copied().unwrap_or(u32::MAX) } else { u32::MAX }
    }
}

/// What two samples have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overlap {
    pub(super) here: usize,
    pub(super) there: usize,
    pub(super) both: usize,
}

impl Fingerprint {
    pub(super) fn new(
        hash: u64,
        (n_letters, n_words): (u32, u32),
        shingles: &[u64],
        numbers: &[u64],
        names: &[u64],
    ) -> Fingerprint {
        Fingerprint {
            hash,
            n_letters,
            n_words,
            shingles: Sample::cut(shingles, 24, N_SHINGLES),
            numbers: Sample::cut(numbers, 16, N_NUMBERS),
            names: Sample::cut(names, 16, N_NAMES),
        }
    }

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

    /// Appends the fingerprint's bytes: at most 217.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        out.extend_from_slice(&self.hash.to_be_bytes());
        out.extend_from_slice(&self.n_letters.to_be_bytes());
        out.extend_from_slice(&self.n_words.to_be_bytes());
        for (sample, width) in [(&self.shingles, 3), (&self.numbers, 2), (&self.names, 2)] {
            out.push(sample.hashes.len() as u8 | (u8::from(sample.full) << 7));
            for hash in &sample.hashes {
                out.extend(hash.to_be_bytes().into_iter().skip(4 - width));
            }
        }
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
            shingles: sample(&mut rest, 3, N_SHINGLES)?,
            numbers: sample(&mut rest, 2, N_NUMBERS)?,
            names: sample(&mut rest, 2, N_NAMES)?,
        };
        rest.is_empty().then_some(fingerprint)
    }
}

fn sample(bytes: &mut &[u8], width: usize, most: usize) -> Option<Sample> {
    let (head, rest) = bytes.split_first()?;
    let n_hashes = usize::from(head & 0x7f);
    let (hashes, rest) = rest.split_at_checked(n_hashes * width)?;
    let hashes: Vec<u32> = hashes
        .chunks_exact(width)
        .map(|hash| hash.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
        .collect();
    *bytes = rest;
    (n_hashes <= most && hashes.is_sorted_by(|a, b| a < b)).then_some(Sample { hashes, full: head >> 7 == 1 })
}
