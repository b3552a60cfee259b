//! Finding the bytes an article was made of: in the drop folder, among what was moved to `done`, or in quarantine.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk_core::{ArticleId, Parcel};
use copydesk_runtime::ledger::ArticleInfo;

use super::desk::Desk;
use super::look::Look;
use crate::cleaner::{CleanOutcome, Found};

/// The original of an article, wherever it still lies.
pub(super) fn find(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<Found> {
    let file = look.ledger.file_of(article)?;
    let here = path_of(&file.uri);
    let moved = candidates_in_done(desk, look, &file.path);
    here.into_iter().chain(moved).find_map(|path| desk.cleaner.find(&path, &file.uri, &article.id))
}

/// True if the file at the URI holds the article; `None` if there is no such file.
pub(super) fn holds(desk: &Desk, uri: &str, id: &ArticleId) -> Option<bool> {
    let path = path_of(uri)?;
    let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    is_file.then(|| desk.cleaner.find(&path, uri, id).is_some())
}

/// The article made once more, by the stages that need no other articles.
pub(super) fn cleaned(desk: &Desk, look: &Look, article: &ArticleInfo) -> Option<Parcel> {
    let part = find(desk, look, article)?.part?;
    let CleanOutcome::Article(mut made) = desk.cleaner.clean_part(&part) else { return None };
    made.seq = article.seq;
    if let Some(old) = article.replaces.iter().rev().find(|old| **old != article.id) {
        made.notes.insert("supersedes".into(), old.to_string().into());
    }
    Some(Parcel::new(&made, None))
}

/// The bytes of an entry of the quarantine, if they are those of the article.
pub(super) fn set_aside(desk: &Desk, key: &str, id: &ArticleId) -> Option<Arc<[u8]>> {
    use sha2::{Digest, Sha256};
    let bytes = fs::read(desk.state.join("quarantine").join(key).join("bytes")).ok()?;
    (*id.as_bytes() == <[u8; 32]>::from(Sha256::digest(&bytes))).then(|| bytes.into())
}

/// Where a file may have been moved once it was settled: under its name, or with a number behind it.
fn candidates_in_done(desk: &Desk, look: &Look, path: &[u8]) -> Vec<PathBuf> {
    let Some(mut folder) = desk.folder.clone() else { return Vec::new() };
    folder.path.clone_from(&look.root);
    let place = folder.done_folder().join(OsStr::from_bytes(path));
    let (Some(below), Some(name)) = (place.parent(), place.file_name()) else { return Vec::new() };
    let names = fs::read_dir(below).into_iter().flatten().filter_map(|name| Some(name.ok()?.file_name()));
    let mut found: Vec<PathBuf> = names
        .filter(|other| other.as_bytes().starts_with(name.as_bytes()))
        .map(|other| below.join(other))
        .collect();
    found.sort();
    found
}

/// The path a `file:` URI stands for, without `#N`.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?.split('#').next()?.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        let escaped = rest.get(at + 1..at + 3).filter(|_| byte == b'%');
        let decoded = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(decoded.unwrap_or(byte));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

/// The path below the source's root that a URI stands for; the whole path where it is not below it.
pub(super) fn below_root(root: &Path, uri: &str) -> Vec<u8> {
    let path = path_of(uri).unwrap_or_else(|| PathBuf::from(uri));
    let below = path.strip_prefix(root).unwrap_or(&path);
    below.as_os_str().as_bytes().to_vec()
}

/// The place in its file that a URI names, from 0.
pub(super) fn part_of(uri: &str) -> u32 {
    let nth = uri.rsplit_once('#').and_then(|(_, nth)| nth.parse::<u32>().ok());
    nth.map_or(0, |nth| nth.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_leads_back_to_its_path() {
        let path = Path::new("/in/a b\n%41#é.txt");
        let uri = crate::cleaner::file_uri(path) + "#3";
        assert_eq!((path_of(&uri).unwrap(), part_of(&uri)), (path.to_owned(), 2));
        assert_eq!(below_root(Path::new("/in"), &uri), "a b\n%41#é.txt".as_bytes());
        assert_eq!(below_root(Path::new("/out"), &uri), path.as_os_str().as_bytes());
    }
}
