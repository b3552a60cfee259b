//! Files that are cut, flipped, zeroed or gone: found or harmless, and mended.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::OnceLock;

use copydesk_deduplicator::index::{
    Document, Index, IndexError, IndexOptions, Mending, Sources, inspect_in, mend_in,
};
use copydesk_testkit::Tree;
use proptest::prelude::*;

use crate::answers::{SMALL, invented, put};
use crate::model::{Chance, Model, scale};
use crate::volume::VolumeFolder;

/// An index of a few files of each kind, on disk to the last document.
fn whole() -> (Tree, Model) {
    static WHOLE: OnceLock<(Tree, Model)> = OnceLock::new();
    WHOLE.get_or_init(make_whole).clone()
}

fn make_whole() -> (Tree, Model) {
    let disk = VolumeFolder::holding(&Tree::new());
    let mut index = Index::open_in(Box::new(disk.clone()), SMALL).unwrap();
    let (mut model, mut chance) = (Model::default(), Chance(9));
    for seq in (1..200).filter(|seq| seq % 7 != 0) {
        put(&mut index, &mut model, seq, invented(&mut chance, (seq / 20) as u32));
        if seq == 150 {
            put(&mut index, &mut model, 70, invented(&mut chance, 7));
        }
        index.settle(seq + 1).unwrap();
    }
    index.flush(200).unwrap();
    (disk.tree(), model)
}

/// Does something to the bytes of a file; `None` takes it away.
fn damage(bytes: &[u8], kind: u8, chance: &mut Chance) -> Option<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    let at = chance.below(bytes.len() as u64) as usize;
    match kind {
        0 => bytes.truncate(at),
        1 | 2 => bytes[at] ^= 1 << chance.below(8),
        3 => {
            let end = bytes.len().min(at + 1 + chance.below(600) as usize);
            bytes[at..end].fill(0);
        }
        4 => bytes.extend_from_slice(b"more"),
        _ => return None,
    }
    Some(bytes)
}

fn mend(
    disk: &VolumeFolder,
    model: &Model,
    options: IndexOptions,
    is_known: bool,
) -> Result<Mending, IndexError> {
    let known = |seq: u64| {
        let known = &model.documents[&seq];
        Document { seq, day: known.day, record: known.record.clone() }
    };
    let mut given = |range: RangeInclusive<u64>| {
        let seqs = model.documents.range(range).map(|(seq, _)| *seq);
        seqs.filter(|_| is_known).map(known).collect()
    };
    let mut keys_of = |document: &Document| {
        assert_eq!(document, &known(document.seq), "nothing is believed that was not written");
        model.documents[&document.seq].keys.clone()
    };
    mend_in(disk, options, Sources { keys_of: &mut keys_of, given: &mut given })
}

