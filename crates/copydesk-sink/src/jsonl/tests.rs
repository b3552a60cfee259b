use std::fs;
use std::io::Write;

use copydesk_core::Action;
use copydesk_testkit::{DiskFile, SinkTraits, parcel, revision, sink_conformance};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn sink_at(path: &Path) -> JsonlSink {
    let mut sink = JsonlSink::new(JsonlOptions { path: path.to_owned(), format: Format::default() });
    sink.patience = Duration::ZERO;
    sink
}

fn batch(numbers: std::ops::Range<u64>) -> Vec<Arc<Parcel>> {
    numbers.map(|n| Arc::new(parcel(n, &format!("Report {n}\nRain fell.")))).collect()
}

/// The file's lines, each parsed; its ids in order.
fn ids_of(path: &Path) -> Vec<ArticleId> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "the file ends with a whole line");
    let parse = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone();
    text.lines().map(|line| parse(line).as_str().unwrap().parse().unwrap()).collect()
}

fn ids(batch: &[Arc<Parcel>]) -> Vec<ArticleId> {
    batch.iter().map(|parcel| parcel.id).collect()
}

async fn filled(folder: &TempDir, batch: &[Arc<Parcel>]) -> PathBuf {
    let path = folder.path().join("a.jsonl");
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    sink.write(batch).await.unwrap();
    path
}

#[tokio::test]
async fn the_jsonl_sink_conforms() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new/folders/a.jsonl");
    sink_conformance(|| sink_at(&path), SinkTraits { holds: true, replaces: false, ..SinkTraits::default() })
        .await;
    let found = ids_of(&path);
    let mut distinct = found.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(found.len(), distinct.len(), "each article once");
}

#[tokio::test]
async fn a_line_that_is_no_json_for_its_form_feed_does_not_count_as_the_article() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..3);
    let path = folder.path().join("a.jsonl");
    let old = format!("\r{}\x0c\n{}\n", parcels[0].record, parcels[1].record);
    fs::write(&path, &old).unwrap();
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    sink.write(&parcels).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{old}{}\n", parcels[0].record));
}

#[tokio::test]
async fn a_file_cut_anywhere_is_completed() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..4);
    let path = filled(&folder, &parcels).await;
    let whole = fs::read(&path).unwrap();
    // Every byte around the ends of lines, and some of those between; each cut costs four syncs.
    let near_line_end = |at: usize| whole[at.saturating_sub(3)..whole.len().min(at + 3)].contains(&b'\n');
    for length in (0..=whole.len()).filter(|at| at % 29 == 0 || near_line_end(*at)) {
        fs::write(&path, &whole[..length]).unwrap();
        let mut sink = sink_at(&path);
        sink.open().await.unwrap();
        let _ = ids_of(&path);
        sink.write(&parcels).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole, "cut at {length}");
    }
}

#[tokio::test]
async fn a_torn_end_is_kept_beside_the_file() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..3);
    let path = filled(&folder, &parcels).await;
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"id\":\"half\n\0\0\0\0").unwrap();
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    assert_eq!(ids_of(&path), ids(&parcels));
    assert_eq!(fs::read(torn_path(&path)).unwrap(), b"{\"id\":\"half\n\0\0\0\0\n");
}

#[tokio::test]
async fn a_whole_last_line_without_line_feed_stays() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..3);
    let path = filled(&folder, &parcels).await;
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert!(!torn_path(&path).exists());
}

#[tokio::test]
async fn a_corrupt_line_in_the_middle_stays_and_is_reported() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..4);
    let path = filled(&folder, &parcels).await;
    let mut lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    lines[1].truncate(100);
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    let inspection = inspect(&path).unwrap();
    assert_eq!(inspection.ids, [parcels[0].id, parcels[2].id]);
    assert_eq!((inspection.corrupt[0].line, inspection.corrupt[0].bytes), (2, 101));
    sink.write(&parcels).await.unwrap();
    assert_eq!(inspect(&path).unwrap().ids, [parcels[0].id, parcels[2].id, parcels[1].id]);
    assert_eq!(sink.inventory().await.unwrap().unwrap().len(), 3);
}

#[tokio::test]
async fn a_rotated_file_is_begun_anew() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    sink.write(&batch(1..3)).await.unwrap();
    fs::rename(&path, folder.path().join("a.jsonl.1")).unwrap();
    sink.write(&batch(3..5)).await.unwrap();
    assert_eq!(ids_of(&path), ids(&batch(3..5)));
    fs::remove_file(&path).unwrap();
    sink.write(&batch(5..6)).await.unwrap();
    assert_eq!(ids_of(&path), ids(&batch(5..6)));
    // As `copytruncate` does.
    fs::write(&path, "").unwrap();
    sink.write(&batch(6..7)).await.unwrap();
    assert_eq!(ids_of(&path), ids(&batch(6..7)));
}

