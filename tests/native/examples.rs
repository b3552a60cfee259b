//! The examples, built, and run over real files.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Every program that these tests run.
const NAMES: [&str; 6] = [
    "native_stage",
    "native_watch_list",
    "native_translate",
    "native_source",
    "native_sink",
    "native_test_program",
];

/// The program of an example. `cargo test` builds all of them, but not where one test is asked for by name.
pub(crate) fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    let program = Path::new(env!("CARGO_BIN_EXE_copydesk"));
    let folder = program.parent().unwrap();
    let path = |name: &str| folder.join("examples").join(name);
    BUILT.get_or_init(|| {
        let written = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
        if NAMES.iter().all(|name| written(&path(name)) >= written(program)) {
            return;
        }
        let profile = folder.file_name().unwrap().to_str().unwrap().replace("debug", "dev");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--offline", "--profile", &profile]);
        build.arg("--target-dir").arg(folder.parent().unwrap());
        // As they are built beside the tests, or all would be built twice.
        if cfg!(feature = "wasm") {
            build.args(["--features", "wasm"]);
        }
        for name in NAMES {
            build.args(["--example", name]);
        }
        assert!(build.status().unwrap().success(), "the examples cannot be built");
    });
    path(name)
}
