//! From the rename into the folder to the sink, at a steady rate.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rusqlite::{Connection, OpenFlags};

use super::place::{ALL_STAGES, JSONL, Place, SQLITE, pause};
use super::{Goal, Measure, Options};

/// Files a second.
const RATE: u64 = 250;
/// Limits in milliseconds.
const HALF: f64 = 20.0;
const NEARLY_ALL: f64 = 150.0;

/// Says which files a sink has got since it was last asked.
type Look = Box<dyn FnMut() -> anyhow::Result<Vec<String>>>;

pub(crate) fn run(options: &Options, place: &Place) -> anyhow::Result<Vec<Measure>> {
    let n_files = RATE * options.count(5, 30);
    let mut measures = Vec::new();
    for (name, sink) in [("JSONL", JSONL), ("SQLite", SQLITE)] {
        let inbox = place.fresh("live")?;
        let beside = place.fresh("beside")?;
        for seed in 0..=n_files {
            let text = crate::invent::article(seed, options.bytes);
            std::fs::write(beside.join(format!("{seed:06}.txt")), text)?;
        }
        place.set_up("live", ALL_STAGES, sink)?;
        let daemon = place.start(&["run"])?;
        let mut look =
            if name == "JSONL" { lines(&place.path("out.jsonl")) } else { rows(&place.path("articles.db")) };
        // The first shows that it has started.
        let first = format!("{n_files:06}.txt");
        std::fs::rename(beside.join(&first), inbox.join(&first))?;
        collect(&mut look, 1)?;
        let sent = {
            let (beside, inbox) = (beside.clone(), inbox.clone());
            std::thread::spawn(move || send(&beside, &inbox, n_files))
        };
        let came = collect(&mut look, n_files as usize)?;
        let Ok(sent) = sent.join() else { bail!("the sender panicked") };
        let sent = sent?;
        drop(daemon);
        let mut waits: Vec<f64> = Vec::new();
        for (file, at) in &sent {
            let came = came.get(file).with_context(|| format!("{file} did not come"))?;
            waits.push(came.duration_since(*at).as_secs_f64() * 1e3);
        }
        waits.sort_by(f64::total_cmp);
        let part = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
        let case = format!("live, {RATE}/s, all stages, {name}");
        measures.push(Measure::new(format!("{case}: p50"), part(0.5), "ms", Goal::AtMost(HALF)));
        measures.push(Measure::new(format!("{case}: p99"), part(0.99), "ms", Goal::AtMost(NEARLY_ALL)));
        measures.push(Measure::new(format!("{case}: max"), part(0.9999), "ms", Goal::Shown));
    }
    Ok(measures)
}

fn send(beside: &Path, inbox: &Path, n_files: u64) -> std::io::Result<Vec<(String, Instant)>> {
    let start = Instant::now();
    let mut sent = Vec::new();
    for number in 0..n_files {
        let due = start + Duration::from_micros(number * 1_000_000 / RATE);
        pause(due.saturating_duration_since(Instant::now()));
        let name = format!("{number:06}.txt");
        let at = Instant::now();
        std::fs::rename(beside.join(&name), inbox.join(&name))?;
        sent.push((name, at));
    }
    Ok(sent)
}

fn collect(look: &mut Look, n_files: usize) -> anyhow::Result<HashMap<String, Instant>> {
    let until = Instant::now() + Duration::from_secs(120);
    let mut came = HashMap::new();
    while came.len() < n_files {
        let found = look()?;
        let now = Instant::now();
        came.extend(found.into_iter().map(|file| (file, now)));
        if now > until {
            bail!("{} of {n_files} came within two minutes", came.len());
        }
        pause(Duration::from_millis(1));
    }
    Ok(came)
}

fn name_of(uri: &str) -> String {
    uri.rsplit('/').next().unwrap_or_default().to_owned()
}

fn lines(path: &Path) -> Look {
    let path = path.to_owned();
    let mut reader: Option<BufReader<File>> = None;
    let mut line = String::new();
    Box::new(move || {
        let mut found = Vec::new();
        if reader.is_none() {
            reader = File::open(&path).ok().map(BufReader::new);
        }
        while let Some(reader) = &mut reader {
            reader.read_line(&mut line)?;
            if !line.ends_with('\n') {
                break;
            }
            let uri = line.split_once("\"uri\":\"").and_then(|(_, rest)| rest.split_once('"'));
            found.extend(uri.map(|(uri, _)| name_of(uri)));
            line.clear();
        }
        Ok(found)
    })
}

fn rows(path: &Path) -> Look {
    let path = path.to_owned();
    let mut store: Option<Connection> = None;
    let mut last = 0_i64;
    Box::new(move || {
        if store.is_none() {
            let opened = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
            let has_table = "SELECT 1 FROM sqlite_schema WHERE name = 'articles'";
            store = opened.ok().filter(|db| db.query_row(has_table, [], |_| Ok(())).is_ok());
        }
        let Some(db) = &store else { return Ok(Vec::new()) };
        db.busy_timeout(Duration::from_secs(5))?;
        let mut statement = db.prepare_cached("SELECT doc, uri FROM articles WHERE doc > ?1 ORDER BY doc")?;
        let rows =
            statement.query_map([last], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (doc, uri) = row?;
            last = doc;
            found.push(name_of(&uri));
        }
        Ok(found)
    })
}
