//! What a second run does about what the first one knew.

use std::fs::{self, File};
use std::time::Duration;

use copydesk_core::{Outcome, Source};
use copydesk_watcher::{FolderError, FolderLock, FolderOptions, FolderSource};

use crate::desk::{Desk, next, taken};

#[tokio::test]
async fn settled_files_are_not_read_again_and_pending_ones_are() {
    let desk = Desk::new();
    desk.write("a", "settled");
    desk.write("b", "pending");
    desk.write("c", "never seen");
    let mut source = desk.open(desk.once());
    desk.take(&mut source).await;
    let pending = next(&mut source).await;
    desk.ledger.record(&pending, false);
    drop((pending, source));
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, [taken("b", "pending"), taken("c", "never seen")]);
}

#[tokio::test]
async fn the_same_bytes_under_a_new_stamp_are_no_new_work() {
    let desk = Desk::new();
    let path = desk.write("a", "text");
    let mut source = desk.open(desk.once());
    desk.drain(&mut source).await;
    drop(source);
    let later = fs::metadata(&path).unwrap().modified().unwrap() - Duration::from_secs(60);
    File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    for n_restamped in [1, 1] {
        let mut source = desk.open(desk.once());
        assert_eq!(desk.drain(&mut source).await, []);
        assert_eq!(desk.ledger.restamped().len(), n_restamped);
    }
    assert_eq!(desk.status.snapshot().unchanged, 1);
}

#[tokio::test]
async fn new_bytes_under_an_old_name_are_a_new_revision() {
    let desk = Desk::new();
    desk.write("a", "one");
    let mut source = desk.open(desk.once());
    desk.drain(&mut source).await;
    drop(source);
    desk.write("a", "two");
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, [taken("a", "two")]);
}

#[tokio::test]
async fn a_lost_file_is_offered_again_after_a_restart_or_a_change_alone() {
    let desk = Desk::new();
    desk.write("a", "text");
    let options = FolderOptions { reconcile: Duration::from_millis(50), ..desk.options() };
    let mut source = desk.open(options.clone());
    drop(next(&mut source).await);
    let again = tokio::time::timeout(Duration::from_secs(1), source.next()).await;
    assert!(again.is_err());
    desk.write("a", "changed");
    drop(next(&mut source).await);
    drop(source);
    let mut source = desk.open(options);
    assert_eq!(desk.take(&mut source).await, taken("a", "changed"));
}

#[tokio::test]
async fn a_retry_comes_after_its_time_and_before_the_end() {
    let desk = Desk::new();
    desk.write("a", "text");
    let mut source = desk.open(desk.once());
    next(&mut source).await.receipt.settle(Outcome::Retry(Duration::from_millis(50)));
    next(&mut source).await.receipt.settle(Outcome::Retry(Duration::ZERO));
    assert_eq!(desk.drain(&mut source).await, [taken("a", "text")]);
}

#[tokio::test]
async fn a_second_source_on_the_folder_is_an_error_that_names_the_first() {
    let desk = Desk::new();
    let source = desk.open(desk.options());
    let error = FolderSource::open(desk.options(), desk.deps()).err().unwrap();
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    assert!(matches!(FolderLock::acquire(&desk.inbox), Err(FolderError::Locked { .. })));
    drop(source);
    drop(FolderLock::acquire(&desk.inbox).unwrap());
    drop(desk.open(desk.options()));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error_that_names_it() {
    let desk = Desk::new();
    for (path, expected) in
        [("", "needs a `path`"), ("/nowhere/inbox", "/nowhere/inbox"), ("/etc/hostname", "hostname")]
    {
        let error = FolderSource::open(FolderOptions::new(path), desk.deps()).err().unwrap();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
