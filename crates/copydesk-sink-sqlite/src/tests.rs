use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{Action, ArticleId, Parcel, Seq, Sink};
use copydesk_testkit::{ODD_TEXTS, SinkTraits, parcel, revision, sink_conformance};
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

fn sink_at(path: &Path) -> SqliteSink {
    SqliteSink::new(SqliteOptions { path: path.to_owned() })
}

async fn filled(folder: &TempDir, texts: &[&str]) -> (PathBuf, SqliteSink) {
    let path = folder.path().join("a.db");
    let mut sink = sink_at(&path);
    let batch: Vec<Arc<Parcel>> = (1..).zip(texts).map(|(seq, text)| Arc::new(parcel(seq, text))).collect();
    sink.open().await.unwrap();
    sink.write(&batch).await.unwrap();
    (path, sink)
}

fn titles(path: &Path, typed: &str) -> Vec<String> {
    search(path, typed, 10).unwrap().into_iter().map(|hit| hit.title.unwrap_or_default()).collect()
}

/// Asks SQLite and FTS5 whether the file is sound.
fn assert_sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let answer: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(answer, "ok");
    connection
        .execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)", [])
        .unwrap();
}

#[tokio::test]
async fn the_sqlite_sink_conforms() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new/folders/a.db");
    let record = |id: ArticleId| load(&path, &id.to_string()).ok();
    let story = |id: &str| story(&path, id).ok().map(|(story, _)| story);
    let traits = SinkTraits { holds: true, replaces: true, record: Some(&record), story: Some(&story) };
    sink_conformance(|| sink_at(&path), traits).await;
    assert_sound(&path);
}

#[tokio::test]
async fn a_row_holds_what_the_parcel_holds() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(&folder, &[]).await;
    let odd: Vec<Arc<Parcel>> = (1..)
        .zip(ODD_TEXTS)
        .map(|(seq, raw)| {
            let mut parcel = parcel(seq, &format!("Odd\n{raw}"));
            parcel.title = Some((*raw).to_owned());
            parcel.text = format!("{raw}\0{raw}");
            Arc::new(parcel)
        })
        .collect();
    sink.write(&odd).await.unwrap();
    sink.close().await.unwrap();
    let connection = Connection::open(&path).unwrap();
    for parcel in &odd {
        let sql = "SELECT seq, uri, title, published, language, text, record FROM articles WHERE id = ?1";
        let row = connection.query_row(sql, [parcel.id.to_string()], |row| {
            Ok(Parcel {
                id: parcel.id,
                supersedes: None,
                amends: None,
                story: None,
                seq: copydesk_core::Seq(row.get::<_, i64>(0)?.cast_unsigned()),
                uri: row.get(1)?,
                title: row.get(2)?,
                published: row.get(3)?,
                language: row.get(4)?,
                duplicate_of: None,
                story_id: None,
                text: row.get(5)?,
                record: row.get(6)?,
            })
        });
        assert_eq!(row.unwrap(), **parcel);
        assert_eq!(load(&path, &parcel.id.short()).unwrap(), parcel.record);
    }
    assert_sound(&path);
}

#[tokio::test]
async fn words_phrases_and_prefixes_find_articles() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(
        &folder,
        &[
            "Ferry late\nHeavy rain fell on the old quay.",
            "Rain again\nThe ferry sailed; rain heavy as lead. Ein Café in Ålesund öffnet.",
            "大雨\n大雨が港に降った。ferry",
        ],
    )
    .await;
    // The sink is still open: searching needs no lock on it.
    assert_eq!(titles(&path, "heavy rain"), ["Rain again", "Ferry late"]);
    assert_eq!(titles(&path, "\"heavy rain\""), ["Ferry late"]);
    assert_eq!(titles(&path, "sail*"), ["Rain again"]);
    assert_eq!(titles(&path, "cafe alesund OFFNET"), ["Rain again"]);
    assert_eq!(titles(&path, "港に ferry"), ["大雨"]);
    assert_eq!(titles(&path, "大雨"), ["大雨"]);
    assert_eq!(titles(&path, "snow"), [""; 0]);
    assert_eq!(titles(&path, " *\" "), [""; 0]);
    let hit = &search(&path, "quay", 1).unwrap()[0];
    assert_eq!(hit.snippet.get(hit.matches[0].clone()), Some("quay"));
    assert!(hit.snippet.contains("on the old quay."), "{}", hit.snippet);
    let hit = &search(&path, "港", 1).unwrap()[0];
    assert_eq!(hit.snippet.get(hit.matches[0].clone()), Some("港"));
    sink.close().await.unwrap();
    assert_eq!(search(&path, "rain", 1).unwrap().len(), 1);
}

