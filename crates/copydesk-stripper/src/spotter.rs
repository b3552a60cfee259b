//! One look at an article's text for all words that rules and model ask for.

use std::sync::LazyLock;

use crate::model::words;
use crate::needles::{Found, Needles};
use crate::rules::LINE_RULES;

struct Spotter {
    needles: Needles,
    /// The rule of each stem; the model's words come after the stems.
    stem_rules: Vec<usize>,
}

static SPOTTER: LazyLock<Spotter> = LazyLock::new(|| {
    let stems = || {
        LINE_RULES
            .iter()
            .enumerate()
            .flat_map(|(rule, spec)| spec.stems.iter().map(move |stem| (rule, *stem)))
    };
    Spotter {
        needles: Needles::new(stems().map(|(_, stem)| stem).chain(words())),
        stem_rules: stems().map(|(rule, _)| rule).collect(),
    }
});

/// Where the stems of line rules and the words of the block model stand in a text.
pub(crate) struct Spotted {
    /// By the place of the first byte.
    found: Vec<Found>,
}

impl Spotted {
    /// Looks through `raw`.
    pub(crate) fn of(raw: &str) -> Spotted {
        Spotted { found: SPOTTER.needles.find(raw) }
    }

    /// The model's words, in order, each by its place among them.
    pub(crate) fn words(&self) -> impl Iterator<Item = Found> {
        let n_stems = SPOTTER.stem_rules.len();
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
            .filter_map(|found| SPOTTER.stem_rules.get(found.id).copied())
    }
}
