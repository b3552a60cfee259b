//! All line rules compiled into one: a line is looked at once, whatever the number of rules.
//!
//! Three tests, each cheaper than the next is dear: a table of whole lines, expressions found by the literals
//! they begin with, and, for the few lines that hold a telling stem, expressions over sentences. All are linear.

use std::sync::LazyLock;

use copydesk_core::Reason;
use hashbrown::HashMap;

use crate::expressions::{ByPrefix, Expression};
use crate::fold::{fold, key};
use crate::rule::Sentence;
use crate::rules::{LINE_RULES, WEAK_WORDS};

/// Longer lines are prose that no phrase or pattern fits.
const MAX_SHORT_BYTES: usize = 260;
/// Longer lines are no whole-line phrase.
const MAX_PHRASE_BYTES: usize = 120;
/// Enough of a line to hold the literal any pattern begins with.
const HEAD_BYTES: usize = 64;
/// Longer lines are not looked at.
const MAX_BYTES: usize = 3_000;

/// As many line rules as [`Hits`] has bits.
const MAX_RULES: usize = 64;
const _: () = assert!(LINE_RULES.len() <= MAX_RULES, "more line rules than bits");

/// Line rules by their place in [`LINE_RULES`], as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hits(u64);

impl Hits {
    fn add(&mut self, rule: usize) {
        self.0 |= 1 << rule;
    }

    fn holds(self, rule: usize) -> bool {
        self.0 >> rule & 1 == 1
    }

    /// The rules, in order.
    pub(crate) fn rules(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let rule = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(rule)
        })
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
    patterns: ByPrefix,
    pattern_rules: Vec<usize>,
    /// By rule.
    sentences: Vec<Vec<SentenceTest>>,
    reported: Expression,
}

struct SentenceTest {
    core: Expression,
    with: Option<Expression>,
}

impl SentenceTest {
    fn is_met(&self, sentence: &str, line: &str) -> bool {
        self.core.is_match(sentence) && self.with.as_ref().is_none_or(|with| with.is_match(line))
    }
}

/// Space for folding, kept from line to line.
#[derive(Default)]
pub(crate) struct Scratch {
    folded: String,
    key: String,
    part: String,
    found: Vec<usize>,
}

pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::compile);

/// Somebody else's words, told by a reporter: such a sentence is not the page's own voice.
const REPORTED: &str = r"\b(?:said|told|according to|argued|wrote|ruled|announced|reported|criticised|criticized|sagte|sagten|erklarte|teilte|laut|a declare|a annonce|a estime|selon|dijo|afirmo|segun|ha detto|ha dichiarato|secondo|disse|afirmou|segundo|zei|volgens)\b";

