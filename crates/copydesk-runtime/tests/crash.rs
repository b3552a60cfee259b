//! A process that is killed at every named place, and by chance: what it left is taken up by the next one.
//!
//! The test runs itself once more as the process that dies.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use copydesk_core::*;
use copydesk_runtime::*;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

const CHILD: &str = "COPYDESK_TEST_CHILD";
/// Where the child dies: a place and the pass, as `name:n`.
const CRASH_AT: &str = "COPYDESK_TEST_CRASH_AT";

/// Places that a pipeline passes with the source and the sinks of this test.
const PLACES: &[&str] = &[
    "state.after_create",
    "seen.before_commit",
    "seen.after_commit",
    "file_end.before_commit",
    "ledger.before_write",
    "ledger.after_write",
    "ledger.after_sync",
    "parcel.before_send",
    "spill.after_write",
    "sink.after_write",
    "quarantine.after_bytes",
    "quarantine.before_rename",
    "quarantine.after_rename",
    "settle.before_commit",
    "settle.after_commit",
    "receipt.before_settle",
    "receipt.after_settle",
    "replace.before_rename",
    "replace.after_rename",
];

static PASSES: AtomicU64 = AtomicU64::new(0);

fn die_at(place: &str) {
    let armed = std::env::var(CRASH_AT).unwrap_or_default();
    let Some((name, pass)) = armed.split_once(':') else { return };
    if place == name && PASSES.fetch_add(1, Ordering::SeqCst) + 1 == pass.parse::<u64>().unwrap() {
        std::process::abort();
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(&Sha256::digest(bytes));
    hash
}

struct FixedClock;

impl Clock for FixedClock {
    fn unix_ns(&self) -> i128 {
        1_767_225_600_000_000_000
    }

    fn rfc3339(&self) -> String {
        "2026-01-01T00:00:00Z".into()
    }
}

/// Every file of a folder that is not settled, by name.
struct FolderSource {
    folder: PathBuf,
    names: Vec<String>,
    known: Arc<dyn Known>,
}

#[async_trait]
impl Source for FolderSource {
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        while let Some(name) = self.names.pop() {
            let path = self.folder.join(&name);
            let bytes = std::fs::read(&path).unwrap();
            let hash = hash(&bytes);
            if self.known.lookup(name.as_bytes()).is_some_and(|known| known.settled && known.hash == hash) {
                continue;
            }
            return Ok(Some(Delivery {
                path: name.into_bytes(),
                uri: format!("file://{}", path.display()),
                stamp: FileStamp {
                    size: bytes.len() as u64,
                    mtime_ns: i128::from(hash[0]),
                    ..FileStamp::default()
                },
                content: Content::Bytes(bytes.into()),
                hash,
                received: String::new(),
                retry_failed_after: None,
                receipt: Receipt::new(|_| ()),
            }));
        }
        Ok(None)
    }
}

struct PlainReader;

impl Reader for PlainReader {
    fn split(
        &self,
        file: &SourceFile,
        content: PartSource<'_>,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let PartSource::Bytes(bytes) = content else { panic!("no streams here") };
        let _ = emit(Part {
            id: ArticleId::from_bytes(file.hash),
            index: 0,
            uri: file.uri.clone(),
            media_type: String::new(),
            received: String::new(),
            original: Arc::clone(&bytes),
            body: bytes,
            skip: None,
        });
        Ok(())
    }

    fn decode(&self, part: &Part) -> Result<Article, ReadError> {
        let text = String::from_utf8(part.body.to_vec()).map_err(|_| ReadError::new("utf8", "not UTF-8"))?;
        let blocks = vec![Block::plain(Span::new(&text, 0, text.len()).unwrap(), BlockKind::Paragraph)];
        Ok(Article::new(part.id, Origin::default(), text, blocks))
    }

    fn is_container(&self, _name: &str) -> bool {
        false
    }
}

/// One file an article, in place at once. `slow` makes it look down for a while, so that parcels are spilled.
struct FolderSink {
    folder: PathBuf,
    n_failures: u32,
}

#[async_trait]
impl Sink for FolderSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        if self.n_failures > 0 {
            self.n_failures -= 1;
            return Err(SinkError {
                message: "not yet".into(),
                action: Action::Retry(Duration::from_millis(10)),
            });
        }
        std::fs::create_dir_all(&self.folder).unwrap();
        Ok(())
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        for parcel in batch {
            let to = self.folder.join(parcel.id.to_string());
            std::fs::write(to.with_extension("tmp"), &parcel.text).unwrap();
            std::fs::rename(to.with_extension("tmp"), to).unwrap();
            if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
                let _ = std::fs::remove_file(self.folder.join(old.to_string()));
            }
        }
        Ok(())
    }
}