#[tokio::test]
async fn a_superseded_row_is_found_no_more() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(&folder, &["Ferry late\nIt sails at noon."]).await;
    let old = parcel(1, "Ferry late\nIt sails at noon.");
    let new = revision(2, "Ferry later\nIt sails at one.", Some(old.id));
    sink.write(&[Arc::new(new)]).await.unwrap();
    assert_eq!(titles(&path, "noon"), [""; 0]);
    assert_eq!(titles(&path, "sails"), ["Ferry later"]);
    assert!(matches!(load(&path, &old.id.to_string()), Err(StoreError::Unknown { .. })));
    assert_sound(&path);
}

#[tokio::test]
async fn a_row_deleted_by_hand_leaves_the_index_right() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(&folder, &["One\nRain", "Two\nRain", "Three\nRain"]).await;
    sink.close().await.unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute("DELETE FROM articles WHERE title = 'Two'", []).unwrap();
    connection.execute_batch("UPDATE articles SET title = 'Four' WHERE title = 'Three'; VACUUM").unwrap();
    drop(connection);
    assert_eq!(titles(&path, "rain"), ["One", "Four"]);
    assert_eq!(titles(&path, "two"), [""; 0]);
    assert_eq!(titles(&path, "four"), ["Four"]);
    assert_sound(&path);
}

#[tokio::test]
async fn a_file_of_another_is_refused_untouched() {
    let folder = TempDir::new().unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let garbage = folder.path().join("garbage.db");
    fs::write(&garbage, "no database, but long enough to be looked at. ".repeat(100)).unwrap();
    for path in [&foreign, &garbage] {
        let before = fs::read(path).unwrap();
        let error = sink_at(path).open().await.unwrap_err();
        assert_eq!(error.action, Action::Stop, "{error}");
        assert!(error.message.contains(path.to_str().unwrap()), "{error}");
        assert!(error.message.contains("no article store"), "{error}");
        assert!(search(path, "rain", 1).is_err());
        assert_eq!(fs::read(path).unwrap(), before);
    }
    let error = sink_at(folder.path()).open().await.unwrap_err();
    assert_eq!(error.action, Action::Stop);
    // A file where a folder should be may be taken away while the program runs.
    let error = sink_at(&garbage.join("a.db")).open().await.unwrap_err();
    assert!(matches!(error.action, Action::Retry(_)), "{error}");
}

#[tokio::test]
async fn a_later_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(&folder, &["One"]).await;
    sink.close().await.unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let error = sink_at(&path).open().await.unwrap_err();
    assert_eq!(error.action, Action::Stop);
    assert!(error.message.contains("schema version 3"), "{error}");
}

#[tokio::test]
async fn a_refused_article_leaves_nothing_of_its_batch() {
    let folder = TempDir::new().unwrap();
    let (path, mut sink) = filled(&folder, &["One"]).await;
    // What the table refuses stands in for what SQLite refuses.
    let forbid = "CREATE TRIGGER no BEFORE INSERT ON articles WHEN new.title = 'Bad' \
                  BEGIN SELECT RAISE(ABORT, 'refused'); END";
    Connection::open(&path).unwrap().execute_batch(forbid).unwrap();
    let batch = [Arc::new(parcel(2, "Good")), Arc::new(parcel(3, "Bad"))];
    assert_eq!(sink.write(&batch).await.unwrap_err().action, Action::Quarantine);
    assert_eq!(sink.inventory().await.unwrap().unwrap().len(), 1);
    sink.write(&batch[..1]).await.unwrap();
    assert_eq!(sink.inventory().await.unwrap().unwrap().len(), 2);
}

