//! One run of one configuration, and what is asked meanwhile.

use std::sync::Arc;
use std::time::Duration;

use copydesk_core::Source;
use copydesk_runtime::{Pipeline, Report, Stats, StopMode};
use copydesk_watcher::WatchStatus;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Candidate, Daemon, Heard, Setting, answer, check, refuse};
use crate::commands::Failure;
use crate::control::{Order, Verdict};
use crate::progress::Progress;
use crate::setup;
use crate::view::Doing;

/// How a run went.
pub(super) struct Outcome {
    /// False if it did not even begin.
    pub(super) started: bool,
    pub(super) how: Went,
}

pub(super) enum Went {
    Ended {
        report: Report,
        stopped: bool,
    },
    Reload {
        next: Box<Candidate>,
        report: Report,
    },
    /// With those who wait to hear of it.
    Failed {
        failure: Failure,
        orders: Vec<Order>,
    },
}

/// How often the progress is drawn, and it is seen that a run has begun.
const TICK: Duration = Duration::from_millis(100);

/// The levers of a run, and what is to come of it.
struct Levers {
    source_stop: watch::Sender<bool>,
    stop: watch::Sender<StopMode>,
    stopping: bool,
    /// A configuration is being looked at, and for whom.
    checking: Option<JoinHandle<Result<Setting, String>>>,
    asked_by: Vec<Order>,
    next: Option<Box<Candidate>>,
}

impl Levers {
    fn drain(&self) {
        // The run may have ended by itself at this moment.
        let _ended = self.source_stop.send(true);
        let _ended = self.stop.send(StopMode::Drain);
    }
}

/// Waits for the look at a configuration, if there is one.
async fn checked(checking: &mut Option<JoinHandle<Result<Setting, String>>>) -> Result<Setting, String> {
    match checking {
        Some(task) => {
            let done = task.await;
            *checking = None;
            done.unwrap_or_else(|error| Err(format!("the configuration cannot be checked: {error}")))
        }
        None => std::future::pending().await,
    }
}

impl Daemon {
    /// Runs a configuration until it ends, a signal ends it, or another one is to take its place.
    pub(super) async fn go(&mut self, candidate: Candidate) -> Outcome {
        let Candidate { setting, mut orders } = candidate;
        if let Err(failure) = self.set_admin(&setting).await {
            return Outcome { started: false, how: Went::Failed { failure, orders } };
        }
        let status = Arc::new(WatchStatus::default());
        let (source_stop, source_stopped) = watch::channel(false);
        let (stop, stopped) = watch::channel(StopMode::Run);
        let (source, pipeline) = match self.open(&setting, source_stopped, &status) {
            Ok(parts) => parts,
            Err(failure) => return Outcome { started: false, how: Went::Failed { failure, orders } },
        };
        self.live.set_watch(Arc::clone(&status));
        let stats = self.engine.stats();
        let n_runs = stats.n_runs();
        let mut levers =
            Levers { source_stop, stop, stopping: false, checking: None, asked_by: Vec::new(), next: None };
        let mut started = false;
        let progress = Progress::new(self.origin.common.quiet);
        let mut tick = tokio::time::interval(TICK);
        let mut run = std::pin::pin!(self.engine.run(pipeline, source, stopped));
        let ended = loop {
            if !started && stats.n_runs() > n_runs {
                started = true;
                self.proven = Some(setting.clone());
                if !orders.is_empty() {
                    tracing::info!("configuration reloaded");
                }
                answer(std::mem::take(&mut orders), &Verdict::Done);
                self.live.set_trouble(None);
                self.live.set_doing(if levers.stopping { Doing::Stopping } else { Doing::Running });
            }
            let free = levers.checking.is_none() && levers.next.is_none() && !levers.stopping;
            if started && free && !self.queue.is_empty() {
                levers.asked_by = std::mem::take(&mut self.queue);
                let look = check(self.origin.clone(), setting.clone(), self.state.clone());
                levers.checking = Some(tokio::spawn(look));
            }
            tokio::select! {
                ended = &mut run => break ended,
                heard = self.ears.hear() => match heard {
                    Heard::Reload(order) if levers.stopping => order.answer(&stopping()),
                    Heard::Reload(order) => self.queue.push(order),
                    Heard::Stop if levers.stopping => {
                        let _ended = levers.stop.send(StopMode::Now);
                    }
                    Heard::Stop => {
                        tracing::info!("stopping: finishing what is under way (a second signal stops at once)");
                        self.live.set_doing(Doing::Stopping);
                        levers.stopping = true;
                        levers.checking = None;
                        let next = levers.next.take().map(|next| next.orders).unwrap_or_default();
                        for orders in [std::mem::take(&mut levers.asked_by), std::mem::take(&mut self.queue), next] {
                            answer(orders, &stopping());
                        }
                        levers.drain();
                    }
                },
                looked = checked(&mut levers.checking) => {
                    let orders = std::mem::take(&mut levers.asked_by);
                    match looked {
                        Ok(setting) => {
                            self.live.set_doing(Doing::Reloading);
                            levers.next = Some(Box::new(Candidate { setting, orders }));
                            levers.drain();
                        }
                        Err(message) => {
                            refuse(&message);
                            answer(orders, &Verdict::Refused(message));
                        }
                    }
                }
                _ = tick.tick() => show(&progress, &stats, &status),
            }
        };
        drop(progress);
        let started = started || stats.n_runs() > n_runs;
        let how = match (ended, levers.next) {
            (Err(error), _) => Went::Failed { failure: Failure::Work(setup::chain(&error)), orders },
            (Ok(report), Some(next)) => {
                answer(orders, &Verdict::Done);
                Went::Reload { next, report }
            }
            (Ok(report), None) => {
                answer(orders, &Verdict::Done);
                Went::Ended { report, stopped: levers.stopping }
            }
        };
        Outcome { started, how }
    }

    fn open(
        &self,
        setting: &Setting,
        stop: watch::Receiver<bool>,
        status: &Arc<WatchStatus>,
    ) -> Result<(Box<dyn Source>, Pipeline), Failure> {
        let once = self.origin.once;
        let pipeline = setting.pipeline(&self.state, once)?;
        let source = setting.source(&self.engine, &self.state, once, stop, status)?;
        Ok((source, pipeline))
    }
}

fn stopping() -> Verdict {
    Verdict::Ignored("the daemon is stopping".into())
}

fn show(progress: &Progress, stats: &Stats, status: &WatchStatus) {
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