#[tokio::test]
async fn two_sinks_cannot_share_a_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut first = sink_at(&path);
    first.open().await.unwrap();
    let mut second = sink_at(&path);
    let error = second.open().await.unwrap_err();
    assert_eq!(error.action, Action::Stop);
    assert!(error.message.contains("in use by another"), "{error}");
    first.close().await.unwrap();
    second.open().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_appended_to_is_named() {
    let folder = TempDir::new().unwrap();
    let error = sink_at(folder.path()).open().await.unwrap_err();
    assert_eq!(error.action, Action::Stop);
    assert!(error.message.contains("no regular file"), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    // Somebody may take it out of the way while the program runs.
    let error = sink_at(&file.join("a.jsonl")).open().await.unwrap_err();
    assert!(matches!(error.action, Action::Retry(_)), "{error}");
}

#[tokio::test]
async fn what_was_put_but_not_committed_is_rolled_back() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..4);
    let path = filled(&folder, &parcels[..1]).await;
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    let committed = fs::read(&path).unwrap();
    {
        // As after a failed write whose end could not be cut off at once.
        let mut file = sink.file.lock().unwrap();
        let mut store = file.store.take().unwrap();
        let fresh = store.missing(&parcels, Format::default()).unwrap();
        store.put(&fresh).unwrap();
        file.distrust = Some(store.distrust());
    }
    assert!(fs::read(&path).unwrap().len() > committed.len());
    sink.open().await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), committed, "what was not synced is not trusted");
    sink.write(&parcels).await.unwrap();
    assert_eq!(ids_of(&path), ids(&parcels));
}

#[tokio::test]
async fn a_record_that_is_no_line_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    let good = parcel(1, "Rain fell.");
    for record in [good.record.replace(',', ",\n"), "{}".to_owned(), parcel(2, "Other.").record] {
        let error = sink.write(&[Arc::new(Parcel { record, ..good.clone() })]).await.unwrap_err();
        assert_eq!(error.action, Action::Quarantine, "{error}");
    }
    assert_eq!(ids_of(&path), []);
}

#[tokio::test]
async fn a_revision_names_what_it_supersedes() {
    let folder = TempDir::new().unwrap();
    let old = parcel(1, "Old");
    let new = revision(2, "New", Some(old.id));
    let path = filled(&folder, &[Arc::new(old.clone()), Arc::new(new)]).await;
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.lines().last().unwrap().contains(&format!("\"supersedes\":\"{}\"", old.id)));
}

/// A sink with an index beside the file, and both paths.
fn indexed(folder: &TempDir) -> (JsonlSink, PathBuf, PathBuf) {
    let (path, index) = (folder.path().join("a.jsonl"), folder.path().join("state/a.index"));
    let mut sink = JsonlSink::with_index(
        JsonlOptions { path: path.clone(), format: Format::default() },
        Some(index.clone()),
    );
    sink.patience = Duration::ZERO;
    (sink, path, index)
}

async fn rewrite(folder: &TempDir, batch: &[Arc<Parcel>]) {
    let (mut sink, ..) = indexed(folder);
    sink.open().await.unwrap();
    sink.write(batch).await.unwrap();
    sink.close().await.unwrap();
}

#[tokio::test]
async fn an_index_saves_reading_the_file_and_only_that() {
    let folder = TempDir::new().unwrap();
    let (_, path, index) = indexed(&folder);
    rewrite(&folder, &batch(1..40)).await;
    let early = fs::read(&index).unwrap();
    rewrite(&folder, &batch(20..60)).await;
    assert_eq!(ids_of(&path), ids(&batch(1..60)), "what the index knows is not written again");
    // An index of an earlier length, as a crash leaves it: the rest is read.
    fs::write(&index, &early).unwrap();
    rewrite(&folder, &batch(1..70)).await;
    assert_eq!(ids_of(&path), ids(&batch(1..70)));
    // That it is used at all shows when a line is made unreadable behind its back, in the middle of the file,
    // where nothing looks.
    rewrite(&folder, &batch(70..1000)).await;
    let mut bytes = fs::read(&path).unwrap();
    let start = 8000 + bytes[8000..].iter().position(|byte| *byte == b'\n').unwrap() + 1;
    assert!(start < bytes.len() - (80 << 10), "behind the head, before the tail");
    bytes[start..start + 20].fill(b' ');
    fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(&bytes).unwrap();
    let length = bytes.len();
    rewrite(&folder, &batch(1..1000)).await;
    assert_eq!(fs::read(&path).unwrap().len(), length, "nothing is missing to one that trusts the index");
    fs::remove_file(&index).unwrap();
    rewrite(&folder, &batch(1..1000)).await;
    assert!(fs::read(&path).unwrap().len() > length, "one that reads the file finds the line gone");
}

