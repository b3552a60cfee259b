//! `kill -9` at every call that changes a file: by a tool that kills at the n-th call, and by laying out what
//! a kill after each recorded call would have left.

use copydesk_testkit::{Tree, Volume};

use crate::common::oracle::Oracle;
use crate::common::scene::{self, config, restore, snapshot};
use crate::common::trace::{Op, Replay, record};
use crate::common::{Desk, at_full_length, stderr, under};

fn ready() -> (Desk, Oracle, Tree) {
    let desk = Desk::in_memory(&config("move"));
    let mut oracle = Oracle::default();
    scene::earlier(&desk, &mut oracle);
    scene::now(&desk, &mut oracle);
    let before = snapshot(&desk);
    (desk, oracle, before)
}

fn go_on(desk: &Desk, oracle: &Oracle, what: &str) {
    let output = desk.run(&["run", "--once"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{what}: {}", stderr(&output));
    oracle.check(desk, "move", what);
}

/// Kills at the n-th of these calls of a thread, for every n (or every `step`-th) until none is left.
fn sweep(calls: &str, step: usize) {
    let (desk, oracle, before) = ready();
    let trace = format!("trace={calls}");
    for n in (1..).step_by(step) {
        restore(&desk, &before);
        let inject = format!("inject={calls}:signal=KILL:when={n}");
        let tool = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        let output = under(&tool, &desk.command(&["run", "--once"])).output().unwrap();
        let what = format!("killed at call {n} of {calls}");
        if output.status.code() == Some(3) {
            assert!(n > 1, "{calls} was never called");
            oracle.check(&desk, "move", &what);
            return;
        }
        assert!(output.status.code() != Some(1), "{what}: {}", stderr(&output));
        go_on(&desk, &oracle, &what);
    }
}

/// Fault: kill
#[test]
fn a_kill_at_every_rename_link_and_removal() {
    sweep("rename,renameat,renameat2,link,linkat", 1);
    sweep("unlink,unlinkat,mkdir,mkdirat", 1);
}

/// Fault: kill
#[test]
fn a_kill_at_every_sync_and_cut() {
    sweep("fsync,fdatasync", if at_full_length() { 1 } else { 2 });
    sweep("ftruncate", 1);
}

/// Fault: kill
#[test]
fn a_kill_at_every_write_and_open() {
    let step = if at_full_length() { 1 } else { 9 };
    sweep("pwrite64", step);
    sweep("write", step);
    sweep("openat", step * 2);
}

/// Fault: kill
#[test]
fn a_kill_between_any_two_calls() {
    let (desk, oracle, before) = ready();
    let log = tempfile::NamedTempFile::new().unwrap();
    let (code, ops) = record(&desk.command(&["run", "--once"]), desk.dir.path(), log.path());
    assert_eq!(code, Some(3));
    let mut replay = Replay::on(Volume::holding(&before));
    let (step, mut n_writes) = (if at_full_length() { 1 } else { 11 }, 0);
    for (at, op) in ops.iter().enumerate() {
        replay.step(op);
        let name = match op {
            // A kill changes nothing of what was or was not synced.
            Op::BeginSync(..) | Op::EndSync(..) => continue,
            Op::Write(path, ..) | Op::Cut(path, _) | Op::Create(path) => {
                n_writes += 1;
                if n_writes % step != 0 || path.to_string_lossy().ends_with("-shm") {
                    continue;
                }
                path
            }
            Op::Rename(path, _) | Op::Link(path, _) | Op::Remove(path) | Op::MakeFolder(path) => path,
        };
        restore(&desk, &replay.volume.tree());
        go_on(&desk, &oracle, &format!("killed after call {at} of {}, on {}", ops.len(), name.display()));
    }
}
