//! A source and a sink that hold everything in memory, and fail when told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use copydesk_core::{
    Action, ArticleId, Content, Delivery, FileStamp, Outcome, Parcel, Receipt, Sink, SinkError, Source,
    SourceError, StoryRecord, amended,
};
use sha2::{Digest, Sha256};

/// What a [`MemorySink`] stored, shared with the test; it outlives the sink, as a database does.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    parcels: Vec<Arc<Parcel>>,
    stories: BTreeMap<String, StoryRecord>,
    failures: VecDeque<Action>,
    n_writes: usize,
}

impl Inner {
    fn amend(&mut self, parcel: &Parcel) {
        let Some((id, duplicate)) = &parcel.amends else { return };
        let Some(held) = self.parcels.iter_mut().find(|held| held.id == *id) else { return };
        if let Some(record) = amended(&held.record, duplicate) {
            *held = Arc::new(Parcel { record, duplicate_of: Some(duplicate.of), ..(**held).clone() });
        }
    }
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parcels held, in the order of their arrival.
    pub fn parcels(&self) -> Vec<Arc<Parcel>> {
        self.lock().parcels.clone()
    }

    /// The record held of an article.
    pub fn record(&self, id: ArticleId) -> Option<String> {
        self.lock().parcels.iter().find(|parcel| parcel.id == id).map(|parcel| parcel.record.clone())
    }

    /// The latest version of a story.
    pub fn story(&self, id: &str) -> Option<StoryRecord> {
        self.lock().stories.get(id).cloned()
    }

    /// How often `write` was called, failures included.
    pub fn n_writes(&self) -> usize {
        self.lock().n_writes
    }

    /// Makes the next write fail with this; may be called many times to queue failures.
    pub fn fail_next(&self, action: Action) {
        self.lock().failures.push_back(action);
    }
}

/// A sink over a [`Shelf`]: one row an id, and a superseded row goes.
#[derive(Debug, Default)]
pub struct MemorySink {
    shelf: Shelf,
}

impl MemorySink {
    /// A sink that stores on this shelf.
    pub fn new(shelf: Shelf) -> MemorySink {
        MemorySink { shelf }
    }
}

#[async_trait]
impl Sink for MemorySink {
    async fn open(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let mut inner = self.shelf.lock();
        inner.n_writes += 1;
        if let Some(action) = inner.failures.pop_front() {
            return Err(SinkError { message: "the test asked for this failure".to_owned(), action });
        }
        for parcel in batch {
            if !inner.parcels.iter().any(|held| held.id == parcel.id) {
                inner.parcels.push(Arc::clone(parcel));
                inner.amend(parcel);
            }
            if let Some(story) = &parcel.story
                && inner.stories.get(&story.id).is_none_or(|known| known.version < story.version)
            {
                inner.stories.insert(story.id.clone(), (**story).clone());
            }
            if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
                inner.parcels.retain(|held| held.id != old);
            }
        }
        Ok(())
    }

    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        Ok(Some(self.shelf.lock().parcels.iter().map(|parcel| parcel.id).collect()))
    }
}

/// A source of files given beforehand, which remembers what became of each.
#[derive(Debug, Default)]
pub struct MemorySource {
    files: VecDeque<(String, Vec<u8>)>,
    outcomes: Arc<Mutex<Vec<(String, Outcome)>>>,
}

impl MemorySource {
    /// A source that yields these files, by name and bytes, in this order, and then ends.
    pub fn new<N: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (N, B)>) -> MemorySource {
        let files = files.into_iter().map(|(name, bytes)| (name.into(), bytes.into())).collect();
        MemorySource { files, outcomes: Arc::default() }
    }

    /// What became of each file so far, in the order it was reported; shared with the source.
    pub fn outcomes(&self) -> Arc<Mutex<Vec<(String, Outcome)>>> {
        Arc::clone(&self.outcomes)
    }
}

#[async_trait]
impl Source for MemorySource {
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        let Some((name, bytes)) = self.files.pop_front() else { return Ok(None) };
        let outcomes = Arc::clone(&self.outcomes);
        let reported = name.clone();
        let receipt = Receipt::new(move |outcome| {
            outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((reported, outcome));
        });
        Ok(Some(Delivery {
            path: name.clone().into_bytes(),
            uri: format!("file:/invented/{name}"),
            stamp: FileStamp { size: bytes.len() as u64, ..FileStamp::default() },
            hash: Sha256::digest(&bytes).into(),
            content: Content::Bytes(bytes.into()),
            received: "2026-01-31T09:30:00Z".to_owned(),
            retry_failed_after: None,
            receipt,
        }))
    }

    fn backlog(&self) -> Option<u64> {
        Some(self.files.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SinkTraits, sink_conformance};

    #[tokio::test]
    async fn the_memory_sink_conforms() {
        let shelf = Shelf::default();
        let (record, story) = (|id| shelf.record(id), |id: &str| shelf.story(id));
        let traits = SinkTraits { holds: true, replaces: true, record: Some(&record), story: Some(&story) };
        sink_conformance(|| MemorySink::new(shelf.clone()), traits).await;
    }

    #[tokio::test]
    async fn a_failure_is_reported_once() {
        let shelf = Shelf::default();
        let mut sink = MemorySink::new(shelf.clone());
        shelf.fail_next(Action::Stop);
        let batch = [Arc::new(crate::parcel(1, "Rain fell."))];
        assert_eq!(sink.write(&batch).await.unwrap_err().action, Action::Stop);
        sink.write(&batch).await.unwrap();
        assert_eq!((shelf.n_writes(), shelf.parcels().len()), (2, 1));
    }

    #[tokio::test]
    async fn the_source_remembers_outcomes() {
        let mut source = MemorySource::new([("a.txt", "Rain fell."), ("b.txt", "It stopped.")]);
        let outcomes = source.outcomes();
        assert_eq!(source.backlog(), Some(2));
        source.next().await.unwrap().unwrap().receipt.settle(Outcome::Settled);
        drop(source.next().await.unwrap().unwrap());
        assert!(source.next().await.unwrap().is_none());
        let outcomes = outcomes.lock().unwrap().clone();
        assert_eq!(outcomes, [("a.txt".into(), Outcome::Settled), ("b.txt".into(), Outcome::Lost)]);
    }
}
