//! What every kind of plugin has in common: some of it run at the same time, articles are given to them in batches,
//! and what comes of each article is told to the runtime.

mod patience;
mod running;
mod shelf;
mod stage;
mod version;
mod worker;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use copydesk_core::{Action, Article, ArticleId, Batching, BuildError, Meter, StageError, Verdict};
use serde::Deserialize;
use tracing::warn;

pub(crate) use self::patience::Patience;
use self::running::{Running, Trouble};
use self::shelf::Shelf;
pub(crate) use self::stage::stage_over_a_pool;
use self::worker::{Outcome, Worker};
use crate::meter::{self, Became, FaultKind, PluginMeter};
use crate::proposal::{Answer, Failure};

/// A plugin of some kind, running.
pub(crate) trait Guest: Send + Sized + 'static {
    /// How it is run.
    type Plan: Send + Sync;
    /// An article as it is shown to it.
    type Item: Clone + Send;

    /// The article as it is shown to it. It may be taken along: it is given back before anyone else sees it.
    fn item(article: &mut Article) -> Self::Item;

    /// Puts an article back that was taken along.
    fn give_back(_item: Self::Item, _article: &mut Article) {}

    /// Which article it is.
    fn id(item: &Self::Item) -> ArticleId;

    /// Bytes of the article, as far as they count for the size of a batch.
    fn n_bytes(item: &Self::Item) -> usize;

    /// Starts one, and waits until it is ready.
    fn start(plan: &Self::Plan) -> Result<Self, Fault>;

    /// Articles it takes at once.
    fn max_batch(&self) -> usize;

    /// False if it has ended while it had nothing to do.
    fn is_there(&mut self, plan: &Self::Plan) -> bool;

    /// The answers for a batch, in its order. After a fault the plugin is gone.
    fn batch(self, plan: &Self::Plan, items: &[Self::Item]) -> Result<(Self, Vec<Answer>), Fault>;

    /// Ends it without asking.
    fn kill(self);

    /// The first half of the SHA-256 of the plugin's file, in hex.
    fn hash(plan: &Self::Plan) -> String;

    /// Files, and folders of files, that it is made of: when one changes, the new version takes its place once it is
    /// ready. None, and it is never replaced.
    fn watched(_plan: &Self::Plan) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// What a plugin did wrong over a batch, or at its start: "timed out over this article: …".
#[derive(Debug, Clone)]
pub(crate) struct Fault(pub(crate) String, pub(crate) FaultKind);

/// What becomes of articles while the plugin is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnDown {
    /// They wait.
    Hold,
    /// They go into quarantine.
    Quarantine,
}

/// How a plugin of any kind is supervised.
pub(crate) struct Rules {
    /// The stage's name.
    pub(crate) name: String,
    /// How many run at the same time.
    pub(crate) workers: usize,
    /// Articles given at once, at most.
    pub(crate) batch: usize,
    pub(crate) on_down: OnDown,
    /// The same that its plan has.
    pub(crate) patience: Arc<Patience>,
    /// What is counted of it.
    pub(crate) meter: Arc<PluginMeter>,
}

/// All that run of a plugin, shared by all forks of the stage. Each is started when it is needed first.
pub(crate) struct Pool<G: Guest> {
    care: Arc<Care<G>>,
    idle: Mutex<Vec<Worker<G>>>,
    freed: Condvar,
    /// Set once its files are looked at.
    watching: OnceLock<()>,
}

/// What all workers share.
struct Care<G: Guest> {
    rules: Rules,
    plan: G::Plan,
    shelf: Shelf<G>,
    /// An article that it has answered for, and the version that has: what it is asked once more to tell a bad article
    /// from a plugin that fails over all of them.
    control: Mutex<Option<(Arc<str>, G::Item)>>,
}

impl<G: Guest> Care<G> {
    fn control(&self) -> MutexGuard<'_, Option<(Arc<str>, G::Item)>> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A version has answered for these.
    fn has_answered(&self, version: &Arc<str>, items: &[G::Item]) {
        let mut control = self.control();
        if control.as_ref().is_none_or(|(of, _)| of != version)
            && let Some(item) = items.iter().min_by_key(|item| G::n_bytes(item))
        {
            *control = Some((Arc::clone(version), item.clone()));
        }
    }
}

