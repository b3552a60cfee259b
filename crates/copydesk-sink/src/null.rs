//! The sink that stores nothing: for measurements, and for trying out a configuration.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use copydesk_core::{Component, OptionSpec, Parcel, Sink, SinkError};
use serde::Deserialize;

/// The `null` sink has no options.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NullOptions {}

/// Counts articles and forgets them.
#[derive(Debug, Default)]
pub struct NullSink {
    n_articles: Arc<AtomicU64>,
}

impl NullSink {
    /// A sink that has counted nothing yet.
    pub fn new() -> NullSink {
        NullSink::default()
    }

    /// How many articles it was given, repeats included; goes on counting after the sink is handed over.
    pub fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_articles)
    }
}

impl Component for NullSink {
    type Options = NullOptions;
    const OPTIONS: &'static [OptionSpec] = &[];
    const HELP: &'static str = "Stores nothing: for measurements, and for trying out a configuration.";
}

#[async_trait]
impl Sink for NullSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        self.n_articles.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use copydesk_testkit::{SinkTraits, parcel, sink_conformance};

    use super::*;

    #[tokio::test]
    async fn the_null_sink_conforms_and_counts() {
        sink_conformance(NullSink::new, SinkTraits { holds: false, replaces: true, ..SinkTraits::default() })
            .await;
        let mut sink = NullSink::new();
        let counter = sink.counter();
        sink.write(&[Arc::new(parcel(1, "Rain fell."))]).await.unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), 1);
    }
}
