//! The command of a plugin: found before anything is started, and known by the hash of its file.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use copydesk_core::BuildError;
use sha2::{Digest, Sha256};

/// Interpreters: the first of their arguments that is no flag is the file that is run.
const INTERPRETERS: [&str; 9] = ["python", "pypy", "node", "deno", "ruby", "perl", "php", "bash", "sh"];

/// A command that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The program.
    pub(super) program: PathBuf,
    /// What is run: the program, or the file that it interprets.
    file: PathBuf,
}

/// Looks for the command, as it will be run in `folder`.
pub(super) fn find(command: &[String], folder: &Path) -> Result<Found, BuildError> {
    let Some((name, arguments)) = command.split_first().filter(|(name, _)| !name.is_empty()) else {
        return Err(BuildError("`command` is empty (write `command = [\"python3\", \"stage.py\"]`)".into()));
    };
    if command.iter().any(|part| part.contains('\0')) {
        return Err(BuildError("`command` holds a NUL".into()));
    }
    if !folder.is_dir() {
        return Err(BuildError(format!("`folder`: there is no folder `{}`", folder.display())));
    }
    let program = if name.contains('/') {
        let path = folder.join(name);
        if !path.exists() {
            return Err(BuildError(format!("`command`: there is no file `{}`", path.display())));
        }
        if !is_program(&path) {
            return Err(BuildError(format!("`command`: `{}` cannot be executed", path.display())));
        }
        path
    } else {
        let places = std::env::var_os("PATH").unwrap_or_default();
        let found =
            std::env::split_paths(&places).map(|place| place.join(name)).find(|path| is_program(path));
        found.ok_or_else(|| {
            let hint = if folder.join(name).exists() {
                format!(" (did you mean `./{name}`?)")
            } else {
                String::new()
            };
            BuildError(format!("`command`: there is no program `{}` in PATH{hint}", name.escape_debug()))
        })?
    };
    let script = interpreted(&program, arguments).map(|script| folder.join(script));
    if let Some(script) = script.as_ref().filter(|script| !script.is_file()) {
        return Err(BuildError(format!("`command`: there is no file `{}`", script.display())));
    }
    Ok(Found { file: script.unwrap_or_else(|| program.clone()), program })
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The file that an interpreter is to run. Flags may take a value of their own, so nothing is said where one stands
/// before the file.
fn interpreted<'a>(program: &Path, arguments: &'a [String]) -> Option<&'a str> {
    let name = program.file_name().and_then(OsStr::to_str)?;
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let first = arguments.first().filter(|argument| !argument.starts_with('-'))?;
    INTERPRETERS.contains(&name).then_some(first.as_str())
}

impl Found {
    /// The files that the command names: the program, and arguments that are files.
    pub(super) fn files(&self, command: &[String], folder: &Path) -> Vec<PathBuf> {
        let arguments = command.iter().skip(1).map(|argument| folder.join(argument));
        std::iter::once(self.program.clone()).chain(arguments.filter(|path| path.is_file())).collect()
    }

    /// The first half of the SHA-256 of the file that is run, as it is now, in hex.
    pub(super) fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; 64 << 10];
        let Ok(mut file) = File::open(&self.file) else { return "unreadable".to_owned() };
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(n_bytes) => hasher.update(chunk.get(..n_bytes).unwrap_or(&[])),
                Err(_) => return "unreadable".to_owned(),
            }
        }
        hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
