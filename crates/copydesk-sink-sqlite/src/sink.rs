//! The sink: the store on blocking threads, behind a lock that outlives a cancelled call.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use copydesk_core::{Action, ArticleId, Component, OptionKind, OptionSpec, Parcel, Sink, SinkError};
use serde::Deserialize;

use crate::StoreError;
use crate::read::{ids, stored_ids};
use crate::store::{Distrusted, Store};

/// The options of a `sqlite` sink.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqliteOptions {
    /// The database file; it and its folders are created.
    pub path: PathBuf,
}

/// Stores articles in a SQLite file, with a search index over titles and texts.
pub struct SqliteSink {
    path: PathBuf,
    place: Arc<Mutex<Place>>,
}

/// Where the store is while it is open.
#[derive(Default)]
struct Place {
    store: Option<Store>,
    /// Let go once another connection has recovered what this one left.
    distrusted: Option<Distrusted>,
}

impl Place {
    /// The open store, opened now if it is not.
    fn opened(&mut self, path: &Path) -> Result<&mut Store, StoreError> {
        let store = match self.store.take() {
            Some(store) => store,
            None => Store::open(path)?,
        };
        self.distrusted = None;
        Ok(self.store.insert(store))
    }
}

impl SqliteSink {
    /// A sink over the file of `options`; nothing is touched before `open`.
    pub fn new(options: SqliteOptions) -> SqliteSink {
        SqliteSink { path: options.path, place: Arc::default() }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Place, PathBuf) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (place, path) = (Arc::clone(&self.place), self.path.clone());
        let task = tokio::task::spawn_blocking(move || {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            let done = work(&mut place, path);
            // A refused article says nothing against the connection; anything else does.
            if done.as_ref().is_err_and(|error| error.action() != Action::Quarantine)
                && let Some(store) = place.store.take()
            {
                place.distrusted = Some(store.distrust());
            }
            done
        });
        task.await.unwrap_or_else(|error| {
            Err(StoreError::Lost { path: self.path.clone(), message: error.to_string() })
        })
    }
}

impl Component for SqliteSink {
    type Options = SqliteOptions;
    const OPTIONS: &'static [OptionSpec] = &[OptionSpec {
        name: "path",
        kind: OptionKind::Path,
        default: None,
        choices: &[],
        help: "The database file; it and its folders are created.",
    }];
    const HELP: &'static str = "Stores one row an article in the table `articles` of a SQLite file, with a search \
        index over title and text. A batch is one synced transaction; a revision takes the place of the row it \
        supersedes.";
}

#[async_trait]
impl Sink for SqliteSink {
    async fn open(&mut self) -> Result<(), SinkError> {
        Ok(self.run(|place, path| place.opened(&path).map(|_| ())).await?)
    }

    async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let batch = batch.to_vec();
        Ok(self.run(move |place, path| place.opened(&path)?.write(&path, &batch)).await?)
    }

    async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
        // A sink that is not open looks and touches nothing, so that `verify` leaves no trace.
        let look = |place: &mut Place, path: PathBuf| match &place.store {
            Some(store) => ids(store.connection(), &path),
            None => stored_ids(&path),
        };
        Ok(Some(self.run(look).await?))
    }

    async fn close(&mut self) -> Result<(), SinkError> {
        let let_go = |place: &mut Place, path: PathBuf| match place.store.take() {
            Some(store) => store.close(&path),
            None => Ok(()),
        };
        Ok(self.run(let_go).await?)
    }
}
