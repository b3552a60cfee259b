//! One run: building the threads and tasks of a pipeline, watching over them, and taking them down from the
//! source forward.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use copydesk_core::{Clock, Seq, Source};
use tokio::sync::{mpsc, watch};
use tracing::{info, warn};

use super::crew::{self, Crew};
use super::decide;
use super::engine::{Engine, act_on};
use super::flight::Flights;
use super::intake::{Ended, Intake};
use super::options::{Pipeline, Report, RuntimeOptions, StopMode};
use super::queue::Item;
use super::spill;
use super::splitter::ToSplitter;
use super::stats::{SinkState, SinkStats, Stats};
use crate::RuntimeError;
use crate::halt::{Halt, HaltOnDrop};
use crate::ledger::{Counts, Entry, Ledger, PathKey, Settlement, Ticket};
use crate::quarantine::{self, Quarantine};

/// What every thread and task of a run has at hand.
pub(crate) struct Shared {
    pub(crate) state: PathBuf,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) quarantine: Arc<Quarantine>,
    pub(crate) flights: Flights,
    pub(crate) stats: Arc<Stats>,
    pub(crate) options: RuntimeOptions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) halt: Halt,
}

/// How many times longer than for others a run waits for a stage that is being tried.
const TRIED: u32 = 6;
const HALT_CHECK: Duration = Duration::from_millis(50);

impl Shared {
    /// Waits until the ledger and the quarantine can be written; false once the run is halted.
    pub(crate) fn wait_ready(&self) -> bool {
        while self.stats.has_trouble("quarantine") {
            if !self.pause(HALT_CHECK) {
                return false;
            }
        }
        self.ledger.wait_ready(&|| self.halt.is_set())
    }

    pub(crate) fn wait_durable(&self, ticket: Ticket) -> bool {
        self.ledger.wait(ticket, &|| self.halt.is_set())
    }

    /// Lets time pass in a thread; false once the run is halted.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while !self.halt.is_set() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::park_timeout(left.min(HALT_CHECK));
        }
        false
    }

    pub(crate) fn publish(&self) {
        self.stats.set_counts(self.ledger.counts());
        self.stats.set_trouble("ledger", self.ledger.trouble());
    }
}

pub(crate) async fn run(
    engine: &mut Engine,
    pipeline: Pipeline,
    source: Box<dyn Source>,
    mut stop: watch::Receiver<StopMode>,
) -> Result<Report, RuntimeError> {
    let shared = Arc::new(Shared {
        state: engine.state.clone(),
        ledger: Arc::clone(&engine.ledger),
        quarantine: Arc::clone(&engine.quarantine),
        flights: Flights::default(),
        stats: Arc::clone(&engine.stats),
        options: pipeline.options.clone(),
        clock: Arc::clone(&engine.clock),
        halt: Halt::new(),
    });
    // Should the caller drop this future, the threads must not wait for ever.
    let _end = HaltOnDrop(shared.halt.clone());
    let before = shared.ledger.counts();
    // An earlier run may have ended between settling an article and taking it out of quarantine.
    let n_undecided = quarantine::remove_settled(&shared.ledger, &shared.quarantine);
    let replay = prepare(&shared);
    let mut crew = crew::start(&shared, pipeline, replay.expected)?;
    shared.stats.begin_run();
    for item in replay.spilled {
        let _ = crew.splitter.send(ToSplitter::Spilled(Box::new(item))).await;
    }
    for entry in replay.stored {
        // The splitter is there, and takes these before the source's.
        let _ = crew.splitter.send(ToSplitter::Stored(Box::new(entry))).await;
    }
    let ticker = tokio::spawn(tick(Arc::clone(&shared), crew.splitter.downgrade()));
    let intake =
        Intake { shared: Arc::clone(&shared), source, stop: stop.clone(), splitter: crew.splitter.clone() };
    let mut watch = Watch { shared: &shared, since: Instant::now(), moved: 0 };
    let (ended, source) = intake.run(watch.stuck()).await;
    crew.close_intake();
    let complete = ended != Ended::Stuck && watch.over(&mut crew, &mut stop).await;
    ticker.abort();
    if !complete {
        shared.halt.set();
    }
    crew.leave(complete).await;
    // The receipts it waits for have been settled, or never will be.
    drop(source);
    if complete && ended == Ended::Exhausted {
        drop_vanished(&shared);
    }
    if complete && n_undecided > 0 {
        quarantine::remove_settled(&shared.ledger, &shared.quarantine);
    }
    shared.publish();
    if let Some(error) = shared.halt.take_error() {
        return Err(error);
    }
    Ok(report(&shared, before, &ended, complete))
}

