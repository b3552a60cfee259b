//! Numbers as bytes: fixed widths in bits, variable lengths, checksums.

use crc32fast::Hasher;

/// Bytes that must follow a column for [`get`] to read its last number.
pub(super) const PADDING: usize = 16;

/// Bits that `value` takes.
pub(super) fn width(value: u64) -> u32 {
    u64::BITS - value.leading_zeros()
}

/// Bytes that `n` numbers of `width` bits take.
pub(super) fn column_bytes(n: usize, width: u32) -> usize {
    (n * width as usize).div_ceil(8)
}

/// Appends numbers of at most `width` bits each, one behind the other.
pub(super) fn put_column(out: &mut Vec<u8>, values: impl Iterator<Item = u64>, width: u32) {
    let (mut held, mut n_bits) = (0_u128, 0);
    for value in values {
        held |= u128::from(value) << n_bits;
        n_bits += width;
        if n_bits >= u64::BITS {
            out.extend_from_slice(&(held as u64).to_le_bytes());
            held >>= u64::BITS;
            n_bits -= u64::BITS;
        }
    }
    let rest = (held as u64).to_le_bytes();
    out.extend_from_slice(&rest[..n_bits.div_ceil(8) as usize]);
}

/// The number at `idx` of a column that begins at byte `from`. [`PADDING`] bytes must follow the column.
#[inline]
pub(super) fn get(bytes: &[u8], from: usize, idx: usize, width: u32) -> u64 {
    let bit = idx * width as usize;
    let at = from + bit / 8;
    let shift = (bit % 8) as u32;
    let mask = if width == u64::BITS { u64::MAX } else { (1 << width) - 1 };
    let word = |at: usize| {
        bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |word| u64::from_le_bytes(*word))
    };
    let low = word(at) >> shift;
    let high = if width + shift > u64::BITS { word(at + 8) << (u64::BITS - shift) } else { 0 };
    (low | high) & mask
}

/// Appends a number of seven bits a byte (LEB128).
pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number from the front.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Small numbers of either sign as small numbers.
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// The checksum of what lies at a place: data that is whole but from elsewhere does not pass.
pub(super) fn checksum(file: u64, at: u64, bytes: &[u8]) -> u32 {
    let mut sum = Sum::begin(file, at);
    sum.add(bytes);
    sum.get()
}

/// A checksum that grows.
pub(super) struct Sum(Hasher);

impl Sum {
    pub(super) fn begin(file: u64, at: u64) -> Sum {
        let mut place = [0; 16];
        place[..8].copy_from_slice(&file.to_le_bytes());
        place[8..].copy_from_slice(&at.to_le_bytes());
        let mut sum = Sum(Hasher::new());
        sum.add(&place);
        sum
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn get(&self) -> u32 {
        self.0.clone().finalize()
    }
}

/// The four bytes at `at`, or 0.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |word| u32::from_le_bytes(*word))
}

/// The eight bytes at `at`, or 0.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(0, |word| u64::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn columns_of_any_width_give_back_what_was_put(
            bits in 0_u32..=64,
            values in prop::collection::vec(any::<u64>(), 0..200),
            before in 0_usize..9,
        ) {
            let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
            let values: Vec<u64> = values.into_iter().map(|value| value & mask).collect();
            let mut bytes = vec![0xff; before];
            put_column(&mut bytes, values.iter().copied(), bits);
            prop_assert_eq!(bytes.len(), before + column_bytes(values.len(), bits));
            bytes.extend([0xff; PADDING]);
            for (idx, value) in values.iter().enumerate() {
                prop_assert_eq!(get(&bytes, before, idx, bits), *value);
            }
        }

        #[test]
        fn numbers_give_back_what_was_put(value in any::<u64>(), signed in any::<i64>()) {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            put_number(&mut bytes, zigzag(signed));
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take_number(&mut rest), Some(value));
            prop_assert_eq!(take_number(&mut rest).map(unzigzag), Some(signed));
            prop_assert_eq!(take_number(&mut rest), None);
        }
    }
}
