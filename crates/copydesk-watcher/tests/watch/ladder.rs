//! When a file is complete.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use copydesk_core::{Outcome, Source};
use copydesk_watcher::{FolderOptions, WatchMode};

use crate::desk::{Desk, LONG, next, paths, sorted, taken};

/// Shorter than the writers pause.
const SHORT: Duration = Duration::from_millis(40);

async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Writes in place, in pieces, with a pause between them that is longer than any wait.
async fn write_slowly(path: PathBuf, idx: u64) {
    let mut file = File::create(&path).unwrap();
    for piece in 0..4 {
        writeln!(file, "piece {piece} of {idx}").unwrap();
        file.flush().unwrap();
        pause(150 + idx % 7 * 20).await;
    }
    writeln!(file, "end").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_writers_in_place_leave_no_half_file() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { settle: SHORT, grace: SHORT, ..desk.options() }).await;
    let writers: Vec<_> = (0..150)
        .map(|idx| tokio::spawn(write_slowly(desk.inbox.join(format!("{idx:03}.txt")), idx)))
        .collect();
    let all = desk.take_many(&mut source, 150).await;
    for writer in writers {
        writer.await.unwrap();
    }
    for one in &all {
        assert!(one.text.ends_with("\nend\n") && one.text.lines().count() == 5, "{one:?}");
    }
    let mut names = paths(&all);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 150);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_writers_seen_by_scans_alone_leave_no_half_file() {
    let desk = Desk::new();
    let options = FolderOptions {
        watch: WatchMode::Poll,
        poll: Duration::from_millis(20),
        settle: SHORT,
        grace: SHORT,
        ..desk.options()
    };
    let mut source = desk.open(options);
    let writers: Vec<_> = (0..20)
        .map(|idx| {
            let path = desk.inbox.join(format!("{idx:03}.txt"));
            tokio::spawn(async move {
                let mut file = File::create(&path).unwrap();
                for piece in 0..4 {
                    writeln!(file, "piece {piece}").unwrap();
                    pause(120).await;
                }
                writeln!(file, "end").unwrap();
            })
        })
        .collect();
    for one in desk.take_many(&mut source, 20).await {
        assert!(one.text.ends_with("\nend\n"), "{one:?}");
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn the_first_of_two_writers_closing_is_not_the_end() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { settle: SHORT, ..desk.options() }).await;
    let path = desk.inbox.join("a");
    let mut first = File::create(&path).unwrap();
    writeln!(first, "first").unwrap();
    let mut second = OpenOptions::new().append(true).open(&path).unwrap();
    drop(first);
    // Longer than `quiet` and `settle`.
    pause(250).await;
    writeln!(second, "second").unwrap();
    pause(250).await;
    writeln!(second, "end").unwrap();
    drop(second);
    assert_eq!(desk.take(&mut source).await, taken("a", "first\nsecond\nend\n"));
}

/// Fault: half_written
#[tokio::test]
async fn two_writers_that_open_back_to_back_are_both_waited_for() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { settle: SHORT, ..desk.options() }).await;
    let path = desk.inbox.join("a");
    // The kernel joins equal events that follow each other: this looks like one opening.
    let (mut first, mut second) = (File::create(&path).unwrap(), File::create(&path).unwrap());
    writeln!(first, "first").unwrap();
    drop(first);
    pause(400).await;
    writeln!(second, "second").unwrap();
    drop(second);
    assert_eq!(desk.take(&mut source).await, taken("a", "second\n"));
}

#[tokio::test]
async fn what_is_being_written_at_the_start_is_waited_for() {
    for once in [true, false] {
        let desk = Desk::new();
        let mut file = File::create(desk.inbox.join("b")).unwrap();
        writeln!(file, "a half").unwrap();
        File::create(desk.inbox.join("empty")).unwrap();
        desk.write("c", "text");
        pause(60).await;
        let options = FolderOptions { once, settle: SHORT, grace: LONG, ..desk.options() };
        let mut source = desk.open(options);
        assert_eq!(desk.take(&mut source).await, taken("c", "text"));
        pause(100).await;
        assert_eq!(desk.status.snapshot().claimed, 1);
        writeln!(file, "a whole").unwrap();
        drop(file);
        desk.write("empty", "filled");
        let all = sorted(desk.take_many(&mut source, 2).await);
        assert_eq!(all, [taken("b", "a half\na whole\n"), taken("empty", "filled")]);
    }
}

#[tokio::test]
async fn a_rename_into_place_is_taken_at_once() {
    let desk = Desk::new();
    let options = FolderOptions { settle: LONG * 10, quiet: LONG * 10, grace: LONG * 10, ..desk.options() };
    let mut source = desk.watch(options).await;
    desk.write("b.part", "from inside");
    fs::rename(desk.inbox.join("b.part"), desk.inbox.join("b")).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("b", "from inside"));
    fs::write(desk.outside.join("c"), "from outside").unwrap();
    fs::rename(desk.outside.join("c"), desk.inbox.join("c")).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("c", "from outside"));
    assert!(desk.inbox.join("b").exists());
}

#[tokio::test]
async fn many_renames_into_place_are_all_taken() {
    let desk = Desk::new();
    let mut source = desk.open(desk.options());
    let (inbox, outside) = (desk.inbox.clone(), desk.outside.clone());
    let writer = std::thread::spawn(move || {
        for idx in 0..3000 {
            let name = format!("{idx:04}.txt");
            fs::write(outside.join(&name), &name).unwrap();
            fs::rename(outside.join(&name), inbox.join(&name)).unwrap();
        }
    });
    let all = sorted(desk.take_many(&mut source, 3000).await);
    writer.join().unwrap();
    for (idx, one) in all.iter().enumerate() {
        let name = format!("{idx:04}.txt");
        assert_eq!(*one, taken(&name, &name));
    }
}

