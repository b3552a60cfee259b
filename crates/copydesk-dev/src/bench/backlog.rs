//! A backlog through the whole program, against the floors of reading it and of writing it as JSONL.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::place::{Place, WAYS};
use super::{Goal, Measure, Options};

pub(crate) fn run(options: &Options, place: &Place) -> anyhow::Result<Vec<Measure>> {
    let n_files = options.files.unwrap_or_else(|| options.count(5_000, 20_000));
    let inbox = place.fresh("backlog")?;
    for seed in 0..n_files {
        std::fs::write(inbox.join(format!("{seed:06}.txt")), crate::invent::article(seed, options.bytes))?;
    }
    let mut read = f64::INFINITY;
    let mut floor = f64::INFINITY;
    let mut best = [f64::INFINITY; WAYS.len()];
    // Round by round, so that a noisy minute hurts all cases alike.
    for _ in 0..options.rounds.max(1) {
        read = read.min(read_all(&inbox)?);
        floor = floor.min(append_jsonl(&inbox, &place.path("floor.jsonl"))?);
        for ((_, stages, sinks), best) in WAYS.iter().zip(&mut best) {
            place.set_up("backlog", stages, sinks)?;
            *best = best.min(place.drain()?.0);
            place.check_delivered(n_files)?;
        }
    }
    let per_second = |seconds: f64| n_files as f64 / seconds;
    let mut measures = vec![
        Measure::new("floor: read every file", per_second(read), "files/s", Goal::Shown),
        Measure::new("floor: read, append JSONL, one sync", per_second(floor), "files/s", Goal::Shown),
    ];
    for ((name, ..), seconds) in WAYS.iter().zip(best) {
        measures.push(Measure::new(
            format!("backlog, {name}"),
            floor / seconds,
            "of the JSONL floor",
            Goal::Ratio,
        ));
        measures.push(Measure::new(format!("backlog, {name}"), per_second(seconds), "files/s", Goal::Shown));
    }
    Ok(measures)
}

fn files(inbox: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(inbox)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    Ok(files)
}

fn read_all(inbox: &Path) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut n_bytes = 0;
    for path in files(inbox)? {
        n_bytes += std::fs::read(path)?.len();
    }
    std::hint::black_box(n_bytes);
    Ok(start.elapsed().as_secs_f64())
}

fn append_jsonl(inbox: &Path, to: &Path) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut out = BufWriter::new(File::create(to)?);
    for path in files(inbox)? {
        let bytes = std::fs::read(&path)?;
        let id: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = String::from_utf8(bytes)?;
        serde_json::to_writer(&mut out, &json!({"id": id, "uri": path.to_string_lossy(), "text": text}))?;
        out.write_all(b"\n")?;
    }
    out.into_inner()?.sync_data()?;
    Ok(start.elapsed().as_secs_f64())
}
