//! A process that dies at every named place.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use copydesk_core::crash;
use copydesk_deduplicator::index::Index;

use crate::answers::{SMALL, in_memory_folder, invented};
use crate::model::{Chance, Model};

const CHILD: &str = "COPYDESK_INDEX_CHILD";
const CRASH_AT: &str = "COPYDESK_INDEX_CRASH_AT";
const N_DOCUMENTS: u64 = 200;

fn die_at(name: &str) {
    static PASSES: AtomicU64 = AtomicU64::new(0);
    let wanted = std::env::var(CRASH_AT).unwrap_or_default();
    let (place, pass) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if place == name && PASSES.fetch_add(1, Ordering::Relaxed) + 1 == pass.parse().unwrap_or(1) {
        std::process::abort();
    }
}

/// Every document of this world, and the index after all of them.
fn fill(folder: &Path) -> (Index, Model) {
    let mut index = Index::open(folder, SMALL).unwrap();
    let (mut model, mut chance) = (Model::default(), Chance(2));
    for seq in 1..N_DOCUMENTS {
        let known = invented(&mut chance, 1);
        if seq >= index.persisted() {
            index.insert(seq, known.day, &known.keys, &known.record);
            index.settle(seq + 1).unwrap();
        }
        model.insert(seq, known);
    }
    (index, model)
}

/// Does nothing unless it is the process that is to die.
#[test]
fn the_child() {
    if let Ok(folder) = std::env::var(CHILD) {
        crash::set_hook(die_at);
        fill(Path::new(&folder));
    }
}

#[test]
fn a_process_may_die_at_every_named_place() {
    for place in crash::POINTS.iter().filter(|place| place.starts_with("index.")) {
        let mut n_died = BTreeSet::new();
        for pass in [1, 3] {
            let folder = in_memory_folder();
            let output = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "kills::the_child"])
                .env(CHILD, folder.path())
                .env(CRASH_AT, format!("{place}:{pass}"))
                .output()
                .unwrap();
            if !output.status.success() {
                n_died.insert(pass);
            }
            let (index, model) = fill(folder.path());
            model.check_all(&index, 0, place);
        }
        assert!(n_died.len() > 1, "{place} is passed: {n_died:?}");
    }
}