async fn drain(world: &Path, n_failures: u32) {
    let mut engine = Engine::open(&world.join("state"), Arc::new(FixedClock)).unwrap();
    let folder = world.join("in");
    let names = std::fs::read_dir(&folder).unwrap();
    let mut names: Vec<String> = names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.reverse();
    let known = engine.known();
    let source = Box::new(FolderSource { folder, names, known });
    let sink = |name: &str, n_failures| SinkSlot {
        name: name.into(),
        sink: Box::new(FolderSink { folder: world.join(name), n_failures }),
        options: SinkOptions {
            batch_max: 4,
            queue_max: 8,
            retry_min: Duration::from_millis(1),
            retry_max: Duration::from_millis(10),
            ..SinkOptions::default()
        },
    };
    let pipeline = Pipeline {
        reader: Arc::new(PlainReader),
        stages: vec![],
        sinks: vec![sink("one", 0), sink("two", n_failures)],
        options: RuntimeOptions { workers: 2, in_flight_max: 8, ..RuntimeOptions::default() },
    };
    let (_stop, stopped) = watch::channel(StopMode::Run);
    engine.run(pipeline, source, stopped).await.unwrap();
}

/// Does nothing unless it is the process that is to die.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child() {
    if let Ok(world) = std::env::var(CHILD) {
        crash::set_hook(die_at);
        drain(Path::new(&world), 5).await;
    }
}

/// Runs the child; true if it died.
fn child(world: &Path, crash_at: &str) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child"])
        .env(CHILD, world)
        .env(CRASH_AT, crash_at)
        .output()
        .unwrap();
    !output.status.success()
}

fn texts(folder: &Path) -> BTreeSet<Vec<u8>> {
    let names = std::fs::read_dir(folder).into_iter().flatten().map(|name| name.unwrap().path());
    names.filter(|path| path.extension().is_none()).map(|path| std::fs::read(path).unwrap()).collect()
}

fn write(world: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(world.join("in").join(name), bytes).unwrap();
}

/// Counts everything anew: the folder, the sinks, the quarantine and the ledger must agree.
fn check(world: &Path, what: &str) {
    let mut wanted = texts(&world.join("in"));
    wanted.retain(|bytes| std::str::from_utf8(bytes).is_ok());
    for sink in ["one", "two"] {
        assert_eq!(texts(&world.join(sink)), wanted, "{what}, sink {sink}");
    }
    let status = ledger::read_status(&world.join("state")).unwrap().unwrap();
    let counts = status.counts;
    assert!(counts.balances(), "{what}");
    assert_eq!(counts.delivered as usize, wanted.len(), "{what}: {counts:?}");
    assert_eq!((counts.pending, counts.quarantined), (0, 1), "{what}: {counts:?}");
    let quarantine = read_quarantine(&world.join("state"));
    let entries = quarantine.list();
    assert_eq!(entries.len(), 1, "{what}");
    assert_eq!(quarantine.bytes(&entries[0]).unwrap().unwrap(), b"\xff\xfe bad", "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_may_die_at_every_named_place() {
    let mut n_died = BTreeSet::new();
    for name in PLACES {
        for pass in [1, 3] {
            let world = tempfile::tempdir().unwrap();
            let world = world.path();
            std::fs::create_dir(world.join("in")).unwrap();
            for n in 0..40 {
                write(world, &format!("{n:02}"), format!("text {n}"));
            }
            write(world, "bad", b"\xff\xfe bad");
            write(world, "twin", "text 3");
            let what = format!("{name}:{pass}");
            if child(world, &what) {
                n_died.insert(*name);
            }
            write(world, "05", "another text 5");
            child(world, &what);
            write(world, "06", "another text 6");
            drain(world, 0).await;
            check(world, &what);
        }
    }
    let all: BTreeSet<&str> = PLACES.iter().copied().collect();
    assert_eq!(n_died, all, "every place was passed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_may_be_killed_at_any_moment() {
    let world = tempfile::tempdir().unwrap();
    let world = world.path();
    std::fs::create_dir(world.join("in")).unwrap();
    write(world, "bad", b"\xff\xfe bad");
    for round in 0..12_u64 {
        for n in 0..30 {
            write(world, &format!("{round:02}-{n:02}"), format!("text {n} of round {round}"));
        }
        write(world, "often", format!("version {round}"));
        write(world, "twin", format!("text {round} of round 0"));
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_child"])
            .env(CHILD, world)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(5 + round * 13 % 70)).await;
        process.kill().unwrap();
        process.wait().unwrap();
    }
    drain(world, 0).await;
    check(world, "killed");
}
