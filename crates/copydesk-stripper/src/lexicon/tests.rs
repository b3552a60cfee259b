use std::collections::BTreeSet;

use super::*;
use crate::rules::{CONTEXT_RULES, MARKUP_RULES, rules};
use crate::spotter::Spotted;

fn judged(text: &str) -> Judgement {
    LEXICON.judge(text, Spotted::of(text).rules_between(0, text.len()), &mut Scratch::default())
}

/// An expression that may begin with anything is tried only where a stem of its rule stands.
#[test]
fn sections_are_of_rules_and_what_may_begin_anywhere_has_stems() {
    let mut wrong = Vec::new();
    for section in SECTIONS {
        let Some(rule) = rule_of(section.rule) else {
            assert!(row_reason(section.rule).is_some(), "{}", section.rule);
            continue;
        };
        let by_sentence = !section.sentences.is_empty();
        let open = by_sentence || section.patterns.iter().any(|pattern| pattern.prefixes.is_none());
        let stems = SECTIONS.iter().filter(|other| {
            rule_of(other.rule) == Some(rule) && matches!(other.language, "en" | "mul")
                || std::ptr::eq(*other, section)
        });
        if open && stems.map(|section| section.stems.len()).sum::<usize>() == 0 {
            wrong.push((section.rule, section.language));
        }
    }
    assert_eq!(wrong, [], "have an open expression and no stem");
}

#[test]
fn no_line_belongs_to_two_rules_or_is_both_sure_and_weak() {
    let mut wrong = Vec::new();
    for (phrase, entry) in &LEXICON.phrases {
        let names: Vec<&str> = entry.rules.rules().map(|rule| LINE_RULES[rule].doc.name).collect();
        let reasons: BTreeSet<Option<Reason>> = SECTIONS
            .iter()
            .filter(|section| section.weak.contains(&phrase.as_ref()))
            .map(|section| row_reason(section.rule))
            .collect();
        if names.len() + reasons.len() != 1 {
            wrong.push(format!("{phrase:?} is claimed by {names:?} and weak as {reasons:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
    // One rule is of no such kind: that for bare marks.
    assert_eq!(names.len(), LINE_RULES.len() + CONTEXT_RULES.len() + MARKUP_RULES.len() + 1);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules().len());
    for rule in rules() {
        assert!(!rule.why.is_empty() && !rule.example.is_empty() && !rule.wrong_when.is_empty());
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
