//! The task that feeds one sink: batches, retries with backoff, and the search for the article it refuses.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use copydesk_core::{Action, Parcel, Sink, SinkError, crash};
use tracing::{error, info, warn};

use super::options::SinkOptions;
use super::queue::{Item, SinkQueue};
use super::run::Shared;
use super::settler::ToSettler;
use super::stats::SinkState;

pub(crate) struct Driver {
    pub(crate) shared: Arc<Shared>,
    pub(crate) place: usize,
    pub(crate) name: String,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) options: SinkOptions,
    pub(crate) queue: Arc<SinkQueue>,
    pub(crate) settler: mpsc::Sender<ToSettler>,
    pub(crate) backoff: Backoff,
    pub(crate) is_open: bool,
}

/// The sink cannot go on in this run.
struct GaveUp;

/// Marks the sink as failed should its task end in any other way than by [`Driver::run`] returning.
struct Guard {
    shared: Arc<Shared>,
    name: String,
    queue: Arc<SinkQueue>,
    place: usize,
    settler: mpsc::Sender<ToSettler>,
    finished: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.finished && !self.shared.halt.is_set() {
            self.queue.fail();
            let _ = self.settler.send(ToSettler::SinkFailed { sink: self.place });
            self.shared.stats.sink(&self.name, |sink| {
                sink.state = SinkState::Failed;
                sink.error = Some("it panicked".into());
            });
        }
    }
}

impl Driver {
    /// Works until the queue is closed and empty, the sink gives up, or the run is halted.
    pub(crate) async fn run(mut self) {
        let mut guard = Guard {
            shared: Arc::clone(&self.shared),
            name: self.name.clone(),
            queue: Arc::clone(&self.queue),
            place: self.place,
            settler: self.settler.clone(),
            finished: false,
        };
        let halt = self.shared.halt.clone();
        tokio::select! {
            () = halt.wait() => {}
            () = self.feed() => {}
        }
        guard.finished = true;
    }

    async fn feed(&mut self) {
        let opened = self.open().await;
        let mut gave_up = opened.is_err();
        while !gave_up && let Some(batch) = self.queue.batch().await {
            gave_up = self.write(&batch).await.is_err();
        }
        if gave_up || self.queue.has_failed() {
            self.queue.fail();
            let _ = self.settler.send(ToSettler::SinkFailed { sink: self.place });
            return;
        }
        match self.sink.close().await {
            Ok(()) => self.shared.stats.sink(&self.name, |sink| sink.state = SinkState::Closed),
            Err(failed) => {
                error!(sink = self.name, error = %failed, "cannot close");
                self.failed(&failed);
            }
        }
    }

    async fn open(&mut self) -> Result<(), GaveUp> {
        while !self.is_open {
            match self.open_watched().await {
                Ok(()) => {
                    self.is_open = true;
                    self.up();
                }
                Err(failed) => self.wait_after(&failed).await?,
            }
        }
        Ok(())
    }

    /// Writes a batch, however long it takes.
    async fn write(&mut self, batch: &[Item]) -> Result<(), GaveUp> {
        let parcels: Vec<Arc<Parcel>> = batch.iter().map(|item| Arc::clone(&item.parcel)).collect();
        match self.try_write(&parcels).await? {
            Ok(()) => self.acknowledge(batch),
            Err(refused) if batch.len() == 1 => self.refuse(batch, &refused),
            Err(refused) => {
                warn!(sink = self.name, articles = batch.len(), error = %refused, "batch refused, trying one by one");
                for item in batch {
                    match self.try_write(std::slice::from_ref(&item.parcel)).await? {
                        Ok(()) => self.acknowledge(std::slice::from_ref(item)),
                        Err(refused) => self.refuse(std::slice::from_ref(item), &refused),
                    }
                }
            }
        }
        Ok(())
    }

    /// Until the sink takes the parcels or refuses one of them.
    async fn try_write(&mut self, parcels: &[Arc<Parcel>]) -> Result<Result<(), SinkError>, GaveUp> {
        loop {
            self.open().await?;
            match self.write_watched(parcels).await {
                Ok(()) => {
                    crash::point("sink.after_write");
                    self.up();
                    self.shared.stats.sink(&self.name, |sink| sink.batches += 1);
                    return Ok(Ok(()));
                }
                Err(failed) if failed.action == Action::Quarantine => return Ok(Err(failed)),
                Err(failed) => {
                    self.is_open = false;
                    self.wait_after(&failed).await?;
                }
            }
        }
    }

