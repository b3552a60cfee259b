//! What was measured when it was last saved: ratios to floors, kept in the repository.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{Goal, Measure};

/// The file's contents.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baselines {
    /// By what share a ratio may be worse.
    tolerance: f64,
    /// Ratio to the floor, by case.
    ratios: BTreeMap<String, f64>,
}

/// What came of a comparison.
pub(crate) struct Verdict {
    pub(crate) good: bool,
    against: String,
}

impl Verdict {
    /// A row of the table.
    pub(crate) fn line(&self, measure: &Measure) -> String {
        let Measure { name, value, unit, .. } = measure;
        let said = if self.good { "" } else { "**worse**" };
        let digits = if value.abs() < 10.0 { 3 } else { 1 };
        format!("| {name} | {value:.digits$} | {unit} | {} | {said} |", self.against)
    }
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baselines.toml")
}

const HEAD: &str =
    "# Ratios to the floors of the same run, written by `cargo dev bench --save`: more is better.\n\n";

impl Baselines {
    pub(crate) fn load() -> anyhow::Result<Baselines> {
        let path = path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is wrong", path.display()))
    }

    pub(crate) fn judge(&self, measure: &Measure) -> Verdict {
        match measure.goal {
            Goal::AtMost(limit) => {
                Verdict { good: measure.value <= limit, against: format!("at most {limit}") }
            }
            Goal::Shown => Verdict { good: true, against: String::new() },
            Goal::Ratio => match self.ratios.get(&measure.name) {
                Some(baseline) => {
                    let good = measure.value >= baseline * (1.0 - self.tolerance);
                    Verdict { good, against: format!("{baseline:.3}") }
                }
                None => Verdict { good: true, against: "none yet".into() },
            },
        }
    }

    pub(crate) fn note(&mut self, measure: &Measure) {
        if measure.goal == Goal::Ratio {
            // Three digits say all that is not noise.
            self.ratios.insert(measure.name.clone(), (measure.value * 1000.0).round() / 1000.0);
        }
    }

    pub(crate) fn save(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(path(), format!("{HEAD}{}", toml::to_string(self)?))?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn the_file_is_read_and_what_is_worse_is_seen() {
        assert!(Baselines::load().unwrap().tolerance < 1.0);
        let ratios = BTreeMap::from([("a".to_owned(), 0.5)]);
        let mut baselines = Baselines { tolerance: 0.2, ratios };
        let measure = |name: &str, value, goal| Measure::new(name, value, "", goal);
        assert!(baselines.judge(&measure("a", 0.41, Goal::Ratio)).good);
        assert!(!baselines.judge(&measure("a", 0.39, Goal::Ratio)).good);
        assert!(baselines.judge(&measure("new", 0.01, Goal::Ratio)).good);
        assert!(!baselines.judge(&measure("b", 21.0, Goal::AtMost(20.0))).good);
        baselines.note(&measure("new", 0.012_34, Goal::Ratio));
        assert!(!baselines.judge(&measure("new", 0.009, Goal::Ratio)).good);
        let text = toml::to_string(&baselines).unwrap();
        assert_eq!(toml::from_str::<Baselines>(&text).unwrap().ratios, baselines.ratios);
    }
}
