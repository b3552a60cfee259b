//! An index of each format as it was written once: it must open for ever.

use std::path::PathBuf;

use copydesk_deduplicator::index::{Index, IndexOptions, inspect};

use crate::answers::{in_memory_folder, put};
use crate::model::{Known, Model, hash};

/// What the fixtures were made with.
const OPTIONS: IndexOptions = IndexOptions { memory: 64 << 10, retain_days: None, scheme: 7 };
/// The documents of the fixtures have smaller numbers.
const END: u64 = 400;
/// The one that came after later ones were written.
const LATE: u64 = 70;

fn fixture(format: u32) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/index-{format}"))
}

/// A document of the fixtures: keys of its own, some that it shares with few, and one that all have.
fn document(seq: u64) -> Known {
    let own = (0..3).map(|n| hash(seq * 10 + n));
    let keys = own.chain([hash(1_000_000 + seq / 5), hash(2_000_000 + seq % 9), hash(3_000_000)]);
    let record = format!("what is remembered of {seq}").into_bytes();
    Known { day: (seq / 30) as u32, keys: keys.collect(), record }
}

fn fill(index: &mut Index, model: &mut Model) {
    for seq in (1..END).filter(|seq| *seq != LATE) {
        put(index, model, seq, document(seq));
        if seq == 300 {
            put(index, model, LATE, document(LATE));
        }
        index.settle(seq + 1).unwrap();
    }
    index.flush(END).unwrap();
}

#[test]
fn an_index_of_format_1_opens_answers_and_goes_on() {
    let folder = in_memory_folder();
    for entry in std::fs::read_dir(fixture(1)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let inspection = inspect(folder.path()).unwrap();
    assert!(inspection.damage.is_empty(), "{:?}", inspection.damage);
    let mut model = Model::default();
    (1..END).for_each(|seq| model.insert(seq, document(seq)));
    let mut index = Index::open(folder.path(), OPTIONS).unwrap();
    assert_eq!((index.persisted(), index.len()), (END, END - 1));
    for from_day in [0, 6] {
        model.check_all(&index, from_day, "as it was written");
    }
    for seq in END..2 * END {
        put(&mut index, &mut model, seq, document(seq));
        index.settle(seq + 1).unwrap();
    }
    index.flush(2 * END).unwrap();
    model.check_all(&Index::open(folder.path(), OPTIONS).unwrap(), 6, "gone on with");
}

/// To be run once for a new format, whose fixture is then kept.
#[test]
#[ignore = "writes the fixture of the format of today, if there is none"]
fn the_fixture_of_today() {
    let made = in_memory_folder();
    fill(&mut Index::open(made.path(), OPTIONS).unwrap(), &mut Model::default());
    let title = std::fs::read_to_string(made.path().join("MANIFEST")).unwrap();
    let format = title.lines().next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(!fixture(format).exists(), "the fixture of format {format} stays as it is");
    std::fs::create_dir_all(fixture(format)).unwrap();
    for entry in std::fs::read_dir(made.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), fixture(format).join(entry.file_name())).unwrap();
    }
}
