//! The tables, and whose file this is.
//!
//! The file carries an application id, so that a file of another program is never written to, and a schema
//! version, so that a file of a later release is not either.

use std::path::Path;

use copydesk_core::crash;
use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// The version of the tables, as `PRAGMA user_version`.
pub const SCHEMA_VERSION: i64 = 2;

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
  duplicate_of TEXT,                   -- id of the article it is a copy of
  story     TEXT,                      -- id of its story
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

/// What came with version 2. The places in the ledger are in the indexes, so that what is latest is found without
/// a look at the rows.
const GROUPS: &str = "
CREATE INDEX articles_by_lead ON articles (duplicate_of, seq) WHERE duplicate_of IS NOT NULL;
CREATE INDEX articles_by_story ON articles (story, seq) WHERE story IS NOT NULL;

CREATE TABLE stories (
  id              TEXT NOT NULL PRIMARY KEY,
  title           TEXT,             -- of the article that opened it
  first_id        TEXT NOT NULL,    -- its first article by time
  first_published TEXT,
  last_id         TEXT NOT NULL,    -- its last article by time
  last_published  TEXT,
  articles        INTEGER NOT NULL, -- how many
  sources         TEXT NOT NULL,    -- JSON array: hosts or folders, the first ones
  n_sources       INTEGER NOT NULL,
  names           TEXT NOT NULL,    -- JSON array: the names that lead in it
  version         INTEGER NOT NULL  -- grows with every article
) STRICT;
CREATE INDEX stories_by_date ON stories (last_published);
";

/// From version 1 to 2. What is no JSON is somebody's mistake, which `verify` tells of.
const FROM_1: &str = "
ALTER TABLE articles ADD COLUMN duplicate_of TEXT;
ALTER TABLE articles ADD COLUMN story TEXT;
UPDATE articles SET
  duplicate_of = json_extract(record, '$.duplicate.of'), story = json_extract(record, '$.story.id')
WHERE CASE WHEN json_valid(record) THEN
  coalesce(json_extract(record, '$.duplicate.of', '$.story.id'), '[null,null]') <> '[null,null]' END;
";

/// What a file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Without any table.
    Empty,
    /// An article store of this version.
    Ours,
    /// An article store of an earlier version, which is brought up to this one when it is opened for writing.
    Earlier(i64),
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
    Ok(if version < SCHEMA_VERSION { State::Earlier(version) } else { State::Ours })
}

/// Creates the tables in an empty file, or brings those of an earlier version up to this one: all or nothing.
/// Another process may do so at the same time.
pub(crate) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("create", path);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
    match check(&transaction, path)? {
        State::Ours => return Ok(()),
        State::Empty => {
            transaction.execute_batch(TABLES).map_err(&failed)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
        }
        State::Earlier(_) => transaction.execute_batch(FROM_1).map_err(&failed)?,
    }
    transaction.execute_batch(GROUPS).map_err(&failed)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(&failed)?;
    crash::point("sqlite.before_prepared");
    transaction.commit().map_err(&failed)?;
    crash::point("sqlite.after_prepared");
    Ok(())
}
