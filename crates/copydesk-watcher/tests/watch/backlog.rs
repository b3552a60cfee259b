//! What was there before.

use std::fs;
use std::time::Duration;

use copydesk_core::Source;
use copydesk_watcher::{FolderDeps, FolderOptions};

use crate::desk::{Desk, next, paths, taken};

const TREE: [&str; 9] = ["a-", "a.txt", "a/b", "a/b.c/d", "a/c", "a0", "b/a/a0", "b/a.txt", "c"];

#[tokio::test]
async fn a_backlog_comes_in_byte_order_of_path_however_it_was_written() {
    for once in [true, false] {
        let desk = Desk::new();
        for path in TREE.iter().rev().step_by(2).chain(TREE.iter().rev().skip(1).step_by(2)) {
            desk.write(path, path);
        }
        let mut source = desk.open(FolderOptions { once, ..desk.options() });
        let all = desk.take_many(&mut source, TREE.len()).await;
        let mut expected = TREE;
        expected.sort_unstable();
        assert_eq!(paths(&all), expected);
    }
}

#[tokio::test]
async fn once_ends_after_what_is_there() {
    let desk = Desk::new();
    let mut source = desk.open(desk.once());
    assert!(source.next().await.unwrap().is_none());
    drop(source);
    desk.write("a", "text");
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, [taken("a", "text")]);
    assert!(source.next().await.unwrap().is_none());
    drop(source);
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, []);
}

/// Fault: burst
#[tokio::test]
async fn nothing_is_read_that_the_queue_cannot_hold() {
    let desk = Desk::new();
    for idx in 0..500 {
        desk.write(&format!("{idx:03}"), "text");
    }
    let mut source = desk.open(desk.options());
    let first = next(&mut source).await;
    crate::desk::until("the queue is full", || desk.status.snapshot().claimed == 65).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(desk.status.snapshot().claimed, 65);
    assert_eq!(source.backlog(), Some(499));
    desk.settle(first);
    desk.take_many(&mut source, 499).await;
    crate::desk::until("nothing waits", || source.backlog() == Some(0)).await;
}

#[tokio::test]
async fn a_call_that_is_dropped_takes_no_file_with_it() {
    let desk = Desk::new();
    for idx in 0..300 {
        desk.write(&format!("{idx:03}"), "text");
    }
    let mut source = desk.open(desk.once());
    let mut all = Vec::new();
    loop {
        // Ready at once, or dropped at once.
        match tokio::time::timeout(Duration::ZERO, source.next()).await {
            Ok(delivery) => match delivery.unwrap() {
                Some(delivery) => all.push(desk.settle(delivery)),
                None => break,
            },
            Err(_) => tokio::task::yield_now().await,
        }
    }
    assert_eq!(all.len(), 300);
}

#[tokio::test]
async fn a_stop_ends_the_source_and_loses_nothing() {
    let desk = Desk::new();
    for idx in 0..200 {
        desk.write(&format!("{idx:03}"), "text");
    }
    let mut source = desk.open(desk.options());
    let first = desk.take(&mut source).await;
    desk.stop.send_replace(true);
    assert!(source.next().await.unwrap().is_none());
    assert!(source.next().await.unwrap().is_none());
    drop(source);
    desk.stop.send_replace(false);
    let mut source = desk.open(desk.once());
    let rest = desk.drain(&mut source).await;
    assert_eq!(rest.len(), 199);
    assert!(!rest.contains(&first));
}

#[tokio::test]
async fn excluded_folders_are_passed_over() {
    let desk = Desk::new();
    desk.write("a", "text");
    desk.write("state/ledger", "state");
    desk.write("later", "text");
    let deps =
        FolderDeps { exclude: vec![desk.inbox.join("state"), desk.inbox.join("later")], ..desk.deps() };
    let mut source = copydesk_watcher::FolderSource::open(desk.once(), deps).unwrap();
    assert_eq!(desk.drain(&mut source).await, [taken("a", "text")]);
}

#[tokio::test]
async fn what_is_said_of_a_file_is_right() {
    let desk = Desk::new();
    desk.write("a b/é.txt", "text");
    let mut source = desk.open(desk.once());
    let delivery = next(&mut source).await;
    assert_eq!(delivery.uri, format!("file://{}/a%20b/%C3%A9.txt", desk.inbox.display()));
    assert_eq!(delivery.stamp.size, 4);
    let known = [0x98, 0x2d, 0x9e, 0x3e, 0xb9, 0x96, 0xf5, 0x59];
    assert_eq!(delivery.hash[..8], known);
    assert_eq!(delivery.received, "2026-01-31T09:30:00Z");
    fs::remove_file(desk.inbox.join("a b/é.txt")).unwrap();
    assert_eq!(desk.settle(delivery).text, "text");
}
