//! A folder to work in, and the program in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

pub(crate) const JSONL: &str = "[[sink]]\ntype = \"jsonl\"\npath = \"out.jsonl\"\n";
pub(crate) const SQLITE: &str = "[[sink]]\ntype = \"sqlite\"\npath = \"articles.db\"\n";
pub(crate) const ALL_STAGES: &str = "[[stage]]\ntype = \"strip_boilerplate\"\n[[stage]]\ntype = \"strip_recurring\"\n[[stage]]\ntype = \"drop_repeats\"\n[[stage]]\ntype = \"enrich\"\n[[stage]]\ntype = \"find_duplicates\"\n[[stage]]\ntype = \"find_stories\"\n[[stage]]\ntype = \"watch_yield\"\n";

/// The four ways through the program that are measured.
pub(crate) const WAYS: [(&str, &str, &str); 4] = [
    ("no stages, JSONL", "", JSONL),
    ("no stages, SQLite", "", SQLITE),
    ("all stages, JSONL", ALL_STAGES, JSONL),
    ("all stages, SQLite", ALL_STAGES, SQLITE),
];

/// Where the program runs.
pub(crate) struct Place {
    dir: PathBuf,
    // Removed with it.
    _temporary: Option<tempfile::TempDir>,
}

/// A child that does not outlive the benchmark.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Running {
    /// The most memory it has held so far, in MiB; `None` once it has ended.
    pub(crate) fn peak_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}

impl Place {
    pub(crate) fn new(dir: Option<&Path>) -> anyhow::Result<Place> {
        let Some(dir) = dir else {
            let temporary = tempfile::tempdir()?;
            return Ok(Place { dir: temporary.path().to_owned(), _temporary: Some(temporary) });
        };
        std::fs::create_dir_all(dir)?;
        Ok(Place { dir: dir.canonicalize()?, _temporary: None })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// An empty folder of this name.
    pub(crate) fn fresh(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        if path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }

    /// A configuration over the folder `inbox`, and no state or output of an earlier run.
    pub(crate) fn set_up(&self, inbox: &str, stages: &str, sinks: &str) -> anyhow::Result<()> {
        for name in ["copydesk-data", "out.jsonl", "articles.db", "articles.db-wal", "articles.db-shm"] {
            let path = self.path(name);
            if path.is_dir() {
                std::fs::remove_dir_all(&path)?;
            } else if path.exists() {
                std::fs::remove_file(&path)?;
            }
        }
        let source = format!("[source]\ntype = \"folder\"\npath = \"{inbox}\"\n");
        Ok(std::fs::write(self.path("copydesk.toml"), format!("{source}{stages}{sinks}"))?)
    }

    /// Starts the program.
    pub(crate) fn start(&self, args: &[&str]) -> anyhow::Result<Running> {
        let mut command = Command::new(crate::program()?);
        command.current_dir(&self.dir).args(args).args(["--config", "copydesk.toml", "-q"]);
        command.args(["--state", "copydesk-data"]).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Running(command.spawn().context("cannot start copydesk")?))
    }

    /// Drains the inbox; seconds, and the most memory held in MiB.
    pub(crate) fn drain(&self) -> anyhow::Result<(f64, f64)> {
        let start = Instant::now();
        let mut running = self.start(&["run", "--once"])?;
        let mut peak: f64 = 0.0;
        let status = loop {
            peak = peak.max(running.peak_mib().unwrap_or_default());
            if let Some(status) = running.0.try_wait()? {
                break status;
            }
            pause(Duration::from_millis(2));
        };
        let seconds = start.elapsed().as_secs_f64();
        if !status.success() {
            bail!("copydesk ended with {status}");
        }
        Ok((seconds, peak))
    }

    /// Fails unless the ledger says that so many were delivered.
    pub(crate) fn check_delivered(&self, n_files: u64) -> anyhow::Result<()> {
        let mut command = Command::new(crate::program()?);
        command.current_dir(&self.dir).args(["status", "--json", "--config", "copydesk.toml", "-q"]);
        let balance = command.args(["--state", "copydesk-data"]).output()?;
        let balance: serde_json::Value =
            serde_json::from_slice(&balance.stdout).context("status is no JSON")?;
        if balance["delivered"] != json!(n_files) {
            bail!("delivered {} of {n_files}", balance["delivered"]);
        }
        Ok(())
    }
}

/// Lets time pass.
pub(crate) fn pause(time: Duration) {
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}
