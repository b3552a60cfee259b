//! From the command line to checked parts: configuration, state folder, reader, stages, sinks.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use copydesk_config::{Overrides, Place, Plan, Problem, StagePlan};
use copydesk_core::{
    BuildError, Clock, OptionKind, OptionSpec, Reader, Registry, Sink, SinkContext, Stage, Step,
};
use copydesk_reader::{FileReader, ReaderOptions};
use copydesk_runtime::LookupStage;
use serde_json::Value;

use crate::args::Common;
use crate::cleaner::{Cleaner, MakeStage};
use crate::commands::Failure;
use crate::patience::Patience;
use crate::{SystemClock, components};

/// Where state is kept if nothing says otherwise.
const STATE: &str = "copydesk-data";
/// The configuration that every command takes if none is named, but `run` with a folder.
const CONFIG: &str = "copydesk.toml";

/// A stage by its name in records, and how to make one.
pub(crate) type NamedStage = (String, MakeStage);

/// What a plan is made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) reader_options: ReaderOptions,
    pub(crate) stages: Vec<NamedStage>,
}

/// The plan of the configuration named, or of `./copydesk.toml`, or the embedded default; and the file.
pub(crate) fn configured(common: &Common) -> Result<(Plan, Option<PathBuf>), Failure> {
    if common.config.is_none() && Path::new(CONFIG).is_file() {
        let common = Common { config: Some(PathBuf::from(CONFIG)), ..common.clone() };
        return plan(&common, None).map(|plan| (plan, common.config));
    }
    plan(common, None).map(|plan| (plan, common.config.clone()))
}

/// The plan: of `--config` where there is one, else the embedded default over `folder`.
pub(crate) fn plan(common: &Common, folder: Option<&Path>) -> Result<Plan, Failure> {
    let catalog = components::catalog(&common.components.0);
    let mut overrides = Overrides {
        variables: std::env::vars_os().collect(),
        sets: common.set.clone(),
        reserved: &["COPYDESK_LOG", "COPYDESK_CRASH_AT", "COPYDESK_COMPACT_FROM"],
    };
    let plan = if let Some(file) = &common.config {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Failure::Usage(format!("cannot read configuration `{}`: {error}", file.display()))
        })?;
        if let Some(folder) = folder {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
            overrides.sets.push(format!("source.path={}", folder.display()));
        }
        copydesk_config::load(&text, file, &catalog, &overrides)
    } else {
        let here =
            std::env::current_dir().map_err(|error| Failure::Work(format!("no current folder: {error}")))?;
        let state = here.join(common.state.as_deref().unwrap_or(Path::new(STATE)));
        let folder = here.join(folder.unwrap_or(Path::new("inbox")));
        copydesk_config::embedded(&folder, &state, &here, &catalog, &overrides)
    };
    plan.map_err(|errors| Failure::Usage(errors.to_string()))
}

/// The state folder: `--state`, else the configuration's, else `./copydesk-data`.
pub(crate) fn state_of(common: &Common, plan: &Plan) -> PathBuf {
    let state = common.state.clone().or_else(|| plan.state.clone()).unwrap_or_else(|| STATE.into());
    std::path::absolute(&state).unwrap_or(state)
}

/// The state folder, for commands that need nothing else of the configuration.
pub(crate) fn state_folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(state) = &common.state {
        return Ok(state.clone());
    }
    Ok(state_of(common, &configured(common)?.0))
}

/// The SQLite store of the plan, or of the embedded default.
pub(crate) fn store_path(common: &Common) -> Result<PathBuf, Failure> {
    let (plan, _) = configured(common)?;
    let sqlite = plan.sinks.iter().find(|sink| sink.kind == "sqlite");
    let path = sqlite.and_then(|sink| sink.options.get("path")).and_then(Value::as_str).map(PathBuf::from);
    let path = path.ok_or_else(|| Failure::Work("the configuration has no sink of type `sqlite`".into()))?;
    if !path.exists() {
        return Err(Failure::Work(format!(
            "no store at `{}`: nothing has been delivered yet",
            path.display()
        )));
    }
    Ok(path)
}

/// The record of a delivered article, by the start of its id.
pub(crate) fn stored_record(common: &Common, id: &str) -> Result<Value, Failure> {
    let record =
        copydesk_sink_sqlite::load(&store_path(common)?, id).map_err(|error| Failure::Work(chain(&error)))?;
    serde_json::from_str(&record)
        .map_err(|error| Failure::Work(format!("the record of {id} is damaged: {error}")))
}

/// Reader and stages of a plan, every one of them made once to see that it can be. Files that a stage is to get are
/// read here.
pub(crate) fn parts(registry: &Arc<Registry>, plan: &Plan) -> Result<Parts, Failure> {
    let reader_options: ReaderOptions = serde_json::from_value(plan.reader.to_value())
        .map_err(|error| Failure::Usage(format!("[reader]: {error}")))?;
    let mut stages = Vec::new();
    let mut problems = Vec::new();
    for stage in &plan.stages {
        match make_stage(registry, stage) {
            Ok(make) => stages.push((stage.name.clone(), make)),
            Err(error) => problems.push(problem(plan, &stage.place, &error)),
        }
    }
    if problems.is_empty() {
        let reader = Arc::new(FileReader::new(reader_options.clone()));
        return Ok(Parts { reader, reader_options, stages });
    }
    Err(Failure::Usage(problems.join("\n")))
}

