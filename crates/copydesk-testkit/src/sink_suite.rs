//! What every sink promises the runtime, as one suite.

use std::collections::BTreeSet;
use std::sync::Arc;

use copydesk_core::{ArticleId, Duplicate, DuplicateKind, Parcel, Sink, StoryArticle, StoryRecord, amended};

use crate::{ODD_TEXTS, parcel, revision};

/// How the suite sees what a sink has stored under a key.
pub type LookUp<'a, K, V> = &'a dyn Fn(K) -> Option<V>;

/// What a kind of sink can do beyond storing.
#[derive(Clone, Copy, Default)]
pub struct SinkTraits<'a> {
    /// It can tell which ids it holds: `inventory` is not `None`.
    pub holds: bool,
    /// A superseded article goes; false for append-only sinks.
    pub replaces: bool,
    /// The record it holds of an article, where it can have earlier ones say something else of `duplicate`.
    pub record: Option<LookUp<'a, ArticleId, String>>,
    /// What it holds of a story, where it keeps them.
    pub story: Option<LookUp<'a, &'a str, StoryRecord>>,
}

/// Runs the suite. `make` gives a new sink over the same store each time, as a restart does; the store is
/// empty at first.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
/// use copydesk_core::{ArticleId, Parcel, Sink, SinkError};
/// use copydesk_testkit::{SinkTraits, sink_conformance};
///
/// /// Keeps records in a map: its store, which outlives it.
/// struct InMap(Arc<Mutex<BTreeMap<ArticleId, String>>>);
///
/// #[async_trait::async_trait]
/// impl Sink for InMap {
///     async fn open(&mut self) -> Result<(), SinkError> {
///         Ok(())
///     }
///     async fn write(&mut self, batch: &[Arc<Parcel>]) -> Result<(), SinkError> {
///         let mut map = self.0.lock().unwrap();
///         for parcel in batch {
///             map.insert(parcel.id, parcel.record.clone());
///             if let Some(old) = parcel.supersedes.filter(|old| *old != parcel.id) {
///                 map.remove(&old);
///             }
///         }
///         Ok(())
///     }
///     async fn inventory(&mut self) -> Result<Option<Vec<ArticleId>>, SinkError> {
///         Ok(Some(self.0.lock().unwrap().keys().copied().collect()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let store = Arc::default();
/// let traits = SinkTraits { holds: true, replaces: true, ..SinkTraits::default() };
/// sink_conformance(|| InMap(Arc::clone(&store)), traits).await;
/// # }
/// ```
///
/// # Panics
/// A promise of [`Sink`] is broken.
pub async fn sink_conformance<S: Sink>(mut make: impl FnMut() -> S, traits: SinkTraits<'_>) {
    opening(make(), traits).await;
    let first = batch(1, 20, "first");
    repeats(make(), &first, traits).await;
    restart(&mut make, &first, traits).await;
    supersedes(make(), traits).await;
    odd_texts(make(), traits).await;
    saturation(make(), traits).await;
    amends(&mut make, traits).await;
    stories(&mut make, traits).await;
}

fn batch(start: u64, n_parcels: u64, word: &str) -> Vec<Arc<Parcel>> {
    (start..start + n_parcels)
        .map(|n| Arc::new(parcel(n, &format!("The {word} report {n}\nRain fell."))))
        .collect()
}

async fn held<S: Sink>(sink: &mut S, traits: SinkTraits<'_>) -> Option<BTreeSet<ArticleId>> {
    let ids = sink.inventory().await.expect("inventory of an open sink");
    assert_eq!(ids.is_some(), traits.holds, "inventory is given exactly by sinks that hold");
    let ids = ids?;
    let distinct: BTreeSet<ArticleId> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "no id is held twice");
    Some(distinct)
}

async fn assert_holds<S: Sink>(sink: &mut S, parcels: &[Arc<Parcel>], traits: SinkTraits<'_>, when: &str) {
    if let Some(ids) = held(sink, traits).await {
        for parcel in parcels {
            assert!(ids.contains(&parcel.id), "{when}: {} is held", parcel.uri);
        }
    }
}

async fn opening<S: Sink>(mut sink: S, traits: SinkTraits<'_>) {
    sink.open().await.expect("open over an empty store");
    sink.open().await.expect("open is safe to repeat");
    sink.write(&[]).await.expect("an empty batch is written");
    if let Some(ids) = held(&mut sink, traits).await {
        assert!(ids.is_empty(), "an empty store holds nothing");
    }
    sink.close().await.expect("close without a write");
}

