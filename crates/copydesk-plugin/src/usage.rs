//! What processes hold and have taken, read from `/proc`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::plugin::Taken;

/// What some processes hold, and what they have taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// How many there are.
    pub(crate) processes: usize,
    /// Bytes of memory that they hold; what several of them share counts for each.
    pub(crate) memory: u64,
    /// Time of processors, that of their children that have ended included.
    pub(crate) cpu: Duration,
}

/// One process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
    /// It has ended, and nobody has asked how.
    pub(crate) is_zombie: bool,
    /// In ticks of the clock: its own, and that of its children that have ended.
    own: u64,
    children: u64,
    /// In pages.
    resident: u64,
}

impl Stat {
    /// Bytes of memory that it holds.
    pub(crate) fn memory(&self) -> u64 {
        self.resident.saturating_mul(rustix::param::page_size() as u64)
    }
}

/// All processes that there are.
pub(crate) fn processes() -> Vec<Stat> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // One that is gone meanwhile is none.
    pids.filter_map(stat).collect()
}

fn stat(pid: u32) -> Option<Stat> {
    parse(pid, &std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(pid: u32, stat: &str) -> Option<Stat> {
    // The name may hold anything; behind it comes the state, field 3.
    let (_, behind) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = behind.split_ascii_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        pid,
        parent: u32::try_from(number(4)?).ok()?,
        is_zombie: *fields.first()? == "Z",
        own: number(14)? + number(15)?,
        children: number(16)? + number(17)?,
        resident: number(24)?,
    })
}

/// Those of `all` that have one of `roots` among their ancestors.
pub(crate) fn descendants<'a>(all: &'a [Stat], roots: &BTreeSet<u32>) -> Vec<&'a Stat> {
    let mut by_parent: BTreeMap<u32, Vec<&Stat>> = BTreeMap::new();
    for stat in all {
        by_parent.entry(stat.parent).or_default().push(stat);
    }
    let mut found = Vec::new();
    let mut open: Vec<u32> = roots.iter().copied().collect();
    while let Some(parent) = open.pop() {
        for child in by_parent.remove(&parent).unwrap_or_default() {
            open.push(child.pid);
            found.push(child);
        }
    }
    found
}

/// The processes below this one, up to a number of them. Cheaper than [`processes`]: others are not looked at.
pub(crate) fn tree(root: u32, most: usize) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        let Some(children) = children(parent) else {
            // A kernel that does not list children, or a process that is gone.
            continue;
        };
        for child in children {
            if found.len() >= most {
                return found;
            }
            found.push(child);
            open.push(child);
        }
    }
    found
}

/// The children of a process, whichever of its threads has started them.
fn children(pid: u32) -> Option<Vec<u32>> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.filter_map(Result::ok) {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    Some(children)
}

/// What a process holds: its memory that is no file's, in bytes, and its threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// Memory of its own, what is swapped out included.
    pub(crate) own: u64,
    /// Mapped so that others may share it. It counts for each that maps it.
    pub(crate) shared: u64,
    /// How many threads it has, its first included.
    pub(crate) threads: u64,
}

/// What a process holds; nothing, if it is gone.
pub(crate) fn held(pid: u32) -> Held {
    let status = status(pid);
    let bytes = |name: &str| number(&status, name).saturating_mul(1024);
    let (own, shared) = (bytes("RssAnon") + bytes("VmSwap"), bytes("RssShmem"));
    Held { own, shared, threads: number(&status, "Threads") }
}

fn status(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default()
}

/// Bytes that a process holds, without files, where what it shares with others counts by its share: dearer than
/// [`held`], for every page is looked at. Nothing, if it may not be seen.
pub(crate) fn share_of_memory(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let parts = ["Pss_Anon", "Pss_Shmem", "SwapPss"].map(|name| number(&rollup, name));
    parts.iter().sum::<u64>().saturating_mul(1024)
}

