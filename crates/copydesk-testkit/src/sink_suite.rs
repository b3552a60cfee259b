//! What every sink promises the runtime, as one suite.

use std::collections::BTreeSet;
use std::sync::Arc;

use copydesk_core::{ArticleId, Parcel, Sink};

use crate::{ODD_TEXTS, parcel, revision};

/// What a kind of sink can do beyond storing.
#[derive(Debug, Clone, Copy)]
pub struct SinkTraits {
    /// It can tell which ids it holds: `inventory` is not `None`.
    pub holds: bool,
    /// A superseded article goes; false for append-only sinks.
    pub replaces: bool,
}

/// Runs the suite. `make` gives a new sink over the same store each time, as a restart does; the store is
/// empty at first.
///
/// # Panics
/// A promise of [`Sink`] is broken.
pub async fn sink_conformance<S: Sink>(mut make: impl FnMut() -> S, traits: SinkTraits) {
    opening(make(), traits).await;
    let first = batch(1, 20, "first");
    repeats(make(), &first, traits).await;
    restart(&mut make, &first, traits).await;
    supersedes(make(), traits).await;
    odd_texts(make(), traits).await;
    saturation(make(), traits).await;
}

fn batch(start: u64, n_parcels: u64, word: &str) -> Vec<Arc<Parcel>> {
    (start..start + n_parcels)
        .map(|n| Arc::new(parcel(n, &format!("The {word} report {n}\nRain fell."))))
        .collect()
}

async fn held<S: Sink>(sink: &mut S, traits: SinkTraits) -> Option<BTreeSet<ArticleId>> {
    let ids = sink.inventory().await.expect("inventory of an open sink");
    assert_eq!(ids.is_some(), traits.holds, "inventory is given exactly by sinks that hold");
    let ids = ids?;
    let distinct: BTreeSet<ArticleId> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "no id is held twice");
    Some(distinct)
}

async fn assert_holds<S: Sink>(sink: &mut S, parcels: &[Arc<Parcel>], traits: SinkTraits, when: &str) {
    if let Some(ids) = held(sink, traits).await {
        for parcel in parcels {
            assert!(ids.contains(&parcel.id), "{when}: {} is held", parcel.uri);
        }
    }
}

async fn opening<S: Sink>(mut sink: S, traits: SinkTraits) {
    sink.open().await.expect("open over an empty store");
    sink.open().await.expect("open is safe to repeat");
    sink.write(&[]).await.expect("an empty batch is written");
    if let Some(ids) = held(&mut sink, traits).await {
        assert!(ids.is_empty(), "an empty store holds nothing");
    }
    sink.close().await.expect("close without a write");
}

async fn repeats<S: Sink>(mut sink: S, first: &[Arc<Parcel>], traits: SinkTraits) {
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

async fn restart<S: Sink>(make: &mut impl FnMut() -> S, first: &[Arc<Parcel>], traits: SinkTraits) {
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

async fn supersedes<S: Sink>(mut sink: S, traits: SinkTraits) {
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

async fn odd_texts<S: Sink>(mut sink: S, traits: SinkTraits) {
    sink.open().await.expect("open");
    let odd: Vec<Arc<Parcel>> = (300..)
        .zip(ODD_TEXTS)
        .map(|(seq, raw)| Arc::new(parcel(seq, &format!("Odd {seq}\n{raw}"))))
        .collect();
    sink.write(&odd).await.expect("write odd texts");
    assert_holds(&mut sink, &odd, traits, "odd texts").await;
    sink.close().await.expect("close");
}

async fn saturation<S: Sink>(mut sink: S, traits: SinkTraits) {
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
