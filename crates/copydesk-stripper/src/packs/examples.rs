//! A pack's examples: lines that must go by a rule, and lines that must stay.

use super::rule_pack::RulePack;
use super::source::{At, PackSource, Problem, RuleSource};
use crate::hits::Judgement;
use crate::lexicon::{LEXICON, Lexicon, Scratch};
use crate::rule::Decider;
use crate::rules::{DECIDERS, row_reason};
use crate::spotter::{Spotted, Spotter};

/// What is wrong with a user's examples, beside the rules that are built in.
pub(super) fn wrong(pack: &RulePack, source: &PackSource) -> Vec<Problem> {
    let own = Judge { lexicon: &pack.lexicon, deciders: &pack.deciders, spotter: Some(&pack.spotter) };
    check(source, &[own, Judge::built_in()])
}

/// What is wrong with the examples of a pack that is built in.
#[cfg(test)]
pub(super) fn wrong_built_in(source: &PackSource) -> Vec<Problem> {
    check(source, &[Judge::built_in()])
}

/// Rules that judge a line.
struct Judge<'a> {
    lexicon: &'a Lexicon,
    deciders: &'a [Decider],
    /// Of its own; none for that of the built-in rules.
    spotter: Option<&'a Spotter>,
}

impl Judge<'_> {
    fn built_in() -> Judge<'static> {
        Judge { lexicon: &LEXICON, deciders: &DECIDERS, spotter: None }
    }

    fn judge(&self, line: &str) -> Judgement {
        let spotted = self.spotter.map_or_else(|| Spotted::of(line), |spotter| spotter.spot(line));
        self.lexicon.judge(line, spotted.rules_between(0, line.len()), &mut Scratch::default())
    }

    /// The rules that cut a line, each with what matches.
    fn cuts(&self, line: &str) -> Vec<String> {
        let hits = self.judge(line).hits;
        let told = hits.rules().map(|rule| {
            let name = &self.deciders[rule].name;
            format!("`{name}` ({})", self.lexicon.what_matches(line, rule))
        });
        told.collect()
    }

    fn is_cut_by(&self, line: &str, rule: &str) -> bool {
        self.judge(line).hits.rules().any(|hit| self.deciders[hit].name == rule)
    }
}

fn check(source: &PackSource, judges: &[Judge<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in &source.rules {
        let checked = match row_reason(&rule.name.value) {
            Some(_) => check_weak(rule, judges),
            None => check_lines(rule, judges),
        };
        problems.extend(checked);
    }
    problems
}

fn check_lines(rule: &RuleSource, judges: &[Judge<'_>]) -> Vec<Problem> {
    let name = rule.name.value.as_str();
    let cuts = |line: &str| judges.iter().flat_map(|judge| judge.cuts(line)).collect::<Vec<_>>();
    let mut problems = Vec::new();
    for line in &rule.cut {
        if !judges.iter().any(|judge| judge.is_cut_by(&line.value, name)) {
            let others = cuts(&line.value);
            let instead = if others.is_empty() {
                "nothing matches".to_owned()
            } else {
                format!("it goes by {} instead", others.join(" and "))
            };
            problems.push(example(line, &format!("is not cut by `{name}`: {instead}")));
        }
    }
    for line in &rule.keep {
        let cuts = cuts(&line.value);
        if !cuts.is_empty() {
            problems.push(example(line, &format!("does not stay: it goes by {}", cuts.join(" and "))));
        }
    }
    problems
}

/// Words that go in company only: alone they stay, but are known.
fn check_weak(rule: &RuleSource, judges: &[Judge<'_>]) -> Vec<Problem> {
    let name = rule.name.value.as_str();
    let reason = row_reason(name);
    let is_known = |line: &str| judges.iter().any(|judge| judge.judge(line).weak == reason);
    let mut problems = Vec::new();
    for line in rule.cut.iter().filter(|line| !is_known(&line.value)) {
        problems.push(example(line, &format!("is no word of `{name}`, whatever stands beside it")));
    }
    for line in rule.keep.iter().filter(|line| is_known(&line.value)) {
        problems.push(example(
            line,
            &format!("is a word of `{name}`, and does not stay beside a line that is cut"),
        ));
    }
    problems
}

fn example(line: &At<String>, what: &str) -> Problem {
    Problem { line: line.line, message: format!("example “{}” {what}", line.value) }
}
