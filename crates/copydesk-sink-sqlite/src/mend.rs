//! Mending a store: rows taken out or replaced, and a damaged file made anew from what of it can be read.
//!
//! What is taken out goes to `PATH.damaged.jsonl` first; a damaged file stays beside the new one as
//! `PATH.damaged`. Killed anywhere, nothing is lost, and mending again ends the work.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{Parcel, RecordHead, Seq};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::store::Store;
use crate::stories::readable;
use crate::verify::{is_corrupt, open};

/// Takes rows out of the store, by what stands for their id.
pub fn remove_rows(path: &Path, ids: &[String]) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("write", path);
    let mut connection = open(path)?;
    keep(&connection, path, ids)?;
    let transaction = connection.transaction().map_err(&failed)?;
    for id in ids {
        transaction.execute("DELETE FROM articles WHERE id = ?1", params![id]).map_err(&failed)?;
    }
    transaction.commit().map_err(&failed)
}

/// Puts parcels in the place of the rows with their ids, in one transaction.
pub fn replace_rows(path: &Path, parcels: &[Parcel]) -> Result<(), StoreError> {
    let ids: Vec<String> = parcels.iter().map(|parcel| parcel.id.to_string()).collect();
    keep(&open(path)?, path, &ids)?;
    let mut store = Store::open(path)?;
    store.replace(path, parcels)?;
    store.close(path)
}

/// Appends rows, column by column as JSON, to the file of what was taken out.
fn keep(connection: &Connection, path: &Path, ids: &[String]) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("read", path);
    let kept = beside(path, "damaged.jsonl");
    let mut lines = Vec::new();
    for id in ids {
        let mut statement = connection.prepare("SELECT * FROM articles WHERE id = ?1").map_err(&failed)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([id]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let mut line = serde_json::Map::new();
            for (column, name) in names.iter().enumerate() {
                let value = match row.get_ref(column).map_err(&failed)? {
                    ValueRef::Null => serde_json::Value::Null,
                    ValueRef::Integer(number) => number.into(),
                    ValueRef::Real(number) => number.into(),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
                };
                line.insert(name.clone(), value);
            }
            lines.extend_from_slice(serde_json::Value::from(line).to_string().as_bytes());
            lines.push(b'\n');
        }
    }
    let write = || {
        let mut file = OpenOptions::new().append(true).create(true).open(&kept)?;
        file.write_all(&lines)?;
        file.sync_all()?;
        sync_folder(&kept)
    };
    write().map_err(|error| StoreError::Folder { path: kept.clone(), error })
}

/// Makes a damaged store anew from the rows that can be read, and puts the damaged file aside. Returns how many
/// rows were saved. A file that is no database at all is put aside, and no rows are saved.
pub fn rebuild(path: &Path) -> Result<u64, StoreError> {
    let io = |error| StoreError::Folder { path: path.to_owned(), error };
    let making = beside(path, "making");
    for ending in ["", "-wal", "-shm"] {
        remove(&suffixed(&making, ending)).map_err(io)?;
    }
    let mut saved = 0;
    let mut new = Store::open(&making)?;
    if let Ok(old) = open(path) {
        each_parcel(&old, &mut |parcel| {
            saved += 1;
            new.write(&making, &[Arc::new(parcel)])
        })?;
        new.write_stories(&making, &readable(&old))?;
    }
    new.close(&making)?;
    File::open(&making).and_then(|file| file.sync_all()).map_err(io)?;
    let made = beside(path, "mended");
    fs::rename(&making, &made).and_then(|()| sync_folder(path)).map_err(io)?;
    finish(path).map_err(io)?;
    Ok(saved)
}

/// True if a store that was made anew waits to take the place of the damaged one.
pub fn is_half_mended(path: &Path) -> bool {
    beside(path, "mended").exists()
}

/// Puts a store that was made anew in its place.
pub fn finish_rebuild(path: &Path) -> Result<(), StoreError> {
    finish(path).map_err(|error| StoreError::Folder { path: path.to_owned(), error })
}

fn finish(path: &Path) -> io::Result<()> {
    let aside = (0..u32::MAX)
        .map(|nth| beside(path, &if nth == 0 { "damaged".to_owned() } else { format!("damaged.{nth}") }))
        .find(|name| name.symlink_metadata().is_err())
        .unwrap_or_else(|| beside(path, "damaged"));
    if path.exists() {
        fs::hard_link(path, &aside)?;
    }
    // The log would be taken for one of the new file.
    for ending in ["-wal", "-shm"] {
        match fs::rename(suffixed(path, ending), suffixed(&aside, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_folder(path)?;
    fs::rename(beside(path, "mended"), path)?;
    sync_folder(path)
}

/// Every row that can be read, with gaps where the file is damaged.
fn each_parcel(
    connection: &Connection,
    each: &mut dyn FnMut(Parcel) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT rowid, id, seq, uri, title, published, language, text, record FROM articles \
               WHERE rowid > ?1 ORDER BY rowid LIMIT 1";
    let Ok(mut statement) = connection.prepare(sql) else { return Ok(()) };
    let mut last = 0_i64;
    let mut n_failed = 0;
    loop {
        let found = statement.query_row([last], |row| {
            let rowid = row.get::<_, i64>(0)?;
            let text = |column| row.get::<_, String>(column);
            let parcel = (|| {
                let record = text(8).ok()?;
                let head = RecordHead::parse(record.as_bytes()).ok();
                Some(Parcel {
                    id: text(1).ok()?.parse().ok()?,
                    seq: Seq(row.get::<_, i64>(2).ok()?.cast_unsigned()),
                    supersedes: None,
                    amends: None,
                    story: None,
                    uri: text(3).ok()?,
                    title: row.get(4).ok()?,
                    published: row.get(5).ok()?,
                    language: row.get(6).ok()?,
                    duplicate_of: head.as_ref().and_then(|head| head.duplicate_of),
                    story_id: head.and_then(|head| head.story_id),
                    text: text(7).ok()?,
                    record,
                })
            })();
            Ok((rowid, parcel))
        });
        match found {
            Ok((rowid, parcel)) => {
                last = rowid;
                n_failed = 0;
                parcel.map_or(Ok(()), &mut *each)?;
            }
            // A page that cannot be read hides a stretch of rows; beyond it they may be whole again.
            Err(error) if is_corrupt(&error) && n_failed < LONGEST_GAP => {
                n_failed += 1;
                last += 1;
            }
            Err(_) => return Ok(()),
        }
    }
}

/// Rows in a row that may be unreadable before the rest is given up.
const LONGEST_GAP: u32 = 10_000;

fn beside(path: &Path, ending: &str) -> PathBuf {
    suffixed(path, &format!(".{ending}"))
}

fn suffixed(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
