//! Line rules compiled into one: a line is looked at once, whatever the number of rules.
//!
//! Three tests, each cheaper than the next is dear: a table of whole lines, expressions found by the literals
//! they begin with, and, for the few lines that hold a telling stem, expressions over sentences. All are linear.

mod matches;
mod row;

use std::borrow::Cow;
use std::sync::LazyLock;

use copydesk_core::Reason;
use hashbrown::HashMap;

use crate::expressions::{ByPrefix, Expression};
use crate::fold::{fold, key};
use crate::hits::{Hits, Judgement, MAX_RULES};
use crate::packs::{REPORTED, SECTIONS};
use crate::rule::LineRule;
use crate::rules::{LINE_RULES, row_reason};
use row::Rows;

/// Longer lines are prose that no phrase or pattern fits; as all lengths here in bytes of Latin script.
const MAX_SHORT_BYTES: usize = 260;
/// Longer lines are no whole-line phrase.
const MAX_PHRASE_BYTES: usize = 120;
/// Enough of a line to hold the literal any pattern begins with.
const HEAD_BYTES: usize = 64;
/// Longer lines are not looked at.
const MAX_BYTES: usize = 3_000;

const _: () = assert!(LINE_RULES.len() <= MAX_RULES, "more line rules than bits");

#[derive(Default)]
struct Entry {
    rules: Hits,
    weak: Option<Reason>,
}

/// What rules look for. They go by their place in it.
#[derive(Default)]
pub(crate) struct Lexicon {
    phrases: HashMap<Cow<'static, str>, Entry>,
    patterns: ByPrefix,
    pattern_rules: Vec<usize>,
    /// By rule.
    sentences: Vec<Vec<SentenceTest>>,
    /// By rule, the longest line in words that its sentences may cut.
    max_words: Vec<usize>,
    /// Rules that are tried without a stem.
    always: Hits,
    /// What lines of several phrases are taken for.
    rows: Rows,
    /// Somebody else's words, told by a reporter: such a sentence is not the page's own voice.
    reported: Vec<Expression>,
}

/// A sentence by what it says.
pub(crate) struct SentenceTest {
    /// Found in the sentence.
    pub(crate) core: Expression,
    /// Found in its line.
    pub(crate) with: Option<Expression>,
    /// True if only text with a character beyond ASCII can fit: the others need not compile it.
    pub(crate) beyond_ascii: bool,
}

impl SentenceTest {
    fn is_met(&self, sentence: &str, line: &str) -> bool {
        if self.beyond_ascii && sentence.is_ascii() {
            return false;
        }
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

/// The rules that are built in, by their place in [`LINE_RULES`].
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    lexicon.phrases.reserve(SECTIONS.iter().map(|section| section.phrases.len() + section.weak.len()).sum());
    for rule in LINE_RULES {
        lexicon.add_rule(rule.max_words);
    }
    for section in SECTIONS {
        let Some(rule) = rule_of(section.rule) else {
            for &word in section.weak {
                lexicon.add_weak(word, row_reason(section.rule).expect("a test looks for each rule's name"));
            }
            continue;
        };
        for &phrase in section.phrases {
            lexicon.add_phrase(phrase, rule);
        }
        for pattern in section.patterns {
            let prefixes = pattern.prefixes.map(|prefixes| prefixes.iter().copied());
            lexicon.add_pattern(Expression::new(pattern.source), prefixes, rule);
        }
        for &(core, with, beyond_ascii) in section.sentences {
            let with = (!with.is_empty()).then(|| Expression::new(with));
            lexicon.add_sentence(SentenceTest { core: Expression::new(core), with, beyond_ascii }, rule);
        }
    }
    ["copyright", "legal_links"]
        .into_iter()
        .filter_map(rule_of)
        .for_each(|rule| lexicon.rows.telling.add(rule));
    lexicon.rows.reasons = LINE_RULES.iter().map(|rule| rule.doc.reason).collect();
    let buttons = ["newsletter_prompt", "newsletter_form", "login_prompt", "paywall", "consent_button"];
    buttons.into_iter().filter_map(rule_of).for_each(|rule| lexicon.rows.buttons.add(rule));
    let weak = [(Reason::Share, "share_links"), (Reason::Navigation, "menu")];
    lexicon.rows.weak =
        weak.into_iter().filter_map(|(reason, rule)| Some((reason, rule_of(rule)?))).collect();
    for &reported in REPORTED {
        lexicon.add_reported(Expression::new(reported));
    }
    lexicon
});

