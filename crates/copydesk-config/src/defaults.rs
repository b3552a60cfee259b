//! A check for the tables themselves: every default can be parsed, and every component takes its own.

use std::path::Path;

use copydesk_core::{OptionSpec, SinkContext};
use serde_json::{Map, Value};

use crate::Catalog;
use crate::component::default;
use crate::document::parse_value;
use crate::error::Place;
use crate::keys::{ADMIN, RUNTIME, SINK, STAGE, TOP};
use crate::value::convert;

/// What is wrong with the option tables of `catalog`, one line each; for a test of the program. Builds every stage and
/// sink from its defaults. One that must be given something more (a file, a command) reads its options, with a sample
/// value, and is not built: the sample would have to be there.
pub fn check_defaults(catalog: &Catalog<'_>, context: &SinkContext) -> Vec<String> {
    let mut wrong = Vec::new();
    let own = [
        ("the file", TOP),
        ("[[stage]]", STAGE),
        ("[[sink]]", SINK),
        ("[runtime]", RUNTIME),
        ("[admin]", ADMIN),
    ];
    for (label, specs) in own {
        check_table(label, specs, &mut wrong);
    }
    check_table("[reader]", catalog.reader, &mut wrong);
    for source in catalog.all_sources() {
        check_table(source.name, source.options, &mut wrong);
    }
    for source in catalog.registry.sources() {
        let taken = source.reads(samples(source.options, context));
        wrong.extend(taken.err().map(|error| format!("{}: {error}", source.name)));
    }
    for stage in catalog.registry.stages() {
        check_table(stage.name, stage.options, &mut wrong);
        let options = samples(stage.options, context);
        let taken = if stands_alone(stage.options) {
            stage.build(stage.name, options, &()).map(drop)
        } else {
            stage.reads(options)
        };
        wrong.extend(taken.err().map(|error| format!("{}: {error}", stage.name)));
    }
    for sink in catalog.registry.sinks() {
        check_table(sink.name, sink.options, &mut wrong);
        let options = samples(sink.options, context);
        let taken = if stands_alone(sink.options) {
            sink.build(sink.name, options, context).map(drop)
        } else {
            sink.reads(options)
        };
        wrong.extend(taken.err().map(|error| format!("{}: {error}", sink.name)));
    }
    wrong
}

/// True if nothing has to be given.
fn stands_alone(specs: &[OptionSpec]) -> bool {
    specs.iter().all(|spec| spec.default.is_some())
}

fn check_table(label: &str, specs: &[OptionSpec], wrong: &mut Vec<String>) {
    for spec in specs {
        let place = format!("{label}: `{}`", spec.name);
        if specs.iter().filter(|other| other.name == spec.name).count() > 1 {
            wrong.push(format!("{place} is described twice"));
        }
        if spec.help.is_empty() {
            wrong.push(format!("{place} has no help"));
        }
        let Some(text) = spec.default.filter(|text| !text.is_empty()) else { continue };
        let parsed = parse_value(text, &Place::Embedded).ok_or_else(|| format!("`{text}` is no TOML value"));
        let converted = parsed.and_then(|item| convert(spec, &item, Path::new("/")));
        wrong.extend(converted.err().map(|error| format!("{place} has a wrong default: {error}")));
    }
}

/// Every option that has a value, as the plan would have it.
fn samples(specs: &[OptionSpec], context: &SinkContext) -> Value {
    let mut options = Map::new();
    for spec in specs {
        if let Some(value) = default(spec, &context.state).or_else(|| sample(spec, context)) {
            options.insert(spec.name.to_owned(), value);
        }
    }
    Value::Object(options)
}

/// A value for an option that must be given.
fn sample(spec: &OptionSpec, context: &SinkContext) -> Option<Value> {
    use copydesk_core::OptionKind as Kind;
    if spec.default.is_some() {
        return None;
    }
    Some(match spec.kind {
        Kind::String => "sample".into(),
        Kind::Path => context.state.join("sample").to_string_lossy().into_owned().into(),
        Kind::Integer | Kind::Number | Kind::Duration | Kind::Bytes => 1.into(),
        Kind::Boolean => true.into(),
        Kind::List => vec!["sample"].into(),
        Kind::Table => Value::Object(Map::new()),
        Kind::Files => Vec::<Value>::new().into(),
        Kind::Choice => spec.choices.first().copied().into(),
    })
}
