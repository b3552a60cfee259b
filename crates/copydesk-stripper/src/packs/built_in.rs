//! The packs that are built in, as the build script has read them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a pack says of a rule.
pub(crate) struct Section {
    /// The rule, by name.
    pub(crate) rule: &'static str,
    /// The language of its words; `mul` for several.
    pub(crate) language: &'static str,
    /// Whole lines, as keys.
    pub(crate) phrases: &'static [&'static str],
    /// Expressions for whole lines, over folded text.
    pub(crate) patterns: &'static [Pattern],
    /// What a sentence must contain, and what its line must; empty for nothing. True if only lines with a character
    /// beyond ASCII can.
    pub(crate) sentences: &'static [(&'static str, &'static str, bool)],
    /// Parts of words, one of which every line of `sentences` and of patterns without a beginning holds.
    pub(crate) stems: &'static [&'static str],
    /// Whole lines, as keys, that are furniture in company only.
    pub(crate) weak: &'static [&'static str],
}

/// An expression for whole lines.
pub(crate) struct Pattern {
    /// The expression, anchored.
    pub(crate) source: &'static str,
    /// What a line must begin with to fit; none if it may begin with anything.
    pub(crate) prefixes: Option<&'static [&'static [u8]]>,
}

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// The languages whose words each rule knows, by the rule's name.
pub(crate) static LANGUAGES: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut languages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for section in SECTIONS.iter().filter(|section| section.language != "mul") {
        let known = languages.entry(section.rule).or_default();
        if !known.contains(&section.language) {
            known.push(section.language);
        }
    }
    languages
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::source::parse;
    use crate::packs::{PackFile, examples, load};

    /// As part of the program, and as if a user had written it.
    #[test]
    fn every_pack_is_one_and_its_examples_hold() {
        let mut wrong = Vec::new();
        for (name, text) in SOURCES {
            let (source, problems) = parse(text);
            let problems = problems.into_iter().chain(examples::wrong_built_in(&source));
            wrong
                .extend(problems.map(|problem| format!("{name}.toml:{}: {}", problem.line, problem.message)));
            let file = PackFile { path: format!("{name}.toml"), text: (*text).to_owned() };
            wrong.extend(load(&file).err().unwrap_or_default());
        }
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_rule_of_every_pack_has_examples_of_both_kinds() {
        for (name, text) in SOURCES {
            for rule in parse(text).0.rules {
                let n_words =
                    rule.phrases.len() + rule.patterns.len() + rule.sentences.len() + rule.weak.len();
                let both = !rule.cut.is_empty() && !rule.keep.is_empty();
                assert!(both || n_words == 0, "{name}: {}", rule.name.value);
            }
        }
    }
}
