//! `copydesk run`: the daemon, and `--once`.
//!
//! One loop: build the configured parts, run them until something ends them, and begin anew after a reload.
//! The ledger and its lock are held all the while.

use std::path::Path;
use std::sync::Arc;

use copydesk_config::Plan;
use copydesk_core::{Component, Reader, Source};
use copydesk_runtime::{
    Engine, Pipeline, Report, RuntimeOptions, SinkOptions, SinkSlot, StageSlot, StopMode,
};
use copydesk_watcher::{FolderDeps, FolderSource, WatchStatus};
use tokio::sync::watch;

use super::{Answer, Failure};
use crate::args::Common;
use crate::progress::Progress;
use crate::signals::{Event, Signals};
use crate::{Exit, SystemClock, setup};

pub(super) fn run(common: &Common, dir: Option<&Path>, once: bool) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()
        .map_err(|error| Failure::Work(format!("cannot start: {error}")))?;
    runtime.block_on(serve(common, dir, once))
}

/// Reads the configuration: at the start, and again at each reload.
fn load(common: &Common, dir: Option<&Path>) -> Result<Plan, Failure> {
    match dir {
        Some(_) => setup::plan(common, dir),
        None => match setup::configured(common)? {
            (plan, Some(_)) => Ok(plan),
            (_, None) => Err(Failure::Usage(
                "nothing to run: name a drop folder, or a configuration with --config FILE".into(),
            )),
        },
    }
}

async fn serve(common: &Common, dir: Option<&Path>, once: bool) -> Answer {
    let mut plan = load(common, dir)?;
    let state = setup::state_of(common, &plan);
    // Everything that can be wrong with the configuration comes before anything is touched.
    let mut parts = setup::parts(&plan)?;
    setup::sinks(&plan, &state)?;
    let mut signals =
        Signals::install().map_err(|error| Failure::Work(format!("cannot listen for signals: {error}")))?;
    let mut engine = Engine::open_with(&state, Arc::new(SystemClock), crate::crash::ledger_options())
        .map_err(|error| Failure::Work(setup::chain(&error)))?;
    let mut quarantined = 0;
    loop {
        for warning in &plan.warnings {
            tracing::warn!("{warning}");
        }
        let (ended, report) =
            one_run(common, &mut engine, &plan, parts, &state, once, &mut signals, dir).await?;
        quarantined += report.counts.quarantined;
        match ended {
            Ended::Reload(next) => {
                let (next_plan, next_parts) = *next;
                plan = next_plan;
                parts = next_parts;
                tracing::info!("configuration reloaded");
            }
            Ended::Done => return finish(common, &report, quarantined),
        }
    }
}

enum Ended {
    Done,
    Reload(Box<(Plan, setup::Parts)>),
}

#[expect(clippy::too_many_arguments, reason = "called from one place")]
async fn one_run(
    common: &Common,
    engine: &mut Engine,
    plan: &Plan,
    parts: setup::Parts,
    state: &Path,
    once: bool,
    signals: &mut Signals,
    dir: Option<&Path>,
) -> Result<(Ended, Report), Failure> {
    let status = Arc::new(WatchStatus::default());
    let (source_stop_tx, source_stop) = watch::channel(false);
    let source = source(plan, &parts, engine, state, once, source_stop, &status)?;
    let pipeline = pipeline(plan, parts, state, once)?;
    let (stop_tx, stop) = watch::channel(StopMode::Run);
    let progress = Progress::new(common.quiet);
    let stats = engine.stats();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(200));
    let mut run = std::pin::pin!(engine.run(pipeline, source, stop));
    let mut next = None;
    let report = loop {
        tokio::select! {
            report = &mut run => break report.map_err(|error| Failure::Work(setup::chain(&error)))?,
            event = signals.next() => match event {
                Event::Stop if *stop_tx.borrow() == StopMode::Run => {
                    tracing::info!("stopping: finishing what is under way (a second signal stops at once)");
                    let _ended = source_stop_tx.send(true);
                    let _ended = stop_tx.send(StopMode::Drain);
                }
                Event::Stop => {
                    next = None;
                    let _ended = stop_tx.send(StopMode::Now);
                }
                Event::Reload => match reload(common, dir, state) {
                    Ok(plan) => {
                        next = Some(plan);
                        let _ended = source_stop_tx.send(true);
                        let _ended = stop_tx.send(StopMode::Drain);
                    }
                    Err(Failure::Usage(message) | Failure::Work(message)) => {
                        for line in message.lines() {
                            tracing::error!("reload refused, the old configuration runs on: {line}");
                        }
                    }
                    Err(Failure::Gone) => {}
                },
            },
            _ = tick.tick() => show(&progress, &stats, &status),
        }
    };
    drop(progress);
    Ok((next.map_or(Ended::Done, |next| Ended::Reload(Box::new(next))), report))
}

