//! A stage that takes several articles at once, in threads of its own: its work is done outside the process, and may
//! take long, or stand still.
//!
//! A batch is what waits when a thread is free, so nobody waits for a batch to fill. Jobs may pass each other here:
//! where order matters, it is made again. What waits is bounded by what is in flight, so a stage that is down holds
//! back the intake, and nothing is skipped.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::{Action, Article, Batching, StageError, Verdict};
use tracing::{error, info, warn};

use super::job::{Ending, Job, JobQueue, Load, Upshot};
use super::run::Shared;
use super::steps::{self, LONGEST_PAUSE, Running};
use crate::RuntimeError;

#[derive(Default)]
struct Line {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// The jobs that wait for the stage.
pub(crate) struct Batched {
    batching: Batching,
    line: Mutex<Line>,
    ready: Condvar,
}

impl Batched {
    pub(crate) fn new(batching: Batching) -> Batched {
        Batched { batching, line: Mutex::default(), ready: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn offer(&self, job: Job) {
        self.lock().jobs.push_back(job);
        self.ready.notify_one();
    }

    /// The next batch; `None` once closed. Several threads share what waits.
    fn pop(&self) -> Option<Vec<Job>> {
        let mut line = self.lock();
        loop {
            if line.closed {
                return None;
            }
            if !line.jobs.is_empty() {
                let share = line.jobs.len().div_ceil(self.batching.workers.max(1));
                let n_jobs = share.min(self.batching.max.max(1));
                return Some(line.jobs.drain(..n_jobs).collect());
            }
            line = self.ready.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Fills a batch that waits with what has come since: the stage may be down over its articles alone.
    fn top_up(&self, jobs: &mut Vec<Job>) {
        let mut line = self.lock();
        let n_jobs = self.batching.max.saturating_sub(jobs.len()).min(line.jobs.len());
        jobs.extend(line.jobs.drain(..n_jobs));
    }

    pub(crate) fn close(&self) {
        let mut line = self.lock();
        line.closed = true;
        // Dropped here, or a permit would outlive the run.
        line.jobs.clear();
        drop(line);
        self.ready.notify_all();
    }
}

/// One thread of the stage.
pub(crate) struct BatchWorker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pool: Arc<JobQueue>,
    pub(crate) queue: Arc<Batched>,
    pub(crate) running: Running,
}

/// Jobs whose articles wait, and why.
struct Held {
    jobs: Vec<Job>,
    after: Duration,
    why: String,
}

impl BatchWorker {
    pub(crate) fn run(mut self) {
        while let Some(mut jobs) = self.queue.pop() {
            let mut is_down = false;
            loop {
                let n_jobs = jobs.len();
                let held = self.round(jobs);
                if self.shared.halt.is_set() {
                    // What was cancelled says nothing of the stage: the report is to name it if it is down.
                    return;
                }
                let n_held = held.as_ref().map_or(0, |held| held.jobs.len());
                // As long as some get through it is not down.
                match &held {
                    Some(Held { why, .. }) if n_held == n_jobs => {
                        if !is_down {
                            warn!(
                                stage = self.running.name,
                                reason = why,
                                "stage is down, its articles wait"
                            );
                        }
                        is_down = true;
                        self.shared.stats.set_down(&self.running.name, Some(why.clone()));
                    }
                    Some(_) | None if is_down => {
                        info!(stage = self.running.name, "stage is up again");
                        is_down = false;
                        self.shared.stats.set_down(&self.running.name, None);
                    }
                    Some(_) | None => {}
                }
                let Some(Held { jobs: waiting, after, .. }) = held else { break };
                if !self.shared.pause(after.min(LONGEST_PAUSE)) {
                    return;
                }
                jobs = waiting;
                self.queue.top_up(&mut jobs);
            }
        }
    }

    /// Takes the articles through the stage, and sends on what has passed.
    fn round(&mut self, mut jobs: Vec<Job>) -> Option<Held> {
        let mut articles: Vec<&mut Article> = jobs.iter_mut().filter_map(article_of).collect();
        let results = if articles.is_empty() || self.shared.halt.is_set() {
            Vec::new()
        } else {
            call(&self.shared, &mut self.running, &mut articles)
        };
        let mut results = results.into_iter();
        let mut held = Held { jobs: Vec::new(), after: Duration::ZERO, why: String::new() };
        for mut job in jobs {
            if let Some(article) = article_of(&mut job) {
                match self.ending(results.next()) {
                    Ok(None) => {}
                    Ok(Some(ending)) => {
                        let upshot = Upshot::of(article);
                        job.load = Load::Ended(ending, upshot);
                    }
                    Err((after, why)) => {
                        held = Held { jobs: held.jobs, after, why };
                        held.jobs.push(job);
                        continue;
                    }
                }
            }
            job.segment += 1;
            self.pool.push(job);
        }
        (!held.jobs.is_empty()).then_some(held)
    }

    /// What becomes of an article by its result; an error says how long it is to wait, and why.
    fn ending(
        &self,
        result: Option<Result<Verdict, StageError>>,
    ) -> Result<Option<Ending>, (Duration, String)> {
        let name = &self.running.name;
        let quarantined = |code: &str, reason: String| {
            Ok(Some(Ending::Quarantined { stage: name.clone(), code: code.into(), reason }))
        };
        match result {
            _ if self.shared.halt.is_set() => Ok(Some(Ending::Cancelled)),
            None => quarantined("panic", "the stage gave no result for it".to_owned()),
            Some(Ok(Verdict::Keep)) => Ok(None),
            Some(Ok(Verdict::Drop(reason))) => Ok(Some(Ending::Dropped(format!("{name}: {reason}")))),
            Some(Err(StageError { message, action })) => match action {
                Action::Quarantine => quarantined("stage", message),
                Action::Retry(after) => Err((after, message)),
                Action::Stop => {
                    self.shared.halt.fail(RuntimeError::Stage { name: name.clone(), message });
                    Ok(Some(Ending::Cancelled))
                }
            },
        }
    }
}

fn article_of(job: &mut Job) -> Option<&mut Article> {
    match &mut job.load {
        Load::Article(article) => Some(article),
        Load::Part(_) | Load::Parcels { .. } | Load::Ended(..) => None,
    }
}

/// Calls the stage; after a panic there are no results.
fn call(
    shared: &Shared,
    running: &mut Running,
    articles: &mut [&mut Article],
) -> Vec<Result<Verdict, StageError>> {
    let begun = Instant::now();
    let results = catch_unwind(AssertUnwindSafe(|| running.stage.process_batch(articles)));
    let each = begun.elapsed() / u32::try_from(articles.len()).unwrap_or(u32::MAX).max(1);
    for article in articles {
        running.tally.add(each);
        for signal in std::mem::take(&mut article.signals) {
            shared.stats.signals.hear(&running.name, signal);
        }
    }
    results.unwrap_or_else(|panic| {
        shared.stats.panics.fetch_add(1, Ordering::Relaxed);
        let text = steps::panic_text(&*panic);
        error!(stage = running.name, panic = text, "stage panicked, going on with a fresh one");
        steps::renew(shared, running);
        Vec::new()
    })
}
