//! What of a rule matches a line, in words, for whoever wrote the rule.

use super::{Lexicon, Scratch, sentences};
use crate::fold::{fold, key};

impl Lexicon {
    /// What of this rule cuts the line. Slow: everything of the rule is tried.
    pub(crate) fn what_matches(&self, text: &str, rule: usize) -> String {
        let mut scratch = Scratch::default();
        fold(text, &mut scratch.folded);
        if let Some(found) = self.whole(&scratch.folded.clone(), rule, &mut scratch.key) {
            return found;
        }
        for sentence in sentences(&scratch.folded) {
            let test = self.sentences[rule].iter().find(|test| test.is_met(sentence, &scratch.folded));
            if let Some(test) = test {
                return format!("sentence `{}`", test.core.source());
            }
        }
        let last = sentences(&scratch.folded)
            .last()
            .map(|sentence| sentence.trim_end_matches(['.', '。']).to_owned());
        last.and_then(|last| self.whole(&last, rule, &mut scratch.key))
            .unwrap_or_else(|| "every part of it is a phrase".to_owned())
    }

    fn whole(&self, folded: &str, rule: usize, scratch: &mut String) -> Option<String> {
        key(folded, scratch);
        if self.phrases.get(scratch.as_str()).is_some_and(|entry| entry.rules.holds(rule)) {
            return Some(format!("phrase `{scratch}`"));
        }
        let patterns = self.pattern_rules.iter().enumerate().filter(|(_, of)| **of == rule);
        let mut sources = patterns.map(|(pattern, _)| self.patterns.expression(pattern));
        sources
            .find(|pattern| pattern.is_match(folded))
            .map(|pattern| format!("pattern `{}`", pattern.pattern()))
    }
}
