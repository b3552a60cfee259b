//! The JSONL file: one record a line, each article once, whole lines after any crash.
//!
//! What must stay true here:
//! - A batch is one append and one `fdatasync`; only then is it acknowledged. What was appended but not
//!   acknowledged is cut off again, at once or by the next `open`.
//! - The ids in the file are the only memory of what was stored, so a deleted file starts anew. The index of
//!   them is a cache that is checked against the file.
//! - Nothing is ever taken out of the file but what a power loss left without its data, a torn end or a line
//!   with NUL bytes, and that goes to `PATH.torn`. No record holds such a byte, for JSON escapes it. The file is
//!   append-only: a revision is a further line, and its record says which id it supersedes (`notes`).

mod file;
mod index;
mod lines;
mod mend;
mod scan;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use copydesk_core::{ArticleId, Component, OptionKind, OptionSpec, Parcel, Sink, SinkError};
use serde::Deserialize;

use self::file::{Distrust, Store};
pub use self::lines::{StoredLine, mend, read_lines, read_record};
pub use self::scan::{CorruptLine, Inspection, inspect};
use crate::PlainSinkError;
use crate::format::{self, Format};

/// The options of a `jsonl` sink.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonlOptions {
    /// The file; it and its folders are created.
    pub path: PathBuf,
    /// How an article is written.
    #[serde(default)]
    pub format: Format,
}

/// Appends records to a JSONL file.
pub struct JsonlSink {
    file: Arc<Mutex<JsonlFile>>,
    /// How long `open` waits for another process, or a pipeline about to end, to let go of the file.
    patience: Duration,
}

/// The file as this sink knows it, open or not.
struct JsonlFile {
    path: PathBuf,
    format: Format,
    index: Option<PathBuf>,
    store: Option<Store>,
    distrust: Option<Distrust>,
}

impl JsonlSink {
    /// A sink over the file of `options`; nothing is touched before `open`.
    pub fn new(options: JsonlOptions) -> JsonlSink {
        JsonlSink::with_index(options, None)
    }

    /// A sink that notes the ids of its file in the file `index`, so that a start need not read all of it.
    pub fn with_index(options: JsonlOptions, index: Option<PathBuf>) -> JsonlSink {
        let file =
            JsonlFile { path: options.path, format: options.format, index, store: None, distrust: None };
        JsonlSink { file: Arc::new(Mutex::new(file)), patience: Duration::from_secs(2) }
    }

    /// Runs disk work on a blocking thread. The lock outlives a cancelled call, so the next call waits for
    /// whatever the cancelled one still does.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut JsonlFile) -> Result<T, PlainSinkError> + Send + 'static,
    ) -> Result<T, PlainSinkError> {
        let file = Arc::clone(&self.file);
        let task = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut file)
        });
        task.await.unwrap_or_else(|error| {
            let path = self.file.lock().unwrap_or_else(PoisonError::into_inner).path.clone();
            Err(PlainSinkError::Write { path, error: std::io::Error::other(error) })
        })
    }
}

impl Component for JsonlSink {
    type Options = JsonlOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "path",
            kind: OptionKind::Path,
            default: None,
            choices: &[],
            help: "The file to append to; it and its folders are created.",
        },
        format::OPTION,
    ];
    const HELP: &'static str = "Appends one article a line to a file, each article once. A batch is on the disk \
        before it is acknowledged, and after a crash the file ends with a whole line. Append-only: a revision \
        is a further line that names the id it supersedes in its notes.";
}

#[async_trait]
impl Sink for JsonlSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        let step = Duration::from_millis(50);
        let mut waited = Duration::ZERO;
        loop {
            match self.run(JsonlFile::open).await {
                Err(PlainSinkError::Locked { .. }) if waited < self.patience => {
                    tokio::time::sleep(step).await;
                    waited += step;
                }
                done => return Ok(done?),
            }
        }
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let batch = batch.to_vec();
        Ok(self.run(move |file| file.append(&batch)).await?)
    }

    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        let inspection = self.run(|file| inspect(&file.path)).await?;
        Ok(Some(inspection.ids))
    }

    async fn close(&mut self) -> Result<(), SinkError> {
        let let_go = |file: &mut JsonlFile| {
            if let Some(mut store) = file.store.take().filter(|store| store.is_current(&file.path)) {
                store.note();
            }
            Ok(())
        };
        Ok(self.run(let_go).await?)
    }
}

impl JsonlFile {
    fn open(&mut self) -> Result<(), PlainSinkError> {
        if self.store.as_ref().is_some_and(|store| store.is_current(&self.path)) {
            return Ok(());
        }
        // The old descriptor goes first, for it holds the lock.
        self.store = None;
        self.store = Some(Store::open(&self.path, self.index.as_deref(), self.distrust)?);
        self.distrust = None;
        Ok(())
    }

    fn append(&mut self, batch: &[Arc<Parcel>]) -> Result<(), PlainSinkError> {
        check_records(batch)?;
        // The file may be rotated or deleted at any time; a batch written to a deleted file is written again.
        loop {
            self.open()?;
            if self.append_once(batch)? {
                return Ok(());
            }
        }
    }

    /// Appends to the open file. False if the file was deleted meanwhile.
    fn append_once(&mut self, batch: &[Arc<Parcel>]) -> Result<bool, PlainSinkError> {
        let Some(mut store) = self.store.take() else { return Ok(false) };
        let failed = |error| PlainSinkError::Write { path: self.path.clone(), error };
        let fresh = store.missing(batch, self.format)?;
        if let Err(error) = store.put(&fresh) {
            match store.roll_back() {
                Ok(()) => self.store = Some(store),
                Err(_) => self.distrust = Some(store.distrust()),
            }
            return Err(failed(error));
        }
        if let Err(error) = store.commit(&fresh) {
            // After a failed sync the kernel may hold for clean what never reached the disk. So the pages go,
            // the descriptor goes, and the next open starts from what was known to be there.
            if store.roll_back().is_err() {
                self.distrust = Some(store.distrust());
            }
            return Err(failed(error));
        }
        if store.is_deleted() {
            return Ok(false);
        }
        self.store = Some(store);
        Ok(true)
    }
}

fn check_records(batch: &[Arc<Parcel>]) -> Result<(), PlainSinkError> {
    for parcel in batch {
        let record = parcel.record.as_bytes();
        if memchr::memchr(b'\n', record).is_some() || scan::line_id(record) != Some(parcel.id) {
            return Err(PlainSinkError::Record { id: parcel.id });
        }
    }
    Ok(())
}

/// The place for what was torn off the file's end.
fn torn_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".torn");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
