//! Every way for a sink not to conform.

use std::sync::Arc;

use async_trait::async_trait;
use copydesk_core::{Action, ArticleId, Parcel, Sink, SinkError};

use super::{SinkTraits, sink_conformance};
use crate::{MemorySink, Shelf};

/// A memory sink that breaks one promise.
struct Broken {
    how: &'static str,
    inner: MemorySink,
    n_opened: u32,
}

#[async_trait]
impl Sink for Broken {
    async fn open(&mut self) -> Result<(), SinkError> {
        self.n_opened += 1;
        if self.how == "opens once" && self.n_opened > 1 {
            return Err(SinkError { message: "it is open".to_owned(), action: Action::Stop });
        }
        self.inner.open().await
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let batch = match (self.how, batch) {
            ("loses the last", [rest @ .., _]) => rest,
            _ => batch,
        };
        let mut batch = batch.to_vec();
        match self.how {
            "keeps what is superseded" => {
                for parcel in &mut batch {
                    *parcel = Arc::new(Parcel { supersedes: None, ..(**parcel).clone() });
                }
            }
            "drops what is odd" => batch.retain(|parcel| !parcel.record.contains("\\u0000")),
            "stumbles over a repeat" => {
                let held = self.inner.inventory().await?.unwrap_or_default();
                if batch.iter().any(|parcel| held.contains(&parcel.id)) {
                    return Err(SinkError { message: "it is there".to_owned(), action: Action::Quarantine });
                }
            }
            _ => {}
        }
        self.inner.write(&batch).await
    }

    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        let ids = self.inner.inventory().await?;
        Ok(match self.how {
            "tells nothing" => None,
            "counts twice" => ids.map(|ids| ids.repeat(2)),
            _ => ids,
        })
    }
}

async fn conforms(how: &'static str) {
    let shelf = Shelf::default();
    let make = || {
        // After a restart it has forgotten.
        let shelf = if how == "is not durable" { Shelf::default() } else { shelf.clone() };
        Broken { how, inner: MemorySink::new(shelf), n_opened: 0 }
    };
    let (record, story) = (|id| shelf.record(id), |id: &str| shelf.story(id));
    let asks = how != "is not durable";
    let traits = SinkTraits {
        holds: true,
        replaces: true,
        record: asks.then_some(&record),
        story: asks.then_some(&story),
    };
    sink_conformance(make, traits).await;
}

#[tokio::test]
async fn a_sink_that_keeps_its_promises_passes() {
    conforms("well").await;
}

/// A way to break a promise, and the promise as the suite names it.
macro_rules! broken {
    ($($name:ident: $how:literal => $promise:literal,)*) => {$(
        #[tokio::test]
        #[should_panic(expected = $promise)]
        async fn $name() {
            conforms($how).await;
        }
    )*};
}

broken! {
    opens_once: "opens once" => "open is safe to repeat",
    loses_the_last: "loses the last" => "after a write",
    is_not_durable: "is not durable" => "after a crash",
    keeps_what_is_superseded: "keeps what is superseded" => "what is superseded goes, or stays",
    drops_what_is_odd: "drops what is odd" => "odd texts",
    stumbles_over_a_repeat: "stumbles over a repeat" => "a batch is safe to repeat",
    tells_nothing: "tells nothing" => "inventory is given exactly by sinks that hold",
    counts_twice: "counts twice" => "no id is held twice",
}
