//! What can go wrong with the store, and what to do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_core::{Action, SinkError};
use rusqlite::ErrorCode;
use rustix::fs::Access;

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
    /// No article has such an id.
    #[error("no article `{given}` in `{path}`")]
    Unknown {
        /// What was given.
        given: String,
        /// The file.
        path: PathBuf,
    },
    /// More than one article has such an id.
    #[error("more than one article begins with `{given}` (give more digits)")]
    Ambiguous {
        /// What was given.
        given: String,
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

impl StoreError {
    pub(crate) fn sqlite(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        move |error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                StoreError::Foreign { path: path.clone(), found: "not a SQLite database".to_owned() }
            }
            _ => StoreError::Sqlite { doing, path: path.clone(), error },
        }
    }

    /// What the runtime does about it.
    pub fn action(&self) -> Action {
        let soon = Action::Retry(Duration::from_secs(1));
        match self {
            StoreError::Sqlite { path, error, .. } => match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                    Action::Quarantine
                }
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                    Action::Stop
                }
                Some(ErrorCode::CannotOpen) if is_forbidden(path) => Action::Stop,
                _ => soon,
            },
            StoreError::Folder { error, .. } => match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::Interrupted => soon,
                _ => Action::Stop,
            },
            StoreError::Lost { .. } => soon,
            _ => Action::Stop,
        }
    }
}

/// True if this process may not write the file or its folder: only a person can mend that, while a lack of
/// file descriptors or space, which SQLite reports alike, passes.
fn is_forbidden(path: &Path) -> bool {
    let denied = |path: &Path, access| {
        let answer = rustix::fs::access(path, access);
        matches!(answer, Err(rustix::io::Errno::ACCESS | rustix::io::Errno::ROFS | rustix::io::Errno::NOTDIR))
    };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    denied(path, Access::READ_OK | Access::WRITE_OK)
        || folder.is_some_and(|folder| denied(folder, Access::WRITE_OK | Access::EXEC_OK))
}

impl From<StoreError> for SinkError {
    fn from(error: StoreError) -> SinkError {
        SinkError { message: error.to_string(), action: error.action() }
    }
}
