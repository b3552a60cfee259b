//! The drop folder as the runtime sees it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use copydesk_core::{Clock, Component, Delivery, Known, OptionSpec, Source, SourceError};
use tokio::sync::watch;

use crate::FolderError;
use crate::backlog::Ages;
use crate::candidates::Waits;
use crate::disposal::Disposal;
use crate::folder::{Folder, Pace, Work};
use crate::inbox::Inbox;
use crate::lock::FolderLock;
use crate::names::Ignore;
use crate::options::{self, FolderOptions, WatchMode};
use crate::queue::Queue;
use crate::root::{self, Root};
use crate::status::WatchStatus;
use crate::survey::unwatched_done;
use crate::watches::Watches;

/// The world around a drop folder.
pub struct FolderDeps {
    /// What the ledger knows of files.
    pub known: Arc<dyn Known>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Whether a path, as text, names a file of many articles, which may be of any size.
    pub is_container: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Ends the source once it is true. A sender that is gone says nothing.
    pub stop: watch::Receiver<bool>,
    /// Counters, to be shown elsewhere.
    pub status: Arc<WatchStatus>,
    /// Folders that are not watched, wherever they are: state, quarantine, output.
    pub exclude: Vec<PathBuf>,
}

/// A drop folder. Dropping it lets go of the folder; receipts that are still out keep working.
///
/// With [`FolderOptions::once`] the end comes when every delivery's receipt is settled, for any of them may ask
/// to be offered again. Whoever reads it must not wait for the end before settling.
pub struct FolderSource {
    queue: Arc<Queue>,
    inbox: Arc<Inbox>,
    status: Arc<WatchStatus>,
    stop: watch::Receiver<bool>,
    lock: Arc<Mutex<Option<FolderLock>>>,
}

/// The shortest time between two scans.
const SHORTEST_PACE: Duration = Duration::from_millis(20);

impl FolderSource {
    /// Locks the folder and begins to watch it, on a thread of its own.
    pub fn open(options: FolderOptions, deps: FolderDeps) -> Result<FolderSource, FolderError> {
        let now = Instant::now();
        let path = options.path.clone();
        if path.as_os_str().is_empty() {
            return Err(FolderError::NoPath);
        }
        let root = Root::open(&path).map_err(|source| FolderError::Open { path: path.clone(), source })?;
        if let Some(marker) = &options.require_marker
            && (marker.is_empty() || marker.contains(['/', '\0']))
        {
            return Err(FolderError::Marker(marker.clone()));
        }
        let lock = FolderLock::of(&root)?;
        let disposal = Disposal::open(&options, &root, Arc::clone(&deps.status))?;
        let mut excluded = deps.exclude;
        excluded.extend(unwatched_done(&options, root.path()));
        let ignore = Ignore::new(&options.ignore, root.path(), &excluded)?;
        let FolderDeps { known, clock, is_container, stop, status, .. } = deps;
        let (inbox, queue) = (Arc::new(Inbox::default()), Arc::new(Queue::default()));
        let lock = Arc::new(Mutex::new(Some(lock)));
        let wanted = options.watch == WatchMode::Auto && !options.once;
        let folder = Folder {
            path: root.path().into(),
            lock: Arc::clone(&lock),
            pace: Pace {
                reconcile: options.reconcile.max(SHORTEST_PACE),
                poll: options.poll.max(SHORTEST_PACE),
                once: options.once,
            },
            waits: Waits { settle: options.settle, quiet: options.quiet, grace: options.grace },
            ages: Ages::new(clock, options.settle, root::is_remote(root.fd()), now),
            ignore,
            marker: options.require_marker.map(String::into_bytes),
            max_bytes: options.max_bytes,
            is_container,
            known,
            watches: Watches::new(wanted, Arc::clone(&inbox), Arc::clone(&status)),
            status: Arc::clone(&status),
            inbox: Arc::clone(&inbox),
            queue: Arc::clone(&queue),
            disposal: Arc::new(disposal),
            root: Arc::new(root),
            work: Work::new(now),
        };
        start(folder).map_err(|error| FolderError::Ended { path, reason: error.to_string() })?;
        Ok(FolderSource { queue, inbox, status, stop, lock })
    }

    fn let_go(&self) {
        self.queue.close();
        self.inbox.stop();
    }
}

fn start(folder: Folder) -> std::io::Result<()> {
    let ending = Ending { queue: Arc::clone(&folder.queue), path: folder.path.clone() };
    std::thread::Builder::new().name("folder".to_owned()).spawn(move || {
        let result = folder.run();
        ending.queue.end(result.err().map(SourceError::from));
    })?;
    Ok(())
}

/// Ends the queue when the thread does, so that a bug in it is an error and not a wait without end.
struct Ending {
    queue: Arc<Queue>,
    path: PathBuf,
}

impl Drop for Ending {
    fn drop(&mut self) {
        // Without effect if the end was in order.
        let error = FolderError::Ended { path: self.path.clone(), reason: "a bug in its thread".to_owned() };
        self.queue.end(Some(error.into()));
    }
}

#[async_trait]
impl Source for FolderSource {
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => {
                self.let_go();
                Ok(None)
            }
            delivery = self.queue.take() => delivery,
        }
    }

    fn backlog(&self) -> Option<u64> {
        Some(self.status.backlog()? + self.queue.len() as u64)
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|&stop| stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Drop for FolderSource {
    fn drop(&mut self) {
        self.let_go();
        // Not when the thread ends, which may take a moment: the next one may open the folder at once.
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Component for FolderSource {
    type Options = FolderOptions;
    const OPTIONS: &'static [OptionSpec] = options::OPTIONS;
    const HELP: &'static str = "Takes every file that is dropped into a folder, once it is complete.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use copydesk_core::{FileStamp, KnownFile};
    use std::fs;

    struct Nothing;

    impl Known for Nothing {
        fn lookup(&self, _path: &[u8]) -> Option<KnownFile> {
            None
        }
        fn restamp(&self, _path: &[u8], _stamp: FileStamp) {}
    }

    impl Clock for Nothing {
        fn unix_ns(&self) -> i128 {
            0
        }
        fn rfc3339(&self) -> String {
            String::new()
        }
    }

    #[tokio::test]
    async fn lost_events_are_made_good_by_a_scan() {
        let dir = tempfile::tempdir().unwrap();
        let hour = Duration::from_secs(3600);
        let options = FolderOptions {
            watch: WatchMode::Poll,
            poll: hour,
            settle: Duration::from_millis(10),
            ..FolderOptions::new(dir.path())
        };
        let status = Arc::new(WatchStatus::default());
        let deps = FolderDeps {
            known: Arc::new(Nothing),
            clock: Arc::new(Nothing),
            is_container: Arc::new(|_| false),
            stop: watch::channel(false).1,
            status: Arc::clone(&status),
            exclude: Vec::new(),
        };
        let mut source = FolderSource::open(options, deps).unwrap();
        while status.snapshot().scans == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        fs::create_dir(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/b"), "text").unwrap();
        source.inbox.rescan();
        assert_eq!(source.next().await.unwrap().unwrap().path, b"a/b");
        assert_eq!(status.snapshot().rescans, 1);
    }
}
