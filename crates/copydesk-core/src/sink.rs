//! Where articles go.

use async_trait::async_trait;

use crate::{Action, ArticleId, Parcel};

/// A downstream store.
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