/// What an earlier run left unfinished.
struct Replay {
    /// Files whose articles are to come again from the source.
    expected: HashSet<PathKey>,
    /// Articles that come again from the quarantine.
    stored: Vec<quarantine::Entry>,
    /// Parcels that come again from a spill, for their files are gone.
    spilled: Vec<Item>,
}

fn prepare(shared: &Shared) -> Replay {
    let mut stored = Vec::new();
    let pending: HashSet<Seq> = shared.ledger.state().pending().collect();
    if !pending.is_empty() && !shared.quarantine.is_empty() {
        stored = shared.quarantine.list();
        stored.retain(|entry| entry.stored && pending.contains(&entry.seq));
    }
    let mut kept: HashSet<Seq> = stored.iter().map(|entry| entry.seq).collect();
    let mut gone = vanished(shared);
    gone.retain(|seq| !kept.contains(seq));
    let spilled = if gone.is_empty() { Vec::new() } else { spill::leftovers(&shared.state, &gone) };
    kept.extend(spilled.iter().map(|item| item.parcel.seq));
    drop_all(shared, &gone, &kept);
    let mut table = shared.flights.lock();
    let state = shared.ledger.state();
    let mut expected = HashSet::new();
    for seq in state.pending() {
        // A parcel of it may have gone out before the stop.
        for replaced in state.replaces(seq) {
            table.leaving.insert(replaced.seq.0, true);
        }
        if let Some(row) = state.row(seq).filter(|row| !kept.contains(&row.seq)) {
            expected.insert(state.path(row.file));
        }
    }
    Replay { expected, stored, spilled }
}

/// Drops unsettled articles that nothing can deliver any more: their file is gone, and nobody holds their bytes.
fn drop_vanished(shared: &Shared) {
    let gone = vanished(shared);
    if !gone.is_empty() {
        let entries = shared.quarantine.list().into_iter();
        let kept = entries.filter(|entry| entry.stored).map(|entry| entry.seq).collect();
        drop_all(shared, &gone, &kept);
    }
}

/// Unsettled articles that are not in flight, and whose file is gone.
fn vanished(shared: &Shared) -> HashSet<Seq> {
    let waiting: Vec<(Seq, String)> = {
        let table = shared.flights.lock();
        let state = shared.ledger.state();
        state
            .pending()
            .filter_map(|seq| state.row(seq))
            .filter(|row| !decide::is_in_flight(&table, row))
            .filter_map(|row| Some((row.seq, state.uri(row.file)?.to_owned())))
            .collect()
    };
    waiting.into_iter().filter(|(_, uri)| is_gone(uri)).map(|(seq, _)| seq).collect()
}

fn drop_all(shared: &Shared, gone: &HashSet<Seq>, kept: &HashSet<Seq>) {
    let table = shared.flights.lock();
    // Nobody is told, so nobody need wait until it is durable: that may be long, if the disk is full.
    let (n_dropped, _) = shared.ledger.transact(|state, entries| {
        let rows = state.pending().filter(|seq| gone.contains(seq) && !kept.contains(seq));
        for row in rows.filter_map(|seq| state.row(seq)).filter(|row| !decide::is_in_flight(&table, row)) {
            let reason = "source file was removed before delivery".to_owned();
            entries.push(Entry::Settled { seq: row.seq, outcome: Settlement::Vanished(reason) });
        }
        entries.len()
    });
    drop(table);
    if n_dropped > 0 {
        warn!(articles = n_dropped, "files were removed before their articles could be delivered");
    }
}

/// True if a `file:` URI leads nowhere. What cannot be told is not gone.
pub(crate) fn is_gone(uri: &str) -> bool {
    use std::os::unix::ffi::OsStringExt;
    let Some(path) = uri.strip_prefix("file://").or_else(|| uri.strip_prefix("file:")) else { return false };
    let path = path.split('#').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let digit = |digit: Option<u8>| char::from(digit?).to_digit(16);
        match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => bytes.push((high << 4 | low) as u8),
                _ => return false,
            },
            byte => bytes.push(byte),
        }
    }
    let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
    path.is_absolute()
        && std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

const MISS_EVERY: u32 = 30;

/// Once a tick: requests for the quarantine, files that are gone, and a nudge for the splitter.
async fn tick(shared: Arc<Shared>, splitter: mpsc::WeakSender<ToSplitter>) {
    let mut interval = tokio::time::interval(shared.options.tick);
    let mut n_ticks = 0_u32;
    loop {
        interval.tick().await;
        n_ticks = n_ticks.wrapping_add(1);
        // Once the intake has ended, nobody can take what a request brings back: it waits for the next run.
        let splitter = splitter.upgrade();
        let (here, takes) = (Arc::clone(&shared), splitter.is_some());
        let look = tokio::task::spawn_blocking(move || {
            if takes && n_ticks.is_multiple_of(MISS_EVERY) {
                drop_vanished(&here);
            }
            here.publish();
            if takes { requests(&here) } else { Vec::new() }
        });
        let (Ok(stored), Some(splitter)) = (look.await, splitter) else { continue };
        for entry in stored {
            let _ = splitter.send(ToSplitter::Stored(Box::new(entry))).await;
        }
        // Only of use if the splitter is idle, so it need not get through.
        let _ = splitter.try_send(ToSplitter::Tick);
    }
}

