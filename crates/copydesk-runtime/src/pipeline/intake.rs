//! The task that takes files from the source, one at a time, as fast as they can be split.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use copydesk_core::{Action, Content, Delivery, Source};
use tokio::sync::{Semaphore, mpsc, watch};
use tracing::{error, warn};

use super::options::StopMode;
use super::run::Shared;
use super::splitter::ToSplitter;
use super::stats::Stats;

/// Why the intake ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The source has no more.
    Exhausted,
    /// A stop was asked for, or the run was halted.
    Stopped,
    /// Nothing moves while a sink is down.
    Stuck,
    /// The source cannot go on.
    Failed(String),
}

pub(crate) struct Intake {
    pub(crate) shared: Arc<Shared>,
    pub(crate) source: Box<dyn Source>,
    pub(crate) stop: watch::Receiver<StopMode>,
    pub(crate) splitter: mpsc::Sender<ToSplitter>,
}

const UNIT: usize = 1024;
const WAIT_AFTER_ERROR: Duration = Duration::from_secs(1);

impl Intake {
    /// Gives back the source, which must live as long as its receipts.
    pub(crate) async fn run(mut self, stuck: impl Future<Output = ()>) -> (Ended, Box<dyn Source>) {
        let ended = tokio::select! {
            ended = self.take_all() => ended,
            () = stuck => Ended::Stuck,
        };
        (ended, self.source)
    }

    async fn take_all(&mut self) -> Ended {
        let n_units = (self.shared.options.intake_bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS / 2);
        let room = Arc::new(Semaphore::new(n_units));
        loop {
            let halt = self.shared.halt.clone();
            let next = tokio::select! {
                biased;
                () = stopped(&mut self.stop) => return Ended::Stopped,
                () = halt.wait() => return Ended::Stopped,
                next = self.source.next() => next,
            };
            self.shared.stats.set_backlog(self.source.backlog());
            let wait = match next {
                Ok(Some(delivery)) => {
                    // Dropped while it waits, its receipt says so, and it is offered again after a restart.
                    tokio::select! {
                        biased;
                        sent = hand_over(&self.shared, &self.splitter, &room, n_units, delivery) => {
                            if !sent {
                                return Ended::Stopped;
                            }
                        }
                        () = stopped(&mut self.stop) => return Ended::Stopped,
                        () = halt.wait() => return Ended::Stopped,
                    }
                    continue;
                }
                Ok(None) if *self.stop.borrow() == StopMode::Run => return Ended::Exhausted,
                Ok(None) => return Ended::Stopped,
                Err(failed) => match failed.action {
                    Action::Stop => {
                        error!(error = %failed, "source cannot go on");
                        return Ended::Failed(failed.message);
                    }
                    Action::Retry(after) => {
                        warn!(error = %failed, "source failed, trying again");
                        after
                    }
                    Action::Quarantine => {
                        warn!(error = %failed, "source failed, going on");
                        WAIT_AFTER_ERROR
                    }
                },
            };
            tokio::select! {
                () = stopped(&mut self.stop) => return Ended::Stopped,
                () = halt.wait() => return Ended::Stopped,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

async fn hand_over(
    shared: &Shared,
    splitter: &mpsc::Sender<ToSplitter>,
    room: &Arc<Semaphore>,
    n_units: usize,
    delivery: Delivery,
) -> bool {
    let n_bytes = match &delivery.content {
        Content::Bytes(bytes) => bytes.len(),
        Content::Stream(_) | Content::Refused(_) => 0,
    };
    shared.stats.files.fetch_add(1, Ordering::Relaxed);
    shared.stats.bytes.fetch_add(delivery.stamp.size, Ordering::Relaxed);
    let since = Instant::now();
    // Something larger than everything passes alone.
    let wanted = (n_bytes / UNIT + 1).min(n_units) as u32;
    let Ok(permit) = Arc::clone(room).acquire_many_owned(wanted).await else { return false };
    let sent = splitter.send(ToSplitter::Delivery(Box::new(delivery), Some(permit))).await;
    Stats::add_blocked(&shared.stats.blocked_intake_us, since.elapsed());
    sent.is_ok()
}

/// Returns once a stop is asked for.
pub(crate) async fn stopped(stop: &mut watch::Receiver<StopMode>) {
    if stop.wait_for(|mode| *mode != StopMode::Run).await.is_err() {
        // Nobody can ask any more.
        std::future::pending::<()>().await;
    }
}
