//! Asking a running daemon: a Unix domain socket in the state folder, which only its owner may use.
//!
//! A request is one line of JSON, `{"ask":"status"}` or `{"ask":"reload"}`; so is the answer, an object with
//! one key: `status`, `reload` or `error`. It needs no disk space, so it works while the disk is full.

mod client;
mod server;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

pub(crate) use client::{Asked, ask};
pub(crate) use server::Server;

use crate::view::DaemonView;

/// The socket's name in the state folder.
const SOCKET: &str = "control.sock";

/// What is asked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Request {
    /// What the daemon is doing, and whether all is well.
    Status,
    /// To read the configuration anew; answered once it is in force, or refused.
    Reload,
}

/// What is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    Status(Box<DaemonView>),
    Reload(Verdict),
    Error(String),
}

/// What became of a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "message", rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// The new configuration is in force.
    Done,
    /// It is wrong, or cannot be put in force; the old one is.
    Refused(String),
    /// It was not looked at.
    Ignored(String),
}

/// A reload that was asked for. Dropped, it is as good as ignored.
#[derive(Debug)]
pub(crate) struct Order {
    answer: Option<oneshot::Sender<Verdict>>,
}

impl Order {
    /// One that nobody waits for: a signal.
    pub(crate) fn unheard() -> Order {
        Order { answer: None }
    }

    fn new() -> (Order, oneshot::Receiver<Verdict>) {
        let (answer, heard) = oneshot::channel();
        (Order { answer: Some(answer) }, heard)
    }

    pub(crate) fn answer(self, verdict: &Verdict) {
        if let Some(answer) = self.answer {
            // Who asked may have left.
            let _left = answer.send(verdict.clone());
        }
    }
}

/// A path to the socket that is short wherever the state folder is: an address holds 108 bytes. It is good as
/// long as the folder stays open.
fn short_path(state: &Path) -> io::Result<(File, PathBuf)> {
    let folder = File::open(state)?;
    let short = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string());
    let path = if short.exists() { short } else { state.to_owned() };
    Ok((folder, path.join(SOCKET)))
}
