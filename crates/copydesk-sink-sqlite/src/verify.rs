//! Is the file sound, does its search index say what the rows say, and do the rows say what their records say?

use std::path::Path;

use copydesk_core::{ArticleId, RecordHead, Seq};
use rusqlite::{Connection, OpenFlags, Row};

use crate::StoreError;
use crate::schema::{self, State};
use crate::store::PATIENCE;

/// Something that is wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreProblem {
    /// SQLite says that its file is damaged.
    File(String),
    /// The search index is not that of the rows.
    Index,
    /// A row is not that of its article.
    Row {
        /// What stands for its id.
        id: String,
        /// What is wrong, in a few words.
        message: String,
    },
}

/// A row that is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Its id.
    pub id: ArticleId,
    /// Its place in the ledger.
    pub seq: Seq,
    /// Where it came from.
    pub uri: String,
    /// Size of its original.
    pub bytes: u64,
    /// The article it took the place of.
    pub supersedes: Option<ArticleId>,
}

/// What a look at a store found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StoreReport {
    /// Every sound row, in the order of arrival.
    pub rows: Vec<StoredRow>,
    /// What is wrong.
    pub problems: Vec<StoreProblem>,
}

/// Looks at the whole of the store at `path`; a file that does not exist holds nothing. Changes nothing.
pub fn verify(path: &Path) -> Result<StoreReport, StoreError> {
    if !path.exists() {
        return Ok(StoreReport::default());
    }
    let failed = StoreError::sqlite("verify", path);
    let connection = open(path)?;
    let mut report = StoreReport::default();
    let state = schema::check(&connection, path);
    let groups = if let Ok(State::Earlier(_)) = state { "NULL, NULL" } else { "duplicate_of, story" };
    match state {
        Ok(State::Ours | State::Earlier(_)) => {}
        Ok(State::Empty) => return Ok(report),
        Err(error) if error.is_damage() => {
            report.problems.push(StoreProblem::File(error.to_string()));
            return Ok(report);
        }
        Err(error) => return Err(error),
    }
    // A damaged file may break off any of these; what was found until then still tells.
    match damage(&connection) {
        Ok(found) => report.problems = found,
        Err(error) if is_corrupt(&error) => report.problems.push(StoreProblem::File(error.to_string())),
        Err(error) => return Err(failed(error)),
    }
    match rows(&connection, groups, &mut report) {
        Err(error) if is_corrupt(&error) => {
            if !report.problems.iter().any(|problem| matches!(problem, StoreProblem::File(_))) {
                report.problems.push(StoreProblem::File(error.to_string()));
            }
        }
        done => done.map_err(&failed)?,
    }
    if report.problems.iter().all(|problem| !matches!(problem, StoreProblem::File(_))) {
        report.problems.extend(index(&connection).map_err(&failed)?);
    }
    Ok(report)
}

/// Makes the search index anew from the rows.
pub fn rebuild_index(path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("write", path);
    let connection = open(path)?;
    connection
        .execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')", [])
        .map(|_| ())
        .map_err(failed)
}

pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    let failed = StoreError::sqlite("verify", path);
    // Checking the index takes the writer's lock, though nothing is written.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(PATIENCE).map_err(&failed)?;
    Ok(connection)
}

pub(crate) fn is_corrupt(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase | SystemIoFailure))
}

/// What SQLite says of its own file. Faults of the index are told apart by `index`.
fn damage(connection: &Connection) -> rusqlite::Result<Vec<StoreProblem>> {
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
    let is_fault = |line: &String| line != "ok" && !line.contains("FTS5 table");
    Ok(lines.into_iter().filter(is_fault).map(StoreProblem::File).collect())
}

/// `groups` stands for the columns that a store of an earlier version does not have.
fn rows(connection: &Connection, groups: &str, report: &mut StoreReport) -> rusqlite::Result<()> {
    let sql = format!(
        "SELECT id, seq, uri, title, published, language, text, record, {groups} FROM articles ORDER BY doc"
    );
    let has_groups = groups != "NULL, NULL";
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match stored(row, has_groups) {
            Ok(row) => report.rows.push(row),
            Err(message) => {
                let id = text(row, 0).unwrap_or_default();
                report.problems.push(StoreProblem::Row { id, message });
            }
        }
    }
    Ok(())
}

fn text(row: &Row<'_>, column: usize) -> Option<String> {
    String::from_utf8(row.get_ref(column).ok()?.as_bytes().ok()?.to_vec()).ok()
}

/// The row, if its record is that of an article and its columns agree with it.
fn stored(row: &Row<'_>, has_groups: bool) -> Result<StoredRow, String> {
    let record = text(row, 7).ok_or("its record is no text")?;
    let head = RecordHead::parse(record.as_bytes())?;
    if text(row, 0) != Some(head.id.to_string()) {
        return Err("its record is that of another article".to_owned());
    }
    let columns = [
        ("uri", 2, Some(&head.uri)),
        ("title", 3, head.title.as_ref()),
        ("published", 4, head.published.as_ref()),
        ("language", 5, head.language.as_ref()),
        ("text", 6, Some(&head.text)),
    ];
    let duplicate_of = head.duplicate_of.map(|of| of.to_string());
    let groups = [("duplicate_of", 8, duplicate_of.as_ref()), ("story", 9, head.story_id.as_ref())];
    for (name, column, value) in columns.into_iter().chain(groups.into_iter().filter(|_| has_groups)) {
        if text(row, column).as_ref() != value {
            return Err(format!("its {name} is not that of its record"));
        }
    }
    let seq =
        row.get::<_, i64>(1).ok().and_then(|seq| u64::try_from(seq).ok()).ok_or("its seq is no place")?;
    let RecordHead { id, uri, bytes, supersedes, .. } = head;
    Ok(StoredRow { id, seq: Seq(seq), uri, bytes, supersedes })
}

/// Whether the index holds exactly the words of the rows.
fn index(connection: &Connection) -> rusqlite::Result<Option<StoreProblem>> {
    let check = "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)";
    match connection.execute(check, []) {
        Ok(_) => Ok(None),
        Err(error) if is_corrupt(&error) => Ok(Some(StoreProblem::Index)),
        Err(error) => Err(error),
    }
}