async fn repeats<S: Sink>(mut sink: S, first: &[Arc<Parcel>], traits: SinkTraits<'_>) {
    sink.open().await.expect("open");
    sink.write(first).await.expect("write a batch");
    let before = held(&mut sink, traits).await;
    assert_holds(&mut sink, first, traits, "after a write").await;
    sink.write(first).await.expect("a batch is safe to repeat");
    let doubled: Vec<Arc<Parcel>> = first.iter().chain(first).cloned().collect();
    sink.write(&doubled).await.expect("a batch may hold an id twice");
    assert_eq!(held(&mut sink, traits).await, before, "a repeat changes nothing");
    // No close: the process is gone.
}

async fn restart<S: Sink>(make: &mut impl FnMut() -> S, first: &[Arc<Parcel>], traits: SinkTraits<'_>) {
    let mut sink = make();
    sink.open().await.expect("open after a crash");
    assert_holds(&mut sink, first, traits, "after a crash").await;
    let before = held(&mut sink, traits).await;
    sink.write(first).await.expect("repeat a batch after a crash");
    assert_eq!(held(&mut sink, traits).await, before, "a repeat after a crash changes nothing");
    let mut half_known = first.to_vec();
    half_known.extend(batch(100, 5, "later"));
    sink.write(&half_known).await.expect("complete a half-done batch");
    assert_holds(&mut sink, &half_known, traits, "after a half-done batch").await;
    sink.close().await.expect("close");
    drop(sink);
    let mut sink = make();
    sink.open().await.expect("open after a clean stop");
    assert_holds(&mut sink, &half_known, traits, "after a clean stop").await;
    sink.close().await.expect("close");
}

async fn supersedes<S: Sink>(mut sink: S, traits: SinkTraits<'_>) {
    sink.open().await.expect("open");
    let old = Arc::new(parcel(200, "The ferry sails\nAt noon."));
    let new = Arc::new(revision(201, "The ferry sails\nAt one.", Some(old.id)));
    let itself = Arc::new(revision(202, "The ferry sails\nAt two.", None));
    let itself = Arc::new(Parcel { supersedes: Some(itself.id), ..(*itself).clone() });
    let batch = [Arc::clone(&old), Arc::clone(&new), Arc::clone(&itself)];
    for _ in 0..2 {
        sink.write(&batch).await.expect("write a revision");
        assert_holds(&mut sink, &[Arc::clone(&new), Arc::clone(&itself)], traits, "a revision").await;
        if let Some(ids) = held(&mut sink, traits).await {
            assert_eq!(ids.contains(&old.id), !traits.replaces, "what is superseded goes, or stays");
        }
    }
    let unknown = ArticleId::from_bytes([7; 32]);
    let orphan = Arc::new(revision(203, "The ferry sails\nAt three.", Some(unknown)));
    sink.write(&[Arc::clone(&orphan)]).await.expect("what is superseded need not be there");
    assert_holds(&mut sink, &[orphan], traits, "a revision of nothing").await;
    sink.close().await.expect("close");
}

async fn odd_texts<S: Sink>(mut sink: S, traits: SinkTraits<'_>) {
    sink.open().await.expect("open");
    let odd: Vec<Arc<Parcel>> = (300..)
        .zip(ODD_TEXTS)
        .map(|(seq, raw)| Arc::new(parcel(seq, &format!("Odd {seq}\n{raw}"))))
        .collect();
    sink.write(&odd).await.expect("write odd texts");
    assert_holds(&mut sink, &odd, traits, "odd texts").await;
    sink.close().await.expect("close");
}

async fn saturation<S: Sink>(mut sink: S, traits: SinkTraits<'_>) {
    sink.open().await.expect("open");
    let many = batch(1000, 3000, "many");
    sink.write(&many).await.expect("write a large batch");
    let long = "Rain fell on the quay all day. ".repeat(100_000);
    let huge = Arc::new(parcel(5000, &format!("A long report\n{long}")));
    sink.write(&[Arc::clone(&huge)]).await.expect("write a large article");
    assert_holds(&mut sink, &many, traits, "a large batch").await;
    assert_holds(&mut sink, &[huge], traits, "a large article").await;
    sink.close().await.expect("close");
}

