//! The file `plugin.toml` of a plugin's folder: what the plugin is called, and how it is run.

use std::path::{Path, PathBuf};

use copydesk_core::{OptionKind, OptionSpec};
use serde_json::Value;

use crate::component::{Checker, Keys};
use crate::document::{Table, parse};
use crate::error::{ConfigErrors, Place, Problem};
use crate::keys::STAGE;
use crate::plan::StagePlan;
use crate::{Catalog, Overrides};

/// What a package may name.
#[derive(Clone, Copy)]
pub struct PackageChoices<'a> {
    /// Types of stages outside the program.
    pub kinds: &'a [&'static str],
    /// Stages of the program that may come before the plugin.
    pub after: &'a [&'static str],
}

/// A checked `plugin.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What it is called.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The stages that its fixtures pass before it gets them.
    pub after: Vec<String>,
    /// How it is run.
    pub stage: StagePlan,
}

const KEYS: &[OptionSpec] = &[
    OptionSpec::new("name", OptionKind::String, None, "What the plugin is called, and its stage."),
    OptionSpec::new("version", OptionKind::String, None, "The plugin's own version."),
    OptionSpec::new(
        "after",
        OptionKind::List,
        Some("[\"strip_boilerplate\", \"drop_repeats\", \"enrich\"]"),
        "The stages that the fixtures pass first.",
    ),
];

/// Checks the `plugin.toml` that stands in `file`: relative paths start at that file's folder.
pub fn package(
    text: &str,
    file: &Path,
    catalog: &Catalog<'_>,
    choices: PackageChoices<'_>,
    overrides: &Overrides,
) -> Result<Package, ConfigErrors> {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder: PathBuf = absolute.parent().unwrap_or(Path::new("/")).to_owned();
    let document = parse(text.trim_start_matches('\u{feff}')).map_err(|errors| {
        let problem = |(place, message)| Problem { file: Some(file.to_owned()), place, message };
        ConfigErrors { problems: errors.into_iter().map(problem).collect() }
    })?;
    let mut checker = Checker {
        file: Some(file.to_owned()),
        folder,
        overrides,
        problems: Vec::new(),
        warnings: Vec::new(),
    };
    let package = checker.package(&document, catalog, choices);
    match package {
        Some(package) if checker.problems.is_empty() => Ok(package),
        _ => {
            checker.problems.sort_by(|a, b| a.place.cmp(&b.place));
            Err(ConfigErrors { problems: checker.problems })
        }
    }
}

impl Checker<'_> {
    fn package(
        &mut self,
        document: &Table,
        catalog: &Catalog<'_>,
        choices: PackageChoices<'_>,
    ) -> Option<Package> {
        let start = Place::File { line: 1, column: 1 };
        let keys = Keys { specs: KEYS.iter().collect(), others: &["stage"], open: false };
        let options = self.options(document, &start, "the package", &keys);
        let text = |key: &str| options.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let place = |key: &str| document.get(key).map_or(&start, |entry| &entry.node.place);
        let (name, version) = (text("name"), text("version"));
        if document.get("name").is_some() && !name.is_empty() {
            self.names("plugin", std::iter::once((&name, place("name"))));
        }
        for (key, value) in [("name", &name), ("version", &version)] {
            if document.get(key).is_some() && value.trim().is_empty() {
                self.problem(place(key), format!("`{key}` is empty"));
            }
        }
        let after: Vec<String> = options
            .get("after")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        for stage in after.iter().filter(|stage| !choices.after.contains(&stage.as_str())) {
            let choices = choices.after.join(", ");
            let stage = stage.escape_debug();
            self.problem(place("after"), format!("`after` cannot name `{stage}` (available: {choices})"));
        }
        let Some((table, at)) = self.table(document, "stage") else {
            if document.get("stage").is_none() {
                let kinds = choices.kinds.join(", ");
                self.problem(&start, format!("no [stage] (say how it is run: `type` is one of {kinds})"));
            }
            return None;
        };
        let find = |kind: &str| {
            let entry = catalog.registry.find_stage(kind).filter(|_| choices.kinds.contains(&kind));
            entry.map(|entry| entry.options)
        };
        let found = self.component(table, at, "stage", "[stage]", choices.kinds, find);
        let (kind, mut options) = self.named(table, at, "[stage]", found, STAGE);
        let called = match options.values.remove("name") {
            Some(Value::String(called)) => called,
            _ => name.clone(),
        };
        self.names("stage", std::iter::once((&called, at)));
        Some(Package {
            name,
            version,
            after,
            stage: StagePlan { name: called, kind, options, place: at.clone() },
        })
    }
}
