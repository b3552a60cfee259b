//! Is the file sound, and does its search index say what the rows say?

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::StoreError;
use crate::schema::{self, State};
use crate::store::PATIENCE;

/// Rows named in a finding before it says how many more there are.
const MAX_NAMED: usize = 20;

/// What is wrong with the store at `path`, one line each; nothing if there is no file. With `repair` the search
/// index is made anew if it disagrees with the rows. Rows themselves are never changed here.
pub fn verify(path: &Path, repair: bool) -> Result<Vec<String>, StoreError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let failed = StoreError::sqlite("verify", path);
    // Checking the index takes the writer's lock, though nothing is written.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(PATIENCE).map_err(&failed)?;
    if schema::check(&connection, path)? == State::Empty {
        return Ok(Vec::new());
    }
    let mut findings = damage(&connection).map_err(&failed)?;
    if findings.is_empty() {
        findings.extend(rows(&connection).map_err(&failed)?);
        findings.extend(index(&connection, repair).map_err(&failed)?);
    }
    Ok(findings)
}

/// What SQLite says of its own file.
fn damage(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA quick_check(20)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").map(|line| format!("damaged file: {line}")).collect())
}

/// Rows whose record is no JSON, or that of another article.
fn rows(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id FROM articles WHERE NOT json_valid(record) OR json_extract(record, '$.id') IS NOT id \
               ORDER BY doc";
    let mut statement = connection.prepare(sql)?;
    let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
    let ids: Vec<String> = ids.collect::<rusqlite::Result<_>>()?;
    let mut findings: Vec<String> = ids
        .iter()
        .take(MAX_NAMED)
        .map(|id| format!("the record of row {id} is not that of the article"))
        .collect();
    if ids.len() > MAX_NAMED {
        findings.push(format!("{} more rows like these", ids.len() - MAX_NAMED));
    }
    Ok(findings)
}

/// Whether the index holds exactly the words of the rows.
fn index(connection: &Connection, repair: bool) -> rusqlite::Result<Option<String>> {
    let check = "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)";
    match connection.execute(check, []) {
        Ok(_) => Ok(None),
        Err(error) if error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseCorrupt) => Err(error),
        Err(_) if repair => {
            connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')", [])?;
            Ok(Some("the search index disagreed with the rows, and was made anew".to_owned()))
        }
        Err(_) => Ok(Some("the search index disagrees with the rows (--repair makes it anew)".to_owned())),
    }
}
