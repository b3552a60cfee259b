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
        if let Asked::Answered(daemon) = &daemon {
            show_plugins(&mut out, &daemon["stats"]["readings"])?;
        }
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

/// A line for each plugin: what it holds, and what came of the articles that it was given.
fn show_plugins(out: &mut impl Write, readings: &Value) -> io::Result<()> {
    for (stage, readings) in readings.as_object().into_iter().flatten() {
        let of = |name: &str| {
            let name = format!("copydesk_plugin_{name}");
            readings.as_array().into_iter().flatten().filter(move |reading| reading["name"] == *name)
        };
        let figure = |name: &str| of(name).filter_map(|reading| reading["value"].as_f64()).sum::<f64>();
        let by = |name: &str, label: &str| {
            let parts = of(name).filter(|reading| reading["value"].as_f64() > Some(0.0));
            let part = |reading: &Value| {
                format!(
                    "{} {}",
                    reading["value"].as_f64().unwrap_or_default(),
                    safe_text(&reading["labels"][label])
                )
            };
            parts.map(part).collect::<Vec<_>>().join(", ").replace('_', " ")
        };
        if of("articles_total").next().is_none() {
            continue;
        }
        let (workers, memory) = (figure("workers"), figure("memory_bytes") / f64::from(1 << 20));
        let state = match (figure("up") > 0.0, workers) {
            (false, _) => "down".to_owned(),
            (true, 0.0) => "not running".to_owned(),
            (true, workers) => format!("{workers} running, {memory:.0} MiB"),
        };
        write!(out, "plugin {}: {state}", safe(stage))?;
        for (what, parts) in
            [("articles", by("articles_total", "outcome")), ("faults", by("faults_total", "kind"))]
        {
            if !parts.is_empty() {
                write!(out, "; {what}: {parts}")?;
            }
        }
        if figure("stale") > 0.0 {
            write!(out, "; its new version does not start, the one before goes on")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn safe_text(value: &Value) -> String {
    value.as_str().map(safe).unwrap_or_default()
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
    let text = safe_text;
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
