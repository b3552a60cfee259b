//! copydesk against the floors on the same files, in one run: ratios, for the machine is noisy.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Options of the benchmark.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many files
    #[arg(long, default_value_t = 20_000)]
    files: u64,
    /// Bytes a file
    #[arg(long, default_value_t = 4096)]
    bytes: usize,
    /// How many rounds; the best of each counts
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Where to work [default: a temporary folder]
    #[arg(long)]
    dir: Option<PathBuf>,
}

const NO_STAGES: &str =
    "[source]\ntype = \"folder\"\npath = \"inbox\"\n[[sink]]\ntype = \"jsonl\"\npath = \"out.jsonl\"\n";
const ALL_STAGES: &str = "[source]\ntype = \"folder\"\npath = \"inbox\"\n[[stage]]\ntype = \"strip_boilerplate\"\n[[stage]]\ntype = \"drop_repeats\"\n[[stage]]\ntype = \"enrich\"\n[[stage]]\ntype = \"find_duplicates\"\n";

/// What is measured: its name, and a run of it, which answers with seconds.
type Case<'a> = (&'a str, Box<dyn Fn() -> anyhow::Result<f64> + 'a>);

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return again_in_release(options);
    }
    let status =
        Command::new(env!("CARGO")).args(["build", "--release", "--quiet", "--bin", "copydesk"]).status()?;
    if !status.success() {
        bail!("cannot build copydesk");
    }
    let temporary = tempfile::tempdir()?;
    let dir = options.dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    let inbox = dir.join("inbox");
    write_inbox(&inbox, options)?;
    println!("{} files of {} bytes, best of {} rounds", options.files, options.bytes, options.rounds);
    let jsonl = format!("{ALL_STAGES}[[sink]]\ntype = \"jsonl\"\npath = \"out.jsonl\"\n");
    let sqlite = format!("{ALL_STAGES}[[sink]]\ntype = \"sqlite\"\npath = \"articles.db\"\n");
    let cases: Vec<Case<'_>> = vec![
        ("floor: read every file", Box::new(|| read_all(&inbox))),
        ("floor: read, append JSONL, one sync", Box::new(|| append_jsonl(&inbox, &dir))),
        ("copydesk, no stages, JSONL", Box::new(|| copydesk(&dir, NO_STAGES, options.files))),
        ("copydesk, all stages, JSONL", Box::new(|| copydesk(&dir, &jsonl, options.files))),
        (
            "copydesk, all stages, SQLite with full-text index",
            Box::new(|| copydesk(&dir, &sqlite, options.files)),
        ),
    ];
    let mut best = vec![f64::INFINITY; cases.len()];
    // Round by round, so that a noisy minute hurts all cases alike.
    for _ in 0..options.rounds {
        for ((_, case), best) in cases.iter().zip(&mut best) {
            *best = best.min(case()?);
        }
    }
    println!("| case | seconds | files/s | speed, of the JSONL floor |\n|---|---|---|---|");
    for ((name, _), seconds) in cases.iter().zip(&best) {
        println!(
            "| {name} | {seconds:.2} | {:.0} | {:.2} |",
            options.files as f64 / seconds,
            best[1] / seconds
        );
    }
    Ok(())
}

fn again_in_release(options: &Options) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--release", "--quiet", "--package", "copydesk-dev", "--", "bench-throughput"]);
    command.args(["--files", &options.files.to_string(), "--bytes", &options.bytes.to_string()]);
    command.args(["--rounds", &options.rounds.to_string()]);
    if let Some(dir) = &options.dir {
        command.arg("--dir").arg(dir);
    }
    if !command.status()?.success() {
        bail!("the benchmark failed");
    }
    Ok(())
}

fn write_inbox(inbox: &Path, options: &Options) -> anyhow::Result<()> {
    std::fs::create_dir_all(inbox)?;
    for seed in 0..options.files {
        std::fs::write(inbox.join(format!("{seed:06}.txt")), crate::invent::article(seed, options.bytes))?;
    }
    Ok(())
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

fn append_jsonl(inbox: &Path, dir: &Path) -> anyhow::Result<f64> {
    let start = Instant::now();
    let mut out = BufWriter::new(File::create(dir.join("floor.jsonl"))?);
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

/// Runs the program on a fresh state and checks that it delivered every file.
fn copydesk(dir: &Path, config: &str, n_files: u64) -> anyhow::Result<f64> {
    for name in ["copydesk-data", "out.jsonl", "articles.db", "articles.db-wal", "articles.db-shm"] {
        let path = dir.join(name);
        if path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        } else if path.exists() {
            std::fs::remove_file(&path)?;
        }
    }
    std::fs::write(dir.join("copydesk.toml"), config)?;
    let program = crate::program()?;
    let common = |command: &mut Command| {
        command
            .current_dir(dir)
            .arg("--config")
            .arg("copydesk.toml")
            .arg("--state")
            .arg("copydesk-data")
            .arg("-q");
    };
    let start = Instant::now();
    let mut run = Command::new(&program);
    run.args(["run", "--once"]);
    common(&mut run);
    let status = run.stdout(Stdio::null()).status()?;
    let seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        bail!("copydesk ended with {status}");
    }
    let mut balance = Command::new(&program);
    balance.args(["status", "--json"]);
    common(&mut balance);
    let balance: serde_json::Value =
        serde_json::from_slice(&balance.output()?.stdout).context("status is no JSON")?;
    if balance["delivered"] != json!(n_files) {
        bail!("delivered {} of {n_files}", balance["delivered"]);
    }
    Ok(seconds)
}
