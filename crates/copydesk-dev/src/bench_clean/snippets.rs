//! The snippets of a benchmark: text that must be in what an extractor keeps, and text that must not.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::train::metric::{Mean, snippet_share};
use crate::train::sample::Truth;

/// What a page's truth says besides its text.
#[derive(Debug, Clone, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    with: Option<Vec<String>>,
    #[serde(default)]
    without: Option<Vec<String>>,
}

/// The snippets of every page.
#[derive(Debug, Default)]
pub(crate) struct Snippets(HashMap<String, Wanted>);

impl Snippets {
    /// Those of a data set's pages.
    ///
    /// # Errors
    /// A truth cannot be read.
    pub(crate) fn all<'a>(data: &Path, truths: impl Iterator<Item = &'a Truth>) -> anyhow::Result<Snippets> {
        let mut all = HashMap::new();
        for truth in truths {
            let path = data.join("truth").join(format!("{}.json", truth.id));
            let json =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            all.insert(truth.id.clone(), serde_json::from_str(&json)?);
        }
        Ok(Snippets(all))
    }

    /// Counts a page's text.
    pub(crate) fn count(&self, id: &str, text: &str, tally: &mut SnippetTally) {
        let Some(wanted) = self.0.get(id) else { return };
        tally.found.add(wanted.with.as_deref().and_then(|with| snippet_share(text, with)));
        tally.survived.add(wanted.without.as_deref().and_then(|without| snippet_share(text, without)));
    }

    /// The snippets of a page that its text lacks, and those that it should not hold.
    pub(crate) fn errors(&self, id: &str, text: &str) -> (Vec<&str>, Vec<&str>) {
        let Some(wanted) = self.0.get(id) else { return Default::default() };
        let text = text.to_lowercase();
        let holds = |snippet: &&str| text.contains(&snippet.to_lowercase());
        let with =
            wanted.with.iter().flatten().map(String::as_str).filter(|snippet| !holds(snippet)).collect();
        let without = wanted.without.iter().flatten().map(String::as_str).filter(holds).collect();
        (with, without)
    }
}

/// Means over pages that have snippets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SnippetTally {
    /// Share of `with` snippets found.
    pub(crate) found: Mean,
    /// Share of `without` snippets that survived.
    pub(crate) survived: Mean,
}

impl std::fmt::Display for SnippetTally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (found, survived) = (self.found.get(), self.survived.get());
        write!(f, "`with` found {found:.4}  `without` survived {survived:.4}")
    }
}
