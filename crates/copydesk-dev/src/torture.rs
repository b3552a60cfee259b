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
const BINARIES: &[&str] = &["faults", "verify", "index", "plugin_c", "plugin_host", "plugin_sdks"];

/// Tests of the boundary to components that know a full length, by their modules.
const BOUNDARY: &[&str] = &["wasm::tests::boundary", "wasm::tests::hostile"];

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut selected = vec!["--package", "copydesk", "--package", "copydesk-deduplicator"];
    selected.extend(BINARIES.iter().flat_map(|name| ["--test", name]));
    test(&selected, &options.filter, options.threads)?;
    // An engine is built for these, so they are left out where others are asked for.
    let asked =
        |name: &&&str| options.filter.is_empty() || options.filter.iter().any(|part| name.contains(part));
    let names: Vec<String> = BOUNDARY.iter().filter(asked).map(|name| (*name).to_owned()).collect();
    if names.is_empty() {
        return Ok(());
    }
    test(&["--package", "copydesk-plugin", "--features", "wasm", "--lib"], &names, options.threads)
}

/// Runs what is selected, optimised and with the crash points of a debug build.
fn test(selected: &[&str], filter: &[String], threads: u32) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--profile", "torture", "--no-fail-fast"]).args(selected);
    command.arg("--").args(["--nocapture", "--test-threads", &threads.to_string()]).args(filter);
    let status = command.env("COPYDESK_TORTURE", "1").status().context("cannot start cargo")?;
    if !status.success() {
        bail!("the torture ended with {status}");
    }
    Ok(())
}
