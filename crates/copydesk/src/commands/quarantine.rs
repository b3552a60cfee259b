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
        QuarantineAction::List { json, code } => list(&view, *json, code),
        QuarantineAction::Show { key, bytes } => show(&view, key, *bytes),
        QuarantineAction::Retry { keys, all, code } => {
            change(&state, Act::Retry, &chosen(&view, keys, *all, code)?)
        }
        QuarantineAction::Discard { keys, all, code } => {
            change(&state, Act::Discard, &chosen(&view, keys, *all, code)?)
        }
    }
}

fn list(view: &QuarantineView, as_json: bool, codes: &[String]) -> Answer {
    let mut out = io::stdout().lock();
    let mut entries = view.list();
    entries.retain(|entry| codes.is_empty() || codes.contains(&entry.code));
    for entry in &entries {
        if as_json {
            let line = serde_json::to_string(entry).map_err(io::Error::other)?;
            writeln!(out, "{line}")?;
        } else {
            let QuarantineEntry { key, stage, code, .. } = entry;
            writeln!(out, "{key}  {}  {stage}: {code}: {}", safe(&entry.path), safe(&entry.reason))?;
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
        if name == "reason" && entry.code.starts_with("plugin_") {
            let lines: Vec<String> = unfolded(&entry.reason).lines().map(safe).collect();
            writeln!(out, "{name:<11} {}", lines.join("\n            "))?;
        } else {
            writeln!(out, "{name:<11} {text}")?;
        }
    }
    if entry.stored {
        writeln!(io::stderr(), "the original bytes: copydesk quarantine show {} --bytes", entry.key)?;
    }
    Ok(Exit::Done)
}

/// The reason with the line breaks of what a plugin said, which stands in it on one line and escaped. What could drive a
/// terminal stays escaped.
fn unfolded(reason: &str) -> String {
    let mut text = String::with_capacity(reason.len());
    let mut chars = reason.chars();
    while let Some(c) = chars.next() {
        match (c, chars.as_str().chars().next()) {
            ('\\', Some(next @ ('n' | 't' | '"' | '\'' | '\\'))) => {
                chars.next();
                text.push_str(match next {
                    'n' => "\n",
                    't' => "    ",
                    '"' => "\"",
                    '\'' => "'",
                    _ => "\\",
                });
            }
            _ => text.push(c),
        }
    }
    text
}

fn find(view: &QuarantineView, key: &str) -> Result<QuarantineEntry, Failure> {
    view.find(key).map_err(|error| Failure::Work(setup::chain(&error)))
}

/// The keys of all entries, of those with one of the codes, and of those named.
fn chosen(
    view: &QuarantineView,
    keys: &[String],
    all: bool,
    codes: &[String],
) -> Result<Vec<String>, Failure> {
    let mut entries = if all || !codes.is_empty() { view.list() } else { Vec::new() };
    entries.retain(|entry| all || codes.contains(&entry.code));
    let mut chosen: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
    for key in keys {
        let key = find(view, key)?.key;
        if !chosen.contains(&key) {
            chosen.push(key);
        }
    }
    Ok(chosen)
}

fn change(state: &Path, what: Act, chosen: &[String]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    let answers = runtime
        .block_on(act(state, what, chosen, Arc::new(SystemClock)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plugin_printed_is_shown_line_by_line_and_drives_no_terminal() {
        let said = "Traceback:\n\tFile \"a\\b\", it's\n\u{1b}[31mred\r\u{202e}";
        let shown = unfolded(&format!("it printed: {}", said.escape_debug()));
        assert_eq!(shown, "it printed: Traceback:\n    File \"a\\b\", it's\n\\u{1b}[31mred\\r\\u{202e}");
        assert_eq!(unfolded("ends in \\"), "ends in \\");
    }
}
