//! Stories and their articles, for people and other programs.

use std::path::Path;

use copydesk_core::{Duplicate, Story, StoryArticle, StoryRecord};
use rusqlite::{Connection, Row};
use serde::Deserialize;

use crate::StoreError;
use crate::read::{self, STORIES, open_present};

const COLUMNS: &str = "SELECT id, title, first_id, first_published, last_id, last_published, articles, sources, \
                       n_sources, names, version FROM stories";

/// An article of the store, as far as it belongs with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its place in the ledger.
    pub seq: u64,
    /// Where it came from.
    pub uri: String,
    /// The headline.
    pub title: Option<String>,
    /// How its text begins, at most a hundred characters.
    pub opening: String,
    /// As in the record.
    pub published: Option<String>,
    /// What it is a copy of.
    pub duplicate: Option<Duplicate>,
    /// The story it is in.
    pub story: Option<Story>,
}

/// What a record says of other articles.
#[derive(Deserialize)]
struct Ties {
    duplicate: Option<Duplicate>,
    story: Option<Story>,
}

impl Member {
    /// What is selected for a member, in this order.
    pub(crate) const COLUMNS: &str =
        "SELECT id, seq, uri, title, published, record, substr(text, 1, 100) FROM articles";

    pub(crate) fn of(row: &Row<'_>) -> rusqlite::Result<Member> {
        let record: String = row.get(5)?;
        let ties = serde_json::from_str(&record).unwrap_or(Ties { duplicate: None, story: None });
        Ok(Member {
            id: row.get(0)?,
            seq: row.get::<_, i64>(1)?.cast_unsigned(),
            uri: row.get(2)?,
            title: row.get(3)?,
            opening: row.get(6)?,
            published: row.get(4)?,
            duplicate: ties.duplicate,
            story: ties.story,
        })
    }
}

/// The stories of the store, at most so many: that with the latest article first.
pub fn stories(path: &Path, limit: usize) -> Result<Vec<StoryRecord>, StoreError> {
    let connection = open_present(path)?;
    let failed = StoreError::sqlite("read", path);
    let sql = format!("{COLUMNS} ORDER BY last_published DESC, rowid DESC LIMIT ?1");
    let mut statement = connection.prepare(&sql).map_err(&failed)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map([limit], |row| Ok(story_of(row))).map_err(&failed)?;
    let mut stories = Vec::new();
    for row in rows {
        stories.push(row.map_err(&failed)?.map_err(|id| StoreError::BadRow { path: path.to_owned(), id })?);
    }
    Ok(stories)
}

/// The story whose id is, or begins with, `id`, and its articles in order of time. An article without a date stands
/// where it came in.
pub fn story(path: &Path, id: &str) -> Result<(StoryRecord, Vec<Member>), StoreError> {
    let connection = open_present(path)?;
    let failed = StoreError::sqlite("read", path);
    // Story and articles as of one moment.
    let transaction = connection.unchecked_transaction().map_err(&failed)?;
    let id = read::only(&transaction, path, STORIES, id)?;
    let record = transaction
        .query_row(&format!("{COLUMNS} WHERE id = ?1"), [&id], |row| Ok(story_of(row)))
        .map_err(&failed)?
        .map_err(|id| StoreError::BadRow { path: path.to_owned(), id })?;
    let sql = format!("{} WHERE story = ?1 ORDER BY seq", Member::COLUMNS);
    let mut statement = transaction.prepare(&sql).map_err(&failed)?;
    let rows = statement.query_map([&id], Member::of).map_err(&failed)?;
    let members: Vec<Member> = rows.collect::<Result<_, _>>().map_err(&failed)?;
    Ok((record, in_time(members)))
}

/// Sorts by date what comes in the order of the ledger.
fn in_time(members: Vec<Member>) -> Vec<Member> {
    let mut last = String::new();
    let mut dated: Vec<(String, Member)> = Vec::with_capacity(members.len());
    for member in members {
        if let Some(published) = &member.published {
            last.clone_from(published);
        }
        dated.push((last.clone(), member));
    }
    dated.sort_by(|(a, _), (b, _)| a.cmp(b));
    dated.into_iter().map(|(_, member)| member).collect()
}

/// The story of a row; the id of one that cannot be read.
fn story_of(row: &Row<'_>) -> Result<StoryRecord, String> {
    let read = || {
        let article = |id: usize| {
            let published = row.get(id + 1).ok()?;
            Some(StoryArticle { id: row.get::<_, String>(id).ok()?.parse().ok()?, published })
        };
        let number = |column: usize| row.get::<_, i64>(column).ok().map(i64::cast_unsigned);
        let list = |column: usize| serde_json::from_str(&row.get::<_, String>(column).ok()?).ok();
        Some(StoryRecord {
            id: row.get(0).ok()?,
            title: row.get(1).ok()?,
            first: article(2)?,
            last: article(4)?,
            articles: number(6)?,
            sources: list(7)?,
            n_sources: number(8)?,
            names: list(9)?,
            version: number(10)?,
        })
    };
    read().ok_or_else(|| row.get(0).unwrap_or_default())
}

/// The stories that can be read of a damaged store.
pub(crate) fn readable(connection: &Connection) -> Vec<StoryRecord> {
    let Ok(mut statement) = connection.prepare(COLUMNS) else { return Vec::new() };
    let Ok(rows) = statement.query_map([], |row| Ok(story_of(row))) else { return Vec::new() };
    rows.map_while(Result::ok).filter_map(Result::ok).collect()
}
