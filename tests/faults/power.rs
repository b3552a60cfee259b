//! The power fails: what was not synced is lost, kept in part, or in another order.
//!
//! A run is recorded call by call, and done again to a model of a file system up to some point. What may be
//! left there by a power loss is laid out in a folder, and the program runs on it. The files of the inbox are
//! held safe: a writer that wants its files to survive has synced them.

use std::path::Path;

use copydesk_testkit::{Tree, Volume};

use crate::common::oracle::Oracle;
use crate::common::scene::{self, config, restore, snapshot};
use crate::common::trace::{Op, Replay, record};
use crate::common::{Chance, Desk, scale, stderr};

/// A recorded run.
struct Recording {
    desk: Desk,
    oracle: Oracle,
    after: &'static str,
    before: Tree,
    ops: Vec<Op>,
}

impl Recording {
    fn new(after: &'static str, with_past: bool) -> Recording {
        let desk = Desk::in_memory(&config(after));
        let mut oracle = Oracle::default();
        if with_past {
            scene::earlier(&desk, &mut oracle);
        }
        scene::now(&desk, &mut oracle);
        let before = snapshot(&desk);
        let log = tempfile::NamedTempFile::new().unwrap();
        let (code, ops) = record(&desk.command(&["run", "--once"]), desk.dir.path(), log.path());
        assert_eq!(code, Some(3));
        oracle.check(&desk, after, "the recorded run");
        // The model understood what happened.
        let mut replay = Replay::on(Volume::holding(&before));
        for op in &ops {
            replay.step(op);
        }
        let model: Tree = replay.volume.tree();
        for (path, content) in snapshot(&desk) {
            if !path.to_string_lossy().ends_with("-shm") {
                assert!(model.get(&path) == Some(&content), "the model differs at {}", path.display());
            }
        }
        Recording { desk, oracle, after, before, ops }
    }

    fn at(&self, cut: usize) -> Replay {
        let mut replay = Replay::on(Volume::holding(&self.before));
        for op in &self.ops[..cut] {
            replay.step(op);
        }
        replay
    }

