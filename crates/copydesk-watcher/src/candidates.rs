//! Files that are seen but not yet known to be whole, and when each may be claimed: the completeness ladder.
//!
//! A name that means "unfinished" never gets here. Of the rest, a rename into place is whole at once; a file
//! that its writer closed must hold still for `quiet`; one that only a scan has seen, for `settle`; and one
//! whose writer is known to be at it still, for `grace`, for closing is what it is waited for. That is a guess
//! only about writers that cannot be seen: before a claim, `writers` has its say.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use crate::inbox::{Event, Hint};
use crate::root::Found;

/// How long a file must hold still, by what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    pub(crate) settle: Duration,
    pub(crate) quiet: Duration,
    pub(crate) grace: Duration,
}

/// What is known of a file beside its stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// It is there: a scan or the event of its creation says so.
    There,
    /// It was written to, and not closed since.
    Open,
    /// A writer closed it, or it looks like that.
    Closed,
    /// It was renamed into place, or its marker lies beside it.
    Placed,
}

#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) found: Found,
    /// It has had this stamp at least since then.
    pub(crate) since: Instant,
    /// When it was first met.
    pub(crate) first: Instant,
    /// What its wait counts from.
    from: Instant,
    evidence: Evidence,
    /// How many may have it open.
    n_open: u32,
    /// How often it could not be read.
    pub(crate) n_denied: u32,
    /// True if it was said that somebody keeps it open.
    pub(crate) named: bool,
    due: Instant,
}

impl Candidate {
    pub(crate) fn new(found: Found, evidence: Evidence, now: Instant, waits: &Waits) -> Candidate {
        let mut candidate = Candidate {
            found,
            since: now,
            first: now,
            from: now,
            evidence,
            n_open: 0,
            n_denied: 0,
            named: false,
            due: now,
        };
        candidate.set_due(waits);
        candidate
    }

    /// Takes in what a look at the file says.
    pub(crate) fn look(&mut self, found: Found, now: Instant, waits: &Waits) {
        if self.found != found {
            // Bytes that no event told of: what events said before is worth nothing.
            if self.evidence != Evidence::Open {
                self.evidence = Evidence::There;
            }
            (self.found, self.since, self.from, self.n_denied) = (found, now, now, 0);
            self.set_due(waits);
        }
    }

    /// Takes in what events say, after a look.
    pub(crate) fn hear(&mut self, hint: Hint, now: Instant, waits: &Waits) {
        if hint.moved {
            self.n_open = 0;
        }
        self.n_open = self.n_open.saturating_add(hint.n_opened).saturating_sub(hint.n_closed);
        let evidence = match hint.last {
            Some(Event::Closed | Event::MovedInUnseen) => Evidence::Closed,
            Some(Event::MovedIn) => Evidence::Placed,
            Some(Event::Written | Event::MovedInOpen) => Evidence::Open,
            Some(Event::Created) => Evidence::There,
            _ => return,
        };
        (self.evidence, self.from) = (evidence, now);
        self.set_due(waits);
    }

    /// True if it was renamed into place: whole by the writer's own word.
    pub(crate) fn is_placed(&self) -> bool {
        self.evidence == Evidence::Placed
    }

    /// True if it was written to, and the event of its closing is still out.
    pub(crate) fn is_open(&self) -> bool {
        self.evidence == Evidence::Open
    }

    /// Puts the claim off.
    pub(crate) fn not_before(&mut self, due: Instant) {
        self.due = due;
    }

    fn set_due(&mut self, waits: &Waits) {
        let wait = match self.evidence {
            Evidence::Placed => Duration::ZERO,
            // Another writer may still have it open; the kernel does not tell readers and writers apart.
            Evidence::Closed if self.n_open == 0 => waits.quiet,
            Evidence::Closed | Evidence::There => waits.settle,
            Evidence::Open => waits.grace.max(waits.settle),
        };
        self.due = self.from + wait;
    }
}

/// The candidates, by path and by when they are due.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    by_path: HashMap<Vec<u8>, Candidate>,
    /// Due at the same moment, they come in byte order of path.
    by_due: BTreeSet<(Instant, Vec<u8>)>,
}

