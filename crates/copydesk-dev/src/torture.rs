//! The fault tests at full length: more kills, more files, every n-th system call instead of a sample.

use std::process::Command;

use anyhow::{Context, bail};

/// Options of the torture.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only tests whose names hold one of these
    filter: Vec<String>,
    /// How many tests run at a time
    #[arg(long, default_value_t = 2)]
    threads: u32,
}

/// Test binaries that know a full length.
const BINARIES: &[&str] = &["faults", "verify", "index", "plugin_sdks"];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    // Optimised, with the crash points of a debug build.
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--profile", "torture", "--no-fail-fast"]);
    command.args(["--package", "copydesk", "--package", "copydesk-deduplicator"]);
    for name in BINARIES {
        command.args(["--test", name]);
    }
    command.arg("--").args(["--nocapture", "--test-threads", &options.threads.to_string()]);
    command.args(&options.filter).env("COPYDESK_TORTURE", "1");
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("the torture ended with {status}");
    }
    Ok(())
}