fn requests(shared: &Shared) -> Vec<quarantine::Entry> {
    let mut stored = Vec::new();
    for request in quarantine::poll(&shared.state) {
        let mut answers = Vec::new();
        for key in &request.keys {
            let (answer, entry) = act_on(&shared.ledger, &shared.quarantine, request.act, key);
            info!(key = key.escape_debug().to_string(), done = answer.done, "quarantine request");
            answers.push(answer);
            stored.extend(entry);
        }
        if let Err(error) = quarantine::answer(&request, &answers) {
            warn!(%error, "cannot answer a quarantine request");
        }
    }
    stored
}

/// Waits for the crew to finish, and knows when to give up.
struct Watch<'a> {
    shared: &'a Shared,
    /// When something last moved: was settled, or acknowledged by a sink.
    since: Instant,
    moved: u64,
}

impl Watch<'_> {
    /// Returns once a run that is to end by itself cannot: the source waits for what a sink or a stage has
    /// that is down.
    async fn stuck(&mut self) {
        if !self.shared.options.once {
            return std::future::pending().await;
        }
        let mut look = tokio::time::interval(HALT_CHECK);
        while !self.only_what_is_down() {
            look.tick().await;
        }
    }

    /// False if time ran out, or an immediate stop was asked for.
    async fn over(&mut self, crew: &mut Crew, stop: &mut watch::Receiver<StopMode>) -> bool {
        let grace = self.shared.options.grace;
        let mut deadline = None;
        let mut look = tokio::time::interval(HALT_CHECK);
        let finished = crew.finished();
        tokio::pin!(finished);
        loop {
            tokio::select! {
                () = &mut finished => return !self.shared.halt.is_set(),
                () = self.shared.halt.wait() => return false,
                _ = look.tick() => {}
            }
            match *stop.borrow_and_update() {
                StopMode::Now => return false,
                StopMode::Drain => deadline = deadline.or_else(|| Some(Instant::now() + grace)),
                StopMode::Run => {}
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) || self.only_what_is_down() {
                return false;
            }
        }
    }

    /// True once nothing has moved for the grace while a sink or a stage is down: it may stay so for days. A stage that
    /// is being tried at the moment has some time more, for that may take as long as its deadlines say.
    fn only_what_is_down(&mut self) -> bool {
        let sinks = self.shared.stats.sinks();
        let moved: u64 = sinks.values().map(|sink| sink.acknowledged + sink.refused).sum();
        let stats = &self.shared.stats;
        let moved = moved + stats.settled.load(Ordering::Relaxed) + stats.files.load(Ordering::Relaxed);
        let is_down = |sink: &SinkStats| sink.state == SinkState::Down;
        let all_up = !sinks.values().any(is_down) && stats.down_stages().is_empty();
        if moved != self.moved || all_up {
            self.moved = moved;
            self.since = Instant::now();
        }
        let (waited, grace) = (self.since.elapsed(), self.shared.options.grace);
        let is_tried = stats.at_work.load(Ordering::Relaxed) > 0;
        waited >= if is_tried { grace.saturating_mul(TRIED) } else { grace }
    }
}

fn report(shared: &Shared, before: Counts, ended: &Ended, complete: bool) -> Report {
    let now = shared.ledger.counts();
    let counts = Counts {
        seen: now.seen.saturating_sub(before.seen),
        delivered: now.delivered.saturating_sub(before.delivered),
        duplicate: now.duplicate.saturating_sub(before.duplicate),
        dropped: now.dropped.saturating_sub(before.dropped),
        quarantined: now.quarantined.saturating_sub(before.quarantined),
        superseded: now.superseded.saturating_sub(before.superseded),
        pending: now.pending,
    };
    let named = |state| {
        let sinks = shared.stats.sinks();
        let named = sinks.into_iter().filter(|(_, sink)| sink.state == state);
        named.map(|(name, sink)| (name, sink.error.unwrap_or_default())).collect()
    };
    Report {
        counts,
        failed_sinks: named(SinkState::Failed),
        down_sinks: named(SinkState::Down),
        down_stages: shared.stats.down_stages(),
        source_error: match ended {
            Ended::Failed(message) => Some(message.clone()),
            Ended::Exhausted | Ended::Stopped | Ended::Stuck => None,
        },
        cut_short: !complete,
    }
}
