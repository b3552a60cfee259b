//! All line rules compiled into one: a line is looked at once, whatever the number of rules.
//!
//! Three tests, each cheaper than the next is dear: a table of whole lines, one set of anchored expressions,
//! and, for the few lines that hold a telling stem, one set of expressions over sentences. All are linear.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use copydesk_core::Reason;
use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::fold::{fold, key};
use crate::rules::{LINE_RULES, WEAK_WORDS};

/// Longer lines are prose that no phrase or pattern fits.
const MAX_SHORT_BYTES: usize = 260;
/// Longer lines are not looked at.
const MAX_BYTES: usize = 3_000;

/// Line rules by their place in [`LINE_RULES`], as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hits(u64);

impl Hits {
    fn add(&mut self, rule: usize) {
        self.0 |= 1 << rule;
    }

    /// The rules, in order.
    pub(crate) fn rules(self) -> impl Iterator<Item = usize> {
        (0..LINE_RULES.len()).filter(move |rule| self.0 >> rule & 1 == 1)
    }
}

/// What the lexicon knows of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The rules it falls under.
    pub(crate) hits: Hits,
    /// The reason it might be furniture, if it is one of the weak words.
    pub(crate) weak: Option<Reason>,
}

#[derive(Default)]
struct Entry {
    rules: Hits,
    weak: Option<Reason>,
}

pub(crate) struct Lexicon {
    phrases: HashMap<String, Entry>,
    patterns: RegexSet,
    pattern_rules: Vec<usize>,
    stems: AhoCorasick,
    cores: RegexSet,
    core_rules: Vec<usize>,
    withs: Vec<Option<Regex>>,
    reported: Regex,
}

/// Space for folding, kept from line to line.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: String,
    key: String,
    part: String,
}

pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::compile);

/// Somebody else's words, told by a reporter: such a sentence is not the page's own voice.
const REPORTED: &str = r"\b(said|told|according to|argued|wrote|ruled|announced|reported|criticised|criticized|sagte|sagten|erklarte|teilte|laut|a declare|a annonce|a estime|selon|dijo|afirmo|segun|ha detto|ha dichiarato|secondo|disse|afirmou|segundo|zei|volgens)\b";

impl Lexicon {
    fn compile() -> Lexicon {
        let mut phrases: HashMap<String, Entry> = HashMap::new();
        let mut patterns = Vec::new();
        let mut pattern_rules = Vec::new();
        let mut stems: Vec<&str> = Vec::new();
        let mut cores = Vec::new();
        let mut core_rules = Vec::new();
        let mut withs = Vec::new();
        let mut scratch = Scratch::default();
        for (idx, rule) in LINE_RULES.iter().enumerate() {
            for phrase in rule.phrases {
                phrases.entry(scratch.key_of(phrase)).or_default().rules.add(idx);
            }
            for pattern in rule.patterns {
                patterns.push(format!("^(?:{pattern})[!]*$"));
                pattern_rules.push(idx);
            }
            for sentence in rule.sentences {
                cores.push(sentence.core);
                core_rules.push(idx);
                withs.push((!sentence.with.is_empty()).then(|| expression(sentence.with)));
            }
            stems.extend(rule.stems);
        }
        for words in WEAK_WORDS {
            for phrase in words.phrases {
                phrases.entry(scratch.key_of(phrase)).or_default().weak = Some(words.reason);
            }
        }
        Lexicon {
            phrases,
            patterns: expressions(patterns),
            pattern_rules,
            stems: AhoCorasickBuilder::new()
                .ascii_case_insensitive(true)
                .build(stems)
                .expect("a few hundred short stems are within every limit; a test compiles them"),
            cores: expressions(cores),
            core_rules,
            withs,
            reported: expression(REPORTED),
        }
    }

    /// Judges a line by its text alone.
    pub(crate) fn judge(&self, text: &str, n_words: usize, scratch: &mut Scratch) -> Judgement {
        let mut judgement = Judgement::default();
        if text.len() > MAX_BYTES || is_spoken(text) {
            return judgement;
        }
        let short = text.len() <= MAX_SHORT_BYTES;
        let telling = self.stems.is_match(text);
        if !short && !telling {
            return judgement;
        }
        fold(text, &mut scratch.folded);
        if short {
            self.judge_whole(&mut judgement, scratch);
        }
        if telling {
            self.judge_sentences(&mut judgement, n_words, &scratch.folded);
        }
        judgement
    }