impl Lexicon {
    fn compile() -> Lexicon {
        let mut scratch = Scratch::default();
        let mut phrases: HashMap<String, Entry> = HashMap::new();
        let mut sentences = Vec::new();
        for (rule, spec) in LINE_RULES.iter().enumerate() {
            for phrase in spec.phrases {
                phrases.entry(scratch.key_of(phrase)).or_default().rules.add(rule);
            }
            let test = |sentence: &Sentence| SentenceTest {
                core: Expression::anywhere(sentence.core),
                with: (!sentence.with.is_empty()).then(|| Expression::anywhere(sentence.with)),
            };
            sentences.push(spec.sentences.iter().map(test).collect());
        }
        for words in WEAK_WORDS {
            for phrase in words.words.split(';').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                phrases.entry(scratch.key_of(phrase)).or_default().weak = Some(words.reason);
            }
        }
        let patterns = || {
            LINE_RULES
                .iter()
                .enumerate()
                .flat_map(|(rule, spec)| spec.patterns.iter().map(move |p| (rule, *p)))
        };
        Lexicon {
            phrases,
            patterns: ByPrefix::new(patterns().map(|(_, pattern)| pattern)),
            pattern_rules: patterns().map(|(rule, _)| rule).collect(),
            sentences,
            reported: Expression::anywhere(REPORTED),
        }
    }

    /// Judges a line by its text alone; `stems` are the rules one of whose stems it holds.
    pub(crate) fn judge(
        &self,
        text: &str,
        stems: impl Iterator<Item = usize>,
        scratch: &mut Scratch,
    ) -> Judgement {
        let mut judgement = Judgement::default();
        if text.len() > MAX_BYTES || is_spoken(text) {
            return judgement;
        }
        let told = told(text, stems);
        let whole = text.len() <= MAX_SHORT_BYTES && self.may_be_whole(text, told, scratch);
        if !whole && told == Hits::default() {
            return judgement;
        }
        fold(text, &mut scratch.folded);
        if whole {
            self.judge_whole(&mut judgement, told, scratch);
        }
        if told != Hits::default() {
            self.judge_sentences(&mut judgement, told, &scratch.folded);
        }
        judgement
    }

    /// False if no phrase and no pattern can fit the whole line, by its first bytes.
    fn may_be_whole(&self, text: &str, told: Hits, scratch: &mut Scratch) -> bool {
        if text.len() <= MAX_PHRASE_BYTES || told != Hits::default() {
            return true;
        }
        let end = (HEAD_BYTES..text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(text.len());
        let head = text.get(..end).unwrap_or(text);
        fold(head, &mut scratch.folded);
        self.patterns.may_begin(&scratch.folded)
    }

    fn judge_whole(&self, judgement: &mut Judgement, told: Hits, scratch: &mut Scratch) {
        scratch.key.clear();
        if scratch.folded.len() <= MAX_PHRASE_BYTES {
            key(&scratch.folded, &mut scratch.key);
        }
        if let Some(entry) = self.phrases.get(scratch.key.as_str()) {
            judgement.hits = entry.rules;
            judgement.weak = entry.weak;
        }
        let may_be_open = |pattern: usize| told.holds(self.pattern_rules[pattern]);
        self.patterns.matches(&scratch.folded, may_be_open, &mut scratch.found);
        for &pattern in &scratch.found {
            judgement.hits.add(self.pattern_rules[pattern]);
        }
        if judgement.hits == Hits::default() && judgement.weak.is_none() {
            self.judge_parts(judgement, scratch);
        }
        if judgement.hits == Hits::default() && judgement.weak.is_none() {
            self.judge_prompts(judgement, scratch);
        }
    }

    /// "Thanks for reading! Share this post." : every sentence is furniture, and the last says of what kind.
    fn judge_prompts(&self, judgement: &mut Judgement, scratch: &mut Scratch) {
        let mut last = Hits::default();
        let mut n_sentences = 0;
        for sentence in sentences(&scratch.folded) {
            let sentence = sentence.trim_end_matches('.');
            key(sentence, &mut scratch.part);
            last = self.phrases.get(scratch.part.as_str()).map(|entry| entry.rules).unwrap_or_default();
            self.patterns.matches(sentence, |_| false, &mut scratch.found);
            for &pattern in &scratch.found {
                last.add(self.pattern_rules[pattern]);
            }
            if last == Hits::default() {
                return;
            }
            n_sentences += 1;
        }
        if n_sentences >= 2 {
            judgement.hits = last;
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

    fn judge_sentences(&self, judgement: &mut Judgement, told: Hits, folded: &str) {
        let mut words_said = [0; MAX_RULES];
        let mut n_total = 0;
        for sentence in sentences(folded) {
            let words = sentence.split(' ').count();
            n_total += words;
            let mut said = Hits::default();
            for rule in told.rules() {
                if self.sentences[rule].iter().any(|test| test.is_met(sentence, folded)) {
                    said.add(rule);
                }
            }
            for rule in said.rules() {
                words_said[rule] += words;
            }
        }
        let said = told.rules().filter(|&rule| words_said[rule] > 0 && words_said[rule] * 2 >= n_total);
        let mut hits = Hits::default();
        said.for_each(|rule| hits.add(rule));
        if hits != Hits::default() && !self.reported.is_match(folded) {
            judgement.hits.0 |= hits.0;
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

/// The rules one of whose stems the line holds, without those it is too long for.
fn told(text: &str, stems: impl Iterator<Item = usize>) -> Hits {
    let mut told = Hits::default();
    stems.for_each(|rule| told.add(rule));
    if told == Hits::default() {
        return told;
    }
    let n_words = text.split_ascii_whitespace().count();
    let too_long = told.rules().filter(|&rule| n_words > LINE_RULES[rule].max_words);
    too_long.fold(told, |told, rule| Hits(told.0 & !(1 << rule)))
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
        rest = end.and_then(|end| text.get(end + 1..));
        let sentence = text.get(..end.unwrap_or(text.len()));
        sentence.filter(|sentence| !sentence.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{CONTEXT_RULES, MARKUP_RULES, rules};
    use crate::spotter::Spotted;

    fn judged(text: &str) -> Judgement {
        LEXICON.judge(text, Spotted::of(text).rules_between(0, text.len()), &mut Scratch::default())
    }

    #[test]
    fn every_expression_compiles_and_is_written_as_folded_text_is() {
        let mut folded = String::new();
        for rule in LINE_RULES {
            let sentences = rule.sentences.iter().flat_map(|sentence| [sentence.core, sentence.with]);
            for source in rule.patterns.iter().copied().chain(sentences) {
                Expression::whole(source).is_match("");
                fold(source, &mut folded);
                assert!(!source.contains('’'), "{}: {source}", rule.doc.name);
                assert_eq!(source.to_lowercase(), source, "{}: {source}", rule.doc.name);
            }
        }
    }

    /// An expression that may begin with anything is tried only where a stem of its rule stands.
    #[test]
    fn open_expressions_have_stems() {
        for &pattern in LEXICON.patterns.open() {
            let rule = LINE_RULES[LEXICON.pattern_rules[pattern]];
            println!("{}: {}", rule.doc.name, rule.patterns.join("\n    "));
            assert!(!rule.stems.is_empty(), "{} has an open expression and no stem", rule.doc.name);
        }
    }

    #[test]
    fn no_line_belongs_to_two_rules_or_is_both_sure_and_weak() {
        for (phrase, entry) in &LEXICON.phrases {
            let names: Vec<&str> = entry.rules.rules().map(|rule| LINE_RULES[rule].doc.name).collect();
            let n_claims = names.len() + usize::from(entry.weak.is_some());
            assert!(n_claims == 1, "{phrase:?} is claimed by {names:?} and weak as {:?}", entry.weak);
        }
    }

    #[test]
    fn every_rule_cuts_its_own_example() {
        for (idx, rule) in LINE_RULES.iter().enumerate() {
            let hits = judged(rule.doc.example).hits;
            assert!(hits.holds(idx), "{}: {}", rule.doc.name, rule.doc.example);
        }
    }

    #[test]
    fn names_are_unique_and_entries_whole() {
        let mut names: Vec<&str> = rules().iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), LINE_RULES.len() + CONTEXT_RULES.len() + MARKUP_RULES.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules().len());
        for rule in rules() {
            assert!(!rule.why.is_empty() && !rule.example.is_empty() && !rule.wrong_when.is_empty());
            assert!(!rule.languages.is_empty(), "{}", rule.name);
        }
    }

    #[test]
    fn speech_is_no_button() {
        assert_eq!(judged("\"I agree\"").hits, Hits::default());
        assert_eq!(judged("— De acuerdo").hits, Hits::default());
        assert_eq!(judged("I agree.").hits, Hits::default());
        assert_ne!(judged("I agree").hits, Hits::default());
        assert_ne!(judged("— ADVERTISEMENT —").hits, Hits::default());
    }
}