    /// Lays out what a power loss after `cut` ops may leave, lets the program go on from there, and counts.
    fn lose_power(&self, cut: usize, journal: bool, choose: &mut dyn FnMut(u64) -> u64, what: &str) {
        let volume = self.at(cut).volume;
        let in_inbox = |path: &Path| path.starts_with("inbox");
        let mut left = volume.after_power_loss(journal, choose);
        left.retain(|path, _| !in_inbox(path));
        // The disk may know of files that were moved or deleted, or not.
        let inbox = if choose(3) == 0 { self.before.clone() } else { volume.tree() };
        left.extend(inbox.into_iter().filter(|(path, _)| in_inbox(path)));
        restore(&self.desk, &left);
        let what =
            format!("after = {}, cut at {cut} ({:?}), {what}", self.after, self.ops[..cut].last().map(brief));
        let output = self.desk.run(&["run", "--once"]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{what}: {}", stderr(&output));
        self.oracle.check(&self.desk, self.after, &what);
    }

    /// The points right after a file left the inbox.
    fn disposals(&self) -> Vec<usize> {
        let is_disposal = |op: &Op| match op {
            Op::Rename(from, _) | Op::Remove(from) => from.starts_with("inbox"),
            _ => false,
        };
        (1..=self.ops.len()).filter(|cut| is_disposal(&self.ops[cut - 1])).collect()
    }
}

fn brief(op: &Op) -> String {
    match op {
        Op::Write(path, at, bytes) => format!("Write({}, {at:?}, {} bytes)", path.display(), bytes.len()),
        op => format!("{op:?}"),
    }
}

fn lose_power_in(recording: &Recording, n_states: u64, seed: u64) {
    let mut chance = Chance(seed);
    for state in 0..n_states {
        let cut = chance.below(recording.ops.len() as u64 + 1) as usize;
        let what = format!("state {state} of seed {seed}");
        recording.lose_power(cut, state % 2 == 0, &mut |below| chance.below(below), &what);
    }
}

/// A file is synced before it takes its name, and its folder after; caches are free to be lost.
///
/// Fault: power_loss
#[test]
fn what_takes_a_name_was_synced_before_and_its_folder_is_after() {
    let recording = Recording::new("move", true);
    let mut replay = recording.at(0);
    let mut n_renames = 0;
    for (at, op) in recording.ops.iter().enumerate() {
        let is_cache = |to: &Path| to.extension().is_some_and(|extension| extension == "jsonl-index");
        if let Op::Rename(from, to) = op
            && !from.starts_with("inbox")
            && !to.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
            && !is_cache(to)
        {
            n_renames += 1;
            let files = replay
                .volume
                .tree()
                .into_iter()
                .filter(|(path, content)| path.starts_with(from) && content.is_some());
            for (path, _) in files {
                assert!(
                    replay.volume.file(&path, "look at").unwrap().is_synced(),
                    "{} is not synced",
                    path.display()
                );
            }
            let folder = to.parent().unwrap();
            let syncs = |op: &Op| matches!(op, Op::EndSync(path, _) if path == folder);
            assert!(recording.ops[at..].iter().any(syncs), "the folder of {} is never synced", to.display());
        }
        replay.step(op);
    }
    assert!(n_renames > 0);
}

/// What the model is worth: were the JSONL file never synced, or the ledger, it would say so.
#[test]
fn a_missing_sync_does_not_pass() {
    let mut recording = Recording::new("delete", true);
    let all = recording.ops.clone();
    let last = |recording: &Recording| *recording.disposals().last().unwrap();
    recording.ops.retain(|op| !matches!(op, Op::EndSync(path, _) if path == Path::new("articles.jsonl")));
    let volume = recording.at(last(&recording)).volume;
    let left = volume.after_power_loss(true, &mut |_| 0);
    restore(&recording.desk, &left);
    recording.desk.drain(0);
    assert!(recording.desk.lines().len() < recording.desk.rows().len(), "what was never synced is lost");
    recording.ops = all;
    recording.ops.retain(|op| !matches!(op, Op::EndSync(path, _) if path == Path::new("state/ledger.log")));
    let volume = recording.at(last(&recording)).volume;
    let mut left = volume.after_power_loss(true, &mut |_| 0);
    left.retain(|path, _| !path.starts_with("inbox"));
    left.extend(volume.tree().into_iter().filter(|(path, _)| path.starts_with("inbox")));
    restore(&recording.desk, &left);
    recording.desk.run(&["run", "--once"]);
    let verify = recording.desk.run(&["verify"]);
    assert!(!verify.status.success(), "the sinks hold what the ledger has forgotten");
}

/// Fault: power_loss
#[test]
fn a_first_run_survives_a_power_loss_anywhere() {
    lose_power_in(&Recording::new("keep", false), scale(10, 500), 11);
}

/// Fault: power_loss
#[test]
fn a_run_with_a_past_survives_a_power_loss_anywhere() {
    lose_power_in(&Recording::new("keep", true), scale(10, 500), 12);
}

/// Fault: power_loss
#[test]
fn what_was_moved_or_deleted_before_a_power_loss_is_in_the_sinks() {
    for (seed, after) in [(13, "move"), (14, "delete")] {
        let recording = Recording::new(after, true);
        let disposals = recording.disposals();
        assert!(disposals.len() >= 12, "{disposals:?}");
        let every = scale(4, 1) as usize;
        for cut in disposals.into_iter().step_by(every) {
            // Nothing that was not synced is left, but what became of the inbox is.
            recording.lose_power(cut, true, &mut |below| u64::from(below == 3), "nothing unsynced left");
        }
        lose_power_in(&recording, scale(8, 500), seed);
    }
}
