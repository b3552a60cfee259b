//! Why a drop folder cannot be opened or held. All of it needs a person.

use std::io;
use std::path::PathBuf;

use copydesk_core::{Action, SourceError};

/// A folder that cannot be a source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// No path was configured.
    #[error("the folder source needs a `path`")]
    NoPath,
    /// It is not there, is no folder, or cannot be read.
    #[error("cannot open folder `{}`: {source}", path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process holds it.
    #[error("folder `{}` is in use by another copydesk{}", path.display(), holder(*pid))]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The process that holds it, if the system tells.
        pid: Option<u32>,
    },
    /// A pattern that is none.
    #[error("bad pattern in `ignore`: {0}")]
    Pattern(String),
    /// A marker that is no suffix of a name.
    #[error("bad `require_marker` `{0}`: a suffix of a file name is needed, such as `.done`")]
    Marker(String),
    /// The folder for settled files cannot be made or opened.
    #[error("cannot open `done` folder `{}`: {source}", path.display())]
    Done {
        /// The folder for settled files.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A move there would be a copy.
    #[error(
        "`done` folder `{}` is on another file system than `{}`: choose one on the same",
        done.display(),
        path.display()
    )]
    DoneElsewhere {
        /// The folder.
        path: PathBuf,
        /// The folder for settled files.
        done: PathBuf,
    },
    /// The root went away while what was there was being drained.
    #[error("folder `{}` went away", path.display())]
    Gone {
        /// The folder.
        path: PathBuf,
    },
    /// The thread could not be started, or ended before its time.
    #[error("the watch of folder `{}` ended: {reason}", path.display())]
    Ended {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl FolderError {
    /// What the runtime does about it.
    pub fn action(&self) -> Action {
        Action::Stop
    }
}

impl From<FolderError> for SourceError {
    fn from(error: FolderError) -> SourceError {
        SourceError { action: error.action(), message: error.to_string() }
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map(|pid| format!(", process {pid}")).unwrap_or_default()
}
