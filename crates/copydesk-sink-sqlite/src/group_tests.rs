//! Copies, stories, and stores of version 1, which knew neither.

use std::path::Path;
use std::sync::Arc;

use copydesk_core::{
    ArticleId, Duplicate, DuplicateKind, Parcel, Seq, Sink, Story, StoryArticle, StoryRecord,
};
use copydesk_testkit::article;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::*;

/// The tables of version 1, as they were.
const VERSION_1: &str = "
PRAGMA page_size = 8192; PRAGMA journal_mode = wal;
PRAGMA application_id = 0x6364736b; PRAGMA user_version = 1;
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
END;";

/// A parcel of an invented article; `of` and `story` are what it belongs with.
fn grouped(seq: u64, of: Option<ArticleId>, story: Option<&str>, published: Option<&str>) -> Parcel {
    let mut article = article(&format!("Rain fell {seq} times.\nThe \"duplicate\" bridge is closed."));
    article.seq = Seq(seq);
    article.title = Some(format!("Report {seq}"));
    article.published = published.map(str::to_owned);
    article.duplicate = of.map(|of| near(of, 0.75));
    article.story = story.map(|id| Story { id: id.to_owned(), similarity: 0.5 });
    Parcel::new(&article, None)
}

fn near(of: ArticleId, similarity: f64) -> Duplicate {
    Duplicate { of, kind: DuplicateKind::Near, similarity, shared: None, via: None }
}

fn record_of(id: &str, first: &Parcel, last: &Parcel, version: u64) -> StoryRecord {
    let article = |of: &Parcel| StoryArticle { id: of.id, published: of.published.clone() };
    StoryRecord {
        id: id.to_owned(),
        title: first.title.clone(),
        articles: version,
        first: article(first),
        last: article(last),
        sources: vec!["lantern.example".to_owned()],
        n_sources: 1,
        names: vec!["Ada Quill".to_owned()],
        version,
    }
}

async fn write(path: &Path, parcels: &[Parcel]) {
    let mut sink = SqliteSink::new(SqliteOptions { path: path.to_owned() });
    let batch: Vec<Arc<Parcel>> = parcels.iter().cloned().map(Arc::new).collect();
    sink.write(&batch).await.unwrap();
    sink.close().await.unwrap();
}

fn version_1(path: &Path, parcels: &[Parcel]) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(VERSION_1).unwrap();
    for (doc, parcel) in (1..).zip(parcels) {
        connection
            .execute(
                "INSERT INTO articles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    parcel.id.to_string(),
                    doc,
                    parcel.seq.0.cast_signed(),
                    parcel.uri,
                    parcel.title,
                    parcel.published,
                    parcel.language,
                    parcel.text,
                    parcel.record
                ],
            )
            .unwrap();
        let index = "INSERT INTO articles_fts (rowid, title, text) VALUES (?1, ?2, ?3)";
        connection.execute(index, params![doc, parcel.title, parcel.text]).unwrap();
    }
}

/// What the columns of version 2 hold, in the order of the ledger.
fn groups(path: &Path) -> Vec<(Option<String>, Option<String>)> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT duplicate_of, story FROM articles ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn version_of(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_store_of_version_1_goes_on() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let lead = grouped(1, None, None, None);
    let copy = grouped(2, Some(lead.id), None, None);
    let mut damaged = grouped(3, None, None, None);
    damaged.record = "{".to_owned();
    let told = grouped(4, None, Some("s-1"), None);
    let old = [lead.clone(), copy.clone(), damaged, told];
    version_1(&path, &old);
    // What only reads neither changes the file nor needs the new tables, but where it asks for them.
    assert_eq!(search(&path, "rain", 9).unwrap().len(), 4);
    assert_eq!(load(&path, &copy.id.to_string()).unwrap(), copy.record);
    assert!(matches!(stories(&path, 9), Err(StoreError::Older { found: 1, wanted: 2, .. })));
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len(), found.problems.len(), version_of(&path)), (3, 1, 1), "{found:?}");

    let new = grouped(5, Some(lead.id), Some("s-1"), None);
    write(&path, std::slice::from_ref(&new)).await;
    let (of, story) = (Some(lead.id.to_string()), Some("s-1".to_owned()));
    let expected = [(None, None), (of.clone(), None), (None, None), (None, story.clone()), (of, story)];
    assert_eq!(groups(&path), expected);
    assert_eq!((version_of(&path), search(&path, "rain", 9).unwrap().len()), (2, 5));
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len(), found.problems.len()), (4, 1), "{found:?}");
    assert_eq!(load(&path, &copy.id.to_string()).unwrap(), copy.record);
}

