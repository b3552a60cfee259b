//! One look at an article's text for all words that rules and model ask for.

use std::sync::LazyLock;

use crate::lexicon::rule_of;
use crate::model::words;
use crate::needles::{Found, Needles};
use crate::packs::{SECTIONS, Section};

/// Stems of rules, and what else is looked for with them.
#[derive(Default)]
pub(crate) struct Spotter {
    needles: Needles,
    /// The rule of each stem; other words come after the stems.
    stem_rules: Vec<usize>,
}

impl Spotter {
    /// Looks for stems, each with its rule, and for other words.
    pub(crate) fn new<'a>(stems: &[(usize, &'a str)], others: impl Iterator<Item = &'a str>) -> Spotter {
        Spotter {
            needles: Needles::new(stems.iter().map(|&(_, stem)| stem).chain(others)),
            stem_rules: stems.iter().map(|&(rule, _)| rule).collect(),
        }
    }

    /// Looks through `raw`.
    pub(crate) fn spot(&self, raw: &str) -> Spotted<'_> {
        Spotted { found: self.needles.find(raw), stem_rules: &self.stem_rules }
    }
}

static SPOTTER: LazyLock<Spotter> = LazyLock::new(|| {
    let of_section = |section: &'static Section| {
        let rule = rule_of(section.rule);
        section.stems.iter().filter_map(move |stem| Some((rule?, *stem)))
    };
    let stems: Vec<(usize, &str)> = SECTIONS.iter().flat_map(of_section).collect();
    Spotter::new(&stems, words())
});

/// Where the stems of line rules and the words of the block model stand in a text.
pub(crate) struct Spotted<'a> {
    /// By the place of the first byte.
    found: Vec<Found>,
    stem_rules: &'a [usize],
}

impl Spotted<'_> {
    /// Looks through `raw` for the stems of built-in rules and the model's words.
    pub(crate) fn of(raw: &str) -> Spotted<'static> {
        SPOTTER.spot(raw)
    }

    /// The model's words, in order, each by its place among them.
    pub(crate) fn words(&self) -> impl Iterator<Item = Found> {
        let n_stems = self.stem_rules.len();
        self.found
            .iter()
            .filter_map(move |found| Some(Found { id: found.id.checked_sub(n_stems)?, ..*found }))
    }

    /// The line rules one of whose stems stands between `start` and `end`.
    pub(crate) fn rules_between(&self, start: usize, end: usize) -> impl Iterator<Item = usize> {
        let first = self.found.partition_point(|found| found.start < start);
        let within = self.found.iter().skip(first).take_while(move |found| found.start < end);
        within
            .filter(move |found| found.end <= end)
            .filter_map(|found| self.stem_rules.get(found.id).copied())
    }
}
