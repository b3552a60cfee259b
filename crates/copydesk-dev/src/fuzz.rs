//! The fuzz targets: checked by any toolchain, run by nightly with cargo-fuzz.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

/// The crate of the targets, a workspace of its own.
const FOLDER: &str = "crates/fuzz";

#[derive(Args)]
pub(crate) struct Options {
    /// The target; without it, every one of them in turn
    target: Option<String>,
    /// How long each runs
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// With the address sanitizer: half as fast, and it sees into what C and unsafe code of dependencies do
    #[arg(long)]
    address: bool,
}

/// Runs targets until a finding or the end of their time.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let targets = targets()?;
    let chosen = match &options.target {
        None => targets,
        Some(target) if targets.contains(target) => vec![target.clone()],
        Some(target) => bail!("no target `{target}` (available: {})", targets.join(", ")),
    };
    tools()?;
    for target in chosen {
        println!("── {target}, {} minutes", options.minutes);
        fuzz(&target, options)?;
    }
    Ok(())
}

/// The targets' names: those of the files that hold them.
fn targets() -> anyhow::Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(Path::new(FOLDER).join("targets"))? {
        let path = entry?.path();
        targets.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    targets.sort();
    Ok(targets)
}

fn tools() -> anyhow::Result<()> {
    let answers = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let mut missing = Vec::new();
    if !answers(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])) {
        missing.push("the nightly toolchain (rustup toolchain install nightly --profile minimal)");
    }
    if !answers(Command::new("cargo").args(["fuzz", "--version"])) {
        missing.push("cargo-fuzz (cargo install cargo-fuzz --locked)");
    }
    if !answers(Command::new("c++").arg("--version")) {
        missing.push("a C++ compiler for libFuzzer (apt-get install g++)");
    }
    if !missing.is_empty() {
        bail!("fuzzing needs {}", missing.join(", and "));
    }
    Ok(())
}

fn fuzz(target: &str, options: &Options) -> anyhow::Result<()> {
    let folder = PathBuf::from(FOLDER);
    let corpus = folder.join("corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let mut command = Command::new("cargo");
    command
        // What runs this command chose a toolchain of its own.
        .env_remove("RUSTC")
        .env_remove("RUSTDOC")
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .args(["fuzz", "run", "--debug-assertions", "--fuzz-dir", FOLDER])
        .args(["--sanitizer", if options.address { "address" } else { "none" }])
        .arg(target)
        .args([&corpus, &folder.join("seeds").join(target)])
        .arg("--")
        .arg(format!("-max_total_time={}", options.minutes * 60))
        .args(["-max_len=65536", "-timeout=5", "-rss_limit_mb=512", "-print_final_stats=1"]);
    let words = folder.join("words").join(format!("{target}.dict"));
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    let status = command.status().context("cannot start cargo fuzz")?;
    if !status.success() {
        bail!(
            "`{target}` found something: the input is in {FOLDER}/artifacts/{target}. Once it is understood, add it \
             to {FOLDER}/seeds/{target}, where `cargo test --test seeds` replays it"
        );
    }
    Ok(())
}
