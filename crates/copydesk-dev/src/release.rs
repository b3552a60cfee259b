//! The program as it is handed to users: everything in, packed with what its licences ask for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::metadata::{linked, metadata, text};

/// What of the repository goes along. `examples` has the guides and SDKs of plugins.
const ALONG: [&str; 6] =
    ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "config", "examples", "crates/copydesk/CHANGELOG.md"];
/// Features that are left out of builds that are made all day, for they take minutes.
const FEATURES: &str = "wasm";

/// Builds the program with all features, packs it into `target/dist`, and tries what was packed.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = std::env::current_exe()?;
    let target = folder.ancestors().nth(2).context("no target folder")?;
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--package", "copydesk", "--bin", "copydesk"])
        .args(["--features", FEATURES])
        .env("CARGO_TARGET_DIR", target)
        .status()?;
    if !status.success() {
        bail!("the release build ended with {status}");
    }
    let dist = target.join("dist");
    std::fs::create_dir_all(&dist)?;
    // Names of functions stay, for what a panic tells; the numbers of lines would be three quarters of it.
    let stripped = dist.join("copydesk");
    said(
        Command::new("strip")
            .args(["--strip-debug", "-o"])
            .arg(&stripped)
            .arg(target.join("release/copydesk")),
    )?;
    let archive = pack(&stripped, &dist)?;
    std::fs::remove_file(stripped)?;
    let sum = Sha256::digest(std::fs::read(&archive)?)
        .iter()
        .fold(String::new(), |sum, byte| format!("{sum}{byte:02x}"));
    let name = archive.file_name().and_then(|name| name.to_str()).context("an odd name")?;
    std::fs::write(archive.with_extension("gz.sha256"), format!("{sum}  {name}\n"))?;
    let said = try_out(&archive)?;
    println!("{}\n{sum}\n{said}", archive.display());
    Ok(())
}

/// Packs a program into a `.tar.gz` in the folder `into`: the same bytes for the same program and checkout.
fn pack(program: &Path, into: &Path) -> anyhow::Result<PathBuf> {
    let name = format!("copydesk-{}-{}", env!("CARGO_PKG_VERSION"), host()?);
    let work = tempfile::tempdir()?;
    let folder = work.path().join(&name);
    for file in files_along()? {
        let (from, to) = (crate::root().join(&file), folder.join(&file));
        std::fs::create_dir_all(to.parent().unwrap_or(&folder))?;
        std::fs::copy(&from, &to).with_context(|| format!("{} cannot be copied", file.display()))?;
    }
    std::fs::write(folder.join("THIRD-PARTY.txt"), third_party(&metadata()?)?)?;
    std::fs::copy(program, folder.join("copydesk"))
        .with_context(|| format!("{} cannot be copied", program.display()))?;
    let archive = into.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=go=rX,u+rw"])
        .args(["--use-compress-program=gzip -n -9", "--create", "--file"])
        .arg(&archive)
        .arg("--directory")
        .arg(work.path())
        .arg(&name);
    said(&mut tar)?;
    Ok(archive)
}

/// Files of [`ALONG`] that belong to the repository: none that somebody built or left there.
fn files_along() -> anyhow::Result<Vec<PathBuf>> {
    let listed = said(Command::new("git").args(["ls-files", "--"]).args(ALONG).current_dir(crate::root()))?;
    let files: Vec<PathBuf> = listed.lines().map(PathBuf::from).collect();
    if files.is_empty() {
        bail!("a release is packed from a checkout, and git knows no file here");
    }
    Ok(files)
}

/// The machine that is built for, as in `x86_64-unknown-linux-gnu`.
fn host() -> anyhow::Result<String> {
    let version = said(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what it builds for")?.to_owned())
}

/// Names, versions and licences of all that is linked, then each text once with those it is of.
fn third_party(metadata: &Value) -> anyhow::Result<String> {
    let mut list = "What is linked into copydesk, and under which licences:\n\n".to_owned();
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in linked(metadata, "copydesk")? {
        // Our own are under the licences that lie beside this file.
        if package["source"].is_null() {
            continue;
        }
        let name = format!("{} {}", text(package, "name"), text(package, "version"));
        writeln!(list, "{name}: {}", text(package, "license"))?;
        let folder = Path::new(text(package, "manifest_path")).parent().context("no folder")?;
        for file in licence_files(folder)? {
            let words = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let words = String::from_utf8_lossy(&words).trim_end().to_owned();
            of.entry(words).or_default().push(name.clone());
        }
    }
    for (words, mut names) in of {
        names.dedup();
        write!(list, "\n{}\n{}\n\n{words}\n", "=".repeat(80), names.join(", "))?;
    }
    Ok(list)
}

/// Files at the top of a package that say under which terms it may be passed on.
fn licence_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        let says =
            ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|say| name.starts_with(say));
        if says && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Unpacks an archive as a user would, cleans a sample with what was in it, and says what the program says of itself.
fn try_out(archive: &Path) -> anyhow::Result<String> {
    let work = tempfile::tempdir()?;
    said(
        Command::new("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(work.path()),
    )?;
    let folder = std::fs::read_dir(work.path())?.next().context("an empty archive")??.path();
    let copydesk =
        |args: &[&str]| said(Command::new(folder.join("copydesk")).args(args).current_dir(&folder));
    let version = copydesk(&["--version"])?;
    if !version.contains(FEATURES) {
        bail!("the program that was packed is without `{FEATURES}`:\n{version}");
    }
    let cleaned = copydesk(&["clean", "examples/inbox/harbour-bridge.txt"])?;
    if !cleaned.contains("harbour bridge") || cleaned.contains("Accept all") {
        bail!("the program that was packed does not clean a sample:\n{cleaned}");
    }
    Ok(version)
}

/// What a command prints; an error if it fails.
fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails loudly")]

    use super::*;

    #[test]
    fn what_is_packed_is_the_same_each_time_and_has_what_licences_ask_for() {
        let program = crate::root().join("Cargo.toml");
        let into = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [first, second] = into.each_ref().map(|into| pack(&program, into.path()).unwrap());
        assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());
        let list = said(Command::new("tar").arg("--list").arg("--file").arg(&first)).unwrap();
        for file in
            ["copydesk", "README.md", "LICENSE-MIT", "config/minimal.toml", "crates/copydesk/CHANGELOG.md"]
        {
            assert!(
                list.lines().any(|line| line.split_once('/').is_some_and(|(_, path)| path == file)),
                "{file}"
            );
        }
        assert!(!list.contains(".wasm"), "{list}");
        let terms = third_party(&metadata().unwrap()).unwrap();
        for package in ["wasmtime 48", "rusqlite 0.41", "tokio 1"] {
            assert!(terms.lines().any(|line| line.starts_with(package)), "{package}");
        }
        assert!(terms.contains("Permission is hereby granted"));
        assert!(!terms.contains("proptest"), "what only tests need is not linked");
    }
}
