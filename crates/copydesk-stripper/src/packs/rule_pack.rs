//! A pack that was checked, ready to judge lines.

use copydesk_core::Reason;

use super::reading::{cases, is_beyond_ascii, parse, prefixes, reported, whole};
use super::source::{PackSource, RuleSource};
use crate::expressions::Expression;
use crate::fold::{fold, key};
use crate::lexicon::{Lexicon, SentenceTest, rule_of};
use crate::packs::REPORTED;
use crate::rule::{Decider, Opens};
use crate::rules::{LINE_RULES, row_reason};
use crate::spotter::Spotter;

/// How sure a user's rule is if it does not say.
const CONFIDENCE: f64 = 0.9;
/// The longest line in words that the sentences of a user's rule may cut.
const MAX_WORDS: usize = 60;

/// A user's rules.
pub(crate) struct RulePack {
    /// The sites it is for; none for everywhere.
    pub(crate) sites: Vec<String>,
    pub(crate) lexicon: Lexicon,
    pub(crate) spotter: Spotter,
    /// Its line rules, by their place in the lexicon.
    pub(crate) deciders: Vec<Decider>,
}

impl std::fmt::Debug for RulePack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RulePack")
            .field("sites", &self.sites)
            .field("deciders", &self.deciders)
            .finish_non_exhaustive()
    }
}

impl RulePack {
    /// Of a source that was checked.
    pub(crate) fn of(source: &PackSource) -> RulePack {
        let mut pack = RulePack {
            sites: source.sites.iter().map(|site| site.value.trim_matches('/').to_lowercase()).collect(),
            lexicon: Lexicon::default(),
            spotter: Spotter::default(),
            deciders: Vec::new(),
        };
        let mut stems = Vec::new();
        for rule in &source.rules {
            if let Some(reason) = row_reason(&rule.name.value) {
                for word in &rule.weak {
                    pack.lexicon.add_weak(key_of(&word.value), reason);
                }
            } else {
                pack.add(rule, &mut stems);
            }
        }
        let stems: Vec<(usize, &str)> = stems.iter().map(|(rule, stem)| (*rule, stem.as_str())).collect();
        pack.spotter = Spotter::new(&stems, std::iter::empty());
        for &found in REPORTED {
            pack.lexicon.add_reported(Expression::new(found));
        }
        let words: Vec<String> = source.reported.iter().map(|word| folded(&word.value)).collect();
        for expression in reported(words.iter().map(String::as_str)) {
            pack.lexicon.add_reported(Expression::new(expression));
        }
        pack
    }

    fn add(&mut self, rule: &RuleSource, stems: &mut Vec<(usize, String)>) {
        let place = self.deciders.len();
        let built_in = rule_of(&rule.name.value).map(|known| LINE_RULES[known]);
        self.lexicon.add_rule(built_in.map_or(MAX_WORDS, |known| known.max_words));
        self.deciders.push(built_in.map_or_else(|| decider(rule), Decider::of));
        for phrase in &rule.phrases {
            self.lexicon.add_phrase(key_of(&phrase.value), place);
        }
        let mut open = !rule.sentences.is_empty();
        for pattern in &rule.patterns {
            let expression = whole(&pattern.value);
            let literals = parse(&expression).ok().as_ref().and_then(prefixes);
            open |= literals.is_none();
            let literals = literals.as_ref().map(|literals| literals.iter().map(Vec::as_slice));
            self.lexicon.add_pattern(Expression::new(expression), literals, place);
        }
        for sentence in &rule.sentences {
            self.lexicon.add_sentence(
                SentenceTest {
                    beyond_ascii: parse(&sentence.core.value).is_ok_and(|hir| is_beyond_ascii(&hir)),
                    core: Expression::new(sentence.core.value.clone()),
                    with: sentence.with.as_ref().map(|with| Expression::new(with.value.clone())),
                },
                place,
            );
        }
        stems.extend(rule.stems.iter().flat_map(|stem| cases(&stem.value)).map(|stem| (place, stem)));
        if open && rule.stems.is_empty() {
            self.lexicon.try_always(place);
        }
    }
}

/// A rule of the user's own.
fn decider(rule: &RuleSource) -> Decider {
    let reason = rule.reason.as_ref().and_then(|reason| reason_of(&reason.value));
    Decider {
        name: rule.name.value.clone().into(),
        // The check has seen to it that there is one.
        reason: reason.unwrap_or(Reason::Other),
        opens: Opens::Nothing,
        confidence: rule.confidence.as_ref().map_or(CONFIDENCE, |confidence| confidence.value),
    }
}

/// The reason of this name.
pub(crate) fn reason_of(name: &str) -> Option<Reason> {
    Reason::ALL.into_iter().find(|reason| reason.name() == name)
}

/// What a phrase is compared by.
pub(crate) fn key_of(phrase: &str) -> String {
    let mut out = String::new();
    key(&folded(phrase), &mut out);
    out
}

/// One spelling for texts that say the same.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::new();
    fold(text, &mut out);
    out
}
