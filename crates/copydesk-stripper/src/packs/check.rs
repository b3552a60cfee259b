//! Whether a pack can be believed: every problem at once, each with its line and what would be right.

use copydesk_core::Reason;

use super::PackFile;
use super::examples;
use super::prose::PROSE;
use super::reading::whole;
use super::rule_pack::{RulePack, folded, key_of, reason_of};
use super::source::{At, PackSource, Problem, RuleSource, parse};
use crate::expressions::Expression;
use crate::hits::MAX_RULES;
use crate::lexicon::{may_be_phrase, rule_of};
use crate::rules::{LINE_RULES, row_reason, rules};

/// The most expressions a pack may hold: each takes memory once it was needed.
const MAX_EXPRESSIONS: usize = 500;
/// The most whole lines a pack may hold.
const MAX_PHRASES: usize = 50_000;
/// Lines of ordinary prose an expression may match, for chance is blind.
const MAX_PROSE: usize = 1;

/// Reads and checks a pack, and tries its examples.
///
/// # Errors
/// Everything that is wrong with it, as `PATH:LINE: MESSAGE`.
pub(crate) fn load(file: &PackFile) -> Result<RulePack, Vec<String>> {
    let (source, problems) = parse(&file.text);
    let mut checker = Checker { problems };
    checker.pack(&source);
    if checker.problems.is_empty() {
        let pack = RulePack::of(&source);
        checker.problems = examples::wrong(&pack, &source);
        if checker.problems.is_empty() {
            return Ok(pack);
        }
    }
    checker.problems.sort();
    checker.problems.dedup();
    let located = |problem: &Problem| format!("{}:{}: {}", file.path, problem.line, problem.message);
    Err(checker.problems.iter().map(located).collect())
}

struct Checker {
    problems: Vec<Problem>,
}

impl Checker {
    fn problem<T>(&mut self, at: &At<T>, message: String) {
        self.problems.push(Problem { line: at.line, message });
    }

    fn pack(&mut self, source: &PackSource) {
        if let Some(language) = source.language.as_ref().filter(|language| !is_language(&language.value)) {
            let message =
                format!("`language` takes a tag such as \"de\" or \"pt-BR\", not `{}`", language.value);
            self.problem(language, message);
        }
        for site in &source.sites {
            if site.value.contains("//") || site.value.contains([' ', '*', '?']) {
                let message = "`sites` takes hosts such as \"example.org\", which stand for those below them too, or \
                               folders such as \"regional/blatt\"";
                self.problem(site, format!("{message}, not `{}`", site.value));
            }
        }
        let n_rules = source.rules.iter().filter(|rule| row_reason(&rule.name.value).is_none()).count();
        let n_expressions: usize =
            source.rules.iter().map(|rule| rule.patterns.len() + 2 * rule.sentences.len()).sum();
        let n_phrases: usize = source.rules.iter().map(|rule| rule.phrases.len() + rule.weak.len()).sum();
        for (n, most, what) in [
            (n_rules, MAX_RULES, "rules"),
            (n_expressions, MAX_EXPRESSIONS, "expressions"),
            (n_phrases, MAX_PHRASES, "phrases"),
        ] {
            if n > most {
                let message = format!("{n} {what}, and a pack may have {most}: part it in two");
                self.problems.push(Problem { line: 1, message });
            }
        }
        for rule in &source.rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &RuleSource) {
        let name = &rule.name.value;
        if row_reason(name).is_some() {
            self.row_rule(rule);
        } else if rule_of(name).is_some() {
            self.built_in(rule);
        } else if rules().iter().any(|known| known.name == name) {
            let message = format!("`{name}` reads no words: it can be switched off, and nothing else");
            self.problem(&rule.name, message);
        } else {
            self.own(rule);
        }
        self.words(rule);
    }

    /// A rule that knows its words in company only.
    fn row_rule(&mut self, rule: &RuleSource) {
        let others = rule.phrases.len() + rule.patterns.len() + rule.sentences.len() + rule.stems.len();
        if others > 0 {
            let message =
                format!("`{}` takes `weak` words only, which go beside a line that is cut", rule.name.value);
            self.problem(&rule.name, message);
        }
        self.no_words_about(rule);
    }

    /// More words for a rule that is built in.
    fn built_in(&mut self, rule: &RuleSource) {
        self.no_words_about(rule);
        self.no_weak(rule);
    }

    fn no_words_about(&mut self, rule: &RuleSource) {
        let name = &rule.name.value;
        for text in rule.reason.iter().chain(&rule.why) {
            self.problem(text, format!("`{name}` is built in, and has its reason and its why"));
        }
        if let Some(confidence) = &rule.confidence {
            self.problem(confidence, format!("`{name}` is built in, and knows how sure it is"));
        }
    }

    fn no_weak(&mut self, rule: &RuleSource) {
        if let Some(weak) = rule.weak.first() {
            let rows: Vec<&str> =
                rules().iter().map(|rule| rule.name).filter(|name| row_reason(name).is_some()).collect();
            self.problem(weak, format!("`weak` words belong to a rule over rows ({})", rows.join(", ")));
        }
    }

