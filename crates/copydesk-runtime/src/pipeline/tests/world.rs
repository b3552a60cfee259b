//! A world in memory: a folder, a reader, stages and sinks, each of which can be made to misbehave.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use copydesk_core::*;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::pipeline::*;

pub(super) fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(&Sha256::digest(bytes));
    hash
}

pub(super) fn id(text: &str) -> ArticleId {
    ArticleId::from_bytes(hash(text.as_bytes()))
}

pub(super) struct FixedClock;

impl Clock for FixedClock {
    fn unix_ns(&self) -> i128 {
        1_767_225_600_000_000_000
    }

    fn rfc3339(&self) -> String {
        "2026-01-01T00:00:00Z".into()
    }
}

/// A folder: paths and bytes.
#[derive(Clone, Default)]
pub(super) struct Folder(Arc<Mutex<FolderState>>);

#[derive(Default)]
struct FolderState {
    files: BTreeMap<String, Vec<u8>>,
    refused: BTreeMap<String, &'static str>,
    outcomes: Vec<(String, Outcome)>,
    again: VecDeque<String>,
    fresh: BTreeSet<String>,
    /// Receipts not settled.
    n_open: usize,
    /// Where the files are said to be.
    root: Option<String>,
}

impl Folder {
    fn lock(&self) -> MutexGuard<'_, FolderState> {
        self.0.lock().unwrap()
    }

    pub(super) fn write(&self, path: &str, text: &str) -> &Folder {
        self.lock().files.insert(path.into(), text.as_bytes().to_vec());
        self
    }

    /// Files are said to be in this folder, where they are not.
    pub(super) fn root(&self, root: &std::path::Path) {
        self.lock().root = Some(format!("file://{}/", root.to_str().unwrap()));
    }

    pub(super) fn remove(&self, path: &str) {
        self.lock().files.remove(path);
    }

    pub(super) fn refuse(&self, path: &str, code: &'static str) {
        self.lock().refused.insert(path.into(), code);
        self.write(path, path);
    }

    /// Its writer may still be at it.
    pub(super) fn mark_fresh(&self, path: &str) {
        self.lock().fresh.insert(path.into());
    }

    pub(super) fn texts(&self) -> BTreeSet<String> {
        self.lock().files.values().map(|bytes| String::from_utf8(bytes.clone()).unwrap()).collect()
    }

    pub(super) fn take_outcomes(&self) -> Vec<(String, Outcome)> {
        let mut outcomes = std::mem::take(&mut self.lock().outcomes);
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        outcomes
    }

    /// Offers every file that is not settled, in byte order; then ends once every receipt is settled, or never.
    pub(super) fn source(&self, known: Arc<dyn Known>, once: bool) -> Box<dyn Source> {
        let paths = self.lock().files.keys().cloned().collect();
        Box::new(FolderSource { folder: self.clone(), known, paths, once })
    }
}

struct FolderSource {
    folder: Folder,
    known: Arc<dyn Known>,
    paths: VecDeque<String>,
    once: bool,
}

#[async_trait]
impl Source for FolderSource {
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        loop {
            let Some(path) = self.paths.pop_front().or_else(|| self.folder.lock().again.pop_front()) else {
                if self.once && self.folder.lock().n_open == 0 {
                    return Ok(None);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            };
            let state = self.folder.lock();
            let Some(bytes) = state.files.get(&path).cloned() else { continue };
            let refused = state.refused.get(&path).copied();
            let fresh = state.fresh.contains(&path);
            let root = state.root.clone().unwrap_or_else(|| "mem:".into());
            drop(state);
            let hash = hash(&bytes);
            let stamp = FileStamp {
                ino: 1,
                size: bytes.len() as u64,
                mtime_ns: i128::from(hash[0]),
                ..FileStamp::default()
            };
            if let Some(known) = self.known.lookup(path.as_bytes())
                && known.settled
                && known.hash == hash
            {
                continue;
            }
            let folder = self.folder.clone();
            let name = path.clone();
            folder.lock().n_open += 1;
            let receipt = Receipt::new(move |outcome| {
                let mut state = folder.lock();
                state.n_open -= 1;
                if matches!(outcome, Outcome::Retry(_)) {
                    state.fresh.remove(&name);
                    state.again.push_back(name.clone());
                }
                state.outcomes.push((name, outcome));
            });
            return Ok(Some(Delivery {
                uri: format!("{root}{path}"),
                path: path.into_bytes(),
                stamp,
                content: match refused {
                    Some(code) => Content::Refused(Refusal { code, message: "refused".into() }),
                    None => Content::Bytes(bytes.into()),
                },
                hash,
                received: "2026-01-01T00:00:00Z".into(),
                retry_failed_after: fresh.then_some(Duration::from_millis(1)),
                receipt,
            }));
        }
    }
}

/// One article a file, or one a line where the name ends in `.jsonl`.
pub(super) struct LineReader;

