//! Who has a file open for writing, as far as this machine tells.
//!
//! A file that holds still may be one whose writer pauses. Where its process can be seen (`/proc`: those of the
//! same user, or all of them for the superuser), no guess is needed: one look through all open files says which
//! are open for writing. A look that was begun after the file last changed proves that nobody was at it then,
//! and whoever comes later changes its stamp. So one look serves all files that are due, and looking takes a
//! bounded share of the time. What cannot be seen (other users, other machines, other process namespaces) is
//! left to the waits.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::root::Found;

/// At most one part in so many of a processor's time is spent looking, …
const SHARE: u32 = 20;
/// … unless looking takes so long that files would wait longer than this for it.
const LONGEST_PACE: Duration = Duration::from_secs(2);

/// The part of a descriptor's flags that says what it was opened for.
const ACCESS_MODE: u32 = 3;
const READING_ALONE: u32 = 0;

/// What is known of the writers of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nobody who can be seen has it open for writing.
    No,
    /// This process has.
    By(u32),
    /// Not known yet: to be asked again then.
    AskAt(Instant),
}

/// A file that some process has open for writing, or mapped.
#[derive(Debug, Clone, Copy)]
enum Holder {
    /// Process and descriptor.
    Open(u32, u32),
    /// Process and device.
    Mapped(u32, u64),
}

#[derive(Debug)]
pub(crate) struct Writers {
    by_inode: HashMap<u64, Vec<Holder>>,
    /// When the last look began, and whether it went through mapped files too.
    begun: Option<(Instant, bool)>,
    /// When the next may begin.
    next: Instant,
}

impl Writers {
    pub(crate) fn new(now: Instant) -> Writers {
        Writers { by_inode: HashMap::new(), begun: None, next: now }
    }

    /// Whether anybody has had the file of this device and inode open for writing since `since`. A file that was
    /// written to and never closed may be mapped without being open: `deep` looks there as well, for a price.
    pub(crate) fn of(&mut self, id: (u64, u64), since: Instant, deep: bool, now: Instant) -> Held {
        let serves = |(begun, was_deep): (Instant, bool)| begun > since && (was_deep || !deep);
        if !self.begun.is_some_and(serves) {
            if now < self.next {
                return Held::AskAt(self.next);
            }
            self.look_through(deep);
        }
        let Some(holders) = self.by_inode.get(&id.1) else {
            return Held::No;
        };
        if let Some(pid) = holders.iter().find_map(|holder| holder.still_holds(id)) {
            return Held::By(pid);
        }
        // Closed since, or handed on to another process: only a new look can tell.
        self.begun = None;
        Held::AskAt(self.next)
    }

    fn look_through(&mut self, deep: bool) {
        let (begun, spent) = (Instant::now(), time_of_thread());
        self.by_inode.clear();
        for pid in numbers_in(Path::new("/proc")) {
            let process = Path::new("/proc").join(pid.to_string());
            for fd in numbers_in(&process.join("fd")) {
                if let Some(inode) = written_inode(&process, fd) {
                    self.by_inode.entry(inode).or_default().push(Holder::Open(pid, fd));
                }
            }
            if deep && let Ok(maps) = fs::read_to_string(process.join("maps")) {
                for (inode, dev) in maps.lines().filter_map(mapped_inode) {
                    self.by_inode.entry(inode).or_default().push(Holder::Mapped(pid, dev));
                }
            }
        }
        self.begun = Some((begun, deep));
        let took = time_of_thread().saturating_sub(spent);
        self.next = Instant::now() + (took * SHARE).min(LONGEST_PACE);
    }
}

impl Holder {
    /// The process, if it holds the very file of this device and inode, and still does.
    fn still_holds(self, id: (u64, u64)) -> Option<u32> {
        match self {
            Holder::Open(pid, fd) => {
                let found = Found::of(&rustix::fs::stat(format!("/proc/{pid}/fd/{fd}")).ok()?);
                (found.id() == id).then_some(pid)
            }
            Holder::Mapped(pid, dev) if dev == id.0 => {
                let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
                maps.lines().filter_map(mapped_inode).any(|mapped| mapped == (id.1, id.0)).then_some(pid)
            }
            Holder::Mapped(..) => None,
        }
    }
}

