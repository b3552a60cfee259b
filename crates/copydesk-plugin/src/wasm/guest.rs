//! One instance of a component: made, spoken to, given up.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use copydesk_core::{Article, ArticleId, Origin};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use tracing::info;
use wasmtime::{Store, Trap};

use super::bindings::Stage;
use super::bindings::copydesk::stage::types::{self, Reason};
use super::code::{Code, Loaded, works};
use super::host::{Granted, Host};
use super::ticker::TICK;
use crate::meter::{FaultKind, PluginMeter};
use crate::printed::Printer;
use crate::proposal::{Answer, Failure, Json, MAX_CUT_BYTES, MAX_CUTS, MAX_NOTES, Proposals, said};
use crate::supervise::{Fault, Guest, Patience};

/// How a component is run.
pub(super) struct Plan {
    /// The stage's name.
    pub(super) name: String,
    pub(super) loaded: Loaded,
    /// JSON.
    pub(super) config: String,
    /// Over one article.
    pub(super) patience: Arc<Patience>,
    /// Bytes an instance may use.
    pub(super) memory: usize,
    /// Bytes it may hand over at once.
    pub(super) output: usize,
    pub(super) granted: Arc<Granted>,
    /// Articles hold a member that no version knows.
    pub(super) strangers: AtomicBool,
    /// What is counted of it.
    pub(super) meter: Arc<PluginMeter>,
}

/// Articles after which an instance is let go: what it leaks ends with it.
const LIFE: u32 = 10_000;
/// A start may take so many times as long as an article.
const START: u32 = 3;

/// An article as it is shown to a component.
#[derive(Clone)]
pub(super) struct Item {
    text: String,
    article: Arc<Article>,
}

/// A running component.
pub(super) struct Instance {
    code: Arc<Code>,
    store: Store<Host>,
    stage: Stage,
    /// As it says them.
    pub(super) name: String,
    pub(super) version: String,
    n_articles: u32,
    /// What its memories were last counted to hold.
    n_bytes: i64,
    meter: Arc<PluginMeter>,
}

impl Instance {
    /// Makes one, hands it its configuration, and asks for its name.
    pub(super) fn new(plan: &Plan, code: Arc<Code>) -> Result<Instance, Fault> {
        let works = works().map_err(|what| Fault(what, FaultKind::Start))?;
        let host = Host::new(
            Arc::clone(&plan.granted),
            plan.memory,
            Printer::new(&plan.name, Arc::clone(&plan.meter)),
        );
        let mut store = Store::new(&works.engine, host);
        store.limiter(|host| host);
        store.set_hostcall_fuel(plan.output);
        let limit = plan.patience.configured() * START;
        let started = {
            let _running = works.ticker.running();
            store.set_epoch_deadline(ticks(limit));
            code.pre.instantiate(&mut store).and_then(|stage| {
                let configured = stage.call_configure(&mut store, &plan.config)?;
                let info = stage.call_describe(&mut store)?;
                Ok((stage, configured, info))
            })
        };
        let (stage, configured, info) =
            started.map_err(|error| fault(&mut store, &error, "its start", limit, plan))?;
        configured.map_err(|message| {
            Fault(format!("does not take its configuration: {}", said(&message, 1000)), FaultKind::Start)
        })?;
        let (name, version) = (said(&info.name, 100), said(&info.version, 100));
        let n_bytes = store.data().n_bytes();
        plan.meter.add_instances(1, n_bytes);
        let meter = Arc::clone(&plan.meter);
        Ok(Instance { code, store, stage, name, version, n_articles: 0, n_bytes, meter })
    }

