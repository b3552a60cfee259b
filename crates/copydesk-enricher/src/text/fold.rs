//! Words as numbers: a hash of a word without its case, the same in every build, for gazetteers are made of it.

/// A constant with no pattern in its bits (the fraction of the golden ratio).
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// Turns large letters of ASCII into small ones; digits and the marks that stand inside words have these bits.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// The hash of a word without regard to case. Apostrophes of both shapes are one, `ё` is `е`; accents count.
pub(crate) fn of_word(word: &str) -> u64 {
    if word.is_ascii() {
        return of_ascii(word.as_bytes());
    }
    let mut small = Small::default();
    for c in word.chars() {
        if c.is_ascii() {
            small.push(c as u8 | 0x20);
        } else {
            small.push_lower(c);
        }
    }
    small.hash()
}

/// The hash of several words that stand together: their order counts.
pub(crate) fn join(before: u64, word: u64) -> u64 {
    fold(before.rotate_left(23) ^ word, MIX)
}

/// As [`of_word`], for ASCII.
pub(super) fn of_ascii(word: &[u8]) -> u64 {
    of_bytes::<LOWER>(word)
}

/// The hash of bytes, on each of which these bits are set.
fn of_bytes<const BITS: u64>(word: &[u8]) -> u64 {
    let mut hash = MIX ^ word.len() as u64;
    let (chunks, rest) = word.as_chunks::<8>();
    for chunk in chunks {
        hash = fold(u64::from_le_bytes(*chunk) | BITS, hash);
    }
    if rest.is_empty() {
        return hash;
    }
    let tail = rest.iter().rev().fold(0, |tail, byte| tail << 8 | u64::from(byte | BITS as u8));
    fold(tail, hash)
}

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a ^ MIX) * u128::from(b | 1);
    (wide as u64) ^ ((wide >> 64) as u64)
}

/// Bytes of a word that count: what is longer is an address or noise, and its start will do.
const MOST: usize = 96;

/// A word in small letters.
struct Small {
    bytes: [u8; MOST],
    len: usize,
}

impl Default for Small {
    fn default() -> Small {
        Small { bytes: [0; MOST], len: 0 }
    }
}

impl Small {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn push_lower(&mut self, c: char) {
        match c {
            '’' | 'ʼ' => self.push(b'\''),
            // Marks of stress and hyphenation are no part of the word.
            '\u{301}' | '\u{ad}' => {}
            'а'..='я' | 'ß'..='ö' | 'ø'..='ÿ' => self.push_char(c),
            'А'..='Я' | 'À'..='Ö' | 'Ø'..='Þ' => {
                self.push_char(char::from_u32(c as u32 + 0x20).unwrap_or(c));
            }
            'ё' | 'Ё' => self.push_char('е'),
            'İ' => self.push(b'i'),
            _ => c.to_lowercase().for_each(|c| self.push_char(c)),
        }
    }

    fn push_char(&mut self, c: char) {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            self.push(byte);
        }
    }

    fn hash(&self) -> u64 {
        of_bytes::<0>(self.bytes.get(..self.len).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_words_in_any_case() {
        for (one, other) in [
            ("Putin", "PUTIN"),
            ("Zürich", "ZÜRICH"),
            ("Орёл", "орел"),
            ("İzmir", "izmir"),
            ("O’Brien", "o'brien"),
            ("Пу\u{301}тин", "путин"),
            ("Świnoujście", "świnoujście"),
        ] {
            assert_eq!(of_word(one), of_word(other), "{one}");
        }
        for (one, other) in
            [("Mali", "Malí"), ("ab", "ba"), ("a", "aa"), ("", "a"), ("abcdefgh", "abcdefghi")]
        {
            assert_ne!(of_word(one), of_word(other), "{one}");
        }
        let (new, york) = (of_word("new"), of_word("york"));
        assert_ne!(join(new, york), join(york, new));
    }

    #[test]
    fn the_hash_never_changes() {
        // Gazetteers hold it: a change here makes them all void.
        assert_eq!(of_word("moscow"), HASH_OF_MOSCOW);
        assert_eq!(of_word("größe"), HASH_OF_GROESSE);
    }

    const HASH_OF_MOSCOW: u64 = 16_766_151_928_453_865_125;
    const HASH_OF_GROESSE: u64 = 3_636_761_913_574_745_621;
}
