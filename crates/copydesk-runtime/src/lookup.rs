//! Drives a [`Lookup`] as a stage: each article in a thread of its own that waits, with a deadline.
//!
//! Threads, because a stage that stands in line has them anyway: a lookup that blocks its thread, against all advice,
//! costs its own place and no other. What waits is driven by one runtime that all lookups share for as long as the
//! process lives, for connections that they keep belong to it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use copydesk_core::{
    Action, Article, ArticleId, Batching, BuildError, Lookup, LookupLimits, Stage, StageError, Verdict,
};
use tokio::runtime::{Builder, Handle, Runtime};

/// How often an article may miss its deadline while others are answered.
const MISSES: u32 = 3;
/// How long an article waits that has missed its deadline.
const WAIT: Duration = Duration::from_secs(1);
/// The shortest wait before an article is looked up again, whatever the lookup says.
const SHORTEST: Duration = Duration::from_millis(10);

/// An article that has missed its deadline: how often while others were answered, and how many were by then.
#[derive(Default)]
struct Missed {
    times: u32,
    n_answered: u64,
}

/// What tells an article that is never answered from something asked that is away. It speaks of articles that wait, so
/// of no more than are looked up at once.
#[derive(Default)]
struct Account {
    n_answered: u64,
    missed: HashMap<ArticleId, Missed>,
    /// Articles that have failed since the last answer.
    failing: HashSet<ArticleId>,
}

impl Account {
    fn answered(&mut self, id: ArticleId) {
        self.n_answered += 1;
        self.missed.remove(&id);
        self.failing.clear();
    }

    /// True if the article has missed its deadline too often.
    fn missed(&mut self, id: ArticleId) -> bool {
        self.failing.insert(id);
        let (n_answered, is_alone) = (self.n_answered, self.failing.len() == 1);
        let entry = self.missed.entry(id).or_default();
        // Others are answered, or were, and none but this one has failed since.
        if n_answered > entry.n_answered || (n_answered > 0 && is_alone) {
            entry.times += 1;
            entry.n_answered = n_answered;
        }
        let is_over = entry.times >= MISSES;
        if is_over {
            self.missed.remove(&id);
            self.failing.remove(&id);
        }
        is_over
    }
}

struct Driven {
    lookup: Arc<dyn Lookup>,
    limits: LookupLimits,
    handle: Handle,
    account: Mutex<Account>,
}

/// A lookup as a stage. All forks share it.
#[derive(Clone)]
pub struct LookupStage {
    driven: Arc<Driven>,
}

fn handle() -> Result<Handle, BuildError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let start = || Builder::new_multi_thread().worker_threads(1).thread_name("lookups").enable_all().build();
    match RUNTIME.get_or_init(|| start().map_err(|error| error.to_string())) {
        Ok(runtime) => Ok(runtime.handle().clone()),
        Err(error) => Err(BuildError(format!("cannot start what drives lookups: {error}"))),
    }
}

impl LookupStage {
    /// # Errors
    /// Its limits are out of range, or there are no threads.
    pub fn new(lookup: Arc<dyn Lookup>) -> Result<LookupStage, BuildError> {
        let limits = lookup.limits();
        if !(1..=256).contains(&limits.at_once) {
            return Err(BuildError(format!("cannot look up {} articles at once (1 to 256)", limits.at_once)));
        }
        if limits.timeout.is_zero() {
            return Err(BuildError("a lookup needs time: its deadline is 0".into()));
        }
        let driven = Driven { lookup, limits, handle: handle()?, account: Mutex::default() };
        Ok(LookupStage { driven: Arc::new(driven) })
    }
}

impl Driven {
    /// The result of one try; `None` if there was none in time.
    fn wait(&self, article: &mut Article) -> Option<Result<Verdict, StageError>> {
        self.handle.block_on(async {
            tokio::time::timeout(self.limits.timeout, self.lookup.process(article)).await.ok()
        })
    }

    /// As [`Driven::wait`], wherever it is called: a thread that drives other futures must not wait itself.
    fn wait_anywhere(&self, article: &mut Article) -> Option<Result<Verdict, StageError>> {
        if Handle::try_current().is_err() {
            return self.wait(article);
        }
        let waited = std::thread::scope(|scope| scope.spawn(|| self.wait(article)).join());
        waited.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn missed(&self, id: ArticleId) -> StageError {
        let late = format!("no answer within {} ms", self.limits.timeout.as_millis());
        if self.account().missed(id) {
            let message = format!("{late}, {MISSES} times, while others were answered");
            return StageError { message, action: Action::Quarantine };
        }
        StageError { message: late, action: Action::Retry(WAIT) }
    }
}

impl Stage for LookupStage {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let driven = &*self.driven;
        // What is cancelled, or fails half way, must leave nothing behind.
        let mut copy = article.clone();
        match driven.wait_anywhere(&mut copy) {
            None => Err(driven.missed(article.id)),
            Some(Err(StageError { message, action: Action::Retry(after) })) => {
                driven.account().failing.insert(article.id);
                Err(StageError { message, action: Action::Retry(after.max(SHORTEST)) })
            }
            Some(result) => {
                driven.account().answered(article.id);
                let verdict = result?;
                *article = copy;
                Ok(verdict)
            }
        }
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }

    fn batching(&self) -> Option<Batching> {
        Some(Batching { max: 1, workers: self.driven.limits.at_once })
    }
}