/// How often an article is given again over which the plugin says that it may go well at another time.
const TRIES: u32 = 3;
/// The first wait before that; the next one is four times as long.
const TRY_AGAIN: Duration = Duration::from_millis(100);

/// An option between these, or an error that names them.
pub(crate) fn within(name: &str, value: u64, least: u64, most: u64) -> Result<(), BuildError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(BuildError(format!("`{name}` is out of range: {value} ({least} to {most})")))
}

/// Says which of these environment variables are not set. That is no error: they may well be where the daemon runs, or
/// the plugin may do without.
pub(crate) fn unset(plugin: &str, names: &[String]) {
    for name in names.iter().filter(|name| std::env::var_os(name).is_none()) {
        warn!(
            plugin,
            variable = name,
            "`env` names a variable that is not set here, the plugin goes without it"
        );
    }
}

impl<G: Guest> Pool<G> {
    pub(crate) fn new(rules: Rules, plan: G::Plan) -> Pool<G> {
        rules.meter.set_workers(rules.workers);
        let idle = (0..rules.workers).map(Worker::new).collect();
        let care = Arc::new(Care { rules, plan, shelf: Shelf::new(), control: Mutex::new(None) });
        Pool { care, idle: Mutex::new(idle), freed: Condvar::new(), watching: OnceLock::new() }
    }

    pub(crate) fn plan(&self) -> &G::Plan {
        &self.care.plan
    }

