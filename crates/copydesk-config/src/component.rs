//! One table against the descriptions of its keys.

use std::path::{Path, PathBuf};

use copydesk_core::{OptionKind, OptionSpec};
use serde_json::Value;

use crate::document::{Entry, Item, Node, Table};
use crate::error::{Place, Problem};
use crate::keys::{LATER, LIMITS};
use crate::plan::Options;
use crate::value::{convert, did_you_mean, takes};
use crate::{Overrides, secret};

/// Collects problems while tables are read.
pub(crate) struct Checker<'a> {
    pub(crate) file: Option<PathBuf>,
    pub(crate) folder: PathBuf,
    pub(crate) overrides: &'a Overrides,
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
}

/// The keys a table may have.
pub(crate) struct Keys<'a> {
    /// Those with values, described.
    pub(crate) specs: Vec<&'a OptionSpec>,
    /// Those that are read elsewhere.
    pub(crate) others: &'a [&'a str],
    /// True if some keys are not known here, so that none can be called unknown.
    pub(crate) open: bool,
}

impl Checker<'_> {
    pub(crate) fn problem(&mut self, place: &Place, message: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.clone(),
            place: place.clone(),
            message: message.into(),
        });
    }

    pub(crate) fn warning(&mut self, place: &Place, message: impl Into<String>) {
        self.warnings.push(Problem {
            file: self.file.clone(),
            place: place.clone(),
            message: message.into(),
        });
    }

    /// The values of a table: those given, and the defaults of the rest. `label` is what messages call it.
    pub(crate) fn options(&mut self, table: &Table, place: &Place, label: &str, keys: &Keys<'_>) -> Options {
        for entry in &table.entries {
            self.known_key(entry, label, keys);
        }
        let mut options = Options::default();
        for spec in &keys.specs {
            let value = match table.get(spec.name) {
                Some(entry) => {
                    self.value(spec, &entry.node, &mut options).or_else(|| default(spec, &self.folder))
                }
                None if spec.default.is_none() => {
                    self.problem(place, format!("{label} lacks `{}` ({})", spec.name, takes(spec)));
                    None
                }
                None => default(spec, &self.folder),
            };
            if let Some(value) = value {
                options.values.insert(spec.name.to_owned(), value);
            }
        }
        options
    }

    fn known_key(&mut self, entry: &Entry, label: &str, keys: &Keys<'_>) {
        let mut names: Vec<&str> = keys.specs.iter().map(|spec| spec.name).collect();
        names.extend(keys.others);
        if keys.open || names.contains(&entry.key.as_str()) {
            return;
        }
        let near = did_you_mean(&entry.key, names.iter().copied());
        let given = entry.key.escape_debug();
        let valid = if names.is_empty() {
            "it has no keys".to_owned()
        } else {
            format!("keys: {}", names.join(", "))
        };
        self.problem(&entry.place, format!("unknown key `{given}` in {label}{near} ({valid})"));
    }

    /// The value of one key, `None` if it is wrong.
    fn value(&mut self, spec: &OptionSpec, node: &Node, options: &mut Options) -> Option<Value> {
        let converted = match (&node.item, spec.kind) {
            (Item::Table(table), OptionKind::String) => {
                options.secrets.push(spec.name.to_owned());
                secret::resolve(table, self.overrides, &self.folder)
                    .map(Value::from)
                    .map_err(|message| format!("`{}` {message}", spec.name))
            }
            (item, kind) => {
                // A text from the environment may well be a secret, and nobody needs it shown.
                if kind == OptionKind::String
                    && matches!(node.place, Place::Variable(_))
                    && spec.name != "name"
                {
                    options.secrets.push(spec.name.to_owned());
                }
                convert(spec, item, &self.folder)
            }
        };
        match converted.and_then(|value| within_limits(spec, value)) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problem(&node.place, message);
                None
            }
        }
    }

    /// The `type` of a component, looked up with `find`.
    pub(crate) fn component<T>(
        &mut self,
        table: &Table,
        place: &Place,
        what: &str,
        label: &str,
        available: &[&str],
        find: impl Fn(&str) -> Option<T>,
    ) -> Option<(String, T)> {
        let choices = available.join(", ");
        let Some(entry) = table.get("type") else {
            self.problem(place, format!("{label} lacks `type` (available: {choices})"));
            return None;
        };
        let (Item::String(kind) | Item::Bare(kind)) = &entry.node.item else {
            let given = entry.node.item.kind();
            self.problem(
                &entry.node.place,
                format!("`type` takes a text, not {given} (available: {choices})"),
            );
            return None;
        };
        if let Some(found) = find(kind) {
            return Some((kind.clone(), found));
        }
        let shown = kind.escape_debug();
        let message = if LATER.contains(&kind.as_str()) {
            format!("{what} `{shown}` in {label} is not in this version (available: {choices})")
        } else {
            let near = did_you_mean(kind, available.iter().copied());
            format!("unknown {what} `{shown}` in {label}{near} (available: {choices})")
        };
        self.problem(&entry.node.place, message);
        None
    }

    /// The table under `key`, or nothing; a value that is none is a problem.
    pub(crate) fn table<'t>(&mut self, document: &'t Table, key: &str) -> Option<(&'t Table, &'t Place)> {
        let entry = document.get(key)?;
        let Item::Table(table) = &entry.node.item else {
            let given = entry.node.item.kind();
            let message = match &entry.node.item {
                Item::List(_) => format!("`{key}` can be there only once (write [{key}], not [[{key}]])"),
                _ => format!("`{key}` takes a table, not {given} (write [{key}])"),
            };
            self.problem(&entry.place, message);
            return None;
        };
        Some((table, &entry.place))
    }

    /// The tables of the list under `key`.
    pub(crate) fn tables<'t>(&mut self, document: &'t Table, key: &str) -> Vec<(&'t Table, &'t Place)> {
        let Some(entry) = document.get(key) else { return Vec::new() };
        let Item::List(nodes) = &entry.node.item else {
            let given = entry.node.item.kind();
            self.problem(
                &entry.place,
                format!("`{key}` takes a list of tables, not {given} (write [[{key}]])"),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for node in nodes {
            match &node.item {
                Item::Table(table) => tables.push((table, &node.place)),
                other => {
                    let given = other.kind();
                    self.problem(&node.place, format!("`{key}` takes tables, not {given} (write [[{key}]])"));
                }
            }
        }
        tables
    }
}

/// The default of an option; `None` if it has none.
pub(crate) fn default(spec: &OptionSpec, folder: &Path) -> Option<Value> {
    let text = spec.default.filter(|text| !text.is_empty())?;
    let item = crate::document::parse_value(text, &Place::Embedded)?;
    convert(spec, &item, folder).ok()
}

fn within_limits(spec: &OptionSpec, value: Value) -> Result<Value, String> {
    // Only keys of copydesk's own have limits; a component's option of the same name is told apart by identity.
    let own = [crate::keys::TOP, crate::keys::SINK, crate::keys::RUNTIME];
    let is_own = own.iter().any(|specs| specs.iter().any(|other| std::ptr::eq(other, spec)));
    let limits = LIMITS.iter().find(|(name, ..)| *name == spec.name).filter(|_| is_own);
    let (Some((_, least, most)), Some(number)) = (limits, value.as_u64()) else { return Ok(value) };
    if (*least..=*most).contains(&number) {
        return Ok(value);
    }
    let unit = match spec.kind {
        OptionKind::Duration => " ms",
        OptionKind::Bytes => " bytes",
        _ => "",
    };
    Err(format!("`{}` is out of range: {number}{unit} ({least} to {most}{unit})", spec.name))
}
