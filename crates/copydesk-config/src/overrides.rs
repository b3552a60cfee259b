//! Single keys from the environment and from `--set`, put into the tree where the file would have them.

use std::ffi::{OsStr, OsString};

use crate::Place;
use crate::document::{Item, Node, Table};
use crate::keys::{SECTIONS, TOP};

/// What overrides the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The environment: `COPYDESK_…` overrides keys, and any may be named by `{ env = "NAME" }`.
    pub variables: Vec<(OsString, OsString)>,
    /// `--set` as given: `key=value`.
    pub sets: Vec<String>,
    /// Variables that begin with `COPYDESK_` and are no keys, because the program reads them itself.
    pub reserved: &'static [&'static str],
}

const PREFIX: &str = "COPYDESK_";
/// Parts of a key, at most: no key has more, and every part is a table inside another.
const MAX_PARTS: usize = 8;

/// Something wrong, or odd, with an override.
pub(crate) enum Finding {
    Problem(Place, String),
    Warning(Place, String),
}

impl Overrides {
    /// A variable's value, for secrets.
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_os_str())
    }

    /// Puts every override into `document`, flags last.
    pub(crate) fn apply(&self, document: &mut Table) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut variables: Vec<(&str, &OsStr)> = self
            .variables
            .iter()
            .filter_map(|(name, value)| Some((name.to_str()?, value.as_os_str())))
            .filter(|(name, _)| name.starts_with(PREFIX) && !self.reserved.contains(name))
            .collect();
        // The order of the environment means nothing.
        variables.sort_unstable();
        for (name, value) in variables {
            let place = Place::Variable(name.to_owned());
            let path: Vec<String> =
                name.get(PREFIX.len()..).unwrap_or("").split("__").map(str::to_lowercase).collect();
            // Orchestrators put variables of their own there: COPYDESK_PORT, COPYDESK_SERVICE_HOST.
            if path.len() == 1 && !path.iter().all(|key| is_top(key)) {
                let message = format!("ignored: there is no key `{}` (keys: {})", path.join("."), top_keys());
                findings.push(Finding::Warning(place, message));
                continue;
            }
            let put = match value.to_str() {
                Some(text) => put(document, &path, text, &place),
                None => Err("its value is not UTF-8".to_owned()),
            };
            findings.extend(put.err().map(|message| Finding::Problem(place, message)));
        }
        for set in &self.sets {
            let Some((key, text)) = set.split_once('=') else {
                let place = Place::Flag(set.clone());
                findings.push(Finding::Problem(place, "no `=` (write `--set source.path=inbox`)".to_owned()));
                continue;
            };
            let place = Place::Flag(key.to_owned());
            let path: Vec<String> = key.trim().split('.').map(|key| key.trim().to_owned()).collect();
            let put = put(document, &path, text, &place);
            findings.extend(put.err().map(|message| Finding::Problem(place, message)));
        }
        findings
    }
}

fn is_top(key: &str) -> bool {
    SECTIONS.contains(&key) || TOP.iter().any(|spec| spec.name == key)
}

fn top_keys() -> String {
    let single = TOP.iter().map(|spec| spec.name);
    single.chain(SECTIONS.iter().copied()).collect::<Vec<_>>().join(", ")
}

/// Puts `text` at `path`. The check of the tree finds unknown keys; here only the path's shape can be wrong.
fn put(document: &mut Table, path: &[String], text: &str, place: &Place) -> Result<(), String> {
    let empty_table = || Node { item: Item::Table(Table::default()), place: place.clone() };
    let value = || Node { item: Item::Bare(text.to_owned()), place: place.clone() };
    let Some((last, parents)) = path.split_last() else { return Ok(()) };
    if path.iter().any(String::is_empty) {
        return Err(format!("`{}` has an empty part", path.join(".")));
    }
    if path.len() > MAX_PARTS {
        return Err(format!("the key has {} parts, at most {MAX_PARTS} are possible", path.len()));
    }
    let mut table = document;
    let mut idx = 0;
    while let Some(key) = parents.get(idx) {
        idx += 1;
        let is_list = idx == 1 && (key == "stage" || key == "sink");
        let node = if is_list {
            let number = parents.get(idx).ok_or_else(|| needs_number(key, last))?;
            idx += 1;
            list_entry(table, key, number, place)?
        } else {
            table.entry(key, empty_table)
        };
        // A value that is no table gives way: what is overridden is what stands there now.
        if !matches!(node.item, Item::Table(_)) {
            *node = empty_table();
        }
        let Item::Table(inner) = &mut node.item else { return Ok(()) };
        table = inner;
    }
    let node = table.entry(last, value);
    *node = value();
    Ok(())
}

fn needs_number(key: &str, given: &str) -> String {
    format!("`{key}` is a list, and wants a number and a key after it (`{key}.0.type`), not `{given}`")
}

fn list_entry<'a>(
    table: &'a mut Table,
    key: &str,
    number: &str,
    place: &Place,
) -> Result<&'a mut Node, String> {
    let number: usize = number.parse().map_err(|_| needs_number(key, number))?;
    let node = table.entry(key, || Node { item: Item::List(Vec::new()), place: place.clone() });
    let Item::List(entries) = &mut node.item else { return Err(format!("`{key}` in the file is no list")) };
    if number == entries.len() {
        entries.push(Node { item: Item::Table(Table::default()), place: place.clone() });
    }
    let n_entries = entries.len();
    entries
        .get_mut(number)
        .ok_or_else(|| format!("there is no `{key}.{number}` (there are {n_entries}, counted from 0)"))
}