#[tokio::test]
async fn a_store_of_version_1_stays_whole_when_it_cannot_go_on() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    version_1(&path, &[grouped(1, None, None, None)]);
    // The last step of bringing it up to date fails, when all others are done.
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE stories (x)").unwrap();
    let mut sink = SqliteSink::new(SqliteOptions { path: path.clone() });
    assert!(sink.open().await.unwrap_err().message.contains("stories"));
    drop(sink);
    let connection = Connection::open(&path).unwrap();
    let added = "SELECT count(*) FROM pragma_table_info('articles') WHERE name IN ('duplicate_of', 'story')";
    let n_added: i64 = connection.query_row(added, [], |row| row.get(0)).unwrap();
    assert_eq!((n_added, version_of(&path)), (0, 1));
    connection.execute_batch("DROP TABLE stories").unwrap();
    drop(connection);
    write(&path, &[]).await;
    assert_eq!(version_of(&path), 2);
    assert!(verify(&path).unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_damaged_store_of_either_version_keeps_its_groups_when_it_is_made_anew() {
    let folder = TempDir::new().unwrap();
    let (new, old) = (folder.path().join("new.db"), folder.path().join("old.db"));
    let lead = grouped(1, None, None, None);
    let mut copy = grouped(2, Some(lead.id), Some("s-1"), None);
    copy.story = Some(Box::new(record_of("s-1", &lead, &copy, 7)));
    write(&new, &[lead.clone(), copy.clone()]).await;
    version_1(&old, &[lead.clone(), copy.clone()]);
    for path in [&new, &old] {
        assert_eq!(rebuild(path).unwrap(), 2);
        let expected = [(None, None), (Some(lead.id.to_string()), Some("s-1".to_owned()))];
        assert_eq!(groups(path), expected);
        assert!(verify(path).unwrap().problems.is_empty());
    }
    assert_eq!(stories(&new, 9).unwrap(), [*copy.story.unwrap()]);
    assert_eq!(stories(&old, 9).unwrap(), []);
}

#[tokio::test]
async fn a_column_that_is_not_that_of_its_record_is_found() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let lead = grouped(1, None, Some("s-1"), None);
    write(&path, &[lead.clone(), grouped(2, Some(lead.id), None, None)]).await;
    assert!(verify(&path).unwrap().problems.is_empty());
    let spoil = "UPDATE articles SET story = 's-2' WHERE seq = 1; UPDATE articles SET duplicate_of = NULL";
    Connection::open(&path).unwrap().execute_batch(spoil).unwrap();
    let problems = verify(&path).unwrap().problems;
    let messages: Vec<&str> = problems
        .iter()
        .filter_map(|problem| match problem {
            StoreProblem::Row { message, .. } => Some(message.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        messages,
        ["its story is not that of its record", "its duplicate_of is not that of its record"]
    );
}

#[tokio::test]
async fn an_amended_row_says_so_in_its_column_and_is_still_sound() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let worse = grouped(1, None, None, None);
    let mut better = grouped(2, None, None, None);
    better.amends = Some((worse.id, near(better.id, 0.875)));
    write(&path, &[worse.clone(), better.clone()]).await;
    assert_eq!(groups(&path), [(Some(better.id.to_string()), None), (None, None)]);
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len(), found.problems.len()), (2, 0), "{found:?}");
    assert!(load(&path, &worse.id.to_string()).unwrap().contains("\"similarity\":0.875"));
    // A record that is none is left to `verify`.
    Connection::open(&path).unwrap().execute("UPDATE articles SET record = '[' WHERE seq = 1", []).unwrap();
    let mut best = grouped(3, None, None, None);
    best.amends = Some((worse.id, near(best.id, 1.0)));
    write(&path, &[best]).await;
    assert_eq!(load(&path, &worse.id.to_string()).unwrap(), "[");
}

