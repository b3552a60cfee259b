//! One value by the kind of its option: durations to milliseconds, sizes to bytes, lists to lists of texts.

use std::path::{Component, Path, PathBuf};

use copydesk_core::{OptionKind, OptionSpec};
use serde_json::Value;

use crate::document::{Item, parse_value};
use crate::error::Place;

/// The units of a duration, in milliseconds, and of a size, in bytes.
pub(crate) const DURATION_UNITS: &[(&str, u64)] = &[("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
pub(crate) const BYTES_UNITS: &[(&str, u64)] =
    &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A year: longer is a slip.
const LONGEST_MS: u64 = 366 * 86_400_000;
/// A PiB.
const LARGEST: u64 = 1 << 50;

/// The value of `item` for the option `spec`, or what is wrong with it. Relative paths start at `folder`.
pub(crate) fn convert(spec: &OptionSpec, item: &Item, folder: &Path) -> Result<Value, String> {
    let wants = || format!("`{}` takes {}, not {}", spec.name, takes(spec), item.kind());
    match (spec.kind, item) {
        (OptionKind::String, Item::String(text) | Item::Bare(text)) => Ok(text.clone().into()),
        (OptionKind::Path, Item::String(text) | Item::Bare(text)) => path(spec, text, folder),
        (OptionKind::Integer, Item::Integer(number)) => match u64::try_from(*number) {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(format!("`{}` is out of range: {number} (0 or more)", spec.name)),
        },
        (OptionKind::Integer | OptionKind::Number, Item::Huge) => {
            Err(format!("`{}` is out of range (at most {})", spec.name, i64::MAX))
        }
        (OptionKind::Integer, Item::Bare(text)) => match text.trim().parse::<u32>() {
            Ok(number) => Ok(number.into()),
            Err(_) => Err(format!("`{}` takes {}, not `{text}`", spec.name, takes(spec))),
        },
        (OptionKind::Number, Item::Integer(number)) => Ok((*number).into()),
        (OptionKind::Number, Item::Float(number)) => finite(spec, *number),
        (OptionKind::Number, Item::Bare(text)) => match text.trim().parse() {
            Ok(number) => finite(spec, number),
            Err(_) => Err(format!("`{}` takes {}, not `{text}`", spec.name, takes(spec))),
        },
        (OptionKind::Boolean, Item::Boolean(yes)) => Ok((*yes).into()),
        (OptionKind::Boolean, Item::Bare(text)) => match text.trim() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(format!("`{}` takes {}, not `{text}`", spec.name, takes(spec))),
        },
        (OptionKind::Duration, Item::String(text) | Item::Bare(text)) => {
            quantity(spec, text, DURATION_UNITS, LONGEST_MS)
        }
        (OptionKind::Bytes, Item::String(text) | Item::Bare(text)) => {
            quantity(spec, text, BYTES_UNITS, LARGEST)
        }
        (OptionKind::Choice, Item::String(text) | Item::Bare(text)) => choice(spec, text),
        (OptionKind::List, Item::List(nodes)) => {
            let texts = nodes.iter().map(|node| match &node.item {
                Item::String(text) => Ok(Value::from(text.clone())),
                other => {
                    Err(format!("`{}` takes {}, and one of them is {}", spec.name, takes(spec), other.kind()))
                }
            });
            texts.collect()
        }
        (OptionKind::Files, Item::List(nodes)) => {
            let paths = nodes.iter().map(|node| match &node.item {
                Item::String(text) => path(spec, text, folder),
                other => {
                    Err(format!("`{}` takes {}, and one of them is {}", spec.name, takes(spec), other.kind()))
                }
            });
            paths.collect()
        }
        (OptionKind::List | OptionKind::Files, Item::Bare(text)) => bare_list(spec, text, folder),
        (OptionKind::Table, Item::Table(_)) => free(spec, item),
        (OptionKind::Table, Item::Bare(text)) => match parse_value(text, &Place::Embedded) {
            Some(item @ Item::Table(_)) => free(spec, &item),
            _ => Err(format!("`{}` takes {}, not `{text}`", spec.name, takes(spec))),
        },
        _ => Err(wants()),
    }
}

/// What a kind takes, for messages and the reference.
pub(crate) fn takes(spec: &OptionSpec) -> String {
    match spec.kind {
        OptionKind::String => "a text".to_owned(),
        OptionKind::Path => "a path".to_owned(),
        OptionKind::Integer => "a whole number".to_owned(),
        OptionKind::Number => "a number".to_owned(),
        OptionKind::Boolean => "`true` or `false`".to_owned(),
        OptionKind::Duration => "a duration such as \"250ms\" (units: ms, s, m, h)".to_owned(),
        OptionKind::Bytes => "a size such as \"64MiB\" (units: B, KiB, MiB, GiB)".to_owned(),
        OptionKind::List => "a list of texts".to_owned(),
        OptionKind::Files => "a list of paths".to_owned(),
        OptionKind::Table => "a table".to_owned(),
        OptionKind::Choice => {
            let quoted: Vec<String> = spec.choices.iter().map(|choice| format!("\"{choice}\"")).collect();
            format!("one of {}", quoted.join(", "))
        }
    }
}

/// The choice nearest to what was given, if any is near.
pub(crate) fn nearest<'a>(given: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase().replace('-', "_");
    let mut best = None;
    let mut best_score = 0.55;
    for choice in choices {
        let mut score = strsim::normalized_damerau_levenshtein(&given, choice);
        // `filepath` for `path`, `sources` for `source`.
        if given.len() >= 3 && (given.contains(choice) || choice.contains(&given)) {
            score = score.max(0.6);
        }
        if score > best_score {
            (best, best_score) = (Some(choice), score);
        }
    }
    best
}

