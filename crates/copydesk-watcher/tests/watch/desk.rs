//! What every test needs: a folder, short waits, a ledger, and a runtime that settles at once.

use std::collections::HashMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use copydesk_core::{Clock, Content, Delivery, FileStamp, Known, KnownFile, Outcome, Source};
use copydesk_watcher::{FolderDeps, FolderOptions, FolderSource, WatchStatus};
use tempfile::TempDir;
use tokio::sync::watch;

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// A ledger that remembers in memory.
#[derive(Default)]
pub(crate) struct Ledger {
    files: Mutex<HashMap<Vec<u8>, KnownFile>>,
    restamped: Mutex<Vec<Vec<u8>>>,
}

impl Ledger {
    pub(crate) fn record(&self, delivery: &Delivery, settled: bool) {
        let disposable = !matches!(delivery.content, Content::Refused(_));
        let known = KnownFile { stamp: delivery.stamp, hash: delivery.hash, settled, disposable };
        self.files.lock().unwrap().insert(delivery.path.clone(), known);
    }

    pub(crate) fn restamped(&self) -> Vec<Vec<u8>> {
        self.restamped.lock().unwrap().clone()
    }
}

impl Known for Ledger {
    fn lookup(&self, path: &[u8]) -> Option<KnownFile> {
        self.files.lock().unwrap().get(path).copied()
    }

    fn restamp(&self, path: &[u8], stamp: FileStamp) {
        if let Some(known) = self.files.lock().unwrap().get_mut(path) {
            known.stamp = stamp;
        }
        self.restamped.lock().unwrap().push(path.to_vec());
    }
}

struct RealClock;

impl Clock for RealClock {
    fn unix_ns(&self) -> i128 {
        #[expect(
            clippy::disallowed_methods,
            reason = "the files of these tests are stamped by the real clock"
        )]
        let now = SystemTime::now();
        i128::try_from(now.duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
    }

    fn rfc3339(&self) -> String {
        "2026-01-31T09:30:00Z".into()
    }
}

/// A folder with what is around it.
pub(crate) struct Desk {
    _dir: TempDir,
    pub(crate) inbox: PathBuf,
    pub(crate) outside: PathBuf,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) status: Arc<WatchStatus>,
    pub(crate) stop: watch::Sender<bool>,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let (inbox, outside) = (base.join("inbox"), base.join("outside"));
        fs::create_dir(&inbox).unwrap();
        fs::create_dir(&outside).unwrap();
        Desk {
            _dir: dir,
            inbox,
            outside,
            ledger: Arc::default(),
            status: Arc::default(),
            stop: watch::channel(false).0,
        }
    }

    /// Short waits, and no reconciling scan that could hide a missed event.
    pub(crate) fn options(&self) -> FolderOptions {
        FolderOptions {
            settle: Duration::from_millis(150),
            quiet: Duration::from_millis(50),
            grace: Duration::from_millis(1500),
            reconcile: Duration::from_secs(600),
            poll: Duration::from_millis(100),
            ..FolderOptions::new(&self.inbox)
        }
    }

    pub(crate) fn once(&self) -> FolderOptions {
        FolderOptions { once: true, ..self.options() }
    }

    pub(crate) fn deps(&self) -> FolderDeps {
        FolderDeps {
            known: Arc::clone(&self.ledger) as Arc<dyn Known>,
            clock: Arc::new(RealClock),
            is_container: Arc::new(|path| path.contains(".jsonl")),
            stop: self.stop.subscribe(),
            status: Arc::clone(&self.status),
            exclude: Vec::new(),
        }
    }

    pub(crate) fn open(&self, options: FolderOptions) -> FolderSource {
        FolderSource::open(options, self.deps()).unwrap()
    }

    /// Opens the folder and waits for the end of the first scan.
    pub(crate) async fn watch(&self, options: FolderOptions) -> FolderSource {
        let source = self.open(options);
        until("the first scan", || self.status.snapshot().scans == 1).await;
        source
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.inbox.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Records a delivery and settles it.
    pub(crate) fn settle(&self, delivery: Delivery) -> Taken {
        let taken = Taken::of(&delivery);
        self.ledger.record(&delivery, true);
        let refused = matches!(delivery.content, Content::Refused(_));
        delivery.receipt.settle(if refused { Outcome::Referenced } else { Outcome::Settled });
        taken
    }

    /// The next file, settled.
    pub(crate) async fn take(&self, source: &mut FolderSource) -> Taken {
        self.settle(next(source).await)
    }

    /// The next `n` files, settled.
    pub(crate) async fn take_many(&self, source: &mut FolderSource, n: usize) -> Vec<Taken> {
        let mut taken = Vec::new();
        while taken.len() < n {
            taken.push(self.take(source).await);
        }
        taken
    }

    /// Everything up to the end, settled.
    pub(crate) async fn drain(&self, source: &mut FolderSource) -> Vec<Taken> {
        let mut taken = Vec::new();
        while let Some(delivery) = tokio::time::timeout(LONG, source.next()).await.unwrap().unwrap() {
            taken.push(self.settle(delivery));
        }
        taken
    }

    /// Everything up to a file called `last`, which is dropped in only once all others must have been taken.
    pub(crate) async fn take_until(&self, source: &mut FolderSource, last: &str) -> Vec<Taken> {
        let mut taken = Vec::new();
        loop {
            let one = self.take(source).await;
            if one.path == last.as_bytes() {
                return taken;
            }
            taken.push(one);
        }
    }
}

/// The next file.
pub(crate) async fn next(source: &mut FolderSource) -> Delivery {
    tokio::time::timeout(LONG, source.next()).await.expect("a file in time").unwrap().expect("no end")
}

/// What of a delivery the tests look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Taken {
    pub(crate) path: Vec<u8>,
    /// The text, or the refusal's code in brackets.
    pub(crate) text: String,
}

impl Taken {
    pub(crate) fn of(delivery: &Delivery) -> Taken {
        let text = match &delivery.content {
            Content::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Content::Stream(_) => "<stream>".into(),
            Content::Refused(refusal) => format!("<{}>", refusal.code),
        };
        Taken { path: delivery.path.clone(), text }
    }
}

pub(crate) fn taken(path: &str, text: &str) -> Taken {
    Taken { path: path.into(), text: text.into() }
}

pub(crate) fn paths(taken: &[Taken]) -> Vec<String> {
    taken.iter().map(|taken| String::from_utf8(taken.path.clone()).unwrap()).collect()
}

pub(crate) fn sorted(mut taken: Vec<Taken>) -> Vec<Taken> {
    taken.sort();
    taken
}

/// Waits for a condition.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let waited = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, waited).await.unwrap_or_else(|_| panic!("{what}"));
}

pub(crate) fn named(folder: &Path, name: &[u8]) -> PathBuf {
    folder.join(std::ffi::OsStr::from_bytes(name))
}
