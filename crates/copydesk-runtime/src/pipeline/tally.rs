//! What was done to articles: cuts by reason, and the time stages took.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use copydesk_core::{Cut, Reason};
use serde::Serialize;

/// What one stage has done in this process, in all threads.
#[derive(Debug, Default)]
pub(crate) struct StageTally {
    articles: AtomicU64,
    ns: AtomicU64,
}

impl StageTally {
    pub(crate) fn add(&self, time: Duration) {
        self.articles.fetch_add(1, Ordering::Relaxed);
        self.ns.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }
}

/// What one stage has done in this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct StageStats {
    /// Articles it was given.
    pub articles: u64,
    /// The time it took for them, in all threads.
    pub seconds: f64,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// In the order of [`Reason::ALL`].
    cuts: [AtomicU64; Reason::ALL.len()],
    stages: Mutex<BTreeMap<String, Arc<StageTally>>>,
}

impl Tally {
    /// The tally of the stage of this name.
    pub(crate) fn stage(&self, name: &str) -> Arc<StageTally> {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(stages.entry(name.to_owned()).or_default())
    }

    /// Counts the cuts of a finished article.
    pub(crate) fn count(&self, cuts: &[Cut]) {
        for cut in cuts {
            let place = Reason::ALL.iter().position(|reason| *reason == cut.reason);
            if let Some(count) = place.and_then(|place| self.cuts.get(place)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn cuts(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.cuts.iter().map(|count| count.load(Ordering::Relaxed));
        Reason::ALL.iter().map(|reason| reason.name()).zip(counts).collect()
    }

    pub(crate) fn stages(&self) -> BTreeMap<String, StageStats> {
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let view = |(name, tally): (&String, &Arc<StageTally>)| {
            let articles = tally.articles.load(Ordering::Relaxed);
            let seconds = tally.ns.load(Ordering::Relaxed) as f64 / 1e9;
            (name.clone(), StageStats { articles, seconds })
        };
        stages.iter().map(view).collect()
    }
}
