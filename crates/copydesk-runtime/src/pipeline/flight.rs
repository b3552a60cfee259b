//! What is being processed right now: articles by their place in the ledger, and the files they came in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use copydesk_core::{ArticleId, Outcome, Receipt, Seq, crash};

use crate::ledger::{Replaced, Ticket};

/// A file that was taken, until every article of it is settled.
pub(crate) struct OpenFile {
    receipt: Mutex<Option<Receipt>>,
    /// Articles not settled, and one for the splitter until it has seen the end.
    waiting: AtomicUsize,
    referenced: AtomicBool,
}

impl OpenFile {
    pub(crate) fn new(receipt: Receipt) -> Arc<OpenFile> {
        Arc::new(OpenFile {
            receipt: Mutex::new(Some(receipt)),
            waiting: AtomicUsize::new(1),
            referenced: AtomicBool::new(false),
        })
    }

    pub(crate) fn add(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
    }

    /// One of those it waits for is durably settled.
    pub(crate) fn done(&self) {
        if self.waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            let referenced = self.referenced.load(Ordering::SeqCst);
            self.settle(if referenced { Outcome::Referenced } else { Outcome::Settled });
        }
    }

    pub(crate) fn set_referenced(&self) {
        self.referenced.store(true, Ordering::SeqCst);
    }

    pub(crate) fn retry(&self, after: Duration) {
        self.settle(Outcome::Retry(after));
    }

    /// An article of it will not be settled in this run.
    pub(crate) fn lose(&self) {
        self.settle(Outcome::Lost);
    }

    fn settle(&self, outcome: Outcome) {
        let receipt = self.receipt.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(receipt) = receipt {
            crash::point("receipt.before_settle");
            receipt.settle(outcome);
            crash::point("receipt.after_settle");
        }
    }
}

/// What every article of a file needs to know of it.
pub(crate) struct Claim {
    pub(crate) path: Vec<u8>,
    pub(crate) hash: ArticleId,
    pub(crate) received: String,
    pub(crate) retry_failed_after: Option<Duration>,
    pub(crate) container: bool,
    pub(crate) open: Arc<OpenFile>,
}

/// One article on its way.
pub(crate) struct Flight {
    pub(crate) seq: Seq,
    pub(crate) id: ArticleId,
    pub(crate) claim: Arc<Claim>,
    pub(crate) part: u32,
    pub(crate) uri: String,
    pub(crate) media_type: String,
    pub(crate) size: u64,
    /// Durable once the ledger has seen it.
    pub(crate) ticket: Ticket,
    pub(crate) replaces: Vec<Replaced>,
}

/// What the table keeps of a flight.
pub(crate) struct Tracked {
    pub(crate) id: ArticleId,
    /// Its parcel was made, in this run or perhaps in an earlier one: a sink may have it.
    pub(crate) sent: bool,
    /// It was superseded before that, and goes nowhere.
    pub(crate) cancelled: bool,
    pub(crate) files: Vec<Arc<OpenFile>>,
    /// Articles with the same bytes, which end when this one does.
    pub(crate) waiters: Vec<(Seq, Arc<OpenFile>)>,
    pub(crate) replaces: Vec<Replaced>,
    /// A newer revision was delivered before this one was settled.
    pub(crate) superseded_by: Option<Seq>,
}

/// Everything in flight.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) by_seq: HashMap<u64, Tracked>,
    /// The first in flight of each id.
    pub(crate) by_id: HashMap<ArticleId, Seq>,
    /// Articles that a parcel on its way replaces; true if it removes them downstream, so that they stand for
    /// nothing any more.
    pub(crate) leaving: HashMap<u64, bool>,
}

#[derive(Default)]
pub(crate) struct Flights(Mutex<Table>);

impl Flights {
    /// Lock order: this first, then the ledger.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    pub(crate) fn start(&mut self, seq: Seq, id: ArticleId, file: Arc<OpenFile>, replaces: Vec<Replaced>) {
        self.by_id.entry(id).or_insert(seq);
        let files = vec![file];
        let tracked = Tracked {
            id,
            sent: false,
            cancelled: false,
            files,
            waiters: Vec::new(),
            replaces,
            superseded_by: None,
        };
        self.by_seq.insert(seq.0, tracked);
    }

    pub(crate) fn is_removed(&self, seq: Seq) -> bool {
        self.leaving.get(&seq.0).copied().unwrap_or(false)
    }

    pub(crate) fn finish(&mut self, seq: Seq) -> Option<Tracked> {
        let tracked = self.by_seq.remove(&seq.0)?;
        if self.by_id.get(&tracked.id) == Some(&seq) {
            self.by_id.remove(&tracked.id);
        }
        for replaced in &tracked.replaces {
            self.leaving.remove(&replaced.seq.0);
        }
        Some(tracked)
    }
}