    fn judge_whole(&self, judgement: &mut Judgement, scratch: &mut Scratch) {
        key(&scratch.folded, &mut scratch.key);
        if let Some(entry) = self.phrases.get(scratch.key.as_str()) {
            judgement.hits = entry.rules;
            judgement.weak = entry.weak;
        }
        for pattern in self.patterns.matches(scratch.folded.as_bytes()) {
            judgement.hits.add(self.pattern_rules[pattern]);
        }
        if judgement.hits == Hits::default() && judgement.weak.is_none() {
            self.judge_parts(judgement, scratch);
        }
    }

    /// "Privacy Policy | Terms of Use | Contact": every part is a phrase, and one of them a sure one.
    fn judge_parts(&self, judgement: &mut Judgement, scratch: &mut Scratch) {
        let mut sure = Hits::default();
        let mut n_parts = 0;
        for part in scratch.folded.split(['|', '•', '·', '>', '/', '›', '»', '\u{2502}', '\t']) {
            key(part.trim(), &mut scratch.part);
            if scratch.part.is_empty() {
                continue;
            }
            let Some(entry) = self.phrases.get(scratch.part.as_str()) else { return };
            n_parts += 1;
            if sure == Hits::default() {
                sure = entry.rules;
            }
        }
        if n_parts >= 2 {
            judgement.hits = sure;
        }
    }

    fn judge_sentences(&self, judgement: &mut Judgement, n_words: usize, folded: &str) {
        if self.reported.is_match(folded.as_bytes()) {
            return;
        }
        let mut words_said = vec![0; LINE_RULES.len()];
        let mut n_total = 0;
        for sentence in sentences(folded) {
            let words = sentence.split(' ').count();
            n_total += words;
            let mut said = Hits::default();
            for core in self.cores.matches(sentence.as_bytes()) {
                let with = self.withs[core].as_ref();
                if with.is_none_or(|with| with.is_match(folded.as_bytes())) {
                    said.add(self.core_rules[core]);
                }
            }
            for rule in said.rules() {
                words_said[rule] += words;
            }
        }
        for (idx, rule) in LINE_RULES.iter().enumerate() {
            if words_said[idx] * 2 >= n_total && words_said[idx] > 0 && n_words <= rule.max_words {
                judgement.hits.add(idx);
            }
        }
    }
}

impl Scratch {
    fn key_of(&mut self, phrase: &str) -> String {
        fold(phrase, &mut self.folded);
        key(&self.folded, &mut self.key);
        self.key.clone()
    }
}

/// Speech, by how it begins: `"I agree"`, `– I agree`. A label between two dashes is none.
fn is_spoken(text: &str) -> bool {
    let text = text.trim();
    let quoted = text.starts_with(['"', '“', '„', '«', '”', '‟', '「', '『']);
    let dashed = text.starts_with(['–', '—', '―']) && !text.ends_with(['–', '—', '―', '-']);
    quoted || dashed
}

/// The sentences of a folded line.
fn sentences(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(folded);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text
            .match_indices([' '])
            .map(|(at, _)| at)
            .find(|&at| text.get(..at).is_some_and(|head| head.ends_with(['.', '!', '?'])));
        let sentence = match end {
            Some(end) => {
                rest = text.get(end + 1..);
                text.get(..end)
            }
            None => {
                rest = None;
                Some(text)
            }
        };
        sentence.filter(|sentence| !sentence.is_empty())
    })
}

fn expressions<I: IntoIterator<Item = S>, S: AsRef<str>>(sources: I) -> RegexSet {
    RegexSetBuilder::new(sources)
        .unicode(false)
        .size_limit(64 << 20)
        .dfa_size_limit(16 << 20)
        .build()
        .expect("the expressions are constants of this crate; a test compiles them")
}

fn expression(source: &str) -> Regex {
    RegexBuilder::new(source)
        .unicode(false)
        .build()
        .expect("the expressions are constants of this crate; a test compiles them")
}
