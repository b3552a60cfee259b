//! The quarantine looked at from outside, for `verify`: what cannot be read, whose bytes are not what they were,
//! and how an entry is put back or aside.

use std::fs;
use std::io;
use std::path::Path;

use copydesk_core::ArticleId;
use sha2::{Digest, Sha256};

use super::store::{Bytes, Entry, Quarantine, read};
use crate::StateLock;
use crate::ledger::sync_folder;

/// One folder of the quarantine.
#[derive(Debug)]
pub struct Inspected {
    /// Its name.
    pub key: String,
    /// What it says of itself, if that can be read.
    pub entry: Option<Entry>,
    /// What is wrong with it, in a few words.
    pub problem: Option<String>,
}

/// Everything in the quarantine of a state folder, by name; and how many half-made or half-removed folders a
/// crash left, which the next run clears away.
pub fn inspect_quarantine(state: &Path) -> io::Result<(Vec<Inspected>, usize)> {
    let folder = state.join("quarantine");
    let names = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        names => names?,
    };
    let mut found = Vec::new();
    let mut n_leftovers = 0;
    for name in names {
        let key = name?.file_name().to_string_lossy().into_owned();
        if key.starts_with('.') {
            n_leftovers += 1;
        } else {
            found.push(inspect(&folder.join(&key), key));
        }
    }
    found.sort_by(|a, b| a.key.cmp(&b.key));
    Ok((found, n_leftovers))
}

fn inspect(folder: &Path, key: String) -> Inspected {
    let entry = match read(folder) {
        Ok(entry) if entry.key == key => entry,
        Ok(_) => {
            return Inspected { key, entry: None, problem: Some("it is the entry of another name".into()) };
        }
        Err(error) => {
            return Inspected {
                key,
                entry: None,
                problem: Some(format!("its meta.json cannot be read: {error}")),
            };
        }
    };
    let hashed =
        fs::read(folder.join("bytes")).map(|bytes| ArticleId::from_bytes(Sha256::digest(bytes).into()));
    let problem = match hashed {
        _ if !entry.stored => None,
        Ok(id) if id != entry.id => Some("its bytes are not those that were set aside".to_owned()),
        Err(error) => Some(format!("its bytes cannot be read: {error}")),
        Ok(_) if entry.body && !folder.join("body").is_file() => {
            Some("its decompressed bytes are gone".to_owned())
        }
        Ok(_) => None,
    };
    Inspected { key, entry: Some(entry), problem }
}

/// The name of an article's entry, from its file's path below the source's root.
pub fn quarantine_key(path: &[u8], id: &ArticleId) -> String {
    Quarantine::key(path, id)
}

/// Puts an entry in its place with the bytes given, durably; what was there goes aside.
pub fn restore_entry(
    state: &Path,
    lock: &StateLock,
    entry: Entry,
    original: Option<&[u8]>,
    body: Option<&[u8]>,
) -> io::Result<()> {
    set_entry_aside(state, lock, &entry.key)?;
    Quarantine::open(state)?.put(entry, Bytes { original, body })
}

/// Moves an entry out of the quarantine, into `damaged/` of the state folder.
pub fn set_entry_aside(state: &Path, _lock: &StateLock, key: &str) -> io::Result<()> {
    let from = state.join("quarantine").join(key);
    if from.symlink_metadata().is_err() {
        return Ok(());
    }
    let damaged = state.join("damaged");
    fs::create_dir_all(&damaged)?;
    let names = (0..u32::MAX).map(|nth| damaged.join(format!("quarantine-{key}-{nth}")));
    let free =
        names.into_iter().find(|name| name.symlink_metadata().is_err()).unwrap_or_else(|| damaged.join(key));
    fs::rename(&from, free)?;
    sync_folder(&damaged)?;
    sync_folder(&state.join("quarantine"))
}

#[cfg(test)]
mod tests {
    use copydesk_core::Seq;

    use super::super::Kind;
    use super::*;

    fn entry(bytes: &[u8]) -> Entry {
        let id = ArticleId::from_bytes(Sha256::digest(bytes).into());
        Entry {
            key: quarantine_key(b"a.txt", &id),
            seq: Seq(3),
            id,
            uri: "file:///in/a.txt".into(),
            path: "a.txt".into(),
            path_hex: "612e747874".into(),
            file: id,
            part: 0,
            kind: Kind::File,
            media_type: String::new(),
            received: String::new(),
            stage: "read".into(),
            code: "binary".into(),
            reason: "no text".into(),
            time: String::new(),
            size: bytes.len() as u64,
            stored: false,
            body: false,
            attempts: 1,
        }
    }

    fn problem(state: &Path) -> Option<String> {
        let (found, _) = inspect_quarantine(state).unwrap();
        assert_eq!(found.len(), 1);
        found[0].problem.clone()
    }

    #[test]
    fn damage_is_found_and_an_entry_put_back_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let lock = StateLock::acquire(state).unwrap();
        let entry = entry(b"bytes");
        restore_entry(state, &lock, entry.clone(), Some(b"bytes"), None).unwrap();
        assert_eq!(problem(state), None);
        let place = state.join("quarantine").join(&entry.key);
        fs::write(place.join("bytes"), "other").unwrap();
        assert!(problem(state).unwrap().contains("not those"));
        fs::remove_file(place.join("bytes")).unwrap();
        assert!(problem(state).unwrap().contains("cannot be read"));
        fs::write(place.join("meta.json"), "{").unwrap();
        assert!(problem(state).unwrap().contains("meta.json"));
        restore_entry(state, &lock, entry.clone(), Some(b"bytes"), None).unwrap();
        assert_eq!(problem(state), None);
        assert_eq!(
            fs::read(state.join(format!("damaged/quarantine-{}-0/meta.json", entry.key))).unwrap(),
            b"{"
        );
        set_entry_aside(state, &lock, &entry.key).unwrap();
        set_entry_aside(state, &lock, &entry.key).unwrap();
        assert!(inspect_quarantine(state).unwrap().0.is_empty());
        assert!(state.join(format!("damaged/quarantine-{}-1/bytes", entry.key)).exists());
    }
}