/// `, did you mean …` or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, choices: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, choices).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default()
}

/// A value of no kind that is known here, as JSON.
fn free(spec: &OptionSpec, item: &Item) -> Result<Value, String> {
    match item {
        Item::String(text) | Item::Bare(text) => Ok(text.clone().into()),
        Item::Integer(number) => Ok((*number).into()),
        Item::Float(number) => finite(spec, *number),
        Item::Boolean(yes) => Ok((*yes).into()),
        Item::List(nodes) => nodes.iter().map(|node| free(spec, &node.item)).collect(),
        Item::Table(table) => {
            let entries = table.entries.iter();
            let entries = entries.map(|entry| Ok((entry.key.clone(), free(spec, &entry.node.item)?)));
            entries.collect::<Result<serde_json::Map<String, Value>, String>>().map(Value::Object)
        }
        Item::Datetime | Item::Huge => Err(format!(
            "`{}` cannot hold {} (texts, numbers of 64 bits, `true`, `false`, lists and tables)",
            spec.name,
            item.kind()
        )),
    }
}

fn finite(spec: &OptionSpec, number: f64) -> Result<Value, String> {
    if number.is_finite() {
        return Ok(number.into());
    }
    Err(format!("`{}` is out of range: {number} (a finite number)", spec.name))
}

fn choice(spec: &OptionSpec, text: &str) -> Result<Value, String> {
    if spec.choices.contains(&text) {
        return Ok(text.into());
    }
    let near = did_you_mean(text, spec.choices.iter().copied());
    Err(format!("`{}` cannot be `{text}`{near} ({})", spec.name, takes(spec)))
}

fn bare_list(spec: &OptionSpec, text: &str, folder: &Path) -> Result<Value, String> {
    if text.trim_start().starts_with('[') {
        let list = parse_value(text, &Place::Embedded)
            .ok_or_else(|| format!("`{}` takes {}, not `{text}`", spec.name, takes(spec)))?;
        return convert(spec, &list, folder);
    }
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    match spec.kind {
        OptionKind::Files => texts.map(|text| path(spec, text, folder)).collect(),
        _ => Ok(texts.map(Value::from).collect()),
    }
}

/// A number and a unit, as a whole number of the smallest unit.
fn quantity(spec: &OptionSpec, text: &str, units: &[(&str, u64)], most: u64) -> Result<Value, String> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let unit = unit.trim();
    let bad = |near: &str| format!("`{}` takes {}, not `{text}`{near}", spec.name, takes(spec));
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        let near = nearest_unit(unit, units).filter(|_| !number.is_empty());
        return Err(bad(&near.map(|unit| format!(", did you mean `{number}{unit}`?")).unwrap_or_default()));
    };
    let amount: f64 = number.parse().map_err(|_| bad(""))?;
    let amount = amount * *factor as f64;
    if !amount.is_finite() || amount > most as f64 {
        let largest = units.last().map_or(1, |(_, factor)| *factor);
        let unit = units.last().map_or("", |(unit, _)| unit);
        return Err(format!("`{}` is out of range: `{text}` (at most {}{unit})", spec.name, most / largest));
    }
    Ok((amount.round() as u64).into())
}

