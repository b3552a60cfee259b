//! Faults of watching: what the kernel does not tell, and folders that come and go.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::{Daemon, Desk, article, pause, scale, sha256, under};
use crate::world::{eventually, ids, is_there};

/// No reconciling scan that could hide a missed event, and no stages: this is about files.
pub(crate) const EVENTS_ALONE: &str = r#"
[source]
type = "folder"
path = "inbox"
settle = "150ms"
quiet = "30ms"
grace = "600ms"
reconcile = "1h"
[[sink]]
type = "sqlite"
path = "articles.db"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
"#;

/// Fault: rename_in
#[test]
fn every_one_of_many_renames_is_taken() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    let n_files = scale(1_500, 10_000);
    std::fs::create_dir(desk.path("outside")).unwrap();
    for number in 0..n_files {
        // From beside, from outside, and by the hidden name that careful programs write to.
        let from = match number % 3 {
            0 => desk.path("outside").join(number.to_string()),
            1 => desk.inbox(&format!("{number}.part")),
            _ => desk.inbox(&format!(".{number}.Xy12Zz")),
        };
        std::fs::write(&from, article(number)).unwrap();
        std::fs::rename(&from, desk.inbox(&format!("{number}.txt"))).unwrap();
    }
    eventually("every rename", || desk.n_rows() >= n_files);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files));
    let status = desk.balanced();
    assert_eq!((&status["seen"], &status["delivered"]), (&n_files.into(), &n_files.into()), "{status}");
}

/// Fault: new_folders
#[test]
fn files_right_behind_their_new_folders_and_trees_renamed_in_are_all_taken() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    let n_racing = scale(600, 2_000);
    let n_in_trees = scale(300, 3_000);
    for number in 1..=n_racing {
        let folder = desk.inbox(&format!("{}/{}/{}/{}", number % 5, number % 23, number % 67, number % 131));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.txt")), article(number)).unwrap();
    }
    for number in n_racing + 1..=n_racing + n_in_trees {
        let (tree, place) = (number / 300, number % 17);
        let folder = desk.path(&format!("outside/tree-{tree}/{place}/deep"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.txt")), article(number)).unwrap();
    }
    for tree in std::fs::read_dir(desk.path("outside")).unwrap() {
        let tree = tree.unwrap();
        std::fs::rename(tree.path(), desk.path("inbox").join(tree.file_name())).unwrap();
    }
    let n_files = 1 + n_racing + n_in_trees;
    eventually("every file of every tree", || desk.n_rows() >= n_files);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files));
    assert_eq!(desk.balanced()["seen"], n_files, "a file was taken twice or half");
}

/// Fault: folder_recreated
#[test]
fn a_folder_that_is_removed_and_made_again_is_watched_again() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    let mut number = 0;
    for round in 0..scale(3, 40) {
        // Once the whole inbox, once a folder in it.
        let gone = if round % 2 == 0 { desk.path("inbox") } else { desk.inbox("sub") };
        for _ in 0..10 {
            desk.drop_file(&format!("{number}.txt"), article(number));
            std::fs::create_dir_all(desk.inbox("sub/deep")).unwrap();
            std::fs::write(desk.inbox(&format!("sub/deep/{number}.txt")), article(number + 1)).unwrap();
            number += 2;
        }
        eventually("the files of the round", || desk.n_rows() >= number);
        std::fs::remove_dir_all(&gone).unwrap();
        if round % 4 == 0 {
            // Long enough gone to be missed; in other rounds it is back before anybody looks.
            pause(Duration::from_millis(1_300));
        }
        std::fs::create_dir_all(&gone).unwrap();
    }
    desk.drop_file("last.txt", article(number));
    eventually("the last", || desk.n_rows() == number + 1);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..number + 1));
    desk.balanced();
}

/// Fault: events_lost
#[test]
fn when_the_kernel_drops_events_a_scan_finds_what_they_told() {
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: u64 = limit.trim().parse().unwrap();
    daemon.signal("STOP");
    // Two hidden files in turn, so that no event is joined with the one before it: an opening and a closing each. Twice
    // as many as fit, for the signal takes its time.
    let n_files = scale(300, 3_000);
    for round in 0..=limit {
        drop(File::options().append(true).create(true).open(desk.inbox([".a", ".b"][round as usize % 2])));
    }
    for number in 1..=n_files {
        let path = desk.inbox(&format!("new/{}/{number}.txt", number % 7));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, article(number)).unwrap();
    }
    daemon.signal("CONT");
    eventually("what no event told of", || desk.n_rows() > n_files);
    // And events are of use again.
    desk.drop_file("last.txt", article(n_files + 1));
    eventually("the last", || desk.n_rows() == n_files + 2);
    assert_eq!(daemon.stop(), Some(0));
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert!(log.contains("the kernel dropped events"), "no events were lost: {log}");
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files + 2));
    assert_eq!(desk.balanced()["seen"], n_files + 2);
}