#[tokio::test]
async fn ids_are_loaded_by_prefix() {
    let folder = TempDir::new().unwrap();
    let texts: Vec<String> = (0..2000).map(|n| format!("Report {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (path, mut sink) = filled(&folder, &texts).await;
    let mut ids: Vec<String> =
        sink.inventory().await.unwrap().unwrap().iter().map(ToString::to_string).collect();
    ids.sort();
    let shared = |pair: &&[String]| pair[0].get(..4) == pair[1].get(..4);
    let twins = ids.windows(2).find(shared).expect("two of 2000 share 16 bits");
    let prefix: String = twins[0].chars().take(4).collect();
    assert!(matches!(load(&path, &prefix), Err(StoreError::Ambiguous { .. })));
    assert!(load(&path, &twins[0].to_uppercase()).unwrap().contains(&twins[0]));
    assert!(matches!(load(&path, "abc"), Err(StoreError::NotAnId { .. })));
    assert!(matches!(load(&path, "%' OR 1"), Err(StoreError::NotAnId { .. })));
    let nowhere = folder.path().join("nowhere.db");
    assert!(matches!(load(&nowhere, "abcd"), Err(StoreError::Missing { .. })));
    assert!(!nowhere.exists());
}

#[tokio::test]
async fn a_sink_that_is_not_open_looks_and_touches_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sub/a.db");
    assert_eq!(sink_at(&path).inventory().await.unwrap(), Some(vec![]));
    assert!(!folder.path().join("sub").exists());
    let (path, mut sink) = filled(&folder, &["One", "Two"]).await;
    assert_eq!(sink_at(&path).inventory().await.unwrap(), sink.inventory().await.unwrap());
}

/// A parcel with a whole record.
fn recorded(n: u8, seq: u64) -> Parcel {
    let raw = format!("Rain fell {n} times.");
    let block = copydesk_core::Block::plain(
        copydesk_core::Span::new(&raw, 0, raw.len()).unwrap(),
        copydesk_core::BlockKind::Paragraph,
    );
    let origin = copydesk_core::Origin { uri: format!("file:///in/{n}"), ..Default::default() };
    let mut article =
        copydesk_core::Article::new(ArticleId::from_bytes([n; 32]), origin, raw.as_str(), vec![block]);
    article.seq = Seq(seq);
    Parcel::new(&article, None)
}

#[tokio::test]
async fn disagreements_are_found_and_mended_and_nothing_is_thrown_away() {
    let folder = TempDir::new().unwrap();
    assert_eq!(verify(&folder.path().join("none.db")).unwrap(), StoreReport::default());
    let path = folder.path().join("a.db");
    let mut sink = sink_at(&path);
    let parcels: Vec<Arc<Parcel>> = (1..=4).map(|n| Arc::new(recorded(n, n.into()))).collect();
    sink.write(&parcels).await.unwrap();
    assert_eq!((verify(&path).unwrap().rows.len(), verify(&path).unwrap().problems.len()), (4, 0));
    sink.close().await.unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER articles_fts_update; UPDATE articles SET text = 'Hail' WHERE seq = 2;
             UPDATE articles SET record = '{' WHERE seq = 1; UPDATE articles SET uri = 'x' WHERE seq = 3;",
        )
        .unwrap();
    drop(connection);
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len(), found.problems.len()), (1, 4), "{found:?}");
    assert!(found.problems.contains(&StoreProblem::Index));
    replace_rows(&path, &[recorded(1, 1), recorded(2, 2)]).unwrap();
    remove_rows(&path, &[ArticleId::from_bytes([3; 32]).to_string()]).unwrap();
    rebuild_index(&path).unwrap();
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len(), found.problems), (3, vec![]));
    let kept = std::fs::read_to_string(folder.path().join("a.db.damaged.jsonl")).unwrap();
    assert_eq!(kept.lines().count(), 3);
    assert!(kept.contains("Hail"));
}

#[tokio::test]
async fn a_damaged_file_is_made_anew_from_what_can_be_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let mut sink = sink_at(&path);
    let parcels: Vec<Arc<Parcel>> = (1..=200).map(|n| Arc::new(recorded(n, n.into()))).collect();
    sink.write(&parcels).await.unwrap();
    sink.close().await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let row = b"Rain fell 100 times.";
    let place = bytes.windows(row.len()).position(|window| window == row).unwrap() / 8192 * 8192;
    bytes[place..place + 8192].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    assert!(verify(&path).unwrap().problems.iter().any(|problem| matches!(problem, StoreProblem::File(_))));
    let saved = rebuild(&path).unwrap();
    assert!((150..200).contains(&saved), "{saved}");
    let found = verify(&path).unwrap();
    assert_eq!((found.rows.len() as u64, found.problems), (saved, vec![]));
    assert_eq!(std::fs::read(folder.path().join("a.db.damaged")).unwrap(), bytes);
    assert!(!is_half_mended(&path));
    std::fs::write(&path, "no database at all".repeat(100)).unwrap();
    assert_eq!(rebuild(&path).unwrap(), 0);
    assert!(verify(&path).unwrap().rows.is_empty() && folder.path().join("a.db.damaged.1").exists());
}

#[tokio::test]
async fn every_text_is_a_query() {
    let folder = TempDir::new().unwrap();
    let (path, _sink) = filled(&folder, &["One\nRain fell.", "大雨\n大雨が"]).await;
    for typed in ODD_TEXTS {
        search(&path, typed, 3).unwrap();
    }
    search(&path, &"rain ".repeat(10_000), 3).unwrap();
    search(&path, &format!("\"{}\"", "rain ".repeat(10_000)), 3).unwrap();
    search(&path, &"雨 ".repeat(10_000), 3).unwrap();
    let mut runner = proptest::test_runner::TestRunner::default();
    let any = prop_oneof![any::<String>(), "[\"*a雨Ⓐ()^:{}+.,~\u{301} -]{0,40}"];
    runner
        .run(&any, |typed| {
            search(&path, &typed, 3).map(|_| ()).map_err(|error| TestCaseError::fail(error.to_string()))
        })
        .unwrap();
}
