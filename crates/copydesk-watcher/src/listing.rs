//! What a folder holds, in the order of a backlog, in little memory.
//!
//! A folder sorts as if its name ended in `/`: then a walk that goes down where it meets a folder hands out
//! files in byte order of their whole paths.

use std::cmp::Ordering;

use rustix::fd::AsFd;
use rustix::fs::{FileType, RawDir};
use rustix::io::Errno;

use crate::root::{self, Kind};

/// The entries of one folder. Sixteen bytes and its name an entry, so that a million of them fit.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    names: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    len: u32,
    is_folder: bool,
}

impl Listing {
    /// Lists an open folder, leaving out what `skip` says of name and whether it is a folder.
    pub(crate) fn read(folder: impl AsFd, skip: impl Fn(&[u8]) -> bool) -> Result<Listing, Errno> {
        let folder = folder.as_fd();
        let mut listing = Listing::default();
        let mut buffer = Vec::with_capacity(64 << 10);
        let mut dir = RawDir::new(folder, buffer.spare_capacity_mut());
        while let Some(entry) = dir.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // The folder was removed while it was read.
                Err(Errno::NOENT) => break,
                Err(errno) => return Err(errno),
            };
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") || skip(name) {
                continue;
            }
            let is_folder = match entry.file_type() {
                // Some file systems do not tell before they are asked for the one entry.
                FileType::Unknown => matches!(
                    root::look_in(folder, name), Ok(Some(found)) if found.kind == Kind::Folder
                ),
                file_type => file_type == FileType::Directory,
            };
            listing.push(name, is_folder);
        }
        listing.sort();
        Ok(listing)
    }

    fn push(&mut self, name: &[u8], is_folder: bool) {
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.entries.push(Entry { start, len: name.len() as u32, is_folder });
    }

    fn sort(&mut self) {
        let Listing { names, entries } = self;
        entries.sort_unstable_by(|a, b| {
            compare((name_of(names, a), a.is_folder), (name_of(names, b), b.is_folder))
        });
        entries.shrink_to_fit();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Name and whether it is a folder.
    pub(crate) fn get(&self, idx: usize) -> Option<(&[u8], bool)> {
        self.entries.get(idx).map(|entry| (name_of(&self.names, entry), entry.is_folder))
    }
}

fn name_of<'a>(names: &'a [u8], entry: &Entry) -> &'a [u8] {
    names.get(entry.start..entry.start + entry.len as usize).unwrap_or(b"")
}

fn compare((a, a_is_folder): (&[u8], bool), (b, b_is_folder): (&[u8], bool)) -> Ordering {
    let n_common = a.len().min(b.len());
    let after = |name: &[u8], is_folder: bool| match name.get(n_common) {
        Some(&byte) => Some(byte),
        None if is_folder => Some(b'/'),
        None => None,
    };
    a.get(..n_common)
        .cmp(&b.get(..n_common))
        .then_with(|| after(a, a_is_folder).cmp(&after(b, b_is_folder)))
        .then_with(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_sorts_where_its_paths_do() {
        let mut listing = Listing::default();
        for (name, is_folder) in
            [("b", false), ("a", true), ("a0", false), ("a-", false), ("a.txt", false), ("a!", true)]
        {
            listing.push(name.as_bytes(), is_folder);
        }
        listing.sort();
        let order: Vec<&[u8]> =
            (0..listing.len()).filter_map(|idx| listing.get(idx)).map(|(name, _)| name).collect();
        assert_eq!(order, [&b"a!"[..], b"a-", b"a.txt", b"a", b"a0", b"b"]);
    }

    #[test]
    fn any_name_is_listed() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let long = [b'x'; 255];
        for name in [&b"\xff\xfe"[..], b"a\nb", &long, b"skipped"] {
            std::fs::write(dir.path().join(std::ffi::OsStr::from_bytes(name)), "").unwrap();
        }
        let folder = std::fs::File::open(dir.path()).unwrap();
        let listing = Listing::read(&folder, |name| name == b"skipped").unwrap();
        let names: Vec<&[u8]> =
            (0..listing.len()).filter_map(|idx| listing.get(idx)).map(|(name, _)| name).collect();
        assert_eq!(names, [&b"a\nb"[..], &long, b"\xff\xfe"]);
    }
}
