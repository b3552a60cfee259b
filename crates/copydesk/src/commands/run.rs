//! `copydesk run`: the daemon, and `--once`.

use std::path::Path;

use copydesk_runtime::Report;

use super::{Answer, Failure};
use crate::Exit;
use crate::args::Common;
use crate::daemon::{self, Ended, Origin};

pub(super) fn run(common: &Common, dir: Option<&Path>, once: bool) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    let origin = Origin { common: common.clone(), dir: dir.map(Path::to_owned), once };
    let ended = runtime.block_on(daemon::run(origin));
    // What still hangs in a disk or a sink is not waited for: it was given its grace.
    runtime.shutdown_background();
    finish(common, &ended?, once)
}

fn finish(common: &Common, ended: &Ended, once: bool) -> Answer {
    let Ended { report, stopped } = ended;
    if !common.quiet {
        tracing::info!("done: {}", summary(report));
    }
    for (name, error) in report.failed_sinks.iter().chain(&report.down_sinks) {
        tracing::error!(sink = %name, %error, "articles wait for this sink");
    }
    for (name, error) in &report.down_stages {
        tracing::error!(stage = %name, %error, "articles wait for this stage");
    }
    if let Some(error) = &report.source_error {
        return Err(Failure::Work(error.clone()));
    }
    // A daemon that ends because it is told to has done what it was asked, whatever still waits.
    if *stopped && !once {
        return Ok(Exit::Done);
    }
    let waits = !report.failed_sinks.is_empty() || !report.down_sinks.is_empty();
    if waits || !report.down_stages.is_empty() {
        let n_pending = report.counts.pending;
        let wait = if n_pending == 1 { "article waits" } else { "articles wait" };
        tracing::error!("{n_pending} {wait} in the ledger: the next run goes on with them");
        return Ok(Exit::Failed);
    }
    Ok(if report.counts.quarantined > 0 { Exit::Quarantined } else { Exit::Done })
}

fn summary(report: &Report) -> String {
    let counts = &report.counts;
    let parts = [
        (counts.delivered, "delivered"),
        (counts.duplicate, "duplicate"),
        (counts.dropped, "dropped"),
        (counts.superseded, "superseded"),
        (counts.quarantined, "quarantined (see `copydesk quarantine list`)"),
        (counts.pending, "pending"),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    if said.is_empty() { "nothing new".to_owned() } else { said.join(", ") }
}
