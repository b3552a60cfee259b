//! What was there before the watch began, and whether it is whole.
//!
//! A backlog is to be handed out in byte order of path, so the walk stops at a file that was changed a moment
//! before the start until it is as old as `settle`. What is changed after the start is no backlog any more: the
//! walk goes on without it, and no slow writer can hold up the rest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk_core::{Clock, FileStamp};

/// More than the clocks of two machines should differ by.
const SKEW: Duration = Duration::from_secs(600);
/// The kernel stamps files by a clock that ticks every few milliseconds.
const TICK: Duration = Duration::from_millis(20);

/// Whether a file met by the first walk is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backlog {
    /// It has held still for long enough.
    Whole,
    /// It may be by then.
    Hold(Instant),
    /// It is being changed, or nothing can be said: it must be seen to hold still.
    Unsure,
}

/// How old files are by the wall clock. A clock that jumps can make a file seem old, so this is asked only at
/// the start and for how final a failure is, never while the watch runs.
pub(crate) struct Ages {
    clock: Arc<dyn Clock>,
    settle: Duration,
    /// The end of the time in which a file of the backlog may still come of age.
    hold_until: Instant,
    /// True if another machine's clock stamps the files.
    remote: bool,
}

impl Ages {
    pub(crate) fn new(clock: Arc<dyn Clock>, settle: Duration, remote: bool, now: Instant) -> Ages {
        Ages { clock, settle, hold_until: now + settle + TICK, remote }
    }

    /// Time since the last change, as far as the wall clock can be believed. The change time counts too, for
    /// nobody can set it; a modification time in the future says nothing.
    pub(crate) fn age(&self, stamp: &FileStamp) -> Duration {
        let now = self.clock.unix_ns();
        let changed = if stamp.mtime_ns > now { stamp.ctime_ns } else { stamp.ctime_ns.max(stamp.mtime_ns) };
        let age = u64::try_from(now.saturating_sub(changed)).map_or(Duration::ZERO, Duration::from_nanos);
        if self.remote { age.saturating_sub(SKEW) } else { age }
    }

    /// A moment at or shortly after the last change, as far as the wall clock can be believed.
    pub(crate) fn changed(&self, stamp: &FileStamp, now: Instant) -> Instant {
        now.checked_sub(self.age(stamp).saturating_sub(TICK)).unwrap_or(now)
    }

    pub(crate) fn backlog(&self, stamp: &FileStamp, now: Instant) -> Backlog {
        if self.age(stamp) >= self.settle {
            Backlog::Whole
        } else if !self.remote && now < self.hold_until {
            Backlog::Hold(self.hold_until)
        } else {
            Backlog::Unsure
        }
    }

    pub(crate) fn received(&self) -> String {
        self.clock.rfc3339()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct At(i128);

    impl Clock for At {
        fn unix_ns(&self) -> i128 {
            self.0
        }
        fn rfc3339(&self) -> String {
            String::new()
        }
    }

    const SECOND: i128 = 1_000_000_000;

    fn stamp(mtime: i128, ctime: i128) -> FileStamp {
        FileStamp { mtime_ns: mtime * SECOND, ctime_ns: ctime * SECOND, ..FileStamp::default() }
    }

    #[test]
    fn age_is_that_of_the_later_time_that_is_not_in_the_future() {
        let now = Instant::now();
        let ages = Ages::new(Arc::new(At(1000 * SECOND)), Duration::from_secs(2), false, now);
        assert_eq!(ages.age(&stamp(100, 990)), Duration::from_secs(10));
        assert_eq!(ages.age(&stamp(9999, 990)), Duration::from_secs(10));
        assert_eq!(ages.age(&stamp(100, 1001)), Duration::ZERO);
        assert_eq!(ages.backlog(&stamp(1, 998), now), Backlog::Whole);
        assert_eq!(ages.backlog(&stamp(1, 999), now), Backlog::Hold(ages.hold_until));
        assert_eq!(ages.backlog(&stamp(1, 999), ages.hold_until), Backlog::Unsure);
    }

    #[test]
    fn a_foreign_clock_is_believed_only_about_old_files() {
        let now = Instant::now();
        let ages = Ages::new(Arc::new(At(5000 * SECOND)), Duration::from_secs(2), true, now);
        assert_eq!(ages.backlog(&stamp(1, 4900), now), Backlog::Unsure);
        assert_eq!(ages.backlog(&stamp(1, 1000), now), Backlog::Whole);
    }
}
