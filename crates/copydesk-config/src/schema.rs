//! The configuration as JSON Schema, for editors: made from the same tables as the check.

use copydesk_core::{OptionKind, OptionSpec};
use serde_json::{Map, Value, json};

use crate::Catalog;
use crate::component::default;
use crate::document::{Item, parse_value};
use crate::error::Place;
use crate::keys::{ADMIN, LIMITS, RUNTIME, SINK, STAGE, TOP};

/// JSON Schema, draft 2020-12, of a configuration file.
pub fn schema(catalog: &Catalog<'_>) -> Value {
    let source = catalog.all_sources().map(|source| component(source.name, source.help, source.options, &[]));
    let stage =
        catalog.registry.stages().map(|entry| component(entry.name, entry.help, entry.options, STAGE));
    let sink = catalog.registry.sinks().map(|entry| component(entry.name, entry.help, entry.options, SINK));
    let mut properties = properties(TOP);
    properties.insert("source".into(), one_of("Where articles come from.", &source.collect::<Vec<_>>()));
    properties.insert("reader".into(), table("How files are read.", catalog.reader));
    let stage = one_of("One step, in order.", &stage.collect::<Vec<_>>());
    properties.insert("stage".into(), json!({"type": "array", "items": stage}));
    let sink = one_of("One store.", &sink.collect::<Vec<_>>());
    properties.insert("sink".into(), json!({"type": "array", "items": sink, "minItems": 1}));
    properties.insert("runtime".into(), table("Threads, queues, patience.", RUNTIME));
    properties.insert("admin".into(), table("The admin server.", ADMIN));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "copydesk configuration",
        "type": "object",
        "properties": properties,
        "required": ["source", "sink"],
        "additionalProperties": false,
        "$defs": {"secret": {
            "description": "A text kept out of the file.",
            "oneOf": [
                {"type": "object", "properties": {"env": {"type": "string"}}, "required": ["env"], "additionalProperties": false},
                {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"], "additionalProperties": false},
            ],
        }},
    })
}

fn one_of(help: &str, variants: &[Value]) -> Value {
    json!({"description": help, "type": "object", "required": ["type"], "oneOf": variants})
}

fn table(help: &str, specs: &[OptionSpec]) -> Value {
    json!({
        "description": help,
        "type": "object",
        "properties": properties(specs),
        "required": required(specs),
        "additionalProperties": false,
    })
}

fn component(name: &str, help: &str, own: &[OptionSpec], common: &[OptionSpec]) -> Value {
    let mut all = Map::new();
    all.insert("type".into(), json!({"const": name, "description": help}));
    all.extend(properties(common));
    all.extend(properties(own));
    let mut needed = vec!["type"];
    needed.extend(required(own));
    json!({"title": name, "properties": all, "required": needed, "additionalProperties": false})
}

fn required(specs: &[OptionSpec]) -> Vec<&'static str> {
    specs.iter().filter(|spec| spec.default.is_none()).map(|spec| spec.name).collect()
}

fn properties(specs: &[OptionSpec]) -> Map<String, Value> {
    specs.iter().map(|spec| (spec.name.to_owned(), property(spec))).collect()
}

fn property(spec: &OptionSpec) -> Value {
    let mut property = match spec.kind {
        OptionKind::String => json!({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/secret"}]}),
        OptionKind::Path => json!({"type": "string", "minLength": 1}),
        OptionKind::Integer => {
            let limits = LIMITS.iter().find(|(name, ..)| *name == spec.name);
            let (least, most) =
                limits.map_or((0, i64::MAX.cast_unsigned()), |(_, least, most)| (*least, *most));
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        OptionKind::Number => json!({"type": "number"}),
        OptionKind::Boolean => json!({"type": "boolean"}),
        OptionKind::Duration => {
            json!({"type": "string", "pattern": "^\\s*[0-9]+(\\.[0-9]*)?\\s*(ms|s|m|h)\\s*$"})
        }
        OptionKind::Bytes => {
            json!({"type": "string", "pattern": "^\\s*[0-9]+(\\.[0-9]*)?\\s*(B|KiB|MiB|GiB)\\s*$"})
        }
        OptionKind::List => json!({"type": "array", "items": {"type": "string"}}),
        OptionKind::Files => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
        OptionKind::Table => json!({"type": "object"}),
        OptionKind::Choice => json!({"enum": spec.choices}),
    };
    property["description"] = spec.help.into();
    if let Some(written) = written(spec) {
        property["default"] = written;
    }
    property
}

/// The default as it is written, not as the component gets it: `"2s"`, not 2000.
fn written(spec: &OptionSpec) -> Option<Value> {
    let text = spec.default.filter(|text| !text.is_empty())?;
    match parse_value(text, &Place::Embedded)? {
        Item::String(text) => Some(text.into()),
        // For every other kind the two are the same.
        _ => default(spec, std::path::Path::new("")),
    }
}
