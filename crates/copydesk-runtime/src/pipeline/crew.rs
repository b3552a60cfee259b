//! The threads and tasks of a run.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use copydesk_core::Reader;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::batched::{BatchWorker, Batched};
use super::budget::Budget;
use super::driver::{Backoff, Driver};
use super::job::{Job, JobQueue};
use super::options::{Pipeline, StageSlot};
use super::ordered::Ordered;
use super::pool::{Between, Worker};
use super::queue::SinkQueue;
use super::router::Router;
use super::run::Shared;
use super::settler::{Settler, ToSettler};
use super::spill::Spill;
use super::splitter::{Splitter, ToSplitter};
use super::steps::{self, Running};
use crate::RuntimeError;
use crate::ledger::{Entry, PathKey};

pub(crate) struct Crew {
    pub(crate) splitter: tokio::sync::mpsc::Sender<ToSplitter>,
    /// The splitter, the router and the settler.
    core: Vec<JoinHandle<()>>,
    /// Threads that run stages and the reader: they may hang in code of others.
    others: Vec<JoinHandle<()>>,
    routed: Option<oneshot::Receiver<()>>,
    settled: Option<oneshot::Receiver<()>>,
    settler: mpsc::Sender<ToSettler>,
    pool: Arc<JobQueue>,
    between: Vec<Between>,
    drivers: JoinSet<()>,
    halt: crate::halt::Halt,
}

/// How long threads of a run that was cut short are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, RuntimeError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(RuntimeError::Thread)
}

/// Where stages run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the pool, in any order.
    Pool,
    /// One article after the other, in order.
    Order,
    /// One stage alone, several articles at once, in threads of its own.
    Batches,
}

/// Stages that run in one place.
struct Segment {
    place: Place,
    stages: Vec<Running>,
}

fn place_of(running: &Running) -> Place {
    match running.stage.batching() {
        _ if running.stateful => Place::Order,
        Some(_) => Place::Batches,
        None => Place::Pool,
    }
}

fn make(shared: &Shared, slot: &StageSlot) -> Result<Running, RuntimeError> {
    let failed = |error: copydesk_core::BuildError| RuntimeError::Stage {
        name: slot.name.clone(),
        message: error.to_string(),
    };
    let stage = (slot.make)().map_err(failed)?;
    let stateful = stage.fork().is_none();
    let (name, make) = (slot.name.clone(), Arc::clone(&slot.make));
    let tally = shared.stats.tally.stage(&name);
    Ok(Running { name, stage, make, stateful, recent: VecDeque::new(), tally })
}

/// Runs of stages in the pool and elsewhere in turn, the first and the last in the pool.
fn segments(shared: &Shared, slots: &[StageSlot]) -> Result<Vec<Segment>, RuntimeError> {
    let in_pool = || Segment { place: Place::Pool, stages: Vec::new() };
    let mut segments = vec![in_pool()];
    for slot in slots {
        let running = make(shared, slot)?;
        let place = place_of(&running);
        match segments.last_mut() {
            Some(last) if last.place == place && place != Place::Batches => last.stages.push(running),
            last => {
                if place != Place::Pool && last.is_some_and(|last| last.place != Place::Pool) {
                    segments.push(in_pool());
                }
                segments.push(Segment { place, stages: vec![running] });
            }
        }
    }
    if segments.last().is_some_and(|last| last.place != Place::Pool) {
        segments.push(in_pool());
    }
    let all = segments.iter().flat_map(|segment| &segment.stages);
    shared.stats.meters.begin(all.map(|running| (running.name.as_str(), running.stage.meter())));
    let mut stateful: Vec<&mut Running> =
        segments.iter_mut().flat_map(|segment| &mut segment.stages).filter(|stage| stage.stateful).collect();
    if !stateful.is_empty() {
        for running in &mut stateful {
            running.stage.open(&steps::stage_folder(&shared.state, &running.name)).map_err(|failed| {
                RuntimeError::Stage { name: running.name.clone(), message: failed.message }
            })?;
        }
        shared.ledger.memories(&mut |seq, of, memory| {
            for running in stateful.iter_mut().filter(|running| running.name == of) {
                running.stage.restore(seq, memory);
            }
        })?;
    }
    let stages = stateful.iter().map(|running| (running.name.as_str(), &*running.stage));
    shared.stats.signals.begin(stages);
    Ok(segments)
}

/// A stage without state once more, for another thread.
fn fork(shared: &Shared, running: &Running, slots: &[StageSlot]) -> Result<Running, RuntimeError> {
    let Some(stage) = running.stage.fork() else {
        let slot = slots.iter().find(|slot| slot.name == running.name);
        let cannot =
            || RuntimeError::Stage { name: running.name.clone(), message: "cannot be forked".into() };
        return make(shared, slot.ok_or_else(cannot)?);
    };
    let (name, make) = (running.name.clone(), Arc::clone(&running.make));
    let tally = Arc::clone(&running.tally);
    Ok(Running { name, stage, make, stateful: false, recent: VecDeque::new(), tally })
}

