//! Rows as they are written: the one place that knows how an article becomes one.

use copydesk_core::{ArticleId, Duplicate, Parcel, StoryRecord, amended};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

const INSERT: &str = "
INSERT INTO articles (id, doc, seq, uri, title, published, language, duplicate_of, story, text, record)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO NOTHING";
const INDEX: &str = "INSERT INTO articles_fts (rowid, title, text) VALUES (?1, ?2, ?3)";
const LAST_DOC: &str = "SELECT coalesce(max(doc), 0) FROM articles";
const DELETE: &str = "DELETE FROM articles WHERE id = ?1";
const RECORD: &str = "SELECT record FROM articles WHERE id = ?1";
const AMEND: &str = "UPDATE articles SET record = ?2, duplicate_of = ?3 WHERE id = ?1";
const PUT_STORY: &str = "
INSERT INTO stories (id, title, first_id, first_published, last_id, last_published, articles, sources, n_sources,
  names, version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT (id) DO UPDATE SET title = excluded.title,
  first_id = excluded.first_id, first_published = excluded.first_published,
  last_id = excluded.last_id, last_published = excluded.last_published,
  articles = excluded.articles, sources = excluded.sources, n_sources = excluded.n_sources,
  names = excluded.names, version = excluded.version
WHERE excluded.version > stories.version";

/// The rows of a transaction, while it is written.
pub(crate) struct Rows<'t> {
    connection: &'t Connection,
    insert: CachedStatement<'t>,
    index: CachedStatement<'t>,
    delete: CachedStatement<'t>,
    doc: i64,
}

impl<'t> Rows<'t> {
    pub(crate) fn new(connection: &'t Connection) -> rusqlite::Result<Rows<'t>> {
        Ok(Rows {
            connection,
            insert: connection.prepare_cached(INSERT)?,
            index: connection.prepare_cached(INDEX)?,
            delete: connection.prepare_cached(DELETE)?,
            doc: connection.prepare_cached(LAST_DOC)?.query_row([], |row| row.get(0))?,
        })
    }

    /// Writes an article; false if its id was there, and nothing changed.
    pub(crate) fn put(&mut self, parcel: &Parcel) -> rusqlite::Result<bool> {
        let n_inserted = self.insert.execute(params![
            parcel.id.to_string(),
            self.doc + 1,
            parcel.seq.0.cast_signed(),
            parcel.uri,
            parcel.title,
            parcel.published,
            parcel.language,
            parcel.duplicate_of.map(|of| of.to_string()),
            parcel.story_id,
            parcel.text,
            parcel.record,
        ])?;
        if n_inserted == 0 {
            return Ok(false);
        }
        self.doc += 1;
        self.index.execute(params![self.doc, parcel.title, parcel.text])?;
        Ok(true)
    }

    pub(crate) fn remove(&mut self, id: &ArticleId) -> rusqlite::Result<()> {
        self.delete.execute([id.to_string()]).map(|_| ())
    }

    /// Has a row say of what it is a copy, if there is such a row.
    pub(crate) fn amend(&self, id: &ArticleId, duplicate: &Duplicate) -> rusqlite::Result<()> {
        let id = id.to_string();
        let mut find = self.connection.prepare_cached(RECORD)?;
        let record: Option<String> = find.query_row([&id], |row| row.get(0)).optional()?;
        // A record that is none stays as it is: `verify` tells of it.
        let Some(record) = record.and_then(|record| amended(&record, duplicate)) else { return Ok(()) };
        let mut amend = self.connection.prepare_cached(AMEND)?;
        amend.execute(params![id, record, duplicate.of.to_string()]).map(|_| ())
    }
}

/// Writes a story, if the table does not know as late a version.
pub(crate) fn put_story(connection: &Connection, story: &StoryRecord) -> rusqlite::Result<()> {
    let list = |items: &[String]| serde_json::Value::from(items).to_string();
    let mut put = connection.prepare_cached(PUT_STORY)?;
    put.execute(params![
        story.id,
        story.title,
        story.first.id.to_string(),
        story.first.published,
        story.last.id.to_string(),
        story.last.published,
        story.articles.cast_signed(),
        list(&story.sources),
        story.n_sources.cast_signed(),
        list(&story.names),
        story.version.cast_signed(),
    ])
    .map(|_| ())
}