    /// A rule of the user's own.
    fn own(&mut self, rule: &RuleSource) {
        let name = &rule.name.value;
        if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            self.problem(&rule.name, format!("`{name}` is no name for a rule (small letters, digits, `_`)"));
        }
        let reasons = || Reason::ALL.iter().map(|reason| reason.name()).collect::<Vec<_>>().join(", ");
        match &rule.reason {
            None => {
                let known = || LINE_RULES.iter().map(|rule| rule.doc.name);
                let near = known().max_by(|a, b| likeness(name, a).total_cmp(&likeness(name, b)));
                let near = near.filter(|near| likeness(name, near) > 0.6);
                let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
                let message = format!(
                    "unknown rule `{name}`{near} (a rule of your own says its `reason`: {})",
                    reasons()
                );
                self.problem(&rule.name, message);
            }
            Some(reason) if reason_of(&reason.value).is_none() => {
                self.problem(reason, format!("unknown reason `{}` (available: {})", reason.value, reasons()));
            }
            Some(_) if rule.why.is_none() => {
                let message = format!("`{name}` does not say `why` such lines are no part of an article");
                self.problem(&rule.name, message);
            }
            Some(_) => {}
        }
        if let Some(confidence) = &rule.confidence
            && !(confidence.value > 0.0 && confidence.value <= 1.0)
        {
            self.problem(
                confidence,
                format!("`confidence` is above 0 and at most 1, not {}", confidence.value),
            );
        }
        self.no_weak(rule);
    }

    fn words(&mut self, rule: &RuleSource) {
        for phrase in rule.phrases.iter().chain(&rule.weak) {
            let key = key_of(&phrase.value);
            if key.is_empty() {
                self.problem(phrase, format!("`{}` holds no word", phrase.value));
            } else if !may_be_phrase(&folded(&phrase.value)) {
                let message = format!(
                    "a phrase has at most 120 letters: write a pattern for `{}…`",
                    phrase.value.chars().take(30).collect::<String>()
                );
                self.problem(phrase, message);
            }
        }
        for stem in rule.stems.iter().filter(|stem| stem.value.len() < 2) {
            self.problem(stem, format!("the stem `{}` is too short (two letters at least)", stem.value));
        }
        for pattern in &rule.patterns {
            self.expression(pattern, &whole(&pattern.value));
        }
        for sentence in &rule.sentences {
            self.expression(&sentence.core, &sentence.core.value);
            if let Some(with) = &sentence.with {
                // It narrows a sentence down, and may be as common as it likes.
                self.compiles(with, &with.value);
            }
        }
    }

    fn expression(&mut self, at: &At<String>, expression: &str) {
        let Some(regex) = self.compiles(at, expression) else { return };
        if regex.is_match(b"") {
            self.problem(at, format!("`{}` matches the empty line", at.value));
            return;
        }
        let matched: Vec<&&str> =
            PROSE.iter().filter(|line| regex.is_match(folded(line).as_bytes())).collect();
        if let Some(line) = matched.first().filter(|_| matched.len() > MAX_PROSE) {
            let n = matched.len();
            let message =
                format!("`{}` matches {n} of {} lines of ordinary prose: “{line}”", at.value, PROSE.len());
            self.problem(at, message);
        }
    }

    fn compiles(&mut self, at: &At<String>, expression: &str) -> Option<regex::bytes::Regex> {
        if let Some((c, spelled)) = unfolded(&at.value) {
            let spelled = if spelled.is_empty() { "nothing".to_owned() } else { format!("`{spelled}`") };
            let message = format!(
                "`{}`: lines are folded before they are compared, write {spelled} for `{c}`",
                at.value
            );
            self.problem(at, message);
            return None;
        }
        match Expression::compile(expression) {
            Ok(regex) => Some(regex),
            Err(regex::Error::CompiledTooBig(most)) => {
                self.problem(at, format!("`{}` is too large (at most {most} bytes compiled)", at.value));
                None
            }
            Err(error) => {
                // The last line says what is wrong, those above draw where.
                let error = error.to_string();
                let why = error.lines().last().unwrap_or("").trim_start_matches("error: ");
                self.problem(at, format!("`{}` is no expression: {why}", at.value));
                None
            }
        }
    }
}

/// Whether it looks like a BCP 47 tag.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let first = parts.next().is_some_and(|part| matches!(part.len(), 2..=3) && letters(part));
    let rest =
        |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    first && parts.all(rest)
}

fn likeness(a: &str, b: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(a, b)
}

/// A character of an expression that no folded text has, and what has become of it.
fn unfolded(source: &str) -> Option<(char, String)> {
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            // A class, an escaped sign, or a character by its number: `\w`, `\.`, `\pL`, `\x{e9}`.
            let kind = chars.next();
            if chars.peek() == Some(&'{') && matches!(kind, Some('x' | 'u' | 'U' | 'p' | 'P')) {
                chars.by_ref().find(|&c| c == '}');
            } else if matches!(kind, Some('p' | 'P')) {
                chars.next();
            }
            continue;
        }
        // Between letters, for at its ends folding trims a text.
        let spelled = folded(&format!("a{c}a"));
        let spelled = spelled.strip_prefix('a').and_then(|rest| rest.strip_suffix('a')).unwrap_or("");
        if spelled != c.to_string() && !c.is_whitespace() {
            return Some((c, spelled.to_owned()));
        }
    }
    None
}
