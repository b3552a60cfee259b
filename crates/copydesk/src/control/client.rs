//! The other end: what `status` and `reload` ask.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{Request, short_path};

/// An answer is no longer than this, in bytes.
const LONGEST_ANSWER: u64 = 16 << 20;

/// What came of asking.
pub(crate) enum Asked {
    /// The value under the request's name.
    Answered(Value),
    /// Nobody is there.
    NoDaemon,
    /// Somebody is there, but this went wrong.
    Failed(String),
}

/// Asks the daemon of a state folder. A reload takes as long as it takes, the rest a few seconds at most.
pub(crate) fn ask(state: &Path, request: Request) -> Asked {
    match exchange(state, request) {
        Ok(answer) => answer,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Asked::NoDaemon
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
            Asked::Failed("the daemon does not answer".into())
        }
        Err(error) => Asked::Failed(format!("cannot ask the daemon: {error}")),
    }
}

fn exchange(state: &Path, request: Request) -> io::Result<Asked> {
    let (_folder, path) = short_path(state)?;
    let mut stream = UnixStream::connect(path)?;
    let (name, patience) = match request {
        Request::Status => ("status", Some(Duration::from_secs(5))),
        Request::Reload => ("reload", None),
    };
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    stream.set_read_timeout(patience)?;
    let mut line = serde_json::to_vec(&request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = Vec::new();
    BufReader::new(stream).take(LONGEST_ANSWER).read_until(b'\n', &mut answer)?;
    if answer.is_empty() {
        return Ok(Asked::Failed("the daemon ended before it answered".into()));
    }
    let mut answer: Value = serde_json::from_slice(&answer)?;
    if let Some(value) = answer.get_mut(name) {
        return Ok(Asked::Answered(value.take()));
    }
    Ok(Asked::Failed(answer["error"].as_str().unwrap_or("the daemon answers something else").to_owned()))
}
