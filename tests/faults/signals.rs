//! SIGTERM and SIGINT at any moment, and daemons that want the same folder.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::{BOTH_SINKS, Chance, Desk, article, pause, scale, sha256, wait_for};
use crate::rig::{TinyDisks, assert_settled, is_health, wait_for_handlers};

fn exit_code(child: &mut Child) -> Option<i32> {
    wait_for("the end", || child.try_wait().unwrap().is_some());
    child.wait().unwrap().code()
}

/// Fault: sigterm
#[test]
fn a_stop_at_any_moment_under_load_loses_and_doubles_nothing() {
    let desk = Desk::new(BOTH_SINKS);
    let mut chance = Chance(15);
    let mut ids = BTreeSet::new();
    let mut number = 0;
    for round in 0..scale(6, 50) {
        let mut daemon = desk.daemon();
        wait_for_handlers(daemon.child.id());
        let until = chance.below(400);
        for _ in 0..until / 4 {
            desk.drop_file(&format!("{number:05}.txt"), article(number));
            ids.insert(sha256(article(number)));
            number += 1;
            pause(Duration::from_millis(3));
        }
        daemon.signal(if round % 2 == 0 { "TERM" } else { "INT" });
        assert_eq!(exit_code(&mut daemon.child), Some(0), "round {round}");
        desk.balanced();
    }
    desk.drain(0);
    assert_settled(&desk, &ids);
    assert!(desk.run(&["verify"]).status.success());
}

/// Fault: sigterm, ledger_full
#[test]
fn a_stop_while_the_disk_is_full_ends_within_grace() {
    let desk = Desk::new(&format!("{BOTH_SINKS}[runtime]\ngrace = \"1s\"\n"));
    let disks = TinyDisks::new(&desk, &[("state", "size=512k")]);
    let mut ids = BTreeSet::new();
    for signals in [&["TERM"][..], &["INT"]] {
        let mut daemon = disks.daemon(&desk);
        wait_for("the daemon", || disks.status(&desk)["daemon"]["doing"] == "running");
        disks.fill("state");
        for number in ids.len() as u64..ids.len() as u64 + 100 {
            desk.drop_file(&format!("{number:05}.txt"), article(number));
            ids.insert(sha256(article(number)));
        }
        wait_for("bad health", || is_health(&disks.status(&desk), "down", &["ledger"]));
        for signal in signals {
            daemon.signal(signal);
        }
        assert_eq!(exit_code(&mut daemon.child), Some(0));
        disks.free("state");
    }
    let drained = disks.inside(&desk.command(&["run", "--once"])).output().unwrap();
    assert_eq!(drained.status.code(), Some(0), "{}", crate::common::stderr(&drained));
    assert_eq!(disks.status(&desk)["delivered"], ids.len());
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), ids);
    assert_eq!(desk.lines().into_keys().collect::<BTreeSet<_>>(), ids);
}

/// Fault: sigterm, bad_reload
#[test]
fn a_stop_during_a_reload_is_a_stop() {
    let desk = Desk::new(BOTH_SINKS);
    let mut chance = Chance(3);
    let mut ids = BTreeSet::new();
    for round in 0..scale(4, 30) {
        let mut daemon = desk.daemon();
        wait_for_handlers(daemon.child.id());
        for number in 20 * round..20 * round + 20 {
            desk.drop_file(&format!("{number:05}.txt"), article(number));
            ids.insert(sha256(article(number)));
        }
        pause(Duration::from_millis(chance.below(200)));
        let mut reload =
            desk.command(&["reload"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        daemon.signal("HUP");
        pause(Duration::from_millis(chance.below(60)));
        daemon.signal("TERM");
        assert_eq!(exit_code(&mut daemon.child), Some(0), "round {round}");
        // Whichever was first: it is told.
        assert!(matches!(exit_code(&mut reload), Some(0 | 1)));
    }
    desk.drain(0);
    assert_settled(&desk, &ids);
}

/// Fault: two_daemons
#[test]
fn of_daemons_that_start_at_once_exactly_one_runs() {
    let desk = Desk::new(BOTH_SINKS);
    desk.drop_file("a.txt", article(1));
    for round in 0..scale(3, 50) {
        let n_daemons = 2 + (round * 3) % 7;
        let start = |number: u64| -> Child {
            let mut command = desk.command(&["run"]);
            if round % 2 == 1 {
                // The same folder, but a state of its own for each.
                command = crate::common::program();
                let state = format!("state-{number}");
                command.current_dir(desk.dir.path());
                command.args(["run", "--config", "copydesk.toml", "--state", &state]);
            }
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let mut daemons: Vec<Child> = (0..n_daemons).map(start).collect();
        let mut ended: Vec<usize> = Vec::new();
        wait_for("all but one to end", || {
            ended = (0..daemons.len()).filter(|at| daemons[*at].try_wait().unwrap().is_some()).collect();
            ended.len() + 1 >= daemons.len()
        });
        assert_eq!(ended.len() + 1, daemons.len(), "one runs");
        let winner = (0..daemons.len()).find(|at| !ended.contains(at)).unwrap();
        let mut winner = daemons.swap_remove(winner);
        for loser in daemons {
            let output = loser.wait_with_output().unwrap();
            let said = crate::common::stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            // Who has the folder may not have written its number into it yet.
            let names = [&format!("process {}", winner.id()), "in use by another copydesk"];
            assert!(names.iter().any(|name| said.contains(*name)), "{said} (it is {})", winner.id());
        }
        assert!(winner.try_wait().unwrap().is_none(), "the one that has the folder runs on");
        winner.kill().unwrap();
        winner.wait().unwrap();
    }
    // The kill let go of the lock.
    desk.drain(0);
    assert_settled(&desk, &BTreeSet::from([sha256(article(1))]));
}

/// Fault: sigterm
#[test]
fn a_stop_while_it_starts_is_heard() {
    let desk = Desk::new(BOTH_SINKS);
    for round in 0..scale(4, 40) {
        let mut command: Command = desk.command(&["run"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for_handlers(child.id());
        pause(Duration::from_millis(round % 5));
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
        assert_eq!(exit_code(&mut child), Some(0), "round {round}");
    }
}
