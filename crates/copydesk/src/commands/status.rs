//! `copydesk status`: the health of the running daemon, and the ledger's balance.

use std::io::{self, Write};

use std::path::Path;

use copydesk_runtime::SignalView;
use copydesk_runtime::ledger::{StatusView, read_memories, read_status};
use serde_json::{Value, json};

use super::{Answer, Failure};
use crate::args::Common;
use crate::control::{Asked, Request, ask};
use crate::explain::safe;
use crate::{Exit, setup};

pub(super) fn run(common: &Common, as_json: bool) -> Answer {
    let state = setup::state_folder(common)?;
    let daemon = ask(&state, Request::Status);
    let view = read_status(&state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    let Some(view) = view else {
        return Err(Failure::Work(format!(
            "no ledger in `{}`: nothing has run with this state folder",
            state.display()
        )));
    };
    let signals = match &daemon {
        Asked::Answered(daemon) => daemon["stats"]["signals"].clone(),
        Asked::NoDaemon | Asked::Failed(_) => remembered(common, &state),
    };
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", as_value(&view, daemon, signals))?;
    } else {
        show_daemon(&mut out, &daemon)?;
        show(&mut out, &view)?;
        show_signals(&mut out, &signals)?;
    }
    Ok(if view.counts.balances() { Exit::Done } else { Exit::Failed })
}

/// The signals that the configured stages would begin with; `null` if that cannot be told.
fn remembered(common: &Common, state: &Path) -> Value {
    let stages = setup::configured(common)
        .and_then(|(plan, _)| setup::parts(&common.components.0, &plan))
        .map(|parts| parts.stages);
    let Ok(stages) = stages else { return Value::Null };
    let made = stages.iter().filter_map(|(name, make)| Some((name, make().ok()?)));
    let mut stateful: Vec<_> = made.filter(|(_, stage)| stage.fork().is_none()).collect();
    let read = read_memories(state, &mut |seq, of, memory| {
        for (_, stage) in stateful.iter_mut().filter(|(name, _)| *name == of) {
            stage.restore(seq, memory);
        }
    });
    let view = |(name, stage): &(&String, Box<dyn copydesk_core::Stage>)| -> Vec<SignalView> {
        let standing = stage.standing().into_iter();
        standing.map(|signal| SignalView { stage: (*name).clone(), signal }).collect()
    };
    read.map_or(Value::Null, |()| json!(stateful.iter().flat_map(view).collect::<Vec<_>>()))
}

fn show_signals(out: &mut impl Write, signals: &Value) -> io::Result<()> {
    for signal in signals.as_array().into_iter().flatten() {
        let text = |key: &str| signal[key].as_str().map(safe).unwrap_or_default();
        writeln!(out, "{}: {} (since {})", text("kind"), text("message"), text("since"))?;
    }
    Ok(())
}

fn as_value(view: &StatusView, daemon: Asked, signals: Value) -> Value {
    let mut value = json!(view.counts);
    value["balances"] = json!(view.counts.balances());
    value["files"] = json!(view.files);
    value["ledger_bytes"] = json!(view.ledger_bytes);
    value["sinks"] = json!(view.sinks);
    value["signals"] = signals;
    let daemon = match daemon {
        Asked::Answered(daemon) => daemon,
        Asked::NoDaemon => Value::Null,
        Asked::Failed(error) => json!({ "error": error }),
    };
    value["health"] = daemon["health"].clone();
    value["daemon"] = daemon;
    value
}

fn show_daemon(out: &mut impl Write, daemon: &Asked) -> io::Result<()> {
    let daemon = match daemon {
        Asked::NoDaemon => return writeln!(out, "no daemon is running"),
        Asked::Failed(error) => return writeln!(out, "{}", safe(error)),
        Asked::Answered(daemon) => daemon,
    };
    let text = |value: &Value| value.as_str().map(safe).unwrap_or_default();
    let (pid, started) = (&daemon["pid"], text(&daemon["started"]));
    writeln!(
        out,
        "health: {} (process {pid}, {} since {started})",
        text(&daemon["health"]["state"]),
        text(&daemon["doing"])
    )?;
    for reason in daemon["health"]["reasons"].as_array().into_iter().flatten() {
        writeln!(out, "  {}", text(reason))?;
    }
    Ok(())
}

fn show(out: &mut impl Write, view: &StatusView) -> io::Result<()> {
    let counts = &view.counts;
    writeln!(out, "{:>10} seen, in {} files", counts.seen, view.files)?;
    for (sign, count, name) in [
        ('=', counts.delivered, "delivered: every sink holds it"),
        ('+', counts.duplicate, "duplicate: the same bytes were there already"),
        ('+', counts.dropped, "dropped: by a stage, or by you"),
        ('+', counts.quarantined, "quarantined: see `copydesk quarantine list`"),
        ('+', counts.superseded, "superseded: a newer revision took its place"),
        ('+', counts.pending, "pending: on its way"),
    ] {
        writeln!(out, "{sign} {count:>8} {name}")?;
    }
    let balance = if counts.balances() { "the ledger balances" } else { "THE LEDGER DOES NOT BALANCE" };
    writeln!(out, "{balance}")?;
    for (name, sink) in &view.sinks {
        let state = if sink.lag == 0 { "up to date".to_owned() } else { format!("{} behind", sink.lag) };
        writeln!(out, "sink {}: {state}", safe(name))?;
    }
    Ok(())
}
