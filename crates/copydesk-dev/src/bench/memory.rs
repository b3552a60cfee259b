//! The most memory a backlog of many small files takes.

use super::place::{Place, WAYS};
use super::{Goal, Measure, Options};

/// The limit, in MiB, whatever the number of files.
const MOST: f64 = 300.0;

pub(crate) fn run(options: &Options, place: &Place) -> anyhow::Result<Vec<Measure>> {
    let n_files = options.count(20_000, 1_000_000);
    let inbox = place.fresh("many")?;
    for number in 0..n_files {
        let folder = inbox.join(format!("{:03}", number / 10_000));
        if number % 10_000 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let text =
            format!("Report {number} of the harbour office\n\nRain fell on pier {number} all night.\n");
        std::fs::write(folder.join(format!("{number:07}.txt")), text)?;
    }
    let mut measures = Vec::new();
    for (name, stages, sinks) in WAYS {
        place.set_up("many", stages, sinks)?;
        let (seconds, peak) = place.drain()?;
        place.check_delivered(n_files)?;
        let name = format!("{n_files} files, {name}");
        measures.push(Measure::new(name.clone(), peak, "MiB at most", Goal::AtMost(MOST)));
        measures.push(Measure::new(name, n_files as f64 / seconds, "files/s", Goal::Shown));
    }
    std::fs::remove_dir_all(inbox)?;
    Ok(measures)
}
