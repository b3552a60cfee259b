//! What a question to the index of duplicates and an insertion cost, as it grows.
//!
//! Documents have 16 keys of their own, but every tenth is a near copy of an earlier one and shares 12 of them. Each
//! is asked for before it is inserted; a copy's best candidate must be what it copies, and its record is read. What the
//! ledger does is done too: records go into a log that is made durable 512 at a time. All of that, keys, log, merges
//! and the file system's own work included, counts as CPU time.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use copydesk_deduplicator::index::{Index, IndexOptions};
use rustix::time::{ClockId, clock_gettime};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Numbers of documents, rising
    #[arg(long, value_delimiter = ',', default_value = "1000000,10000000")]
    docs: Vec<u64>,
    /// Where the index is put while it is measured (10 million documents take 4 GB)
    #[arg(long, default_value = "target/bench-index")]
    dir: PathBuf,
    /// Memory the index may take, in MiB
    #[arg(long, default_value_t = 512)]
    memory: u64,
}

const KEYS: u64 = 16;
/// Keys that a copy has of its original.
const SHARED: u64 = 12;
const RECORD: usize = 220;
/// Documents that the log is made durable after, and that are not settled.
const GROUP: u64 = 512;
/// Bytes from which the log is begun anew.
const LOG: u64 = 256 << 20;
/// Points of the curve.
const WINDOWS: u64 = 10;
/// Documents a day.
const A_DAY: u64 = 20_000;

/// One size.
struct Outcome {
    n_docs: u64,
    /// CPU time a document of each tenth, in seconds.
    curve: Vec<f64>,
    bytes: f64,
    peak: f64,
    open: f64,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for n_docs in &options.docs {
        let outcome = measure(options, *n_docs)?;
        show(&outcome, outcomes.last());
        outcomes.push(outcome);
    }
    Ok(())
}

fn show(outcome: &Outcome, smaller: Option<&Outcome>) {
    println!("{} documents of {KEYS} keys, {RECORD} bytes each:", outcome.n_docs);
    let most = outcome.curve.iter().copied().fold(0.0, f64::max);
    for (idx, cost) in outcome.curve.iter().enumerate() {
        let n_docs = outcome.n_docs / WINDOWS * (idx as u64 + 1);
        let bar = "#".repeat((cost / most * 50.0).round() as usize);
        println!("{n_docs:>12} {bar:<50} {:.1} µs", cost * 1e6);
    }
    let last = outcome.curve.last().copied().unwrap_or(f64::NAN);
    println!("  durable question and insertion: {:.0} a CPU-second in the last tenth", 1.0 / last);
    println!("  on disk: {:.0} bytes a document", outcome.bytes);
    println!("  memory: {:.0} MiB at most, of the whole process", outcome.peak);
    println!("  opened in {:.0} ms", outcome.open * 1e3);
    if let Some(before) = smaller.and_then(|smaller| smaller.curve.last()) {
        println!("  {:.2} times as dear as with fewer", last / before);
    }
}

/// A number that looks random.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn is_copy(seq: u64) -> bool {
    seq > 100 && mixed(seq).is_multiple_of(10)
}

/// The document that a copy is made of.
fn original(seq: u64) -> Option<u64> {
    let tries = (0..).map(|n| 1 + mixed(seq ^ ((n + 1) << 48)) % (seq - 1));
    is_copy(seq).then(|| tries.into_iter().find(|other| !is_copy(*other))).flatten()
}

fn keys(seq: u64) -> Vec<u64> {
    let of = original(seq).unwrap_or(seq);
    (0..KEYS).map(|n| mixed((if n < SHARED { of } else { seq }) * KEYS + n)).collect()
}

fn measure(options: &Options, n_docs: u64) -> anyhow::Result<Outcome> {
    let dir = options.dir.join(n_docs.to_string());
    if dir.exists() {
        bail!("{} is there already", dir.display());
    }
    std::fs::create_dir_all(&dir)?;
    let outcome = grow(options, n_docs, &dir);
    std::fs::remove_dir_all(&dir)?;
    outcome
}

fn grow(options: &Options, n_docs: u64, dir: &Path) -> anyhow::Result<Outcome> {
    let index_options = IndexOptions { memory: options.memory << 20, ..IndexOptions::default() };
    let folder = dir.join("index");
    let mut index = Index::open(&folder, index_options)?;
    let mut log = Log::create(&dir.join("log"))?;
    let mut record = [7; RECORD];
    let mut curve = Vec::new();
    let mut start = cpu_seconds();
    for seq in 1..=n_docs {
        let keys = keys(seq);
        let found = index.candidates(&keys, seq, 0)?;
        // Of so many keys, a few have the same 48 bits by chance.
        let best = found.first().filter(|best| best.shared > 1).map(|best| best.place);
        ensure!(
            best.map(copydesk_deduplicator::index::Place::seq) == original(seq),
            "another answer for {seq}"
        );
        if let Some(place) = best {
            ensure!(
                index.document(place)?.is_some_and(|document| document.record.len() == RECORD),
                "no record"
            );
        }
        record[..8].copy_from_slice(&seq.to_le_bytes());
        log.append(&record);
        index.insert(seq, (seq / A_DAY) as u32, &keys, &record);
        if seq % GROUP == 0 {
            log.sync()?;
            index.settle(seq - GROUP)?;
        }
        if seq % (n_docs / WINDOWS) == 0 {
            let now = cpu_seconds();
            curve.push((now - start) / (n_docs / WINDOWS) as f64);
            start = now;
        }
    }
    index.flush(n_docs + 1)?;
    let bytes = folder_bytes(&folder)? as f64 / n_docs as f64;
    drop(index);
    let start = Instant::now();
    let index = Index::open(&folder, index_options)?;
    let open = start.elapsed().as_secs_f64();
    ensure!(index.len() == n_docs && index.persisted() == n_docs + 1, "not all is there");
    Ok(Outcome { n_docs, curve, bytes, peak: peak_memory()?, open })
}

/// What a ledger writes of these documents.
struct Log {
    file: File,
    group: Vec<u8>,
}

impl Log {
    fn create(path: &Path) -> anyhow::Result<Log> {
        Ok(Log { file: File::create(path)?, group: Vec::new() })
    }

    fn append(&mut self, record: &[u8]) {
        self.group.extend_from_slice(&(record.len() as u64).to_le_bytes());
        self.group.extend_from_slice(record);
    }

    fn sync(&mut self) -> anyhow::Result<()> {
        let crc = crc32fast::hash(&self.group);
        self.group.extend_from_slice(&crc.to_le_bytes());
        self.file.write_all(&self.group)?;
        self.file.sync_data()?;
        self.group.clear();
        // The ledger drops what the index has; here it keeps the disk free.
        if self.file.metadata()?.len() > LOG {
            self.file.set_len(0)?;
            self.file.rewind()?;
        }
        Ok(())
    }
}

fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn folder_bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut n_bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        n_bytes += entry?.metadata()?.len();
    }
    Ok(n_bytes)
}

/// The most memory this process has had, in MiB.
fn peak_memory() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