/// How to make a stage. It is made once here: its files are read, and all that is wrong with it is found.
fn make_stage(registry: &Arc<Registry>, stage: &StagePlan) -> Result<MakeStage, BuildError> {
    let (registry, kind, name) = (Arc::clone(registry), stage.kind.clone(), stage.name.clone());
    let unknown = || BuildError(format!("unknown stage `{}`", stage.kind));
    let specs = registry.find_stage(&kind).ok_or_else(unknown)?.options;
    let options = with_files(stage.options.to_value(), specs)?;
    let build = move || {
        let entry =
            registry.find_stage(&kind).ok_or_else(|| BuildError(format!("unknown stage `{kind}`")))?;
        match entry.build(&name, options.clone(), &())? {
            Step::Stage(stage) => Ok(stage),
            Step::Lookup(lookup) => Ok(Box::new(LookupStage::new(lookup)?) as Box<dyn Stage>),
        }
    };
    let made = build()?;
    if made.fork().is_none() {
        return Ok(Arc::new(build));
    }
    // A fork costs nothing, where reading and checking the options anew may. This one is never given an article, so
    // its forks are as good as new.
    let made = Mutex::new(made);
    Ok(Arc::new(move || match made.lock().unwrap_or_else(PoisonError::into_inner).fork() {
        Some(fork) => Ok(fork),
        None => build(),
    }))
}

/// The options of a component, with the files that it is to get in the place of their paths.
pub(crate) fn with_files(mut options: Value, specs: &[OptionSpec]) -> Result<Value, BuildError> {
    for spec in specs.iter().filter(|spec| spec.kind == OptionKind::Files) {
        let Some(Value::Array(files)) = options.get_mut(spec.name) else { continue };
        for file in files {
            let path = file.as_str().unwrap_or_default().to_owned();
            let text = std::fs::read_to_string(&path)
                .map_err(|error| BuildError(format!("`{}`: cannot read `{path}`: {error}", spec.name)))?;
            *file = serde_json::json!({ "path": path, "text": text });
        }
    }
    Ok(options)
}

/// The sinks of a plan, by name; nothing is opened.
pub(crate) fn sinks(registry: &Registry, plan: &Plan, state: &Path) -> Result<Vec<Box<dyn Sink>>, Failure> {
    let context = SinkContext { state: state.to_owned() };
    let make = |sink: &copydesk_config::SinkPlan| {
        let entry =
            registry.find_sink(&sink.kind).ok_or_else(|| BuildError(format!("unknown sink `{}`", sink.kind)));
        entry.and_then(|entry| entry.build(&sink.name, sink.options.to_value(), &context))
    };
    plan.sinks
        .iter()
        .map(|sink| make(sink).map_err(|error| Failure::Usage(problem(plan, &sink.place, &error))))
        .collect()
}

fn problem(plan: &Plan, place: &Place, error: &BuildError) -> String {
    Problem { file: plan.file.clone(), place: place.clone(), message: error.to_string() }.to_string()
}

/// What `clean` and `explain` run: the reader, and the stages without state.
pub(crate) fn cleaner(common: &Common) -> Result<Cleaner, Failure> {
    let (plan, _) = configured(common)?;
    let parts = parts(&common.components.0, &plan)?;
    Ok(cleaner_of(parts))
}

/// The stages without state that are there by default.
pub(crate) const STATELESS: &[&str] = &["strip_boilerplate", "drop_repeats", "enrich"];

/// The default stages.
pub(crate) fn standard_cleaner() -> Result<Cleaner, BuildError> {
    standard_parts().map(cleaner_of)
}

/// Some of the default stages without state.
pub(crate) fn cleaner_of_stages(names: &[String]) -> Result<Cleaner, Failure> {
    let mut parts = standard_parts().map_err(|error| Failure::Work(error.to_string()))?;
    parts.stages.retain(|(name, _)| names.contains(name));
    Ok(cleaner_of(parts))
}

fn standard_parts() -> Result<Parts, BuildError> {
    let registry = Arc::new(components::registry());
    // Only the stages are used: nothing is read from or written to these folders.
    let here = Path::new("/");
    let overrides = Overrides { variables: Vec::new(), sets: Vec::new(), reserved: &[] };
    let plan = copydesk_config::embedded(here, here, here, &components::catalog(&registry), &overrides)
        .map_err(|errors| BuildError(errors.to_string()))?;
    parts(&registry, &plan).map_err(|failure| BuildError(format!("{failure:?}")))
}

fn cleaner_of(parts: Parts) -> Cleaner {
    // A stage that cannot fork needs the articles before this one: there are none here.
    let stateless = |(_, make): &NamedStage| make().is_ok_and(|stage| stage.fork().is_some());
    Cleaner {
        reader: parts.reader,
        stages: parts.stages.into_iter().filter(stateless).map(|(_, make)| make).collect(),
        media_type: None,
        received: SystemClock.rfc3339(),
        max_bytes: parts.reader_options.max_bytes,
        patience: Patience::default(),
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
