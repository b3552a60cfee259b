//! Kills, power losses and refusals at every change of the disk.

use std::collections::BTreeSet;

use copydesk_deduplicator::index::{Index, IndexError, IndexOptions};
use copydesk_testkit::Tree;
use proptest::prelude::*;

use crate::answers::{SMALL, invented, put};
use crate::model::{Chance, Model, scale};
use crate::volume::VolumeFolder;

/// An index, what it should hold, and what the ledger would give again.
struct World {
    options: IndexOptions,
    disk: VolumeFolder,
    index: Option<Index>,
    model: Model,
    chance: Chance,
    next: u64,
    day: u32,
    /// Numbers that have not come yet, and may come late.
    skipped: Vec<u64>,
    /// Late ones that no flush has written for certain.
    late: BTreeSet<u64>,
    /// The most that the index said it has.
    promised: u64,
}

impl World {
    fn new(options: IndexOptions, seed: u64) -> World {
        World {
            options,
            disk: VolumeFolder::holding(&Tree::new()),
            index: None,
            model: Model::default(),
            chance: Chance(seed),
            next: 1,
            day: 10,
            skipped: Vec::new(),
            late: BTreeSet::new(),
            promised: 0,
        }
    }

    /// Opens the index; the ledger gives what it has.
    fn start(&mut self) -> Result<(), IndexError> {
        let mut index = Index::open_in(Box::new(self.disk.clone()), self.options)?;
        assert!(index.persisted() >= self.promised, "it said that it had more");
        self.promised = index.persisted();
        for (seq, known) in &self.model.documents {
            if *seq >= self.promised || (self.late.contains(seq) && !index.contains(*seq)?) {
                index.insert(*seq, known.day, &known.keys, &known.record);
            }
        }
        self.index = Some(index);
        Ok(())
    }

    fn step(&mut self, kind: u8) -> Result<(), IndexError> {
        let Some(index) = &mut self.index else { return self.start() };
        let below = self.next - self.chance.below(4).min(self.next);
        match kind {
            0..=5 => {
                for _ in 0..=self.chance.below(11) {
                    self.day += u32::from(self.chance.below(6) == 0);
                    let day = self.day - self.chance.below(3) as u32;
                    put(index, &mut self.model, self.next, invented(&mut self.chance, day));
                    self.next += 1;
                    if self.chance.below(10) == 0 {
                        self.skipped.push(self.next);
                        self.next += 1;
                    }
                }
            }
            6 if !self.skipped.is_empty() => {
                let idx = self.chance.below(self.skipped.len() as u64) as usize;
                let seq = self.skipped.swap_remove(idx);
                put(index, &mut self.model, seq, invented(&mut self.chance, self.day));
                if seq < index.persisted() {
                    self.late.insert(seq);
                }
            }
            7..=9 => index.settle(below)?,
            10 => {
                index.flush(below)?;
                self.late = self.late.split_off(&below);
            }
            11 => {
                self.index = None;
                self.start()?;
            }
            _ => self.check("as it goes on"),
        }
        self.promised = self.index.as_ref().map_or(self.promised, Index::persisted);
        Ok(())
    }

    fn check(&mut self, what: &str) {
        let Some(index) = &self.index else { return };
        let from_day = self.model.first_day(self.options);
        for _ in 0..6 {
            let keys = invented(&mut self.chance, 0).keys;
            let before = self.next.saturating_sub(self.chance.below(40));
            let from_day = from_day + self.chance.below(3) as u32;
            self.model.check(index, &keys, before, from_day, what);
            self.model.check(index, &keys, u64::MAX, from_day, what);
        }
    }

    /// The process is gone, and with it or not, the power.
    fn crash(&mut self, power: bool) {
        self.index = None;
        let journal = self.chance.below(2) == 0;
        let chance = &mut self.chance;
        let tree = if power {
            self.disk.after_power_loss(journal, &mut |n| chance.below(n))
        } else {
            self.disk.tree()
        };
        self.disk = VolumeFolder::holding(&tree);
    }

    fn check_all(&self, what: &str) {
        let index = self.index.as_ref().unwrap();
        self.model.check_all(index, self.model.first_day(self.options), what);
    }
}

fn options(retain_days: Option<u32>, memory: u64) -> IndexOptions {
    IndexOptions { memory, retain_days, ..SMALL }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: scale(4, 200), failure_persistence: None, ..ProptestConfig::default() })]

    /// Each step is what to do; each fuse, the changes of the disk after which the power fails, or the process dies.
    #[test]
    fn a_random_life_is_that_of_the_model(
        seed in any::<u64>(),
        memory in prop::sample::select(vec![4_u64 << 10, 16 << 10, 64 << 10]),
        retain_days in prop::option::of(2_u32..30),
        lives in prop::collection::vec((prop::collection::vec(0_u8..13, 0..120), 1_u64..200, any::<bool>()), 1..6),
    ) {
        let mut world = World::new(options(retain_days, memory), seed);
        for (steps, fuse, power) in lives {
            world.disk.lose_power_after(fuse);
            for step in steps {
                if world.step(step).is_err() {
                    break;
                }
            }
            world.crash(power);
            world.start().unwrap();
            world.check("after a crash");
        }
        world.check_all("in the end");
    }

    /// A full disk, at any change: the index goes on as soon as there is room.
    #[test]
    fn what_the_disk_refuses_is_tried_again(
        seed in any::<u64>(),
        steps in prop::collection::vec(0_u8..13, 20..120),
        refusals in prop::collection::vec(0_u64..60, 1..8),
        power in any::<bool>(),
    ) {
        let mut world = World::new(options(Some(9), 8 << 10), seed);
        let mut refusals = refusals.into_iter();
        for step in steps {
            if world.step(step).is_err() {
                world.check("after a refusal");
            }
            if world.chance.below(12) == 0 && let Some(refusal) = refusals.next() {
                world.disk.refuse_after(refusal);
            }
        }
        world.crash(power);
        // What is refused may be the start.
        world.start().unwrap();
        world.check_all("in the end");
        let names = world.disk.tree();
        prop_assert!(names.len() < 60, "nothing that failed is left: {names:?}", names = names.keys());
    }
}

/// One life, cut at every change, by a kill and by a power loss.
#[test]
fn a_crash_at_every_change_of_a_life() {
    let life = |fuse: Option<u64>, power: bool| {
        let mut world = World::new(options(Some(12), 8 << 10), 5);
        if let Some(fuse) = fuse {
            world.disk.lose_power_after(fuse);
        }
        for step in 0..90_u64 {
            if world.step([0, 3, 7, 6, 8, 4, 10, 9, 7][(step % 9) as usize]).is_err() {
                break;
            }
        }
        let n_changes = world.disk.n_changes();
        world.crash(power);
        world.start().unwrap();
        world.check_all("after a crash");
        n_changes
    };
    let n_changes = life(None, false);
    assert!(n_changes > 300, "{n_changes}");
    for fuse in (0..n_changes).step_by(scale(23, 1) as usize) {
        life(Some(fuse), fuse % 2 == 0);
    }
}
