//! The stage `exec`: a supervised subprocess in any language, spoken to over pipes of its own.

mod child;
mod command;
mod host;
mod left;
pub(crate) mod pipe;
pub(crate) mod protocol;
mod report;
pub(crate) mod session;
mod trial;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use copydesk_core::{BuildError, Component, OptionKind, OptionSpec};
use serde::Deserialize;
use serde_json::Value;

use self::child::Child;
use self::command::Found;
use crate::meter::PluginMeter;
use crate::supervise::{OnDown, Patience, Pool, Rules, stage_over_a_pool, unset, within};

pub use self::host::{HostLimits, host, launch};

/// What the stage takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecOptions {
    command: Vec<String>,
    folder: PathBuf,
    config: Value,
    env: Vec<String>,
    #[serde(default)]
    watch: Vec<PathBuf>,
    workers: usize,
    batch: usize,
    timeout: u64,
    start_timeout: u64,
    memory: u64,
    open_files: u64,
    #[serde(default = "processes")]
    processes: u64,
    #[serde(default = "threads")]
    threads: u64,
    #[serde(default = "total_memory")]
    total_memory: u64,
    on_down: OnDown,
    #[serde(default, rename = "name")]
    _name: String,
}

const fn processes() -> u64 {
    64
}

const fn threads() -> u64 {
    1024
}

const fn total_memory() -> u64 {
    1 << 30
}

/// How a plugin is run.
struct Plan {
    /// The stage's name.
    name: String,
    command: Vec<String>,
    found: Found,
    /// Files, and folders of files: when one changes, the plugin has.
    watched: Vec<PathBuf>,
    folder: PathBuf,
    config: Value,
    env: Vec<String>,
    batch: usize,
    patience: Arc<Patience>,
    start_timeout: Duration,
    limits: HostLimits,
    /// True if messages are to hold what no version knows.
    strangers: AtomicBool,
    meter: Arc<PluginMeter>,
}

/// The stage. Its processes are started when the first article comes, and shared by all forks.
pub struct ExecStage {
    pool: Arc<Pool<Child>>,
}

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
            "watch",
            OptionKind::List,
            Some("[]"),
            "Files and folders in `folder` that belong to it, beside the files that `command` names: when one changes, it \
             is started anew, and the one before goes on until the new one is ready.",
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
            "Memory of its own that each of its processes may use, and as much again that it shares with others. What is \
             only reserved does not count.",
        ),
        OptionSpec::new(
            "open_files",
            OptionKind::Integer,
            Some("64"),
            "Files that it may have open (16 to 65536).",
        ),
        OptionSpec::new(
            "processes",
            OptionKind::Integer,
            Some("64"),
            "Processes at once, its own and those that it starts (1 to 65536). They are counted ten times a second: it \
             is ended, with all of them, when there are more.",
        ),
        OptionSpec::new(
            "threads",
            OptionKind::Integer,
            Some("1024"),
            "Threads at once, of all its processes together (1 to 1048576); counted as often, and with the same end. \
             `memory` bounds them too, for their stacks are part of it.",
        ),
        OptionSpec::new(
            "total_memory",
            OptionKind::Bytes,
            Some("\"1GiB\""),
            "Memory that all its processes together may hold, what they share counted once; looked at as often, and with \
             the same end.",
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
        within("processes", options.processes, 1, 65_536)?;
        within("threads", options.threads, 1, 1 << 20)?;
        within("total_memory", options.total_memory, 1 << 20, 1 << 50)?;
        let found = command::find(&options.command, &options.folder)?;
        let mut watched = found.files(&options.command, &options.folder);
        for path in options.watch {
            let path = options.folder.join(path);
            if !path.exists() {
                return Err(BuildError(format!("`watch`: there is no file or folder `{}`", path.display())));
            }
            watched.push(path);
        }
        unset(name, &options.env);
        let meter = Arc::<PluginMeter>::default();
        let patience = Arc::new(Patience::new(Duration::from_millis(options.timeout)));
        let plan = Plan {
            name: name.to_owned(),
            command: options.command,
            found,
            watched,
            folder: options.folder,
            config: options.config,
            env: options.env,
            batch: options.batch,
            patience: Arc::clone(&patience),
            start_timeout: Duration::from_millis(options.start_timeout),
            limits: HostLimits {
                memory: options.memory,
                open_files: options.open_files,
                processes: options.processes,
                threads: options.threads,
                total_memory: options.total_memory,
            },
            strangers: AtomicBool::new(false),
            meter: Arc::clone(&meter),
        };
        let rules = Rules {
            name: name.to_owned(),
            workers: options.workers,
            batch: options.batch,
            on_down: options.on_down,
            patience,
            meter,
        };
        Ok(ExecStage { pool: Arc::new(Pool::new(rules, plan)) })
    }
}

stage_over_a_pool!(ExecStage);
