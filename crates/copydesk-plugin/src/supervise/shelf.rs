//! New versions of a plugin: a thread looks at its files, starts what has changed, and puts it on the shelf, where a
//! worker takes it between two batches and leaves the version before. So no article waits for a start, none is given to
//! both, and a version that does not start is never put there: the one before goes on.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tracing::{info, warn};

use super::version::Stamps;
use super::{Care, Guest, Pool, Running, Trouble};

/// How often files are looked at. What has changed is started once it has stood still from one look to the next.
const LOOK: Duration = Duration::from_secs(1);

/// What stands ready, and what is left.
pub(super) struct Shelf<G> {
    state: Mutex<State<G>>,
    changed: Condvar,
}

struct State<G> {
    closed: bool,
    /// By worker: the version that it runs.
    running: Vec<Option<Arc<Stamps>>>,
    /// A plugin of the newest version, started and greeted.
    ready: Option<Running<G>>,
    /// Those whose place was taken.
    left: Vec<Running<G>>,
}

impl<G> Shelf<G> {
    pub(super) fn new() -> Shelf<G> {
        let state = State { closed: false, running: Vec::new(), ready: None, left: Vec::new() };
        Shelf { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<G>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker says what it runs.
    pub(super) fn runs(&self, worker: usize, stamps: Option<&Arc<Stamps>>) {
        let mut state = self.lock();
        if state.running.len() <= worker {
            state.running.resize(worker + 1, None);
        }
        if let Some(place) = state.running.get_mut(worker) {
            *place = stamps.cloned();
        }
    }

    /// The plugin that a worker goes on with: its own, or a newer one, which takes its place.
    pub(super) fn newer(&self, worker: usize, running: Running<G>) -> Running<G> {
        let mut state = self.lock();
        match state.ready.take() {
            Some(ready) if ready.version.stamps != running.version.stamps => {
                state.left.push(running);
                if let Some(place) = state.running.get_mut(worker) {
                    *place = Some(Arc::clone(&ready.version.stamps));
                }
                drop(state);
                self.changed.notify_all();
                ready
            }
            ready => {
                state.ready = ready;
                running
            }
        }
    }

    /// The stage is gone.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let (ready, left) = (state.ready.take(), std::mem::take(&mut state.left));
        drop(state);
        self.changed.notify_all();
        // Asked to end, outside of the lock.
        drop((ready, left));
    }
}

/// Starts the thread, which ends with the stage.
pub(super) fn watch<G: Guest + 'static>(pool: &Arc<Pool<G>>) {
    let watched = G::watched(&pool.care.plan);
    if watched.is_empty() {
        return;
    }
    let (care, weak) = (Arc::clone(&pool.care), Arc::downgrade(pool));
    let body = move || {
        let (last, looked) = (Stamps::look(&watched), Instant::now());
        let mut watch = Watch { care, pool: weak, watched, last, looked, refused: None, told: None };
        while watch.round() {}
    };
    if let Err(error) = std::thread::Builder::new().name("plugin-watch".into()).spawn(body) {
        warn!(plugin = pool.care.rules.name, %error, "a changed plugin is not seen before it is started again");
    }
}

struct Watch<G: Guest> {
    care: Arc<Care<G>>,
    pool: Weak<Pool<G>>,
    watched: Vec<PathBuf>,
    /// How the files stood at the last look, and when that was.
    last: Stamps,
    looked: Instant,
    /// A version that does not start.
    refused: Option<Stamps>,
    /// The version that was last put on the shelf.
    told: Option<Arc<Stamps>>,
}

impl<G: Guest> Watch<G> {
    /// Waits, looks, and does what is to be done. False once the stage is gone.
    fn round(&mut self) -> bool {
        let care = Arc::clone(&self.care);
        let shelf = &care.shelf;
        let state = shelf.lock();
        let left = LOOK.saturating_sub(self.looked.elapsed());
        let idle = |state: &mut State<G>| !state.closed && state.left.is_empty();
        let waited = shelf.changed.wait_timeout_while(state, left, idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return false;
        }
        let left = std::mem::take(&mut state.left);
        drop(state);
        // They are asked to end, and given time for it.
        drop(left);
        if self.looked.elapsed() >= LOOK {
            let now = Stamps::look(&self.watched);
            self.looked = Instant::now();
            let is_still = now == self.last;
            self.last = now;
            if !is_still {
                return true;
            }
        }
        self.renew(shelf);
        true
    }

    /// Puts the newest version on the shelf as long as a worker runs another one.
    fn renew(&mut self, shelf: &Shelf<G>) {
        let mut state = shelf.lock();
        let is_stale = state.running.iter().flatten().any(|stamps| **stamps != self.last);
        let keep = |ready: &Running<G>| is_stale && *ready.version.stamps == self.last;
        let of_no_use = state.ready.take_if(|ready| !keep(ready));
        let is_ready = state.ready.is_some();
        drop(state);
        drop(of_no_use);
        if !is_stale && self.refused.take().is_some() {
            self.care.rules.meter.set_stale(false);
        }
        if is_ready {
            return self.hand_out(shelf);
        }
        if !is_stale || self.refused.as_ref() == Some(&self.last) {
            return;
        }
        match Running::start(&self.care) {
            Ok(running) => self.put(shelf, running),
            Err(Trouble { what, hash, .. }) => {
                warn!(
                    plugin = self.care.rules.name,
                    sha256 = &*hash,
                    "the changed plugin {what}; the version before goes on"
                );
                self.refused = Some(self.last.clone());
                self.care.rules.meter.reload_failed();
                self.care.rules.meter.set_stale(true);
            }
        }
    }

    fn put(&mut self, shelf: &Shelf<G>, running: Running<G>) {
        self.refused = None;
        self.care.rules.meter.set_stale(false);
        let stamps = &running.version.stamps;
        if self.told.as_ref() != Some(stamps) {
            info!(
                plugin = self.care.rules.name,
                sha256 = &*running.version.hash,
                "the plugin has changed, its new version takes over"
            );
            self.care.rules.meter.reloaded();
            self.told = Some(Arc::clone(stamps));
        }
        let mut state = shelf.lock();
        let closed = state.closed;
        let of_no_use = if closed { Some(running) } else { state.ready.replace(running) };
        drop(state);
        drop(of_no_use);
        self.hand_out(shelf);
    }

    /// Gives what is ready to a worker that has nothing to do.
    fn hand_out(&self, shelf: &Shelf<G>) {
        let Some(pool) = self.pool.upgrade() else { return };
        let mut idle = pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for worker in idle.iter_mut() {
            worker.renew(shelf);
        }
    }
}