impl Reader for LineReader {
    fn split(
        &self,
        file: &SourceFile,
        content: PartSource<'_>,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let PartSource::Bytes(bytes) = content else { panic!("no streams here") };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let many = self.is_container(&file.name);
        let lines: Vec<&str> = if many { text.lines().collect() } else { vec![&text] };
        for (index, line) in lines.into_iter().enumerate() {
            if many && line == "torn" {
                return Err(ReadError::new("bad_json", "torn"));
            }
            let original: Arc<[u8]> = line.as_bytes().into();
            let part = Part {
                id: id(line),
                index: index as u32,
                uri: if many { format!("{}#{}", file.uri, index + 1) } else { file.uri.clone() },
                media_type: "text/plain".into(),
                received: file.received.clone(),
                body: Arc::clone(&original),
                original,
                skip: line.starts_with("skip").then(|| "no article".into()),
            };
            if emit(part).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn decode(&self, part: &Part) -> Result<Article, ReadError> {
        let text = String::from_utf8(part.body.to_vec()).unwrap();
        assert!(!text.contains("panic in reader"), "told to");
        if text.is_empty() {
            return Err(ReadError::new("empty", "nothing in it"));
        }
        let span = Span::new(&text, 0, text.len()).unwrap();
        let blocks = vec![Block::plain(span, BlockKind::Paragraph)];
        let origin = Origin { uri: part.uri.clone(), ..Origin::default() };
        Ok(Article::new(part.id, origin, text, blocks))
    }

    fn is_container(&self, name: &str) -> bool {
        name.rsplit('.').next() == Some("jsonl")
    }
}

/// What a stage does, by what the text says.
#[derive(Clone)]
pub(super) struct Obedient {
    pub(super) stateful: bool,
    /// Texts it may not fail on any more.
    pub(super) healed: Arc<Mutex<bool>>,
    last: Seq,
    seen: BTreeMap<String, (Seq, ArticleId)>,
}

impl Obedient {
    pub(super) fn new(stateful: bool) -> Obedient {
        Obedient { stateful, healed: Arc::default(), last: Seq(0), seen: BTreeMap::new() }
    }

    pub(super) fn slot(self, name: &str) -> StageSlot {
        StageSlot { name: name.into(), make: Arc::new(move || Ok(Box::new(self.clone()))) }
    }
}

impl Stage for Obedient {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let text = article.raw().to_owned();
        let healed = *self.healed.lock().unwrap();
        if text.contains("drop me") {
            return Ok(Verdict::Drop("told to".into()));
        }
        assert!(healed || !text.contains("panic"), "told to");
        if text.contains("fail") && !healed {
            return Err(StageError::new("told to", Action::Quarantine));
        }
        if text.contains("stop everything") {
            return Err(StageError::new("told to", Action::Stop));
        }
        if text.contains("busy") && self.last != article.seq {
            self.last = article.seq;
            return Err(StageError::new("busy", Action::Retry(Duration::from_millis(1))));
        }
        // Threads get out of step.
        for _ in 0..hash(text.as_bytes())[0] % 64 {
            std::thread::yield_now();
        }
        if self.stateful {
            let first_word = text.split_whitespace().next().unwrap_or_default().to_owned();
            if let Some((seq, of)) = self.seen.get(&first_word)
                && *seq < article.seq
            {
                article.notes.insert("echo".into(), of.to_string().into());
            } else {
                let mut memory = article.id.as_bytes().to_vec();
                memory.extend_from_slice(first_word.as_bytes());
                article.memories.push(("remember".into(), memory.clone()));
                self.restore(article.seq, &memory);
            }
            self.last = article.seq;
        }
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        if self.stateful { None } else { Some(Box::new(self.clone())) }
    }

    fn restore(&mut self, seq: Seq, memory: &[u8]) {
        let (id, word) = memory.split_first_chunk::<32>().unwrap();
        let word = String::from_utf8(word.to_vec()).unwrap();
        let entry = (seq, ArticleId::from_bytes(*id));
        let known = self.seen.entry(word).or_insert(entry);
        *known = (*known).min(entry);
    }
}

/// A store that outlives the process.
#[derive(Clone, Default)]
pub(super) struct Store(Arc<Mutex<StoreState>>);

#[expect(clippy::struct_excessive_bools, reason = "each is one way to misbehave")]
#[derive(Default)]
pub(super) struct StoreState {
    /// The texts it holds, by id, with their records.
    pub(super) rows: BTreeMap<ArticleId, (String, String)>,
    /// Every write, in order.
    pub(super) log: Vec<Seq>,
    pub(super) down: bool,
    pub(super) hang: bool,
    /// Fails every n-th write.
    pub(super) flaky: u64,
    pub(super) n_writes: u64,
    pub(super) broken: bool,
    pub(super) panics: bool,
    pub(super) delay: Duration,
    pub(super) most: usize,
}

impl Store {
    pub(super) fn lock(&self) -> MutexGuard<'_, StoreState> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn texts(&self) -> BTreeSet<String> {
        self.lock().rows.values().map(|(text, _)| text.clone()).collect()
    }

