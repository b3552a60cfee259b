//! Searching and loading, for people and other programs, beside a daemon that writes.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use copydesk_core::ArticleId;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params_from_iter};

use crate::StoreError;
use crate::query::Query;
use crate::schema::{self, State};
use crate::store::PATIENCE;

/// An article found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Where it came from.
    pub uri: String,
    /// The headline.
    pub title: Option<String>,
    /// As in the record.
    pub published: Option<String>,
    /// The place in the text that fits best: one line, without control characters.
    pub snippet: String,
    /// What was searched for, as byte ranges of `snippet`.
    pub matches: Vec<Range<usize>>,
    /// How well it fits; the best has the lowest.
    pub rank: f64,
}

/// What stands around a match in the index's snippets until [`marked`] takes it out again.
const OPEN: char = '\u{2}';
const SHUT: char = '\u{3}';
/// Characters of a snippet on each side of a match found in the text itself.
const AROUND: usize = 80;

/// The articles that hold every word and phrase of `typed`, best first: `"a phrase"`, `prefix*`. No text is a
/// syntax error; one without any letter or digit finds nothing.
pub fn search(path: &Path, typed: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
    let connection = open(path)?;
    let query = Query::parse(typed);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    find(&connection, &query, limit).map_err(StoreError::sqlite("search", path))
}

/// The record of the article whose id is, or begins with, `id` (at least 4 digits).
pub fn load(path: &Path, id: &str) -> Result<String, StoreError> {
    check_digits(id)?;
    let connection = open(path)?;
    let found = only(&connection, path, ARTICLES, id)?;
    let sql = "SELECT record FROM articles WHERE id = ?1";
    let record = connection.query_row(sql, [found], |row| row.get(0)).optional();
    // It may have gone between the two looks.
    let unknown = || StoreError::Unknown { what: ARTICLES.0, given: id.to_owned(), path: path.to_owned() };
    record.map_err(StoreError::sqlite("read", path))?.ok_or_else(unknown)
}

/// Refuses what cannot be the beginning of an article's id.
pub(crate) fn check_digits(id: &str) -> Result<(), StoreError> {
    if (4..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(StoreError::NotAnId { given: id.to_owned() })
}

/// What has ids: as a person calls it, and its table.
pub(crate) type Things = (&'static str, &'static str);
pub(crate) const ARTICLES: Things = ("article", "articles");
pub(crate) const STORIES: Things = ("story", "stories");

/// So many choices are named where an id is the beginning of several.
const MAX_CHOICES: usize = 8;

/// The only id that begins so.
pub(crate) fn only(
    connection: &Connection,
    path: &Path,
    (what, table): Things,
    given: &str,
) -> Result<String, StoreError> {
    let failed = StoreError::sqlite("read", path);
    let first = given.to_ascii_lowercase();
    // "~" sorts after every character of an id.
    let last = format!("{first}~");
    let sql =
        format!("SELECT id FROM {table} WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT {}", MAX_CHOICES + 1);
    let mut statement = connection.prepare(&sql).map_err(&failed)?;
    let rows = statement.query_map([&first, &last], |row| row.get(0)).map_err(&failed)?;
    let mut ids: Vec<String> = rows.collect::<Result<_, _>>().map_err(&failed)?;
    let given = given.to_owned();
    match ids.len() {
        0 => Err(StoreError::Unknown { what, given, path: path.to_owned() }),
        1 => Ok(ids.remove(0)),
        // A whole id may be the beginning of another only among stories.
        _ if ids.first() == Some(&first) => Ok(first),
        n_found => {
            let more = if n_found > MAX_CHOICES { ", …" } else { "" };
            ids.truncate(MAX_CHOICES);
            Err(StoreError::Ambiguous { what, given, choices: ids.join(", ") + more })
        }
    }
}

/// The ids of a store nobody need have open; none if there is no file.
pub(crate) fn stored_ids(path: &Path) -> Result<Vec<ArticleId>, StoreError> {
    match open(path) {
        Err(StoreError::Missing { .. }) => Ok(Vec::new()),
        connection => ids(&connection?, path),
    }
}

/// The ids in the order of their arrival.
pub(crate) fn ids(connection: &Connection, path: &Path) -> Result<Vec<ArticleId>, StoreError> {
    let failed = StoreError::sqlite("read", path);
    let mut statement = connection.prepare("SELECT id FROM articles ORDER BY doc").map_err(&failed)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(&failed)?;
    let mut ids = Vec::new();
    for row in rows {
        let id = row.map_err(&failed)?;
        let parsed = id.parse().map_err(|_| StoreError::BadRow { path: path.to_owned(), id })?;
        ids.push(parsed);
    }
    Ok(ids)
}

/// As [`open`], for what a store of an earlier version does not hold.
pub(crate) fn open_present(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path)?;
    match schema::check(&connection, path)? {
        State::Earlier(found) => {
            Err(StoreError::Older { path: path.to_owned(), found, wanted: schema::SCHEMA_VERSION })
        }
        State::Ours | State::Empty => Ok(connection),
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Ok(metadata) if !metadata.is_file() => return Err(StoreError::NotAFile { path: path.to_owned() }),
        _ => {}
    }
    let failed = StoreError::sqlite("open", path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&failed)?;
    connection.busy_timeout(PATIENCE).map_err(&failed)?;
    match schema::check(&connection, path)? {
        State::Ours | State::Earlier(_) => Ok(connection),
        State::Empty => Err(StoreError::Missing { path: path.to_owned() }),
    }
}

