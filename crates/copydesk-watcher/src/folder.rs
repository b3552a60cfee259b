//! The thread that owns a drop folder: it reads its mail, claims what is due, walks a step, and waits.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::{Known, Outcome};

use crate::FolderError;
use crate::backlog::Ages;
use crate::candidates::{Candidate, Candidates, Waits};
use crate::claim::Claimer;
use crate::disposal::Disposal;
use crate::inbox::{Inbox, Mail};
use crate::lock::FolderLock;
use crate::names::{self, Ignore};
use crate::queue::Queue;
use crate::root::Root;
use crate::status::{Count, Trouble, WatchStatus};
use crate::walk::{Scope, Step, Walk};
use crate::watches::Watches;
use crate::writers::Writers;

/// How often the root is looked at, and hints that are no hurry.
const TICK: Duration = Duration::from_secs(1);
/// More files than this are not remembered as candidates: walks wait until some are claimed.
const MOST_CANDIDATES: usize = 100_000;
/// Longer than any wait that is meant.
const LATEST: Duration = Duration::from_secs(86_400);
/// A walk through everything takes at most one part in so many of the time.
const SHARE_OF_WALKS: u32 = 10;

/// A file that is handed out and not settled.
pub(crate) struct Flying {
    pub(crate) candidate: Candidate,
    /// True if it was seen to change since.
    pub(crate) touched: bool,
    /// True if its receipt was dropped: it is left alone until it changes.
    pub(crate) lost: bool,
}

/// How often the folder is walked through.
pub(crate) struct Pace {
    pub(crate) reconcile: Duration,
    pub(crate) poll: Duration,
    pub(crate) once: bool,
}

pub(crate) struct Folder {
    /// As configured, to find the folder again when it is re-created.
    pub(crate) path: PathBuf,
    pub(crate) root: Arc<Root>,
    pub(crate) lock: Arc<Mutex<Option<FolderLock>>>,
    pub(crate) pace: Pace,
    pub(crate) waits: Waits,
    pub(crate) ages: Ages,
    pub(crate) ignore: Ignore,
    pub(crate) marker: Option<Vec<u8>>,
    pub(crate) max_bytes: u64,
    pub(crate) is_container: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    pub(crate) known: Arc<dyn Known>,
    pub(crate) status: Arc<WatchStatus>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) disposal: Arc<Disposal>,
    pub(crate) watches: Watches,
    pub(crate) work: Work,
}

/// What is to be done.
pub(crate) struct Work {
    pub(crate) candidates: Candidates,
    pub(crate) flying: HashMap<Vec<u8>, Flying>,
    pub(crate) claimer: Claimer,
    pub(crate) writers: Writers,
    pub(crate) walk: Option<Walk>,
    /// The walk waits until then for a file of the backlog to come of age.
    pub(crate) rest: Option<Instant>,
    /// Folders to be listed.
    pub(crate) dirty: BTreeSet<Vec<u8>>,
    /// True if everything is to be walked through.
    all_dirty: bool,
    /// When the last walk through everything ended, and what time it took.
    walked: Instant,
    walk_took: Duration,
    next_check: Instant,
    /// True while there is no root.
    missing: bool,
}

impl Work {
    pub(crate) fn new(now: Instant) -> Work {
        Work {
            candidates: Candidates::default(),
            flying: HashMap::new(),
            claimer: Claimer::default(),
            writers: Writers::new(now),
            walk: Some(Walk::new(Scope::Start, Vec::new())),
            rest: None,
            dirty: BTreeSet::new(),
            all_dirty: false,
            walked: now,
            walk_took: Duration::ZERO,
            next_check: now + TICK,
            missing: false,
        }
    }

    /// True if no more files should be looked for.
    fn is_full(&self) -> bool {
        self.candidates.len() >= MOST_CANDIDATES
    }

    fn is_done(&self) -> bool {
        self.walk.is_none()
            && self.dirty.is_empty()
            && self.candidates.len() == 0
            && self.flying.values().all(|flying| flying.lost)
    }
}

impl Folder {
    /// Runs until it is told to stop, nobody takes deliveries any more, or all is drained.
    pub(crate) fn run(mut self) -> Result<(), FolderError> {
        self.watches.listen(&self.root, Instant::now());
        loop {
            if let Some(mail) = self.inbox.take() {
                if mail.stop {
                    return Ok(());
                }
                self.open_mail(mail, Instant::now());
            }
            let now = Instant::now();
            if now >= self.work.next_check {
                self.work.next_check = now + TICK;
                self.check_root(now)?;
            }
            let mut busy = false;
            if let Some((path, candidate)) = self.work.candidates.take_due(now) {
                if !self.claim(path, candidate, now) {
                    return Ok(());
                }
                busy = true;
            }
            match self.walk_on(now) {
                Some(walked) => busy |= walked,
                None => return Ok(()),
            }
            self.show_backlog();
            if busy {
                continue;
            }
            if self.pace.once && self.work.is_done() {
                return Ok(());
            }
            self.inbox.wait(self.next_wake(now));
        }
    }

