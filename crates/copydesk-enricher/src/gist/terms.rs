//! The words that carry an article, with what is known of each.

use copydesk_core::BlockKind;

use super::stopwords::{self, ByHash, Stopwords};
use crate::text::{Flags, Text, fold};

/// A place where a term stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) hash: u64,
    /// First byte in `raw`, and one past the last.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) sentence: u32,
    /// The next one follows it with nothing but a space or hyphen between.
    pub(crate) joins: bool,
    /// Written large where a common word would not be.
    pub(crate) large: bool,
    /// Two characters of a script without spaces, which may overlap the next unit.
    pub(crate) dense: bool,
}

/// What is known of a term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Term {
    pub(crate) count: u32,
    /// Sentences it stands in.
    pub(crate) n_sentences: u32,
    /// The first of them, and the last that was looked at.
    first_sentence: u32,
    last_sentence: u32,
    /// How often it is written large where a common word would not be.
    n_large: u32,
    /// It stands in the title or the standfirst.
    pub(crate) in_head: bool,
}

/// The terms of an article: every place in order, and what is known of each.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) units: Vec<Unit>,
    by_hash: ByHash<Term>,
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
                for at in text.words_of(sentence) {
                    terms.read(text, at, sentence as u32, part.is_titled, stopwords);
                }
                terms.tell(sentence as u32, part.is_head());
            }
        }
        terms
    }

    /// What is known of the term with this hash.
    pub(crate) fn get(&self, hash: u64) -> Option<&Term> {
        self.by_hash.get(&hash)
    }

    /// What a term weighs, 0 and more.
    pub(crate) fn weight(&self, term: &Term) -> f64 {
        let spread = f64::from(term.n_sentences) / f64::from(self.n_sentences.max(1));
        let early = f64::from(3 + term.first_sentence).ln();
        let named = f64::from(term.n_large) / f64::from(term.count.max(1));
        let head = if term.in_head { 1.6 } else { 1.0 };
        f64::from(term.count).sqrt() * (1.0 + spread) * (1.0 + 0.4 * named) * head / early
    }

    fn read(&mut self, text: &Text<'_>, at: usize, sentence: u32, is_titled: bool, stop: Option<&Stopwords>) {
        let Some(word) = text.words.get(at) else { return };
        let adjoins = word.flags.any(Flags::ADJOINS.with(Flags::HYPHEN));
        if !adjoins && let Some(last) = self.units.last_mut() {
            last.joins = false;
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
            if let Some(last) = self.units.last_mut() {
                last.joins = false;
            }
            return;
        }
        let large = word.is(Flags::LARGE) && !word.is(Flags::START) && !is_titled;
        let (start, end) = (word.start() as u32, word.end() as u32);
        self.units.push(Unit { hash: word.hash, start, end, sentence, joins: true, large, dense: false });
    }

    /// Chinese characters in pairs, katakana by the run; other scripts without spaces show no words.
    fn read_dense(&mut self, run: &str, start: u32, sentence: u32, stop: Option<&Stopwords>) {
        let is_stop = |piece: &str| stop.is_some_and(|stop| stop.contains(&fold::of_word(piece)));
        let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}');
        let is_katakana = |c: char| matches!(c, '\u{30a1}'..='\u{30ff}');
        let mut last: Option<(usize, char)> = None;
        let mut katakana: Option<usize> = None;
        let mut push = |from: usize, to: usize, joins: bool| {
            let Some(piece) = run.get(from..to) else { return };
            if !is_stop(piece) {
                let (from, to) = (start + from as u32, start + to as u32);
                let hash = fold::of_word(piece);
                self.units.push(Unit {
                    hash,
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
            if carries && let Some((from, _)) = last {
                push(from, at + c.len_utf8(), true);
            }
            last = carries.then_some((at, c));
        }
    }

    /// Counts the units of a sentence that was just read.
    fn tell(&mut self, sentence: u32, in_head: bool) {
        let from = self.units.partition_point(|unit| unit.sentence < sentence);
        for unit in self.units.get(from..).unwrap_or_default() {
            let term = self.by_hash.entry(unit.hash).or_insert_with(|| Term {
                first_sentence: self.n_sentences,
                last_sentence: u32::MAX,
                ..Term::default()
            });
            term.count += 1;
            term.in_head |= in_head;
            term.n_large += u32::from(unit.large);
            if term.last_sentence != sentence {
                term.last_sentence = sentence;
                term.n_sentences += 1;
            }
        }
        if let Some(last) = self.units.last_mut() {
            last.joins = false;
        }
    }
}
