//! What a thread does to an article: decode it, take it through stages, make its parcel. A panic ends the
//! article, not the thread.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use copydesk_core::{Action, Article, ArticleId, Parcel, Part, ReadError, Reader, Seq, Stage, Verdict};
use tracing::error;

use super::decide;
use super::flight::Flight;
use super::job::{Ending, Job, Load, Upshot};
use super::options::StageFactory;
use super::run::Shared;
use super::spill::file_name;
use super::tally::StageTally;
use crate::RuntimeError;

/// A stage in the thread that uses it.
pub(crate) struct Running {
    pub(crate) name: String,
    pub(crate) stage: Box<dyn Stage>,
    pub(crate) make: Arc<StageFactory>,
    /// A stage with state gets its memories back after a panic: those of the ledger, and the latest, which may
    /// not be there yet.
    pub(crate) stateful: bool,
    pub(crate) recent: VecDeque<(Seq, Vec<u8>)>,
    pub(crate) tally: Arc<StageTally>,
}

/// Recent memories kept for each stage with state.
const RECENT: usize = 16_384;

/// How often a stage is asked again that says `Retry`.
const ATTEMPTS: u32 = 3;

impl Running {
    fn note(&mut self, article: &Article) {
        if !self.stateful {
            return;
        }
        for (_, bytes) in article.memories.iter().filter(|(stage, _)| *stage == self.name) {
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back((article.seq, bytes.clone()));
        }
    }
}

/// What a panic has to say.
pub fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

pub(crate) fn decode(shared: &Shared, reader: &dyn Reader, flight: &Flight, part: &Part) -> Load {
    let decoded = catch_unwind(AssertUnwindSafe(|| reader.decode(part))).unwrap_or_else(|panic| {
        shared.stats.panics.fetch_add(1, Ordering::Relaxed);
        Err(ReadError::new("panic", format!("the reader panicked: {}", panic_text(&*panic))))
    });
    match decoded {
        Ok(mut article) => {
            article.seq = flight.seq;
            if let Some(old) = flight.replaces.iter().rev().find(|replaced| replaced.id != flight.id) {
                // So that a stage does not take a revision for a copy of what it replaces.
                article.notes.insert("supersedes".into(), old.id.to_string().into());
            }
            Load::Article(Box::new(article))
        }
        Err(ReadError { code, message }) => {
            let ending = match flight.claim.retry_failed_after {
                Some(after) => Ending::Retry(after),
                None => Ending::Quarantined { stage: "read".into(), code: code.into(), reason: message },
            };
            Load::Ended(ending, Upshot::default())
        }
    }
}

/// Takes a job through stages, in order.
pub(crate) fn pass(shared: &Shared, stages: &mut [Running], job: &mut Job) {
    for running in stages {
        let Load::Article(article) = &mut job.load else { return };
        if let Some(ending) = step(shared, running, article) {
            let upshot = Upshot::of(article);
            job.load = Load::Ended(ending, upshot);
        }
    }
}

fn step(shared: &Shared, running: &mut Running, article: &mut Article) -> Option<Ending> {
    let quarantined = |name: &str, code: &str, reason: String| {
        Some(Ending::Quarantined { stage: name.to_owned(), code: code.into(), reason })
    };
    for attempt in 1.. {
        let begun = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| running.stage.process(article)));
        running.tally.add(begun.elapsed());
        let name = running.name.clone();
        for signal in std::mem::take(&mut article.signals) {
            shared.stats.signals.hear(&name, signal);
        }
        match result {
            Ok(Ok(Verdict::Keep)) => {
                running.note(article);
                return None;
            }
            Ok(Ok(Verdict::Drop(reason))) => return Some(Ending::Dropped(format!("{name}: {reason}"))),
            Ok(Err(failed)) => match failed.action {
                Action::Quarantine => return quarantined(&name, failed.code, failed.message),
                Action::Retry(after) if attempt < ATTEMPTS && shared.pause(after.min(LONGEST_PAUSE)) => {}
                Action::Retry(_) if shared.halt.is_set() => return Some(Ending::Cancelled),
                Action::Retry(_) => {
                    let reason = format!("{} (after {ATTEMPTS} attempts)", failed.message);
                    return quarantined(&name, failed.code, reason);
                }
                Action::Stop => {
                    shared.halt.fail(RuntimeError::Stage { name, message: failed.message });
                    return Some(Ending::Cancelled);
                }
            },
            Err(panic) => {
                shared.stats.panics.fetch_add(1, Ordering::Relaxed);
                let text = panic_text(&*panic);
                error!(stage = name, id = %article.id, panic = text, "stage panicked, going on with a fresh one");
                let ending = quarantined(&name, "panic", format!("the stage panicked: {text}"));
                renew(shared, running);
                return ending;
            }
        }
    }
    None
}

