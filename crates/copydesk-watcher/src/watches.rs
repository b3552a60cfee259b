//! One kernel watch a folder, and what to do where there can be none.
//!
//! Folders are watched before they are listed, each by itself: a recursive watch of the `notify` crate misses
//! most of what is created in folders that are new. Where the kernel gives no watch, or sees only half of what
//! happens (network file systems), the folder is scanned every `poll` instead.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{Config, ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use rustix::fd::AsFd;

use crate::events::Ear;
use crate::inbox::Inbox;
use crate::names;
use crate::root::{self, Root};
use crate::status::{Trouble, WatchStatus};

const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_secs(300);

/// Whether events can be relied on for speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Every folder has its watch.
    Events,
    /// Some or all have none, for a limit of the kernel; worth another try at `retry`.
    Limited { retry: Instant, wait: Duration },
    /// There is no use in trying: asked for, or a network file system.
    Scans,
}

pub(crate) struct Watches {
    watcher: Option<RecommendedWatcher>,
    /// Device and inode of each watched folder, by its path below the root.
    watched: BTreeMap<Vec<u8>, (u64, u64)>,
    /// Devices that are known to be local.
    local: HashSet<u64>,
    mode: Mode,
    /// True during a walk that tries again to watch everything.
    trying: bool,
    warned: bool,
    inbox: Arc<Inbox>,
    status: Arc<WatchStatus>,
}

impl Watches {
    /// `wanted` is false where scans alone were asked for.
    pub(crate) fn new(wanted: bool, inbox: Arc<Inbox>, status: Arc<WatchStatus>) -> Watches {
        Watches {
            watcher: None,
            watched: BTreeMap::new(),
            local: HashSet::new(),
            mode: if wanted { Mode::Events } else { Mode::Scans },
            trying: false,
            warned: false,
            inbox,
            status,
        }
    }

