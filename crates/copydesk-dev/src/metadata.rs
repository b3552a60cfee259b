//! What cargo knows of the workspace and its dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// `cargo metadata`, with all features.
pub(crate) fn metadata() -> anyhow::Result<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The packages of the workspace.
pub(crate) fn members(metadata: &Value) -> anyhow::Result<Vec<&Value>> {
    let ids: BTreeSet<&str> = metadata["workspace_members"]
        .as_array()
        .context("no members")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = metadata["packages"].as_array().context("no packages")?;
    Ok(packages.iter().filter(|package| ids.contains(text(package, "id"))).collect())
}

/// All packages that `root` links, itself included, by name and version: normal dependencies only.
pub(crate) fn linked<'a>(metadata: &'a Value, root: &str) -> anyhow::Result<Vec<&'a Value>> {
    let packages: BTreeMap<&str, &Value> = metadata["packages"]
        .as_array()
        .context("no packages")?
        .iter()
        .map(|package| (text(package, "id"), package))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .context("no resolve graph")?
        .iter()
        .map(|node| (text(node, "id"), node))
        .collect();
    let is_root = |package: &&&Value| text(package, "name") == root;
    let mut queue: Vec<&str> = packages.values().filter(is_root).map(|package| text(package, "id")).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array();
            if kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null())) {
                queue.push(text(dependency, "pkg"));
            }
        }
    }
    let mut linked: Vec<&Value> = seen.into_iter().filter_map(|id| packages.get(id).copied()).collect();
    linked.sort_by_key(|package| (text(package, "name"), text(package, "version")));
    Ok(linked)
}

/// The text under a key, or an empty one.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}
