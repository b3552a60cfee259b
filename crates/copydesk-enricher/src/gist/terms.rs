//! The words that carry an article, with what is known of each.

use copydesk_core::BlockKind;

use super::stopwords::{self, ByHash, Stopwords};
use crate::text::{Flags, Text, fold};

/// A place where a term stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    /// The term, by its place in [`Terms::all`].
    pub(crate) term: u32,
    /// First byte in `raw`, and one past the last.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) sentence: u32,
    /// The next one follows it with nothing but a space or hyphen between.
    pub(crate) joins: bool,
    /// Written large where a common word would not be.
    large: bool,
    /// Two characters of a script without spaces, which may overlap the next unit.
    pub(crate) dense: bool,
}

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    pub(crate) hash: u64,
    pub(crate) count: u32,
    /// Sentences it stands in.
    n_sentences: u32,
    /// The first of them, and the last that was looked at.
    first_sentence: u32,
    last_sentence: u32,
    /// How often it is written large where a common word would not be.
    n_large: u32,
    /// It stands in the title or the standfirst.
    pub(crate) in_head: bool,
    /// What it weighs, 0 and more.
    pub(crate) weight: f64,
}

/// The terms of an article: every place in order, and what is known of each.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) units: Vec<Unit>,
    pub(crate) all: Vec<Term>,
    by_hash: ByHash<u32>,
    /// Sentences of the body.
    n_sentences: u32,
}

impl Terms {
    /// The terms of a text in `language`.
    pub(crate) fn of(text: &Text<'_>, language: &str) -> Terms {
        let stopwords = stopwords::of(language);
        let mut terms = Terms { units: Vec::with_capacity(text.words.len() / 2 + 8), ..Terms::default() };
        terms.by_hash.reserve(text.words.len() / 3 + 8);
        for (part_idx, part) in text.parts.iter().enumerate() {
            // A table's cells and a caption's credits carry nothing that the text does not.
            if matches!(part.kind, BlockKind::Table | BlockKind::Caption) {
                continue;
            }
            for sentence in text.sentences_of(part_idx) {
                terms.n_sentences += u32::from(!part.is_head());
                let first = terms.units.len();
                for at in text.words_of(sentence) {
                    terms.read(text, at, sentence as u32, part.is_titled, stopwords);
                }
                terms.tell(first, part.is_head());
            }
        }
        terms.weigh();
        terms
    }

    /// What is known of the term with this hash.
    pub(crate) fn get(&self, hash: u64) -> Option<&Term> {
        self.all.get(*self.by_hash.get(&hash)? as usize)
    }

    /// What is known of a place's term.
    pub(crate) fn at(&self, unit: &Unit) -> Term {
        self.all.get(unit.term as usize).copied().unwrap_or_default()
    }

    /// The units of a sentence.
    pub(crate) fn of_sentence(&self, sentence: usize) -> &[Unit] {
        let from = self.units.partition_point(|unit| (unit.sentence as usize) < sentence);
        let rest = self.units.get(from..).unwrap_or_default();
        let len = rest.iter().take_while(|unit| unit.sentence as usize == sentence).count();
        rest.get(..len).unwrap_or_default()
    }

    fn weigh(&mut self) {
        let n_sentences = f64::from(self.n_sentences.max(1));
        for term in &mut self.all {
            let spread = f64::from(term.n_sentences) / n_sentences;
            let early = f64::from(3 + term.first_sentence).ln();
            let named = f64::from(term.n_large) / f64::from(term.count.max(1));
            let head = if term.in_head { 1.6 } else { 1.0 };
            term.weight = f64::from(term.count).sqrt() * (1.0 + spread) * (1.0 + 0.4 * named) * head / early;
        }
    }

    fn read(&mut self, text: &Text<'_>, at: usize, sentence: u32, is_titled: bool, stop: Option<&Stopwords>) {
        let Some(word) = text.words.get(at) else { return };
        if !word.flags.any(Flags::ADJOINS.with(Flags::HYPHEN)) {
            self.part();
        }
        if word.is(Flags::DENSE) {
            return self.read_dense(word.text(text.raw), word.start() as u32, sentence, stop);
        }
        let n_bytes = word.end() - word.start();
        let is_stop = word.flags.any(Flags::NUMBER.with(Flags::ADDRESS).with(Flags::ELIDED))
            || n_bytes < 2
            || (n_bytes < 4 && !word.flags.any(Flags::CAPS.with(Flags::CASELESS)))
            || stop.is_some_and(|stop| stop.contains(&word.hash));
        if is_stop {
            return self.part();
        }
        let large = word.is(Flags::LARGE) && !word.is(Flags::START) && !is_titled;
        let (start, end) = (word.start() as u32, word.end() as u32);
        let term = self.term(word.hash);
        self.units.push(Unit { term, start, end, sentence, joins: true, large, dense: false });
    }

    /// What follows does not join what was read last.
    fn part(&mut self) {
        if let Some(last) = self.units.last_mut() {
            last.joins = false;
        }
    }

    fn term(&mut self, hash: u64) -> u32 {
        let next = self.all.len() as u32;
        let term = *self.by_hash.entry(hash).or_insert(next);
        if term == next {
            let first_sentence = self.n_sentences;
            self.all.push(Term { hash, first_sentence, last_sentence: u32::MAX, ..Term::default() });
        }
        term
    }

    /// Chinese characters in pairs, katakana by the run; other scripts without spaces show no words.
    fn read_dense(&mut self, run: &str, start: u32, sentence: u32, stop: Option<&Stopwords>) {
        let is_stop = |piece: &str| stop.is_some_and(|stop| stop.contains(&fold::of_word(piece)));
        let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}');
        let is_katakana = |c: char| matches!(c, '\u{30a1}'..='\u{30ff}');
        let mut last: Option<usize> = None;
        let mut katakana: Option<usize> = None;
        let mut push = |from: usize, to: usize, joins: bool| {
            let Some(piece) = run.get(from..to) else { return };
            if !is_stop(piece) {
                let (from, to) = (start + from as u32, start + to as u32);
                let term = self.term(fold::of_word(piece));
                self.units.push(Unit {
                    term,
                    start: from,
                    end: to,
                    sentence,
                    joins,
                    large: false,
                    dense: true,
                });
            }
        };
        for (at, c) in run.char_indices().chain([(run.len(), ' ')]) {
            if !is_katakana(c)
                && let Some(from) = katakana.take()
                && at - from >= 6
            {
                push(from, at, false);
            }
            if is_katakana(c) && katakana.is_none() {
                katakana = Some(at);
            }
            let mut letter = [0; 4];
            let carries = is_han(c) && !is_stop(c.encode_utf8(&mut letter));
            if carries && let Some(from) = last {
                push(from, at + c.len_utf8(), true);
            }
            last = carries.then_some(at);
        }
    }

    /// Counts the units of a sentence that was just read, from the unit `first` on.
    fn tell(&mut self, first: usize, in_head: bool) {
        for unit in self.units.get(first..).unwrap_or_default() {
            let Some(term) = self.all.get_mut(unit.term as usize) else { continue };
            term.count += 1;
            term.in_head |= in_head;
            term.n_large += u32::from(unit.large);
            if term.last_sentence != unit.sentence {
                term.last_sentence = unit.sentence;
                term.n_sentences += 1;
            }
        }
        self.part();
    }
}
