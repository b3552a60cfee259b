//! The stage `exec`: a supervised subprocess in any language, spoken to over pipes of its own.

mod child;
mod command;
mod host;
mod log;
mod pipe;
mod protocol;
mod worker;

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use copydesk_core::{
    Action, Article, Batching, BuildError, Component, OptionKind, OptionSpec, Stage, StageError, Verdict,
};
use serde::Deserialize;
use serde_json::Value;

use self::child::Item;
use self::command::Found;
use self::worker::{Outcome, Worker};
use crate::proposal::{Answer, Failure};
use crate::view::article_json;

pub use self::host::{HostLimits, host, launch};

/// What the stage takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecOptions {
    command: Vec<String>,
    folder: PathBuf,
    config: Value,
    env: Vec<String>,
    workers: usize,
    batch: usize,
    timeout: u64,
    start_timeout: u64,
    memory: u64,
    open_files: u64,
    on_down: OnDown,
    #[serde(default, rename = "name")]
    _name: String,
}

/// What becomes of articles while the plugin is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnDown {
    Hold,
    Quarantine,
}

/// How a plugin is run.
struct Plan {
    /// The stage's name.
    name: String,
    command: Vec<String>,
    found: Found,
    folder: PathBuf,
    config: Value,
    env: Vec<String>,
    batch: usize,
    timeout: Duration,
    start_timeout: Duration,
    limits: HostLimits,
    on_down: OnDown,
}

/// The plugin's processes, shared by all forks of the stage. They are started when the first article comes.
struct Pool {
    plan: Plan,
    idle: Mutex<Vec<Worker>>,
    freed: Condvar,
}

/// The stage.
pub struct ExecStage {
    pool: Arc<Pool>,
    workers: usize,
}

/// How often an article is given again over which the plugin says that it may go well at another time.
const TRIES: u32 = 3;
/// The first wait before that; the next one is four times as long.
const TRY_AGAIN: Duration = Duration::from_millis(100);

impl Component for ExecStage {
    type Options = ExecOptions;

    const HELP: &'static str = "Gives articles to a program of yours, in any language, and takes what it proposes: \
        notes, fields, cuts, or leave the article out. The program runs as long as copydesk does, and is started again \
        when it ends. An article over which it fails twice goes into quarantine, and the others go on; one that fails \
        over every article is down. Programs that cut stand best before the stage `enrich`, which describes what is \
        left.";

    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new(
            "command",
            OptionKind::List,
            None,
            "The program and its arguments, run without a shell: `[\"python3\", \"plugins/word_lengths.py\"]`.",
        ),
        OptionSpec::new("folder", OptionKind::Path, Some("\".\""), "The folder that it runs in."),
        OptionSpec::new(
            "config",
            OptionKind::Table,
            Some("{}"),
            "Anything: handed to the program when it starts.",
        ),
        OptionSpec::new(
            "env",
            OptionKind::List,
            Some("[]"),
            "Names of environment variables that it gets beside PATH, HOME, LANG, LC_ALL, LC_CTYPE, TZ and TMPDIR: for \
             secrets, which then stand in no file.",
        ),
        OptionSpec::new(
            "workers",
            OptionKind::Integer,
            Some("1"),
            "How many of it run at the same time (1 to 64).",
        ),
        OptionSpec::new(
            "batch",
            OptionKind::Integer,
            Some("64"),
            "Articles that it is given at once, at most (1 to 1000).",
        ),
        OptionSpec::new(
            "timeout",
            OptionKind::Duration,
            Some("\"10s\""),
            "How long it may take over a batch.",
        ),
        OptionSpec::new(
            "start_timeout",
            OptionKind::Duration,
            Some("\"10s\""),
            "How long it may take to start.",
        ),
        OptionSpec::new(
            "memory",
            OptionKind::Bytes,
            Some("\"512MiB\""),
            "Memory of its own that each of its processes may use; what is only reserved does not count.",
        ),
        OptionSpec::new(
            "open_files",
            OptionKind::Integer,
            Some("64"),
            "Files that it may have open (16 to 65536).",
        ),
        OptionSpec {
            choices: &["hold", "quarantine"],
            ..OptionSpec::new(
                "on_down",
                OptionKind::Choice,
                Some("\"hold\""),
                "Where articles go while it is down: `hold` lets them wait, and with them the drop folder.",
            )
        },
    ];
}

