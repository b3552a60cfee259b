//! The text with what is known of its words.

use std::cell::Cell;

use super::gazetteer::{Facts, Gazetteer};
use super::lexicon::{Class, Lexicon};
use super::stem;
use crate::text::{Flags, Text, Word, fold};

/// The text with what is known of its words.
pub(super) struct Page<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) lexicon: &'static Lexicon,
    pub(super) gazetteer: Gazetteer,
    /// Hashes of the words that stand in small letters: two bits for some of their bits.
    small: Vec<u64>,
    /// What was found out of each word, once it was asked for.
    known: Vec<Cell<Known>>,
}

/// What is known of a word: its class, behind that its facts, and whether each was asked for.
#[derive(Debug, Clone, Copy, Default)]
struct Known(u32);

impl Known {
    const HAS_CLASS: u32 = 1 << 31;
    const HAS_FACTS: u32 = 1 << 30;

    fn class(self) -> Option<Class> {
        (self.0 & Known::HAS_CLASS != 0).then(|| Class::of_bits(self.0))
    }

    fn facts(self) -> Option<Facts> {
        (self.0 & Known::HAS_FACTS != 0).then(|| Facts::of_bits((self.0 >> Class::BITS) as u8))
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(text: &'a Text<'a>, language: &str) -> Page<'a> {
        let mut small = vec![0_u64; 1024];
        for word in text.words.iter().filter(|word| !word.flags.any(Flags::LARGE.with(Flags::NUMBER))) {
            for (at, bit) in bits_of(word.hash) {
                if let Some(bits) = small.get_mut(at) {
                    *bits |= bit;
                }
            }
        }
        let code = language.split('-').next().unwrap_or_default();
        let known = vec![Cell::default(); text.words.len()];
        Page { text, lexicon: Lexicon::of(code), gazetteer: Gazetteer::builtin(), small, known }
    }

    pub(super) fn word(&self, idx: usize) -> Option<&Word> {
        self.text.words.get(idx)
    }

    pub(super) fn letters(&self, idx: usize) -> &'a str {
        self.word(idx).map_or("", |word| word.text(self.text.raw))
    }

    /// What a word says of its neighbours.
    pub(super) fn class(&self, idx: usize) -> Class {
        let Some(cell) = self.known.get(idx) else { return Class::default() };
        let known = cell.get();
        if let Some(class) = known.class() {
            return class;
        }
        let class = self
            .word(idx)
            .map_or(Class::default(), |word| self.lexicon.of_compound(word.hash, self.letters(idx)));
        cell.set(Known(known.0 | Known::HAS_CLASS | class.bits()));
        class
    }

    /// True if the word stands in small letters elsewhere in the article; in one of ten thousand cases also where
    /// it does not.
    pub(super) fn is_small_elsewhere(&self, hash: u64) -> bool {
        bits_of(hash).iter().all(|(at, bit)| self.small.get(*at).is_some_and(|bits| bits & bit != 0))
    }

    /// What the gazetteer has of one word.
    pub(super) fn facts(&self, idx: usize) -> Facts {
        let Some(cell) = self.known.get(idx) else { return Facts::default() };
        let known = cell.get();
        if let Some(facts) = known.facts() {
            return facts;
        }
        let facts = self.look_up(idx);
        cell.set(Known(known.0 | Known::HAS_FACTS | u32::from(facts.bits()) << Class::BITS));
        facts
    }

    fn look_up(&self, idx: usize) -> Facts {
        let Some(word) = self.word(idx).filter(|word| word.flags.any(Flags::LARGE.with(Flags::CASELESS)))
        else {
            return Facts::default();
        };
        if word.is(Flags::CAPS) {
            let facts = self.gazetteer.acronym(word.hash);
            if !facts.is_empty() || word.end() - word.start() < 5 {
                return facts;
            }
        }
        let facts = self.gazetteer.get(word.hash);
        if facts.is_empty() && self.lexicon.inflects {
            return self.gazetteer.inflected(self.letters(idx));
        }
        facts
    }

    /// The key by which forms of a name are told to be the same: of the stem, where the language has endings.
    pub(super) fn key(&self, idx: usize) -> u64 {
        let Some(word) = self.word(idx) else { return 0 };
        if self.lexicon.inflects
            && !word.is(Flags::CAPS)
            && let Some(stem) = stem::of(self.letters(idx))
        {
            return fold::of_word(&stem);
        }
        word.hash
    }

    /// True if nothing but spaces, a hyphen or `&` stands between a word and the one before.
    pub(super) fn adjoins(&self, idx: usize) -> bool {
        let Some(word) = self.word(idx) else { return false };
        if word.is(Flags::ADJOINS) {
            return true;
        }
        let Some(before) = idx.checked_sub(1).and_then(|idx| self.word(idx)) else { return false };
        self.text.raw.get(before.end()..word.start()) == Some(" & ")
    }

    /// What stands between a word and the one before.
    pub(super) fn gap(&self, idx: usize) -> &'a str {
        let before = idx.checked_sub(1).and_then(|idx| self.word(idx));
        let (Some(before), Some(word)) = (before, self.word(idx)) else { return "" };
        self.text.raw.get(before.end()..word.start()).unwrap_or("")
    }

    pub(super) fn is(&self, idx: usize, flags: Flags) -> bool {
        self.word(idx).is_some_and(|word| word.is(flags))
    }

    /// True for a single large letter with a stop: `J.`
    pub(super) fn is_initial(&self, idx: usize) -> bool {
        self.word(idx).is_some_and(|word| {
            word.is(Flags::LARGE) && word.flags.any(Flags::ABBREVIATED.with(Flags::LARGE))
        }) && self.letters(idx).trim_end_matches('.').chars().filter(|c| *c != '.').count() <= 2
            && self.is(idx, Flags::ABBREVIATED)
    }

    /// What the gazetteer has of a name.
    pub(super) fn facts_of(&self, first: usize, last: usize) -> Facts {
        if first == last {
            return self.facts(first);
        }
        let hashes = (first..=last).filter_map(|idx| self.word(idx)).map(|word| word.hash);
        hashes.reduce(fold::join).map_or(Facts::default(), |key| self.gazetteer.get(key))
    }

    /// The key of a run: forms of one name share it.
    pub(super) fn key_of(&self, first: usize, last: usize) -> u64 {
        (first..=last).map(|idx| self.key(idx)).reduce(fold::join).unwrap_or(0)
    }

    /// The bytes of a run: an initial at its end has its stop.
    pub(super) fn bounds(&self, first: usize, last: usize) -> (usize, usize) {
        let (Some(start), Some(end)) = (self.word(first), self.word(last)) else { return (0, 0) };
        let stops = last > first
            && self.letters(last).chars().nth(1).is_none()
            && self.is_initial(last)
            && self.text.raw.get(end.end()..).is_some_and(|rest| rest.starts_with('.'));
        (start.start(), end.end() + usize::from(stops))
    }

    /// The form of a run as it stands in the text.
    pub(super) fn form(&self, first: usize, last: usize) -> &'a str {
        let (start, end) = self.bounds(first, last);
        self.text.raw.get(start..end).unwrap_or("")
    }
}

/// The bits that stand for a hash in the set of small words.
fn bits_of(hash: u64) -> [(usize, u64); 2] {
    [((hash >> 54) as usize, 1 << (hash >> 48 & 63)), ((hash >> 38) as usize & 1023, 1 << (hash >> 32 & 63))]
}
