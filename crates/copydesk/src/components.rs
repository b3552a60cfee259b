//! Every component there is, by hand, in one file.

use std::sync::Arc;

use copydesk_config::{Catalog, SourceSpec};
use copydesk_core::{BuildError, Component, Measure, Registry, SinkContext};
use copydesk_deduplicator::{DropRepeats, FindDuplicates};
use copydesk_enricher::Enricher;
use copydesk_plugin::{ExecStage, Plugin, WasmStage};
use copydesk_sink::{JsonlSink, NullSink, StdoutSink};
use copydesk_sink_sqlite::SqliteSink;
use copydesk_stories::FindStories;
use copydesk_stripper::{RecurringStripper, Stripper, YieldWatch};
use copydesk_watcher::FolderSource;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the stages that are listed here measure of themselves.
pub(crate) fn measures() -> &'static [&'static Measure] {
    &copydesk_plugin::MEASURES
}

/// What a configuration can name: the components listed here, and those that a program of somebody else's has added.
#[derive(Clone)]
pub(crate) struct Components(pub(crate) Arc<Registry>);

impl Default for Components {
    fn default() -> Components {
        Components(Arc::new(registry()))
    }
}

impl std::fmt::Debug for Components {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Components")
    }
}

/// Stages and sinks.
pub fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.stage::<Stripper>("strip_boilerplate", |name, options| Stripper::new(name, &options));
    registry.stage::<RecurringStripper>("strip_recurring", |name, options| {
        RecurringStripper::new(name, &options)
    });
    registry.stage::<DropRepeats>("drop_repeats", DropRepeats::new);
    registry.stage::<Enricher>("enrich", |_, options| Enricher::new(options));
    registry.stage::<FindDuplicates>("find_duplicates", FindDuplicates::new);
    registry.stage::<FindStories>("find_stories", |name, options| FindStories::new(name, &options));
    registry.stage::<YieldWatch>("watch_yield", |name, options| YieldWatch::new(name, &options));
    registry.stage::<ExecStage>("exec", ExecStage::new);
    registry.stage::<WasmStage>("wasm", WasmStage::new);
    registry.sink::<SqliteSink>("sqlite", |_, options, _| Ok(SqliteSink::new(options)));
    registry.sink::<JsonlSink>("jsonl", |called, options, context| {
        let index = jsonl_index(&context.state, called);
        Ok(JsonlSink::with_index(options, Some(index)))
    });
    registry.sink::<StdoutSink>("stdout", |_, options, _| Ok(StdoutSink::new(options)));
    registry.sink::<NullSink>("null", |_, _, _| Ok(NullSink::new()));
    registry
}

/// Makes a stage outside the program: its name, and its checked options.
pub(crate) type MakePlugin = fn(&str, Value) -> Result<Box<dyn Plugin>, BuildError>;

/// The stages outside the program, for the commands that put them to the test.
pub(crate) const PLUGINS: &[(&str, MakePlugin)] = &[
    ("exec", |name, options| Ok(Box::new(ExecStage::new(name, read(options)?)?))),
    ("wasm", |name, options| Ok(Box::new(WasmStage::new(name, read(options)?)?))),
];

fn read<T: DeserializeOwned>(options: Value) -> Result<T, BuildError> {
    serde_json::from_value(options).map_err(|error| BuildError(error.to_string()))
}

/// What a configuration can name.
pub fn catalog(registry: &Registry) -> Catalog<'_> {
    Catalog { registry, sources: &SOURCES, reader: copydesk_reader::OPTIONS }
}

/// The source that the daemon makes itself, for it has more to say and to be asked than others.
pub(crate) const FOLDER: &str = "folder";

const SOURCES: [SourceSpec; 1] =
    [SourceSpec { name: FOLDER, help: FolderSource::HELP, options: FolderSource::OPTIONS }];

/// The configuration's JSON Schema.
pub(crate) fn config_schema(registry: &Registry) -> Value {
    copydesk_config::schema(&catalog(registry))
}

/// The configuration's reference, as Markdown.
pub(crate) fn config_reference(registry: &Registry) -> String {
    copydesk_config::reference(&catalog(registry))
}

/// What is wrong with the option tables, a line each.
pub(crate) fn wrong_defaults(registry: &Registry) -> Vec<String> {
    let context = SinkContext { state: std::env::temp_dir() };
    copydesk_config::check_defaults(&catalog(registry), &context)
}

/// Where the JSONL sink of this name notes the ids of its file: a cache, which may be removed at any time.
pub(crate) fn jsonl_index(state: &std::path::Path, called: &str) -> std::path::PathBuf {
    state.join(format!("{called}.jsonl-index"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_taken_by_its_component() {
        assert_eq!(wrong_defaults(&registry()), Vec::<String>::new());
    }
}
