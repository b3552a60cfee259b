//! Promise 2: nothing is lost and nothing is doubled, whenever the program is killed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::{BOTH_SINKS, Chance, Desk, article, pause, sha256};

const N_FILES: u64 = 1500;
const N_KILLS: u64 = 25;

#[test]
fn random_kills_while_files_arrive_lose_and_double_nothing() {
    let desk = Desk::new(BOTH_SINKS);
    let expected: BTreeSet<String> = (0..N_FILES).map(|number| sha256(article(number))).collect();
    let arrive = |from: u64, to: u64| {
        for number in from..to {
            desk.drop_file(&format!("{number:05}.txt"), article(number));
        }
    };
    let mut chance = Chance(2026);
    for kill in 0..N_KILLS {
        let mut daemon = desk.daemon();
        // Files arrive in two lots, before and after the daemon has begun its scan.
        let (from, to) = (kill * N_FILES / N_KILLS, (kill + 1) * N_FILES / N_KILLS);
        arrive(from, u64::midpoint(from, to));
        pause(Duration::from_millis(chance.below(250)));
        arrive(u64::midpoint(from, to), to);
        pause(Duration::from_millis(chance.below(150)));
        daemon.kill();
    }
    desk.drain(0);
    let status = desk.balanced();
    assert_eq!(status["delivered"], N_FILES, "{status}");
    assert_eq!(status["pending"], 0, "{status}");
    assert_eq!(desk.rows().into_keys().collect::<BTreeSet<_>>(), expected);
    assert_eq!(desk.lines().into_keys().collect::<BTreeSet<_>>(), expected);
    let verify = desk.run(&["verify"]);
    assert!(verify.status.success(), "{}{}", common::stdout(&verify), common::stderr(&verify));
}
