//! Drives a [`Lookup`] as a stage: each article in a thread of its own that waits, with a deadline.
//!
//! Threads, because a stage that stands in line has them anyway: a lookup that blocks its thread, against all advice,
//! costs its own place and no other. What waits is driven by one runtime that all lookups share for as long as the
//! process lives, for connections that they keep belong to it.

use std::collections::HashMap;
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

/// What tells an article that is never answered from something asked that is away.
#[derive(Default)]
struct Account {
    n_answered: u64,
    /// Articles that have missed their deadline: how often while others were answered. They wait, so there are no more
    /// of them than are looked up at once.
    missed: HashMap<ArticleId, u32>,
    /// The article that was answered last, as it was before. If nobody else is looked up, it is asked for again when
    /// one misses its deadline: that tells the one from the other.
    control: Option<Article>,
}

impl Account {
    fn answered(&mut self, article: Article) {
        self.n_answered += 1;
        self.missed.remove(&article.id);
        self.control = Some(article);
    }

    /// True if the article has missed its deadline too often, while others were answered.
    fn missed(&mut self, id: ArticleId) -> bool {
        let times = self.missed.entry(id).or_default();
        *times += 1;
        let is_over = *times >= MISSES;
        if is_over {
            self.missed.remove(&id);
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

    /// Whether others are answered: some were since there were `n_answered`, or one is now.
    fn answers_others(&self, id: ArticleId, n_answered: u64) -> bool {
        let account = self.account();
        if account.n_answered > n_answered {
            return true;
        }
        let control = account.control.clone().filter(|control| control.id != id);
        drop(account);
        let Some(mut control) = control else { return false };
        match self.wait_anywhere(&mut control) {
            None => false,
            Some(Err(error)) => !matches!(error.action, Action::Retry(_)),
            Some(Ok(_)) => true,
        }
    }

    /// An article had no answer in time; when it was looked up, so many had been answered.
    fn missed(&self, id: ArticleId, n_answered: u64) -> StageError {
        let late = format!("no answer within {} ms", self.limits.timeout.as_millis());
        if self.answers_others(id, n_answered) && self.account().missed(id) {
            let message = format!("{late}, {MISSES} times, while others were answered");
            return StageError::new(message, Action::Quarantine).with_code("lookup_hung");
        }
        StageError::new(late, Action::Retry(WAIT))
    }
}

impl Stage for LookupStage {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let driven = &*self.driven;
        // What is cancelled, or fails half way, must leave nothing behind.
        let mut copy = article.clone();
        let n_answered = driven.account().n_answered;
        match driven.wait_anywhere(&mut copy) {
            None => Err(driven.missed(article.id, n_answered)),
            Some(Err(StageError { message, action: Action::Retry(after), code })) => {
                Err(StageError { message, action: Action::Retry(after.max(SHORTEST)), code })
            }
            Some(result) => {
                let before = match &result {
                    Ok(_) => std::mem::replace(article, copy),
                    Err(_) => article.clone(),
                };
                driven.account().answered(before);
                result
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use copydesk_core::Origin;

    use super::*;

    /// Answers for nothing while it is away, and never for an article that holds `HANG`.
    #[derive(Default)]
    struct Asks {
        is_away: AtomicBool,
    }

    #[async_trait::async_trait]
    impl Lookup for Asks {
        async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
            if self.is_away.load(Ordering::Relaxed) || article.raw().contains("HANG") {
                std::future::pending::<()>().await;
            }
            assert!(
                article.notes.insert("asked".into(), true.into()).is_none(),
                "it gets articles as they were"
            );
            Ok(Verdict::Keep)
        }

        fn limits(&self) -> LookupLimits {
            LookupLimits { at_once: 1, timeout: Duration::from_millis(10) }
        }
    }

    fn article(number: u8, text: &str) -> Article {
        Article::new(ArticleId::from_bytes([number; 32]), Origin::default(), text, Vec::new())
    }

    fn waits(result: &Result<Verdict, StageError>) -> bool {
        matches!(result, Err(StageError { action: Action::Retry(_), .. }))
    }

    #[test]
    fn an_article_alone_waits_for_what_is_away_and_is_not_blamed() {
        let asks = Arc::new(Asks::default());
        let mut stage = LookupStage::new(Arc::clone(&asks) as Arc<dyn Lookup>).unwrap();
        let mut first = article(1, "first");
        assert_eq!(stage.process(&mut first).unwrap(), Verdict::Keep);
        asks.is_away.store(true, Ordering::Relaxed);
        let mut second = article(2, "second");
        for _ in 0..=2 * MISSES {
            assert!(waits(&stage.process(&mut second)));
        }
        asks.is_away.store(false, Ordering::Relaxed);
        assert_eq!(stage.process(&mut second).unwrap(), Verdict::Keep);
        assert_eq!(second.notes["asked"], true);
    }

    #[test]
    fn an_article_alone_that_is_never_answered_is_told_by_the_one_before() {
        let mut stage = LookupStage::new(Arc::new(Asks::default())).unwrap();
        let mut bad = article(2, "HANG");
        for _ in 0..=MISSES {
            assert!(waits(&stage.process(&mut bad)), "nobody has ever been answered");
        }
        stage.process(&mut article(1, "first")).unwrap();
        for _ in 1..MISSES {
            assert!(waits(&stage.process(&mut bad)));
        }
        let error = stage.process(&mut bad).unwrap_err();
        assert_eq!((error.action, error.code), (Action::Quarantine, "lookup_hung"));
        assert_eq!(error.message, "no answer within 10 ms, 3 times, while others were answered");
    }
}
