//! Permits: what is in flight is bounded by count and by bytes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::stats::Stats;
use crate::halt::Halt;

#[derive(Default)]
struct Used {
    count: usize,
    bytes: usize,
    n_waiting: usize,
}

/// How much may be in flight.
pub(crate) struct Budget {
    max_count: usize,
    max_bytes: usize,
    used: Mutex<Used>,
    freed: Condvar,
    stats: Arc<Stats>,
}

/// One article's share, given back when dropped.
pub(crate) struct Permit {
    budget: Arc<Budget>,
    bytes: usize,
}

const HALT_CHECK: Duration = Duration::from_millis(50);

impl Budget {
    pub(crate) fn new(max_count: usize, max_bytes: usize, stats: Arc<Stats>) -> Arc<Budget> {
        let used = Mutex::default();
        Arc::new(Budget { max_count: max_count.max(1), max_bytes, used, freed: Condvar::new(), stats })
    }

    /// Waits for room; `None` once the run is halted. Something larger than everything passes alone.
    pub(crate) fn acquire(self: &Arc<Budget>, bytes: usize, halt: &Halt) -> Option<Permit> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let mut since = None;
        while used.count >= self.max_count || (used.count > 0 && used.bytes + bytes > self.max_bytes) {
            if halt.is_set() {
                return None;
            }
            since.get_or_insert_with(Instant::now);
            used.n_waiting += 1;
            let (guard, _) =
                self.freed.wait_timeout(used, HALT_CHECK).unwrap_or_else(PoisonError::into_inner);
            used = guard;
            used.n_waiting -= 1;
        }
        if let Some(since) = since {
            Stats::add_blocked(&self.stats.blocked_in_flight_us, since.elapsed());
        }
        used.count += 1;
        used.bytes += bytes;
        self.stats.in_flight.store(used.count as u64, Ordering::Relaxed);
        Some(Permit { budget: Arc::clone(self), bytes })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut used = self.budget.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.count = used.count.saturating_sub(1);
        used.bytes = used.bytes.saturating_sub(self.bytes);
        self.budget.stats.in_flight.store(used.count as u64, Ordering::Relaxed);
        // Not for every permit: who waits takes many at once then, and is woken rarely.
        let few = used.count <= self.budget.max_count / 2 && used.bytes <= self.budget.max_bytes / 2;
        let wake = used.n_waiting > 0 && few;
        drop(used);
        if wake {
            self.budget.freed.notify_one();
        }
    }
}