    /// Within [`super::ticker::Ticker::running`].
    fn process(&mut self, plan: &Plan, item: &Item) -> Result<Answer, Fault> {
        let strangers = plan.strangers.load(Ordering::Relaxed);
        let limit = plan.patience.get();
        self.store.data_mut().show(Arc::clone(&item.article), strangers);
        self.store.set_epoch_deadline(ticks(limit));
        let answer = self.stage.call_process(&mut self.store, &item.text);
        self.store.data_mut().hide();
        self.n_articles += 1;
        match answer {
            Ok(given) => taken(given, &item.text, &self.meter).map_err(|what| {
                Fault(format!("answered garbage for this article: {what}"), FaultKind::Garbage)
            }),
            Err(error) => Err(fault(&mut self.store, &error, "this article", limit, plan)),
        }
    }

    /// Counts what its memories have grown by.
    fn count_memory(&mut self) {
        let n_bytes = self.store.data().n_bytes();
        self.meter.add_instances(0, n_bytes - self.n_bytes);
        self.n_bytes = n_bytes;
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.meter.add_instances(-1, -self.n_bytes);
    }
}

/// The time of a processor that this thread has taken.
fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Ticks until a deadline: the first one may come at once.
fn ticks(timeout: Duration) -> u64 {
    u64::try_from(timeout.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX / 4) + 1
}

/// Puts into words what went wrong.
fn fault(
    store: &mut Store<Host>,
    error: &wasmtime::Error,
    over: &str,
    limit: Duration,
    plan: &Plan,
) -> Fault {
    let (mut what, kind) = match error.downcast_ref::<Trap>() {
        _ if store.data().is_over => {
            (format!("ran out of memory over {over}: it may have {} bytes", plan.memory), FaultKind::Limit)
        }
        Some(Trap::Interrupt) => {
            (format!("timed out over {over}: no answer within {} ms", limit.as_millis()), FaultKind::Hang)
        }
        Some(trap) => (format!("crashed over {over}: {trap}"), FaultKind::Crash),
        None => {
            (format!("answered garbage for {over}: {}", said(&format!("{error:#}"), 500)), FaultKind::Garbage)
        }
    };
    let words = store.data_mut().printer.last_words();
    if !words.is_empty() {
        what.push_str("; it printed: ");
        what.push_str(&words);
    }
    Fault(what, kind)
}

/// An answer in our terms; an error says what is wrong with its form.
fn taken(given: types::Answer, text: &str, meter: &PluginMeter) -> Result<Answer, String> {
    if let types::Answer::Keep(given) = &given {
        let pairs = given.notes.iter().chain(&given.fields);
        meter.moved(text.len(), pairs.map(|(name, json)| name.len() + json.len()).sum());
    }
    Ok(match given {
        types::Answer::Keep(given) => Answer::Keep(Proposals {
            notes: object("note", &given.notes)?,
            fields: object("field", &given.fields)?,
            cuts: cuts(given.cuts)?,
        }),
        types::Answer::Drop(reason) => Answer::drop(&reason),
        types::Answer::Fail(types::Failure { code, message, retryable }) => {
            Answer::Fail(Failure { code: said(&code, 64), message: said(&message, 1000), retryable })
        }
    })
}

/// The members as one object, each of which is JSON; nothing is read into values here.
fn object(what: &str, given: &[(String, String)]) -> Result<Json, String> {
    if given.is_empty() {
        return Ok(Json::default());
    }
    let n_bytes: usize = given.iter().map(|(name, json)| name.len() + json.len()).sum();
    if n_bytes > MAX_NOTES {
        return Err(format!("its {what}s have {n_bytes} bytes, at most {MAX_NOTES} are taken"));
    }
    let mut names = BTreeSet::new();
    let mut object = String::with_capacity(n_bytes + given.len() * 6 + 2);
    for (name, json) in given {
        serde_json::from_str::<IgnoredAny>(json)
            .map_err(|error| format!("the {what} `{}` is no JSON: {error}", said(name, 64)))?;
        if !names.insert(name) {
            return Err(format!("the {what} `{}` stands there twice", said(name, 64)));
        }
        object.push(if object.is_empty() { '{' } else { ',' });
        object.push_str(&Value::from(name.as_str()).to_string());
        object.push(':');
        object.push_str(json);
    }
    object.push('}');
    Ok(Json::from(object))
}

