//! The thread that hands finished articles to the sinks' queues, in order, once the ledger has seen them.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use copydesk_core::crash;

use super::job::{Job, Load};
use super::ordered::Line;
use super::queue::{Item, SinkQueue};
use super::run::Shared;
use super::settler::ToSettler;

pub(crate) struct Router {
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Receiver<Job>,
    /// The number of jobs, once the splitter has made the last.
    pub(crate) total: mpsc::Receiver<u64>,
    pub(crate) queues: Vec<Arc<SinkQueue>>,
    pub(crate) settler: mpsc::Sender<ToSettler>,
}

const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Router {
    /// Works until the last job has passed, or the run is halted.
    pub(crate) fn run(self) {
        let mut line = Line::default();
        let mut total = None;
        while !self.shared.halt.is_set() && total != Some(line.n_popped()) {
            match self.inbox.recv_timeout(LOOK_EVERY) {
                Ok(job) => line.push(job),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            while let Some(job) = line.pop() {
                self.route(job);
            }
            total = total.or_else(|| self.total.try_recv().ok());
        }
        for queue in &self.queues {
            queue.close();
        }
    }

    fn route(&self, job: Job) {
        let Job { flight, load, original, body, permit, .. } = job;
        match load {
            Load::Parcels { parcels, upshot } => {
                // A promise: nothing is delivered that the ledger could forget to have seen.
                if !self.shared.wait_durable(flight.ticket) {
                    return;
                }
                crash::point("parcel.before_send");
                let n_parcels = parcels.len() as u32;
                let sent = ToSettler::Sent { flight: Arc::clone(&flight), n_parcels, upshot };
                // The settler outlives the router unless the run was halted.
                let _ = self.settler.send(sent);
                for parcel in parcels {
                    for (sink, queue) in self.queues.iter().enumerate() {
                        let item = Item { parcel: Arc::clone(&parcel), original: original.clone() };
                        if !queue.push(item, &self.shared.halt) {
                            let _ = self.settler.send(ToSettler::Skipped { sink, seq: flight.seq });
                        }
                    }
                }
            }
            Load::Ended(ending, upshot) => {
                let _ = self.settler.send(ToSettler::Ended { flight, ending, upshot, original, body });
            }
            // Every job ends as one of the above before it comes here.
            Load::Part(_) | Load::Article(_) => {}
        }
        drop(permit);
    }
}
