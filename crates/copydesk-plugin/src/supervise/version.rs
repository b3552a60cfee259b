//! Which version of a plugin its files are: the stamps by which a change is noticed, and the hash by which people know
//! a version.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use std::os::unix::fs::MetadataExt;

use super::Guest;

/// Files below a watched folder that are looked at.
const MOST: usize = 10_000;

/// How the files of a plugin stood at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stamps(Vec<(PathBuf, Option<Stamp>)>);

/// Device, number, size, and the times of the last change of content and of anything else, in nanoseconds.
type Stamp = (u64, u64, u64, (i64, i64), (i64, i64));

/// A version of a plugin.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) stamps: Arc<Stamps>,
    /// As [`Guest::hash`].
    pub(super) hash: Arc<str>,
}

impl Version {
    /// That which is in the files now.
    pub(super) fn of<G: Guest>(plan: &G::Plan) -> Version {
        // The stamps first: if a file changes in between they are of earlier, and what is started is started again.
        let stamps = Arc::new(Stamps::look(&G::watched(plan)));
        Version { stamps, hash: G::hash(plan).into() }
    }

    /// Whether the files are still those of this version.
    pub(super) fn is_current<G: Guest>(&self, plan: &G::Plan) -> bool {
        *self.stamps == Stamps::look(&G::watched(plan))
    }
}

impl Stamps {
    /// Looks at the files, and at those below the folders.
    pub(super) fn look(watched: &[PathBuf]) -> Stamps {
        let mut stamps = Vec::new();
        for path in watched {
            walk(path, &mut stamps);
        }
        Stamps(stamps)
    }
}

fn walk(path: &Path, stamps: &mut Vec<(PathBuf, Option<Stamp>)>) {
    if stamps.len() >= MOST {
        return;
    }
    let found = std::fs::metadata(path).ok();
    let is_folder = found.as_ref().is_some_and(std::fs::Metadata::is_dir);
    // That files in a folder have come or gone is seen by the files, and what is passed over is to change nothing.
    let stamp = found.filter(|_| !is_folder).map(|found| {
        let modified = (found.mtime(), found.mtime_nsec());
        (found.dev(), found.ino(), found.size(), modified, (found.ctime(), found.ctime_nsec()))
    });
    stamps.push((path.to_owned(), stamp));
    if !is_folder {
        return;
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let mut below: Vec<PathBuf> = entries.filter(is_of_interest).map(|entry| entry.path()).collect();
    below.sort();
    for path in below {
        walk(&path, stamps);
    }
}

/// Not what is hidden, nor what Python writes as it reads, nor a link to a folder: it may lead back here.
fn is_of_interest(entry: &std::fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    !name.starts_with('.') && name != "__pycache__" && !(is_link && entry.path().is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_any_watched_file_is_seen_and_of_no_other() {
        let folder = std::env::temp_dir().join(format!("copydesk-stamps-{}", std::process::id()));
        let lib = folder.join("lib");
        std::fs::create_dir_all(lib.join("__pycache__")).unwrap();
        std::fs::write(folder.join("a.py"), "1").unwrap();
        std::fs::write(lib.join("b.py"), "1").unwrap();
        std::os::unix::fs::symlink(&folder, lib.join("back")).unwrap();
        let watched = [folder.join("a.py"), lib.clone(), folder.join("missing.py")];
        let look = || Stamps::look(&watched);
        let mut last = look();
        for (name, is_seen) in [
            ("a.py", true),
            ("lib/b.py", true),
            ("lib/new.py", true),
            ("missing.py", true),
            ("lib/__pycache__/b.pyc", false),
            ("lib/.b.py.swp", false),
            ("other.py", false),
        ] {
            std::fs::write(folder.join(name), "22").unwrap();
            let now = look();
            assert_eq!(now != last, is_seen, "{name}");
            last = now;
        }
        std::fs::remove_file(lib.join("b.py")).unwrap();
        assert_ne!(look(), last);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
