//! From text to fingerprint, in one pass.

use super::fingerprint::{Fingerprint, N_NAMES, N_NUMBERS, N_SHINGLES};
use super::letters::{Class, Letter, Letters, mix};
use super::lowest::Lowest;
use super::sample::Sample;

/// Words in a shingle.
const SHINGLE: usize = 4;

/// The low bits of a shingle's hash, which say where it stands: behind how many words.
const PLACE_BITS: u32 = 16;
const PLACES: u64 = (1 << PLACE_BITS) - 1;

/// Shingles of a text that are its keys.
const N_KEYS: usize = 16;

/// Words below which a text is too little to be known by its shingles: only the very same text is its copy.
pub const MIN_WORDS: u32 = 25;

/// A fingerprint, and what to look for to find those like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// What is compared.
    pub fingerprint: Fingerprint,
    /// At most 17 keys. Texts of which one is an edited copy of the other share some; texts that are the same but
    /// for case, spaces and marks share all. None for a text without letters.
    pub keys: Vec<u64>,
}

/// Makes fingerprints.
pub struct Fingerprinter {
    letters: &'static Letters,
    shingles: Lowest,
    numbers: Lowest,
    names: Lowest,
    text: Text,
    word: Word,
}

/// What is known of a text so far.
#[derive(Debug, Clone, Copy, Default)]
struct Text {
    hash: u64,
    n_letters: u32,
    n_words: u32,
    /// Words that stood where a name is told by its capital, and those of them that have one.
    n_inside: u32,
    n_capitals: u32,
    /// The hashes of the last words, the newest last.
    last: [u64; SHINGLE],
    /// The last letters, of a script without spaces.
    run: [u64; 6],
    /// A sentence has ended, and no word come since.
    fresh: bool,
}

/// What is known of a word so far.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    hash: u64,
    n_letters: u32,
    capital: bool,
    number: bool,
    /// A dash stands behind what was read of it: the rest may follow, on the next line even.
    dash: bool,
}

impl Default for Fingerprinter {
    fn default() -> Fingerprinter {
        Fingerprinter::new()
    }
}

impl Fingerprinter {
    /// With space for itself, which it keeps.
    pub fn new() -> Fingerprinter {
        Fingerprinter {
            letters: Letters::get(),
            shingles: Lowest::new(N_SHINGLES, PLACE_BITS),
            numbers: Lowest::new(N_NUMBERS, 0),
            names: Lowest::new(N_NAMES, 0),
            text: Text::default(),
            word: Word::default(),
        }
    }

