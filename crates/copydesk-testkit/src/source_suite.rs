//! What every source promises the runtime, as one suite.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use copydesk_core::{
    Content, Delivery, FileStamp, Known, KnownFile, Outcome, Source, SourceContext, SourceError,
};
use sha2::{Digest, Sha256};

use crate::StillClock;

/// How long a source may take over one file, or over its end.
const LONG: Duration = Duration::from_secs(5);
/// How long nothing must come where nothing may.
const SHORT: Duration = Duration::from_millis(150);

/// A ledger in memory: what a source may ask.
#[derive(Default)]
struct Ledger {
    files: Mutex<BTreeMap<Vec<u8>, KnownFile>>,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, KnownFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As the runtime has it once it has taken the file.
    fn take(&self, delivery: &Delivery) {
        let known =
            KnownFile { stamp: delivery.stamp, hash: delivery.hash, settled: false, disposable: true };
        self.lock().insert(delivery.path.clone(), known);
    }

    /// As the runtime does: the ledger first, then the receipt.
    fn settle(&self, delivery: Delivery, outcome: Outcome) {
        if let Some(known) = self.lock().get_mut(&delivery.path) {
            known.settled = matches!(outcome, Outcome::Settled | Outcome::Referenced);
            known.disposable = outcome == Outcome::Settled;
        }
        delivery.receipt.settle(outcome);
    }
}

impl Known for Ledger {
    fn lookup(&self, path: &[u8]) -> Option<KnownFile> {
        self.lock().get(path).copied()
    }

    fn restamp(&self, path: &[u8], stamp: FileStamp) {
        if let Some(known) = self.lock().get_mut(path) {
            known.stamp = stamp;
        }
    }
}

/// Runs the suite. `make` gives a new source over the same place each time, as a restart does, that ends by itself
/// (`once`). `files` are all that it has to offer: by path below its root, and bytes; three at least.
///
/// ```
/// use std::collections::VecDeque;
/// use copydesk_core::{Content, Delivery, FileStamp, Outcome, Receipt, Source, SourceContext, SourceError};
/// use copydesk_testkit::source_conformance;
/// use sha2::{Digest, Sha256};
/// use tokio::sync::mpsc;
///
/// const NEWS: [(&str, &[u8]); 3] = [("a", b"Rain fell."), ("b", b"It stopped."), ("c", b"The sun shone.")];
///
/// /// Offers what the ledger does not have as settled, and again what is to be tried again.
/// struct News {
///     due: VecDeque<usize>,
///     n_out: usize,
///     report: mpsc::UnboundedSender<(usize, Outcome)>,
///     heard: mpsc::UnboundedReceiver<(usize, Outcome)>,
/// }
///
/// impl News {
///     fn new(context: &SourceContext) -> News {
///         let is_new = |n: &usize| context.known.lookup(NEWS[*n].0.as_bytes()).is_none_or(|known| !known.settled);
///         let (report, heard) = mpsc::unbounded_channel();
///         News { due: (0..NEWS.len()).filter(is_new).collect(), n_out: 0, report, heard }
///     }
/// }
///
/// #[async_trait::async_trait]
/// impl Source for News {
///     async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
///         loop {
///             if let Some(n) = self.due.pop_front() {
///                 self.n_out += 1;
///                 let report = self.report.clone();
///                 return Ok(Some(Delivery {
///                     path: NEWS[n].0.into(),
///                     uri: format!("news:{}", NEWS[n].0),
///                     stamp: FileStamp::default(),
///                     content: Content::Bytes(NEWS[n].1.into()),
///                     hash: Sha256::digest(NEWS[n].1).into(),
///                     received: "2026-01-31T09:30:00Z".to_owned(),
///                     retry_failed_after: None,
///                     receipt: Receipt::new(move |outcome| drop(report.send((n, outcome)))),
///                 }));
///             }
///             // The end comes when nothing can come back any more.
///             if self.n_out == 0 {
///                 return Ok(None);
///             }
///             let Some((n, outcome)) = self.heard.recv().await else { return Ok(None) };
///             self.n_out -= 1;
///             // A real one waits as long as it is told to.
///             if let Outcome::Retry(_after) = outcome {
///                 self.due.push_back(n);
///             }
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// source_conformance(News::new, &NEWS).await;
/// # }
/// ```
///
/// # Panics
/// A promise of [`Source`] is broken.
pub async fn source_conformance<S: Source>(
    mut make: impl FnMut(&SourceContext) -> S,
    files: &[(&str, &[u8])],
) {
    assert!(files.len() >= 3, "the suite needs three files to do different things with");
    let ledger = Arc::new(Ledger::default());
    let context = SourceContext {
        once: true,
        state: PathBuf::from("/state"),
        known: Arc::clone(&ledger) as Arc<dyn Known>,
        clock: Arc::new(StillClock::default()),
    };
    // A process that dies with everything in its hands.
    let mut source = make(&context);
    let taken = take_all(&mut source, &ledger, files, "at first").await;
    nothing_comes(&mut source, "while all are out").await;
    drop(source);
    drop(taken);
    // The next one.
    let mut source = make(&context);
    let mut taken = take_all(&mut source, &ledger, files, "after a crash").await;
    let (Some(again), Some(lost), Some(referenced)) = (taken.pop(), taken.pop(), taken.pop()) else {
        unreachable!("there are three");
    };
    let (again_path, lost_path) = (again.path.clone(), lost.path.clone());
    ledger.settle(again, Outcome::Retry(Duration::from_millis(1)));
    let again = offered(&mut source, "what is to be tried again is offered again").await;
    assert_eq!(shown(&again.path), shown(&again_path), "what is to be tried again is offered again");
    looks_right(&again, files);
    ledger.settle(again, Outcome::Settled);
    ledger.settle(referenced, Outcome::Referenced);
    for delivery in taken {
        ledger.settle(delivery, Outcome::Settled);
    }
    drop(lost);
    ended(&mut source, "once every receipt is settled or lost").await;
    drop(source);
    // What was lost, and nothing else, comes after the next start.
    let mut source = make(&context);
    let lost = offered(&mut source, "what was lost is offered after a restart").await;
    assert_eq!(shown(&lost.path), shown(&lost_path), "nothing that was settled is offered after a restart");
    ledger.take(&lost);
    nothing_comes(&mut source, "but what was lost").await;
    ledger.settle(lost, Outcome::Settled);
    ended(&mut source, "once all is settled").await;
    drop(source);
    ended(&mut make(&context), "where all was settled before the start").await;
}

