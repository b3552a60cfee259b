//! The lowest hashes of a kind, as they are kept.

/// Bits of a value that say where in the text it stands: in which sixteenth.
const PLACE_BITS: u32 = 4;

/// Places in a text.
pub(super) const PLACES: usize = 1 << PLACE_BITS;

/// The lowest hashes of a kind, cut short, lowest first. Two texts that share content have it in both samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// Keys, with their places in the low bits if there are any.
    values: Vec<u32>,
    /// There were more.
    full: bool,
    placed: bool,
}

impl Sample {
    /// A sample of keys of 16 bits without places; with `most` of them there may have been more.
    pub(super) fn of_keys(hashes: &[u64], most: usize) -> Sample {
        let mut values: Vec<u32> = hashes.iter().map(|hash| (hash >> 48) as u32).collect();
        values.dedup();
        Sample { values, full: hashes.len() == most, placed: false }
    }

    /// A sample of keys of 20 bits with the place of each, 0 to 15.
    pub(super) fn of_placed(hashes: impl Iterator<Item = (u64, u8)>, full: bool) -> Sample {
        let mut values: Vec<u32> =
            hashes.map(|(hash, place)| ((hash >> 44) as u32) << PLACE_BITS | u32::from(place & 15)).collect();
        values.dedup_by_key(|value| *value >> PLACE_BITS);
        Sample { values, full, placed: true }
    }

    /// The keys, lowest first.
    pub(super) fn keys(&self) -> impl Iterator<Item = u32> {
        self.placed().map(|(_, key)| key)
    }

    /// Place and key, by key.
    pub(super) fn placed(&self) -> impl Iterator<Item = (usize, u32)> {
        let bits = self.blind();
        self.values.iter().map(move |value| ((value & ((1 << bits) - 1)) as usize, value >> bits))
    }

    pub(super) fn holds(&self, key: u32) -> bool {
        let bits = self.blind();
        self.values.binary_search_by_key(&key, |value| value >> bits).is_ok()
    }

    /// The highest key up to which the sample holds all there were.
    pub(super) fn bound(&self) -> u32 {
        let last = if self.full { self.values.last() } else { None };
        last.map_or(u32::MAX, |value| value >> self.blind())
    }

    fn blind(&self) -> u32 {
        if self.placed { PLACE_BITS } else { 0 }
    }

    /// Appends a byte for the number of values, and 2 bytes for each, or 3 with places.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.values.len() as u8 | u8::from(self.full) << 7);
        for value in &self.values {
            out.extend(value.to_be_bytes().into_iter().skip(4 - width(self.placed)));
        }
    }

    /// What `encode` wrote, of at most `most` values, taken from the front of `bytes`.
    pub(super) fn decode(bytes: &mut &[u8], placed: bool, most: usize) -> Option<Sample> {
        let (head, rest) = bytes.split_first()?;
        let n_values = usize::from(head & 0x7f);
        let (values, rest) = rest.split_at_checked(n_values * width(placed))?;
        *bytes = rest;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte));
        let values = values.chunks_exact(width(placed)).map(number).collect();
        let sample = Sample { values, full: head >> 7 == 1, placed };
        let in_order = sample.keys().is_sorted_by(|one, next| one < next);
        (n_values <= most && in_order).then_some(sample)
    }
}

fn width(placed: bool) -> usize {
    if placed { 3 } else { 2 }
}
