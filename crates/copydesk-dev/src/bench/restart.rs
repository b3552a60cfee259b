//! How soon a restart with many known files delivers a new one: one that lay among them, and one that comes
//! behind the start.

use std::time::{Duration, Instant};

use anyhow::bail;

use super::place::{ALL_STAGES, JSONL, Place, Running, pause};
use super::{Goal, Measure, Options};

/// The limit, in milliseconds, for 100,000 known files.
const MOST: f64 = 1000.0;
/// What a file that lies there must be old, for its writer might be at it still: the folder's `settle`.
const SETTLE: Duration = Duration::from_millis(2500);

pub(crate) fn run(options: &Options, place: &Place) -> anyhow::Result<Vec<Measure>> {
    let n_files = options.count(10_000, 100_000);
    let inbox = place.fresh("known")?;
    for number in 0..n_files {
        std::fs::write(inbox.join(format!("{number:07}.txt")), crate::invent::article(number, 600))?;
    }
    let mut measures = Vec::new();
    for (name, stages) in [("no stages", ""), ("all stages", ALL_STAGES)] {
        place.set_up("known", stages, JSONL)?;
        place.drain()?;
        place.check_delivered(n_files)?;
        let middle = inbox.join(format!("{:07}-new.txt", n_files / 2));
        std::fs::write(&middle, crate::invent::article(n_files + 1, 600))?;
        pause(SETTLE);
        let out = place.path("out.jsonl");
        let before = std::fs::metadata(&out)?.len();
        let start = Instant::now();
        let daemon = place.start(&["run"])?;
        let first = wait_for_growth(&out, before, start)?;
        let case = format!("{n_files} known, {name}");
        let limit = Goal::AtMost(MOST);
        measures.push(Measure::new(format!("{case}: start to the new file among them"), first, "ms", limit));
        drop(daemon);
        let before = std::fs::metadata(&out)?.len();
        let hidden = inbox.join(".next.txt");
        std::fs::write(&hidden, crate::invent::article(n_files + 2, 600))?;
        let start = Instant::now();
        let daemon = place.start(&["run"])?;
        wait_for_watch(&daemon)?;
        std::fs::rename(&hidden, inbox.join("next.txt"))?;
        let second = wait_for_growth(&out, before, start)?;
        measures.push(Measure::new(format!("{case}: start to a file that comes then"), second, "ms", limit));
        drop(daemon);
        std::fs::remove_file(middle)?;
        std::fs::remove_file(inbox.join("next.txt"))?;
    }
    std::fs::remove_dir_all(inbox)?;
    Ok(measures)
}

/// Waits until the daemon watches the folder; it has not looked through it then.
fn wait_for_watch(daemon: &Running) -> anyhow::Result<()> {
    let folder = format!("/proc/{}/fdinfo", daemon.0.id());
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        for entry in std::fs::read_dir(&folder)? {
            // A descriptor may be closed meanwhile.
            let info = std::fs::read_to_string(entry?.path()).unwrap_or_default();
            if info.contains("inotify wd") {
                return Ok(());
            }
        }
        if Instant::now() > until {
            bail!("the daemon watches nothing");
        }
        pause(Duration::from_millis(1));
    }
}

/// Milliseconds until the file is longer than `before`.
fn wait_for_growth(path: &std::path::Path, before: u64, start: Instant) -> anyhow::Result<f64> {
    while std::fs::metadata(path)?.len() <= before {
        if start.elapsed() > Duration::from_secs(60) {
            bail!("nothing was delivered within a minute");
        }
        pause(Duration::from_millis(1));
    }
    Ok(start.elapsed().as_secs_f64() * 1e3)
}
