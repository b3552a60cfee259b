//! Claims a file that is due and hands it out, read or refused.

use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk_core::{Content, Delivery, Outcome, Receipt, Refusal};
use rustix::io::Errno;

use crate::candidates::Candidate;
use crate::claim::{self, Claimed};
use crate::folder::{Flying, Folder};
use crate::names;
use crate::root::Kind;
use crate::status::Count;
use crate::writers::Held;

/// The first wait for a file that cannot be read.
const FIRST_DENIED: Duration = Duration::from_millis(250);
/// The longest.
const LAST_DENIED: Duration = Duration::from_secs(2);
/// The wait when this process has run out of something.
const STARVED: Duration = Duration::from_secs(1);
/// With `once`, a file that keeps changing is waited for this many times `grace`; and so long nothing is said of
/// a file that somebody keeps open.
const GIVE_UP: u32 = 6;
/// How often a file that is empty, or that somebody keeps open, is looked at again, at least.
const LONGEST_RECHECK: Duration = Duration::from_secs(5);
/// And at most.
const SHORTEST_RECHECK: Duration = Duration::from_millis(20);

impl Folder {
    /// Claims a candidate; false if nobody takes deliveries any more.
    pub(crate) fn claim(&mut self, path: Vec<u8>, mut candidate: Candidate, now: Instant) -> bool {
        let found = candidate.found;
        match self.writer_of(&candidate, now) {
            Held::No => {}
            Held::By(pid) => {
                self.wait_for(pid, path, candidate, now);
                return true;
            }
            Held::AskAt(then) => {
                candidate.not_before(then);
                self.work.candidates.put(path, candidate);
                return true;
            }
        }
        let grace_left = self.grace_left(&candidate, now);
        if found.kind != Kind::File || found.stamp.size == 0 {
            return self.refuse_unread(path, candidate, grace_left, now);
        }
        let is_large = found.stamp.size > self.max_bytes;
        if is_large && !(self.is_container)(&String::from_utf8_lossy(&path)) {
            let message = format!("{} bytes, more than max_bytes ({})", found.stamp.size, self.max_bytes);
            return self.refuse(path, candidate, "too_large", message, now);
        }
        if !self.queue.reserve(if is_large { 0 } else { found.stamp.size }) {
            return false;
        }
        if self.watches.hears(&path) {
            self.inbox.expect_open(&path);
        }
        match self.work.claimer.claim(&self.root, &path, &found.stamp, is_large) {
            Claimed::Whole(content, hash) => self.hand_out(path, candidate, content, hash),
            Claimed::Changed => self.put_off(path, candidate, now),
            Claimed::Gone => self.status.count(Count::Gone),
            Claimed::Denied(errno) if grace_left == Duration::ZERO => {
                return self.refuse(path, candidate, "unreadable", unreadable(errno), now);
            }
            Claimed::Denied(_) => {
                self.status.count(Count::Retried);
                let wait = FIRST_DENIED * (1 << candidate.n_denied.min(8));
                candidate.n_denied += 1;
                candidate.not_before(now + wait.min(LAST_DENIED).min(grace_left));
                self.work.candidates.put(path, candidate);
            }
            Claimed::Starved(errno) => {
                Folder::warn(&path, errno, "cannot read file now");
                self.status.count(Count::Retried);
                candidate.not_before(now + STARVED);
                self.work.candidates.put(path, candidate);
            }
        }
        true
    }

    /// Whether a process has the file open for writing. One that was renamed into place is whole by its writer's
    /// word, and must not wait for the answer.
    pub(crate) fn writer_of(&mut self, candidate: &Candidate, now: Instant) -> Held {
        if candidate.found.kind != Kind::File || candidate.is_placed() {
            return Held::No;
        }
        self.work.writers.of(candidate.found.id(), candidate.since, candidate.is_open(), now)
    }

    /// A file that a process has open for writing is not whole, however long it holds still.
    fn wait_for(&mut self, pid: u32, path: Vec<u8>, mut candidate: Candidate, now: Instant) {
        self.status.count(Count::Retried);
        let long = now.saturating_duration_since(candidate.first) > self.waits.grace * GIVE_UP;
        if long && self.pace.once {
            tracing::warn!(file = %names::shown(&path), pid, "the file is open for writing, left for the next run");
            return;
        }
        if long && !std::mem::replace(&mut candidate.named, true) {
            tracing::warn!(file = %names::shown(&path), pid, "the file is still open for writing, waiting for its writer");
        }
        candidate.not_before(now + self.recheck());
        self.work.candidates.put(path, candidate);
    }

    fn recheck(&self) -> Duration {
        self.waits.settle.clamp(SHORTEST_RECHECK, LONGEST_RECHECK)
    }

