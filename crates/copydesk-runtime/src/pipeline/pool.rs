//! The threads that read, and run stages without state, in any order.

use std::sync::{Arc, mpsc};

use copydesk_core::Reader;

use super::job::{Job, JobQueue, Load};
use super::ordered::Ordered;
use super::run::Shared;
use super::steps::{self, Running};

/// One thread of the pool.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) queue: Arc<JobQueue>,
    /// The stateless stages, by segment; those between are run in order.
    pub(crate) segments: Vec<Vec<Running>>,
    pub(crate) ordered: Vec<Arc<Ordered>>,
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
            if let Some(ordered) = self.ordered.get(job.segment) {
                ordered.offer(job);
            } else {
                steps::finish(&self.shared, &mut job);
                // The receiver is gone only when the run was halted.
                let _ = self.router.send(job);
            }
        }
    }
}
