//! What is left of a plugin whose keeper was killed. The kernel kills the plugin itself then, but not what the plugin
//! has started and nobody is the parent of any more. All of it carries a mark in its environment, by which it is found
//! and ended. One that has cleared its environment is not; a keeper that ends by itself leaves nothing.

use std::hash::{BuildHasher, Hasher, RandomState};

use rustix::process::{Pid, Signal, kill_process};

use crate::usage::processes;

/// The variable that holds the mark.
pub(super) const VARIABLE: &str = "COPYDESK_PLUGIN_MARK";

/// How often processes are looked for that started while others were ended.
const ROUNDS: usize = 50;

/// A mark that no other start of a plugin has, of this program or another.
pub(super) fn mark() -> String {
    // Seeded by the system, so that none of a program before or in a container beside can be the same.
    format!("{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish())
}

/// Ends every process with this mark. What stands still starts nothing, so they are stopped first.
pub(super) fn end(mark: &str) {
    let expected = format!("{VARIABLE}={mark}");
    for _ in 0..ROUNDS {
        let left: Vec<Pid> = processes()
            .into_iter()
            .filter_map(|stat| Pid::from_raw(i32::try_from(stat.pid).ok()?))
            .filter(|pid| is_marked(*pid, expected.as_bytes()))
            .collect();
        if left.is_empty() {
            return;
        }
        for signal in [Signal::STOP, Signal::KILL] {
            for pid in &left {
                let _gone = kill_process(*pid, signal);
            }
        }
    }
}

fn is_marked(pid: Pid, expected: &[u8]) -> bool {
    // Of a process that has ended and was not buried yet it is empty.
    let environment = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == expected)
}