fn shown(path: &[u8]) -> String {
    path.escape_ascii().to_string()
}

/// The next delivery, asked for by calls most of which are dropped at their first wait.
async fn call<S: Source>(source: &mut S, limit: Duration) -> Option<Result<Option<Delivery>, SourceError>> {
    for _ in 0..3 {
        let mut call = source.next();
        let polled = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        if let Poll::Ready(result) = polled {
            return Some(result);
        }
    }
    let _backlog = source.backlog();
    tokio::time::timeout(limit, source.next()).await.ok()
}

async fn offered<S: Source>(source: &mut S, what: &str) -> Delivery {
    match call(source, LONG).await {
        Some(Ok(Some(delivery))) => delivery,
        Some(Ok(None)) => panic!("{what}: the source ended instead"),
        Some(Err(error)) => panic!("{what}: the source failed instead: {error}"),
        None => panic!("{what}: nothing came within {LONG:?}"),
    }
}

async fn nothing_comes<S: Source>(source: &mut S, when: &str) {
    match call(source, SHORT).await {
        None => {}
        Some(Ok(Some(delivery))) => panic!("nothing is offered twice {when}: {}", shown(&delivery.path)),
        Some(Ok(None)) => panic!("a source does not end {when}: one may have to be offered again"),
        Some(Err(error)) => panic!("a source waits {when}: {error}"),
    }
}

async fn ended<S: Source>(source: &mut S, when: &str) {
    match call(source, LONG).await {
        Some(Ok(None)) => {}
        Some(Ok(Some(delivery))) => {
            panic!("nothing that was settled is offered again, {when}: {}", shown(&delivery.path))
        }
        Some(Err(error)) => panic!("a source ends {when}: {error}"),
        None => panic!("a source ends {when}: it did not within {LONG:?}"),
    }
}

async fn take_all<S: Source>(
    source: &mut S,
    ledger: &Ledger,
    files: &[(&str, &[u8])],
    when: &str,
) -> Vec<Delivery> {
    let mut taken: Vec<Delivery> = Vec::new();
    for _ in files {
        let delivery =
            offered(source, &format!("every file is offered {when}, however often a call is dropped")).await;
        looks_right(&delivery, files);
        let is_new = taken.iter().all(|other| other.path != delivery.path);
        assert!(is_new, "nothing is offered twice {when}: {}", shown(&delivery.path));
        assert!(
            taken.iter().all(|other| other.uri != delivery.uri),
            "no two have one address: {}",
            delivery.uri
        );
        ledger.take(&delivery);
        taken.push(delivery);
    }
    taken
}

fn looks_right(delivery: &Delivery, files: &[(&str, &[u8])]) {
    let path = shown(&delivery.path);
    let file = files.iter().find(|(name, _)| name.as_bytes() == delivery.path);
    let Some((_, bytes)) = file else { panic!("no file of this name is there: {path}") };
    let Content::Bytes(content) = &delivery.content else {
        panic!("a small file comes as bytes: {path} is {:?}", delivery.content)
    };
    assert_eq!(&**content, *bytes, "the bytes of {path}");
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    assert_eq!(delivery.hash, hash, "the hash of {path} is the SHA-256 of its bytes");
    assert!(delivery.uri.contains(':'), "the address of {path} has a scheme: `{}`", delivery.uri);
    assert!(delivery.received.contains('T'), "{path} was received at a time: `{}`", delivery.received);
}

#[cfg(test)]
mod tests;
