//! Lines that are several phrases in a row: "Terms of use Privacy Contact", as a footer's links stand in one block.

use copydesk_core::Reason;

use super::{Entry, Lexicon};
use crate::hits::{Hits, Judgement};

/// The longest row, in words.
const MAX_WORDS: usize = 24;
/// The longest phrase in one, in words.
const MAX_PHRASE: usize = 6;
/// As many words without a sure one make a row.
const MIN_WEAK: usize = 3;

/// What a row is taken for, of a lexicon's rules.
#[derive(Default)]
pub(super) struct Rows {
    /// Rules that speak for a row wherever in it they stand: a footer is a footer by its terms of use.
    pub(super) telling: Hits,
    /// Rules of buttons that speak for the line they end.
    pub(super) buttons: Hits,
    /// The reasons of the rules, as far as they are built in.
    pub(super) reasons: Vec<Reason>,
    /// What a row of weak words of a reason is.
    pub(super) weak: Vec<(Reason, usize)>,
}

impl Lexicon {
    /// Judges a line by its key: all of it must be phrases, two of them sure, or one of three, or three weak for one
    /// reason.
    pub(super) fn judge_row(&self, judgement: &mut Judgement, key: &str) {
        let words: Vec<&str> = key.split(' ').take(MAX_WORDS + 1).collect();
        if words.len() < 2 || words.len() > MAX_WORDS || key.ends_with(['.', '?']) {
            return;
        }
        let mut row = Vec::new();
        if !self.fill(&words, &mut row, &mut 0) || row.len() < 2 {
            return;
        }
        let sure = row.iter().map(|entry| entry.rules).filter(|rules| !rules.is_empty());
        // "Editor's comments": of two words one may be by chance what a weak word is.
        if row.len() == 2 && sure.clone().count() == 1 && !self.agree(&row) {
            return;
        }
        let telling = sure.clone().find(|rules| rules.rules().any(|rule| self.rows.telling.holds(rule)));
        if let Some(hits) = telling.or_else(|| commonest(&sure)) {
            judgement.hits = hits;
            return;
        }
        let Some(reason) = row.first().and_then(|entry| entry.weak) else { return };
        if row.len() >= MIN_WEAK && row.iter().all(|entry| entry.weak == Some(reason)) {
            judgement.weak = Some(reason);
            let rule = self.rows.weak.iter().find(|(of, _)| *of == reason);
            if let Some((_, rule)) = rule {
                judgement.hits.add(*rule);
            }
        }
    }

    /// True if the weak words of a row are weak for the reason of a sure one.
    fn agree(&self, row: &[&Entry]) -> bool {
        let mut sure =
            row.iter().flat_map(|entry| entry.rules.rules()).filter_map(|rule| self.rows.reasons.get(rule));
        let weak: Vec<Reason> = row.iter().filter_map(|entry| entry.weak).collect();
        sure.any(|reason| weak.iter().all(|weak| weak == reason))
    }

    /// The phrases that these words are, the longer ones first; false if they are none. `failed` has a bit for each
    /// number of words that is known to be none, so that no end is looked at twice.
    fn fill<'a>(&'a self, words: &[&str], row: &mut Vec<&'a Entry>, failed: &mut u32) -> bool {
        if words.is_empty() || *failed >> words.len() & 1 == 1 {
            return words.is_empty();
        }
        for len in (1..=MAX_PHRASE.min(words.len())).rev() {
            let (first, rest) = words.split_at(len);
            let Some(entry) = self.phrases.get(first.join(" ").as_str()) else { continue };
            row.push(entry);
            if self.fill(rest, row, failed) {
                return true;
            }
            row.pop();
        }
        *failed |= 1 << words.len();
        false
    }
}

/// The rules that most phrases of a row fall under; the first of several.
fn commonest(sure: &(impl Iterator<Item = Hits> + Clone)) -> Option<Hits> {
    let count = |hits: Hits| sure.clone().filter(|other| *other == hits).count();
    let most = sure.clone().map(count).max()?;
    sure.clone().find(|hits| count(*hits) == most)
}

#[cfg(test)]
mod tests {
    use super::super::{LEXICON, Scratch};
    use crate::rules::LINE_RULES;
    use crate::spotter::Spotted;

    fn names(text: &str) -> Vec<&'static str> {
        let stems = Spotted::of(text);
        let judgement = LEXICON.judge(text, stems.rules_between(0, text.len()), &mut Scratch::default());
        judgement.hits.rules().map(|rule| LINE_RULES[rule].doc.name).collect()
    }

    #[test]
    fn phrases_in_a_row_are_what_they_are_alone() {
        assert_eq!(names("About us Contact Privacy policy Terms of use"), ["legal_links"]);
        assert_eq!(names("Datenschutz Impressum"), ["legal_links"]);
        assert!(names("Accept all Reject all").contains(&"consent_button"));
        assert_eq!(names("Sport Politics Business Culture"), ["menu"]);
    }

    #[test]
    fn one_other_word_makes_it_a_line() {
        for text in ["Privacy policy divides parliament", "Sport Politics", "Contact was lost", "Home News."]
        {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }
}