fn cuts(given: Vec<types::Cut>) -> Result<Json, String> {
    if given.is_empty() {
        return Ok(Json::default());
    }
    if given.len() > MAX_CUTS {
        return Err(format!("it proposes {} cuts, at most {MAX_CUTS} are taken", given.len()));
    }
    let cuts = given.into_iter().map(cut).collect::<Value>().to_string();
    if cuts.len() > MAX_CUT_BYTES {
        return Err(format!("its cuts have {} bytes, at most {MAX_CUT_BYTES} are taken", cuts.len()));
    }
    Ok(Json::from(cuts))
}

fn cut(given: types::Cut) -> Value {
    let reason = match given.reason {
        Reason::Consent => "consent",
        Reason::Share => "share",
        Reason::Subscribe => "subscribe",
        Reason::Navigation => "navigation",
        Reason::Related => "related",
        Reason::Legal => "legal",
        Reason::Advert => "advert",
        Reason::Comment => "comment",
        Reason::Repeat => "repeat",
        Reason::Promo => "promo",
        Reason::Other => "other",
    };
    let mut members = Map::new();
    members.insert("span".into(), Value::from(vec![given.start, given.end]));
    members.insert("reason".into(), reason.into());
    members.insert("rule".into(), given.rule.map_or(Value::Null, Value::from));
    // A number that JSON has no word for is told by its name, and refused.
    let told = |number: f64| {
        serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
    };
    members.insert("confidence".into(), given.confidence.map_or(Value::Null, told));
    Value::Object(members)
}

impl Guest for Instance {
    type Plan = Plan;
    type Item = Item;

    /// The host's end of the calls owns what it shows, and a copy would cost more than the call.
    fn item(article: &mut Article) -> Item {
        let text = article.text();
        let nothing = Article::new(article.id, Origin::default(), "", Vec::new());
        Item { text, article: Arc::new(std::mem::replace(article, nothing)) }
    }

    fn give_back(item: Item, article: &mut Article) {
        // An instance that was given up has let go of it too.
        *article = Arc::unwrap_or_clone(item.article);
    }

    fn id(item: &Item) -> ArticleId {
        item.article.id
    }

    fn n_bytes(item: &Item) -> usize {
        item.text.len()
    }

    fn start(plan: &Plan) -> Result<Instance, Fault> {
        let code = plan.loaded.code();
        let code = code.map_err(|what| Fault(format!("cannot be loaded: {what}"), FaultKind::Start))?;
        let instance = Instance::new(plan, code)?;
        info!(plugin = plan.name, name = instance.name, version = instance.version, "plugin is ready");
        Ok(instance)
    }

    fn max_batch(&self) -> usize {
        usize::MAX
    }

    fn is_there(&mut self, _plan: &Plan) -> bool {
        true
    }

    fn batch(mut self, plan: &Plan, items: &[Item]) -> Result<(Instance, Vec<Answer>), Fault> {
        let works = works().map_err(|what| Fault(what, FaultKind::Start))?;
        let _running = works.ticker.running();
        let begun = thread_cpu();
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            if self.n_articles >= LIFE {
                // Of the same version, whatever is in the file by now.
                self = Instance::new(plan, Arc::clone(&self.code))?;
            }
            let answer = self.process(plan, item);
            self.count_memory();
            match answer {
                Ok(answer) => answers.push(answer),
                Err(fault) => {
                    self.meter.add_cpu(thread_cpu().saturating_sub(begun));
                    return Err(fault);
                }
            }
        }
        self.meter.add_cpu(thread_cpu().saturating_sub(begun));
        Ok((self, answers))
    }

    fn kill(self) {}

    fn watched(plan: &Plan) -> Vec<PathBuf> {
        vec![plan.loaded.path().to_owned()]
    }

    fn hash(plan: &Plan) -> String {
        plan.loaded.code().map_or_else(|_| "unreadable".to_owned(), |code| code.hash.clone())
    }
}