/// Runs the daemon where the kernel gives it only so many watches or instances.
fn limited(desk: &Desk, setting: &str, limit: u32) -> Daemon {
    let script = format!("echo {limit} > /proc/sys/user/{setting} && exec \"$0\" \"$@\"");
    let log = File::options().create(true).append(true).open(desk.path("log")).unwrap();
    let mut command = under(&["unshare", "-U", "-r", "sh", "-c", &script], &desk.command(&["run"]));
    Daemon { child: command.stdout(Stdio::null()).stderr(log).spawn().unwrap() }
}

/// Fault: watch_limit
#[test]
fn without_watches_or_instances_scans_find_everything_and_one_warning_says_so() {
    for (setting, limit, sysctl) in [
        ("max_inotify_watches", 20, "fs.inotify.max_user_watches"),
        ("max_inotify_instances", 0, "fs.inotify.max_user_instances"),
    ] {
        let desk = Desk::new(&EVENTS_ALONE.replace("[source]", "[source]\npoll = \"300ms\""));
        let daemon = limited(&desk, setting, limit);
        let n_files = scale(120, 2_000);
        for number in 0..n_files {
            // Some before the limit is met, most after it; in folders with and without a watch.
            let path = desk.inbox(&format!("{}/sub/{number}.txt", number % 40));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, article(number)).unwrap();
        }
        eventually("what scans find", || desk.n_rows() >= n_files);
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..n_files));
        assert_eq!(desk.balanced()["seen"], n_files);
        let log = std::fs::read_to_string(desk.path("log")).unwrap();
        assert_eq!(log.matches(sysctl).count(), 1, "{log}");
    }
}

/// Fault: half_written
#[test]
fn a_file_renamed_in_while_its_writer_is_at_it_ends_as_what_was_written() {
    // A rename from outside says "whole", and copydesk believes it at once; what the writer adds is a revision.
    let desk = Desk::new(EVENTS_ALONE);
    let daemon = desk.daemon();
    // What is there at the start is seen by a scan, and would be waited for.
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    let (part, whole) = (desk.path("a.txt"), desk.inbox("a.txt"));
    let mut file = File::create(&part).unwrap();
    std::io::Write::write_all(&mut file, article(1).as_bytes()).unwrap();
    std::fs::rename(&part, &whole).unwrap();
    eventually("the first half", || desk.n_rows() == 2);
    std::io::Write::write_all(&mut file, article(2).as_bytes()).unwrap();
    drop(file);
    let id = sha256(article(1) + &article(2));
    eventually("the whole", || is_there(&desk, &id));
    assert_eq!(daemon.stop(), Some(0));
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["superseded"]), (&2.into(), &1.into()), "{status}");
}

/// Fault: half_written
#[test]
fn a_writer_who_began_before_the_daemon_and_renames_is_waited_for() {
    let desk = Desk::new(EVENTS_ALONE);
    let (hidden, whole) = (desk.inbox(".a.txt.tmp"), desk.inbox("a.txt"));
    let mut file = File::create(&hidden).unwrap();
    std::io::Write::write_all(&mut file, article(1).as_bytes()).unwrap();
    let daemon = desk.daemon();
    desk.drop_file("first.txt", article(0));
    eventually("the first", || desk.n_rows() == 1);
    std::fs::rename(&hidden, &whole).unwrap();
    // What was dropped later, and held still for as long, is there: so the half has had its turn.
    pause(Duration::from_millis(400));
    desk.drop_file("second.txt", article(3));
    eventually("the second", || desk.n_rows() == 2);
    std::io::Write::write_all(&mut file, article(2).as_bytes()).unwrap();
    drop(file);
    eventually("the whole", || is_there(&desk, &sha256(article(1) + &article(2))));
    assert_eq!(daemon.stop(), Some(0));
    let status = desk.balanced();
    assert_eq!((&status["seen"], &status["superseded"]), (&3.into(), &0.into()), "{status}");
}

/// A tool that does something to a file; it must work.
pub(crate) fn tool(folder: &Path, words: &[&str]) {
    let output = Command::new(words[0]).args(&words[1..]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