/// Answers are right or errors that tell of the damage.
fn check_answers(index: &Index, model: &Model) {
    for (seq, known) in &model.documents {
        match index.candidates(&known.keys, *seq, 2) {
            Ok(_) => {
                let found = index.candidates(&known.keys, *seq, 2).unwrap();
                let found: Vec<(u64, u32)> =
                    found.iter().map(|found| (found.place.seq(), found.shared)).collect();
                assert_eq!(found, model.candidates(&known.keys, *seq, 2));
            }
            Err(error) => assert!(matches!(error, IndexError::Damaged { .. }), "{error}"),
        }
        match index.contains(*seq) {
            Ok(found) => assert!(found),
            Err(error) => assert!(matches!(error, IndexError::Damaged { .. }), "{error}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: scale(10, 300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_found_or_harmless_and_mended(
        seed in any::<u64>(),
        kinds in prop::collection::vec(0_u8..6, 1..4),
        is_known in any::<bool>(),
    ) {
        let (whole, model) = whole();
        let mut tree = whole.clone();
        let mut chance = Chance(seed);
        for kind in kinds {
            let names: Vec<PathBuf> = tree.keys().cloned().collect();
            let name = &names[chance.below(names.len() as u64) as usize];
            let bytes = tree[name].clone().unwrap_or_default();
            match damage(&bytes, kind, &mut chance) {
                Some(bytes) if !bytes.is_empty() => tree.insert(name.clone(), Some(bytes)),
                _ => tree.remove(name),
            };
        }
        let disk = VolumeFolder::holding(&tree);
        let inspection = inspect_in(&disk).unwrap();
        prop_assert_eq!(inspection.damage.is_empty(), tree == whole, "{:?}", inspection);
        match Index::open_in(Box::new(VolumeFolder::holding(&tree)), SMALL) {
            Ok(index) => check_answers(&index, &model),
            Err(error) => prop_assert!(matches!(error, IndexError::Damaged { .. }), "{}", error),
        }
        let mending = mend(&disk, &model, SMALL, is_known).unwrap();
        prop_assert!(inspect_in(&disk).unwrap().damage.is_empty());
        let index = Index::open_in(Box::new(disk), SMALL).unwrap();
        if is_known {
            prop_assert_eq!(mending.n_lost, 0);
            model.check_all(&index, 0, "mended");
        } else {
            let mut left = Model::default();
            index.each_document(&mut |document| {
                left.insert(document.seq, model.documents[&document.seq].clone());
            }).unwrap();
            left.check_all(&index, 0, "what is left");
        }
    }
}

#[test]
fn what_can_be_read_of_a_damaged_file_stays() {
    let (mut tree, model) = whole();
    let name = tree.keys().find(|name| name.to_string_lossy().starts_with("docs-")).unwrap().clone();
    let mut bytes = tree[&name].clone().unwrap();
    let (n_bytes, n_documents) = (bytes.len(), model.documents.len() as u64);
    bytes[n_bytes / 4] ^= 1;
    tree.insert(name.clone(), Some(bytes.clone()));
    let disk = VolumeFolder::holding(&tree);
    let mending = mend(&disk, &model, SMALL, false).unwrap();
    assert!((1..40).contains(&mending.n_lost), "{mending:?}");
    let index = Index::open_in(Box::new(disk.clone()), SMALL).unwrap();
    assert_eq!(index.len(), n_documents - mending.n_lost);
    let aside = PathBuf::from(format!("{}.damaged", name.display()));
    assert_eq!(disk.tree()[&aside], Some(bytes));
}

#[test]
fn documents_are_found_without_the_list_of_blocks() {
    let (mut tree, model) = whole();
    for (name, bytes) in &mut tree {
        if let (true, Some(bytes)) = (name.to_string_lossy().starts_with("docs-"), bytes) {
            bytes.truncate(bytes.len() - 5);
        }
    }
    let disk = VolumeFolder::holding(&tree);
    let mending = mend(&disk, &model, SMALL, false).unwrap();
    assert_eq!((mending.n_lost, mending.n_replaced), (0, 0));
    model.check_all(&Index::open_in(Box::new(disk), SMALL).unwrap(), 0, "mended");
}

#[test]
fn keys_of_another_scheme_are_made_anew() {
    let (tree, mut model) = whole();
    for known in model.documents.values_mut() {
        known.keys.iter_mut().for_each(|key| *key ^= 0xabcd << 40);
    }
    let disk = VolumeFolder::holding(&tree);
    let options = IndexOptions { scheme: 4, ..SMALL };
    let mending = mend(&disk, &model, options, false).unwrap();
    assert!(mending.keys_made && mending.damage.is_empty());
    let mut rebuilt = Model::default();
    for (seq, known) in model.documents {
        rebuilt.insert(seq, known);
    }
    rebuilt.check_all(&Index::open_in(Box::new(disk), options).unwrap(), 0, "another scheme");
}

#[test]
fn a_sound_index_is_left_alone() {
    let (tree, model) = whole();
    let disk = VolumeFolder::holding(&tree);
    let mending = mend(&disk, &model, SMALL, true).unwrap();
    assert!(mending.damage.is_empty() && !mending.keys_made);
    assert_eq!(disk.tree(), tree);
    assert!(inspect_in(&VolumeFolder::holding(&Tree::new())).unwrap().damage.is_empty());
}

/// A power loss at every change that mending makes.
#[test]
fn mending_may_be_broken_off_anywhere() {
    let (mut tree, model) = whole();
    let mut chance = Chance(4);
    let names: Vec<PathBuf> = tree.keys().cloned().collect();
    for name in names.iter().step_by(3) {
        let bytes = tree[name].clone().unwrap();
        tree.insert(name.clone(), damage(&bytes, 1, &mut chance));
    }
    let disk = VolumeFolder::holding(&tree);
    mend(&disk, &model, SMALL, true).unwrap();
    for fuse in (0..disk.n_changes()).step_by(scale(19, 1) as usize) {
        let disk = VolumeFolder::holding(&tree);
        disk.lose_power_after(fuse);
        assert!(mend(&disk, &model, SMALL, true).is_err());
        let left = disk.after_power_loss(fuse % 2 == 0, &mut |n| chance.below(n));
        let disk = VolumeFolder::holding(&left);
        mend(&disk, &model, SMALL, true).unwrap();
        if fuse % 4 == 0 {
            model.check_all(&Index::open_in(Box::new(disk), SMALL).unwrap(), 0, "mended at last");
        }
    }
}