    /// The fingerprint of a text in pieces: the paragraphs of an article's body, in order.
    pub fn of<'a>(&mut self, pieces: impl Iterator<Item = &'a str>) -> Keyed {
        self.shingles.clear();
        self.numbers.clear();
        self.names.clear();
        self.word = Word::default();
        self.text = Text { fresh: true, ..Text::default() };
        for piece in pieces {
            self.read(piece);
            self.space();
        }
        self.end_word();
        self.keyed()
    }

    fn keyed(&mut self) -> Keyed {
        let text = self.text;
        let mut keys = Vec::with_capacity(N_KEYS + 1);
        if text.n_letters > 0 {
            keys.push(mix(text.hash ^ u64::from(text.n_letters)));
        }
        // In a text all in capitals, or with a capital for every word, they tell no names.
        if text.n_capitals > text.n_inside / 2 {
            self.names.clear();
        }
        if text.n_words < MIN_WORDS {
            self.shingles.clear();
        }
        let shingles = self.shingles.sample();
        keys.extend(shingles.iter().take(N_KEYS).map(|shingle| mix(shingle >> PLACE_BITS)));
        let n_words = u64::from(text.n_words).clamp(1, PLACES);
        let place = |shingle: u64| ((shingle & PLACES) * 16 / n_words).min(15) as u8;
        let placed = shingles.iter().map(|shingle| (*shingle, place(*shingle)));
        let fingerprint = Fingerprint {
            hash: text.hash,
            n_letters: text.n_letters,
            n_words: text.n_words,
            shingles: Sample::of_placed(placed, shingles.len() == N_SHINGLES),
            numbers: Sample::of_keys(self.numbers.sample(), N_NUMBERS),
            names: Sample::of_keys(self.names.sample(), N_NAMES),
        };
        Keyed { fingerprint, keys }
    }

    fn read(&mut self, piece: &str) {
        let letters = self.letters;
        let bytes = piece.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_lowercase() {
                at = self.read_plain(bytes, at);
            } else if byte.is_ascii() {
                at += 1;
                // 1,200 and 3.5 are a number each.
                let in_number = self.word.number
                    && matches!(byte, b'.' | b',' | b':')
                    && bytes.get(at).is_some_and(u8::is_ascii_digit);
                if !in_number {
                    self.take(letters.ascii(byte));
                }
            } else if let Some(c) = piece.get(at..).and_then(|rest| rest.chars().next()) {
                at += c.len_utf8();
                self.take(&letters.of(c));
            } else {
                at += 1;
            }
        }
    }

    /// Takes the small letters from `at` on, most of most texts, and says where they end.
    fn read_plain(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut at = start;
        let (mut word, mut text) = (self.word.hash, self.text.hash);
        while let Some(&byte) = bytes.get(at).filter(|byte| byte.is_ascii_lowercase()) {
            let letter = self.letters.ascii(byte);
            word = letter.alike.from(word);
            text = letter.exact.from(text);
            at += 1;
        }
        (self.word.hash, self.text.hash) = (word, text);
        self.word.dash = false;
        self.word.n_letters += (at - start) as u32;
        at
    }

    fn take(&mut self, letter: &Letter) {
        match letter.class {
            Class::Letter | Class::Capital | Class::Digit => {
                let word = &mut self.word;
                if word.n_letters == 0 {
                    word.capital = letter.class == Class::Capital;
                }
                word.number |= letter.class == Class::Digit;
                word.dash = false;
                word.n_letters += u32::from(letter.n_letters);
                word.hash = letter.alike.from(word.hash);
                self.text.hash = letter.exact.from(self.text.hash);
            }
            Class::Ignored => {}
            Class::Space => self.space(),
            Class::Dash if self.word.n_letters > 0 && !self.word.dash => self.word.dash = true,
            Class::Dash | Class::Gap => self.end_word(),
            Class::Stop => {
                self.end_word();
                self.text.fresh = true;
            }
            Class::Dense(window) => self.dense(letter, window),
        }
    }

    fn space(&mut self) {
        if !self.word.dash {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.n_letters == 0 {
            return;
        }
        self.text.n_letters += word.n_letters;
        let hash = mix(word.hash);
        if word.number {
            self.numbers.offer(mix(hash ^ 1));
        } else if !self.text.fresh && word.n_letters > 1 {
            self.text.n_inside += 1;
            if word.capital {
                self.text.n_capitals += 1;
                self.names.offer(mix(hash ^ 2));
            }
        }
        self.text.fresh = false;
        self.text.run = Default::default();
        self.push(hash);
    }

    /// A letter of a script without spaces: it ends a word of the last few.
    fn dense(&mut self, letter: &Letter, window: u8) {
        self.end_word();
        let text = &mut self.text;
        text.hash = letter.exact.from(text.hash);
        text.n_letters += u32::from(letter.n_letters);
        text.run.rotate_left(1);
        text.run[5] = letter.exact.from(0);
        let word = text
            .run
            .iter()
            .rev()
            .take(usize::from(window))
            .fold(u64::from(window), |hash, letter| mix(hash ^ letter));
        self.push(word);
    }

    fn push(&mut self, word: u64) {
        let text = &mut self.text;
        text.n_words += 1;
        text.last.rotate_left(1);
        text.last[SHINGLE - 1] = word;
        if text.n_words >= SHINGLE as u32 {
            let shingle = text.last.iter().fold(0_u64, |hash, word| {
                hash.rotate_left(23).wrapping_mul(0xd6e8_feb8_6659_fd93).wrapping_add(*word)
            });
            let place = u64::from(text.n_words).min(PLACES);
            self.shingles.offer((mix(shingle) & !PLACES) | place);
        }
    }
}
