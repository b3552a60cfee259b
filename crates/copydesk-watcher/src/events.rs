//! Events of the kernel, as the `notify` crate tells them, turned into hints.
//!
//! This runs on the thread that empties the kernel's own queue: it puts a path into the inbox and returns.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode};
use notify::{EventHandler, EventKind};

use crate::inbox::{Event, Inbox};
use crate::status::{Count, WatchStatus};

pub(crate) struct Ear {
    root: PathBuf,
    inbox: Arc<Inbox>,
    status: Arc<WatchStatus>,
    /// Files that were written to and not closed since, unfinished names too: one that is renamed by a writer who
    /// has not flushed its last bytes is not whole.
    open: HashSet<Vec<u8>>,
    /// Files that were closed and not written to since: one that is renamed is whole.
    closed: HashSet<Vec<u8>>,
    /// What joins the two events of a rename within the folder, and what it makes of the file.
    renamed: Option<(usize, Event)>,
}

/// More files than this are not remembered. Those that are forgotten are waited for a little longer.
const MOST_FILES: usize = 1 << 14;

impl EventHandler for Ear {
    fn handle_event(&mut self, event: notify::Result<notify::Event>) {
        match event {
            Ok(event) if event.need_rescan() => {
                tracing::info!("the kernel dropped events, scanning the folder");
                self.lost();
            }
            Ok(event) => self.hear(&event),
            Err(error) => {
                tracing::debug!(%error, "the kernel's events are broken off");
                self.lost();
            }
        }
    }
}

impl Ear {
    /// Listens for what happens below `root`.
    pub(crate) fn new(root: &Path, inbox: Arc<Inbox>, status: Arc<WatchStatus>) -> Ear {
        Ear { root: root.into(), inbox, status, open: HashSet::new(), closed: HashSet::new(), renamed: None }
    }

    fn lost(&mut self) {
        self.open.clear();
        self.closed.clear();
        self.renamed = None;
        self.status.count(Count::Overflows);
        self.inbox.rescan();
    }

    fn hear(&mut self, event: &notify::Event) {
        let (what, wake) = match event.kind {
            EventKind::Access(AccessKind::Open(_)) => (Event::Opened, false),
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => (Event::Closed, true),
            EventKind::Create(CreateKind::Folder) => (Event::Created, true),
            // A new file says more when it is closed; if that never comes, as with a hard link, the next tick
            // looks at it.
            EventKind::Create(_) => (Event::Created, false),
            EventKind::Modify(ModifyKind::Data(_)) => (Event::Written, false),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => (Event::MovedIn, true),
            EventKind::Modify(ModifyKind::Metadata(_)) => (Event::Touched, true),
            EventKind::Modify(ModifyKind::Name(RenameMode::From))
            | EventKind::Remove(RemoveKind::Folder | RemoveKind::Other) => (Event::Removed, true),
            EventKind::Remove(_) => (Event::Removed, false),
            _ => return,
        };
        for path in &event.paths {
            if let Some(path) = below(&self.root, path) {
                let what = self.keep_open(&path, what, event.tracker());
                self.inbox.hint(path, what, wake);
            }
        }
    }

    /// Keeps account of files that are written to, through renames.
    fn keep_open(&mut self, path: &[u8], what: Event, tracker: Option<usize>) -> Event {
        match what {
            Event::Written => {
                self.closed.remove(path);
                remember(&mut self.open, path);
            }
            Event::Closed => {
                self.open.remove(path);
                remember(&mut self.closed, path);
            }
            Event::Removed => {
                let (was_open, was_closed) = (self.open.remove(path), self.closed.remove(path));
                let moved = match (was_open, was_closed) {
                    (true, _) => Event::MovedInOpen,
                    (false, true) => Event::MovedIn,
                    (false, false) => Event::MovedInUnseen,
                };
                self.renamed = tracker.map(|tracker| (tracker, moved));
            }
            Event::MovedIn => {
                // One from outside the folder is whole by its writer's word: nobody here could have seen him.
                let (_, moved) =
                    self.renamed.take_if(|(from, _)| Some(*from) == tracker).unwrap_or((0, what));
                self.open.remove(path);
                self.closed.remove(path);
                match moved {
                    Event::MovedInOpen => remember(&mut self.open, path),
                    Event::MovedIn => remember(&mut self.closed, path),
                    _ => {}
                }
                return moved;
            }
            _ => {}
        }
        what
    }
}