/// The number in a line `NAME: NUMBER`, or `NAME: NUMBER kB`.
fn number(lines: &str, name: &str) -> u64 {
    let value = lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.and_then(|value| value.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or_default()
}

/// What the processes below these hold and have taken. These themselves count only for what has ended below them.
pub(crate) fn below(roots: &BTreeSet<u32>) -> Usage {
    if roots.is_empty() {
        return Usage::default();
    }
    let all = processes();
    let mut usage = Usage::default();
    let mut ticks = 0;
    for root in all.iter().filter(|stat| roots.contains(&stat.pid)) {
        ticks += root.children;
    }
    for stat in descendants(&all, roots) {
        ticks += stat.own + stat.children;
        usage.memory += stat.memory();
        usage.processes += usize::from(!stat.is_zombie);
    }
    usage.cpu = time(ticks);
    usage
}

/// What these processes and all below them have taken of the processors, and the most memory, in bytes, that any of
/// those below has held at once.
pub(crate) fn taken(roots: &BTreeSet<u32>) -> Taken {
    let all = processes();
    let below = descendants(&all, roots);
    let most = below.iter().map(|stat| number(&status(stat.pid), "VmHWM").saturating_mul(1024)).max();
    let own = all.iter().filter(|stat| roots.contains(&stat.pid));
    let ticks = own.chain(below).map(|stat| stat.own + stat.children).sum();
    Taken { cpu: time(ticks), memory: most.unwrap_or_default() }
}

fn time(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_line_of_proc_is_read_whatever_the_name() {
        let line =
            "7 (a) R (b) S 3 7 7 0 -1 4194560 1 2 3 4 50 5 60 6 20 0 1 0 100 9000 250 18446744073709551615";
        let stat = parse(7, line).unwrap();
        assert_eq!(
            (stat.parent, stat.is_zombie, stat.own, stat.children, stat.resident),
            (3, false, 55, 66, 250)
        );
        assert_eq!(parse(7, "7 (a) S x"), None);
        assert_eq!(parse(7, ""), None);
    }

    #[test]
    fn lines_of_numbers_are_told_apart() {
        let lines =
            "VmRSS:\t    2164 kB\nRssAnon:\t     156 kB\nRssShmem:\t7 kB\nRssShmemX: 8 kB\nThreads:\t9\n";
        assert_eq!(
            ["RssAnon", "RssShmem", "Rss", "VmSwap", "Threads"].map(|name| number(lines, name)),
            [156, 7, 0, 0, 9]
        );
    }

    #[test]
    fn descendants_are_found_at_any_depth_and_others_are_not() {
        let stat = |pid, parent| Stat { pid, parent, is_zombie: false, own: 0, children: 0, resident: 0 };
        let all = [stat(2, 1), stat(5, 4), stat(4, 2), stat(9, 1), stat(8, 9)];
        let mut found: Vec<u32> =
            descendants(&all, &BTreeSet::from([2])).into_iter().map(|stat| stat.pid).collect();
        found.sort_unstable();
        assert_eq!(found, [4, 5]);
    }

    #[test]
    fn a_child_of_ours_is_seen_with_what_it_holds() {
        let pipe = std::process::Stdio::piped;
        let mut child = std::process::Command::new("cat").stdin(pipe()).stdout(pipe()).spawn().unwrap();
        // It runs once it answers.
        child.stdin.as_mut().unwrap().write_all(b"x").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        let usage = below(&BTreeSet::from([std::process::id()]));
        assert!(usage.processes >= 1 && usage.memory > 0, "{usage:?}");
        let tree = tree(std::process::id(), 100);
        assert!(tree.contains(&child.id()), "{tree:?}");
        assert_eq!(self::tree(std::process::id(), 0), Vec::<u32>::new());
        let held = held(child.id());
        assert!(held.own > 0 && held.threads == 1 && self::held(u32::MAX) == Held::default(), "{held:?}");
        let taken = taken(&BTreeSet::from([std::process::id()]));
        assert!(taken.memory >= held.own, "{taken:?} {held:?}");
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
