//! The other extractors: each a process that reads a folder of pages and says what it took.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::{Outcome, Page};

const SCRIPT: &str = "crates/copydesk-dev/scripts/peers.py";

/// The pages as files, for programs that read folders.
pub(crate) struct Inputs {
    dir: PathBuf,
    ids: Vec<String>,
}

/// What a tool says of itself.
#[derive(Deserialize)]
struct Totals {
    tool: String,
    #[serde(default)]
    version: String,
    cpu_s: f64,
    #[serde(default)]
    errors: u64,
    #[serde(default)]
    panics: u64,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    #[serde(default)]
    text: String,
}

/// The fields that a tool found on a page.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Fields {
    id: String,
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<String>,
}

/// What a tool read off pages, by their ids, and what it took.
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) fields: HashMap<String, Fields>,
    pub(crate) cpu_s: f64,
}

impl Inputs {
    /// Writes every page as `html/ID.html` and `text/ID.txt`.
    pub(crate) fn write(dir: &Path, pages: &[Page]) -> anyhow::Result<Inputs> {
        for (kind, ending) in [("html", "html"), ("text", "txt")] {
            std::fs::create_dir_all(dir.join(kind))?;
            for page in pages {
                let body = if kind == "html" { &page.html } else { &page.text };
                std::fs::write(dir.join(kind).join(format!("{}.{ending}", page.truth.id)), body)?;
            }
        }
        let ids = pages.iter().map(|page| page.truth.id.clone()).collect();
        Ok(Inputs { dir: dir.to_owned(), ids })
    }

    /// A tool of the Python script; `spans` reads text.
    pub(super) fn by_script(&self, python: &Path, tool: &str, rounds: usize) -> anyhow::Result<Outcome> {
        let kind = if tool == "spans" { "text" } else { "html" };
        let out = self.dir.join(format!("{tool}.jsonl"));
        let mut command = Command::new(python);
        command.args([Path::new(SCRIPT), Path::new(tool), &self.dir.join(kind), &out]);
        command.args(["--rounds", &rounds.to_string()]);
        self.outcome(&mut command, &out)
    }

    /// trafilatura's fields of pages that are parsed already.
    pub(crate) fn described(&self, python: &Path, rounds: usize) -> anyhow::Result<Described> {
        let out = self.dir.join("metadata.jsonl");
        let mut command = Command::new(python);
        command.args([Path::new(SCRIPT), Path::new("metadata"), &self.dir.join("html"), &out]);
        let done = checked(command.args(["--rounds", &rounds.to_string()]))?;
        let totals: Totals = serde_json::from_slice(&done.stdout).context("no totals on standard output")?;
        let mut fields = HashMap::new();
        for line in std::fs::read_to_string(&out)?.lines() {
            let found: Fields = serde_json::from_str(line).context("a line that is no page")?;
            fields.insert(found.id.clone(), found);
        }
        Ok(Described { name: format!("trafilatura {}", totals.version), fields, cpu_s: totals.cpu_s })
    }

    /// A tool of the program in Rust.
    pub(super) fn by_program(&self, program: &Path, tool: &str, rounds: usize) -> anyhow::Result<Outcome> {
        let out = self.dir.join(format!("{tool}.jsonl"));
        let mut command = Command::new(program);
        command.args([Path::new(tool), &self.dir.join("html"), &out]);
        command.args(["--repeat", &rounds.to_string()]);
        let mut outcome = self.outcome(&mut command, &out)?;
        if tool.ends_with("-html") {
            outcome.texts.iter_mut().for_each(|text| *text = without_tags(text));
        }
        Ok(outcome)
    }

    fn outcome(&self, command: &mut Command, out: &Path) -> anyhow::Result<Outcome> {
        let done = checked(command)?;
        let totals: Totals = serde_json::from_slice(&done.stdout).context("no totals on standard output")?;
        let mut texts = HashMap::new();
        for line in std::fs::read_to_string(out)?.lines() {
            let found: Found = serde_json::from_str(line)?;
            texts.insert(found.id, found.text);
        }
        Ok(Outcome {
            name: format!("{} {}", totals.tool, totals.version).trim_end().to_owned(),
            texts: self.ids.iter().map(|id| texts.remove(id).unwrap_or_default()).collect(),
            cpu_s: totals.cpu_s,
            errors: totals.errors + totals.panics,
        })
    }
}

/// The text of cleaned markup, where a tool's own text has no line breaks to part its words.
fn without_tags(html: &str) -> String {
    crate::train::sample::read("peer.html", html.as_bytes().to_vec())
        .map(|article| article.raw().to_owned())
        .unwrap_or_default()
}

/// The Python of a virtual environment with trafilatura.
pub(crate) fn python(given: Option<&Path>, place: &Path) -> anyhow::Result<PathBuf> {
    let folder = given.map_or_else(|| place.join("venv"), Path::to_owned);
    let python = folder.join("bin/python");
    if !python.exists() {
        checked(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    if checked(Command::new(&python).args(["-c", "import trafilatura, lxml_html_clean"])).is_err() {
        checked(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "trafilatura",
            "lxml_html_clean",
        ]))?;
    }
    Ok(python)
}

/// Builds the package that runs extractors in Rust, with its own lock file, in a folder of its own.
pub(super) fn build(folder: &Path, place: &Path) -> anyhow::Result<PathBuf> {
    let target = place.join("target");
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["build", "--release", "--quiet", "--locked", "--manifest-path"])
        .arg(folder.join("Cargo.toml"));
    checked(command.arg("--target-dir").arg(&target))?;
    Ok(target.join("release/peers-rs"))
}

fn checked(command: &mut Command) -> anyhow::Result<Output> {
    let program = command.get_program().display().to_string();
    let done = command.output().with_context(|| format!("cannot start {program}"))?;
    if !done.status.success() {
        let error = String::from_utf8_lossy(&done.stderr);
        let last = error.trim().lines().next_back().unwrap_or("no message").to_owned();
        bail!("{program} ended with {}: {last}", done.status);
    }
    Ok(done)
}
