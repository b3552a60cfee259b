//! The quarantine's folder: `state/quarantine/<key>/{meta.json,bytes,body}`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use copydesk_core::{ArticleId, Seq, crash};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::RuntimeError;
use crate::ledger::{create_folders, sync_folder, write_durably};

/// What the bytes of an entry are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole file.
    File,
    /// One record of a file that holds many.
    Part,
}

/// One article in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name here: made of path and id, so the same bytes under the same path are one entry.
    pub key: String,
    /// Its place in the ledger.
    pub seq: Seq,
    /// Its id.
    pub id: ArticleId,
    /// Its URI, with `#N` for one of many.
    pub uri: String,
    /// Its file's path below the source's root; what is not UTF-8, or cannot be seen, is escaped.
    pub path: String,
    /// The same path's bytes in hexadecimal digits.
    pub path_hex: String,
    /// The hash of its file's bytes.
    pub file: ArticleId,
    /// Its place in the file.
    pub part: u32,
    /// What the bytes are.
    pub kind: Kind,
    /// The media type of the bytes to decode.
    pub media_type: String,
    /// When the file was taken.
    pub received: String,
    /// Which step refused it.
    pub stage: String,
    /// A short fixed word.
    pub code: String,
    /// One line for a person.
    pub reason: String,
    /// When it was set aside, RFC 3339.
    pub time: String,
    /// Size of the original in bytes, where it is known.
    pub size: u64,
    /// True if the bytes are kept here; false if only by reference to the file.
    pub stored: bool,
    /// True if what is decoded is not the original (it was compressed), and kept beside it.
    pub body: bool,
    /// How often it failed.
    pub attempts: u32,
}

/// What is kept with an entry.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bytes<'a> {
    pub(crate) original: Option<&'a [u8]>,
    pub(crate) body: Option<&'a [u8]>,
}

impl Entry {
    /// The path as the file system spells it.
    pub fn path_bytes(&self) -> Option<Vec<u8>> {
        let digits = self.path_hex.as_bytes();
        digits.len().is_multiple_of(2).then_some(())?;
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
    }
}

/// The quarantine of a state folder.
#[derive(Debug)]
pub(crate) struct Quarantine {
    folder: PathBuf,
    /// Names of the entries there are, so that asking costs nothing.
    keys: Mutex<HashSet<String>>,
}

const LARGEST_META: u64 = 1 << 20;