#[tokio::test]
async fn stories_are_listed_by_date_and_shown_in_time() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let mut parcels = vec![
        grouped(1, None, Some("s-aa1"), Some("2026-03-02")),
        grouped(2, None, Some("s-aa1"), Some("2026-03-01T08:00:00Z")),
        grouped(3, None, Some("s-aa1"), None),
        grouped(4, None, Some("s-aa1"), Some("2026-03-01")),
        grouped(5, None, Some("s-aa2"), Some("2026-03-05")),
        grouped(6, None, Some("s-b"), None),
    ];
    let told = [("s-aa1", 3, 0, 4), ("s-aa2", 4, 4, 1), ("s-b", 5, 5, 1)];
    for (id, first, last, version) in told {
        let record = record_of(id, &parcels[first], &parcels[last], version);
        parcels[last].story = Some(Box::new(record));
    }
    write(&path, &parcels).await;
    let ids = |limit| stories(&path, limit).unwrap().into_iter().map(|story| story.id).collect::<Vec<_>>();
    assert_eq!(ids(9), ["s-aa2", "s-aa1", "s-b"]);
    assert_eq!(ids(1), ["s-aa2"]);
    let (record, members) = story(&path, "s-aa1").unwrap();
    assert_eq!(Some(record), parcels[0].story.as_deref().cloned());
    let seqs: Vec<u64> = members.iter().map(|member| member.seq).collect();
    // The one without a date stands behind the one before it in the ledger.
    assert_eq!(seqs, [4, 2, 3, 1]);
    assert_eq!(members[0].story.as_ref().map(|story| story.similarity), Some(0.5));
    assert_eq!(story(&path, "S-B").unwrap().1.len(), 1);
    let ambiguous = story(&path, "s-a").unwrap_err().to_string();
    assert_eq!(ambiguous, "more than one story begins with `s-a` (give more digits: s-aa1, s-aa2)");
    assert!(matches!(story(&path, "s-c"), Err(StoreError::Unknown { what: "story", .. })));
    assert!(matches!(story(&path, "' OR 1"), Err(StoreError::Unknown { .. })));
}

#[tokio::test]
async fn copies_are_found_from_what_they_copy() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let lead = grouped(1, None, None, None);
    let copy = grouped(2, Some(lead.id), None, None);
    let gone = ArticleId::from_bytes([9; 32]);
    let orphan = grouped(3, Some(gone), None, None);
    let mut better = grouped(9, None, None, None);
    better.amends = Some((lead.id, near(better.id, 0.8)));
    write(&path, &[lead.clone(), copy.clone(), orphan, better.clone(), grouped(11, None, None, None)]).await;
    let copies = Copies::open(&path).unwrap();
    let mut leads = copies.leads().unwrap();
    leads.sort();
    let mut expected = vec![(lead.id.to_string(), 2), (gone.to_string(), 3), (better.id.to_string(), 9)];
    expected.sort();
    assert_eq!(leads, expected);
    let seqs =
        |id: &ArticleId| copies.of(&id.to_string()).unwrap().iter().map(|copy| copy.seq).collect::<Vec<_>>();
    assert_eq!((seqs(&lead.id), seqs(&better.id), seqs(&copy.id)), (vec![2], vec![1], vec![]));
    assert_eq!(copies.text(&copy.id.to_string()).unwrap(), Some(copy.text));
    let amended = copies.article(&lead.id.to_string()).unwrap().unwrap();
    assert_eq!(amended.duplicate, Some(near(better.id, 0.8)));
    assert_eq!(copies.article(&gone.to_string()).unwrap(), None);
    assert_eq!(copies.ids("", 3).unwrap().len(), 3);
    assert_eq!(copies.ids(&lead.id.to_string().to_uppercase(), 3).unwrap(), [lead.id.to_string()]);
    write(&path, &[grouped(12, Some(lead.id), None, None)]).await;
    assert_eq!(seqs(&lead.id), [2], "what came later is not seen");
}