/// What this thread has used of a processor, which other processes do not lengthen.
fn time_of_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The entries of a folder that are numbers; none if it cannot be listed.
fn numbers_in(folder: &Path) -> impl Iterator<Item = u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The inode behind a descriptor that is open for writing. The file itself is not touched, for it may lie on a
/// file system that does not answer.
fn written_inode(process: &Path, fd: u32) -> Option<u64> {
    let fd = fd.to_string();
    let target = fs::read_link(process.join("fd").join(&fd)).ok()?;
    if !target.is_absolute() || target.starts_with("/dev") {
        // A pipe, a socket, a terminal.
        return None;
    }
    let info = fs::read_to_string(process.join("fdinfo").join(&fd)).ok()?;
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let flags = u32::from_str_radix(field("flags:")?, 8).ok()?;
    if flags & ACCESS_MODE == READING_ALONE {
        return None;
    }
    match field("ino:") {
        Some(inode) => inode.parse().ok(),
        // Before Linux 5.14.
        None => Some(rustix::fs::stat(process.join("fd").join(&fd)).ok()?.st_ino),
    }
}

/// Inode and device of a line of `/proc/…/maps`, if it is a shared mapping that can be written to.
fn mapped_inode(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let mode = words.next()?.as_bytes();
    if mode.get(1) != Some(&b'w') || mode.get(3) != Some(&b's') {
        return None;
    }
    let (major, minor) = words.nth(1)?.split_once(':')?;
    let number = |text: &str| u32::from_str_radix(text, 16).ok();
    let inode = words.next()?.parse().ok().filter(|&inode| inode != 0)?;
    Some((inode, rustix::fs::makedev(number(major)?, number(minor)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    fn id(path: &Path) -> (u64, u64) {
        Found::of(&rustix::fs::stat(path).unwrap()).id()
    }

    /// What a new look says.
    fn ask(path: &Path) -> Held {
        let now = Instant::now();
        Writers::new(now).of(id(path), now, true, now)
    }

    #[test]
    fn who_writes_is_seen_and_who_reads_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let writer = File::create(&path).unwrap();
        let us = Held::By(std::process::id());
        assert_eq!(ask(&path), us);
        let appender = File::options().append(true).open(&path).unwrap();
        let reader = File::open(&path).unwrap();
        drop(writer);
        assert_eq!(ask(&path), us);
        drop(appender);
        assert_eq!(ask(&path), Held::No);
        drop(reader);
    }

    #[test]
    fn one_look_serves_what_changed_before_it_and_is_paced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let writer = File::create(&path).unwrap();
        let since = Instant::now();
        let mut writers = Writers::new(since);
        assert_eq!(writers.of(id(&path), since, false, since), Held::By(std::process::id()));
        let next = writers.next;
        drop(writer);
        // The one it was seen with has closed it, and so nothing is known.
        assert_eq!(writers.of(id(&path), since, false, since), Held::AskAt(next));
        assert_eq!(writers.of(id(&path), since, false, next), Held::No);
        let next = writers.next;
        assert_eq!(writers.of(id(&path), since, false, since), Held::No);
        assert_eq!(writers.of(id(&path), since, true, since), Held::AskAt(next));
        let later = Instant::now();
        writers.next = later + LONGEST_PACE;
        assert_eq!(writers.of(id(&path), later, false, later), Held::AskAt(writers.next));
    }

    #[test]
    fn a_shared_mapping_that_can_be_written_to_counts() {
        let line = "7f01-7f02 rw-s 00000000 fe:00 1234  /in/a b.txt";
        assert_eq!(mapped_inode(line), Some((1234, rustix::fs::makedev(0xfe, 0))));
        for other in [
            "7f01-7f02 rw-p 00000000 fe:00 1234 /in/a",
            "7f01-7f02 r--s 00000000 fe:00 1234 /in/a",
            "7f01-7f02 rw-s 00000000 00:00 0",
            "",
        ] {
            assert_eq!(mapped_inode(other), None, "{other}");
        }
    }
}
