//! What of an index is not as it was written.

use std::collections::BTreeMap;
use std::path::Path;

use super::commit::is_ours;
use super::docs::{Docs, Document, docs_name};
use super::error::IndexError;
use super::folder::{DiskFolder, Folder};
use super::manifest::{MANIFEST, Manifest, NEXT_MANIFEST};
use super::segment::{Segment, filter_name, keys_name};
use super::table::Written;

/// An index that was looked at.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Everything that is damaged: file, place, what.
    pub damage: Vec<IndexError>,
    /// Documents that the files hold, if the list of files can be read.
    pub documents: u64,
    /// What [`Index::persisted`](super::Index::persisted) would say.
    pub persisted: u64,
    /// Bytes on disk.
    pub size: u64,
}

/// Bytes that are read at a time.
const CHUNK: u64 = 1 << 20;

/// Reads all of the index at `path` and changes nothing. No index is no damage.
pub fn inspect(path: &Path) -> Result<Inspection, IndexError> {
    if !path.is_dir() {
        return Ok(Inspection::default());
    }
    inspect_in(&DiskFolder::new(path).map_err(IndexError::io(MANIFEST, "open the folder of"))?)
}

/// Reads all of the index in a folder: see [`inspect`].
pub fn inspect_in(folder: &dyn Folder) -> Result<Inspection, IndexError> {
    let mut inspection = Inspection::default();
    match load(folder) {
        Ok(None) => {}
        Ok(Some(manifest)) => {
            inspection.documents = manifest.docs.iter().map(|file| file.n_documents).sum();
            inspection.persisted = manifest.persisted;
            inspection.size = manifest.files().iter().map(|(_, size)| size).sum();
            inspection.damage = damaged_files(folder, &manifest)?.into_values().flatten().collect();
        }
        Err(error @ IndexError::Damaged { .. }) => inspection.damage.push(error),
        Err(error) => return Err(error),
    }
    Ok(inspection)
}

/// Gives every document of the index at `path` to `visit`, as far as it can be read, and changes nothing.
pub fn each_document(path: &Path, visit: &mut dyn FnMut(Document)) -> Result<(), IndexError> {
    if !path.is_dir() {
        return Ok(());
    }
    let folder = DiskFolder::new(path).map_err(IndexError::io(MANIFEST, "open the folder of"))?;
    let Some(manifest) = load(&folder)? else { return Ok(()) };
    for file in &manifest.docs {
        // What cannot be read is told by `inspect`.
        Docs::open(&folder, file)?.each(visit, &mut |_| {});
    }
    Ok(())
}

/// The manifest; `None` where there is no index.
pub(super) fn load(folder: &dyn Folder) -> Result<Option<Manifest>, IndexError> {
    if let Some(manifest) = Manifest::load(folder)? {
        return Ok(Some(manifest));
    }
    let found = folder.list().map_err(IndexError::io(MANIFEST, "list the folder of"))?;
    // The first manifest comes before all other files.
    if found.iter().any(|(name, _)| is_ours(name) && name != NEXT_MANIFEST) {
        return Err(IndexError::damaged(MANIFEST, 0, "the file is missing"));
    }
    Ok(None)
}

/// What is damaged of the files of a manifest, by the number of the file.
pub(super) fn damaged_files(
    folder: &dyn Folder,
    manifest: &Manifest,
) -> Result<BTreeMap<u64, Vec<IndexError>>, IndexError> {
    let mut damaged = BTreeMap::new();
    for file in &manifest.docs {
        let mut found = Vec::new();
        if !is_whole(folder, &docs_name(file.number), file.written)? {
            match Docs::open(folder, file) {
                Ok(docs) => docs.each(&mut |_| {}, &mut |error| found.push(error)),
                Err(error) => found.push(error),
            }
            or_somewhere(&mut found, &docs_name(file.number));
            damaged.insert(file.number, found);
        }
    }
    for file in &manifest.keys {
        let (keys, filter) = (keys_name(file.number), filter_name(file.number));
        let keys_whole = is_whole(folder, &keys, file.keys)?;
        if !keys_whole || !is_whole(folder, &filter, file.filter)? {
            let mut found = Vec::new();
            match Segment::open(folder, file.clone()) {
                Ok(segment) => segment.check(&mut |error| found.push(error)),
                Err(error) => found.push(error),
            }
            or_somewhere(&mut found, if keys_whole { &filter } else { &keys });
            damaged.insert(file.number, found);
        }
    }
    Ok(damaged)
}

fn or_somewhere(found: &mut Vec<IndexError>, name: &str) {
    if found.is_empty() {
        found.push(IndexError::damaged(name, 0, "the file does not have its checksum"));
    }
}

/// True if a file is as it was written, to the last bit.
fn is_whole(folder: &dyn Folder, name: &str, written: Written) -> Result<bool, IndexError> {
    let file = match folder.open(name) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        opened => opened.map_err(IndexError::io(name, "open"))?,
    };
    if file.length().map_err(IndexError::io(name, "look at"))? != written.size {
        return Ok(false);
    }
    let mut crc = crc32fast::Hasher::new();
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < written.size {
        bytes.resize((written.size - at).min(CHUNK) as usize, 0);
        file.read_exact_at(&mut bytes, at).map_err(IndexError::read(name, at))?;
        crc.update(&bytes);
        at += bytes.len() as u64;
    }
    Ok(crc.finalize() == written.crc)
}
