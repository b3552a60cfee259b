//! A wall clock that jumps.

use std::collections::BTreeSet;
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use crate::common::{BOTH_SINKS, Daemon, Desk, article, scale, sha256, stderr, stdout};
use crate::world::{eventually, ids};

/// Runs a command by a wall clock that is off by what a file says; the monotonic clock and the stamps of files
/// stay true.
fn by_clock(desk: &Desk, command: &Command) -> Command {
    // It names shared memory by its process, and gives up where one that was killed has left the same name.
    let ask = || Command::new("faketime").args(["-f", "+0", "printenv", "LD_PRELOAD"]).output().unwrap();
    let library = (0..9).map(|_| ask()).find(|library| library.status.success()).expect("faketime works");
    let mut faked = crate::common::under(&["env"], command);
    faked
        .env("LD_PRELOAD", stdout(&library).trim())
        .env("FAKETIME_TIMESTAMP_FILE", desk.path("clock"))
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DISABLE_SHM", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1");
    faked
}

fn set_clock(desk: &Desk, off_by: &str) {
    std::fs::write(desk.path("clock.new"), format!("{off_by}\n")).unwrap();
    std::fs::rename(desk.path("clock.new"), desk.path("clock")).unwrap();
}

/// A day on, a day back, ten years on, thirty years back, and true again.
const JUMPS: [&str; 6] = ["+0", "+86400", "-86400", "+315360000", "-946080000", "+0"];

/// Fault: clock_jump
#[test]
fn nothing_waits_or_is_lost_when_the_wall_clock_jumps() {
    let desk = Desk::new(BOTH_SINKS);
    set_clock(&desk, "+0");
    let log = File::options().create(true).append(true).open(desk.path("log")).unwrap();
    let child = by_clock(&desk, &desk.command(&["run"])).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let daemon = Daemon { child };
    let mut number = 0;
    for _ in 0..scale(1, 20) {
        for jump in JUMPS {
            set_clock(&desk, jump);
            desk.drop_file(&format!("{number}-a.txt"), article(number));
            eventually("a file after the jump", || desk.n_rows() == number + 1);
            // In place, and from the future or the past.
            let path = desk.inbox(&format!("{number}-b.txt"));
            std::fs::write(&path, article(number + 1)).unwrap();
            let seconds = if number % 4 == 0 { 1_000_000_000 } else { 4_000_000_000 };
            let file = File::options().append(true).open(&path).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
            drop(file);
            number += 2;
            eventually("a file of another time", || desk.n_rows() == number);
        }
    }
    // What has come to nothing yet waits by the monotonic clock.
    File::create(desk.inbox("empty.txt")).unwrap();
    set_clock(&desk, "-3600");
    eventually("the empty file to be given up", || desk.count("quarantined") == 1);
    set_clock(&desk, "-7200");
    assert_eq!(daemon.stop(), Some(0));
    // Order is the ledger's, whatever the clock said.
    let lines = std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
    let order: Vec<String> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(order, (0..number).map(|number| sha256(article(number))).collect::<Vec<_>>());
    assert_eq!(desk.balanced()["delivered"], number);
}

/// Fault: clock_jump
#[test]
fn a_run_at_any_hour_goes_on_where_the_last_one_ended() {
    let desk = Desk::new(BOTH_SINKS);
    let mut number = 0;
    for jump in JUMPS {
        set_clock(&desk, jump);
        for _ in 0..3 {
            std::fs::write(desk.inbox(&format!("{number:03}.txt")), article(number)).unwrap();
            number += 1;
        }
        let run = by_clock(&desk, &desk.command(&["run", "--once"])).output().unwrap();
        assert!(run.status.success(), "clock {jump}: {}", stderr(&run));
        assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids(0..number), "clock {jump}");
        // Known files stay known.
        assert_eq!(desk.balanced()["seen"], number);
    }
}
