//! What can go wrong with the store, and what to do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_core::{Action, SinkError};
use rusqlite::ErrorCode;

/// The store could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no file to read.
    #[error("no article store at `{path}`")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is something else under the file's name.
    #[error("`{path}` is no regular file")]
    NotAFile {
        /// The name.
        path: PathBuf,
    },
    /// The file belongs to another program, or is no database at all.
    #[error("`{path}` is no article store ({found}); choose another path")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// The file was written by a later release.
    #[error("`{path}` has schema version {found}, and this release knows versions up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version known.
        known: i64,
    },
    /// The file was written by an earlier release, and does not hold what is asked for.
    #[error(
        "`{path}` has schema version {found}, and this is told from version {wanted} on: the next `run` brings it up \
         to date"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version wanted.
        wanted: i64,
    },
    /// The file system cannot hold a write-ahead log.
    #[error(
        "`{path}` cannot have a write-ahead log (journal mode stays `{mode}`; is it on a network file system?)"
    )]
    NoWal {
        /// The file.
        path: PathBuf,
        /// What SQLite chose instead.
        mode: String,
    },
    /// The file, or its file system, lets nobody write.
    #[error("cannot write `{path}`: it is read-only")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the file cannot be created.
    #[error("cannot create the folder of `{path}`: {error}")]
    Folder {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// SQLite reports an error.
    #[error("cannot {doing} `{path}`: {error}")]
    Sqlite {
        /// `open`, `write`, `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What it says.
        #[source]
        error: rusqlite::Error,
    },
    /// Not a prefix of an id.
    #[error("not an article id: `{given}` (4 to 64 hexadecimal digits)")]
    NotAnId {
        /// What was given.
        given: String,
    },
    /// Nothing has such an id.
    #[error("no {what} `{given}` in `{path}`")]
    Unknown {
        /// `article` or `story`.
        what: &'static str,
        /// What was given.
        given: String,
        /// The file.
        path: PathBuf,
    },
    /// More than one id begins so.
    #[error("more than one {what} begins with `{given}` (give more digits: {choices})")]
    Ambiguous {
        /// `article` or `story`.
        what: &'static str,
        /// What was given.
        given: String,
        /// The ids, or the first of them.
        choices: String,
    },
    /// A row that copydesk did not write.
    #[error("`{path}` holds a row whose id is none: `{id}`")]
    BadRow {
        /// The file.
        path: PathBuf,
        /// The row's id.
        id: String,
    },
    /// The thread that did the work is gone.
    #[error("the writer of `{path}` ended early: {message}")]
    Lost {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// What is said of a file that is none.
const NO_DATABASE: &str = "not a SQLite database";

impl StoreError {
    pub(crate) fn sqlite(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        move |error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                StoreError::Foreign { path: path.clone(), found: NO_DATABASE.to_owned() }
            }
            _ => StoreError::Sqlite { doing, path: path.clone(), error },
        }
    }

    /// True if the file is no database, or a damaged one, whoever made it.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            StoreError::Foreign { found, .. } => found == NO_DATABASE,
            StoreError::Sqlite { error, .. } => {
                matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                )
            }
            _ => false,
        }
    }

    /// What the runtime does about it.
    pub fn action(&self) -> Action {
        let soon = Action::Retry(Duration::from_secs(1));
        match self {
            StoreError::Sqlite { error, .. } => match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                    Action::Quarantine
                }
                Some(ErrorCode::DatabaseCorrupt) => Action::Stop,
                _ => soon,
            },
            // Whatever is in the way, a person may take it away while the program runs.
            StoreError::ReadOnly { .. } | StoreError::Folder { .. } | StoreError::Lost { .. } => soon,
            _ => Action::Stop,
        }
    }
}

impl From<StoreError> for SinkError {
    fn from(error: StoreError) -> SinkError {
        SinkError { message: error.to_string(), action: error.action() }
    }
}