    /// Starts listening below a root, with no folder watched yet; what was heard before is void.
    pub(crate) fn listen(&mut self, root: &Root, now: Instant) {
        self.watcher = None;
        self.watched.clear();
        if self.mode == Mode::Scans {
            return;
        }
        if root::is_remote(root.fd()) {
            tracing::warn!(folder = %root.path().display(), "events are not to be had on a network file system, scanning instead");
            self.mode = Mode::Scans;
            return self.status.set(Trouble::NetworkFolder, true);
        }
        let ear = Ear::new(root.path(), Arc::clone(&self.inbox), Arc::clone(&self.status));
        match RecommendedWatcher::new(ear, Config::default().with_follow_symlinks(false)) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => self.limited(&error, Trouble::InstanceLimit, now),
        }
    }

    /// True if the folder is to be scanned every `poll`.
    pub(crate) fn is_polling(&self) -> bool {
        self.mode != Mode::Events
    }

    /// Before a walk through everything: tries again to watch, if it is time.
    pub(crate) fn begin_walk(&mut self, root: &Root, now: Instant) {
        if let Mode::Limited { retry, .. } = self.mode
            && now >= retry
        {
            if self.watcher.is_none() {
                self.listen(root, now);
            }
            self.trying = self.watcher.is_some();
        }
    }

    /// After it: if every folder got its watch, events are to be had again.
    pub(crate) fn end_walk(&mut self) {
        if std::mem::take(&mut self.trying) {
            tracing::info!("every folder is watched again");
            self.mode = Mode::Events;
            self.warned = false;
            self.status.set(Trouble::WatchLimit, false);
            self.status.set(Trouble::InstanceLimit, false);
        }
    }

    /// True if events of this file are to be expected.
    pub(crate) fn hears(&self, path: &[u8]) -> bool {
        self.watched.contains_key(names::split(path).0)
    }

    /// Watches a folder that is about to be listed; true if it was not watched before.
    pub(crate) fn enter(
        &mut self,
        root: &Root,
        path: &[u8],
        folder: impl AsFd,
        id: (u64, u64),
        now: Instant,
    ) -> bool {
        if self.is_watched(path, id) {
            return false;
        }
        self.check_device(path, folder, id.0);
        let limited = matches!(self.mode, Mode::Limited { .. }) && !self.trying;
        let Some(watcher) = self.watcher.as_mut().filter(|_| !limited && self.mode != Mode::Scans) else {
            return true;
        };
        let place = if path.is_empty() { root.path().into() } else { root.path().join(names::as_path(path)) };
        match watcher.watch(&place, RecursiveMode::NonRecursive) {
            Ok(()) => {
                self.watched.insert(path.to_vec(), id);
            }
            Err(error) => match &error.kind {
                // It went away; a scan of its parent will say so.
                ErrorKind::PathNotFound => {}
                ErrorKind::Io(io) if io.kind() == std::io::ErrorKind::NotFound => {}
                _ => self.limited(&error, Trouble::WatchLimit, now),
            },
        }
        true
    }

    /// True if this very folder has its watch, or needs none.
    pub(crate) fn is_watched(&self, path: &[u8], id: (u64, u64)) -> bool {
        self.watched.get(path) == Some(&id)
    }

    /// Forgets the watch of a folder and of all below it: it may have gone with a rename.
    pub(crate) fn forget(&mut self, path: &[u8]) {
        if path.is_empty() {
            return self.watched.clear();
        }
        self.watched.remove(path);
        let (first, last) = ([path, b"/"].concat(), [path, b"0"].concat());
        let below = (Bound::Included(first), Bound::Excluded(last));
        let below: Vec<Vec<u8>> = self.watched.range(below).map(|(path, _)| path.clone()).collect();
        for path in below {
            self.watched.remove(&path);
        }
    }

    /// A folder below the root may be a mount of another machine's.
    fn check_device(&mut self, path: &[u8], folder: impl AsFd, dev: u64) {
        if self.mode == Mode::Scans || self.local.contains(&dev) {
            return;
        }
        if root::is_remote(folder) {
            tracing::warn!(folder = %names::shown(path), "a network file system is mounted in the folder, scanning instead of events");
            self.mode = Mode::Scans;
            self.trying = false;
            self.status.set(Trouble::NetworkFolder, true);
        } else {
            self.local.insert(dev);
        }
    }

    fn limited(&mut self, error: &notify::Error, trouble: Trouble, now: Instant) {
        let wait = match self.mode {
            Mode::Limited { wait, .. } => (wait * 2).min(LAST_RETRY),
            Mode::Events | Mode::Scans => FIRST_RETRY,
        };
        self.mode = Mode::Limited { retry: now + wait, wait };
        self.trying = false;
        self.status.set(trouble, true);
        let setting = trouble.setting();
        if !std::mem::replace(&mut self.warned, true) {
            tracing::warn!(
                %error,
                "the kernel watches no more folders, scanning instead: raise sysctl {setting} to get events back"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watches() -> Watches {
        Watches::new(true, Arc::default(), Arc::default())
    }

    #[test]
    fn forgetting_a_folder_forgets_what_is_below_it_alone() {
        let mut watches = watches();
        for path in ["", "a", "a/b", "a/b/c", "a-", "ab", "a0"] {
            watches.watched.insert(path.into(), (1, 1));
        }
        watches.forget(b"a");
        let left: Vec<&[u8]> = watches.watched.keys().map(Vec::as_slice).collect();
        assert_eq!(left, [&b""[..], b"a-", b"a0", b"ab"]);
    }

    #[test]
    fn a_limit_is_tried_again_and_then_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::open(dir.path()).unwrap();
        let mut watches = watches();
        let now = Instant::now();
        watches.listen(&root, now);
        watches.limited(&notify::Error::new(ErrorKind::MaxFilesWatch), Trouble::WatchLimit, now);
        assert!(watches.is_polling() && watches.status.degraded());
        watches.begin_walk(&root, now);
        assert!(watches.enter(&root, b"", root.fd(), root.id(), now));
        watches.end_walk();
        assert!(watches.is_polling() && !watches.is_watched(b"", root.id()));
        let later = now + FIRST_RETRY;
        watches.begin_walk(&root, later);
        watches.enter(&root, b"", root.fd(), root.id(), later);
        watches.end_walk();
        assert!(!watches.is_polling() && !watches.status.degraded() && watches.is_watched(b"", root.id()));
    }
}
