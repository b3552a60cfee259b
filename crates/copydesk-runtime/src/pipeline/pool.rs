//! The threads that read, and run stages without state, in any order.

use std::sync::{Arc, mpsc};

use copydesk_core::Reader;

use super::batched::Batched;
use super::job::{Job, JobQueue, Load};
use super::ordered::Ordered;
use super::run::Shared;
use super::steps::{self, Running};

/// What stands between two segments of the pool.
#[derive(Clone)]
pub(crate) enum Between {
    Ordered(Arc<Ordered>),
    Batched(Arc<Batched>),
}

impl Between {
    /// Takes a job; it comes back to the pool once it has passed.
    fn offer(&self, job: Job) {
        match self {
            Between::Ordered(ordered) => ordered.offer(job),
            Between::Batched(batched) => batched.offer(job),
        }
    }

    /// Ends the threads that wait for a job.
    pub(crate) fn close(&self) {
        if let Between::Batched(batched) = self {
            batched.close();
        }
    }

    /// Once everything has ended: stages with state learn of the last articles' ends.
    pub(crate) fn conclude(&self) {
        if let Between::Ordered(ordered) = self {
            ordered.conclude();
        }
    }
}

/// One thread of the pool.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) queue: Arc<JobQueue>,
    /// The stages of the pool, by segment.
    pub(crate) segments: Vec<Vec<Running>>,
    pub(crate) between: Vec<Between>,
    pub(crate) router: mpsc::Sender<Job>,
}

impl Worker {
    pub(crate) fn run(mut self) {
        while let Some(mut job) = self.queue.pop() {
            if self.shared.halt.is_set() {
                continue;
            }
            if let Load::Part(part) = &job.load {
                job.load = steps::decode(&self.shared, &*self.reader, &job.flight, part);
            }
            if let Some(stages) = self.segments.get_mut(job.segment) {
                steps::pass(&self.shared, stages, &mut job);
            }
            if let Some(between) = self.between.get(job.segment) {
                between.offer(job);
            } else {
                steps::finish(&self.shared, &mut job);
                // The receiver is gone only when the run was halted.
                let _ = self.router.send(job);
            }
        }
    }
}