fn reload(common: &Common, dir: Option<&Path>, state: &Path) -> Result<(Plan, setup::Parts), Failure> {
    let plan = load(common, dir)?;
    if setup::state_of(common, &plan) != state {
        return Err(Failure::Usage("the state folder cannot change while running".into()));
    }
    setup::sinks(&plan, state)?;
    let parts = setup::parts(&plan)?;
    Ok((plan, parts))
}

fn source(
    plan: &Plan,
    parts: &setup::Parts,
    engine: &Engine,
    state: &Path,
    once: bool,
    stop: watch::Receiver<bool>,
    status: &Arc<WatchStatus>,
) -> Result<Box<dyn Source>, Failure> {
    let mut options: <FolderSource as Component>::Options =
        serde_json::from_value(plan.source.options.to_value())
            .map_err(|error| Failure::Usage(format!("[source]: {error}")))?;
    options.once = once;
    let reader: Arc<dyn Reader> = Arc::clone(&parts.reader);
    let deps = FolderDeps {
        known: engine.known(),
        clock: Arc::new(SystemClock),
        is_container: Arc::new(move |name| reader.is_container(name)),
        stop,
        status: Arc::clone(status),
        exclude: vec![state.to_owned()],
    };
    let source = FolderSource::open(options, deps).map_err(|error| Failure::Work(setup::chain(&error)))?;
    Ok(Box::new(source))
}

fn pipeline(plan: &Plan, parts: setup::Parts, state: &Path, once: bool) -> Result<Pipeline, Failure> {
    let slots = plan.sinks.iter().zip(setup::sinks(plan, state)?).map(|(sink, made)| SinkSlot {
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
    Ok(Pipeline {
        reader: parts.reader,
        stages: parts.stages.into_iter().map(|(name, make)| StageSlot { name, make }).collect(),
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

fn show(progress: &Progress, stats: &copydesk_runtime::Stats, status: &WatchStatus) {
    let view = stats.view();
    let waiting = status.snapshot();
    let total = view.files.max(waiting.seen);
    let counts = view.counts;
    let mut message = String::new();
    for (count, name) in [(counts.duplicate, "duplicate"), (counts.quarantined, "quarantined")] {
        if count > 0 {
            message.extend([&count.to_string(), " ", name, " "]);
        }
    }
    progress.update(view.settled, total, message);
}

fn finish(common: &Common, report: &Report, quarantined: u64) -> Answer {
    let counts = &report.counts;
    if !common.quiet {
        let parts = [
            (counts.delivered, "delivered"),
            (counts.duplicate, "duplicate"),
            (counts.dropped, "dropped"),
            (counts.superseded, "superseded"),
            (counts.quarantined, "quarantined (see `copydesk quarantine list`)"),
            (counts.pending, "pending"),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let said = if said.is_empty() { "nothing new".to_owned() } else { said.join(", ") };
        tracing::info!("done: {said}");
    }
    for (name, error) in report.failed_sinks.iter().chain(&report.down_sinks) {
        tracing::error!(sink = %name, %error, "articles wait for this sink");
    }
    if let Some(error) = &report.source_error {
        return Err(Failure::Work(error.clone()));
    }
    if !report.failed_sinks.is_empty() || !report.down_sinks.is_empty() {
        return Ok(Exit::Failed);
    }
    Ok(if quarantined > 0 { Exit::Quarantined } else { Exit::Done })
}
