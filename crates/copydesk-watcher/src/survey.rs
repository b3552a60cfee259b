//! One look at everything a drop folder holds, for `verify`: no watch, no lock, no change.

use std::path::{Path, PathBuf};

use copydesk_core::FileStamp;
use rustix::io::Errno;

use crate::FolderError;
use crate::listing::Listing;
use crate::names::{self, Ignore};
use crate::options::{After, FolderOptions};
use crate::root::{self, Kind, Root};

/// A file that would be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// Below the folder, as the file system spells it.
    pub path: Vec<u8>,
    /// As it is now.
    pub stamp: FileStamp,
}

/// Hands every regular file of the folder that its options do not pass over to `each`, in byte order of path.
/// `exclude` is left out, as is the folder that settled files are or were moved to.
///
/// # Errors
/// The folder, or one in it, cannot be listed.
pub fn survey(
    options: &FolderOptions,
    exclude: &[PathBuf],
    each: &mut dyn FnMut(Lying),
) -> Result<(), FolderError> {
    let failed = |source: std::io::Error| FolderError::Open { path: options.path.clone(), source };
    let root = Root::open(&options.path).map_err(failed)?;
    let mut excluded = exclude.to_vec();
    excluded.extend(unwatched_done(options, root.path()));
    let ignore = Ignore::new(&options.ignore, root.path(), &excluded)?;
    look(&root, &ignore, b"", each).map_err(|errno| failed(errno.into()))
}

/// Where settled files go while they are moved.
pub(crate) fn done_folder(options: &FolderOptions, root: &Path) -> PathBuf {
    match &options.done {
        Some(done) => names::settled_path(done),
        None => root.join("done"),
    }
}

/// Lies in every folder that settled files were ever moved to.
pub(crate) const DONE_MARK: &str = ".copydesk-done";

/// The folder of settled files, if this is one: then what lies there is no news, whatever `after` is by now.
/// Under `delete`, it would be deleted.
pub(crate) fn unwatched_done(options: &FolderOptions, root: &Path) -> Option<PathBuf> {
    let done = done_folder(options, root);
    let is_one = options.after == After::Move || done.join(DONE_MARK).symlink_metadata().is_ok();
    is_one.then_some(done)
}

impl FolderOptions {
    /// Where settled files go while `after` is `move`.
    pub fn done_folder(&self) -> PathBuf {
        done_folder(self, &names::settled_path(&self.path))
    }
}

fn look(root: &Root, ignore: &Ignore, path: &[u8], each: &mut dyn FnMut(Lying)) -> Result<(), Errno> {
    let (folder, _) = match root.open_folder(path) {
        // It was removed, or is a link by now.
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) if !path.is_empty() => return Ok(()),
        opened => opened?,
    };
    let listing = Listing::read(&folder, |name| ignore.entry(path, name))?;
    for idx in 0..listing.len() {
        let Some((name, is_folder)) = listing.get(idx) else { break };
        let below = names::joined(path, name);
        if is_folder {
            look(root, ignore, &below, each)?;
        } else if let Some(found) = root::look_in(&folder, name)?.filter(|found| found.kind == Kind::File) {
            each(Lying { path: below, stamp: found.stamp });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sees_what_would_be_taken() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["b/c.txt", "b.txt", "a.tmp", ".h/x", "done/x", "state/y"] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "text").unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
        let mut options = FolderOptions { after: After::Move, ..FolderOptions::new(dir.path()) };
        let seen = |options: &FolderOptions| {
            let mut found = Vec::new();
            survey(options, &[dir.path().join("state")], &mut |lying| {
                assert_eq!(lying.stamp.size, 4);
                found.push(String::from_utf8(lying.path).unwrap());
            })
            .unwrap();
            found
        };
        assert_eq!(seen(&options), ["b.txt", "b/c.txt"]);
        assert_eq!(options.done_folder(), dir.path().canonicalize().unwrap().join("done"));
        options.after = After::Keep;
        assert_eq!(seen(&options), ["b.txt", "b/c.txt", "done/x"]);
        options.path = dir.path().join("none");
        assert!(survey(&options, &[], &mut |_| ()).is_err());
    }
}