    pub(super) fn slot(&self, name: &str) -> SinkSlot {
        let options = SinkOptions {
            linger: Duration::from_millis(1),
            retry_min: Duration::from_millis(1),
            retry_max: Duration::from_millis(5),
            stall: Duration::from_millis(100),
            queue_max: 20,
            batch_max: 8,
            ..SinkOptions::default()
        };
        SinkSlot { name: name.into(), sink: Box::new(StoreSink(self.clone())), options }
    }
}

struct StoreSink(Store);

fn error(message: &str, action: Action) -> SinkError {
    SinkError { message: message.into(), action }
}

#[async_trait]
impl Sink for StoreSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        if self.0.lock().down {
            return Err(error("cannot connect", Action::Retry(Duration::ZERO)));
        }
        Ok(())
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let (delay, hang) = {
            let store = self.0.lock();
            (store.delay, store.hang)
        };
        if hang {
            std::future::pending::<()>().await;
        }
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let mut store = self.0.lock();
        store.n_writes += 1;
        assert!(!store.panics, "told to");
        if store.broken {
            return Err(error("broken", Action::Stop));
        }
        if store.down {
            return Err(error("connection lost", Action::Retry(Duration::ZERO)));
        }
        if batch.iter().any(|parcel| parcel.text.contains("poison")) {
            return Err(error("cannot store poison", Action::Quarantine));
        }
        let fails = store.flaky > 0 && store.n_writes.is_multiple_of(store.flaky);
        store.most = store.most.max(batch.len());
        // A batch that fails may be half done.
        let n_done = if fails { batch.len() / 2 } else { batch.len() };
        for parcel in &batch[..n_done] {
            store.log.push(parcel.seq);
            if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
                store.rows.remove(&old);
            }
            store.rows.entry(parcel.id).or_insert_with(|| (parcel.text.clone(), parcel.record.clone()));
        }
        if fails { Err(error("reset", Action::Retry(Duration::ZERO))) } else { Ok(()) }
    }
}

/// One state folder and what lies around it.
pub(super) struct World {
    pub(super) state: tempfile::TempDir,
    pub(super) folder: Folder,
    pub(super) stores: Vec<Store>,
    pub(super) stages: Vec<(&'static str, Obedient)>,
    pub(super) options: RuntimeOptions,
}

impl World {
    pub(super) fn new() -> World {
        World {
            state: tempfile::tempdir().unwrap(),
            folder: Folder::default(),
            stores: vec![Store::default()],
            stages: vec![("work", Obedient::new(false)), ("remember", Obedient::new(true))],
            options: RuntimeOptions {
                workers: 2,
                grace: Duration::from_millis(300),
                in_flight_max: 16,
                once: true,
                tick: Duration::from_millis(10),
                replay_wait: Duration::from_millis(200),
                ..RuntimeOptions::default()
            },
        }
    }

    pub(super) fn engine(&self) -> Engine {
        Engine::open(self.state.path(), Arc::new(FixedClock)).unwrap()
    }

    pub(super) fn pipeline(&self) -> Pipeline {
        let names = ["one", "two", "three"];
        Pipeline {
            reader: Arc::new(LineReader),
            stages: self.stages.iter().map(|(name, stage)| stage.clone().slot(name)).collect(),
            sinks: self.stores.iter().zip(names).map(|(store, name)| store.slot(name)).collect(),
            options: self.options.clone(),
        }
    }

    pub(super) async fn run_on(&self, engine: &mut Engine) -> Report {
        let source = self.folder.source(engine.known(), true);
        let (_stop, stopped) = watch::channel(StopMode::Run);
        let report = engine.run(self.pipeline(), source, stopped).await.unwrap();
        assert!(engine.counts().balances());
        report
    }

    /// A whole process: opens, drains the folder, and ends.
    pub(super) async fn run(&self) -> Report {
        self.run_on(&mut self.engine()).await
    }

    /// From now on nothing fails that was told to.
    pub(super) fn heal(&self) {
        for (_, stage) in &self.stages {
            *stage.healed.lock().unwrap() = true;
        }
    }

    /// The balance as seven numbers: seen, delivered, duplicate, dropped, quarantined, superseded, pending.
    pub(super) fn balance(&self) -> [u64; 7] {
        let status = crate::ledger::read_status(self.state.path()).unwrap().unwrap();
        let counts = status.counts;
        assert!(counts.balances());
        [
            counts.seen,
            counts.delivered,
            counts.duplicate,
            counts.dropped,
            counts.quarantined,
            counts.superseded,
            counts.pending,
        ]
    }
}

pub(super) fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
