//! `copydesk quarantine list|show|retry|discard`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use copydesk_runtime::{Act, QuarantineEntry, QuarantineView, act, read_quarantine};

use super::{Answer, Failure};
use crate::args::{Common, QuarantineAction};
use crate::explain::safe;
use crate::{Exit, SystemClock, setup};

pub(super) fn run(common: &Common, action: &QuarantineAction) -> Answer {
    let state = setup::state_folder(common)?;
    let view = read_quarantine(&state);
    match action {
        QuarantineAction::List { json } => list(&view, *json),
        QuarantineAction::Show { key, bytes } => show(&view, key, *bytes),
        QuarantineAction::Retry { keys, all } => change(&state, &view, Act::Retry, keys, *all),
        QuarantineAction::Discard { keys, all } => change(&state, &view, Act::Discard, keys, *all),
    }
}

fn list(view: &QuarantineView, as_json: bool) -> Answer {
    let mut out = io::stdout().lock();
    let entries = view.list();
    for entry in &entries {
        if as_json {
            let line = serde_json::to_string(entry).map_err(io::Error::other)?;
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}  {}  {}: {}", entry.key, safe(&entry.path), entry.stage, safe(&entry.reason))?;
        }
    }
    if !as_json {
        writeln!(io::stderr(), "{} in quarantine", entries.len())?;
    }
    Ok(Exit::Done)
}

fn show(view: &QuarantineView, key: &str, bytes_only: bool) -> Answer {
    let entry = find(view, key)?;
    let mut out = io::stdout().lock();
    if bytes_only {
        let bytes = view
            .bytes(&entry)
            .map_err(|error| Failure::Work(format!("cannot read `{}`: {error}", entry.key)))?;
        let Some(bytes) = bytes else {
            return Err(Failure::Work(format!(
                "`{}` is kept by reference: see the file `{}`",
                entry.key, entry.uri
            )));
        };
        out.write_all(&bytes)?;
        return Ok(Exit::Done);
    }
    let value = serde_json::to_value(&entry).map_err(io::Error::other)?;
    for (name, value) in value.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), safe);
        writeln!(out, "{name:<11} {text}")?;
    }
    if entry.stored {
        writeln!(io::stderr(), "the original bytes: copydesk quarantine show {} --bytes", entry.key)?;
    }
    Ok(Exit::Done)
}

fn find(view: &QuarantineView, key: &str) -> Result<QuarantineEntry, Failure> {
    view.find(key).map_err(|error| Failure::Work(setup::chain(&error)))
}

fn change(state: &Path, view: &QuarantineView, what: Act, keys: &[String], all: bool) -> Answer {
    let mut chosen = Vec::new();
    if all {
        chosen.extend(view.list().into_iter().map(|entry| entry.key));
    }
    for key in keys {
        chosen.push(find(view, key)?.key);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    let answers = runtime
        .block_on(act(state, what, &chosen, Arc::new(SystemClock)))
        .map_err(|error| Failure::Work(setup::chain(&error)))?;
    let mut out = io::stdout().lock();
    for answer in &answers {
        writeln!(out, "{}: {}", answer.key, safe(&answer.message))?;
    }
    if what == Act::Retry && !answers.is_empty() {
        writeln!(io::stderr(), "a running daemon processes them now, else the next run")?;
    }
    Ok(if answers.iter().all(|answer| answer.done) { Exit::Done } else { Exit::Failed })
}
