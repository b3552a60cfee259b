//! From a checked configuration to a source and a pipeline.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_config::Plan;
use copydesk_core::{Component, Reader, Registry, Source, SourceContext};
use copydesk_runtime::{Engine, Pipeline, RuntimeOptions, SinkOptions, SinkSlot, StageSlot};
use copydesk_watcher::{FolderDeps, FolderSource, WatchStatus};
use tokio::sync::watch;

use super::Origin;
use crate::commands::Failure;
use crate::{SystemClock, components, setup};

/// A configuration, checked, and what it is made of. The same one may be started many times.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) plan: Plan,
    /// Where it was read from, if from a file.
    pub(crate) file: Option<PathBuf>,
    pub(super) registry: Arc<Registry>,
    parts: setup::Parts,
}

impl Setting {
    /// Reads the configuration, and makes every stage once to see that it can be.
    pub(crate) fn load(origin: &Origin) -> Result<Setting, Failure> {
        let (plan, file) = match &origin.dir {
            Some(dir) => (setup::plan(&origin.common, Some(dir))?, origin.common.config.clone()),
            None => match setup::configured(&origin.common)? {
                (plan, Some(file)) => (plan, Some(file)),
                (_, None) => {
                    return Err(Failure::Usage(
                        "nothing to run: name a drop folder, or a configuration with --config FILE".into(),
                    ));
                }
            },
        };
        let registry = Arc::clone(&origin.common.components.0);
        let parts = setup::parts(&registry, &plan)?;
        Ok(Setting { plan, file, registry, parts })
    }

    /// Opens the source.
    pub(super) fn source(
        &self,
        engine: &Engine,
        state: &Path,
        once: bool,
        stop: watch::Receiver<bool>,
        status: &Arc<WatchStatus>,
    ) -> Result<Box<dyn Source>, Failure> {
        if self.plan.source.kind != components::FOLDER {
            return self.other_source(engine, state, once);
        }
        let mut options: <FolderSource as Component>::Options =
            serde_json::from_value(self.plan.source.options.to_value())
                .map_err(|error| Failure::Usage(format!("[source]: {error}")))?;
        options.once = once;
        let reader: Arc<dyn Reader> = Arc::clone(&self.parts.reader);
        let deps = FolderDeps {
            known: engine.known(),
            clock: Arc::new(SystemClock),
            is_container: Arc::new(move |name| reader.is_container(name)),
            stop,
            status: Arc::clone(status),
            exclude: vec![state.to_owned()],
        };
        let source =
            FolderSource::open(options, deps).map_err(|error| Failure::Work(setup::chain(&error)))?;
        Ok(Box::new(source))
    }

    /// A source that knows nothing of a folder. It need not hear of a stop: it is asked no more.
    fn other_source(&self, engine: &Engine, state: &Path, once: bool) -> Result<Box<dyn Source>, Failure> {
        let plan = &self.plan.source;
        let entry = self.registry.find_source(&plan.kind);
        let entry = entry.ok_or_else(|| Failure::Usage(format!("unknown source `{}`", plan.kind)))?;
        let context = SourceContext {
            once,
            state: state.to_owned(),
            known: engine.known(),
            clock: Arc::new(SystemClock),
        };
        entry
            .build(&plan.kind, plan.options.to_value(), &context)
            .map_err(|error| Failure::Work(format!("[source]: {error}")))
    }

    /// Everything behind the source; nothing is opened.
    pub(super) fn pipeline(&self, state: &Path, once: bool) -> Result<Pipeline, Failure> {
        let plan = &self.plan;
        let slots =
            plan.sinks.iter().zip(setup::sinks(&self.registry, plan, state)?).map(|(sink, made)| SinkSlot {
                name: sink.name.clone(),
                sink: made,
                options: SinkOptions {
                    batch_max: sink.policy.batch_max,
                    batch_bytes: sink.policy.batch_bytes as usize,
                    linger: sink.policy.batch_linger,
                    retry_min: sink.policy.retry_min,
                    retry_max: sink.policy.retry_max,
                    stall: sink.policy.stall,
                    ..SinkOptions::default()
                },
            });
        let stages = self.parts.stages.iter().cloned();
        Ok(Pipeline {
            reader: Arc::clone(&self.parts.reader),
            stages: stages.map(|(name, make)| StageSlot { name, make }).collect(),
            sinks: slots.collect(),
            options: RuntimeOptions {
                once,
                workers: plan.runtime.workers,
                grace: plan.runtime.grace,
                in_flight_max: plan.runtime.queue,
                in_flight_bytes: plan.runtime.queue_bytes as usize,
                quarantine_bytes: plan.runtime.quarantine_bytes as usize,
                ..RuntimeOptions::default()
            },
        })
    }
}
