//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::components::Components;

/// The copy desk for a drop folder: article files in, clean and described articles out, nothing lost.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, long_version = WHOLE_VERSION, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// What `--version` says: `-V` says the number alone.
#[cfg(feature = "wasm")]
const WHOLE_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nfeatures: wasm");
#[cfg(not(feature = "wasm"))]
const WHOLE_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\nfeatures: none");

const EXIT_CODES: &str = "Exit codes: 0 done; 1 could not do the work; 2 usage or configuration; \
3 done, but some articles were quarantined.";

/// Flags every command takes.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Common {
    /// Configuration file [default: ./copydesk.toml, if it is there, but for `run DIR`]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Common flags")]
    pub config: Option<PathBuf>,
    /// State folder: ledger, quarantine and, by default, the store [default: ./copydesk-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Common flags")]
    pub state: Option<PathBuf>,
    /// Override one key of the configuration, as in `--set source.after=move`
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", help_heading = "Common flags")]
    pub set: Vec<String>,
    /// How log lines look
    #[arg(long, global = true, value_enum, default_value_t, help_heading = "Common flags")]
    pub log_format: LogFormat,
    /// Only errors
    #[arg(short, long, global = true, help_heading = "Common flags", conflicts_with = "verbose")]
    pub quiet: bool,
    /// More: -v for debug, -vv for trace
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Common flags")]
    pub verbose: u8,
    /// What a configuration can name. No flag: the program brings it along.
    #[arg(skip)]
    pub(crate) components: Components,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch a drop folder and deliver every article
    ///
    /// SIGTERM and SIGINT end it in good order, with exit code 0: what is under way is finished within `grace`,
    /// the rest stays pending. A second one ends it at once. SIGHUP, or `copydesk reload`, makes it read its
    /// configuration anew.
    Run {
        /// The drop folder. With no configuration: everything else is the embedded default
        dir: Option<PathBuf>,
        /// Drain what is there and exit: with 1 once what is left waits for a stage or a sink that stays down for `grace`
        #[arg(long)]
        once: bool,
    },
    /// Clean files once; keeps no state
    ///
    /// By the stages of the configuration, if there is one, but for those that need other articles.
    Clean {
        /// Files, folders to walk, or `-` for standard input [default: -]
        paths: Vec<PathBuf>,
        /// What the input is, whatever its name
        #[arg(long = "as", value_enum, default_value_t)]
        as_type: InputType,
        /// How results are printed; the JSON forms are one object a line
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show an original with every cut marked in place, its rule and its reason
    ///
    /// Of an article of the store, what the block model saw is told only as long as its original can be found: in
    /// the drop folder, or in the folder that settled files are moved to.
    Explain {
        /// A file, or the id (or the start of it) of a delivered article
        what: OsString,
        /// Below every block, cut or kept: what the rules say, what the block model thinks, and for what reasons
        #[arg(long)]
        why: bool,
        /// What the input is, whatever its name
        #[arg(long = "as", value_enum, default_value_t)]
        as_type: InputType,
    },
    /// Report every problem of a configuration at once
    Check,
    /// Have the running daemon read its configuration anew, and wait until it is in force
    ///
    /// Ends with 0 once the new configuration is in force; with 2 if it was refused, which is said: the old one
    /// runs on; with 1 if no daemon is running. SIGHUP asks the same and waits for nothing.
    Reload,
    /// Show the running daemon's health and the ledger's balance
    ///
    /// Health is `ok`; `degraded`: something waits or is slow, the rest goes on; or `down`: intake stands still,
    /// or a sink has given up. Reasons follow. It can be asked while the disk is full.
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Full-text search of the embedded store
    Search {
        /// Words (all must occur), "a phrase", or a prefix*
        #[arg(required = true)]
        query: Vec<String>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
        /// At most this many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: u32,
    },
    /// The stories of the embedded store: reports of one event from many sources
    ///
    /// One line a story, that with the latest article first: id, articles, sources, first and last date, title,
    /// leading names. With an id: the story and its articles in order of time, with how well each fits.
    Stories {
        /// A story's id, or the start of it
        id: Option<String>,
        /// At most this many stories, or articles of the one [default: 20 stories, all articles]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Articles that are copies of one another, and what the copies share
    ///
    /// One group after the other, that with the latest copy first: what leads, and its copies with what was found
    /// in common. With an article's id: its group, and for each copy the longest passages that it shares with what
    /// leads, and what only one of the two says. Copies that were dropped are named as the ledger knows them.
    Duplicates {
        /// The id, or the start of it, of an article that leads or is a copy
        id: Option<String>,
        /// At most this many groups, or copies of the one [default: 20 groups, all copies]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// What could not be processed, and why
    Quarantine {
        /// What to do with it
        #[command(subcommand)]
        action: QuarantineAction,
    },
    /// Check ledger, store, JSONL and quarantine against each other
    Verify {
        /// Mend what can be mended
        #[arg(long)]
        repair: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make, test and measure stages of your own, in any language
    ///
    /// A plugin is a folder with a `plugin.toml`. None of these needs a configuration, or leaves anything
    /// behind, but for compiled components in the user's folder for caches, where the 32 newest are kept.
    Plugin {
        /// What to do
        #[command(subcommand)]
        action: PluginAction,
    },
    /// Keep a plugin, or become one: what the program starts itself as, and no command for people
    #[command(hide = true)]
    PluginHost {
        /// Become the plugin, started by the process of this id
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
        launch: Option<i32>,
        /// Bytes of memory it may use
        #[arg(long)]
        memory: u64,
        /// Files it may have open
        #[arg(long)]
        open_files: u64,
        /// Processes it may be at once
        #[arg(long)]
        processes: u64,
        /// Threads all of them may have at once
        #[arg(long)]
        threads: u64,
        /// Bytes of memory all of them may hold
        #[arg(long)]
        total_memory: u64,
        /// The plugin
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        #[arg(value_enum)]
        of: SchemaOf,
    },
    /// Print shell completions
    Completions {
        /// For which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

/// What to do with what is in quarantine.
#[derive(Debug, Subcommand)]
pub enum QuarantineAction {
    /// One line an entry: key, path, stage, code, reason
    List {
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
        /// Only entries with this code, as in `plugin_crashed`; may be given several times
        #[arg(long, value_name = "CODE")]
        code: Vec<String>,
    },
    /// One entry, with its reason; --bytes prints the original bytes alone
    Show {
        /// The entry's key, or the start of it
        key: String,
        /// Print the original bytes to standard output
        #[arg(long)]
        bytes: bool,
    },
    /// Process entries again
    Retry {
        /// Keys, or the start of them
        #[arg(required_unless_present_any = ["all", "code"])]
        keys: Vec<String>,
        /// Every entry
        #[arg(long)]
        all: bool,
        /// Every entry with this code; may be given several times
        #[arg(long, value_name = "CODE")]
        code: Vec<String>,
    },
    /// Give entries up: their bytes are deleted, and they count as dropped
    Discard {
        /// Keys, or the start of them
        #[arg(required_unless_present_any = ["all", "code"])]
        keys: Vec<String>,
        /// Every entry
        #[arg(long)]
        all: bool,
        /// Every entry with this code; may be given several times
        #[arg(long, value_name = "CODE")]
        code: Vec<String>,
    },
}

/// What to do with a plugin.
#[derive(Debug, Subcommand)]
pub enum PluginAction {
    /// Make a folder with a stage that works, to be changed
    New {
        /// The language
        #[arg(long, value_enum)]
        lang: PluginLang,
        /// How it is run: `exec`, a process of its own, or `wasm`, a component inside of copydesk's
        /// [default: what suits the language]
        #[arg(long, value_enum)]
        kind: Option<PluginKind>,
        /// The folder to make; its name is the plugin's
        name: String,
    },
    /// See whether everything is there, and whether it starts
    ///
    /// Prints what to write into a configuration.
    Check {
        /// The plugin's folder
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Give it its fixtures, and what any plugin must survive
    ///
    /// A fixture is an article in `fixtures/`, and beside it `NAME.expected.json` with what is expected of the answer:
    /// `notes`, `fields`, `cuts`, or `drop` or `fail`. Then come hard articles, a thousand articles again and again in
    /// different orders and batches, kills and restarts. Ends with 1 if anything fails.
    Test {
        /// The plugin's folder
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Write down what comes as what is expected, and test nothing
        #[arg(long, conflicts_with = "json")]
        bless: bool,
        /// As JSON, one object a line
        #[arg(long)]
        json: bool,
    },
    /// Measure what it takes, beside what the same takes inside of copydesk
    Bench {
        /// The plugin's folder
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// For how long
        #[arg(long, default_value_t = 3, value_name = "N")]
        seconds: u64,
    },
}

/// A language that there are templates for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PluginLang {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// JavaScript.
    Js,
    /// C.
    C,
}

impl PluginLang {
    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            PluginLang::Rust => "rust",
            PluginLang::Python => "python",
            PluginLang::Js => "js",
            PluginLang::C => "c",
        }
    }
}

/// How a plugin is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PluginKind {
    /// A process of its own.
    Exec,
    /// A WebAssembly component.
    Wasm,
}

impl PluginKind {
    /// As on the command line and in `type`.
    pub fn name(self) -> &'static str {
        match self {
            PluginKind::Exec => "exec",
            PluginKind::Wasm => "wasm",
        }
    }
}

/// What the input is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum InputType {
    /// By name, then by content.
    #[default]
    Auto,
    /// Plain text.
    Text,
    /// HTML.
    Html,
}

impl InputType {
    /// The media type it forces, if any.
    pub fn media_type(self) -> Option<String> {
        match self {
            InputType::Auto => None,
            InputType::Text => Some("text/plain".into()),
            InputType::Html => Some("text/html".into()),
        }
    }
}

/// How `clean` prints results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The cleaned body.
    #[default]
    Text,
    /// The article record.
    Json,
    /// IPTC ninjs 3.1.
    Ninjs,
    /// schema.org NewsArticle.
    Jsonld,
}

/// What `schema` describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The article record.
    Article,
    /// The configuration file.
    Config,
}
