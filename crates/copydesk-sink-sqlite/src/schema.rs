//! The tables, and whose file this is.
//!
//! The file carries an application id, so that a file of another program is never written to, and a schema
//! version, so that a file of a later release is not either.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// The version of the tables, as `PRAGMA user_version`.
pub const SCHEMA_VERSION: i64 = 1;

/// "cdsk": what `file` and `PRAGMA application_id` show.
const APPLICATION_ID: i64 = 0x6364_736b;

/// `doc` numbers the rows for the index: implicit row numbers may change when a user runs VACUUM. The long
/// columns come last, so a query of the others reads no overflow page.
const TABLES: &str = "
CREATE TABLE articles (
  id        TEXT NOT NULL PRIMARY KEY, -- hash of the article's original bytes
  doc       INTEGER NOT NULL UNIQUE,   -- its number in articles_fts
  seq       INTEGER NOT NULL,          -- its place in the ledger
  uri       TEXT NOT NULL,
  title     TEXT,
  published TEXT,                      -- YYYY-MM-DD or RFC 3339
  language  TEXT,
  text      TEXT NOT NULL,             -- the cleaned body
  record    TEXT NOT NULL              -- the whole article record as JSON
) STRICT;

CREATE VIRTUAL TABLE articles_fts USING fts5(
  title, text, content='articles', content_rowid='doc', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO articles_fts(articles_fts, rank) VALUES ('automerge', 8);

CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, text)
  VALUES ('delete', old.doc, old.title, old.text);
END;
CREATE TRIGGER articles_fts_update AFTER UPDATE OF doc, title, text ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, text)
  VALUES ('delete', old.doc, old.title, old.text);
  INSERT INTO articles_fts(rowid, title, text) VALUES (new.doc, new.title, new.text);
END;
";

/// What a file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Without any table.
    Empty,
    /// An article store of a version known here.
    Ours,
}

/// Tells what a file is. Writes nothing.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<State, StoreError> {
    let failed = StoreError::sqlite("open", path);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(&failed);
    let application_id = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let n_tables = number("SELECT count(*) FROM sqlite_schema")?;
    if application_id == 0 && version == 0 && n_tables == 0 {
        return Ok(State::Empty);
    }
    if application_id != APPLICATION_ID {
        let found = format!("a database with {n_tables} tables and application id {application_id:#010x}");
        return Err(StoreError::Foreign { path: path.to_owned(), found });
    }
    if version > SCHEMA_VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: SCHEMA_VERSION });
    }
    Ok(State::Ours)
}

/// Creates the tables in an empty file, all or none; another process may do so at the same time.
pub(crate) fn create(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("create", path);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
    if check(&transaction, path)? == State::Empty {
        transaction.execute_batch(TABLES).map_err(&failed)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(&failed)?;
    }
    transaction.commit().map_err(&failed)
}
