//! The thread of a run of stages with state: it sees every article alone, and in order.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};

use super::job::{Job, JobQueue};
use super::run::Shared;
use super::steps::{self, Running};

pub(crate) struct Ordered {
    pub(crate) shared: Arc<Shared>,
    pub(crate) stages: Vec<Running>,
    pub(crate) inbox: mpsc::Receiver<Job>,
    pub(crate) pool: Arc<JobQueue>,
}

impl Ordered {
    /// Works until every sender is gone.
    pub(crate) fn run(mut self) {
        let mut line = Line::default();
        while let Ok(job) = self.inbox.recv() {
            line.push(job);
            while let Some(mut job) = line.pop() {
                if self.shared.halt.is_set() {
                    continue;
                }
                steps::pass(&self.shared, &mut self.stages, &mut job);
                job.segment += 1;
                self.pool.push(job);
            }
        }
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
