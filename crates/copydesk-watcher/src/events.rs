//! Events of the kernel, as the `notify` crate tells them, turned into hints.
//!
//! This runs on the thread that empties the kernel's own queue: it puts a path into the inbox and returns.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode};
use notify::{EventHandler, EventKind};

use crate::inbox::{Event, Inbox};
use crate::status::{Count, WatchStatus};

pub(crate) struct Ear {
    pub(crate) root: PathBuf,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) status: Arc<WatchStatus>,
}

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
    fn lost(&self) {
        self.status.count(Count::Overflows);
        self.inbox.rescan();
    }

    fn hear(&self, event: &notify::Event) {
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
                self.inbox.hint(path, what, wake);
            }
        }
    }
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
        let mut ear = Ear { root: "/in".into(), inbox: Arc::clone(&inbox), status: Arc::clone(&status) };
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
}
