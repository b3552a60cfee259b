//! How much the runs of letters in a text speak for each language.
//!
//! `runs.model` holds the commonest runs of two and three letters of some fifty languages, and the commonest
//! characters of Chinese and Japanese, with how often each occurs: the naive Bayes of Cavnar and Trenkle's n-grams
//! (1994) and of all language detectors since. `cargo dev train-language` makes it.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::scripts::Script;
use super::table::TABLE;
use super::votes::lower;

/// A score for each language, in the order of the table's codes, in quarter nats.
pub(super) type Scores = [i32; 64];

/// A nat in scores.
pub(super) const NAT: i32 = 4;

static FILE: &[u8] = include_bytes!("runs.model");

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(FILE));

struct Model {
    /// For each run, where its weights begin and how many there are.
    places: HashMap<u64, (u32, u8)>,
    /// A language by its place in the table, and its weight.
    weights: Vec<(u8, u8)>,
}

impl Model {
    /// Reads what is linked into the program; what is not as it should be ends it early, and tests would fail.
    fn read(file: &[u8]) -> Model {
        let mut model =
            Model { places: HashMap::with_capacity(60_000), weights: Vec::with_capacity(220_000) };
        let mut codes: Vec<u8> = Vec::new();
        let mut rest = file;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if let Some(row) = line.strip_prefix(b"codes ") {
                codes = row.split(|byte| *byte == b' ').filter_map(place_in_table).collect();
                break;
            }
        }
        let mut bytes = rest.iter().copied();
        let mut key = 0;
        while let Some(step) = varint(&mut bytes) {
            key += step;
            let n = bytes.next().unwrap_or(0);
            model.places.insert(key, (model.weights.len() as u32, n));
            for _ in 0..n {
                let (idx, weight) = (bytes.next().unwrap_or(0), bytes.next().unwrap_or(0));
                model.weights.push((codes.get(usize::from(idx)).copied().unwrap_or(0), weight));
            }
        }
        model
    }

    fn add(&self, scores: &mut Scores, key: u64) {
        let Some((start, n)) = self.places.get(&key) else { return };
        let start = *start as usize;
        for (idx, weight) in self.weights.get(start..start + usize::from(*n)).unwrap_or_default() {
            if let Some(score) = scores.get_mut(usize::from(*idx)) {
                *score += i32::from(*weight);
            }
        }
    }
}

fn place_in_table(code: &[u8]) -> Option<u8> {
    let at = TABLE.codes.iter().position(|known| known.as_bytes() == code)?;
    u8::try_from(at).ok()
}

fn varint(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The scores of a text by its letters in Latin script, or by those in others: the names of one in the midst of the
/// other say nothing. Nor do addresses and code, which are in no language.
pub(super) fn scores(text: &str, is_latin: bool) -> Scores {
    let model = &*MODEL;
    let mut scores = [0; 64];
    for piece in text.split_ascii_whitespace().filter(|piece| !is_code(piece)) {
        let mut key: u64 = 0;
        for c in piece.chars() {
            let letter = if c.is_ascii_alphabetic() { Some(c.to_ascii_lowercase()) } else { plain(c) };
            let letter = letter.filter(|letter| (Script::of(*letter) == Script::Latin) == is_latin);
            let Some(letter) = letter.and_then(|letter| u16::try_from(letter as u32).ok()) else {
                key = 0;
                continue;
            };
            key = key << 16 & 0xffff_ffff_ffff | u64::from(letter);
            if matches!(letter, 0x3400..=0x9fff) {
                model.add(&mut scores, u64::from(letter));
            } else if key > 0xffff {
                model.add(&mut scores, key & 0xffff_ffff);
                if key > 0xffff_ffff {
                    model.add(&mut scores, key);
                }
            }
        }
    }
    scores
}

/// A letter in lower case. Vowel signs of Indic scripts are none here: the model was counted without them.
fn plain(c: char) -> Option<char> {
    if matches!(c, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{962}'..='\u{963}')
    {
        return None;
    }
    lower(c)
}

/// True for an address, a handle, a path, a tag or a piece of a program.
fn is_code(piece: &str) -> bool {
    piece.is_ascii()
        && (piece.starts_with("www.")
            || piece
                .bytes()
                .any(|byte| matches!(byte, b'/' | b'@' | b'_' | b'=' | b'<' | b'>' | b'{' | b'}' | b'\\')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_whole() {
        let model = &*MODEL;
        assert!(model.places.len() > 40_000, "{}", model.places.len());
        assert!(
            model.weights.iter().all(|(idx, weight)| usize::from(*idx) < TABLE.codes.len() && *weight > 0)
        );
        let mut seen = [false; 64];
        for (idx, _) in &model.weights {
            seen[usize::from(*idx)] = true;
        }
        assert_eq!(seen.iter().filter(|seen| **seen).count(), 56);
    }

    #[test]
    fn addresses_and_code_say_nothing() {
        let text = "https://example.org/the-and-of the_and_of() <p class=\"this\"> www.this-and-that.example user@host";
        assert!(scores(text, true).iter().all(|score| *score < 30), "{:?}", scores(text, true));
    }
}
