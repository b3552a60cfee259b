//! The writing connection: opening, recovering, one transaction a batch.
//!
//! After any failure the connection is distrusted: it neither writes nor syncs again. It is kept only until
//! another one is open, whose first act is to copy the log into the file. As long as the distrusted one holds
//! the log's index, that copies what was committed before the failure, and nothing of what failed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use copydesk_core::{Parcel, StoryRecord, crash};
use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::StoreError;
use crate::rows::{self, Rows};
use crate::schema::{self, State};

/// How long a statement waits for a lock another process holds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// For a new file. Rows are several KB long, so larger pages mean fewer overflow pages.
const PAGE_SIZE: i64 = 8192;
/// Pages in the log before they are copied into the file: 32 MiB.
const CHECKPOINT_PAGES: i32 = 4096;
/// Bytes the log file keeps once it is copied.
const LOG_LIMIT: i64 = 32 << 20;
/// KiB of page cache.
const CACHE_KIB: i64 = 32 << 10;

pub(crate) struct Store {
    connection: Connection,
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Store, StoreError> {
        // Only asked, not opened: closing a descriptor of the file would drop SQLite's locks on it.
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StoreError::NotAFile { path: path.to_owned() });
        }
        if let Some(folder) = path.parent() {
            create_folders(folder).map_err(|error| StoreError::Folder { path: path.to_owned(), error })?;
        }
        let failed = StoreError::sqlite("open", path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
        connection.busy_timeout(PATIENCE).map_err(&failed)?;
        copy_log_on_close(&connection, false).map_err(&failed)?;
        let state = schema::check(&connection, path)?;
        if state == State::Empty {
            connection.pragma_update(None, "page_size", PAGE_SIZE).map_err(&failed)?;
        }
        // SQLite opens what it may not write for reading alone, and says so only at the first write.
        if connection.is_readonly(rusqlite::MAIN_DB).map_err(&failed)? {
            return Err(StoreError::ReadOnly { path: path.to_owned() });
        }
        set_up(&mut connection, path)?;
        if state != State::Ours {
            schema::prepare(&mut connection, path)?;
        }
        // What a process that died, or a failed sync, left in the log may not be on the disk, and yet be
        // taken for stored. Copying the log into the file syncs both. A reader in the way only delays it.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        connection.query_row(checkpoint, [], |_| Ok(())).map_err(&failed)?;
        crash::point("sqlite.after_checkpoint");
        Ok(Store { connection })
    }

    /// From here on the connection is only held, never used.
    pub(crate) fn distrust(self) -> Distrusted {
        Distrusted { _connection: self.connection }
    }

    pub(crate) fn write(&mut self, path: &Path, batch: &[Arc<Parcel>]) -> Result<(), StoreError> {
        self.transact(batch).map_err(StoreError::sqlite("write", path))
    }

    /// Writes parcels in the place of the rows with their ids.
    pub(crate) fn replace(&mut self, path: &Path, parcels: &[Parcel]) -> Result<(), StoreError> {
        let mut replace = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut rows = Rows::new(&transaction)?;
            for parcel in parcels {
                rows.remove(&parcel.id)?;
                rows.put(parcel)?;
            }
            drop(rows);
            transaction.commit()
        };
        replace().map_err(StoreError::sqlite("write", path))
    }

    /// Writes stories, where the table does not know a later version.
    pub(crate) fn write_stories(&mut self, path: &Path, stories: &[StoryRecord]) -> Result<(), StoreError> {
        let mut write = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            stories.iter().try_for_each(|story| rows::put_story(&transaction, story))?;
            transaction.commit()
        };
        write().map_err(StoreError::sqlite("write", path))
    }

    fn transact(&mut self, batch: &[Arc<Parcel>]) -> rusqlite::Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut rows = Rows::new(&transaction)?;
        for parcel in batch {
            let is_new = rows.put(parcel)?;
            if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
                rows.remove(&old)?;
            }
            // What an article that is there already had to say of another was said with it, and may have been
            // overtaken since.
            if let Some((id, duplicate)) = parcel.amends.as_ref().filter(|_| is_new) {
                rows.amend(id, duplicate)?;
            }
        }
        drop(rows);
        for story in latest(batch) {
            rows::put_story(&transaction, story)?;
        }
        crash::point("sqlite.before_commit");
        transaction.commit()?;
        crash::point("sqlite.after_commit");
        Ok(())
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Lets go of the file; the last connection copies the log into it.
    pub(crate) fn close(self, path: &Path) -> Result<(), StoreError> {
        let failed = StoreError::sqlite("close", path);
        copy_log_on_close(&self.connection, true).map_err(failed)?;
        self.connection.close().map_err(|(_, error)| StoreError::sqlite("close", path)(error))
    }
}

/// Creates a folder and those above it, each durable in its parent. SQLite syncs no folder but its file's own.
fn create_folders(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// The stories of a batch, each once, as of its latest version there.
fn latest(batch: &[Arc<Parcel>]) -> impl Iterator<Item = &StoryRecord> {
    let mut stories: BTreeMap<&str, &StoryRecord> = BTreeMap::new();
    for story in batch.iter().filter_map(|parcel| parcel.story.as_deref()) {
        let known = stories.entry(&story.id).or_insert(story);
        if story.version > known.version {
            *known = story;
        }
    }
    stories.into_values()
}

/// A connection on which something failed.
pub(crate) struct Distrusted {
    _connection: Connection,
}

/// Whether the last connection copies the log into the file, and syncs both, when it is closed. One that is
/// merely dropped must not: something may have failed on it.
fn copy_log_on_close(connection: &Connection, copies: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !copies).map(|_| ())
}

fn set_up(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("open", path);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(&failed)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::NoWal { path: path.to_owned(), mode });
    }
    let pragmas = [
        // In the log's mode, FULL syncs it at every commit.
        ("synchronous", "FULL".to_owned()),
        ("trusted_schema", "OFF".to_owned()),
        ("journal_size_limit", LOG_LIMIT.to_string()),
        ("cache_size", (-CACHE_KIB).to_string()),
    ];
    for (name, value) in pragmas {
        // Some of these answer with a row, some do not.
        connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(no_row).map_err(&failed)?;
    }
    // In place of SQLite's own, which would pass over an error and sync the same descriptor again later.
    let checkpoint = |log: &mut Wal, n_pages| {
        if n_pages < CHECKPOINT_PAGES {
            return Ok(());
        }
        match log.checkpoint() {
            // Somebody else copies the log at this moment.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            done => done,
        }
    };
    connection.wal_hook(Some(checkpoint)).map_err(&failed)
}

fn no_row(error: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(error) }
}
