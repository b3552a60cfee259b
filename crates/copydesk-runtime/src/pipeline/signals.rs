//! What stages have noticed: said in the log once, counted, and shown as long as it stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use copydesk_core::{Phase, Signal, Stage};
use serde::Serialize;
use tracing::{info, warn};

/// Signals shown at most; more are counted, and logged.
const MOST: usize = 1000;

/// A signal that stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignalView {
    /// The stage that raised it, by its configured name.
    pub stage: String,
    /// What it says.
    #[serde(flatten)]
    pub signal: Signal,
}

/// How often a kind of signal has begun in this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignalCount {
    /// The stage that raised it, by its configured name.
    pub stage: String,
    /// Which kind.
    pub kind: String,
    /// How often it began.
    pub begun: u64,
}

/// By stage, kind and subject.
type Key = (String, String, String);

/// The signals of all stages.
#[derive(Debug, Default)]
pub(crate) struct Signals(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    standing: BTreeMap<Key, Signal>,
    begun: BTreeMap<(String, String), u64>,
}

impl Signals {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what a stage has said.
    pub(crate) fn hear(&self, stage: &str, signal: Signal) {
        let key = (stage.to_owned(), signal.kind.to_string(), signal.subject.clone());
        let facts = facts(&signal);
        let (kind, subject) = (&signal.kind, &signal.subject);
        let mut state = self.lock();
        match signal.phase {
            Phase::Begins if state.standing.contains_key(&key) => {
                state.standing.insert(key, signal);
            }
            Phase::Begins => {
                warn!(stage, %kind, %subject, facts, "{}", signal.message);
                *state.begun.entry((stage.to_owned(), kind.to_string())).or_default() += 1;
                if state.standing.len() < MOST {
                    state.standing.insert(key, signal);
                }
            }
            Phase::Ends => {
                info!(stage, %kind, %subject, facts, "{}", signal.message);
                state.standing.remove(&key);
            }
        }
    }

    /// A run begins with these stages: what others said stands no longer, and what these remember stands.
    pub(crate) fn begin<'a>(&self, stages: impl Iterator<Item = (&'a str, &'a dyn Stage)>) {
        let mut standing = BTreeMap::new();
        for (stage, of) in stages {
            for signal in of.standing().into_iter().take(MOST) {
                let key = (stage.to_owned(), signal.kind.to_string(), signal.subject.clone());
                standing.insert(key, signal);
            }
        }
        self.lock().standing = standing;
    }

    pub(crate) fn standing(&self) -> Vec<SignalView> {
        let state = self.lock();
        let view = |((stage, ..), signal): (&Key, &Signal)| SignalView {
            stage: stage.clone(),
            signal: signal.clone(),
        };
        state.standing.iter().map(view).collect()
    }

    pub(crate) fn counts(&self) -> Vec<SignalCount> {
        let state = self.lock();
        let view = |((stage, kind), begun): (&(String, String), &u64)| SignalCount {
            stage: stage.clone(),
            kind: kind.clone(),
            begun: *begun,
        };
        state.begun.iter().map(view).collect()
    }
}

/// The figures as one field of a log line: names of fields are fixed when the program is built.
fn facts(signal: &Signal) -> String {
    let mut facts = String::new();
    for (name, value) in &signal.facts {
        let gap = if facts.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(facts, "{gap}{name}={value}");
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(subject: &str, phase: Phase) -> Signal {
        Signal {
            kind: "tide".into(),
            subject: subject.into(),
            phase,
            since: "2026-01-01T00:00:00Z".into(),
            message: format!("{subject} is high"),
            facts: BTreeMap::from([("metres".into(), 4.5)]),
        }
    }

    #[test]
    fn what_begins_stands_until_it_ends_and_is_counted_once() {
        let signals = Signals::default();
        for subject in ["wend", "norrin", "wend"] {
            signals.hear("watch", signal(subject, Phase::Begins));
        }
        signals.hear("watch", signal("norrin", Phase::Ends));
        signals.hear("watch", signal("saltby", Phase::Ends));
        let standing = signals.standing();
        assert_eq!((standing.len(), standing[0].signal.subject.as_str()), (1, "wend"));
        let counts = signals.counts();
        assert_eq!((counts.len(), counts[0].begun, counts[0].kind.as_str()), (1, 2, "tide"));
        assert_eq!(facts(&standing[0].signal), "metres=4.5");
        signals.begin(std::iter::empty());
        assert_eq!((signals.standing().len(), signals.counts().len()), (0, 1));
    }

    #[test]
    fn no_more_stand_than_may() {
        let signals = Signals::default();
        for number in 0..MOST + 10 {
            signals.hear("watch", signal(&number.to_string(), Phase::Begins));
        }
        assert_eq!((signals.standing().len(), signals.counts()[0].begun), (MOST, MOST as u64 + 10));
    }
}