fn remember(files: &mut HashSet<Vec<u8>>, path: &[u8]) {
    if files.contains(path) {
        return;
    }
    if files.len() >= MOST_FILES {
        files.clear();
    }
    files.insert(path.to_vec());
}

/// The path below the root, empty for the root itself.
fn below(root: &Path, path: &Path) -> Option<Vec<u8>> {
    let (root, path) = (root.as_os_str().as_bytes(), path.as_os_str().as_bytes());
    let rest = path.strip_prefix(root.strip_suffix(b"/").unwrap_or(root))?;
    match rest.split_first() {
        None => Some(Vec::new()),
        Some((b'/', rest)) => Some(rest.to_vec()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_below_the_root() {
        let below = |root: &str, path: &str| below(Path::new(root), Path::new(path));
        assert_eq!(below("/in", "/in/a/b").unwrap(), b"a/b");
        assert_eq!(below("/in", "/in").unwrap(), b"");
        assert_eq!(below("/", "/a").unwrap(), b"a");
        assert_eq!(below("/in", "/inside/a"), None);
    }

    #[test]
    fn lost_events_ask_for_a_scan() {
        let inbox = Arc::new(Inbox::default());
        let status = Arc::new(WatchStatus::default());
        let mut ear = Ear::new(Path::new("/in"), Arc::clone(&inbox), Arc::clone(&status));
        let event = |kind| notify::Event::new(kind).add_path("/in/a".into());
        ear.handle_event(Ok(event(EventKind::Access(AccessKind::Close(AccessMode::Write)))));
        let mail = inbox.take().unwrap();
        assert!(!mail.rescan);
        assert_eq!(mail.hints[0].0, b"a");
        ear.handle_event(Ok(event(EventKind::Other).set_flag(notify::event::Flag::Rescan)));
        assert!(inbox.take().unwrap().rescan);
        ear.handle_event(Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)));
        assert!(inbox.take().unwrap().rescan);
        assert_eq!(status.snapshot().overflows, 2);
    }

    #[test]
    fn a_rename_by_a_writer_who_is_not_done_is_told_from_others() {
        use EventKind::{Access, Modify};
        let inbox = Arc::new(Inbox::default());
        let mut ear = Ear::new(Path::new("/in"), Arc::clone(&inbox), Arc::default());
        let written = Modify(ModifyKind::Data(notify::event::DataChange::Any));
        let closed = Access(AccessKind::Close(AccessMode::Write));
        let mut rename = |is_seen: bool, is_closed: bool, cookie: usize| {
            let mut tell = |kind, path: &str, tracker: Option<usize>| {
                let mut event = notify::Event::new(kind).add_path(path.into());
                if let Some(tracker) = tracker {
                    event = event.set_tracker(tracker);
                }
                ear.handle_event(Ok(event));
            };
            if is_seen {
                tell(written, "/in/.a", None);
            }
            if is_closed {
                tell(closed, "/in/.a", None);
            }
            tell(Modify(ModifyKind::Name(RenameMode::From)), "/in/.a", Some(cookie));
            tell(Modify(ModifyKind::Name(RenameMode::To)), "/in/a", Some(cookie));
            let hints = inbox.take().unwrap().hints;
            let hint = hints.iter().find(|(path, _)| path == b"a").unwrap().1;
            tell(closed, "/in/a", None);
            inbox.take();
            hint.last.unwrap()
        };
        assert_eq!(rename(true, false, 7), Event::MovedInOpen);
        assert_eq!(rename(true, true, 8), Event::MovedIn);
        assert_eq!(rename(true, false, 9), Event::MovedInOpen);
        assert_eq!(rename(false, true, 10), Event::MovedIn, "a file of no bytes, or one begun before");
        assert_eq!(rename(false, false, 11), Event::MovedInUnseen);
    }
}
