//! Answers, whatever lies where.

use copydesk_deduplicator::index::{Index, IndexError, IndexOptions};
use copydesk_testkit::Tree;
use tempfile::TempDir;

use crate::model::{Chance, Known, Model, hash};
use crate::volume::VolumeFolder;

/// A document: some keys of its own, some that others have, some that very many have.
pub(crate) fn invented(chance: &mut Chance, day: u32) -> Known {
    let mut keys: Vec<u64> = (0..chance.below(8)).map(|_| chance.next()).collect();
    keys.extend((0..chance.below(5)).map(|_| hash(chance.below(60))));
    keys.extend((0..chance.below(3)).map(|_| hash(1000 + chance.below(2))));
    let len = if chance.below(50) == 0 { 9000 } else { chance.below(80) };
    Known { day, keys, record: (0..len).map(|_| chance.next() as u8).collect() }
}

pub(crate) const SMALL: IndexOptions = IndexOptions { memory: 16 << 10, retain_days: None, scheme: 3 };

pub(crate) fn put(index: &mut Index, model: &mut Model, seq: u64, known: Known) {
    index.insert(seq, known.day, &known.keys, &known.record);
    model.insert(seq, known);
}

/// A folder of the file system, in memory where there is such a one: syncs cost nothing there.
pub(crate) fn in_memory_folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

fn grow(index: &mut Index, model: &mut Model, seqs: std::ops::Range<u64>) {
    let mut chance = Chance(seqs.start);
    for seq in seqs {
        put(index, model, seq, invented(&mut chance, (seq / 50) as u32));
        if seq % 3 == 0 {
            index.settle(seq + 1).unwrap();
        }
    }
}

#[test]
fn answers_are_the_same_in_memory_in_files_and_after_a_start() {
    let folder = in_memory_folder();
    let mut index = Index::open(folder.path(), SMALL).unwrap();
    let mut alone = Index::in_memory();
    let mut model = Model::default();
    grow(&mut index, &mut model, 1..600);
    for (seq, known) in &model.documents {
        alone.insert(*seq, known.day, &known.keys, &known.record);
    }
    assert!(index.persisted() > 400 && alone.persisted() == 0);
    for from_day in [0, 7] {
        model.check_all(&index, from_day, "written");
        model.check_all(&alone, from_day, "in memory");
    }
    index.flush(600).unwrap();
    drop(index);
    let index = Index::open(folder.path(), SMALL).unwrap();
    assert_eq!((index.persisted(), index.len()), (600, 599));
    model.check_all(&index, 4, "after a start");
    let mut n_documents = 0;
    let mut each = |document: copydesk_deduplicator::index::Document| {
        n_documents += 1;
        assert_eq!(model.documents[&document.seq].record, document.record);
    };
    index.each_document(&mut each).unwrap();
    assert_eq!(n_documents, 599);
}

#[test]
fn few_segments_are_left_however_many_flushes() {
    let disk = VolumeFolder::holding(&Tree::new());
    let mut index = Index::open_in(Box::new(disk.clone()), SMALL).unwrap();
    grow(&mut index, &mut Model::default(), 1..2000);
    let names: Vec<String> = disk.tree().keys().map(|path| path.display().to_string()).collect();
    let count = |prefix| names.iter().filter(|name| name.starts_with(prefix)).count();
    assert!(count("docs-") > 100, "{}", count("docs-"));
    assert!((2..20).contains(&count("keys-")), "{names:?}");
    assert_eq!(count("keys-"), count("filter-"));
}

#[test]
fn documents_of_old_days_are_forgotten() {
    let options = IndexOptions { retain_days: Some(5), ..SMALL };
    let disk = VolumeFolder::holding(&Tree::new());
    let mut index = Index::open_in(Box::new(disk), options).unwrap();
    let mut model = Model::default();
    grow(&mut index, &mut model, 1..1500);
    model.check_all(&index, model.first_day(options), "the last days");
    assert!(index.len() < 500, "{}", index.len());
    assert!(!index.contains(1).unwrap());
    // Everything is too old at once.
    index.flush(1500).unwrap();
    put(&mut index, &mut model, 1500, Known { day: 100, keys: vec![hash(0)], record: b"new".to_vec() });
    index.flush(1501).unwrap();
    assert_eq!(index.len(), 1);
    model.check_all(&index, model.first_day(options), "the last day");
}

#[test]
fn a_document_that_comes_late_is_found_in_its_place() {
    let folder = in_memory_folder();
    let mut index = Index::open(folder.path(), SMALL).unwrap();
    let mut model = Model::default();
    let key = hash(1);
    for seq in (10..200).step_by(2) {
        put(&mut index, &mut model, seq, Known { day: 9, keys: vec![key], record: vec![1] });
    }
    index.flush(200).unwrap();
    put(&mut index, &mut model, 11, Known { day: 3, keys: vec![key, hash(2)], record: vec![2] });
    assert!(index.contains(11).unwrap() && !index.contains(13).unwrap());
    for _ in 0..2 {
        for from_day in [0, 5] {
            model.check(&index, &[key, hash(2)], u64::MAX, from_day, "late");
            model.check(&index, &[key], 11, from_day, "before it");
        }
        index.flush(200).unwrap();
        assert_eq!(index.persisted(), 200);
        drop(index);
        index = Index::open(folder.path(), SMALL).unwrap();
    }
    assert!(index.contains(11).unwrap() && !index.contains(13).unwrap());
}

#[test]
fn the_same_number_again_replaces() {
    let mut index = Index::in_memory();
    let mut model = Model::default();
    put(&mut index, &mut model, 5, Known { day: 1, keys: vec![hash(1), hash(2)], record: b"one".to_vec() });
    put(&mut index, &mut model, 6, Known { day: 1, keys: vec![hash(2)], record: b"two".to_vec() });
    put(&mut index, &mut model, 5, Known { day: 2, keys: vec![hash(2), hash(3)], record: b"three".to_vec() });
    model.check(&index, &[hash(1), hash(2), hash(3)], 10, 0, "replaced");
    assert_eq!(index.len(), 2);
}

#[test]
fn an_index_of_another_scheme_or_a_newer_format_is_refused() {
    let folder = in_memory_folder();
    drop(Index::open(folder.path(), SMALL).unwrap());
    let error = Index::open(folder.path(), IndexOptions { scheme: 4, ..SMALL }).unwrap_err();
    assert!(matches!(error, IndexError::Scheme { found: 3, wanted: 4 }), "{error}");
    let newer = "copydesk duplicates 2\nmore is not known\n";
    let newer = format!("{newer}end {}\n", crc32fast::hash(newer.as_bytes()));
    std::fs::write(folder.path().join("MANIFEST"), newer).unwrap();
    let error = Index::open(folder.path(), SMALL).unwrap_err();
    assert!(matches!(error, IndexError::Newer { found: 2, known: 1 }), "{error}");
}