impl Candidates {
    pub(crate) fn put(&mut self, path: Vec<u8>, candidate: Candidate) {
        self.by_due.insert((candidate.due, path.clone()));
        if let Some(old) = self.by_path.insert(path.clone(), candidate)
            && self.by_path.get(&path).is_some_and(|new| new.due != old.due)
        {
            self.by_due.remove(&(old.due, path));
        }
    }

    pub(crate) fn take(&mut self, path: &[u8]) -> Option<Candidate> {
        let (path, candidate) = self.by_path.remove_entry(path)?;
        self.by_due.remove(&(candidate.due, path));
        Some(candidate)
    }

    /// The first that is due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(Vec<u8>, Candidate)> {
        if self.next_due()? > now {
            return None;
        }
        let (_, path) = self.by_due.pop_first()?;
        let candidate = self.by_path.remove(&path)?;
        Some((path, candidate))
    }

    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.by_due.first().map(|&(due, _)| due)
    }

    pub(crate) fn contains(&self, path: &[u8]) -> bool {
        self.by_path.contains_key(path)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_path.len()
    }

    /// Forgets all of them, and says how many they were.
    pub(crate) fn clear(&mut self) -> usize {
        self.by_due.clear();
        let n_candidates = self.by_path.len();
        self.by_path.clear();
        n_candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::Kind;
    use copydesk_core::FileStamp;

    const WAITS: Waits = Waits {
        settle: Duration::from_secs(2),
        quiet: Duration::from_millis(250),
        grace: Duration::from_secs(10),
    };

    fn file(size: u64) -> Found {
        Found { kind: Kind::File, stamp: FileStamp { size, ..FileStamp::default() } }
    }

    fn hint(last: Event, n_opened: u32, n_closed: u32) -> Hint {
        Hint { n_opened, n_closed, last: Some(last), look: true, moved: last == Event::MovedIn }
    }

    fn wait(candidate: &Candidate, now: Instant) -> Duration {
        candidate.due - now
    }

    #[test]
    fn each_rung_of_the_ladder_has_its_wait() {
        let now = Instant::now();
        let mut candidate = Candidate::new(file(1), Evidence::There, now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.settle);
        candidate.hear(hint(Event::Written, 1, 0), now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.grace);
        candidate.hear(hint(Event::Closed, 0, 1), now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.quiet);
        candidate.hear(hint(Event::MovedIn, 0, 0), now, &WAITS);
        assert_eq!(wait(&candidate, now), Duration::ZERO);
    }

    #[test]
    fn the_first_of_two_writers_closing_is_not_the_end() {
        let now = Instant::now();
        let mut candidate = Candidate::new(file(1), Evidence::There, now, &WAITS);
        candidate.hear(hint(Event::Closed, 2, 1), now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.settle);
        candidate.hear(hint(Event::Written, 0, 0), now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.grace);
        candidate.hear(hint(Event::Closed, 0, 1), now, &WAITS);
        assert_eq!(wait(&candidate, now), WAITS.quiet);
    }

    #[test]
    fn a_change_without_an_event_starts_the_wait_anew() {
        let now = Instant::now();
        let mut candidate = Candidate::new(file(1), Evidence::Placed, now, &WAITS);
        let later = now + Duration::from_secs(1);
        candidate.look(file(1), later, &WAITS);
        assert_eq!(candidate.due, now);
        candidate.look(file(2), later, &WAITS);
        assert_eq!(candidate.due, later + WAITS.settle);
        assert_eq!(candidate.since, later);
    }

    #[test]
    fn the_due_come_in_order_of_time_then_path() {
        let now = Instant::now();
        let mut candidates = Candidates::default();
        for path in ["b", "a", "c"] {
            candidates.put(path.into(), Candidate::new(file(1), Evidence::Placed, now, &WAITS));
        }
        candidates.put(b"c".to_vec(), Candidate::new(file(2), Evidence::There, now, &WAITS));
        assert_eq!(candidates.take_due(now).unwrap().0, b"a");
        assert_eq!(candidates.take_due(now).unwrap().0, b"b");
        assert!(candidates.take_due(now).is_none());
        assert_eq!(candidates.next_due(), Some(now + WAITS.settle));
        assert!(candidates.take(b"c").is_some());
        assert_eq!((candidates.len(), candidates.next_due()), (0, None));
    }
}