#[tokio::test]
async fn a_file_closed_by_its_writer_does_not_wait_for_settle() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { settle: LONG * 10, ..desk.options() }).await;
    desk.write("a", "text");
    assert_eq!(desk.take(&mut source).await, taken("a", "text"));
    // The same name and other bytes: a new revision. Our own reading is an event too, and must not look like a
    // second writer, for whom the file would be waited for.
    for round in 0..5 {
        let text = format!("new text {round}");
        desk.write("a", &text);
        assert_eq!(desk.take(&mut source).await, taken("a", &text));
    }
}

#[tokio::test]
async fn a_hard_link_is_found_though_the_kernel_says_little() {
    let desk = Desk::new();
    let mut source = desk.watch(desk.options()).await;
    fs::write(desk.outside.join("a"), "linked").unwrap();
    fs::hard_link(desk.outside.join("a"), desk.inbox.join("a")).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("a", "linked"));
}

#[tokio::test]
async fn unfinished_names_wait_for_their_rename() {
    let desk = Desk::new();
    let mut source = desk.watch(desk.options()).await;
    for name in [".hidden", "a.tmp", "a.part", "a.txt~", ".git/config"] {
        desk.write(name, "unfinished");
    }
    desk.write("last", "");
    desk.write("last", "last");
    assert_eq!(desk.take(&mut source).await.path, b"last");
    fs::rename(desk.inbox.join("a.part"), desk.inbox.join("a")).unwrap();
    assert_eq!(desk.take(&mut source).await, taken("a", "unfinished"));
}

#[tokio::test]
async fn an_empty_file_waits_for_grace_and_is_refused_then() {
    let desk = Desk::new();
    let mut source = desk.watch(desk.options()).await;
    let begun = Instant::now();
    desk.write("empty", "");
    desk.write("filled", "");
    pause(500).await;
    desk.write("filled", "text");
    assert_eq!(desk.take(&mut source).await, taken("filled", "text"));
    assert_eq!(desk.take(&mut source).await, taken("empty", "<empty>"));
    // The kernel stamps files by a clock that ticks every few milliseconds.
    assert!(begun.elapsed() + Duration::from_millis(20) >= desk.options().grace);
    desk.write("empty", "no more");
    assert_eq!(desk.take(&mut source).await, taken("empty", "no more"));
}

#[tokio::test]
async fn a_file_is_taken_only_once_its_marker_is_there() {
    let desk = Desk::new();
    let options = FolderOptions { require_marker: Some(".done".into()), ..desk.options() };
    desk.write("early.txt", "early");
    desk.write("early.txt.done", "");
    desk.write("never.txt", "never");
    let mut source = desk.open(options.clone());
    assert_eq!(desk.take(&mut source).await, taken("early.txt", "early"));
    desk.write("late.txt", "late");
    desk.write("late.txt.done", "");
    assert_eq!(desk.take(&mut source).await, taken("late.txt", "late"));
    drop(source);
    let mut source = desk.open(FolderOptions { once: true, ..options });
    assert_eq!(desk.drain(&mut source).await, []);
}

#[tokio::test]
async fn a_fresh_file_that_cannot_be_parsed_is_offered_again_until_grace_is_over() {
    let desk = Desk::new();
    desk.write("a.json", "{");
    let mut source = desk.open(FolderOptions { grace: Duration::from_millis(1500), ..desk.once() });
    let delivery = next(&mut source).await;
    let after = delivery.retry_failed_after.expect("the file is fresh");
    assert!(after <= Duration::from_millis(1500));
    delivery.receipt.settle(Outcome::Retry(after));
    let delivery = next(&mut source).await;
    assert_eq!((&*delivery.path, delivery.retry_failed_after), (&b"a.json"[..], None));
    desk.settle(delivery);
    assert!(source.next().await.unwrap().is_none());
}

/// Fault: half_written
#[tokio::test]
async fn a_file_that_is_mended_within_grace_is_taken_as_mended() {
    let desk = Desk::new();
    let mut source = desk.watch(FolderOptions { grace: LONG, ..desk.options() }).await;
    desk.write("a.json", "{");
    let delivery = next(&mut source).await;
    let after = delivery.retry_failed_after.expect("the file is fresh");
    delivery.receipt.settle(Outcome::Retry(after));
    desk.write("a.json", "{}");
    assert_eq!(desk.take(&mut source).await, taken("a.json", "{}"));
}

/// Fault: clock_jump
#[tokio::test]
async fn a_file_from_the_future_is_not_unsettled_for_ever() {
    let desk = Desk::new();
    let path = desk.write("a", "text");
    let future = std::fs::metadata(&path).unwrap().modified().unwrap() + Duration::from_secs(1 << 30);
    File::options().append(true).open(&path).unwrap().set_modified(future).unwrap();
    let mut source = desk.open(desk.once());
    assert_eq!(desk.drain(&mut source).await, [taken("a", "text")]);
}

/// Fault: rewrite_during_read
#[tokio::test]
async fn a_file_that_changes_while_it_is_handed_on_is_taken_again() {
    let desk = Desk::new();
    desk.write("a", "one");
    let mut source = desk.open(desk.options());
    let delivery = next(&mut source).await;
    desk.write("a", "two");
    // Only once the first is settled is the second offered.
    let early = tokio::time::timeout(Duration::from_millis(1200), source.next()).await;
    assert!(early.is_err(), "two revisions at a time");
    assert_eq!(desk.settle(delivery), taken("a", "one"));
    assert_eq!(desk.take(&mut source).await, taken("a", "two"));
}
