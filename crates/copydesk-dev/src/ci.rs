//! The whole check, one step after the other; the first that fails ends it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};

pub(crate) fn run() -> anyhow::Result<()> {
    step("tools", tools)?;
    let before = changes()?;
    step("formatting", || cargo(&["fmt", "--all", "--check"]))?;
    step("layers", crate::check::layers)?;
    step("sizes", crate::check::size)?;
    step("unsafe code", crate::check::safety)?;
    step("licences", crate::check::licences)?;
    let lints = ["clippy", "--quiet", "--workspace", "--all-targets"];
    step("lints", || cargo(&[&lints[..], &["--all-features", "--", "-D", "warnings"]].concat()))?;
    step("lints without features", || cargo(&[&lints[..], &["--", "-D", "warnings"]].concat()))?;
    step("fuzz targets", fuzz_targets)?;
    step("tests", tests)?;
    step("nothing left behind", || {
        let after = changes()?;
        if before != after {
            bail!(
                "the tests changed files of this checkout; `git status` before:\n{before}and after:\n{after}"
            );
        }
        Ok(())
    })
}

/// What differs from the last commit, files that are ignored too, a line each; nothing where git knows nothing of this
/// folder.
fn changes() -> anyhow::Result<String> {
    let output = Command::new("git")
        .args(["status", "--porcelain", "--ignored"])
        .output()
        .context("cannot start git")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn step(name: &str, run: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    println!("── {name}");
    let start = Instant::now();
    run().with_context(|| format!("{name}: failed"))?;
    println!("   {name}: ok, {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn cargo(args: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO")).args(args).status().context("cannot start cargo")?;
    if !status.success() {
        bail!("`cargo {}` ended with {status}", args.join(" "));
    }
    Ok(())
}

/// What the tests make faults with, and write plugins in: the command, and the Debian package that holds it.
const TOOLS: &[(&str, &str)] = &[
    ("strace", "strace"),
    ("faketime", "faketime"),
    ("ps", "procps"),
    ("python3", "python3"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// Installs what is missing.
fn tools() -> anyhow::Result<()> {
    let mut missing: Vec<&str> =
        TOOLS.iter().filter(|(command, _)| !is_installed(command)).map(|(_, package)| *package).collect();
    // The guides for components make environments of Python; Debian's Python alone cannot.
    let can_venv =
        Command::new("python3").args(["-c", "import ensurepip, venv"]).stderr(Stdio::null()).status();
    if !can_venv.is_ok_and(|status| status.success()) {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!(
        "{0} apt-get -q update && {0} apt-get -q install -y --no-install-recommends {1}",
        if rustix::process::geteuid().is_root() { "" } else { "sudo" },
        missing.join(" ")
    );
    println!("   {install}");
    let status = Command::new("sh").args(["-c", &install]).status().context("cannot start a shell")?;
    if !status.success() {
        bail!("the tests need {}, and `{install}` ended with {status}", missing.join(" and "));
    }
    Ok(())
}

fn is_installed(command: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(command).is_file())
}

/// The fuzz targets are a workspace of their own; without their feature `run` they need neither nightly nor a C++
/// compiler. What they do with bytes is run by `tests/seeds.rs`.
fn fuzz_targets() -> anyhow::Result<()> {
    let manifest = ["--manifest-path", "crates/fuzz/Cargo.toml"];
    cargo(&[&["fmt"], &manifest[..], &["--check"]].concat())?;
    // The same target folder as for the rest, so that what they share is built once.
    let target = std::env::current_exe()?;
    let target = target.ancestors().nth(2).and_then(Path::to_str).context("no target folder")?;
    let lints = ["--quiet", "--no-default-features", "--all-targets", "--target-dir", target];
    cargo(&[&["clippy"], &manifest[..], &lints[..], &["--", "-D", "warnings"]].concat())
}

/// Runs every test and doc-test, passes their output on, and counts.
fn tests() -> anyhow::Result<()> {
    let mut child = Command::new(env!("CARGO"))
        .args(["test", "--workspace", "--all-features", "--no-fail-fast"])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let stdout = child.stdout.take().context("no output")?;
    let (mut passed, mut failed, mut ignored) = (0, 0, 0);
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        let Some(counts) = line.strip_prefix("test result: ") else { continue };
        for part in counts.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let count: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => passed += count,
                Some("failed") => failed += count,
                Some("ignored") => ignored += count,
                _ => {}
            }
        }
    }
    let status = child.wait()?;
    println!("{passed} passed, {failed} failed, {ignored} skipped");
    if !status.success() || failed > 0 || passed == 0 {
        bail!("tests ended with {status}");
    }
    Ok(())
}
