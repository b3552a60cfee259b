//! Parcels of a sink that is down, on disk. The file need not survive a power loss: every article in it is
//! pending in the ledger, and comes again from its own file. It serves once more only if that file is gone.

use std::collections::{BTreeMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{Parcel, Seq, crash};

use super::queue::Item;

#[derive(Debug)]
pub(crate) struct Spill {
    path: PathBuf,
    file: Option<File>,
    read_at: u64,
    write_at: u64,
    n_items: u64,
}

/// Length of the parcel, length of the original (`u32::MAX` for none), checksum of both.
const PREFIX: usize = 12;

/// A component's name as one of a file.
pub(crate) fn file_name(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") })
        .collect()
}

impl Spill {
    /// Nothing is spilled yet: what an earlier run left is removed, see [`leftovers`].
    pub(crate) fn new(state: &Path, sink: &str) -> io::Result<Spill> {
        let folder = state.join("spill");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.log", file_name(sink)));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Spill { path, file: None, read_at: 0, write_at: 0, n_items: 0 })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.n_items == 0
    }

    pub(crate) fn len(&self) -> u64 {
        self.n_items
    }

    pub(crate) fn push(&mut self, item: &Item) -> io::Result<()> {
        let json = serde_json::to_vec(&*item.parcel)?;
        let original = item.original.as_deref();
        let n_original = original.map_or(u32::MAX, |bytes| bytes.len() as u32);
        let mut frame = Vec::with_capacity(PREFIX + json.len() + original.map_or(0, <[u8]>::len));
        frame.extend_from_slice(&(json.len() as u32).to_le_bytes());
        frame.extend_from_slice(&n_original.to_le_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(&json);
        frame.extend_from_slice(original.unwrap_or_default());
        let crc = crc32fast::hash(frame.get(PREFIX..).unwrap_or_default());
        frame.splice(8..PREFIX, crc.to_le_bytes());
        if self.file.is_none() {
            let file =
                OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&self.path)?;
            self.file = Some(file);
        }
        if let Some(file) = &self.file {
            // A frame that failed half-way is written over by the next attempt.
            file.write_all_at(&frame, self.write_at)?;
        }
        self.write_at += frame.len() as u64;
        self.n_items += 1;
        crash::point("spill.after_write");
        Ok(())
    }

    /// The oldest items, about as many as fit a batch. After an error they are still there.
    pub(crate) fn fetch(&mut self, max: usize, max_bytes: usize) -> io::Result<Vec<Item>> {
        let (read_at, n_items) = (self.read_at, self.n_items);
        let fetched = self.fetch_on(max, max_bytes);
        if fetched.is_err() {
            (self.read_at, self.n_items) = (read_at, n_items);
        }
        fetched
    }

    fn fetch_on(&mut self, max: usize, max_bytes: usize) -> io::Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut bytes = 0;
        while self.n_items > 0 && items.len() < max && bytes < max_bytes {
            let Some(file) = &self.file else { break };
            let (item, length) = read_item(file, self.read_at)?;
            self.read_at += length;
            self.n_items -= 1;
            bytes += length as usize;
            items.push(item);
        }
        if self.n_items == 0 {
            self.clear();
        }
        Ok(items)
    }

    /// Lets go of everything.
    pub(crate) fn clear(&mut self) {
        self.file = None;
        self.read_at = 0;
        self.write_at = 0;
        self.n_items = 0;
        // A leftover is truncated when it is next used.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// True if reading again would not help: the file does not hold what was written.
pub(crate) fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData)
}

fn read_item(file: &File, at: u64) -> io::Result<(Item, u64)> {
    let mut prefix = [0; PREFIX];
    file.read_exact_at(&mut prefix, at)?;
    let [n_json, n_original, crc] =
        [0, 4, 8].map(|at| u32::from_le_bytes([prefix[at], prefix[at + 1], prefix[at + 2], prefix[at + 3]]));
    let n_kept = if n_original == u32::MAX { 0 } else { u64::from(n_original) };
    let length = u64::from(n_json) + n_kept;
    if at + PREFIX as u64 + length > file.metadata()?.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut payload = vec![0; length as usize];
    file.read_exact_at(&mut payload, at + PREFIX as u64)?;
    if crc32fast::hash(&payload) != crc {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "checksum does not match"));
    }
    let (json, original) = payload.split_at(n_json as usize);
    let parcel: Parcel = serde_json::from_slice(json)?;
    let original = (n_original != u32::MAX).then(|| original.into());
    Ok((Item { parcel: Arc::new(parcel), original }, PREFIX as u64 + length))
}

/// Parcels that an earlier run spilled, of the articles that are `wanted`: their files may be gone since.
pub(crate) fn leftovers(state: &Path, wanted: &HashSet<Seq>) -> Vec<Item> {
    let mut found: BTreeMap<Seq, Item> = BTreeMap::new();
    let Ok(names) = std::fs::read_dir(state.join("spill")) else { return Vec::new() };
    for path in names.filter_map(|name| Some(name.ok()?.path())) {
        let Ok(file) = File::open(path) else { continue };
        let mut at = 0;
        // The last one may be torn.
        while let Ok((item, length)) = read_item(&file, at) {
            at += length;
            if wanted.contains(&item.parcel.seq) {
                found.entry(item.parcel.seq).or_insert(item);
            }
        }
    }
    found.into_values().collect()
}