/// The stages of the pool once more, for another thread.
fn forked(
    shared: &Shared,
    segments: &[Segment],
    slots: &[StageSlot],
) -> Result<Vec<Vec<Running>>, RuntimeError> {
    segments
        .iter()
        .filter(|segment| segment.place == Place::Pool)
        .map(|segment| segment.stages.iter().map(|running| fork(shared, running, slots)).collect())
        .collect()
}

fn check_names(pipeline: &Pipeline) -> Result<(), RuntimeError> {
    let mut stages = HashSet::new();
    let mut sinks = HashSet::new();
    let twice = pipeline.stages.iter().map(|slot| &slot.name).find(|name| !stages.insert(*name));
    let twice =
        twice.or_else(|| pipeline.sinks.iter().map(|slot| &slot.name).find(|name| !sinks.insert(*name)));
    twice.map_or(Ok(()), |name| Err(RuntimeError::Name(name.clone())))
}

pub(crate) fn start(
    shared: &Arc<Shared>,
    pipeline: Pipeline,
    expected: HashSet<PathKey>,
) -> Result<Crew, RuntimeError> {
    check_names(&pipeline)?;
    let segments = segments(shared, &pipeline.stages)?;
    let names: Vec<String> = pipeline.sinks.iter().map(|slot| slot.name.clone()).collect();
    shared.stats.set_sinks(&names);
    settle_cursors(shared, &names);
    let n_workers = match pipeline.options.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n_workers => n_workers,
    };
    let pool = Arc::new(JobQueue::default());
    let (settler, settler_inbox) = mpsc::channel();
    let (router, router_inbox) = mpsc::channel();
    let (total, total_inbox) = mpsc::channel();
    let (splitter, splitter_inbox) = tokio::sync::mpsc::channel(pipeline.options.intake_max.max(1));
    let mut crew = Crew {
        splitter,
        core: Vec::new(),
        others: Vec::new(),
        routed: None,
        settled: None,
        settler: settler.clone(),
        pool: Arc::clone(&pool),
        between: Vec::new(),
        drivers: JoinSet::new(),
        halt: shared.halt.clone(),
    };
    let worker_stages: Vec<_> =
        (0..n_workers).map(|_| forked(shared, &segments, &pipeline.stages)).collect::<Result<_, _>>()?;
    let queues = crew.start_drivers(shared, pipeline.sinks)?;
    crew.between = crew.start_between(shared, segments, &pipeline.stages)?;
    crew.start_workers(shared, &pipeline.reader, worker_stages, &router)?;
    // Only the workers hold it now, so that its receiver sees the end.
    drop(router);
    crew.start_core(shared, &names, settler_inbox, (router_inbox, total_inbox, queues))?;
    let in_flight = (pipeline.options.in_flight_max, pipeline.options.in_flight_bytes);
    let thread = Splitter {
        shared: Arc::clone(shared),
        reader: pipeline.reader,
        budget: Budget::new(in_flight.0, in_flight.1, Arc::clone(&shared.stats)),
        pool,
        settler,
        n_jobs: 0,
        expected,
        held: VecDeque::new(),
        held_bytes: 0,
        last_expected: Instant::now(),
    };
    crew.core.push(spawn("splitter", move || {
        // The router is gone only if the run was halted.
        let _ = total.send(thread.run(splitter_inbox));
    })?);
    Ok(crew)
}

/// A sink that is new starts at the head; one that is configured no longer is forgotten.
fn settle_cursors(shared: &Shared, names: &[String]) {
    let known = shared.ledger.cursors();
    let ((), _) = shared.ledger.transact(|state, entries| {
        for name in names.iter().filter(|name| !known.iter().any(|(sink, _)| sink == *name)) {
            let head = copydesk_core::Seq(state.next().0.saturating_sub(1));
            entries.push(Entry::Cursor { sink: name.clone(), seq: Some(head) });
        }
        for (sink, _) in known.iter().filter(|(sink, _)| !names.contains(sink)) {
            entries.push(Entry::Cursor { sink: sink.clone(), seq: None });
        }
    });
}

impl Crew {
    fn start_drivers(
        &mut self,
        shared: &Arc<Shared>,
        sinks: Vec<super::options::SinkSlot>,
    ) -> Result<Vec<Arc<SinkQueue>>, RuntimeError> {
        let mut queues = Vec::new();
        for (place, slot) in sinks.into_iter().enumerate() {
            let io = |source| RuntimeError::State { path: shared.state.clone(), source };
            let spill = Spill::new(&shared.state, &slot.name).map_err(io)?;
            let stats = Arc::clone(&shared.stats);
            let queue = Arc::new(SinkQueue::new(slot.name.clone(), slot.options, spill, stats));
            queues.push(Arc::clone(&queue));
            let driver = Driver {
                shared: Arc::clone(shared),
                place,
                name: slot.name,
                sink: slot.sink,
                options: slot.options,
                queue,
                settler: self.settler.clone(),
                backoff: Backoff::new((shared.clock.unix_ns() as u64).rotate_left(place as u32)),
                is_open: false,
            };
            self.drivers.spawn(driver.run());
        }
        Ok(queues)
    }

