//! An article between two steps, and the channels that carry it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use copydesk_core::{Article, Parcel, Part, Seq};

use super::budget::Permit;
use super::flight::Flight;

/// How an article ends before it reaches the sinks.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    /// Left out, and why.
    Dropped(String),
    /// To be set aside.
    Quarantined { stage: String, code: String, reason: String },
    /// Its file is to be offered again.
    Retry(Duration),
    /// It was superseded while in flight.
    Cancelled,
}

/// What stages want written down with an article's end.
#[derive(Debug, Default)]
pub(crate) struct Upshot {
    /// What they want remembered, however it ends, by stage.
    pub(crate) memories: Vec<(String, Vec<u8>)>,
    /// The article in whose place it is downstream, once it is delivered.
    pub(crate) replaces: Option<Seq>,
}

impl Upshot {
    /// Takes what the stages left.
    pub(crate) fn of(article: &mut Article) -> Upshot {
        let taken = article.takes_over.as_ref().filter(|taken| taken.duplicate.is_none());
        Upshot { replaces: taken.map(|taken| taken.seq), memories: std::mem::take(&mut article.memories) }
    }
}

/// What a job holds.
pub(crate) enum Load {
    Part(Part),
    Article(Box<Article>),
    Parcels { parcels: Vec<Arc<Parcel>>, upshot: Upshot },
    Ended(Ending, Upshot),
}

pub(crate) struct Job {
    /// Its place among all jobs of this run, without gaps.
    pub(crate) ordinal: u64,
    /// The segment of stages it is to pass next.
    pub(crate) segment: usize,
    pub(crate) flight: Arc<Flight>,
    pub(crate) load: Load,
    /// The bytes for the quarantine; `None` if there are none to keep.
    pub(crate) original: Option<Arc<[u8]>>,
    /// Where what is decoded is not the original.
    pub(crate) body: Option<Arc<[u8]>>,
    pub(crate) permit: Option<Permit>,
}

#[derive(Default)]
struct Lines {
    late: VecDeque<Job>,
    early: VecDeque<Job>,
    closed: bool,
    /// Threads that wait: waking nobody costs a call into the kernel all the same.
    n_idle: usize,
}

/// The pool's queue: work that is further along goes first, so what is in flight gets out.
#[derive(Default)]
pub(crate) struct JobQueue {
    lines: Mutex<Lines>,
    ready: Condvar,
}

impl JobQueue {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, job: Job) {
        let mut lines = self.lock();
        let line = if job.segment == 0 { &mut lines.early } else { &mut lines.late };
        line.push_back(job);
        let wake = lines.n_idle > 0;
        drop(lines);
        if wake {
            self.ready.notify_one();
        }
    }

    /// The next job; `None` once closed.
    pub(crate) fn pop(&self) -> Option<Job> {
        let mut lines = self.lock();
        loop {
            if lines.closed {
                return None;
            }
            if let Some(job) = lines.late.pop_front() {
                return Some(job);
            }
            if let Some(job) = lines.early.pop_front() {
                return Some(job);
            }
            lines.n_idle += 1;
            lines = self.ready.wait(lines).unwrap_or_else(PoisonError::into_inner);
            lines.n_idle -= 1;
        }
    }

    pub(crate) fn close(&self) {
        let mut lines = self.lock();
        lines.closed = true;
        // Dropped here, or a permit would outlive the run.
        lines.late.clear();
        lines.early.clear();
        drop(lines);
        self.ready.notify_all();
    }
}
