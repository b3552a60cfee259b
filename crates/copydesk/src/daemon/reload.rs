//! Looking at a configuration before it is put in force: while the old one works, and without disturbing it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_config::{Plan, SinkPlan};
use serde_json::Value;

use super::{Origin, Setting};
use crate::commands::Failure;
use crate::{components, setup};

/// How long a new sink may take to open.
const PATIENCE: Duration = Duration::from_secs(10);

/// The configuration as it is now, if it can be put in force in the place of `old`; else every reason why not.
pub(super) async fn check(origin: Origin, old: Setting, state: PathBuf) -> Result<Setting, String> {
    let look = tokio::task::spawn_blocking({
        let state = state.clone();
        move || load(&origin, &old.plan, &state).map(|next| (next, old))
    });
    let looked = look.await.map_err(|error| format!("the configuration cannot be checked: {error}"))?;
    let (next, old) = looked.map_err(|failure| failure.message())?;
    try_sinks(&next, &old.plan, &state).await?;
    Ok(next)
}

fn load(origin: &Origin, old: &Plan, state: &Path) -> Result<Setting, Failure> {
    let next = Setting::load(origin)?;
    if setup::state_of(&origin.common, &next.plan) != state {
        return Err(Failure::Usage("the state folder cannot change while the daemon runs".into()));
    }
    let folder = |plan: &Plan| {
        let source = Some(&plan.source).filter(|source| source.kind == components::FOLDER)?;
        source.options.get("path").and_then(Value::as_str).map(PathBuf::from)
    };
    if let Some(folder) = folder(&next.plan).filter(|path| folder(old).as_ref() != Some(path))
        && !std::fs::metadata(&folder).is_ok_and(|metadata| metadata.is_dir())
    {
        return Err(Failure::Usage(format!("[source]: no folder at `{}`", folder.display())));
    }
    Ok(next)
}

/// Opens and closes every sink that is new. One that has a file of the running configuration is not touched: it
/// is in use, and known to work.
async fn try_sinks(next: &Setting, old: &Plan, state: &Path) -> Result<(), String> {
    let sinks = setup::sinks(&next.registry, &next.plan, state).map_err(|failure| failure.message())?;
    let mut problems = Vec::new();
    for (plan, mut sink) in next.plan.sinks.iter().zip(sinks) {
        if old.sinks.iter().any(|known| is_same_place(known, plan)) {
            continue;
        }
        match tokio::time::timeout(PATIENCE, sink.open()).await {
            Ok(Ok(())) => {
                // It opened: that is all that was asked.
                let _closed = sink.close().await;
            }
            Ok(Err(error)) => problems.push(format!("sink `{}`: {error}", plan.name)),
            Err(_) => {
                problems.push(format!("sink `{}` does not open within {} s", plan.name, PATIENCE.as_secs()));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn is_same_place(known: &SinkPlan, new: &SinkPlan) -> bool {
    let path = |plan: &SinkPlan| plan.options.get("path").cloned();
    known.kind == new.kind
        && (known.options == new.options || (path(new).is_some() && path(known) == path(new)))
}
