//! The engine, one for the process, and a component's machine code, bound to what we offer it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wasmtime::component::{Component, HasSelf, Linker, types::ComponentItem};
use wasmtime::{Config, Engine};

use super::bindings::{Stage, StagePre};
use super::cache::{Compiled, compile};
use super::host::Host;
use super::ticker::Ticker;

/// What every component of this process runs in.
pub(super) struct Works {
    pub(super) engine: Engine,
    pub(super) ticker: Arc<Ticker>,
}

/// The works, made at first use. An error says why there are none on this machine.
pub(super) fn works() -> Result<&'static Works, String> {
    static WORKS: OnceLock<Result<Works, String>> = OnceLock::new();
    WORKS.get_or_init(make).as_ref().map_err(Clone::clone)
}

fn make() -> Result<Works, String> {
    let mut config = Config::new();
    config.wasm_component_model(true).epoch_interruption(true);
    let engine = Engine::new(&config).map_err(|error| format!("no WebAssembly here: {error:#}"))?;
    let ticker = Ticker::start(engine.weak()).map_err(|error| format!("no thread for a clock: {error}"))?;
    Ok(Works { engine, ticker })
}

/// A component, ready to be instantiated.
pub(super) struct Code {
    pub(super) pre: StagePre<Host>,
    /// The first half of the SHA-256 of its file, in hex.
    pub(super) hash: String,
}

/// The code of a component, loaded anew when its file has changed.
pub(super) struct Loaded {
    path: PathBuf,
    cache: PathBuf,
    last: Mutex<(Stamp, Arc<Code>)>,
}

/// Device, number, size and time of the last change, or nothing where there is no file.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

impl Loaded {
    pub(super) fn new(path: PathBuf, cache: PathBuf) -> Result<Loaded, String> {
        let first = (stamp(&path), read(&path, &cache)?);
        Ok(Loaded { path, cache, last: Mutex::new(first) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The code as it stands in the file. Who comes while it is compiled waits for it.
    pub(super) fn code(&self) -> Result<Arc<Code>, String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Before it is read: what changes in between is read again.
        let now = stamp(&self.path);
        if last.0 != now {
            *last = (now, read(&self.path, &self.cache)?);
        }
        Ok(Arc::clone(&last.1))
    }
}

fn read(path: &Path, cache: &Path) -> Result<Arc<Code>, String> {
    let compiled = compile(path, cache).map_err(|error| error.to_string())?;
    Code::new(&compiled).map(Arc::new)
}

fn stamp(path: &Path) -> Stamp {
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
}

/// What a component may import.
const OFFERED: [&str; 2] = ["copydesk:stage/host@1.", "copydesk:stage/types@1."];

impl Code {
    fn new(compiled: &Compiled) -> Result<Code, String> {
        let works = works()?;
        let component = &compiled.component;
        let path = compiled.path.display();
        check_imports(&works.engine, component).map_err(|what| format!("`{path}` {what}"))?;
        let mut linker = Linker::new(&works.engine);
        let bound = Stage::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host)
            .and_then(|()| linker.instantiate_pre(component))
            .and_then(StagePre::new);
        let pre = bound.map_err(|error| {
            format!("`{path}` is no stage of the world `copydesk:stage/stage@1.0.0`: {error:#}")
        })?;
        Ok(Code { pre, hash: compiled.hash.chars().take(32).collect() })
    }
}

/// An error names what the component asks for and we do not offer.
fn check_imports(engine: &Engine, component: &Component) -> Result<(), String> {
    let ty = component.component_type();
    let foreign: Vec<String> = ty
        .imports(engine)
        .filter(|(name, _)| !OFFERED.iter().any(|offered| name.starts_with(offered)))
        .map(|(name, item)| {
            let is_type = matches!(item.ty, ComponentItem::Type(_));
            if is_type { String::new() } else { format!("`{name}`") }
        })
        .filter(|name| !name.is_empty())
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let hint = if foreign.iter().any(|name| name.starts_with("`wasi:")) {
        "; a stage has no WASI: build it without (componentize-py, componentize-qjs: `--stub-wasi`; componentize-js: `-d stdio random clocks http fetch-event`; Rust: target `wasm32-unknown-unknown`)"
    } else {
        ""
    };
    Err(format!("asks for {}, and there is only `copydesk:stage/host@1.0.0`{hint}", foreign.join(", ")))
}