    /// Looks at one that runs; it is started if none does.
    pub(crate) fn with_guest<T>(&self, look: impl FnOnce(&G::Plan, &G) -> T) -> Result<T, Fault> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = idle.last_mut().ok_or_else(|| Fault("is at work".into(), FaultKind::Start))?;
        worker.started(&self.care).map(|guest| look(&self.care.plan, guest))
    }

    /// Looks at all that run and have nothing to do.
    pub(crate) fn guests<T>(&self, look: impl FnMut(&G) -> T) -> Vec<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().filter_map(Worker::guest).map(look).collect()
    }

    /// Takes all away that run and have nothing to do.
    pub(crate) fn take_guests(&self) -> Vec<G> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter_mut().filter_map(Worker::take_guest).collect()
    }

    /// Puts them to the test: see [`Patience::test`].
    pub(crate) fn test(&self, most: Duration) {
        self.care.rules.patience.test(most);
    }

    /// What is counted of all of them.
    pub(crate) fn meter(&self) -> Arc<dyn Meter> {
        Arc::clone(&self.care.rules.meter) as Arc<dyn Meter>
    }

    pub(crate) fn batching(&self) -> Batching {
        Batching { max: self.care.rules.batch, workers: self.care.rules.workers }
    }

    /// The outcomes, in the order of the items.
    fn run(self: &Arc<Self>, items: &[G::Item]) -> Vec<Outcome> {
        self.watching.get_or_init(|| shelf::watch(self));
        let mut outcomes = self.run_once(items);
        // What one of them cannot do because it is down another one may.
        for _ in 1..self.care.rules.workers {
            if self.are_all_down() {
                break;
            }
            let mut end = outcomes.len();
            while let Some(last) = outcomes.get(..end).and_then(|some| some.iter().rposition(Outcome::waits))
            {
                let before = outcomes.get(..last).and_then(|some| some.iter().rposition(|one| !one.waits()));
                let start = before.map_or(0, |place| place + 1);
                let again = self.run_once(items.get(start..=last).unwrap_or(&[]));
                outcomes.splice(start..=last, again);
                end = start;
            }
        }
        outcomes
    }

    fn are_all_down(&self) -> bool {
        self.care.rules.meter.n_down() >= self.care.rules.workers as u64
    }

    /// A worker that is not down, or is to be tried again; any, if all are down.
    fn take(&self) -> Worker<G> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(place) = idle.iter().rposition(|worker| !worker.waits(&self.care)) {
                return idle.remove(place);
            }
            if self.are_all_down()
                && let Some(worker) = idle.pop()
            {
                return worker;
            }
            // Not for ever: time makes one fit to be tried again.
            let waited = self.freed.wait_timeout(idle, TRY_AGAIN);
            idle = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The outcomes of one worker; waits for one.
    fn run_once(&self, items: &[G::Item]) -> Vec<Outcome> {
        let mut worker = self.take();
        let outcomes = worker.run(&self.care, items);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        self.freed.notify_one();
        outcomes
    }

    pub(crate) fn process_one(self: &Arc<Self>, article: &mut Article) -> Result<Verdict, StageError> {
        let lost = || StageError::new("no result", Action::Quarantine);
        self.process_batch(&mut [article]).pop().unwrap_or_else(|| Err(lost()))
    }

    /// The result for each article; what the plugin says may go well at another time is given again.
    pub(crate) fn process_batch(
        self: &Arc<Self>,
        articles: &mut [&mut Article],
    ) -> Vec<Result<Verdict, StageError>> {
        let mut results: Vec<Option<Result<Verdict, StageError>>> = articles.iter().map(|_| None).collect();
        let mut wait = TRY_AGAIN;
        for attempt in 1..=TRIES {
            let open = results.iter().enumerate().filter(|(_, result)| result.is_none());
            let places: Vec<usize> = open.map(|(place, _)| place).collect();
            if places.is_empty() {
                break;
            }
            if attempt > 1 {
                std::thread::park_timeout(wait);
                wait *= 4;
            }
            let mut items = Vec::with_capacity(places.len());
            for place in &places {
                items.extend(articles.get_mut(*place).map(|article| G::item(article)));
            }
            let outcomes = self.run(&items);
            for ((place, item), outcome) in places.into_iter().zip(items).zip(outcomes) {
                if let (Some(article), Some(result)) = (articles.get_mut(place), results.get_mut(place)) {
                    G::give_back(item, article);
                    *result = self.result(article, outcome, attempt);
                }
            }
        }
        let missing = || StageError::new("no result", Action::Quarantine);
        results.into_iter().map(|result| result.unwrap_or_else(|| Err(missing()))).collect()
    }

    /// What an outcome means for its article; `None` if it is to be tried again.
    fn result(
        &self,
        article: &mut Article,
        outcome: Outcome,
        attempt: u32,
    ) -> Option<Result<Verdict, StageError>> {
        let Rules { name, meter, .. } = &self.care.rules;
        let set_aside = |became, code, message: String| {
            meter.became(became);
            Some(Err(StageError::new(message, Action::Quarantine).with_code(code)))
        };
        match outcome {
            Outcome::Answer(Answer::Keep(proposals), hash) => match proposals.apply(article, name) {
                Ok(()) => {
                    meter.became(Became::Kept);
                    Some(Ok(Verdict::Keep))
                }
                Err(refusal) => set_aside(
                    Became::Refused,
                    FaultKind::Refused.code(),
                    format!("plugin `{name}` (SHA-256 {hash}) proposes what cannot be: {refusal}"),
                ),
            },
            Outcome::Answer(Answer::Drop(reason), _) => {
                meter.became(Became::Dropped);
                Some(Ok(Verdict::Drop(reason)))
            }
            Outcome::Answer(Answer::Fail(Failure { retryable: true, .. }), _) if attempt < TRIES => {
                meter.retries();
                None
            }
            Outcome::Answer(Answer::Fail(Failure { code, message, .. }), hash) => set_aside(
                Became::Failed,
                "plugin_failed",
                format!("plugin `{name}` (SHA-256 {hash}) failed (attempt {attempt}): {code}: {message}"),
            ),
            Outcome::GivenUp(kind, why) => set_aside(Became::GivenUp, kind.code(), why),
            Outcome::Unsure(after, why) => {
                let message = format!("plugin `{name}` {why}");
                Some(Err(StageError::new(message, Action::Retry(after)).with_code(StageError::UNSURE)))
            }
            Outcome::Down(after, kind, why) => {
                let message = format!("plugin `{name}` is down: it {why}");
                match self.care.rules.on_down {
                    OnDown::Quarantine => set_aside(Became::Down, meter::DOWN, message),
                    OnDown::Hold => {
                        Some(Err(StageError::new(message, Action::Retry(after)).with_code(kind.code())))
                    }
                }
            }
        }
    }
}

impl<G: Guest> Drop for Pool<G> {
    fn drop(&mut self) {
        self.care.shelf.close();
    }
}
