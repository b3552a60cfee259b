//! One file a command. A command gets its arguments, prints results to standard output, and answers with an
//! exit code or one error.

mod check;
mod clean;
mod completions;
mod duplicates;
mod explain;
mod plugin;
mod quarantine;
mod reload;
mod run;
mod schema;
mod search;
mod status;
mod stories;
mod verify;

use std::io::{self, Write};

use copydesk_plugin::HostLimits;
use copydesk_sink_sqlite::StoreError;

use crate::Exit;
use crate::args::{Args, Command, LogFormat};

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The work: exit code 1.
    Work(String),
    /// Usage or configuration, one problem a line: exit code 2.
    Usage(String),
    /// Whoever read our output has left: no error.
    Gone,
}

impl Failure {
    /// What went wrong, one problem a line.
    pub(crate) fn message(&self) -> String {
        match self {
            Failure::Work(message) | Failure::Usage(message) => message.clone(),
            Failure::Gone => "the output is gone".into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Gone,
            _ => Failure::Work(format!("cannot write the result: {error}")),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Work(crate::setup::chain(&error))
    }
}

/// What a command answers.
pub(crate) type Answer = Result<Exit, Failure>;

/// Runs the command and says what went wrong.
pub fn dispatch(args: Args) -> Exit {
    crate::logging::start(&args.common);
    crate::crash::arm();
    let Args { command, common } = args;
    let answer = match command {
        Command::Run { dir, once } => run::run(&common, dir.as_deref(), once),
        Command::Clean { paths, as_type, format } => clean::run(&common, &paths, as_type, format),
        Command::Explain { what, why, as_type } => explain::run(&common, &what, why, as_type),
        Command::Check => check::run(&common),
        Command::Reload => reload::run(&common),
        Command::Status { json } => status::run(&common, json),
        Command::Search { query, json, limit } => search::run(&common, &query.join(" "), json, limit),
        Command::Stories { id, limit, json } => stories::run(&common, id.as_deref(), limit, json),
        Command::Duplicates { id, limit, json } => duplicates::run(&common, id.as_deref(), limit, json),
        Command::Quarantine { action } => quarantine::run(&common, &action),
        Command::Verify { repair, json } => verify::run(&common, repair, json),
        Command::Plugin { action } => plugin::run(&action),
        Command::PluginHost { launch, memory, open_files, processes, threads, total_memory, command } => {
            let limits = HostLimits { memory, open_files, processes, threads, total_memory };
            std::process::exit(match launch {
                Some(keeper) => copydesk_plugin::launch(keeper, limits, &command),
                None => copydesk_plugin::host(limits, &command),
            })
        }
        Command::Schema { of } => schema::run(&common, of),
        Command::Completions { shell } => completions::run(shell),
    };
    match answer {
        Ok(exit) => exit,
        Err(Failure::Gone) => Exit::Done,
        Err(Failure::Work(message)) => say(&message, common.log_format, Exit::Failed),
        Err(Failure::Usage(message)) => say(&message, common.log_format, Exit::Usage),
    }
}

fn say(message: &str, format: LogFormat, exit: Exit) -> Exit {
    for line in message.lines() {
        if format == LogFormat::Json {
            // Whoever reads the log reads this too.
            tracing::error!("{line}");
            continue;
        }
        // Nobody is left to tell if standard error is gone.
        let _gone = writeln!(io::stderr(), "copydesk: {}", crate::explain::safe(line));
    }
    exit
}
