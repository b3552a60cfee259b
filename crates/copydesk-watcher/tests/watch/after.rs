//! What becomes of settled files.

use std::fs;

use copydesk_core::Outcome;
use copydesk_watcher::{After, FolderError, FolderOptions, FolderSource};

use crate::desk::{Desk, named, next, taken, until};

#[tokio::test]
async fn a_settled_file_moves_to_done_by_its_path() {
    let desk = Desk::new();
    let options = FolderOptions { after: After::Move, once: true, ..desk.options() };
    desk.write("sub/a", "a");
    desk.write("b", "b");
    fs::write(named(&desk.inbox, b"\xff\n"), "c").unwrap();
    let mut source = desk.open(options);
    desk.drain(&mut source).await;
    assert_eq!(fs::read_to_string(desk.inbox.join("done/sub/a")).unwrap(), "a");
    assert_eq!(fs::read_to_string(desk.inbox.join("done/b")).unwrap(), "b");
    assert_eq!(fs::read_to_string(named(&desk.inbox.join("done"), b"\xff\n")).unwrap(), "c");
    assert!(!desk.inbox.join("b").exists());
    assert_eq!(desk.status.snapshot().disposed, 3);
}

#[tokio::test]
async fn the_same_name_again_gets_a_number_in_done() {
    let desk = Desk::new();
    let done = desk.outside.join("elsewhere/done");
    let options = FolderOptions { after: After::Move, done: Some(done.clone()), ..desk.options() };
    let mut source = desk.open(options);
    let long = "x".repeat(255);
    for text in ["one", "two"] {
        desk.write(&long, text);
        assert_eq!(desk.take(&mut source).await, taken(&long, text));
    }
    let cut = format!("{}.1", "x".repeat(253));
    assert_eq!(fs::read_to_string(done.join(&long)).unwrap(), "one");
    assert_eq!(fs::read_to_string(done.join(cut)).unwrap(), "two");
}

#[tokio::test]
async fn the_same_bytes_again_are_cleared_away_without_a_delivery() {
    let desk = Desk::new();
    let mut source = desk.open(FolderOptions { after: After::Move, ..desk.options() });
    desk.write("a", "text");
    desk.take(&mut source).await;
    desk.write("a", "text");
    until("the second is moved too", || desk.inbox.join("done/a.1").exists()).await;
    assert!(!desk.inbox.join("a").exists());
    assert_eq!(desk.status.snapshot().claimed, 1);
}

#[tokio::test]
async fn a_settled_file_is_deleted_and_a_newer_one_is_not() {
    let desk = Desk::new();
    let mut source = desk.open(FolderOptions { after: After::Delete, ..desk.options() });
    desk.write("a", "text");
    desk.take(&mut source).await;
    assert!(!desk.inbox.join("a").exists());
    desk.write("b", "old");
    let delivery = next(&mut source).await;
    desk.write("b", "newer");
    desk.settle(delivery);
    assert!(desk.inbox.join("b").exists());
    assert_eq!(desk.take(&mut source).await, taken("b", "newer"));
    assert!(!desk.inbox.join("b").exists());
}

#[tokio::test]
async fn a_file_in_quarantine_by_reference_or_lost_stays() {
    let desk = Desk::new();
    let options = FolderOptions { after: After::Delete, once: true, ..desk.options() };
    desk.write("a", "referenced");
    desk.write("b", "lost");
    let mut source = desk.open(options);
    next(&mut source).await.receipt.settle(Outcome::Referenced);
    drop(next(&mut source).await);
    assert_eq!(desk.drain(&mut source).await, []);
    assert!(desk.inbox.join("a").exists() && desk.inbox.join("b").exists());
}

#[tokio::test]
async fn a_crash_between_commit_and_move_is_made_good() {
    for after in [After::Move, After::Delete] {
        let desk = Desk::new();
        let options = FolderOptions { after, once: true, ..desk.options() };
        desk.write("a", "text");
        desk.write("b", "text");
        let mut source = desk.open(options.clone());
        for settled in [true, false] {
            // The ledger's commit is the last that happened.
            let delivery = next(&mut source).await;
            desk.ledger.record(&delivery, settled);
            drop(delivery);
        }
        drop(source);
        assert!(desk.inbox.join("a").exists());
        let mut source = desk.open(options);
        assert_eq!(desk.drain(&mut source).await, [taken("b", "text")]);
        assert!(!desk.inbox.join("a").exists() && !desk.inbox.join("b").exists());
        assert_eq!(desk.inbox.join("done/a").exists(), after == After::Move);
    }
}

#[tokio::test]
async fn what_was_moved_is_no_news_when_files_are_kept_or_deleted_later() {
    let desk = Desk::new();
    desk.write("a", "text");
    let mut source = desk.open(FolderOptions { after: After::Move, ..desk.options() });
    let delivery = next(&mut source).await;
    desk.settle(delivery);
    drop(source);
    for after in [After::Keep, After::Delete] {
        desk.write("b", &format!("{after:?}"));
        let mut source = desk.open(FolderOptions { after, once: true, ..desk.options() });
        assert_eq!(desk.drain(&mut source).await, [taken("b", &format!("{after:?}"))]);
        assert_eq!(fs::read_to_string(desk.inbox.join("done/a")).unwrap(), "text");
    }
}

#[tokio::test]
async fn a_folder_called_done_is_watched_where_nothing_was_moved() {
    let desk = Desk::new();
    desk.write("done/a", "text");
    let mut source = desk.open(FolderOptions { once: true, ..desk.options() });
    assert_eq!(desk.drain(&mut source).await, [taken("done/a", "text")]);
}

#[tokio::test]
async fn a_receipt_outlives_its_source() {
    let desk = Desk::new();
    desk.write("a", "text");
    let mut source = desk.open(FolderOptions { after: After::Move, ..desk.options() });
    let delivery = next(&mut source).await;
    drop(source);
    desk.settle(delivery);
    assert!(desk.inbox.join("done/a").exists());
}

#[tokio::test]
async fn the_marker_goes_with_its_file() {
    let desk = Desk::new();
    let options = FolderOptions {
        after: After::Delete,
        require_marker: Some(".ok".into()),
        once: true,
        ..desk.options()
    };
    desk.write("a", "text");
    desk.write("a.ok", "");
    let mut source = desk.open(options);
    assert_eq!(desk.drain(&mut source).await, [taken("a", "text")]);
    assert_eq!(fs::read_dir(&desk.inbox).unwrap().count(), 0);
}

#[tokio::test]
async fn a_done_folder_that_is_a_file_is_an_error() {
    let desk = Desk::new();
    desk.write("done", "a file");
    let options = FolderOptions { after: After::Move, ..desk.options() };
    let error = FolderSource::open(options, desk.deps()).err().unwrap();
    assert!(matches!(error, FolderError::Done { .. }), "{error}");
}