fn nearest_unit<'a>(given: &str, units: &[(&'a str, u64)]) -> Option<&'a str> {
    let given = given.to_lowercase();
    let spoken = match given.as_str() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "msec" | "millis" | "milliseconds" => "ms",
        "k" | "kb" => "KiB",
        "mb" => "MiB",
        "g" | "gb" => "GiB",
        "byte" | "bytes" => "B",
        other => other,
    };
    units.iter().map(|(unit, _)| *unit).find(|unit| unit.eq_ignore_ascii_case(spoken))
}

fn path(spec: &OptionSpec, text: &str, folder: &Path) -> Result<Value, String> {
    if text.is_empty() || text.contains('\0') {
        return Err(format!("`{}` takes a path, not `{}`", spec.name, text.escape_debug()));
    }
    let path = tidy(&folder.join(text));
    match path.to_str() {
        Some(path) => Ok(path.into()),
        None => {
            Err(format!("`{}` lies in a folder whose name is not UTF-8: `{}`", spec.name, path.display()))
        }
    }
}

/// The path without `.`; `..` stays, for it may follow a link.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn spec(kind: OptionKind) -> OptionSpec {
        OptionSpec { name: "key", kind, default: None, choices: &["keep", "move"], help: "" }
    }

    fn check(kind: OptionKind, text: &str, expected: Result<Value, &str>) {
        let found = convert(&spec(kind), &Item::Bare(text.to_owned()), Path::new("/etc/copydesk"));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{text}: {found}"),
            (found, expected) => panic!("{text}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn durations_are_milliseconds() {
        check(OptionKind::Duration, "250ms", Ok(250.into()));
        check(OptionKind::Duration, "1.5 s", Ok(1500.into()));
        check(OptionKind::Duration, "2m", Ok(120_000.into()));
        check(OptionKind::Duration, "1h", Ok(3_600_000.into()));
        check(OptionKind::Duration, "5 parsecs", Err("not `5 parsecs`"));
        check(OptionKind::Duration, "10 minutes", Err("did you mean `10m`?"));
        for bad in ["", "s", "10", "-1s", "1e9s", "1.2.3s", "é"] {
            check(OptionKind::Duration, bad, Err("takes a duration"));
        }
        check(OptionKind::Duration, "99999999h", Err("out of range"));
        let digits = format!("{}s", "9".repeat(400));
        check(OptionKind::Duration, &digits, Err("out of range"));
    }

    #[test]
    fn sizes_are_bytes() {
        check(OptionKind::Bytes, "64MiB", Ok((64 << 20).into()));
        check(OptionKind::Bytes, "0.5 KiB", Ok(512.into()));
        check(OptionKind::Bytes, "64 MB", Err("did you mean `64MiB`?"));
        check(OptionKind::Bytes, "9999999GiB", Err("out of range"));
    }

    #[test]
    fn other_kinds() {
        check(OptionKind::Integer, "7", Ok(7.into()));
        check(OptionKind::Integer, "seven", Err("a whole number"));
        check(OptionKind::Number, "NaN", Err("out of range"));
        check(OptionKind::Boolean, "true", Ok(true.into()));
        check(OptionKind::Boolean, "yes", Err("`true` or `false`"));
        check(OptionKind::Choice, "mvoe", Err("did you mean `move`?"));
        check(OptionKind::List, "a, b", Ok(serde_json::json!(["a", "b"])));
        check(OptionKind::List, "[\"a,b\"]", Ok(serde_json::json!(["a,b"])));
        check(OptionKind::List, "[1]", Err("a list of texts"));
        check(
            OptionKind::Files,
            "a.toml, /b.toml",
            Ok(serde_json::json!(["/etc/copydesk/a.toml", "/b.toml"])),
        );
        check(OptionKind::Files, "[\"./a.toml\"]", Ok(serde_json::json!(["/etc/copydesk/a.toml"])));
        check(OptionKind::Files, "[1]", Err("a list of paths"));
        check(OptionKind::Path, "./out/a.jsonl", Ok("/etc/copydesk/out/a.jsonl".into()));
        check(OptionKind::Path, "/var/a.jsonl", Ok("/var/a.jsonl".into()));
        check(OptionKind::Path, "", Err("takes a path"));
        check(
            OptionKind::Table,
            "{ a = [1, 2.5, true], b = { c = 'd' } }",
            Ok(serde_json::json!({"a": [1, 2.5, true], "b": {"c": "d"}})),
        );
        check(OptionKind::Table, "{ a = 2026-01-01 }", Err("cannot hold a date"));
        check(OptionKind::Table, "7", Err("takes a table"));
    }
}