    /// A sink that hangs counts as down, so that nobody waits for it.
    async fn open_watched(&mut self) -> Result<(), SinkError> {
        let stall = self.options.stall;
        let mut opening = self.sink.open();
        if let Ok(result) = tokio::time::timeout(stall, &mut opening).await {
            return result;
        }
        note_stall(
            &self.shared,
            &self.name,
            &self.queue,
            &format!("opening has taken longer than {stall:?}"),
        );
        opening.await
    }

    async fn write_watched(&mut self, parcels: &[Arc<Parcel>]) -> Result<(), SinkError> {
        let stall = self.options.stall;
        let mut write = self.sink.write(parcels);
        if let Ok(result) = tokio::time::timeout(stall, &mut write).await {
            return result;
        }
        note_stall(
            &self.shared,
            &self.name,
            &self.queue,
            &format!("a write has taken longer than {stall:?}"),
        );
        write.await
    }

    fn up(&mut self) {
        self.backoff.reset();
        self.queue.set_down(false);
        let name = &self.name;
        self.shared.stats.sink(name, |sink| {
            if sink.state == SinkState::Down {
                info!(sink = name, "up again");
            }
            sink.state = SinkState::Up;
            sink.error = None;
        });
    }

    fn failed(&self, failed: &SinkError) {
        self.shared.stats.sink(&self.name, |sink| {
            sink.state = SinkState::Failed;
            sink.error = Some(failed.message.clone());
        });
    }

    async fn wait_after(&mut self, failed: &SinkError) -> Result<(), GaveUp> {
        let asked = match failed.action {
            Action::Retry(after) => after,
            // Opening refuses no article, so there is nothing to set aside.
            Action::Quarantine | Action::Stop => {
                error!(sink = self.name, error = %failed, "sink gives up, its articles stay pending");
                self.failed(failed);
                return Err(GaveUp);
            }
        };
        let wait = self.backoff.next(&self.options).max(asked);
        self.queue.set_down(true);
        self.shared.stats.sink(&self.name, |sink| {
            if sink.state != SinkState::Down {
                warn!(sink = self.name, error = %failed, "sink is down, trying again");
            }
            sink.state = SinkState::Down;
            sink.error = Some(failed.message.clone());
            sink.retries += 1;
        });
        tokio::time::sleep(wait).await;
        Ok(())
    }

    fn acknowledge(&self, batch: &[Item]) {
        self.shared.stats.sink(&self.name, |sink| sink.acknowledged += batch.len() as u64);
        let seqs = batch.iter().map(|item| item.parcel.seq).collect();
        // The settler outlives the drivers unless the run was halted.
        let _ = self.settler.send(ToSettler::Acknowledged { sink: self.place, seqs });
    }

    fn refuse(&self, batch: &[Item], refused: &SinkError) {
        for item in batch {
            warn!(sink = self.name, id = %item.parcel.id, error = %refused, "article refused");
            self.shared.stats.sink(&self.name, |sink| sink.refused += 1);
            let refused = ToSettler::Refused {
                sink: self.place,
                seq: item.parcel.seq,
                stage: format!("sink {}", self.name),
                reason: refused.message.clone(),
                original: item.original.clone(),
            };
            let _ = self.settler.send(refused);
        }
    }
}

fn note_stall(shared: &Shared, name: &str, queue: &SinkQueue, message: &str) {
    warn!(sink = name, "{message}");
    shared.stats.sink(name, |sink| {
        sink.state = SinkState::Down;
        sink.error = Some(message.to_owned());
    });
    queue.set_down(true);
}

/// Waits that double, with jitter so that many do not knock at once.
pub(crate) struct Backoff {
    n_failed: u32,
    chance: u64,
}

impl Backoff {
    /// `seed` is any number.
    pub(crate) fn new(seed: u64) -> Backoff {
        Backoff { n_failed: 0, chance: seed | 1 }
    }

    fn reset(&mut self) {
        self.n_failed = 0;
    }

    /// Between a half and the whole of the doubled wait.
    pub(crate) fn next(&mut self, options: &SinkOptions) -> Duration {
        let doubled = options.retry_min.saturating_mul(1 << self.n_failed.min(20)).min(options.retry_max);
        self.n_failed = self.n_failed.saturating_add(1);
        // xorshift: good enough to spread waits.
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        let part = (self.chance >> 11) as f64 / (1_u64 << 53) as f64;
        doubled.mul_f64(0.5 + part / 2.0)
    }
}
