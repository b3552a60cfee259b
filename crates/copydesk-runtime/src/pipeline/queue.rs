//! The queue before a sink. A sink that is merely slow holds the router back; one that is down does not:
//! what finds no room goes to a file, and is fetched from there in order.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::Parcel;
use tokio::sync::Notify;
use tracing::{error, warn};

use super::options::SinkOptions;
use super::spill::{Spill, is_damage};
use super::stats::{SinkState, Stats};
use crate::halt::Halt;

/// A parcel on its way into a sink, with the bytes for the quarantine should the sink refuse it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) parcel: Arc<Parcel>,
    pub(crate) original: Option<Arc<[u8]>>,
}

impl Item {
    pub(crate) fn weight(&self) -> usize {
        self.parcel.weight() + self.original.as_ref().map_or(0, |bytes| bytes.len())
    }
}

/// What a look into the queue finds.
enum Look {
    Batch(Vec<Item>),
    /// Too few for a batch yet.
    Few,
    Nothing,
    /// What is spilled cannot be read at the moment.
    Unreadable,
    End,
}

struct Inner {
    items: VecDeque<Item>,
    bytes: usize,
    spill: Spill,
    down: bool,
    failed: bool,
    closed: bool,
}

pub(crate) struct SinkQueue {
    name: String,
    options: SinkOptions,
    inner: Mutex<Inner>,
    /// For the router: room, or a change of state.
    changed: Condvar,
    /// For the driver: something came.
    came: Notify,
    stats: Arc<Stats>,
}

const HALT_CHECK: Duration = Duration::from_millis(50);
const UNREADABLE_WAIT: Duration = Duration::from_secs(1);

impl SinkQueue {
    pub(crate) fn new(name: String, options: SinkOptions, spill: Spill, stats: Arc<Stats>) -> SinkQueue {
        let inner =
            Inner { items: VecDeque::new(), bytes: 0, spill, down: false, failed: false, closed: false };
        SinkQueue {
            name,
            options,
            inner: Mutex::new(inner),
            changed: Condvar::new(),
            came: Notify::new(),
            stats,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an item, waiting for room unless the sink is down. False if the sink has given up.
    pub(crate) fn push(&self, item: Item, halt: &Halt) -> bool {
        let weight = item.weight();
        let mut inner = self.lock();
        let mut since = None;
        loop {
            if inner.failed || halt.is_set() {
                return false;
            }
            // Once something is on disk, everything after it must go there too.
            let full = inner.items.len() >= self.options.queue_max
                || (!inner.items.is_empty() && inner.bytes + weight > self.options.queue_bytes);
            if !full && inner.spill.is_empty() {
                inner.bytes += weight;
                inner.items.push_back(item);
                break;
            }
            if inner.down || !inner.spill.is_empty() {
                let spilled = inner.spill.push(&item);
                self.note_spill(&inner, spilled.as_ref().err());
                if spilled.is_ok() {
                    break;
                }
                // The disk is full as well: then everybody waits.
            }
            since.get_or_insert_with(Instant::now);
            let (guard, _) =
                self.changed.wait_timeout(inner, HALT_CHECK).unwrap_or_else(PoisonError::into_inner);
            inner = guard;
        }
        drop(inner);
        self.stats.sink(&self.name, |sink| {
            sink.sent += 1;
            sink.spill_error = None;
            sink.blocked_seconds += since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        });
        self.came.notify_one();
        true
    }

    /// Keeps the figures, and says once that the spill cannot be written.
    fn note_spill(&self, inner: &Inner, failed: Option<&io::Error>) {
        let spilled = inner.spill.len();
        self.stats.sink(&self.name, |sink| {
            if let (Some(error), None) = (failed, &sink.spill_error) {
                error!(sink = self.name, %error, "cannot write what waits for the sink to disk, intake waits");
            }
            sink.spilled = spilled;
            sink.spill_error = failed.map(ToString::to_string);
        });
    }

    /// The next batch; `None` once closed and empty, or failed.
    pub(crate) async fn batch(&self) -> Option<Vec<Item>> {
        let mut lingered = false;
        loop {
            let came = self.came.notified();
            match self.look(lingered) {
                Look::Batch(batch) => return Some(batch),
                Look::End => return None,
                Look::Nothing => {
                    lingered = false;
                    came.await;
                }
                Look::Unreadable => tokio::time::sleep(self.options.retry_max.min(UNREADABLE_WAIT)).await,
                Look::Few => {
                    // One short wait for more, however much comes meanwhile.
                    tokio::time::sleep(self.options.linger).await;
                    lingered = true;
                }
            }
        }
    }

    fn look(&self, lingered: bool) -> Look {
        let mut inner = self.lock();
        let readable = self.refill(&mut inner);
        if inner.failed || (readable && inner.items.is_empty() && inner.closed) {
            return Look::End;
        }
        if !readable {
            return Look::Unreadable;
        }
        if inner.items.is_empty() {
            return Look::Nothing;
        }
        let full = inner.items.len() >= self.options.batch_max || inner.bytes >= self.options.batch_bytes;
        if full || lingered || inner.closed || !inner.spill.is_empty() {
            return Look::Batch(self.cut(&mut inner));
        }
        Look::Few
    }

    /// Fetches what is spilled. False if it cannot be read at the moment.
    fn refill(&self, inner: &mut Inner) -> bool {
        if !inner.items.is_empty() || inner.spill.is_empty() {
            return true;
        }
        let fetched = inner.spill.fetch(self.options.batch_max, self.options.batch_bytes);
        let readable = match fetched {
            Ok(items) => {
                inner.bytes = items.iter().map(Item::weight).sum();
                inner.items = items.into();
                true
            }
            Err(error) if !is_damage(&error) => {
                self.stats.sink(&self.name, |sink| {
                    if sink.error.is_none() {
                        warn!(sink = self.name, %error, "cannot read what was spilled, trying again");
                    }
                    sink.state = SinkState::Down;
                    sink.error = Some(format!("cannot read what was spilled: {error}"));
                });
                false
            }
            Err(error) => {
                // Its articles stay pending, and come again from their files after a restart.
                error!(sink = self.name, %error, "what was spilled is damaged");
                inner.failed = true;
                inner.spill.clear();
                true
            }
        };
        let spilled = inner.spill.len();
        self.stats.sink(&self.name, |sink| sink.spilled = spilled);
        readable
    }

    fn cut(&self, inner: &mut Inner) -> Vec<Item> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < self.options.batch_max
            && let Some(item) = inner.items.front()
        {
            let weight = item.weight();
            if !batch.is_empty() && bytes + weight > self.options.batch_bytes {
                break;
            }
            bytes += weight;
            batch.extend(inner.items.pop_front());
        }
        inner.bytes = inner.bytes.saturating_sub(bytes);
        self.changed.notify_all();
        batch
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.lock().down = down;
        self.changed.notify_all();
    }

    /// The sink gives up: what waits is let go, and stays pending in the ledger.
    pub(crate) fn fail(&self) {
        let mut inner = self.lock();
        inner.failed = true;
        inner.items.clear();
        inner.bytes = 0;
        inner.spill.clear();
        drop(inner);
        self.changed.notify_all();
        self.came.notify_one();
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.lock().failed
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.came.notify_one();
    }
}
