//! Folders that come and go: new trees, trees renamed in, and the root itself.

use std::fs;
use std::time::{Duration, Instant};

use copydesk_core::Source;
use copydesk_watcher::{FolderOptions, Trouble, WatchMode};

use crate::desk::{Desk, paths, sorted, taken, until};

#[tokio::test]
async fn files_written_right_after_their_folders_are_all_taken() {
    let desk = Desk::new();
    let mut source = desk.watch(desk.options()).await;
    let inbox = desk.inbox.clone();
    let writer = std::thread::spawn(move || {
        for idx in 0..600 {
            let folder = inbox.join(format!("{}/{}/{}", idx % 7, idx % 31, idx % 101));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("{idx}.txt")), "text").unwrap();
        }
    });
    let mut names = paths(&desk.take_many(&mut source, 600).await);
    writer.join().unwrap();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 600);
}

#[tokio::test]
async fn a_tree_that_is_renamed_in_is_taken_whole_and_watched() {
    let desk = Desk::new();
    let mut source = desk.watch(desk.options()).await;
    for idx in 0..300 {
        let folder = desk.outside.join(format!("tree/{}/{}", idx % 5, idx % 11));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(idx.to_string()), "text").unwrap();
    }
    fs::rename(desk.outside.join("tree"), desk.inbox.join("tree")).unwrap();
    assert_eq!(desk.take_many(&mut source, 300).await.len(), 300);
    desk.write("tree/0/0/later", "later");
    assert_eq!(desk.take(&mut source).await, taken("tree/0/0/later", "later"));
    // Renamed within: the files have new paths, and the watches go along.
    fs::rename(desk.inbox.join("tree/0"), desk.inbox.join("moved")).unwrap();
    let all = desk.take_many(&mut source, 61).await;
    assert!(all.iter().all(|taken| taken.path.starts_with(b"moved/")));
    desk.write("moved/0/last", "last");
    assert_eq!(desk.take(&mut source).await, taken("moved/0/last", "last"));
    // By events alone, where there are any.
    let snapshot = desk.status.snapshot();
    assert!(snapshot.scans == 1 || snapshot.degraded);
}

#[tokio::test]
async fn a_root_that_is_re_created_is_taken_up_within_two_seconds() {
    let desk = Desk::new();
    let mut source = desk.open(desk.options());
    for round in 0..2 {
        let name = format!("{round}");
        desk.write(&name, &name);
        assert_eq!(desk.take(&mut source).await, taken(&name, &name));
        fs::remove_dir_all(&desk.inbox).unwrap();
        if round > 0 {
            until("it is missed", || desk.status.snapshot().root_lost > round).await;
            assert_eq!(desk.status.troubles().collect::<Vec<_>>(), [Trouble::FolderGone]);
        }
        fs::create_dir(&desk.inbox).unwrap();
        let begun = Instant::now();
        desk.write("backlog", &name);
        assert_eq!(desk.take(&mut source).await, taken("backlog", &name));
        // Two seconds, the wait for a file that only a scan has seen, and what a busy machine takes.
        assert!(begun.elapsed() < Duration::from_secs(2) + desk.options().settle + Duration::from_secs(2));
    }
    // Moved away, and another in its place.
    fs::rename(&desk.inbox, desk.outside.join("old")).unwrap();
    fs::create_dir(&desk.inbox).unwrap();
    desk.write("new", "new");
    assert_eq!(desk.take(&mut source).await, taken("new", "new"));
    fs::write(desk.outside.join("old/other"), "none of ours").unwrap();
    desk.write("last", "last");
    assert_eq!(desk.take(&mut source).await, taken("last", "last"));
    assert!(!desk.status.degraded());
}

#[tokio::test]
async fn a_folder_that_is_re_created_is_watched_again() {
    let desk = Desk::new();
    let mut source = desk.open(desk.options());
    for round in 0..8 {
        let text = round.to_string();
        desk.write("sub/deep/a", &text);
        assert_eq!(desk.take(&mut source).await, taken("sub/deep/a", &text));
        fs::remove_dir_all(desk.inbox.join("sub")).unwrap();
    }
}

#[tokio::test]
async fn scans_alone_find_everything() {
    let desk = Desk::new();
    desk.write("a", "a");
    let mut source = desk.open(FolderOptions { watch: WatchMode::Poll, ..desk.options() });
    assert_eq!(desk.take(&mut source).await, taken("a", "a"));
    desk.write("sub/b", "b");
    fs::hard_link(desk.inbox.join("a"), desk.inbox.join("c")).unwrap();
    fs::rename(desk.inbox.join("a"), desk.inbox.join("d")).unwrap();
    let all = sorted(desk.take_many(&mut source, 3).await);
    assert_eq!(all, [taken("c", "a"), taken("d", "a"), taken("sub/b", "b")]);
    assert!(!desk.status.snapshot().degraded);
}

#[tokio::test]
async fn a_reconciling_scan_finds_what_no_event_told() {
    let desk = Desk::new();
    let options = FolderOptions { reconcile: Duration::from_millis(50), ..desk.options() };
    let mut source = desk.open(options);
    until("scans", || desk.status.snapshot().scans > 3).await;
    desk.write("a", "a");
    assert_eq!(desk.take(&mut source).await, taken("a", "a"));
    let idle = tokio::time::timeout(Duration::from_millis(300), source.next()).await;
    assert!(idle.is_err());
}

/// Fault: delete_during_processing
#[tokio::test]
async fn a_candidate_that_vanishes_is_counted_as_gone() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { quiet: Duration::from_secs(600), ..desk.options() }).await;
    let path = desk.write("a", "text");
    until("it waits", || source.backlog() == Some(1)).await;
    fs::remove_file(path).unwrap();
    until("it is gone", || desk.status.snapshot().gone == 1).await;
    fs::write(desk.outside.join("b"), "b").unwrap();
    fs::rename(desk.outside.join("b"), desk.inbox.join("b")).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("b", "b"));
}
