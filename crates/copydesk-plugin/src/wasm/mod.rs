//! The stage `wasm`: a WebAssembly component in this process, without the world around it. It has its own memory, no
//! files, no network, no clock and no environment but what the configuration grants; it is stopped when it takes too
//! long or too much, and begun anew.
//!
//! Its options are known to every program; the engine is there with the feature `wasm`.

#[cfg(not(feature = "wasm"))]
mod absent;
#[cfg(feature = "wasm")]
mod bindings;
#[cfg(feature = "wasm")]
mod cache;
#[cfg(feature = "wasm")]
mod code;
#[cfg(feature = "wasm")]
mod guest;
#[cfg(feature = "wasm")]
mod host;
#[cfg(feature = "wasm")]
mod stage;
#[cfg(feature = "wasm")]
mod ticker;
#[cfg(feature = "wasm")]
mod trial;

use std::path::PathBuf;

use copydesk_core::{Component, OptionKind, OptionSpec};
use serde::Deserialize;
use serde_json::Value;

use crate::supervise::OnDown;

#[cfg(not(feature = "wasm"))]
pub use self::absent::WasmStage;
#[cfg(feature = "wasm")]
pub use self::stage::WasmStage;

/// What the stage takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "wasm"), expect(dead_code, reason = "checked, and then there is no engine"))]
pub struct WasmOptions {
    component: PathBuf,
    config: Value,
    workers: usize,
    timeout: u64,
    memory: u64,
    output: u64,
    on_down: OnDown,
    clock: bool,
    env: Vec<String>,
    files: Vec<GrantedFile>,
    cache: Option<PathBuf>,
    #[serde(default, rename = "name")]
    _name: String,
}

/// A file that is granted, as the configuration hands it over.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(not(feature = "wasm"), expect(dead_code, reason = "checked, and then there is no engine"))]
struct GrantedFile {
    path: PathBuf,
    text: String,
}

impl Component for WasmStage {
    type Options = WasmOptions;

    const HELP: &'static str = "Gives articles to a WebAssembly component, and takes what it proposes: notes, fields, \
        cuts, or leave the article out. It runs inside this program, and sees nothing of the world but the article and \
        what is granted here. It is compiled once, by `copydesk plugin check` or at the first start, and the result is \
        kept. An article over which it fails twice goes into quarantine, and the others go on; one that fails over \
        every article is down. Needs a program built with the feature `wasm`.";

    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new("component", OptionKind::Path, None, "The component: a file that ends in `.wasm`."),
        OptionSpec::new("config", OptionKind::Table, Some("{}"), "Anything: handed to it when it starts."),
        OptionSpec::new(
            "workers",
            OptionKind::Integer,
            Some("2"),
            "How many instances of it run at the same time (1 to 64).",
        ),
        OptionSpec::new(
            "timeout",
            OptionKind::Duration,
            Some("\"1s\""),
            "How long it may take over an article; three times that over its start.",
        ),
        OptionSpec::new(
            "memory",
            OptionKind::Bytes,
            Some("\"64MiB\""),
            "Memory that each instance may use; one made from Python needs `\"256MiB\"`.",
        ),
        OptionSpec::new(
            "output",
            OptionKind::Bytes,
            Some("\"16MiB\""),
            "How much it may hand over at once (1 KiB to 1 GiB).",
        ),
        OptionSpec {
            choices: &["hold", "quarantine"],
            ..OptionSpec::new(
                "on_down",
                OptionKind::Choice,
                Some("\"hold\""),
                "Where articles go while it is down: `hold` lets them wait, and with them the drop folder.",
            )
        },
        OptionSpec::new(
            "clock",
            OptionKind::Boolean,
            Some("false"),
            "Grants the time of day. What it then says of an article may differ from run to run.",
        ),
        OptionSpec::new(
            "env",
            OptionKind::List,
            Some("[]"),
            "Grants environment variables, by name: for secrets, which then stand in no file.",
        ),
        OptionSpec::new(
            "files",
            OptionKind::Files,
            Some("[]"),
            "Grants texts to read: files in UTF-8, read once at the start.",
        ),
        OptionSpec::new(
            "cache",
            OptionKind::Path,
            Some(""),
            "The folder for compiled components, which must be yours alone: by default `copydesk/components` in the \
             user's folder for caches (`XDG_CACHE_HOME`, or `.cache` in `HOME`).",
        ),
    ];
}

#[cfg(all(test, feature = "wasm"))]
mod tests;
