//! From the paths a person names to articles, in input order and on all cores: what `clean` and `explain` run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use copydesk_core::{
    Account, Article, ArticleId, BuildError, Part, PartSource, ReadError, Reader, SourceFile, Stage,
    StageError, Verdict,
};
use sha2::{Digest, Sha256};

use crate::commands::Failure;
use crate::patience::Patience;

/// Makes one of a stage.
pub(crate) type MakeStage = Arc<dyn Fn() -> Result<Box<dyn Stage>, BuildError> + Send + Sync>;

/// What became of one input.
pub enum CleanOutcome {
    /// An article.
    Article(Box<Article>),
    /// A stage took it out, or it is a record that holds no article.
    Dropped {
        /// The input.
        uri: String,
        /// Why.
        reason: String,
    },
    /// It could not be read.
    Failed {
        /// The input.
        uri: String,
        /// What is wrong with it.
        error: String,
    },
}

/// Cleans without a ledger: the reader and the stateless stages.
pub struct Cleaner {
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) stages: Vec<MakeStage>,
    pub(crate) media_type: Option<String>,
    pub(crate) received: String,
    pub(crate) max_bytes: u64,
    pub(crate) patience: Patience,
}

/// One place to read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// `-`.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// The inputs that paths stand for: folders are walked, in byte order of the path, without following links.
pub(crate) fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, String> {
    if paths.is_empty() {
        return Ok(vec![Input::Stdin]);
    }
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Input::Stdin);
            continue;
        }
        let error = |error: io::Error| format!("cannot read `{}`: {error}", path.display());
        if std::fs::metadata(path).map_err(error)?.is_dir() {
            walk(path, &mut found)?;
        } else {
            found.push(Input::File(path.clone()));
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<Input>) -> Result<(), String> {
    let error = |error: io::Error| format!("cannot list `{}`: {error}", folder.display());
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let kind = entry.file_type().map_err(error)?;
        let mut key = entry.file_name().into_encoded_bytes();
        if key.first() == Some(&b'.') || !(kind.is_dir() || kind.is_file()) {
            continue;
        }
        if kind.is_dir() {
            key.push(b'/');
        }
        entries.push((key, entry.path(), kind.is_dir()));
    }
    entries.sort();
    for (_, path, is_dir) in entries {
        if is_dir {
            walk(&path, found)?;
        } else {
            found.push(Input::File(path));
        }
    }
    Ok(())
}

enum Job {
    Part(Part),
    Failed { uri: String, error: String },
}

impl Cleaner {
    /// The default stages, with nothing configured.
    ///
    /// # Errors
    /// A stage that cannot be made.
    pub fn standard() -> Result<Cleaner, BuildError> {
        crate::setup::standard_cleaner()
    }

    /// Reads every input as this media type; `None` to go by name and content.
    pub fn set_media_type(&mut self, media_type: Option<String>) {
        self.media_type = media_type;
    }

    /// Cleans the articles of one file, given as bytes.
    pub fn clean_bytes(&self, name: &str, bytes: &[u8]) -> Vec<CleanOutcome> {
        let file = SourceFile {
            name: name.to_owned(),
            uri: name.to_owned(),
            hash: Sha256::digest(bytes).into(),
            received: self.received.clone(),
            media_type: self.media_type.clone(),
        };
        let mut outcomes = Vec::new();
        let stages: Result<Vec<_>, BuildError> = self.stages.iter().map(|make| make()).collect();
        let result =
            stages.map_err(|error| ReadError::new("stage", error.to_string())).and_then(|mut stages| {
                self.reader.split(&file, PartSource::Bytes(bytes.into()), &mut |part| {
                    outcomes.push(self.process(&part, &mut stages));
                    ControlFlow::Continue(())
                })
            });
        if let Err(error) = result {
            outcomes.push(CleanOutcome::Failed { uri: file.uri, error: error.to_string() });
        }
        outcomes
    }

