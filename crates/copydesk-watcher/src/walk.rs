//! A walk through the folder, one entry at a time, in byte order of path.
//!
//! It holds one listing a level and can rest between any two entries, so a walk through a million files neither
//! fills memory nor keeps newer files waiting.

use std::time::{Duration, Instant};

use rustix::fd::OwnedFd;
use rustix::io::Errno;

use crate::listing::Listing;
use crate::names::{self, Ignore};
use crate::root::{self, Found, Kind, Root};
use crate::watches::Watches;

/// Why the walk is made, and how far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The first through everything: the backlog.
    Start,
    /// Through everything.
    All,
    /// Through one folder, and those below it that are not watched yet.
    New,
}

/// What the walk came to.
pub(crate) enum Step {
    /// An entry that is no folder.
    Entry(Vec<u8>, Found),
    /// A folder that cannot be listed.
    Denied(Vec<u8>, Found, Errno),
    /// Something that is not there any more, or not to be described; or a folder.
    Nothing,
    /// The end.
    End,
}

struct Level {
    path: Vec<u8>,
    /// Open while this is the level the walk is at.
    folder: Option<OwnedFd>,
    listing: Listing,
    next: usize,
}

pub(crate) struct Walk {
    pub(crate) scope: Scope,
    /// Time spent looking, which a walk that is held back by the queue does not lengthen.
    pub(crate) spent: Duration,
    /// The folder to begin with.
    first: Option<Vec<u8>>,
    levels: Vec<Level>,
}

impl Walk {
    pub(crate) fn new(scope: Scope, path: Vec<u8>) -> Walk {
        Walk { scope, spent: Duration::ZERO, first: Some(path), levels: Vec::new() }
    }

    /// The next entry.
    pub(crate) fn step(&mut self, root: &Root, watches: &mut Watches, ignore: &Ignore) -> Step {
        let begun = Instant::now();
        let step = self.advance(root, watches, ignore);
        self.spent += begun.elapsed();
        step
    }

    fn advance(&mut self, root: &Root, watches: &mut Watches, ignore: &Ignore) -> Step {
        if let Some(path) = self.first.take() {
            return self.enter(path, true, root, watches, ignore);
        }
        let Some(level) = self.levels.last_mut() else {
            return Step::End;
        };
        let Some((name, is_folder)) = level.listing.get(level.next) else {
            self.levels.pop();
            return Step::Nothing;
        };
        level.next += 1;
        let path = names::joined(&level.path, name);
        if is_folder {
            return self.enter(path, false, root, watches, ignore);
        }
        if level.folder.is_none() {
            // The walk comes back from below.
            level.folder = root.open_folder(&level.path).ok().map(|(folder, _)| folder);
        }
        let Some(folder) = &level.folder else {
            return Step::Nothing;
        };
        match root::look_in(folder, name) {
            // It has become a folder since it was listed.
            Ok(Some(found)) if found.kind == Kind::Folder => self.enter(path, false, root, watches, ignore),
            Ok(Some(found)) => Step::Entry(path, found),
            Ok(None) => Step::Nothing,
            Err(errno) => {
                tracing::warn!(file = %names::shown(&path), %errno, "cannot look at file");
                Step::Nothing
            }
        }
    }

    /// Puts the last entry back.
    pub(crate) fn again(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.next = level.next.saturating_sub(1);
        }
    }

    /// How many entries are listed and not yet come to.
    pub(crate) fn left(&self) -> usize {
        self.levels.iter().map(|level| level.listing.len().saturating_sub(level.next)).sum()
    }

    fn enter(
        &mut self,
        path: Vec<u8>,
        is_first: bool,
        root: &Root,
        watches: &mut Watches,
        ignore: &Ignore,
    ) -> Step {
        let (folder, found) = match root.open_folder(&path) {
            Ok(opened) => opened,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::XDEV) => return Step::Nothing,
            Err(errno) => return denied(root, path, errno),
        };
        let is_known = watches.is_watched(&path, found.id());
        if self.scope == Scope::New && is_known && !is_first {
            return Step::Nothing;
        }
        watches.enter(root, &path, &folder, found.id(), Instant::now());
        let skip = |name: &[u8]| ignore.entry(&path, name);
        let listing = match Listing::read(&folder, skip) {
            Ok(listing) => listing,
            Err(errno) => return denied(root, path, errno),
        };
        if let Some(above) = self.levels.last_mut() {
            // One open folder in all, however deep the walk is.
            above.folder = None;
        }
        self.levels.push(Level { path, folder: Some(folder), listing, next: 0 });
        Step::Nothing
    }
}

fn denied(root: &Root, path: Vec<u8>, errno: Errno) -> Step {
    match root.look(&path) {
        Ok(Some(found)) if found.kind == Kind::Folder => Step::Denied(path, found, errno),
        Ok(_) => Step::Nothing,
        Err(_) => {
            tracing::warn!(folder = %names::shown(&path), %errno, "cannot list folder");
            Step::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    fn walk(path: &Path, ignore: &[&str]) -> Vec<String> {
        let root = Root::open(path).unwrap();
        let ignore: Vec<String> = ignore.iter().map(|&pattern| pattern.to_owned()).collect();
        let ignore = Ignore::new(&ignore, root.path(), &[]).unwrap();
        let mut watches = Watches::new(false, Arc::default(), Arc::default());
        let mut walk = Walk::new(Scope::All, Vec::new());
        let mut paths = Vec::new();
        loop {
            match walk.step(&root, &mut watches, &ignore) {
                Step::Entry(path, _) => paths.push(String::from_utf8(path).unwrap()),
                Step::Denied(..) | Step::Nothing => {}
                Step::End => return paths,
            }
        }
    }

    #[test]
    fn files_come_in_byte_order_of_their_whole_paths() {
        let dir = tempfile::tempdir().unwrap();
        let mut paths =
            ["a/b", "a/b.c/d", "a-", "a.txt", "a0", "b/a/a/a", "b/a/a0", "b/a.txt", "Z", "é", "a/z/.x/y"];
        for path in paths {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        paths.sort_unstable();
        assert_eq!(walk(dir.path(), &[]), paths);
        let seen: Vec<&str> = paths.into_iter().filter(|path| !path.contains(".x")).collect();
        assert_eq!(walk(dir.path(), &[".*"]), seen);
    }

    #[test]
    fn links_to_folders_are_entries_and_loops_end() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/b"), "").unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink("/", dir.path().join("root")).unwrap();
        assert_eq!(walk(dir.path(), &[]), ["a/b", "a/up", "root"]);
    }

    #[test]
    fn a_deep_tree_needs_one_open_folder() {
        let dir = tempfile::tempdir().unwrap();
        let deep = vec!["d"; 1500].join("/");
        fs::create_dir_all(dir.path().join(&deep)).unwrap();
        fs::write(dir.path().join(&deep).join("leaf"), "").unwrap();
        fs::write(dir.path().join("d/e"), "").unwrap();
        assert_eq!(walk(dir.path(), &[]), [format!("{deep}/leaf"), "d/e".to_owned()]);
    }
}
