//! Compiled components, kept on disk: compiling one made from Python takes twenty seconds, and loading what came of it
//! takes some milliseconds.
//!
//! What stands here is machine code that will run in this process, so nothing is loaded but what this user wrote into a
//! folder that no one else can write to, whole to the last byte, for this very engine.

use std::collections::hash_map::DefaultHasher;
use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};
use tracing::{info, warn};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::code::works;

/// A component, compiled or loaded.
pub(super) struct Compiled {
    pub(super) component: Component,
    pub(super) path: PathBuf,
    /// The SHA-256 of its file, in hex.
    pub(super) hash: String,
    /// True if it was compiled now; false if it was there.
    #[cfg_attr(not(test), expect(dead_code, reason = "of interest to tests"))]
    pub(super) is_fresh: bool,
}

/// Why a component cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum CacheError {
    /// Its file cannot be read.
    #[error("cannot read the component `{path}`: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is a module, of which a component can be made.
    #[error(
        "`{path}` is no component but a core module: `wasm-tools component new` makes a component of one that \
         `wasm-tools component embed` has given the interface `stage.wit` \
         (`copydesk plugin new --lang c NAME` makes a folder with a `build.sh` that does both)"
    )]
    Module {
        /// The file.
        path: PathBuf,
    },
    /// It is no component.
    #[error("`{path}` is no component: {why}")]
    Component {
        /// The file.
        path: PathBuf,
        /// What the compiler says.
        why: String,
    },
    /// The folder for compiled components cannot be used.
    #[error("cannot keep compiled components in `{path}`: {why}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// There is no WebAssembly on this machine.
    #[error("{0}")]
    Engine(String),
}

/// What a core module begins with: a component has another number, and the one behind that says so.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// Bytes of a component's file.
const MAX_FILE: u64 = 256 << 20;
/// What a kept file begins with; then the SHA-256 of its name and the rest, then the rest.
const MAGIC: &[u8; 16] = b"copydesk cwasm 2";
/// Files that are kept; the oldest go.
const MAX_KEPT: usize = 32;

/// Where compiled components are kept if nothing else is said: in the user's folder for caches.
pub(super) fn default_cache() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
    Some(caches.join("copydesk/components"))
}

/// The component in the file `path`, from the folder `cache` if it is there, else compiled and put there.
///
/// # Errors
/// There is no such component, or the folder is not this user's alone. A result that cannot be kept is no error.
pub(super) fn compile(path: &Path, cache: &Path) -> Result<Compiled, CacheError> {
    let engine = &works().map_err(CacheError::Engine)?.engine;
    let bytes = read(path, MAX_FILE).map_err(|error| CacheError::Read { path: path.to_owned(), error })?;
    let hash = hex(&Sha256::digest(&bytes));
    check_folder(cache).map_err(|why| CacheError::Folder { path: cache.to_owned(), why })?;
    let kept = cache.join(format!("{hash}-{:016x}.cwasm", engine_key(engine)));
    if let Some(component) = kept_component(engine, &kept) {
        return Ok(Compiled { component, path: path.to_owned(), hash, is_fresh: false });
    }
    if bytes.starts_with(MODULE) {
        return Err(CacheError::Module { path: path.to_owned() });
    }
    info!(component = %path.display(), "compiling the component");
    let component = Component::new(engine, &bytes)
        .map_err(|error| CacheError::Component { path: path.to_owned(), why: format!("{error:#}") })?;
    if let Err(error) = keep(&component, &kept) {
        warn!(file = %kept.display(), %error, "cannot keep the compiled component, it will be compiled again");
    }
    Ok(Compiled { component, path: path.to_owned(), hash, is_fresh: true })
}

/// The whole of a plain file that is not too large.
fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // A pipe would block here for ever.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if found.len() > most {
        return Err(io::Error::other(format!("it has {} bytes, at most {most} are taken", found.len())));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes the folder if it is not there; it must be ours, and nobody else may write to it.
fn check_folder(folder: &Path) -> Result<(), String> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| error.to_string())?;
    let found = std::fs::metadata(folder).map_err(|error| error.to_string())?;
    is_ours(&found)
}

fn is_ours(found: &std::fs::Metadata) -> Result<(), String> {
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(format!("it belongs to user {}, not to this one", found.uid()));
    }
    if found.mode() & 0o022 != 0 {
        return Err(format!("others may write to it (mode {:o})", found.mode() & 0o7777));
    }
    Ok(())
}

/// Tells engines apart that cannot run one another's code.
fn engine_key(engine: &Engine) -> u64 {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

fn kept_component(engine: &Engine, kept: &Path) -> Option<Component> {
    let bytes = match checked(kept) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            warn!(file = %kept.display(), %error, "a compiled component cannot be used, it is compiled again");
            return None;
        }
    };
    load(engine, &bytes)
        .inspect_err(|error| warn!(file = %kept.display(), "a compiled component cannot be used: {error:#}"))
        .ok()
}

/// The machine code in a kept file, if it is ours and whole.
fn checked(kept: &Path) -> io::Result<Vec<u8>> {
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(kept)?;
    let found = file.metadata()?;
    is_ours(&found).map_err(io::Error::other)?;
    let mut head = [0; 48];
    file.read_exact(&mut head)?;
    let (magic, sum) = head.split_at(16);
    let mut code = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.read_to_end(&mut code)?;
    if magic != MAGIC || seal(kept, &code).as_slice() != sum {
        return Err(io::Error::other("it is not as it was written"));
    }
    Ok(code)
}

/// Of the code and of what it was made from, which its name says: one that stands under another's name is none.
fn seal(kept: &Path, code: &[u8]) -> [u8; 32] {
    let name = kept.file_name().unwrap_or_default().as_encoded_bytes();
    Sha256::new().chain_update(name).chain_update([0]).chain_update(code).finalize().into()
}

/// The one place with unsafe code.
#[expect(unsafe_code, reason = "machine code can be loaded in no other way")]
fn load(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `code` is what `Component::serialize` gave in this program: `checked` saw that this user wrote the file,
    // that no other can write to it, and that name and bytes are as they were written. That it is of another version or for
    // another engine is refused by `deserialize` itself.
    unsafe { Component::deserialize(engine, code) }
}

fn keep(component: &Component, kept: &Path) -> io::Result<()> {
    let code = component.serialize().map_err(|error| io::Error::other(format!("{error:#}")))?;
    let folder = kept.parent().unwrap_or(Path::new("."));
    // Two processes may do this at once; each writes a file of its own, and the last one stays.
    let partial = kept.with_extension(format!("{}.partial", std::process::id()));
    let written = (|| {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
        file.write_all(MAGIC)?;
        file.write_all(&seal(kept, &code))?;
        file.write_all(&code)?;
        file.sync_all()?;
        std::fs::rename(&partial, kept)
    })();
    if written.is_err() {
        // What is left of it is of no use, and may not even be there.
        let _ = std::fs::remove_file(&partial);
    }
    written?;
    File::open(folder)?.sync_all()?;
    forget_oldest(folder)
}

fn forget_oldest(folder: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "cwasm" || extension == "partial") {
            files.push((std::fs::metadata(&path)?.modified()?, path));
        }
    }
    files.sort_by(|one, other| other.cmp(one));
    for (_, path) in files.into_iter().skip(MAX_KEPT) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
