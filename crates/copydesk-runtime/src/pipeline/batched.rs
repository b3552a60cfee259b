//! A stage that takes several articles at once, in threads of its own: its work is done outside the process, and may
//! take long, or stand still.
//!
//! A batch is what waits when a thread is free, so nobody waits for a batch to fill. Jobs may pass each other here:
//! where order matters, it is made again. What waits is bounded by what is in flight, so a stage that is down holds
//! back the intake, and nothing is skipped.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// Whether the stage is down, over all its threads: as long as some articles get through it is not.
#[derive(Default)]
struct Health {
    /// Rounds in which an article got through.
    n_passed: u64,
    is_down: bool,
}

/// The jobs that wait for the stage.
pub(crate) struct Batched {
    batching: Batching,
    line: Mutex<Line>,
    ready: Condvar,
    health: Mutex<Health>,
}

impl Batched {
    pub(crate) fn new(batching: Batching) -> Batched {
        Batched { batching, line: Mutex::default(), ready: Condvar::new(), health: Mutex::default() }
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

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges a round in one thread: `why` if all its articles wait. `n_passed` is what the thread has seen of the
    /// others, before.
    fn judge(&self, shared: &Shared, name: &str, n_passed: &mut u64, why: Option<&str>) {
        let mut health = self.health();
        match why {
            None => {
                health.n_passed += 1;
                if std::mem::take(&mut health.is_down) {
                    info!(stage = name, "stage is up again");
                    shared.stats.set_down(name, None);
                }
            }
            // Nothing has got through since this thread last looked, in any.
            Some(why) if health.n_passed == *n_passed => {
                if !std::mem::replace(&mut health.is_down, true) {
                    warn!(stage = name, reason = why, "stage is down, its articles wait");
                }
                shared.stats.set_down(name, Some(why.to_owned()));
            }
            Some(_) => {}
        }
        *n_passed = health.n_passed;
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

/// Jobs whose articles wait, and what that says of the stage.
struct Held {
    jobs: Vec<Job>,
    after: Duration,
    /// Why it is down; `None` if it may not be.
    why: Option<String>,
}

/// Counts a thread that is at work in a stage.
struct AtWork<'a>(&'a AtomicUsize);

impl<'a> AtWork<'a> {
    fn begin(count: &'a AtomicUsize) -> AtWork<'a> {
        count.fetch_add(1, Ordering::Relaxed);
        AtWork(count)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl BatchWorker {
    pub(crate) fn run(mut self) {
        while let Some(mut jobs) = self.queue.pop() {
            let mut n_passed = self.queue.health().n_passed;
            loop {
                let n_jobs = jobs.len();
                let held = self.round(jobs);
                if self.shared.halt.is_set() {
                    // What was cancelled says nothing of the stage: the report is to name it if it is down.
                    return;
                }
                let all_wait = held.as_ref().filter(|held| held.jobs.len() == n_jobs);
                let why = all_wait.map(|held| held.why.as_deref());
                // That all wait and nobody knows why says nothing.
                if why != Some(None) {
                    self.queue.judge(&self.shared, &self.running.name, &mut n_passed, why.flatten());
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
            let _at_work = AtWork::begin(&self.shared.stats.at_work);
            call_each(&self.shared, &mut self.running, &mut articles)
        };
        let mut results = results.into_iter();
        let mut held = Held { jobs: Vec::new(), after: Duration::ZERO, why: None };
        for mut job in jobs {
            if let Some(article) = article_of(&mut job) {
                match self.ending(results.next().unwrap_or_else(|| Ok(missing()))) {
                    Ok(None) => {}
                    Ok(Some(ending)) => {
                        let upshot = Upshot::of(article);
                        job.load = Load::Ended(ending, upshot);
                    }
                    Err((after, why)) => {
                        held.after = after;
                        held.why = why.or(held.why);
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

    /// What becomes of an article by its result; an error says how long it is to wait, and why if the stage is down.
    fn ending(
        &self,
        result: Result<Result<Verdict, StageError>, String>,
    ) -> Result<Option<Ending>, (Duration, Option<String>)> {
        let name = &self.running.name;
        let quarantined = |code: &str, reason: String| {
            Ok(Some(Ending::Quarantined { stage: name.clone(), code: code.into(), reason }))
        };
        match result {
            _ if self.shared.halt.is_set() => Ok(Some(Ending::Cancelled)),
            Err(panic) => quarantined("panic", format!("the stage panicked: {panic}")),
            Ok(Ok(Verdict::Keep)) => Ok(None),
            Ok(Ok(Verdict::Drop(reason))) => Ok(Some(Ending::Dropped(format!("{name}: {reason}")))),
            Ok(Err(StageError { message, action, code })) => match action {
                Action::Quarantine => quarantined(code, message),
                Action::Retry(after) => Err((after, Some(message).filter(|_| code != StageError::UNSURE))),
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

fn missing() -> Result<Verdict, StageError> {
    Err(StageError::new("the stage gave no result for it", Action::Quarantine))
}

/// What a stage made of an article, or its panic.
type Called = Result<Result<Verdict, StageError>, String>;

/// Calls the stage. If it panics over several articles, each is given to it alone as it was before, so that the panic
/// costs only the one that it is over.
fn call_each(shared: &Shared, running: &mut Running, articles: &mut [&mut Article]) -> Vec<Called> {
    if let [article] = articles {
        return vec![call_alone(shared, running, article)];
    }
    let before: Vec<Article> = articles.iter().map(|article| (**article).clone()).collect();
    match call(shared, running, articles) {
        Ok(results) => results.into_iter().map(Ok).collect(),
        Err(_) => articles
            .iter_mut()
            .zip(before)
            .map(|(article, before)| {
                **article = before;
                call_alone(shared, running, article)
            })
            .collect(),
    }
}

/// Calls the stage over one article. If it panics, what earlier stages want remembered of the article is still there,
/// whatever has become of the rest.
fn call_alone(shared: &Shared, running: &mut Running, article: &mut Article) -> Called {
    let (memories, takes_over) = (article.memories.clone(), article.takes_over.clone());
    let called = call(shared, running, &mut [&mut *article]);
    if called.is_err() {
        (article.memories, article.takes_over) = (memories, takes_over);
    }
    called.map(|results| results.into_iter().next().unwrap_or_else(missing))
}

/// Calls the stage; the text of its panic, if it panics.
fn call(
    shared: &Shared,
    running: &mut Running,
    articles: &mut [&mut Article],
) -> Result<Vec<Result<Verdict, StageError>>, String> {
    let begun = Instant::now();
    let results = catch_unwind(AssertUnwindSafe(|| running.stage.process_batch(articles)));
    let each = begun.elapsed() / u32::try_from(articles.len()).unwrap_or(u32::MAX).max(1);
    for article in articles {
        running.tally.add(each);
        for signal in std::mem::take(&mut article.signals) {
            shared.stats.signals.hear(&running.name, signal);
        }
    }
    results.map_err(|panic| {
        shared.stats.panics.fetch_add(1, Ordering::Relaxed);
        let text = steps::panic_text(&*panic);
        error!(stage = running.name, panic = text, "stage panicked, going on with a fresh one");
        steps::renew(shared, running);
        text
    })
}
