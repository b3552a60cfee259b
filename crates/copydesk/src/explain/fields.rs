//! What the record says of its article: each field with where it comes from, and what is derived.

use std::fmt::Write as _;

use serde_json::Value;

use super::{BOLD, DIM, RESET, array, safe, span, start_of, text};

/// Entities of a kind that are shown.
const MOST_NAMES: usize = 12;

/// Draws the fields below the article.
pub(super) fn draw(out: &mut String, record: &Value, width: usize) {
    stated(out, record);
    derived(out, record, width);
}

fn stated(out: &mut String, record: &Value) {
    let Some(evidence) = record["evidence"].as_object().filter(|evidence| !evidence.is_empty()) else {
        return;
    };
    let _ = writeln!(out, "where the fields come from");
    for (field, found) in evidence {
        let place = if found["span"].is_array() {
            let (start, end) = span(&found["span"]);
            format!("bytes {start} to {end}")
        } else {
            "outside the visible text".into()
        };
        let sure = found["confidence"].as_f64().map(|share| format!(", {:.0} % sure", 100.0 * share));
        let value = shown(&record[field.as_str()]);
        let _ = writeln!(
            out,
            "  {field:<12} {value}\n  {:<12} {DIM}{}, {place}{}{RESET}",
            "",
            safe(text(found, "rule")),
            sure.unwrap_or_default()
        );
        for other in array(found, "conflicts") {
            let (value, rule) = (start_of(text(other, "value"), 60), safe(text(other, "rule")));
            let _ = writeln!(out, "  {:<12} {DIM}but {rule} says {value}{RESET}", "");
        }
    }
}

/// A field's value, cut where it is long.
fn shown(value: &Value) -> String {
    let value = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<&str>>().join(", "),
        other => other.to_string(),
    };
    start_of(&value, 70)
}

fn derived(out: &mut String, record: &Value, width: usize) {
    let mut rows: Vec<(&str, String)> = Vec::new();
    for (label, kind) in [("people", "person"), ("organisations", "organisation"), ("places", "place")] {
        let named: Vec<String> = array(record, "entities")
            .filter(|entity| text(entity, "kind") == kind)
            .take(MOST_NAMES)
            .map(|entity| format!("{} {}", safe(text(entity, "name")), entity["count"]))
            .collect();
        rows.push((label, named.join(" · ")));
    }
    let keywords: Vec<String> = array(record, "keywords").filter_map(Value::as_str).map(safe).collect();
    rows.push(("keywords", keywords.join(" · ")));
    let quoted = |one: &Value| {
        let speaker = one["speaker"].as_str().map_or_else(|| "somebody".to_owned(), safe);
        format!("{speaker}: “{}”", start_of(text(one, "text"), 60))
    };
    rows.extend(array(record, "quotations").take(6).map(|one| ("quoted", quoted(one))));
    rows.push(("summary", record["summary"].as_str().map(safe).unwrap_or_default()));
    rows.retain(|(_, said)| !said.is_empty());
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "derived from the text");
    let room = width.saturating_sub(17).max(20);
    let mut last = "";
    for (label, said) in rows {
        let mut shown = if label == last { "" } else { label };
        last = label;
        for line in textwrap::wrap(&said, room) {
            let _ = writeln!(out, "  {BOLD}{shown:<13}{RESET} {line}");
            shown = "";
        }
    }
}