    /// What is left of the time in which a file may yet become another.
    fn grace_left(&self, candidate: &Candidate, now: Instant) -> Duration {
        let seen = now.saturating_duration_since(candidate.since);
        self.waits.grace.saturating_sub(seen.max(self.ages.age(&candidate.found.stamp)))
    }

    /// Names what is no file, is empty, or is a folder that cannot be listed.
    fn refuse_unread(
        &mut self,
        path: Vec<u8>,
        mut candidate: Candidate,
        grace_left: Duration,
        now: Instant,
    ) -> bool {
        let (code, message) = match candidate.found.kind {
            Kind::File => ("empty", "the file is empty".to_owned()),
            Kind::Symlink => ("symlink", "symbolic links are not followed".to_owned()),
            Kind::Fifo => ("fifo", "a FIFO is not read".to_owned()),
            Kind::Socket => ("socket", "a socket is not read".to_owned()),
            Kind::Device => ("device", "a device is not read".to_owned()),
            Kind::Folder => match self.root.open_folder(&path) {
                Ok(_) => {
                    self.work.dirty.insert(path);
                    return true;
                }
                Err(errno) => ("unreadable", unreadable(errno)),
            },
        };
        if matches!(candidate.found.kind, Kind::File | Kind::Folder) && grace_left > Duration::ZERO {
            // Where no event tells of it, only a look finds out that it was filled.
            candidate.not_before(now + grace_left.min(self.recheck()));
            self.work.candidates.put(path.clone(), candidate);
            self.look(path, now);
            return true;
        }
        self.refuse(path, candidate, code, message, now)
    }

    fn refuse(
        &mut self,
        path: Vec<u8>,
        candidate: Candidate,
        code: &'static str,
        message: String,
        now: Instant,
    ) -> bool {
        if !self.queue.reserve(0) {
            return false;
        }
        if !matches!(self.root.look(&path), Ok(Some(found)) if found == candidate.found) {
            self.put_off(path, candidate, now);
            return true;
        }
        self.status.count(Count::Seen);
        self.status.count(Count::Refused);
        tracing::debug!(file = %names::shown(&path), code, %message, "refused");
        let hash = claim::hash_of_refused(&path, &candidate.found.stamp);
        self.deliver(path, candidate, Content::Refused(Refusal { code, message }), hash, None);
        true
    }

    /// A file that is not what it was when it became ready has to hold still anew.
    fn put_off(&mut self, path: Vec<u8>, mut candidate: Candidate, now: Instant) {
        self.status.count(Count::Retried);
        if self.pace.once && now.saturating_duration_since(candidate.first) > self.waits.grace * GIVE_UP {
            tracing::warn!(file = %names::shown(&path), "the file is still being written, left for the next run");
            return;
        }
        candidate.not_before(now + self.waits.settle);
        self.work.candidates.put(path.clone(), candidate);
        self.look(path, now);
    }

    fn hand_out(&mut self, path: Vec<u8>, candidate: Candidate, content: Content, hash: [u8; 32]) {
        let stamp = candidate.found.stamp;
        self.status.count(Count::Seen);
        if let Some(known) = self.known.lookup(&path)
            && known.settled
            && known.hash == hash
        {
            self.status.count(Count::Unchanged);
            self.known.restamp(&path, stamp);
            return self.clear_away(&path, &copydesk_core::KnownFile { stamp, ..known });
        }
        self.status.count(Count::Claimed);
        self.status.count_bytes(stamp.size);
        let grace_left = self.grace_left(&candidate, Instant::now());
        let retry = (grace_left > Duration::ZERO).then_some(grace_left);
        self.deliver(path, candidate, content, hash, retry);
    }

    fn deliver(
        &mut self,
        path: Vec<u8>,
        candidate: Candidate,
        content: Content,
        hash: [u8; 32],
        retry_failed_after: Option<Duration>,
    ) {
        let stamp = candidate.found.stamp;
        let receipt = self.receipt(&path, stamp);
        self.work.flying.insert(path.clone(), Flying { candidate, touched: false, lost: false });
        self.queue.put(Delivery {
            uri: names::file_uri(self.root.path(), &path),
            received: self.ages.received(),
            path,
            stamp,
            content,
            hash,
            retry_failed_after,
            receipt,
        });
    }

    fn receipt(&self, path: &[u8], stamp: copydesk_core::FileStamp) -> Receipt {
        let path = path.to_vec();
        let inbox = Arc::clone(&self.inbox);
        let disposal = Arc::clone(&self.disposal);
        let root = Arc::clone(&self.root);
        Receipt::new(move |outcome| {
            if outcome == Outcome::Settled {
                disposal.settle(&root, &path, &stamp);
            }
            inbox.outcome(path, outcome);
        })
    }
}

fn unreadable(errno: Errno) -> String {
    format!("cannot be read: {}", std::io::Error::from(errno))
}