    /// What stands between the segments of the pool, with the threads that it needs.
    fn start_between(
        &mut self,
        shared: &Arc<Shared>,
        segments: Vec<Segment>,
        slots: &[StageSlot],
    ) -> Result<Vec<Between>, RuntimeError> {
        let mut between = Vec::new();
        for mut segment in segments {
            let pool = Arc::clone(&self.pool);
            match segment.place {
                Place::Pool => {}
                Place::Order => {
                    let ordered = Ordered::new(Arc::clone(shared), pool, segment.stages);
                    between.push(Between::Ordered(Arc::new(ordered)));
                }
                Place::Batches => {
                    let Some(running) = segment.stages.pop() else { continue };
                    let Some(batching) = running.stage.batching() else { continue };
                    let queue = Arc::new(Batched::new(batching));
                    for _ in 0..batching.workers.max(1) {
                        let running = fork(shared, &running, slots)?;
                        let (shared, pool, queue) =
                            (Arc::clone(shared), Arc::clone(&pool), Arc::clone(&queue));
                        let worker = BatchWorker { shared, pool, queue, running };
                        self.others.push(spawn("batches", move || worker.run())?);
                    }
                    between.push(Between::Batched(queue));
                }
            }
        }
        Ok(between)
    }

    fn start_workers(
        &mut self,
        shared: &Arc<Shared>,
        reader: &Arc<dyn Reader>,
        stages: Vec<Vec<Vec<Running>>>,
        router: &mpsc::Sender<Job>,
    ) -> Result<(), RuntimeError> {
        for segments in stages {
            let worker = Worker {
                shared: Arc::clone(shared),
                reader: Arc::clone(reader),
                queue: Arc::clone(&self.pool),
                segments,
                between: self.between.clone(),
                router: router.clone(),
            };
            self.others.push(spawn("worker", move || worker.run())?);
        }
        Ok(())
    }

    fn start_core(
        &mut self,
        shared: &Arc<Shared>,
        names: &[String],
        inbox: mpsc::Receiver<ToSettler>,
        (router_inbox, total, queues): (mpsc::Receiver<Job>, mpsc::Receiver<u64>, Vec<Arc<SinkQueue>>),
    ) -> Result<(), RuntimeError> {
        let (done, settled) = oneshot::channel();
        let thread = Settler::new(Arc::clone(shared), names);
        self.settled = Some(settled);
        self.core.push(spawn("settler", move || {
            thread.run(&inbox);
            let _ = done.send(());
        })?);
        let (done, routed) = oneshot::channel();
        let router = Router {
            shared: Arc::clone(shared),
            inbox: router_inbox,
            total,
            queues,
            settler: self.settler.clone(),
        };
        self.routed = Some(routed);
        self.core.push(spawn("router", move || {
            router.run();
            let _ = done.send(());
        })?);
        Ok(())
    }

    /// No file comes any more.
    pub(crate) fn close_intake(&mut self) {
        let (closed, _) = tokio::sync::mpsc::channel(1);
        self.splitter = closed;
    }

    /// Returns once everything in flight has been settled: router, then drivers, then settler; and once the stages
    /// know of it.
    pub(crate) async fn finished(&mut self) {
        if let Some(routed) = self.routed.take() {
            let _ = routed.await;
        }
        while self.drivers.join_next().await.is_some() {}
        let _ = self.settler.send(ToSettler::Close);
        if let Some(settled) = self.settled.take() {
            let _ = settled.await;
        }
        if !self.halt.is_set() {
            let between = self.between.clone();
            // It waits for the disk, which may take none for days.
            let concluded = tokio::task::spawn_blocking(move || between.iter().for_each(Between::conclude));
            let _ = concluded.await;
        }
    }

    /// Ends all threads; those of a run that was cut short are not waited for any longer than is decent, for
    /// they may hang in a stage.
    pub(crate) async fn leave(mut self, complete: bool) {
        self.close_intake();
        self.pool.close();
        self.between.iter().for_each(Between::close);
        let _ = self.settler.send(ToSettler::Close);
        if !complete {
            self.halt.set();
            self.drivers.abort_all();
        }
        while self.drivers.join_next().await.is_some() {}
        let Crew { core, others, settler, .. } = self;
        drop(settler);
        let joined = tokio::task::spawn_blocking(move || {
            for thread in core.into_iter().chain(others) {
                // A panic was reported when it happened.
                let _ = thread.join();
            }
        });
        if complete {
            let _ = joined.await;
        } else {
            let _ = tokio::time::timeout(PATIENCE, joined).await;
        }
    }
}
