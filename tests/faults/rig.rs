//! Small file systems, strace logs and figures for the tests of disks and daemons.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::common::{Daemon, Desk, under, wait_for};

/// Folders of a desk that are small file systems of their own, in a namespace that a process holds open: the
/// files outlive a killed daemon, and are seen from outside by [`TinyDisks::path`].
pub(crate) struct TinyDisks {
    holder: Child,
    dir: PathBuf,
}

impl TinyDisks {
    /// `folders`: their names, and mount options such as `size=256k`.
    pub(crate) fn new(desk: &Desk, folders: &[(&str, &str)]) -> TinyDisks {
        let dir = desk.dir.path().canonicalize().unwrap();
        let mut script = String::new();
        for (name, options) in folders {
            std::fs::create_dir_all(dir.join(name)).unwrap();
            let at = dir.join(name).display().to_string();
            script.extend(["mount -t tmpfs -o ", options, " tmpfs ", &at, " && "]);
        }
        script.push_str("echo ready && exec cat");
        let mut holder = Command::new("unshare")
            .args(["-U", "-r", "-m", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "no mount namespace");
        TinyDisks { holder, dir }
    }

    /// The same command inside.
    pub(crate) fn inside(&self, command: &Command) -> Command {
        let pid = self.holder.id().to_string();
        let dir = self.dir.to_str().unwrap();
        let script = "cd \"$0\" && exec \"$@\"";
        under(
            &["nsenter", "-t", &pid, "-U", "-m", "--preserve-credentials", "sh", "-c", script, dir],
            command,
        )
    }

    /// A path of the desk, from outside.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        Path::new(&root).join(self.dir.join(name).strip_prefix("/").unwrap())
    }

    /// Takes all space that is left.
    pub(crate) fn fill(&self, name: &str) {
        let mut ballast =
            File::options().create(true).append(true).open(self.path(name).join("ballast")).unwrap();
        while ballast.write_all(&[0; 4096]).is_ok() {}
    }

    /// Gives it back.
    pub(crate) fn free(&self, name: &str) {
        std::fs::remove_file(self.path(name).join("ballast")).unwrap();
    }

    /// Mounts a folder anew, with these options.
    pub(crate) fn remount(&self, name: &str, options: &str) {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,{options}")]).arg(self.dir.join(name));
        assert!(self.inside(&mount).status().unwrap().success());
    }

    pub(crate) fn daemon(&self, desk: &Desk) -> Daemon {
        spawn(desk, self.inside(&desk.command(&["run"])))
    }

    /// What the daemon says of itself.
    pub(crate) fn status(&self, desk: &Desk) -> Value {
        status_of(self.inside(&desk.command(&["status", "--json"])))
    }
}

impl Drop for TinyDisks {
    fn drop(&mut self) {
        // With it goes the namespace.
        let _ended = self.holder.kill();
        let _reaped = self.holder.wait();
    }
}

/// Starts a daemon that logs into the desk's `log`.
pub(crate) fn spawn(desk: &Desk, mut command: Command) -> Daemon {
    let log = File::options().create(true).append(true).open(desk.path("log")).unwrap();
    let child = command.stdout(Stdio::null()).stderr(log).process_group(0).spawn().unwrap();
    Daemon { child }
}

fn status_of(mut command: Command) -> Value {
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// `status --json`, null while there is no ledger.
pub(crate) fn status(desk: &Desk) -> Value {
    status_of(desk.command(&["status", "--json"]))
}

/// True if the health is this, and one of its reasons holds all of these words.
pub(crate) fn is_health(status: &Value, state: &str, words: &[&str]) -> bool {
    let reasons = status["health"]["reasons"].as_array().cloned().unwrap_or_default();
    let says = |reason: &Value| words.iter().all(|word| reason.as_str().unwrap_or("").contains(word));
    status["health"]["state"] == state && (words.is_empty() || reasons.iter().any(says))
}

/// Waits until the daemon can be asked.
pub(crate) fn wait_ready(desk: &Desk) {
    wait_for("the daemon", || status(desk)["daemon"]["doing"] == "running");
}

/// Waits until the process handles SIGTERM itself.
pub(crate) fn wait_for_handlers(pid: u32) {
    wait_for("signal handlers", || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0").trim();
        u64::from_str_radix(caught, 16).unwrap_or(0) & (1 << 14) != 0
    });
}

/// Everything that `names` and only that is in both sinks, once, and the ledger balances with nothing pending.
pub(crate) fn assert_settled(desk: &Desk, ids: &std::collections::BTreeSet<String>) {
    let status = desk.balanced();
    assert_eq!(
        (&status["pending"], status["delivered"].as_u64()),
        (&0.into(), Some(ids.len() as u64)),
        "{status}"
    );
    let rows: std::collections::BTreeSet<String> = desk.rows().into_keys().collect();
    let lines: std::collections::BTreeSet<String> = desk.lines().into_keys().collect();
    assert!(&rows == ids, "store: {} rows of {}", rows.len(), ids.len());
    assert!(&lines == ids, "JSONL: {} lines of {}", lines.len(), ids.len());
}

/// One system call of an strace log.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// Its first argument, if a number.
    pub(crate) fd: Option<u64>,
    /// An error that strace made.
    pub(crate) injected: bool,
}

/// The calls of `strace -f -o LOG`, in the order in which they began.
pub(crate) fn calls(log: &Path) -> Vec<Call> {
    let text = std::fs::read_to_string(log).unwrap();
    let mut calls: Vec<Call> = Vec::new();
    let mut unfinished: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            if let Some(call) = unfinished.remove(pid).and_then(|at| calls.get_mut(at)) {
                call.injected = rest.contains("(INJECTED)");
            }
            continue;
        }
        let Some((name, arguments)) = rest.split_once('(') else { continue };
        let digits: String = arguments.chars().take_while(char::is_ascii_digit).collect();
        if rest.ends_with("<unfinished ...>") {
            unfinished.insert(pid.to_owned(), calls.len());
        }
        calls.push(Call {
            name: name.to_owned(),
            fd: digits.parse().ok(),
            injected: rest.contains("(INJECTED)"),
        });
    }
    calls
}

/// How many syncs failed, after asserting that none was tried again on the same descriptor.
pub(crate) fn assert_no_sync_again(log: &Path) -> usize {
    let calls = calls(log);
    let is_sync = |call: &Call| call.name == "fsync" || call.name == "fdatasync";
    let mut n_failed = 0;
    for (at, failed) in calls.iter().enumerate().filter(|(_, call)| call.injected && is_sync(call)) {
        n_failed += 1;
        let next = calls
            .iter()
            .skip(at + 1)
            .find(|call| call.fd == failed.fd && (is_sync(call) || call.name == "close"));
        assert!(
            next.is_none_or(|call| call.name == "close"),
            "descriptor {:?} is synced again, call {at} of {}",
            failed.fd,
            log.display()
        );
    }
    n_failed
}
