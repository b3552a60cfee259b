//! The one thread that gives articles their place in the ledger.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use copydesk_core::{ArticleId, Content, Delivery, Part, Reader, Receipt, Seq, SourceFile, crash};
use tokio::sync::OwnedSemaphorePermit;
use tracing::{debug, warn};

use super::budget::Budget;
use super::decide::{self, Begun};
use super::flight::{Claim, Flight, OpenFile};
use super::job::{Ending, Job, JobQueue, Load, Upshot};
use super::queue::Item;
use super::run::Shared;
use super::settler::ToSettler;
use super::taking::Taking;
use crate::ledger::{PathKey, Status, Ticket};
use crate::quarantine;

/// What the splitter is given.
pub(crate) enum ToSplitter {
    Delivery(Box<Delivery>, Option<OwnedSemaphorePermit>),
    /// An article from the quarantine, to be tried again.
    Stored(Box<quarantine::Entry>),
    /// A parcel that an earlier run had spilled, of an article whose file is gone.
    Spilled(Box<Item>),
    /// Time passes.
    Tick,
}

pub(crate) struct Splitter {
    pub(crate) shared: Arc<Shared>,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) pool: Arc<JobQueue>,
    pub(crate) settler: mpsc::Sender<ToSettler>,
    pub(crate) n_jobs: u64,
    /// Files whose articles were in flight at the last crash, and have not been offered again.
    pub(crate) expected: HashSet<PathKey>,
    pub(crate) held: VecDeque<(Box<Delivery>, Option<OwnedSemaphorePermit>)>,
    pub(crate) held_bytes: usize,
    pub(crate) last_expected: Instant,
}

const HELD_MAX: usize = 1024;
const AT_ONCE: usize = 16;

impl Splitter {
    /// Works until the channel is closed; returns the number of jobs it made.
    pub(crate) fn run(mut self, mut inbox: tokio::sync::mpsc::Receiver<ToSplitter>) -> u64 {
        let mut inputs = Vec::new();
        while inbox.blocking_recv_many(&mut inputs, AT_ONCE) > 0 && !self.shared.halt.is_set() {
            for input in inputs.drain(..) {
                match input {
                    ToSplitter::Delivery(delivery, permit) => self.receive(delivery, permit),
                    ToSplitter::Stored(entry) => self.take_stored(&entry),
                    ToSplitter::Spilled(item) => self.take_spilled(*item),
                    ToSplitter::Tick => {}
                }
            }
            if !self.expected.is_empty() && self.last_expected.elapsed() > self.shared.options.replay_wait {
                debug!(
                    files = self.expected.len(),
                    "files in flight at the last stop were not offered again"
                );
                self.expected.clear();
            }
            if self.expected.is_empty() {
                self.release();
            }
        }
        self.release();
        self.n_jobs
    }

    /// After a crash, what was in flight goes first, so that stages see articles in the ledger's order.
    fn receive(&mut self, delivery: Box<Delivery>, permit: Option<OwnedSemaphorePermit>) {
        if self.expected.is_empty() {
            return self.take(delivery, permit);
        }
        let key = PathKey::of(&delivery.path);
        if self.expected.remove(&key) {
            self.last_expected = Instant::now();
            return self.take(delivery, permit);
        }
        if let Content::Bytes(bytes) = &delivery.content {
            self.held_bytes += bytes.len();
        }
        // Held files give their intake permit back, or those that are expected could not come.
        drop(permit);
        self.held.push_back((delivery, None));
        if self.held.len() >= HELD_MAX || self.held_bytes > self.shared.options.intake_bytes {
            self.expected.clear();
        }
    }

    fn release(&mut self) {
        while let Some((delivery, permit)) = self.held.pop_front() {
            self.take(delivery, permit);
        }
        self.held_bytes = 0;
    }

    fn take(&mut self, delivery: Box<Delivery>, permit: Option<OwnedSemaphorePermit>) {
        let halt = &self.shared.halt;
        if halt.is_set() || !self.shared.wait_ready() {
            return;
        }
        let Delivery { path, uri, stamp, content, hash, received, retry_failed_after, receipt } = *delivery;
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        let open = OpenFile::new(receipt);
        crash::point("seen.before_commit");
        let (begun, version) = decide::begin(&self.shared.ledger, &path, &uri, stamp, hash, &open);
        crash::point("seen.after_commit");
        if let Begun::Known { disposable } = begun {
            if !disposable {
                open.set_referenced();
            }
            return open.done();
        }
        let claim = Arc::new(Claim {
            path,
            hash: ArticleId::from_bytes(hash),
            received: received.clone(),
            retry_failed_after,
            container: self.reader.is_container(&name),
            open,
        });
        let file = SourceFile { name, uri, hash, received, media_type: None };
        Taking { splitter: self, claim, file, version, n_parts: 0, retried: false }.run(content);
        drop(permit);
    }

