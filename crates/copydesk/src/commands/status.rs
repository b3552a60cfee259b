//! `copydesk status`: the ledger's balance.

use std::io::{self, Write};

use copydesk_runtime::ledger::{StatusView, read_status};
use serde_json::{Value, json};

use super::{Answer, Failure};
use crate::args::Common;
use crate::explain::safe;
use crate::{Exit, setup};

pub(super) fn run(common: &Common, as_json: bool) -> Answer {
    let state = setup::state_folder(common)?;
    let view = read_status(&state).map_err(|error| Failure::Work(setup::chain(&error)))?;
    let Some(view) = view else {
        return Err(Failure::Work(format!(
            "no ledger in `{}`: nothing has run with this state folder",
            state.display()
        )));
    };
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", as_value(&view))?;
    } else {
        show(&mut out, &view)?;
    }
    Ok(if view.counts.balances() { Exit::Done } else { Exit::Failed })
}

fn as_value(view: &StatusView) -> Value {
    let mut value = json!(view.counts);
    value["balances"] = json!(view.counts.balances());
    value["files"] = json!(view.files);
    value["ledger_bytes"] = json!(view.ledger_bytes);
    value["sinks"] = json!(view.sinks);
    value
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
