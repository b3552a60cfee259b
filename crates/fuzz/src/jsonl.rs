//! A JSONL sink over a file that holds any bytes.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use copydesk_core::{Action, ArticleId, Parcel, Seq, Sink};
use copydesk_sink::{Format, Inspection, JsonlOptions, JsonlSink, inspect};
use serde_json::{Value, json};

/// Whole lines stay, a torn end is set aside, and what is written then is there, each article once.
pub fn run(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(recover(&unescaped(bytes)));
}

/// The input with the ids of the parcels in it, so that a file may hold what is to be written: `\x01` and a byte
/// stand for the record of a parcel, and `\x02` and a byte for its id.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.clone().next()) {
            (1, Some(number)) => file.extend_from_slice(parcel(*number & 3).record.as_bytes()),
            (2, Some(number)) => file.extend_from_slice(id(*number & 3).to_string().as_bytes()),
            _ => {
                file.push(*byte);
                continue;
            }
        }
        bytes.next();
    }
    file
}

fn id(number: u8) -> ArticleId {
    ArticleId::from_bytes([0xa0 | number; 32])
}

fn parcel(number: u8) -> Parcel {
    Parcel {
        seq: Seq(u64::from(number) + 1),
        id: id(number),
        supersedes: None,
        amends: None,
        story: None,
        uri: format!("file:/in/{number}.txt"),
        title: None,
        published: None,
        language: None,
        duplicate_of: None,
        story_id: None,
        text: "Rain fell.".to_owned(),
        record: json!({ "id": id(number), "title": null, "text": "Rain fell." }).to_string(),
    }
}

async fn recover(old: &[u8]) {
    let folder = super::folder();
    let path = folder.path().join("a.jsonl");
    let index = Some(folder.path().join("a.index"));
    fs::write(&path, old).expect("a file in a temporary folder");
    let before = inspect(&path).expect("any file can be looked at");
    let mut sink =
        JsonlSink::with_index(JsonlOptions { path: path.clone(), format: Format::default() }, index.clone());
    sink.open().await.expect("any file can be opened");
    let opened = fs::read(&path).expect("the file is there");
    let aside = fs::read(folder.path().join("a.jsonl.torn")).unwrap_or_default();
    check_kept(old, &opened, &aside);
    let after = inspect(&path).expect("any file can be looked at");
    assert_eq!(all(&after), all(&before), "no record is lost");

    let batch: Vec<Arc<Parcel>> = (0..4).map(|number| Arc::new(parcel(number))).collect();
    sink.write(&batch).await.expect("a file that was opened can be written");
    sink.write(&batch).await.expect("a repeat changes nothing");
    let written = fs::read(&path).expect("the file is there");
    assert!(written.starts_with(&opened), "the file is append-only");
    let held = inspect(&path).expect("any file can be looked at");
    assert_eq!(held.doubled, after.doubled, "nothing is doubled");
    let claimed = claims(&opened);
    for parcel in &batch {
        assert!(held.ids.contains(&parcel.id) || claimed.contains(&parcel.id), "{} is not there", parcel.id);
    }
    sink.close().await.expect("a sink can be closed");

    let mut again =
        JsonlSink::with_index(JsonlOptions { path: path.clone(), format: Format::default() }, index);
    again.open().await.expect("what was written can be opened");
    again.write(&batch).await.expect("a repeat changes nothing");
    assert_eq!(fs::read(&path).ok(), Some(written), "a restart changes nothing");
    let wrong = Arc::new(Parcel { id: id(9), ..parcel(0) });
    let refused = again.write(&[wrong]).await.expect_err("a record that is not the parcel's is refused");
    assert_eq!(refused.action, Action::Quarantine, "a bad record is the article's fault");
}

/// What is kept stays in its order, what is not is set aside in its order, and between them nothing is lost.
fn check_kept(old: &[u8], opened: &[u8], aside: &[u8]) {
    assert!(opened.is_empty() || opened.ends_with(b"\n"), "the file ends with a whole line");
    assert!(!opened.contains(&0), "the file has no holes");
    let line = |line: &[u8]| line.strip_suffix(b"\n").unwrap_or(line).to_vec();
    let mut kept = opened.split_inclusive(|byte| *byte == b'\n').map(line).peekable();
    let mut removed = Vec::new();
    for piece in old.split_inclusive(|byte| *byte == b'\n') {
        if kept.next_if_eq(&line(piece)).is_none() {
            assert!(piece.contains(&0) || kept.peek().is_none(), "only holes and a torn end go");
            removed.extend_from_slice(piece);
        }
    }
    assert_eq!(kept.next(), None, "every line was there before");
    // A torn end is set aside with a line feed behind it.
    let expected = [removed.clone(), [&removed[..], b"\n"].concat()];
    assert!(expected.iter().any(|expected| expected == aside), "what goes is set aside: {aside:?}");
}

fn all(inspection: &Inspection) -> BTreeSet<ArticleId> {
    inspection.ids.iter().copied().collect()
}

/// Articles that a line inside the file claims to be, though it is no JSON: they look whole from both ends, as
/// only foreign hands can make them, and `verify` tells them.
fn claims(file: &[u8]) -> Vec<ArticleId> {
    let whole = |line: &&[u8]| {
        let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        end.is_some_and(|end| line[end] == b'}') && serde_json::from_slice::<Value>(line).is_err()
    };
    let id = |line: &[u8]| std::str::from_utf8(line.get(7..71)?).ok()?.parse().ok();
    file.split(|byte| *byte == b'\n').filter(whole).filter_map(id).collect()
}