/// The place of the line rule of this name.
pub(crate) fn rule_of(name: &str) -> Option<usize> {
    LINE_RULES.iter().position(|rule: &&LineRule| rule.doc.name == name)
}

impl Lexicon {
    /// Adds a rule; its place is the number of those before it.
    pub(crate) fn add_rule(&mut self, max_words: usize) {
        self.sentences.push(Vec::new());
        self.max_words.push(max_words);
    }

    /// Adds a whole line, by its key.
    pub(crate) fn add_phrase(&mut self, key: impl Into<Cow<'static, str>>, rule: usize) {
        self.phrases.entry(key.into()).or_default().rules.add(rule);
    }

    /// Adds a whole line that is furniture in company only, by its key.
    pub(crate) fn add_weak(&mut self, key: impl Into<Cow<'static, str>>, reason: Reason) {
        self.phrases.entry(key.into()).or_default().weak = Some(reason);
    }

    /// Adds an expression for whole lines, and what those begin with.
    pub(crate) fn add_pattern<'a>(
        &mut self,
        expression: Expression,
        prefixes: Option<impl IntoIterator<Item = &'a [u8]>>,
        rule: usize,
    ) {
        self.patterns.add(expression, prefixes);
        self.pattern_rules.push(rule);
    }

    /// Adds a sentence.
    pub(crate) fn add_sentence(&mut self, sentence: SentenceTest, rule: usize) {
        self.sentences[rule].push(sentence);
    }

    /// Adds an expression by which somebody else's words are known.
    pub(crate) fn add_reported(&mut self, expression: Expression) {
        self.reported.push(expression);
    }

    /// Has the sentences of a rule tried on every line.
    pub(crate) fn try_always(&mut self, rule: usize) {
        self.always.add(rule);
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
        let told = self.told(text, stems);
        let whole = text.len() <= MAX_SHORT_BYTES * scale(text) && self.may_be_whole(text, told, scratch);
        if !whole && told.is_empty() {
            return judgement;
        }
        fold(text, &mut scratch.folded);
        if whole {
            self.judge_whole(&mut judgement, told, scratch);
        }
        if !told.is_empty() {
            self.judge_sentences(&mut judgement, told, &scratch.folded);
        }
        judgement
    }

    /// The rules one of whose stems the line holds, without those it is too long for.
    fn told(&self, text: &str, stems: impl Iterator<Item = usize>) -> Hits {
        let mut told = self.always;
        stems.for_each(|rule| told.add(rule));
        if told.is_empty() {
            return told;
        }
        let n_words = n_words(text);
        for rule in told.rules().filter(|&rule| n_words > self.max_words[rule]) {
            told.remove(rule);
        }
        told
    }

    /// False if no phrase and no pattern can fit the whole line, by its first bytes.
    fn may_be_whole(&self, text: &str, told: Hits, scratch: &mut Scratch) -> bool {
        if may_be_phrase(text) || !told.is_empty() {
            return true;
        }
        let end = (HEAD_BYTES..text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(text.len());
        let head = text.get(..end).unwrap_or(text);
        fold(head, &mut scratch.folded);
        self.patterns.may_begin(&scratch.folded)
    }

    fn judge_whole(&self, judgement: &mut Judgement, told: Hits, scratch: &mut Scratch) {
        scratch.key.clear();
        if may_be_phrase(&scratch.folded) {
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
        if judgement.is_empty() {
            self.judge_parts(judgement, scratch);
        }
        if judgement.is_empty() {
            self.judge_row(judgement, &scratch.key);
        }
        if judgement.is_empty() {
            self.judge_prompts(judgement, scratch);
        }
        if judgement.is_empty() {
            self.judge_ending(judgement, scratch);
        }
    }

    /// "Thanks for reading! Share this post." : every sentence is furniture, and the last says of what kind.
    fn judge_prompts(&self, judgement: &mut Judgement, scratch: &mut Scratch) {
        let mut last = Hits::default();
        let mut n_sentences = 0;
        for sentence in sentences(&scratch.folded) {
            let sentence = sentence.trim_end_matches(['.', '。']);
            key(sentence, &mut scratch.part);
            last = self.phrases.get(scratch.part.as_str()).map(|entry| entry.rules).unwrap_or_default();
            self.patterns.matches(sentence, |_| false, &mut scratch.found);
            for &pattern in &scratch.found {
                last.add(self.pattern_rules[pattern]);
            }
            if last.is_empty() {
                return;
            }
            n_sentences += 1;
        }
        if n_sentences >= 2 {
            judgement.hits = last;
        }
    }

    /// "All results on Sunday night. Sign up now": the button at the end says of what kind the line is.
    fn judge_ending(&self, judgement: &mut Judgement, scratch: &mut Scratch) {
        if sentences(&scratch.folded).count() < 2 {
            return;
        }
        let Some(last) = sentences(&scratch.folded).last() else { return };
        key(last.trim_end_matches('!'), &mut scratch.part);
        let hits = self.phrases.get(scratch.part.as_str()).map(|entry| entry.rules).unwrap_or_default();
        hits.rules().filter(|&rule| self.rows.buttons.holds(rule)).for_each(|rule| judgement.hits.add(rule));
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
            if sure.is_empty() || entry.rules.rules().any(|rule| self.rows.telling.holds(rule)) {
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
            let words = n_words(sentence);
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
        if !hits.is_empty() && !self.reported.iter().any(|reported| reported.is_match(folded)) {
            judgement.hits.add_all(hits);
        }
    }
}

/// Speech, by how it begins: `"I agree"`, `– I agree`. A label between two dashes is none.
fn is_spoken(text: &str) -> bool {
    let text = text.trim();
    let quoted = text.starts_with(['"', '“', '„', '«', '”', '‟', '「', '『']);
    let dashed = text.starts_with(['–', '—', '―']) && !text.ends_with(['–', '—', '―', '-']);
    quoted || dashed
}

/// How much longer than a Latin text of as many letters this one is, going by how it begins.
fn scale(text: &str) -> usize {
    // Cyrillic takes two bytes a letter. So does Greek and Arabic, of which the packs know next to nothing; a Chinese
    // character takes three, and says as much.
    let cyrillic = text.as_bytes().first().is_some_and(|byte| matches!(byte, 0xd0..=0xd3));
    1 + usize::from(cyrillic)
}

/// True if a whole-line phrase may be as long as this folded text.
pub(crate) fn may_be_phrase(folded: &str) -> bool {
    folded.len() <= MAX_PHRASE_BYTES * scale(folded)
}

/// Words, by the gaps between them; two characters of a script without gaps count as one.
fn n_words(text: &str) -> usize {
    let n_gaps = text.split_ascii_whitespace().count();
    if text.is_ascii() {
        return n_gaps;
    }
    n_gaps + text.chars().filter(|c| ('\u{2e80}'..'\u{ac00}').contains(c)).count() / 2
}

/// The sentences of a folded line. Scripts without gaps between words have none between sentences.
fn sentences(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            return None;
        }
        let mut chars = rest.char_indices().peekable();
        let end = loop {
            let Some((at, c)) = chars.next() else { break rest.len() };
            let next = chars.peek().map(|&(_, next)| next);
            let ends = match c {
                '.' => next == Some(' '),
                '!' | '?' => next.is_some_and(|next| next == ' ' || next >= '\u{2e80}'),
                '。' => true,
                _ => false,
            };
            if ends {
                break at + c.len_utf8();
            }
        };
        let (sentence, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(sentence)
    })
}

#[cfg(test)]
mod tests;