#[tokio::test]
async fn an_index_of_another_file_is_not_believed() {
    let folder = TempDir::new().unwrap();
    let (_, path, index) = indexed(&folder);
    let all = batch(1..40);
    let wanted = ids(&all);
    rewrite(&folder, &all).await;
    let (whole, good) = (fs::read(&path).unwrap(), fs::read(&index).unwrap());
    let line_end = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let without_first = whole[line_end..].to_vec();
    // Shorter, as long but with another end, another file of the same bytes but one line, none at all.
    fs::write(&path, &without_first).unwrap();
    rewrite(&folder, &all).await;
    assert_eq!(ids_of(&path).len(), wanted.len(), "a line that was taken out comes again");
    fs::write(&index, &good).unwrap();
    fs::write(&path, [&without_first[..], &vec![b' '; line_end - 1], b"\n"].concat()).unwrap();
    rewrite(&folder, &all).await;
    assert!(fs::read_to_string(&path).unwrap().contains(&wanted[0].to_string()));
    fs::write(&index, &good).unwrap();
    let moved = folder.path().join("moved");
    fs::write(&moved, &whole[..line_end]).unwrap();
    fs::rename(&moved, &path).unwrap();
    rewrite(&folder, &all).await;
    assert_eq!(ids_of(&path), wanted);
    // Damaged, cut off, empty.
    for bytes in [&good[1..], &good[..good.len() - 7], &[0; 200][..], &[][..]] {
        fs::write(&index, bytes).unwrap();
        fs::remove_file(&path).unwrap();
        rewrite(&folder, &all).await;
        assert_eq!(ids_of(&path), wanted);
    }
}

#[tokio::test]
async fn a_hole_is_taken_out_and_what_lies_behind_it_stays() {
    let folder = TempDir::new().unwrap();
    let parcels = batch(1..4);
    let path = filled(&folder, &parcels).await;
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('\n', "\n{\"id\":\"\0\0\n", 1)).unwrap();
    let mut sink = sink_at(&path);
    sink.open().await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fs::read(torn_path(&path)).unwrap(), b"{\"id\":\"\0\0\n");
    sink.write(&batch(1..5)).await.unwrap();
    assert_eq!(ids_of(&path), ids(&batch(1..5)));
    assert!(!folder.path().join("a.jsonl.mending").exists());
}

/// Whatever the power leaves of an append that was not acknowledged, and of the recovery after it: what was
/// acknowledged stays, each article is there once, and every line is whole.
#[test]
fn acknowledged_lines_survive_a_power_loss() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let strategy = (prop::collection::vec((1..6_u64, any::<bool>()), 1..6), any::<u64>());
    proptest!(config, |((batches, seed) in strategy)| {
        runtime.block_on(lose_power_again_and_again(&batches, seed));
    });
}

/// Each batch is of so many articles, and lost with the power or acknowledged.
async fn lose_power_again_and_again(batches: &[(u64, bool)], seed: u64) {
    let mut state = seed;
    let mut choose = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut acknowledged: Vec<ArticleId> = Vec::new();
    let mut next = 1;
    for (n_articles, lost) in batches {
        let parcels = batch(next..next + n_articles);
        next += n_articles;
        let mut sink = sink_at(&path);
        sink.open().await.unwrap();
        let before = fs::read(&path).unwrap();
        sink.write(&parcels).await.unwrap();
        sink.close().await.unwrap();
        if !lost {
            acknowledged.extend(ids(&parcels));
            continue;
        }
        let after = fs::read(&path).unwrap();
        let mut disk = DiskFile::holding(before.clone());
        disk.write(before.len(), &after[before.len()..]);
        fs::write(&path, disk.after_power_loss(64, &mut choose)).unwrap();
        // And once more, while the recovery has not been synced.
        let torn = fs::read(&path).unwrap();
        let mut sink = sink_at(&path);
        sink.open().await.unwrap();
        sink.close().await.unwrap();
        let mended = fs::read(&path).unwrap();
        if torn.starts_with(&mended) {
            let mut disk = DiskFile::holding(torn);
            disk.cut(mended.len());
            fs::write(&path, disk.after_power_loss(64, &mut choose)).unwrap();
        }
        let mut sink = sink_at(&path);
        sink.open().await.unwrap();
        let found = ids_of(&path);
        assert!(acknowledged.iter().all(|id| found.contains(id)), "acknowledged, and lost");
        // What was not acknowledged comes again.
        sink.write(&parcels).await.unwrap();
        acknowledged.extend(ids(&parcels));
    }
    let (mut found, mut wanted) = (ids_of(&path), acknowledged);
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[tokio::test]
async fn each_article_is_once_in_the_file_whatever_its_format() {
    let parcels = batch(1..4);
    let expected = ids(&parcels);
    for format in [Format::Ninjs, Format::Jsonld] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.jsonl");
        for _ in 0..2 {
            let mut sink = JsonlSink::new(JsonlOptions { path: path.clone(), format });
            sink.open().await.unwrap();
            sink.write(&parcels).await.unwrap();
            sink.close().await.unwrap();
        }
        // A torn end is taken off, and what it held is written again.
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, whole.get(..whole.len() - 40).unwrap()).unwrap();
        let mut sink = JsonlSink::new(JsonlOptions { path: path.clone(), format });
        sink.open().await.unwrap();
        sink.write(&parcels).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "{format:?}");
        assert_eq!(inspect(&path).unwrap().ids, expected, "{format:?}");
        let heads = read_lines(&path).unwrap().into_iter().map(|line| line.head.unwrap().id);
        assert_eq!(heads.collect::<Vec<ArticleId>>(), expected, "{format:?}");
    }
}
