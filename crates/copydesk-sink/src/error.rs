//! What can go wrong in a plain sink, and what to do about it.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

use copydesk_core::{Action, ArticleId, SinkError};

/// A plain sink could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum PlainSinkError {
    /// The file cannot be opened, created or read.
    #[error("cannot open `{path}`: {error}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// There is something else under the file's name.
    #[error(
        "`{path}` is no regular file (the jsonl sink appends to a file; use `type = \"stdout\"` for a pipe)"
    )]
    NotAFile {
        /// The name.
        path: PathBuf,
    },
    /// Somebody else appends to the file.
    #[error("`{path}` is in use by another copydesk, or by another sink of this one")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A batch could not be written or made durable.
    #[error("cannot write to `{path}`: {error}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Standard output cannot be written to.
    #[error("cannot write to standard output: {error}")]
    Stdout {
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A record that would break the file's lines.
    #[error("the record of {id} is not one line that begins with its id")]
    Record {
        /// The article.
        id: ArticleId,
    },
}

impl PlainSinkError {
    /// What the runtime does about it.
    pub fn action(&self) -> Action {
        let soon = Action::Retry(Duration::from_secs(1));
        match self {
            PlainSinkError::Open { error, .. } if needs_a_person(error.kind()) => Action::Stop,
            PlainSinkError::NotAFile { .. } | PlainSinkError::Locked { .. } => Action::Stop,
            PlainSinkError::Stdout { error } if error.kind() == ErrorKind::BrokenPipe => Action::Stop,
            PlainSinkError::Record { .. } => Action::Quarantine,
            PlainSinkError::Open { .. } | PlainSinkError::Write { .. } | PlainSinkError::Stdout { .. } => {
                soon
            }
        }
    }
}

/// No passing of time mends a name. Everything else a person may mend while the program runs.
fn needs_a_person(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidFilename | ErrorKind::InvalidInput)
}

impl From<PlainSinkError> for SinkError {
    fn from(error: PlainSinkError) -> SinkError {
        SinkError { message: error.to_string(), action: error.action() }
    }
}