impl ExecStage {
    /// A stage called `name`. The program is looked for, and not yet started.
    ///
    /// # Errors
    /// The program is not there, or an option is out of range.
    pub fn new(name: &str, options: ExecOptions) -> Result<ExecStage, BuildError> {
        within("workers", options.workers as u64, 1, 64)?;
        within("batch", options.batch as u64, 1, 1000)?;
        within("timeout", options.timeout, 10, 3_600_000)?;
        within("start_timeout", options.start_timeout, 10, 3_600_000)?;
        within("memory", options.memory, 1 << 20, 1 << 50)?;
        within("open_files", options.open_files, 16, 65_536)?;
        let found = command::find(&options.command, &options.folder)?;
        let plan = Plan {
            name: name.to_owned(),
            command: options.command,
            found,
            folder: options.folder,
            config: options.config,
            env: options.env,
            batch: options.batch,
            timeout: Duration::from_millis(options.timeout),
            start_timeout: Duration::from_millis(options.start_timeout),
            limits: HostLimits { memory: options.memory, open_files: options.open_files },
            on_down: options.on_down,
        };
        let idle = (0..options.workers as u64).map(Worker::new).collect();
        let pool = Arc::new(Pool { plan, idle: Mutex::new(idle), freed: Condvar::new() });
        Ok(ExecStage { pool, workers: options.workers })
    }
}

fn within(name: &str, value: u64, least: u64, most: u64) -> Result<(), BuildError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(BuildError(format!("`{name}` is out of range: {value} ({least} to {most})")))
}

impl Pool {
    /// The outcomes of a free worker; waits for one.
    fn run(&self, items: &[Item]) -> Vec<Outcome> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut worker = loop {
            match idle.pop() {
                Some(worker) => break worker,
                None => idle = self.freed.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(idle);
        let outcomes = worker.run(&self.plan, items);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        self.freed.notify_one();
        outcomes
    }
}

impl Stage for ExecStage {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let lost = || StageError { message: "no result".into(), action: Action::Quarantine };
        self.process_batch(&mut [article]).pop().unwrap_or_else(|| Err(lost()))
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(ExecStage { pool: Arc::clone(&self.pool), workers: self.workers }))
    }

    fn batching(&self) -> Option<Batching> {
        Some(Batching { max: self.pool.plan.batch, workers: self.workers })
    }

    fn process_batch(&mut self, articles: &mut [&mut Article]) -> Vec<Result<Verdict, StageError>> {
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
            let shown = places.iter().filter_map(|place| articles.get(*place));
            let items: Vec<Item> = shown
                .map(|article| Item { id: article.id.to_string(), json: article_json(article) })
                .collect();
            for (place, outcome) in places.into_iter().zip(self.pool.run(&items)) {
                if let (Some(article), Some(result)) = (articles.get_mut(place), results.get_mut(place)) {
                    *result = self.pool.plan.result(article, outcome, attempt);
                }
            }
        }
        let missing = || StageError { message: "no result".into(), action: Action::Quarantine };
        results.into_iter().map(|result| result.unwrap_or_else(|| Err(missing()))).collect()
    }
}

impl Plan {
    /// What an outcome means for its article; `None` if it is to be tried again.
    fn result(
        &self,
        article: &mut Article,
        outcome: Outcome,
        attempt: u32,
    ) -> Option<Result<Verdict, StageError>> {
        let name = &self.name;
        let set_aside = |message: String| Some(Err(StageError { message, action: Action::Quarantine }));
        match outcome {
            Outcome::Answer(Answer::Keep(proposals)) => match proposals.apply(article, name) {
                Ok(()) => Some(Ok(Verdict::Keep)),
                Err(refusal) => set_aside(format!(
                    "plugin `{name}` (SHA-256 {}) proposes what cannot be: {refusal}",
                    self.found.hash()
                )),
            },
            Outcome::Answer(Answer::Drop(reason)) => Some(Ok(Verdict::Drop(reason))),
            Outcome::Answer(Answer::Fail(Failure { retryable: true, .. })) if attempt < TRIES => None,
            Outcome::Answer(Answer::Fail(Failure { code, message, .. })) => set_aside(format!(
                "plugin `{name}` (SHA-256 {}) failed (attempt {attempt}): {code}: {message}",
                self.found.hash()
            )),
            Outcome::GivenUp(why) => set_aside(why),
            Outcome::Down(after, why) => {
                let message = format!("plugin `{name}` is down: it {why}");
                match self.on_down {
                    OnDown::Quarantine => set_aside(message),
                    OnDown::Hold => Some(Err(StageError { message, action: Action::Retry(after) })),
                }
            }
        }
    }
}
