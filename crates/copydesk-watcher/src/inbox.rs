//! What the folder's thread is told: hints of the kernel, outcomes of receipts, the wish to stop.
//!
//! Telling it never blocks for longer than a map insert, and what piles up while the thread is held back by a
//! full queue is bounded: too many hints become one wish for a scan of everything.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::Outcome;

/// What an event says of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// Opened, for reading or for writing: the kernel does not say which.
    Opened,
    /// Created, hard-linked, or a folder made.
    Created,
    /// Written to.
    Written,
    /// Closed by one that could have written.
    Closed,
    /// Renamed to this path.
    MovedIn,
    /// Renamed to this path by a writer that has not closed it yet.
    MovedInOpen,
    /// Renamed to this path from another one in the folder, and who wrote it, and whether he is done, nobody saw: it
    /// began before the folder was watched.
    MovedInUnseen,
    /// Taken away: removed, or renamed to another path.
    Removed,
    /// Its mode, owner, times or link count changed.
    Touched,
}

/// The events of one path since the last look, in sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) n_opened: u32,
    pub(crate) n_closed: u32,
    /// The last event that says something of the content.
    pub(crate) last: Option<Event>,
    /// True if a look at the file is due: anything but being opened.
    pub(crate) look: bool,
    /// True if a folder's watch may have gone with a rename or a removal.
    pub(crate) moved: bool,
}

impl Hint {
    fn add(&mut self, event: Event) {
        match event {
            Event::Opened => self.n_opened = self.n_opened.saturating_add(1),
            Event::Closed => self.n_closed = self.n_closed.saturating_add(1),
            Event::MovedIn | Event::MovedInUnseen | Event::Removed => {
                // Another file is behind the name now.
                (self.n_opened, self.n_closed, self.moved) = (0, 0, true);
            }
            Event::MovedInOpen => (self.n_opened, self.n_closed, self.moved) = (1, 0, true),
            Event::Created | Event::Written | Event::Touched => {}
        }
        self.look |= event != Event::Opened;
        if !matches!(event, Event::Opened | Event::Touched) {
            self.last = Some(event);
        }
    }
}

/// What had come in.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// In byte order of path.
    pub(crate) hints: Vec<(Vec<u8>, Hint)>,
    pub(crate) outcomes: Vec<(Vec<u8>, Outcome)>,
    /// True if hints were lost.
    pub(crate) rescan: bool,
    pub(crate) stop: bool,
}

#[derive(Debug, Default)]
struct State {
    hints: HashMap<Vec<u8>, Hint>,
    /// Files that this process has opened itself, and whose event is not in yet.
    own: HashSet<Vec<u8>>,
    outcomes: Vec<(Vec<u8>, Outcome)>,
    rescan: bool,
    stop: bool,
    rung: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    bell: Condvar,
}

/// More paths than this are not remembered one by one.
const MOST_HINTS: usize = 1 << 16;
/// More events of our own than this are not waited for: what is forgotten looks like a second writer, and costs a
/// longer wait.
const MOST_OWN: usize = 1 << 12;

impl Inbox {
    /// Something happened at `path` below the root. Wakes the thread only for what may make a file ready.
    pub(crate) fn hint(&self, path: Vec<u8>, event: Event, wake: bool) {
        let mut state = self.state();
        if event == Event::Opened && state.own.remove(&path) {
            return;
        }
        if state.hints.len() >= MOST_HINTS && !state.hints.contains_key(&path) {
            state.hints.clear();
            state.rescan = true;
        }
        state.hints.entry(path).or_default().add(event);
        if wake {
            self.ring(state);
        }
    }

    /// Events were lost: only a scan can tell what happened.
    pub(crate) fn rescan(&self) {
        let mut state = self.state();
        state.hints.clear();
        state.own.clear();
        state.rescan = true;
        self.ring(state);
    }

    /// This process is about to open the file at `path`: the event of that says nothing of a writer.
    pub(crate) fn expect_open(&self, path: &[u8]) {
        let mut state = self.state();
        if state.own.len() >= MOST_OWN {
            state.own.clear();
        }
        state.own.insert(path.to_vec());
    }

    pub(crate) fn outcome(&self, path: Vec<u8>, outcome: Outcome) {
        let mut state = self.state();
        state.outcomes.push((path, outcome));
        self.ring(state);
    }

    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.stop = true;
        self.ring(state);
    }

    /// What has come in since the last call; `None` if nothing has.
    pub(crate) fn take(&self) -> Option<Mail> {
        let mut state = self.state();
        state.rung = false;
        if state.hints.is_empty() && state.outcomes.is_empty() && !state.rescan && !state.stop {
            return None;
        }
        let mut hints: Vec<(Vec<u8>, Hint)> = state.hints.drain().collect();
        let mail = Mail {
            outcomes: std::mem::take(&mut state.outcomes),
            rescan: std::mem::take(&mut state.rescan),
            stop: state.stop,
            hints: Vec::new(),
        };
        drop(state);
        hints.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Some(Mail { hints, ..mail })
    }

    /// Waits until something calls for attention, or until `until`.
    pub(crate) fn wait(&self, until: Instant) {
        let mut state = self.state();
        while !state.rung {
            let left = until.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return;
            }
            state = self.bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, mut state: MutexGuard<'_, State>) {
        if !std::mem::replace(&mut state.rung, true) {
            drop(state);
            self.bell.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(events: &[Event]) -> Hint {
        let mut hint = Hint::default();
        for &event in events {
            hint.add(event);
        }
        hint
    }

    #[test]
    fn the_last_word_on_the_content_counts() {
        use Event::{Closed, Created, MovedIn, MovedInOpen, Opened, Removed, Touched, Written};
        assert_eq!(hint(&[Created, Opened, Written, Closed, Touched]).last, Some(Closed));
        assert_eq!(hint(&[Opened, Written, Closed, Written]).last, Some(Written));
        assert_eq!(hint(&[Opened, Opened, Written, Closed]).n_opened, 2);
        assert_eq!(hint(&[Opened, Written, MovedIn]).n_opened, 0);
        let open = hint(&[Opened, Removed, MovedInOpen]);
        assert_eq!((open.last, open.n_opened, open.moved), (Some(MovedInOpen), 1, true));
        assert!(!hint(&[Opened]).look);
        assert!(hint(&[Touched]).look);
    }

    #[test]
    fn too_many_hints_become_a_scan() {
        let inbox = Inbox::default();
        for idx in 0..=MOST_HINTS {
            inbox.hint(idx.to_string().into_bytes(), Event::Closed, true);
        }
        let mail = inbox.take().unwrap();
        assert!(mail.rescan);
        assert_eq!(mail.hints.len(), 1);
        assert!(inbox.take().is_none());
    }

    #[test]
    fn our_own_opening_is_not_a_writer_s() {
        let inbox = Inbox::default();
        inbox.expect_open(b"a");
        for event in [Event::Opened, Event::Opened, Event::Closed] {
            inbox.hint(b"a".to_vec(), event, true);
        }
        let hint = inbox.take().unwrap().hints[0].1;
        assert_eq!((hint.n_opened, hint.n_closed), (1, 1));
    }

    #[test]
    fn what_rang_before_the_wait_is_not_missed() {
        let inbox = Inbox::default();
        inbox.outcome(b"a".to_vec(), Outcome::Settled);
        inbox.wait(Instant::now() + Duration::from_secs(60));
        assert_eq!(inbox.take().unwrap().outcomes.len(), 1);
    }
}
