//! A run of stages with state: it sees every article alone, and in order.
//!
//! No thread of its own: a worker that brings a job takes all that are in turn through the stages, unless another
//! one is at it. That saves two changes of thread an article.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::checkpoint::{self, Checkpoint};
use super::job::{Job, JobQueue};
use super::run::Shared;
use super::steps::{self, Running};

pub(crate) struct Ordered {
    shared: Arc<Shared>,
    pool: Arc<JobQueue>,
    line: Mutex<Line>,
    lane: Mutex<Lane>,
}

/// What only the one thread touches that is at the stages.
struct Lane {
    stages: Vec<Running>,
    checkpoint: Checkpoint,
}

impl Ordered {
    pub(crate) fn new(shared: Arc<Shared>, pool: Arc<JobQueue>, stages: Vec<Running>) -> Ordered {
        let lane = Mutex::new(Lane { stages, checkpoint: Checkpoint::default() });
        Ordered { shared, pool, line: Mutex::default(), lane }
    }

    /// Takes a job, and brings all that are in turn to the pool again.
    pub(crate) fn offer(&self, job: Job) {
        self.line().push(job);
        // Whoever is at the stages looks once more after leaving them, so nothing is left lying.
        while self.line().has_next() {
            let mut lane = match self.lane.try_lock() {
                Ok(lane) => lane,
                Err(TryLockError::Poisoned(lane)) => lane.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            while let Some(mut job) = self.next() {
                if self.shared.halt.is_set() {
                    continue;
                }
                let Lane { stages, checkpoint } = &mut *lane;
                steps::pass(&self.shared, stages, &mut job);
                job.segment += 1;
                self.pool.push(job);
                checkpoint.passed(&self.shared, stages);
            }
        }
    }

    /// Once everything has ended: the stages learn of the last articles' ends.
    pub(crate) fn conclude(&self) {
        let mut lane = self.lane.lock().unwrap_or_else(PoisonError::into_inner);
        checkpoint::conclude(&self.shared, &mut lane.stages);
    }

    fn next(&self) -> Option<Job> {
        self.line().pop()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Jobs that came out of turn. It holds no more than is in flight.
#[derive(Default)]
pub(crate) struct Line {
    early: BTreeMap<u64, Job>,
    next: u64,
}

impl Line {
    pub(crate) fn push(&mut self, job: Job) {
        self.early.insert(job.ordinal, job);
    }

    fn has_next(&self) -> bool {
        self.early.contains_key(&self.next)
    }

    /// The next in turn, if it is there.
    pub(crate) fn pop(&mut self) -> Option<Job> {
        let job = self.early.remove(&self.next)?;
        self.next += 1;
        Some(job)
    }

    pub(crate) fn n_popped(&self) -> u64 {
        self.next
    }
}