    /// Brings back an article whose bytes the quarantine holds.
    fn take_stored(&mut self, entry: &quarantine::Entry) {
        let ledger = &self.shared.ledger;
        let Some(row) = ledger.state().row(entry.seq).filter(|row| row.status == Status::Pending) else {
            return;
        };
        let Some(path) = entry.path_bytes() else { return };
        let (original, body) = match self.shared.quarantine.bytes(entry) {
            Ok(bytes) => bytes,
            Err(error) => {
                warn!(key = entry.key, %error, "cannot read the stored bytes, the file must be offered again");
                return;
            }
        };
        let original: Arc<[u8]> = original.into();
        if entry.kind == quarantine::Kind::File {
            let known = ledger.state().known(row.file);
            let delivery = Delivery {
                path,
                uri: entry.uri.clone(),
                stamp: known.stamp,
                content: Content::Bytes(original),
                hash: *entry.file.as_bytes(),
                received: entry.received.clone(),
                retry_failed_after: None,
                receipt: Receipt::new(|_| ()),
            };
            return self.take(Box::new(delivery), None);
        }
        let body = body.map_or_else(|| Arc::clone(&original), Into::into);
        let open = OpenFile::new(Receipt::new(|_| ()));
        let claim = Arc::new(Claim {
            path,
            hash: entry.file,
            received: entry.received.clone(),
            retry_failed_after: None,
            container: true,
            open: Arc::clone(&open),
        });
        let part = Part {
            id: entry.id,
            index: entry.part,
            uri: entry.uri.clone(),
            media_type: entry.media_type.clone(),
            received: entry.received.clone(),
            original,
            body,
            skip: None,
        };
        let replaces = ledger.state().replaces(entry.seq).to_vec();
        {
            let mut table = self.shared.flights.lock();
            if table.by_seq.contains_key(&entry.seq.0) {
                return;
            }
            open.add();
            table.start(entry.seq, entry.id, open, replaces.clone());
            if let Some(tracked) = table.by_seq.get_mut(&entry.seq.0) {
                // A sink may have taken what another one refused.
                tracked.sent = true;
            }
        }
        self.send_part(&claim, part, entry.seq, Ticket::default(), replaces);
    }

    /// Sends a parcel of an earlier run to the sinks, though nothing is left to make it from anew.
    fn take_spilled(&mut self, item: Item) {
        let Item { parcel, original } = item;
        let (seq, id) = (parcel.seq, parcel.id);
        let open = OpenFile::new(Receipt::new(|_| ()));
        let replaces = {
            let mut table = self.shared.flights.lock();
            let state = self.shared.ledger.state();
            let row = state.row(seq).filter(|row| row.status == Status::Pending && row.id == id);
            if row.is_none() || table.by_seq.contains_key(&seq.0) {
                return;
            }
            let replaces = state.replaces(seq).to_vec();
            open.add();
            table.start(seq, id, Arc::clone(&open), replaces.clone());
            if let Some(tracked) = table.by_seq.get_mut(&seq.0) {
                tracked.sent = true;
            }
            replaces
        };
        let claim = Claim {
            path: parcel.uri.clone().into_bytes(),
            hash: id,
            received: String::new(),
            retry_failed_after: None,
            container: false,
            open,
        };
        let flight = Flight {
            seq,
            id,
            claim: Arc::new(claim),
            part: 0,
            uri: parcel.uri.clone(),
            media_type: String::new(),
            size: original.as_ref().map_or(0, |bytes| bytes.len() as u64),
            ticket: Ticket::default(),
            replaces,
        };
        let weight = parcel.weight();
        let load = Load::Parcels { parcels: vec![parcel], upshot: Upshot::default() };
        self.send(Arc::new(flight), load, original, None, weight);
    }

    pub(super) fn send_part(
        &mut self,
        claim: &Arc<Claim>,
        part: Part,
        seq: Seq,
        ticket: Ticket,
        replaces: Vec<crate::ledger::Replaced>,
    ) {
        let shares = Arc::ptr_eq(&part.original, &part.body);
        let weight = part.original.len() + if shares { 0 } else { part.body.len() };
        let flight = Arc::new(Flight {
            seq,
            id: part.id,
            claim: Arc::clone(claim),
            part: part.index,
            uri: part.uri.clone(),
            media_type: part.media_type.clone(),
            size: part.original.len() as u64,
            ticket,
            replaces,
        });
        let original = Some(Arc::clone(&part.original));
        let body = (!shares && part.original != part.body).then(|| Arc::clone(&part.body));
        let load = match &part.skip {
            Some(reason) => Load::Ended(Ending::Dropped(reason.clone()), Upshot::default()),
            None => Load::Part(part),
        };
        self.send(flight, load, original, body, weight);
    }

    pub(super) fn send(
        &mut self,
        flight: Arc<Flight>,
        load: Load,
        original: Option<Arc<[u8]>>,
        body: Option<Arc<[u8]>>,
        weight: usize,
    ) {
        let Some(permit) = self.budget.acquire(weight, &self.shared.halt) else { return };
        self.shared.stats.started.fetch_add(1, Ordering::Relaxed);
        let ordinal = self.n_jobs;
        self.n_jobs += 1;
        self.pool.push(Job { ordinal, segment: 0, flight, load, original, body, permit: Some(permit) });
    }
}