/// A panic may have left a stage half changed: it is made anew, and told what it had remembered.
pub(crate) fn renew(shared: &Shared, running: &mut Running) {
    let name = running.name.clone();
    match (running.make)() {
        Ok(stage) => {
            running.stage = stage;
            if let Some(meter) = running.stage.meter() {
                shared.stats.meters.renew(&name, meter);
            }
        }
        Err(error) => {
            let message = format!("cannot be made again after a panic: {error}");
            return shared.halt.fail(RuntimeError::Stage { name, message });
        }
    }
    if running.stateful {
        if let Err(failed) = running.stage.open(&stage_folder(&shared.state, &name)) {
            return shared.halt.fail(RuntimeError::Stage { name, message: failed.message });
        }
        let Running { name, stage, recent, .. } = running;
        let restored = shared.ledger.memories(&mut |seq, of, memory| {
            if of == name {
                stage.restore(seq, memory);
            }
        });
        for (seq, memory) in &*recent {
            stage.restore(*seq, memory);
        }
        if let Err(error) = restored {
            shared.halt.fail(error.into());
        }
    }
}

/// Where a stage with state keeps what outgrows the ledger.
pub fn stage_folder(state: &Path, stage: &str) -> PathBuf {
    state.join("stages").join(file_name(stage))
}

/// Makes the parcel, or parcels, of a finished article: the last step in the pool.
pub(crate) fn finish(shared: &Shared, job: &mut Job) {
    let flight = &job.flight;
    let Load::Article(article) = &mut job.load else { return };
    let removed = decide::send(&shared.ledger, &shared.flights, flight.seq, &flight.id);
    let Some(removed) = removed else {
        job.load = Load::Ended(Ending::Cancelled, Upshot::default());
        return;
    };
    match removed.first() {
        Some(old) => article.notes.insert("supersedes".into(), old.to_string().into()),
        None if flight.replaces.is_empty() => None,
        None => article.notes.remove("supersedes"),
    };
    let upshot = Upshot::of(article);
    let replaced = match &article.takes_over {
        Some(taken) if taken.duplicate.is_none() => {
            article.notes.entry("supersedes").or_insert_with(|| taken.id.to_string().into());
            Some(taken.id)
        }
        _ => None,
    };
    let removed: Vec<ArticleId> = removed.into_iter().chain(replaced).collect();
    let made = catch_unwind(AssertUnwindSafe(|| Parcel::new(article, removed.first().copied())));
    job.load = match made {
        Ok(parcel) => {
            shared.stats.tally.count(article.cuts());
            // Any other that is to go is removed by a repeat of the parcel.
            let more = removed
                .iter()
                .skip(1)
                .map(|old| Arc::new(Parcel { supersedes: Some(*old), ..parcel.clone() }));
            let more: Vec<Arc<Parcel>> = more.collect();
            let parcels = std::iter::once(Arc::new(parcel)).chain(more).collect();
            Load::Parcels { parcels, upshot }
        }
        Err(panic) => {
            shared.stats.panics.fetch_add(1, Ordering::Relaxed);
            let reason = format!("its record cannot be written: {}", panic_text(&*panic));
            let ending = Ending::Quarantined { stage: "record".into(), code: "panic".into(), reason };
            Load::Ended(ending, upshot)
        }
    };
}

/// How long a stage that asks for a retry is made to wait at most.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(30);
