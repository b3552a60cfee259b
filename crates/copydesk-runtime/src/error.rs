//! What can keep a run from starting or going on.

use std::path::PathBuf;

use crate::ledger::LedgerError;

/// Why there is no run, or no further one.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The state folder cannot be used.
    #[error("cannot use state folder `{path}`: {source}")]
    State {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another program has the state folder.
    #[error("state folder `{path}` is in use by process {}", .pid.map_or_else(|| "unknown".into(), |pid| pid.to_string()))]
    Locked {
        /// The folder.
        path: PathBuf,
        /// Who has it.
        pid: Option<u32>,
    },
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A stage cannot be made, or said that nothing can go on.
    #[error("stage `{name}`: {message}")]
    Stage {
        /// Its configured name.
        name: String,
        /// One line.
        message: String,
    },
    /// Two sinks or two stages have the same name, by which the ledger would confuse them.
    #[error("two components are called `{0}`")]
    Name(String),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// A quarantine entry cannot be read or changed.
    #[error("quarantine `{key}`: {message}")]
    Quarantine {
        /// Its key, or what was given as one.
        key: String,
        /// One line.
        message: String,
    },
}
