//! Every component there is, by hand, in one file.

use copydesk_config::{Catalog, SourceSpec};
use copydesk_core::{Component, Registry};
use copydesk_deduplicator::{DropRepeats, FindDuplicates};
use copydesk_enricher::Enricher;
use copydesk_plugin::ExecStage;
use copydesk_sink::{JsonlSink, NullSink, StdoutSink};
use copydesk_sink_sqlite::SqliteSink;
use copydesk_stories::FindStories;
use copydesk_stripper::{RecurringStripper, Stripper, YieldWatch};
use copydesk_watcher::FolderSource;
use serde_json::Value;

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
    registry.sink::<SqliteSink>("sqlite", |_, options, _| Ok(SqliteSink::new(options)));
    registry.sink::<JsonlSink>("jsonl", |called, options, context| {
        let index = jsonl_index(&context.state, called);
        Ok(JsonlSink::with_index(options, Some(index)))
    });
    registry.sink::<StdoutSink>("stdout", |_, options, _| Ok(StdoutSink::new(options)));
    registry.sink::<NullSink>("null", |_, _, _| Ok(NullSink::new()));
    registry
}

/// What a configuration can name.
pub fn catalog(registry: &Registry) -> Catalog<'_> {
    Catalog { registry, sources: &SOURCES, reader: copydesk_reader::OPTIONS }
}

const SOURCES: [SourceSpec; 1] =
    [SourceSpec { name: "folder", help: FolderSource::HELP, options: FolderSource::OPTIONS }];

/// The configuration's JSON Schema.
pub(crate) fn config_schema(registry: &Registry) -> Value {
    copydesk_config::schema(&catalog(registry))
}

/// The configuration's reference, as Markdown.
pub(crate) fn config_reference(registry: &Registry) -> String {
    copydesk_config::reference(&catalog(registry))
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
        let registry = registry();
        let context = copydesk_core::SinkContext { state: std::env::temp_dir() };
        let wrong = copydesk_config::check_defaults(&catalog(&registry), &context);
        assert_eq!(wrong, Vec::<String>::new());
    }
}
