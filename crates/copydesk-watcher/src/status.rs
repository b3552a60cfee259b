//! What the watch has seen and done, for status pages and metrics.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// Counters of one folder, shared with whoever shows them.
#[derive(Debug, Default)]
pub struct WatchStatus {
    seen: AtomicU64,
    claimed: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
    unchanged: AtomicU64,
    retried: AtomicU64,
    gone: AtomicU64,
    disposed: AtomicU64,
    not_disposed: AtomicU64,
    scans: AtomicU64,
    rescans: AtomicU64,
    overflows: AtomicU64,
    root_lost: AtomicU64,
    waiting: AtomicU64,
    scanned: AtomicBool,
    /// One bit a [`Trouble`].
    troubles: AtomicU8,
}

/// Why new files may be noticed late. Files are never missed for it: scans find what no event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Trouble {
    /// The folder is gone; it is taken up again as soon as it is back.
    FolderGone = 1,
    /// The kernel gives no more watches, so some or all folders are scanned.
    WatchLimit = 2,
    /// The kernel gives no more inotify instances, so everything is scanned.
    InstanceLimit = 4,
    /// The folder or one in it lies on a network file system, which tells no events, so everything is scanned.
    NetworkFolder = 8,
}

impl Trouble {
    /// All of them, the worst first.
    pub const ALL: [Trouble; 4] =
        [Trouble::FolderGone, Trouble::InstanceLimit, Trouble::WatchLimit, Trouble::NetworkFolder];

    /// What is wrong and what mends it, as a sentence for a status page.
    pub fn reason(self) -> &'static str {
        match self {
            Trouble::FolderGone => "the drop folder is gone; waiting for it to come back",
            Trouble::WatchLimit => {
                "the kernel watches no more folders, scanning instead: raise sysctl fs.inotify.max_user_watches"
            }
            Trouble::InstanceLimit => {
                "the kernel gives no inotify instance, scanning instead: raise sysctl fs.inotify.max_user_instances"
            }
            Trouble::NetworkFolder => "a network file system tells no events, scanning instead",
        }
    }

    /// The kernel's setting behind a limit; empty if it is none.
    pub(crate) fn setting(self) -> &'static str {
        match self {
            Trouble::WatchLimit => "fs.inotify.max_user_watches",
            Trouble::InstanceLimit => "fs.inotify.max_user_instances",
            Trouble::FolderGone | Trouble::NetworkFolder => "",
        }
    }
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusSnapshot {
    /// Files that were complete: handed out, refused, or found unchanged.
    pub seen: u64,
    /// Files read and handed out.
    pub claimed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files handed out as refused.
    pub refused: u64,
    /// Files read and found to hold the bytes already known.
    pub unchanged: u64,
    /// Claims put off, for the file changed or could not be read yet.
    pub retried: u64,
    /// Candidates that vanished before they were claimed.
    pub gone: u64,
    /// Settled files moved or deleted.
    pub disposed: u64,
    /// Settled files that could not be moved or deleted, or had changed.
    pub not_disposed: u64,
    /// Scans of the whole folder finished.
    pub scans: u64,
    /// Scans of the whole folder that lost events or a lost root made necessary.
    pub rescans: u64,
    /// Times events were lost.
    pub overflows: u64,
    /// Times the root was found gone or replaced.
    pub root_lost: u64,
    /// True while new files may be noticed late: see [`WatchStatus::troubles`].
    pub degraded: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Count {
    Seen,
    Claimed,
    Refused,
    Unchanged,
    Retried,
    Gone,
    Disposed,
    NotDisposed,
    Scans,
    Rescans,
    Overflows,
    RootLost,
}

impl WatchStatus {
    /// The counters as they are now.
    pub fn snapshot(&self) -> StatusSnapshot {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StatusSnapshot {
            seen: get(&self.seen),
            claimed: get(&self.claimed),
            bytes: get(&self.bytes),
            refused: get(&self.refused),
            unchanged: get(&self.unchanged),
            retried: get(&self.retried),
            gone: get(&self.gone),
            disposed: get(&self.disposed),
            not_disposed: get(&self.not_disposed),
            scans: get(&self.scans),
            rescans: get(&self.rescans),
            overflows: get(&self.overflows),
            root_lost: get(&self.root_lost),
            degraded: self.degraded(),
        }
    }

    /// How many files are known to wait; `None` before the first folder is listed. Folders not yet listed are
    /// not counted.
    pub fn backlog(&self) -> Option<u64> {
        self.scanned.load(Ordering::Relaxed).then(|| self.waiting.load(Ordering::Relaxed))
    }

    /// True while new files may be noticed late: see [`WatchStatus::troubles`].
    pub fn degraded(&self) -> bool {
        self.troubles.load(Ordering::Relaxed) != 0
    }

    /// What is wrong at the moment, the worst first.
    pub fn troubles(&self) -> impl Iterator<Item = Trouble> {
        let troubles = self.troubles.load(Ordering::Relaxed);
        Trouble::ALL.into_iter().filter(move |&trouble| troubles & trouble as u8 != 0)
    }

    pub(crate) fn count(&self, what: Count) {
        let counter = match what {
            Count::Seen => &self.seen,
            Count::Claimed => &self.claimed,
            Count::Refused => &self.refused,
            Count::Unchanged => &self.unchanged,
            Count::Retried => &self.retried,
            Count::Gone => &self.gone,
            Count::Disposed => &self.disposed,
            Count::NotDisposed => &self.not_disposed,
            Count::Scans => &self.scans,
            Count::Rescans => &self.rescans,
            Count::Overflows => &self.overflows,
            Count::RootLost => &self.root_lost,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_bytes(&self, n_bytes: u64) {
        self.bytes.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_waiting(&self, n_files: u64) {
        self.waiting.store(n_files, Ordering::Relaxed);
        self.scanned.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, trouble: Trouble, is_so: bool) {
        if is_so {
            self.troubles.fetch_or(trouble as u8, Ordering::Relaxed);
        } else {
            self.troubles.fetch_and(!(trouble as u8), Ordering::Relaxed);
        }
    }
}