impl Quarantine {
    pub(crate) fn open(state: &Path) -> io::Result<Quarantine> {
        let folder = state.join("quarantine");
        create_folders(&folder)?;
        let mut keys = HashSet::new();
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.starts_with('.') {
                // Left by a crash: half made, or half removed.
                fs::remove_dir_all(folder.join(name))?;
            } else {
                keys.insert(name.to_owned());
            }
        }
        // The process before may have died between putting an entry here and making that durable.
        sync_folder(&folder)?;
        Ok(Quarantine { folder, keys: Mutex::new(keys) })
    }

    /// The name of an article's entry.
    pub(crate) fn key(path: &[u8], id: &ArticleId) -> String {
        let mut hasher = Sha256::new();
        hasher.update((path.len() as u64).to_le_bytes());
        hasher.update(path);
        hasher.update(id.as_bytes());
        hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.keys().contains(key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys().is_empty()
    }

    /// Sets an article aside, durably.
    pub(crate) fn put(&self, mut entry: Entry, bytes: Bytes<'_>) -> io::Result<()> {
        let to = self.folder.join(&entry.key);
        if let Ok(before) = read(&to) {
            // One that has its name, but not durably yet, is the same attempt.
            let again = u32::from(self.contains(&entry.key));
            entry.attempts = entry.attempts.max(before.attempts.saturating_add(again));
            entry.stored |= before.stored;
            entry.body |= before.body;
            write_meta(&to, &entry)?;
            sync_folder(&self.folder)?;
            self.keys().insert(entry.key);
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        let from = self.folder.join(format!(".new-{}", entry.key));
        match fs::remove_dir_all(&from) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(&from)?,
        }
        entry.stored = bytes.original.is_some();
        entry.body = bytes.body.is_some();
        for (name, bytes) in [("bytes", bytes.original), ("body", bytes.body)] {
            if let Some(bytes) = bytes {
                let mut file = File::create(from.join(name))?;
                file.write_all(bytes)?;
                file.sync_all()?;
            }
        }
        crash::point("quarantine.after_bytes");
        write_meta(&from, &entry)?;
        crash::point("quarantine.before_rename");
        fs::rename(&from, &to)?;
        crash::point("quarantine.after_rename");
        sync_folder(&self.folder)?;
        self.keys().insert(entry.key);
        Ok(())
    }

    /// Takes an entry away, if it is there.
    pub(crate) fn remove(&self, key: &str) -> io::Result<()> {
        if !self.keys().remove(key) {
            return Ok(());
        }
        let gone = self.folder.join(format!(".gone-{key}"));
        crash::point("quarantine.before_remove");
        match fs::rename(self.folder.join(key), &gone) {
            Ok(()) => {
                // Or a power loss may leave the old name on a folder that has lost its files.
                sync_folder(&self.folder)?;
                crash::point("quarantine.half_removed");
                fs::remove_dir_all(gone)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every entry that can be read, by place in the ledger.
    pub(crate) fn list(&self) -> Vec<Entry> {
        list(&self.folder)
    }

    /// The entry whose key begins so.
    pub(crate) fn find(&self, key: &str) -> Result<Entry, RuntimeError> {
        find(&self.folder, key)
    }

    /// The original and, where it differs, the body of an entry.
    pub(crate) fn bytes(&self, entry: &Entry) -> io::Result<(Vec<u8>, Option<Vec<u8>>)> {
        let folder = self.folder.join(&entry.key);
        let body = if entry.body { Some(fs::read(folder.join("body"))?) } else { None };
        Ok((fs::read(folder.join("bytes"))?, body))
    }
}

fn write_meta(folder: &Path, entry: &Entry) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(entry).map_err(io::Error::other)?;
    write_durably(&folder.join("meta.json"), &mut |out| out.write_all(&json))
}

pub(super) fn read(folder: &Path) -> io::Result<Entry> {
    let path = folder.join("meta.json");
    if fs::metadata(&path)?.len() > LARGEST_META {
        return Err(io::Error::other("meta.json is too large"));
    }
    serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)
}

fn list(folder: &Path) -> Vec<Entry> {
    let Ok(names) = fs::read_dir(folder) else { return Vec::new() };
    let mut entries: Vec<Entry> = names
        .filter_map(|name| name.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| read(&folder.join(name)).ok())
        .collect();
    entries.sort_by(|a, b| a.seq.cmp(&b.seq).then_with(|| a.key.cmp(&b.key)));
    entries
}

fn find(folder: &Path, key: &str) -> Result<Entry, RuntimeError> {
    let error = |message: String| RuntimeError::Quarantine { key: key.to_owned(), message };
    let key = key.to_ascii_lowercase();
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(error("a key is hexadecimal digits (`copydesk quarantine list` shows them)".into()));
    }
    let names = fs::read_dir(folder).into_iter().flatten();
    let names: Vec<String> = names
        .filter_map(|name| name.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(&key))
        .collect();
    match names.as_slice() {
        [name] => {
            read(&folder.join(name)).map_err(|source| error(format!("cannot read its entry: {source}")))
        }
        [] => Err(error("no such entry (`copydesk quarantine list` shows them)".into())),
        names => Err(error(format!("{} entries begin so: give more digits", names.len()))),
    }
}

/// The quarantine as other processes read it, and the stored bytes of one entry.
#[derive(Debug)]
pub struct QuarantineView {
    folder: PathBuf,
}

/// The quarantine of a state folder, to be read without its lock.
pub fn read_quarantine(state: &Path) -> QuarantineView {
    QuarantineView { folder: state.join("quarantine") }
}

impl QuarantineView {
    /// Every entry, by place in the ledger.
    pub fn list(&self) -> Vec<Entry> {
        list(&self.folder)
    }

    /// The entry whose key begins with these hexadecimal digits.
    pub fn find(&self, key: &str) -> Result<Entry, RuntimeError> {
        find(&self.folder, key)
    }

    /// The original bytes of an entry; `None` if they are kept by reference.
    pub fn bytes(&self, entry: &Entry) -> io::Result<Option<Vec<u8>>> {
        if !entry.stored {
            return Ok(None);
        }
        fs::read(self.folder.join(&entry.key).join("bytes")).map(Some)
    }
}
