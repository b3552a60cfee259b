//! `copydesk status`: the health of the running daemon, and the ledger's balance.

use std::io::{self, Write};

use copydesk_runtime::ledger::{StatusView, read_status};
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
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", as_value(&view, daemon))?;
    } else {
        show_daemon(&mut out, &daemon)?;
        show(&mut out, &view)?;
    }
    Ok(if view.counts.balances() { Exit::Done } else { Exit::Failed })
}

fn as_value(view: &StatusView, daemon: Asked) -> Value {
    let mut value = json!(view.counts);
    value["balances"] = json!(view.counts.balances());
    value["files"] = json!(view.files);
    value["ledger_bytes"] = json!(view.ledger_bytes);
    value["sinks"] = json!(view.sinks);
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
