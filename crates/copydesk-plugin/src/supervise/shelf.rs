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
/// After how long a version that did not start is tried again: it may have had no time to, or no room.
const AGAIN: Duration = Duration::from_secs(60);

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
        let mut watch = Watch::new(care, weak, watched);
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
    /// How the files stood at the last look, and whether they stand still.
    last: Stamps,
    is_still: bool,
    /// When they are looked at again.
    next_look: Instant,
    /// A version that does not start, and when it is tried again.
    refused: Option<(Stamps, Instant)>,
    /// The version that was last put on the shelf.
    told: Option<Arc<Stamps>>,
}

impl<G: Guest> Watch<G> {
    fn new(care: Arc<Care<G>>, pool: Weak<Pool<G>>, watched: Vec<PathBuf>) -> Watch<G> {
        let (last, next_look) = (Stamps::look(&watched), Instant::now() + LOOK);
        Watch { care, pool, watched, last, is_still: false, next_look, refused: None, told: None }
    }

    /// Waits, looks, and does what is to be done. False once the stage is gone.
    fn round(&mut self) -> bool {
        let care = Arc::clone(&self.care);
        let shelf = &care.shelf;
        let state = shelf.lock();
        let left = self.next_look.saturating_duration_since(Instant::now());
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
        // Woken between two looks, it may find files that are half written.
        let now = Stamps::look(&self.watched);
        if now != self.last || Instant::now() >= self.next_look {
            self.next_look = Instant::now() + LOOK;
            self.is_still = now == self.last;
            self.last = now;
        }
        if self.is_still {
            self.renew(shelf);
        }
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
        let is_refused =
            |(stamps, again): &(Stamps, Instant)| *stamps == self.last && Instant::now() < *again;
        if !is_stale || self.refused.as_ref().is_some_and(is_refused) {
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
                self.refused = Some((self.last.clone(), Instant::now() + AGAIN));
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use copydesk_core::{Article, ArticleId};

    use super::*;
    use crate::meter::{FaultKind, PluginMeter};
    use crate::proposal::Answer;
    use crate::supervise::{Fault, OnDown, Patience, Rules};

    /// Starts unless a file beside its own says that there is no time for it.
    struct File;

    impl Guest for File {
        type Plan = PathBuf;
        type Item = ();

        fn item(_: &mut Article) {}

        fn id((): &()) -> ArticleId {
            ArticleId::from_bytes([0; 32])
        }

        fn n_bytes((): &()) -> usize {
            0
        }

        fn start(path: &PathBuf) -> Result<File, Fault> {
            if path.with_extension("busy").exists() {
                return Err(Fault("has no time".into(), FaultKind::Start));
            }
            Ok(File)
        }

        fn max_batch(&self) -> usize {
            1
        }

        fn is_there(&mut self, _: &PathBuf) -> bool {
            true
        }

        fn batch(self, _: &PathBuf, items: &[()]) -> Result<(File, Vec<Answer>), Fault> {
            Ok((self, items.iter().map(|()| Answer::drop("told to")).collect()))
        }

        fn kill(self) {}

        fn hash(path: &PathBuf) -> String {
            std::fs::read_to_string(path).unwrap()
        }

        fn watched(path: &PathBuf) -> Vec<PathBuf> {
            vec![path.clone()]
        }
    }

    /// A watch over a file, of which a worker runs the version that is there.
    fn watch(path: &Path) -> (Watch<File>, Running<File>, Arc<Pool<File>>) {
        std::fs::write(path, "first").unwrap();
        let meter = Arc::<PluginMeter>::default();
        let patience = Arc::new(Patience::new(Duration::MAX));
        let rules =
            Rules { name: "mine".into(), workers: 1, batch: 1, on_down: OnDown::Hold, patience, meter };
        let pool = Arc::new(Pool::<File>::new(rules, path.to_owned()));
        let care = Arc::clone(&pool.care);
        let running = Running::start(&care).map_err(|trouble| trouble.what).unwrap();
        let mut watch = Watch::new(care, Arc::downgrade(&pool), vec![path.to_owned()]);
        watch.care.shelf.runs(0, Some(&running.version.stamps));
        look(&mut watch);
        (watch, running, pool)
    }

    /// A round in which it is time to look.
    fn look(watch: &mut Watch<File>) {
        watch.next_look = Instant::now();
        assert!(watch.round());
    }

    fn ready(watch: &Watch<File>) -> Option<String> {
        watch.care.shelf.lock().ready.as_ref().map(|ready| ready.version.hash.to_string())
    }

    #[test]
    fn a_file_that_has_not_stood_still_is_not_started_whatever_wakes_the_watch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stage");
        let (mut watch, running, _pool) = watch(&path);
        std::fs::write(&path, "half of the sec").unwrap();
        look(&mut watch);
        // A worker has left a version, so it wakes at once.
        watch.next_look = Instant::now() + Duration::from_secs(600);
        watch.care.shelf.lock().left.push(running);
        assert!(watch.round());
        assert!(watch.care.shelf.lock().left.is_empty());
        assert_eq!(ready(&watch), None);
        std::fs::write(&path, "the second").unwrap();
        look(&mut watch);
        assert_eq!(ready(&watch), None);
        look(&mut watch);
        assert_eq!(ready(&watch).as_deref(), Some("the second"));
        // Nor one that has changed since the last look.
        let running = watch.care.shelf.lock().ready.take().unwrap();
        std::fs::write(&path, "half of the third").unwrap();
        watch.next_look = Instant::now() + Duration::from_secs(600);
        watch.care.shelf.lock().left.push(running);
        assert!(watch.round());
        assert_eq!(ready(&watch), None);
    }

    #[test]
    fn a_version_that_did_not_start_is_tried_again_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stage");
        let (mut watch, _running, _pool) = watch(&path);
        let busy = path.with_extension("busy");
        std::fs::write(&busy, "").unwrap();
        std::fs::write(&path, "second").unwrap();
        look(&mut watch);
        look(&mut watch);
        let (_, again) = watch.refused.clone().unwrap();
        std::fs::remove_file(&busy).unwrap();
        look(&mut watch);
        assert_eq!(ready(&watch), None, "not at once");
        assert!(again > Instant::now() && again <= Instant::now() + AGAIN);
        watch.refused = watch.refused.map(|(stamps, _)| (stamps, Instant::now()));
        look(&mut watch);
        assert_eq!(ready(&watch).as_deref(), Some("second"));
        assert_eq!(watch.refused, None);
    }
}
