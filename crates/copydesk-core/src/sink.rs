//! Where articles go.

use async_trait::async_trait;

use crate::{Action, ArticleId, Parcel};

/// A downstream store.
///
/// The runtime promises at least once, so the sink makes it exactly once: what it holds goes by [`Parcel::id`], and a
/// repeat changes nothing. What `Ok` has been said of must be there after a power loss.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use copydesk_core::{ArticleId, Parcel, Sink, SinkError};
///
/// /// Keeps the records in memory.
/// #[derive(Default)]
/// struct Records(BTreeMap<ArticleId, String>);
///
/// #[async_trait::async_trait]
/// impl Sink for Records {
///     async fn open(&mut self) -> Result<(), SinkError> {
///         Ok(())
///     }
///
///     async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
///         for parcel in batch {
///             self.0.insert(parcel.id, parcel.record.clone());
///             // A new version of an article takes the old one's place.
///             if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
///                 self.0.remove(&old);
///             }
///         }
///         Ok(())
///     }
///
///     async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
///         Ok(Some(self.0.keys().copied().collect()))
///     }
/// }
/// # use copydesk_core::Article;
/// # let article = Article::new(ArticleId::from_bytes([1; 32]), Default::default(), "Rain fell.", vec![]);
/// # let batch = [Arc::new(Parcel::new(&article, None))];
/// # let mut records = Records::default();
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # for _ in 0..2 {
/// #     assert!(matches!(records.write(&batch).as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
/// # }
/// # assert_eq!(records.0.len(), 1);
/// ```
#[async_trait]
pub trait Sink: Send {
    /// Makes ready: opens, creates, recovers after a crash. Called before the first write, and again after
    /// an error, so it must be safe to repeat.
    async fn open(&mut self) -> Result<(), SinkError>;

    /// Stores a batch, in order. `Ok` means durable. Safe to repeat: an id that is there already changes
    /// nothing, and a half-done batch is completed.
    async fn write(&mut self, batch: &[std::sync::Arc<Parcel>]) -> Result<(), SinkError>;

    /// The ids it holds, for `verify`; `None` where it cannot tell (standard output).
    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        Ok(None)
    }

    /// Flushes and lets go. Called once, at the end.
    async fn close(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A sink that could not store a batch.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SinkError {
    /// One line, lower case, naming the thing.
    pub message: String,
    /// `Retry`: the store is at fault, and nothing of the batch is acknowledged. `Quarantine`: an article of
    /// the batch is refused; the runtime repeats the batch one by one to find it. `Stop`: give up.
    pub action: Action,
}