/// A parcel that leads in the place of an earlier one.
fn better(seq: u64, raw: &str, worse: ArticleId) -> Arc<Parcel> {
    let parcel = parcel(seq, raw);
    let (kind, of) = (DuplicateKind::Near, parcel.id);
    let duplicate = Duplicate { of, kind, similarity: 0.9, shared: None, via: None };
    Arc::new(Parcel { amends: Some((worse, duplicate)), ..parcel })
}

async fn amends<S: Sink>(make: &mut impl FnMut() -> S, traits: SinkTraits<'_>) {
    let worse = Arc::new(parcel(6000, "Ferry late\n\"duplicate\":null, they said."));
    let first = better(6001, "Ferry late\nIt sails at noon, and not before.", worse.id);
    let second = better(6002, "Ferry late\nIt sails at noon, and not before, the harbour says.", worse.id);
    let orphan = better(6003, "Ferry late\nOf what was never here.", ArticleId::from_bytes([8; 32]));
    let says = |lead: &Parcel, when: &str| {
        let Some(record) = traits.record else { return };
        let duplicate = &lead.amends.as_ref().expect("it amends").1;
        let expected = amended(&worse.record, duplicate).expect("a record");
        assert_eq!(record(worse.id), Some(expected), "an amended record, {when}");
        assert_eq!(record(lead.id).as_ref(), Some(&lead.record), "the record of what leads, {when}");
    };
    let mut sink = make();
    sink.open().await.expect("open");
    let both = [Arc::clone(&worse), Arc::clone(&first)];
    for _ in 0..2 {
        sink.write(&both).await.expect("write what amends");
        assert_holds(&mut sink, &both, traits, "both copies").await;
        says(&first, "in one batch and again");
    }
    // No close: the process is gone.
    drop(sink);
    let mut sink = make();
    sink.open().await.expect("open after a crash");
    says(&first, "after a crash");
    sink.write(&[Arc::clone(&second)]).await.expect("write what amends once more");
    says(&second, "a second time");
    sink.write(&[worse.clone(), first]).await.expect("repeat what is overtaken");
    says(&second, "after a repeat of what it overtook");
    sink.write(&[Arc::clone(&orphan)]).await.expect("what is amended need not be there");
    assert_holds(&mut sink, &[orphan], traits, "what amends nothing").await;
    sink.close().await.expect("close");
}

fn story(parcel: &Parcel, version: u64) -> StoryRecord {
    let article = StoryArticle { id: parcel.id, published: Some(format!("2026-01-{version:02}")) };
    StoryRecord {
        id: "s-0011223344556677".to_owned(),
        title: parcel.title.clone(),
        articles: version,
        first: StoryArticle { published: None, ..article.clone() },
        last: article,
        sources: vec!["lantern.example".to_owned(), "\"'); DROP TABLE stories; --".to_owned()],
        n_sources: 2,
        names: vec!["大雨".to_owned()],
        version,
    }
}

async fn stories<S: Sink>(make: &mut impl FnMut() -> S, traits: SinkTraits<'_>) {
    let parcels: Vec<Arc<Parcel>> = (1..=6)
        .map(|version| {
            let parcel = parcel(7000 + version, &format!("Report {version}\nThe bridge is closed."));
            Arc::new(Parcel { story: Some(Box::new(story(&parcel, version))), ..parcel })
        })
        .collect();
    let version = |version: usize| parcels.get(version - 1).cloned().expect("so many were made");
    let is_at = |expected: &Arc<Parcel>, when: &str| {
        let Some(story) = traits.story else { return };
        let expected = expected.story.as_deref();
        assert_eq!(story("s-0011223344556677").as_ref(), expected, "the story, {when}");
    };
    let mut sink = make();
    sink.open().await.expect("open");
    sink.write(&[version(2)]).await.expect("write an article of a story");
    is_at(&version(2), "first");
    sink.write(&[version(1)]).await.expect("write an earlier version");
    is_at(&version(2), "after an earlier version");
    sink.write(&[version(4), version(5), version(3)]).await.expect("write a batch of one story");
    is_at(&version(5), "after a batch out of order");
    // No close: the process is gone.
    drop(sink);
    let mut sink = make();
    sink.open().await.expect("open after a crash");
    is_at(&version(5), "after a crash");
    sink.write(&parcels[..5]).await.expect("repeat them all");
    is_at(&version(5), "after a repeat");
    sink.write(&[version(6), version(6)]).await.expect("write a version twice");
    is_at(&version(6), "at the end");
    assert_holds(&mut sink, &parcels, traits, "the articles of a story").await;
    sink.close().await.expect("close");
}

#[cfg(test)]
mod tests;
