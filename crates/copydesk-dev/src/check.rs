//! Checks that no compiler makes: layers, file lengths, licences.

use std::path::Path;

use anyhow::bail;

use crate::metadata::{linked, members, metadata, text};

/// What core may depend on: nothing that waits, opens or tells the time.
const CORE_MAY: [&str; 5] = ["async-trait", "serde", "serde_json", "strsim", "thiserror"];
/// Names of the world that must not appear in core's source.
const CORE_MUST_NOT: [&str; 8] =
    ["std::fs", "std::net", "std::env", "std::process", "std::thread", "SystemTime", "Instant", "tokio"];
/// Lines above which a file is refused.
const MAX_LINES: usize = 600;

/// Dependencies point down one layer only, and core knows no world.
pub(crate) fn layers() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let mut wrong = Vec::new();
    for package in members(&metadata)? {
        let name = text(package, "name");
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = text(dependency, "name");
            let dev = dependency["kind"] == "dev";
            if !allowed(name, on, dev) {
                wrong.push(format!("`{name}` must not depend on `{on}`{}", if dev { " (dev)" } else { "" }));
            }
        }
    }
    if linked(&metadata, "copydesk-core")?.iter().any(|package| text(package, "name") == "tokio") {
        wrong.push("`copydesk-core` reaches tokio".into());
    }
    for file in rust_files(Path::new("crates/copydesk-core/src"))? {
        let source = std::fs::read_to_string(&file)?;
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        for (idx, line) in code.enumerate() {
            if let Some(name) = CORE_MUST_NOT.iter().find(|name| line.contains(*name)) {
                wrong.push(format!("{}: core names `{name}` (code line {})", file.display(), idx + 1));
            }
        }
    }
    report(&wrong, "every dependency points down")
}

/// `copydesk -> layer 1 -> core`; testkit for tests alone; dev may use anything.
fn allowed(name: &str, on: &str, dev: bool) -> bool {
    if name == "copydesk-core" && !dev {
        return CORE_MAY.contains(&on);
    }
    if !on.starts_with("copydesk") || name == "copydesk-dev" {
        return true;
    }
    match name {
        "copydesk" => on != "copydesk-dev" && (dev || on != "copydesk-testkit"),
        "copydesk-core" => false,
        _ => on == "copydesk-core" || (dev && on == "copydesk-testkit" && name != "copydesk-testkit"),
    }
}

/// No file over the limit.
pub(crate) fn size() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new("crates"))?.into_iter().chain(rust_files(Path::new("tests"))?) {
        let n_lines = std::fs::read_to_string(&file)?.lines().count();
        if n_lines > MAX_LINES {
            wrong.push(format!("{}: {n_lines} lines, at most {MAX_LINES}", file.display()));
        }
    }
    report(&wrong, "no file is too long")
}

/// The files that may hold unsafe code: calls made from the interface of components, and the loading of what they were
/// compiled to.
const UNSAFE: [&str; 2] =
    ["crates/copydesk-plugin/src/wasm/bindings.rs", "crates/copydesk-plugin/src/wasm/cache.rs"];

/// No other file lifts the ban on unsafe code.
pub(crate) fn safety() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for file in rust_files(Path::new("crates"))?.into_iter().chain(rust_files(Path::new("tests"))?) {
        let text = std::fs::read_to_string(&file)?;
        let lifts = ["allow(", "expect("].iter().any(|lift| {
            let lists = text.split(lift).skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
            lists.into_iter().any(|list| list.split(',').any(|lint| lint.trim() == "unsafe_code"))
        });
        if lifts && !UNSAFE.iter().any(|place| file == Path::new(place)) {
            wrong.push(format!("{}: lifts the ban on unsafe code", file.display()));
        }
    }
    report(&wrong, "unsafe code stands nowhere but where it may")
}

/// No GPL and no LGPL is linked in.
pub(crate) fn licences() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let mut wrong = Vec::new();
    for package in linked(&metadata, "copydesk")? {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        if !free_of_gpl(licence) {
            wrong.push(format!("`{name}` is under `{licence}`"));
        }
    }
    report(&wrong, "no dependency is under the GPL or LGPL")
}

/// True if one of the alternatives can be chosen that has no GPL in it; an unstated licence is none.
fn free_of_gpl(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ");
    !licence.is_empty() && licence.split(" OR ").any(|choice| !choice.contains("GPL"))
}

fn report(wrong: &[String], right: &str) -> anyhow::Result<()> {
    if wrong.is_empty() {
        println!("{right}");
        return Ok(());
    }
    bail!("{}", wrong.join("\n"));
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_down() {
        assert!(allowed("copydesk", "copydesk-reader", false));
        assert!(allowed("copydesk-reader", "copydesk-core", false));
        assert!(allowed("copydesk-reader", "copydesk-testkit", true));
        assert!(!allowed("copydesk-reader", "copydesk-testkit", false));
        assert!(!allowed("copydesk-reader", "copydesk-stripper", true));
        assert!(!allowed("copydesk-core", "tokio", false));
        assert!(!allowed("copydesk-runtime", "copydesk", false));
    }

    #[test]
    fn a_choice_without_gpl_is_enough() {
        assert!(free_of_gpl("MIT OR GPL-3.0"));
        assert!(free_of_gpl("MIT/Apache-2.0"));
        assert!(!free_of_gpl("LGPL-2.1-only"));
        assert!(!free_of_gpl("MIT AND GPL-2.0"));
        assert!(!free_of_gpl(""));
    }
}