    /// Looks for the article with this id in a file: its part, if the file holds it, or all of the file's bytes, if
    /// they are the article. `uri` is the one the file goes by.
    pub(crate) fn find(&self, path: &Path, uri: &str, id: &ArticleId) -> Option<Found> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut file = SourceFile {
            name: name.clone(),
            uri: uri.to_owned(),
            received: self.received.clone(),
            ..SourceFile::default()
        };
        let mut found = Found { whole: None, part: None };
        let mut look = |part: Part| {
            if part.id != *id {
                return ControlFlow::Continue(());
            }
            found.part = Some(part);
            ControlFlow::Break(())
        };
        let (split, whole) = match self.open(path, &name).ok()? {
            Opened::Stream(mut stream) => {
                (self.reader.split(&file, PartSource::Stream(&mut stream), &mut look), None)
            }
            Opened::Bytes(bytes) => {
                file.hash = Sha256::digest(&bytes).into();
                let bytes: Arc<[u8]> = bytes.into();
                let whole = (file.hash == *id.as_bytes()).then(|| Arc::clone(&bytes));
                (self.reader.split(&file, PartSource::Bytes(bytes), &mut look), whole)
            }
        };
        // A file that breaks off further on may still hold it.
        drop(split);
        found.whole = whole;
        (found.whole.is_some() || found.part.is_some()).then_some(found)
    }

    /// Cleans one part.
    pub(crate) fn clean_part(&self, part: &Part) -> CleanOutcome {
        let stages: Result<Vec<_>, BuildError> = self.stages.iter().map(|make| make()).collect();
        match stages {
            Ok(mut stages) => self.process(part, &mut stages),
            Err(error) => CleanOutcome::Failed { uri: part.uri.clone(), error: error.to_string() },
        }
    }

    /// As [`Cleaner::clean`], one article after the other, with what each stage has to say of its pieces.
    pub(crate) fn explain(
        &self,
        input: &Input,
        mut show: impl FnMut(CleanOutcome, &[Account]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut shown = Ok(());
        let split = self.split(input, &mut |part| {
            let (outcome, accounts) = self.explain_part(&part);
            shown = show(outcome, &accounts);
            if shown.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        shown?;
        if let Err((uri, error)) = split {
            show(CleanOutcome::Failed { uri, error }, &[])?;
        }
        Ok(())
    }

    /// Cleans one part, and asks each stage what it has to say.
    pub(crate) fn explain_part(&self, part: &Part) -> (CleanOutcome, Vec<Account>) {
        let mut accounts = Vec::new();
        let made: Result<Vec<_>, BuildError> = self.stages.iter().map(|make| make()).collect();
        let outcome = match made {
            Ok(mut stages) => self.process_asking(part, &mut stages, |stage, article| {
                accounts.extend(stage.explain(article));
            }),
            Err(error) => CleanOutcome::Failed { uri: part.uri.clone(), error: error.to_string() },
        };
        (outcome, accounts)
    }

    /// Cleans every input, and hands each outcome to `show` in input order.
    pub(crate) fn clean(
        &self,
        inputs: &[Input],
        mut show: impl FnMut(CleanOutcome) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let n_workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut sets = Vec::new();
        for _ in 0..n_workers {
            let made: Result<Vec<_>, BuildError> = self.stages.iter().map(|make| make()).collect();
            sets.push(made.map_err(|error| Failure::Usage(error.to_string()))?);
        }
        std::thread::scope(|scope| {
            let (job_tx, job_rx) = sync_channel::<(u64, Job)>(4 * n_workers);
            let (done_tx, done_rx) = sync_channel::<(u64, CleanOutcome)>(4 * n_workers);
            let job_rx = Arc::new(Mutex::new(job_rx));
            scope.spawn(move || self.feed(inputs, &job_tx));
            for mut stages in sets {
                let (job_rx, done_tx) = (Arc::clone(&job_rx), done_tx.clone());
                scope.spawn(move || self.work(&job_rx, &mut stages, &done_tx));
            }
            drop((job_rx, done_tx));
            let mut waiting = BTreeMap::new();
            let mut next = 0;
            for (idx, outcome) in done_rx {
                waiting.insert(idx, outcome);
                while let Some(outcome) = waiting.remove(&next) {
                    next += 1;
                    show(outcome)?;
                }
            }
            Ok(())
        })
    }

    fn feed(&self, inputs: &[Input], jobs: &SyncSender<(u64, Job)>) {
        let mut idx = 0;
        for input in inputs {
            // A failed send means the other side has stopped: nothing is left to do.
            let mut send = |job| {
                let sent = jobs.send((idx, job));
                idx += 1;
                if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            if let Err((uri, error)) = self.split(input, &mut |part| send(Job::Part(part)))
                && send(Job::Failed { uri, error }).is_break()
            {
                return;
            }
        }
    }

    fn split(
        &self,
        input: &Input,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), (String, String)> {
        let mut file = SourceFile {
            received: self.received.clone(),
            media_type: self.media_type.clone(),
            ..SourceFile::default()
        };
        let uri;
        let read = match input {
            Input::Stdin => {
                uri = "-".to_owned();
                file.name = "-".into();
                self.read_whole(&mut io::stdin().lock()).map(Opened::Bytes)
            }
            Input::File(path) => {
                uri = file_uri(path);
                file.name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.open(path, &file.name)
            }
        };
        file.uri.clone_from(&uri);
        let result = match read {
            Ok(Opened::Bytes(bytes)) => {
                file.hash = Sha256::digest(&bytes).into();
                self.reader.split(&file, PartSource::Bytes(bytes.into()), emit)
            }
            Ok(Opened::Stream(mut stream)) => self.reader.split(&file, PartSource::Stream(&mut stream), emit),
            Err(error) => Err(ReadError::new("unreadable", error)),
        };
        result.map_err(|error| (uri, error.to_string()))
    }

    fn open(&self, path: &Path, name: &str) -> Result<Opened, String> {
        let mut file = File::open(path).map_err(|error| error.to_string())?;
        let size = file.metadata().map_err(|error| error.to_string())?.len();
        if size > self.max_bytes && self.reader.is_container(name) {
            return Ok(Opened::Stream(file));
        }
        self.read_whole(&mut file).map(Opened::Bytes)
    }

    fn read_whole(&self, from: &mut dyn Read) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        from.take(self.max_bytes + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() as u64 > self.max_bytes {
            return Err(format!("larger than {} bytes, the most an article may have", self.max_bytes));
        }
        Ok(bytes)
    }

    fn work(
        &self,
        jobs: &Mutex<Receiver<(u64, Job)>>,
        stages: &mut [Box<dyn Stage>],
        done: &SyncSender<(u64, CleanOutcome)>,
    ) {
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((idx, job)) = next else { return };
            let outcome = match job {
                Job::Part(part) => self.process(&part, stages),
                Job::Failed { uri, error } => CleanOutcome::Failed { uri, error },
            };
            if done.send((idx, outcome)).is_err() {
                return;
            }
        }
    }

    fn process(&self, part: &Part, stages: &mut [Box<dyn Stage>]) -> CleanOutcome {
        self.process_asking(part, stages, |_, _| {})
    }

    /// `ask` sees the article before each stage does.
    fn process_asking(
        &self,
        part: &Part,
        stages: &mut [Box<dyn Stage>],
        mut ask: impl FnMut(&dyn Stage, &Article),
    ) -> CleanOutcome {
        let uri = part.uri.clone();
        if let Some(reason) = &part.skip {
            return CleanOutcome::Dropped { uri, reason: reason.clone() };
        }
        let mut article = match self.reader.decode(part) {
            Ok(article) => article,
            Err(error) => return CleanOutcome::Failed { uri, error: error.to_string() },
        };
        for (place, (stage, make)) in stages.iter_mut().zip(&self.stages).enumerate() {
            ask(stage.as_ref(), &article);
            let result = loop {
                let result = catch_unwind(AssertUnwindSafe(|| stage.process(&mut article)));
                if !self.patience.waits(place, &result) {
                    break result;
                }
            };
            match result {
                Ok(Ok(Verdict::Keep)) => {}
                Ok(Ok(Verdict::Drop(reason))) => return CleanOutcome::Dropped { uri, reason },
                Ok(Err(StageError { message, .. })) => return CleanOutcome::Failed { uri, error: message },
                Err(panic) => {
                    // It may be half changed. One that cannot be made again goes on as it is.
                    if let Ok(fresh) = make() {
                        *stage = fresh;
                    }
                    let error = format!("the stage panicked: {}", copydesk_runtime::panic_text(&*panic));
                    return CleanOutcome::Failed { uri, error };
                }
            }
        }
        CleanOutcome::Article(Box::new(article))
    }
}

/// An article found in a file.
pub(crate) struct Found {
    /// The file's bytes, if they are the article's.
    pub(crate) whole: Option<Arc<[u8]>>,
    /// Its part, if the file can be read.
    pub(crate) part: Option<Part>,
}

enum Opened {
    Bytes(Vec<u8>),
    Stream(File),
}

/// `file:` and the absolute path, percent-encoded.
pub(crate) fn file_uri(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below = path.as_os_str().as_bytes();
    copydesk_watcher::file_uri(Path::new("/"), below.strip_prefix(b"/").unwrap_or(below))
}