    fn open_mail(&mut self, mail: Mail, now: Instant) {
        for (path, outcome) in mail.outcomes {
            self.settle(path, &outcome, now);
        }
        if mail.rescan {
            self.status.count(Count::Rescans);
            self.work.all_dirty = true;
        }
        for (path, hint) in mail.hints {
            self.follow(path, hint, now);
        }
    }

    fn settle(&mut self, path: Vec<u8>, outcome: &Outcome, now: Instant) {
        let Some(mut flying) = self.work.flying.remove(&path) else {
            return;
        };
        match *outcome {
            Outcome::Settled | Outcome::Referenced => {}
            Outcome::Retry(after) => {
                flying.candidate.not_before(now.checked_add(after).unwrap_or(now + LATEST));
                self.work.candidates.put(path.clone(), flying.candidate);
            }
            Outcome::Lost => {
                if !flying.touched {
                    self.work.flying.insert(path, Flying { lost: true, ..flying });
                    return;
                }
            }
        }
        if flying.touched {
            self.look(path, now);
        }
    }

    /// Walks a step, beginning a walk if one is due. `Some(true)` if there was something to do, `None` if
    /// nobody takes deliveries any more.
    fn walk_on(&mut self, now: Instant) -> Option<bool> {
        if self.work.is_full() || self.work.missing || self.work.rest.is_some_and(|rest| now < rest) {
            return Some(false);
        }
        self.work.rest = None;
        let Some(mut walk) = self.work.walk.take().or_else(|| self.begin_walk(now)) else {
            return Some(false);
        };
        let step = walk.step(&self.root, &mut self.watches, &self.ignore);
        let scope = walk.scope;
        if !matches!(step, Step::End) {
            self.work.walk = Some(walk);
        } else if scope != Scope::New {
            self.watches.end_walk();
            self.status.count(Count::Scans);
            (self.work.walked, self.work.walk_took) = (Instant::now(), walk.spent);
        }
        match step {
            Step::Entry(path, found) if scope == Scope::Start => {
                if !self.meet_at_start(path, found, now) {
                    return None;
                }
            }
            Step::Denied(path, _, errno) if path.is_empty() => {
                tracing::warn!(folder = %self.root.path().display(), %errno, "cannot list the folder");
            }
            Step::Entry(path, found) | Step::Denied(path, found, _) => self.meet(path, found, None, now),
            Step::Nothing | Step::End => {}
        }
        Some(true)
    }

    fn begin_walk(&mut self, now: Instant) -> Option<Walk> {
        if self.work.all_dirty || (!self.pace.once && now >= self.next_walk()) {
            self.work.all_dirty = false;
            self.work.dirty.clear();
            self.watches.begin_walk(&self.root, now);
            return Some(Walk::new(Scope::All, Vec::new()));
        }
        Some(Walk::new(Scope::New, self.work.dirty.pop_first()?))
    }

    /// A root that was removed or replaced is let go, and taken up again as soon as there is one.
    fn check_root(&mut self, now: Instant) -> Result<(), FolderError> {
        if self.root.is_in_place() {
            return Ok(());
        }
        let gone = || FolderError::Gone { path: self.path.clone() };
        if self.pace.once {
            return Err(gone());
        }
        if !std::mem::replace(&mut self.work.missing, true) {
            tracing::warn!(folder = %self.path.display(), "the folder is gone, waiting for it to come back");
            self.status.count(Count::RootLost);
            self.status.set(Trouble::FolderGone, true);
            for _ in 0..self.work.candidates.clear() {
                self.status.count(Count::Gone);
            }
            (self.work.walk, self.work.rest) = (None, None);
            self.work.dirty.clear();
        }
        let Ok(root) = Root::open(&self.path) else {
            return Ok(());
        };
        let lock = FolderLock::of(&root)?;
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(lock);
        tracing::info!(folder = %self.path.display(), "the folder is back");
        self.root = Arc::new(root);
        self.work.missing = false;
        self.work.all_dirty = true;
        self.status.count(Count::Rescans);
        self.status.set(Trouble::FolderGone, false);
        self.watches.listen(&self.root, now);
        Ok(())
    }

    fn show_backlog(&self) {
        let ahead = self.work.walk.as_ref().filter(|walk| walk.scope == Scope::Start).map_or(0, Walk::left);
        self.status.set_waiting((ahead + self.work.candidates.len()) as u64);
    }

    /// When everything is walked through again. Asked anew each time, for events may come and go.
    fn next_walk(&self) -> Instant {
        let pace = if self.watches.is_polling() { self.pace.poll } else { self.pace.reconcile };
        self.work.walked + pace.max(self.work.walk_took * SHARE_OF_WALKS)
    }

    fn next_wake(&self, now: Instant) -> Instant {
        let work = &self.work;
        let mut wake = if self.pace.once { now + Duration::from_secs(60) } else { work.next_check };
        for due in [work.candidates.next_due(), work.rest].into_iter().flatten() {
            wake = wake.min(due);
        }
        if !self.pace.once && work.walk.is_none() && !work.missing && !work.is_full() {
            wake = wake.min(self.next_walk());
        }
        wake
    }

    pub(crate) fn warn(path: &[u8], errno: rustix::io::Errno, message: &'static str) {
        tracing::warn!(file = %names::shown(path), %errno, "{message}");
    }
}
