//! How the command line asks a running daemon to retry or discard: a file in `state/requests/`, and an answer
//! beside it. Both are renamed into place, so nobody reads half of one.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_core::{Clock, crash};
use serde::{Deserialize, Serialize};

use crate::ledger::write_durably;
use crate::{Engine, RuntimeError};

/// What to do with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Process it once more.
    Retry,
    /// Drop it, with its bytes.
    Discard,
}

/// What became of a request for one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The entry.
    pub key: String,
    /// True if it was done.
    pub done: bool,
    /// What was done, or why not.
    pub message: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    act: Act,
    keys: Vec<String>,
}

/// A request that waits for its answer.
#[derive(Debug)]
pub(crate) struct Pending {
    path: PathBuf,
    pub(crate) act: Act,
    pub(crate) keys: Vec<String>,
}

const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LARGEST_REQUEST: u64 = 16 << 20;

/// Retries or discards entries of a state folder: by itself, or by way of the daemon that holds the folder.
pub async fn act(
    state: &Path,
    act: Act,
    keys: &[String],
    clock: std::sync::Arc<dyn Clock>,
) -> Result<Vec<Answer>, RuntimeError> {
    let name = format!("{}-{}", clock.unix_ns(), std::process::id());
    match Engine::open(state, clock) {
        Ok(engine) => Ok(keys.iter().map(|key| engine.act(act, key).0).collect()),
        Err(RuntimeError::Locked { .. }) => ask(state, &name, &Request { act, keys: keys.to_vec() }).await,
        Err(error) => Err(error),
    }
}

async fn ask(state: &Path, name: &str, request: &Request) -> Result<Vec<Answer>, RuntimeError> {
    let folder = state.join("requests");
    let failed = |source| RuntimeError::State { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(failed)?;
    let json = serde_json::to_vec(request).map_err(|error| failed(error.into()))?;
    let asked = folder.join(format!("{name}.request"));
    let answered = folder.join(format!("{name}.answer"));
    write_durably(&asked, &mut |out| out.write_all(&json)).map_err(failed)?;
    let wait = async {
        loop {
            if let Ok(json) = fs::read(&answered) {
                return json;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let json = tokio::time::timeout(PATIENCE, wait).await;
    // A leftover is harmless: the daemon answers it once, and nobody reads the answer.
    let _ = fs::remove_file(&asked);
    let _ = fs::remove_file(&answered);
    let json = json.map_err(|_| failed(std::io::Error::other("the running daemon does not answer")))?;
    serde_json::from_slice(&json).map_err(|error| failed(error.into()))
}

/// Requests that wait in a state folder, oldest first.
pub(crate) fn poll(state: &Path) -> Vec<Pending> {
    let Ok(names) = fs::read_dir(state.join("requests")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = names
        .filter_map(|name| Some(name.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "request"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let small =
                fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_REQUEST);
            let request = small.then(|| fs::read(&path).ok()).flatten();
            let request = request.and_then(|json| serde_json::from_slice::<Request>(&json).ok());
            if request.is_none() {
                // What is no request now will not become one: requests are renamed into place whole.
                let _ = fs::remove_file(&path);
            }
            request.map(|Request { act, keys }| Pending { path, act, keys })
        })
        .collect()
}

/// Answers a request.
pub(crate) fn answer(request: &Pending, answers: &[Answer]) -> std::io::Result<()> {
    let json = serde_json::to_vec(answers)?;
    crash::point("request.before_answer");
    write_durably(&request.path.with_extension("answer"), &mut |out| out.write_all(&json))?;
    crash::point("request.after_answer");
    match fs::remove_file(&request.path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
