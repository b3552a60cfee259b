//! What is configured, as `verify` needs it.

use std::path::PathBuf;
use std::sync::Arc;

use copydesk_config::Plan;
use copydesk_core::Registry;
use copydesk_watcher::FolderOptions;

use crate::args::Common;
use crate::cleaner::Cleaner;
use crate::commands::Failure;
use crate::{components, setup};

/// Everything a look and a repair begin with.
pub(super) struct Desk {
    pub(super) registry: Arc<Registry>,
    pub(super) plan: Plan,
    pub(super) state: PathBuf,
    /// None if articles come from another source.
    pub(super) folder: Option<FolderOptions>,
    /// The drop folder is that of the configuration, not one that was named to an earlier `run`.
    pub(super) folder_is_given: bool,
    pub(super) cleaner: Cleaner,
    pub(super) sinks: Vec<SinkPlace>,
}

/// A sink, and what it keeps.
pub(super) struct SinkPlace {
    pub(super) name: String,
    pub(super) keeps: Keeps,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keeps {
    Sqlite(PathBuf),
    Jsonl(PathBuf),
    /// Nothing that could be looked at.
    Nothing,
}

impl Desk {
    pub(super) fn new(common: &Common) -> Result<Desk, Failure> {
        let (plan, file) = setup::configured(common)?;
        let state = setup::state_of(common, &plan);
        let folder = match plan.source.kind.as_str() {
            components::FOLDER => serde_json::from_value(plan.source.options.to_value())
                .map_err(|error| Failure::Usage(format!("[source]: {error}")))?,
            _ => None,
        };
        let sinks = plan.sinks.iter().map(|sink| {
            let path = sink.options.get("path").and_then(serde_json::Value::as_str).map(PathBuf::from);
            let keeps = match (sink.kind.as_str(), path) {
                ("sqlite", Some(path)) => Keeps::Sqlite(path),
                ("jsonl", Some(path)) => Keeps::Jsonl(path),
                _ => Keeps::Nothing,
            };
            SinkPlace { name: sink.name.clone(), keeps }
        });
        let sinks = sinks.collect();
        let cleaner = setup::cleaner(common)?;
        let registry = Arc::clone(&common.components.0);
        Ok(Desk { registry, state, folder, folder_is_given: file.is_some(), cleaner, sinks, plan })
    }
}
