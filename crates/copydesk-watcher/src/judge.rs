//! What is made of a path that a scan or an event has brought up: nothing, a candidate, or a claim at once.

use std::time::Instant;

use copydesk_core::KnownFile;

use crate::backlog::Backlog;
use crate::candidates::{Candidate, Evidence};
use crate::folder::Folder;
use crate::inbox::{Event, Hint};
use crate::names;
use crate::root::{Found, Kind};
use crate::status::Count;
use crate::writers::Held;

impl Folder {
    /// Follows a hint of the kernel. Whatever it says, the file itself is looked at.
    pub(crate) fn follow(&mut self, path: Vec<u8>, hint: Hint, now: Instant) {
        if path.is_empty() || self.ignore.path(&path) {
            return;
        }
        if !hint.look {
            if let Some(mut candidate) = self.work.candidates.take(&path) {
                candidate.hear(hint, now, &self.waits);
                self.work.candidates.put(path, candidate);
            }
            return;
        }
        if hint.moved {
            self.watches.forget(&path);
        }
        if let Some(marked) = self.marked(&path) {
            let placed = Hint { last: Some(Event::MovedIn), look: true, ..Hint::default() };
            return self.look_with(marked, Some(placed), now);
        }
        self.look_with(path, Some(hint), now);
    }

    /// Looks at a path again.
    pub(crate) fn look(&mut self, path: Vec<u8>, now: Instant) {
        self.look_with(path, None, now);
    }

    fn look_with(&mut self, path: Vec<u8>, hint: Option<Hint>, now: Instant) {
        match self.root.look(&path) {
            Ok(Some(found)) if found.kind == Kind::Folder => {
                self.forget(&path);
                self.work.dirty.insert(path);
            }
            Ok(Some(found)) => self.meet(path, found, hint, now),
            Ok(None) => self.forget(&path),
            Err(errno) => Folder::warn(&path, errno, "cannot look at file"),
        }
    }

    /// A candidate that is not there any more.
    pub(crate) fn forget(&mut self, path: &[u8]) {
        if self.work.candidates.take(path).is_some() {
            self.status.count(Count::Gone);
        }
    }

    /// Takes in what lies at `path`.
    pub(crate) fn meet(&mut self, path: Vec<u8>, found: Found, hint: Option<Hint>, now: Instant) {
        if let Some(mut candidate) = self.meet_new(&path, found, now) {
            if let Some(hint) = hint {
                candidate.hear(hint, now, &self.waits);
            }
            self.work.candidates.put(path, candidate);
        }
    }

    /// Takes in what the first walk has come to; false if nobody takes deliveries any more.
    pub(crate) fn meet_at_start(&mut self, path: Vec<u8>, found: Found, now: Instant) -> bool {
        let is_new = !self.work.candidates.contains(&path);
        let Some(mut candidate) = self.meet_new(&path, found, now) else {
            return true;
        };
        if !is_new {
            self.work.candidates.put(path, candidate);
            return true;
        }
        match self.ages.backlog(&found.stamp, now) {
            Backlog::Whole => {
                candidate.since = self.ages.changed(&found.stamp, now);
                match self.writer_of(&candidate, now) {
                    Held::No => return self.claim(path, candidate, now),
                    Held::By(_) => self.work.candidates.put(path, candidate),
                    Held::AskAt(then) => self.hold(then),
                }
            }
            Backlog::Hold(until) => self.hold(until),
            Backlog::Unsure => self.work.candidates.put(path, candidate),
        }
        true
    }

    /// Lets the first walk rest before the entry it has come to.
    fn hold(&mut self, until: Instant) {
        self.work.rest = Some(until);
        if let Some(walk) = &mut self.work.walk {
            walk.again();
        }
    }

    /// The candidate for a file, new or known as such; `None` if there is nothing to be done about it.
    fn meet_new(&mut self, path: &[u8], found: Found, now: Instant) -> Option<Candidate> {
        if let Some(flying) = self.work.flying.get_mut(path) {
            if flying.candidate.found == found {
                return None;
            }
            if !flying.lost {
                flying.touched = true;
                return None;
            }
            self.work.flying.remove(path);
        }
        if let Some(mut candidate) = self.work.candidates.take(path) {
            candidate.look(found, now, &self.waits);
            return Some(candidate);
        }
        if let Some(known) = self.known.lookup(path)
            && known.settled
            && known.stamp == found.stamp
        {
            self.clear_away(path, &known);
            return None;
        }
        if self.marked(path).is_some() {
            return None;
        }
        let evidence = match &self.marker {
            Some(marker) => {
                let marker = self.root.look(&[path, marker].concat());
                if !matches!(marker, Ok(Some(_))) {
                    return None;
                }
                Evidence::Placed
            }
            None => Evidence::There,
        };
        Some(Candidate::new(found, evidence, now, &self.waits))
    }

    /// Finishes what a crash may have left undone between the commit of a file and its move.
    pub(crate) fn clear_away(&self, path: &[u8], known: &KnownFile) {
        if known.disposable && !self.disposal.keeps() {
            self.disposal.settle(&self.root, path, &known.stamp);
        }
    }

    /// The path that a marker stands for, if `path` is one.
    fn marked(&self, path: &[u8]) -> Option<Vec<u8>> {
        let marked = path.strip_suffix(self.marker.as_deref()?)?;
        (!names::split(marked).1.is_empty()).then(|| marked.to_vec())
    }
}