/// Ranks first and looks at texts later, so a common word costs no more than its ranking.
fn find(connection: &Connection, query: &Query, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<&dyn rusqlite::ToSql> = vec![&limit];
    let mut sql = if query.matching.is_empty() {
        "SELECT doc, 0.0 FROM articles WHERE 1".to_owned()
    } else {
        values.push(&query.matching);
        let rows = "SELECT rowid, bm25(articles_fts, 8.0, 1.0) FROM articles_fts WHERE articles_fts MATCH ?2";
        rows.to_owned()
    };
    for substring in &query.substrings {
        values.push(substring);
        // Title and text are the row's own in both cases: the index keeps no copy of them.
        // Writing to a string cannot fail.
        let _ = write!(sql, " AND (instr(text, ?{0}) OR instr(coalesce(title, ''), ?{0}))", values.len());
    }
    sql.push_str(" ORDER BY 2, 1 LIMIT ?1");
    let mut statement = connection.prepare(&sql)?;
    let ranked = statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let ranked: Vec<(i64, f64)> = ranked.collect::<rusqlite::Result<_>>()?;
    let mut hits = Vec::with_capacity(ranked.len());
    for (doc, rank) in ranked {
        // A row may go between the two looks, when a revision takes its place.
        hits.extend(show(connection, query, doc, rank)?);
    }
    Ok(hits)
}

fn show(connection: &Connection, query: &Query, doc: i64, rank: f64) -> rusqlite::Result<Option<Hit>> {
    let sql = "SELECT id, uri, title, published FROM articles WHERE doc = ?1";
    let head = connection
        .prepare_cached(sql)?
        .query_row([doc], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let Some((id, uri, title, published)) = head.optional()? else { return Ok(None) };
    let excerpt = if query.matching.is_empty() {
        let sql = "SELECT text FROM articles WHERE doc = ?1";
        let text =
            connection.prepare_cached(sql)?.query_row([doc], |row| row.get::<_, String>(0)).optional()?;
        text.map(|text| excerpt(&text, query.substrings.first().map_or("", String::as_str)))
    } else {
        let sql = "SELECT snippet(articles_fts, 1, char(2), char(3), '…', 24) FROM articles_fts \
                   WHERE articles_fts MATCH ?1 AND rowid = ?2";
        let values: [&dyn rusqlite::ToSql; 2] = [&query.matching, &doc];
        connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?
    };
    let Some(excerpt) = excerpt else { return Ok(None) };
    let (snippet, matches) = marked(&excerpt);
    Ok(Some(Hit { id, uri, title, published, snippet, matches, rank }))
}

/// What stands around the first `wanted` in `text`, as the index would mark it.
fn excerpt(text: &str, wanted: &str) -> String {
    let Some((before, after)) = text.split_once(wanted) else {
        return text.chars().take(2 * AROUND).collect();
    };
    let mut head: Vec<char> = before.chars().rev().take(AROUND).collect();
    head.reverse();
    let lead = if head.len() < before.len() && before.chars().count() > AROUND { "…" } else { "" };
    let trail = if after.chars().nth(AROUND).is_some() { "…" } else { "" };
    let head: String = head.into_iter().collect();
    let tail: String = after.chars().take(AROUND).collect();
    format!("{lead}{head}{OPEN}{wanted}{SHUT}{tail}{trail}")
}

/// Takes the marks out, and whatever a terminal would obey.
fn marked(excerpt: &str) -> (String, Vec<Range<usize>>) {
    let mut snippet = String::with_capacity(excerpt.len());
    let mut matches = Vec::new();
    let mut start = None;
    for c in excerpt.chars() {
        match c {
            OPEN => start = Some(snippet.len()),
            SHUT => matches.extend(start.take().map(|start| start..snippet.len())),
            c if c.is_whitespace() => {
                if !snippet.ends_with(' ') {
                    snippet.push(' ');
                }
            }
            c if c.is_control() || is_direction(c) => {}
            c => snippet.push(c),
        }
    }
    (snippet, matches)
}

/// True for the characters that turn the direction of what follows them.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
