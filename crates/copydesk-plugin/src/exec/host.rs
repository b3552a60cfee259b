//! The two processes between the program and a plugin. They are the program itself, started anew:
//!
//! ```text
//! copydesk ── keeper ── plugin ── whatever the plugin starts
//! ```
//!
//! The *keeper* ([`host`]) starts the plugin and waits. It ends the plugin when its standard input is closed, which
//! happens by itself when the program ends, however it does, `kill -9` included; and when the plugin has ended it ends
//! all that the plugin has left: as a subreaper it becomes the parent of everything whose parent is gone, whatever
//! process group or session that has fled to. Should the keeper itself be killed, the kernel kills the plugin, and the program
//! ends what the plugin has left as soon as it sees that ([`left`](super::left)).
//!
//! The *launcher* ([`launch`]) becomes the plugin: it limits itself and replaces itself, for what is done between fork
//! and exec cannot be done without unsafe code in the program itself.
//!
//! The descriptors are passed on as the three standard ones, for these need no care: articles in, answers out, and all
//! that is printed. The launcher puts the first two aside under new numbers, so that a plugin may print what it likes.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{self, Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus};

use super::report::{CANNOT_START, Ended};
use crate::usage::{self, Held};

/// What a plugin may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostLimits {
    /// Bytes of memory of its own, for each process, and as much again that is shared.
    pub memory: u64,
    /// Open files.
    pub open_files: u64,
    /// Processes at once, those that it starts included.
    pub processes: u64,
    /// Threads at once, of all of them together.
    pub threads: u64,
    /// Bytes of memory that all of them together may hold.
    pub total_memory: u64,
}

impl HostLimits {
    /// As the keeper and the launcher are told of them.
    pub(super) fn args(&self) -> Vec<String> {
        let HostLimits { memory, open_files, processes, threads, total_memory } = self;
        let named = [
            ("--memory", memory),
            ("--open-files", open_files),
            ("--processes", processes),
            ("--threads", threads),
            ("--total-memory", total_memory),
        ];
        named.map(|(name, value)| [name.to_owned(), value.to_string()]).concat()
    }
}

/// How often the processes and threads of a plugin are counted. Between two looks there may be more than may be.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// How often processes are looked for that started while others were stopped.
const ROUNDS: usize = 50;

/// How long a plugin has to end by itself once it is told to.
const PATIENCE: Duration = Duration::from_secs(1);

/// The keeper: starts the command by way of [`launch`], and returns its exit code once nothing of it is left; for a
/// signal, 128 and its number. How it has ended is told in a last line on standard error.
pub fn host(limits: HostLimits, command: &[OsString]) -> i32 {
    let ended = keep(limits, command).unwrap_or_else(|error| Ended::NotKept(error.to_string()));
    ended.tell();
    ended.code()
}

fn keep(limits: HostLimits, command: &[OsString]) -> io::Result<Ended> {
    let program = process::getppid();
    process::set_child_subreaper(Some(process::getpid()))?;
    let child = Command::new("/proc/self/exe")
        .arg0("copydesk")
        .args(["plugin-host", "--launch", &process::getpid().as_raw_nonzero().to_string()])
        .args(limits.args())
        .arg("--")
        .args(command)
        .spawn()?;
    // The answers are the plugin's alone, so that it is seen at once when it closes them.
    rustix::stdio::dup2_stdout(File::open("/dev/null")?)?;
    let pid = Pid::from_child(&child);
    let (ended, has_ended) = mpsc::channel::<()>();
    let beyond = Arc::<OnceLock<String>>::default();
    let is_beyond = Arc::clone(&beyond);
    let watch = move || {
        if let Some(what) = watch(&io::stdin(), program, limits) {
            is_beyond.get_or_init(|| what);
            return end_at_once(pid);
        }
        signal_all(pid, Signal::TERM);
        if has_ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            signal_all(pid, Signal::KILL);
        }
    };
    std::thread::Builder::new().name("watch".into()).spawn(watch)?;
    let status = wait_for(pid)?;
    drop(ended);
    // Nobody is in the group any more, or it is theirs to die.
    let _none = process::kill_process_group(pid, Signal::KILL);
    end_the_rest();
    if let Some(what) = beyond.get() {
        return Ok(Ended::Beyond(what.clone()));
    }
    let ended = status.exit_status().map(Ended::Exit).or(status.terminating_signal().map(Ended::Signal));
    ended.ok_or_else(|| io::Error::other("it ended in no known way"))
}

/// How the plugin has ended. Whatever else ends meanwhile, for its parent is gone, is buried.
fn wait_for(pid: Pid) -> io::Result<WaitStatus> {
    loop {
        match process::wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if ended == pid => return Ok(status),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Returns once nobody holds the other end of a pipe any more, and leaves there what is in it; or once the plugin has
/// gone beyond a limit, with what it did. The pipe alone would not do: a plugin can open its end of it for writing.
fn watch(pipe: &impl AsFd, program: Option<Pid>, limits: HostLimits) -> Option<String> {
    loop {
        let mut fds = [PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::empty())];
        match poll(&mut fds, Some(&LOOK)) {
            Ok(0) => {
                if process::getppid() != program {
                    return None;
                }
                if let Some(what) = beyond(limits) {
                    return Some(what);
                }
            }
            Err(rustix::io::Errno::INTR) => {}
            // Other than its end, nothing was asked for.
            Ok(_) | Err(_) => return None,
        }
    }
}

/// What the plugin has too much of, if it has.
fn beyond(limits: HostLimits) -> Option<String> {
    let most = usize::try_from(limits.processes).unwrap_or(usize::MAX);
    let tree = usage::tree(std::process::id(), most.saturating_add(1));
    if tree.len() > most {
        return Some(format!("`processes`: more than {most} processes"));
    }
    let held: Vec<Held> = tree.iter().map(|pid| usage::held(*pid)).collect();
    let n_threads: u64 = held.iter().map(|held| held.threads).sum();
    if n_threads > limits.threads {
        return Some(format!(
            "`threads`: {n_threads} threads in all its processes, more than {}",
            limits.threads
        ));
    }
    // Of its own, the kernel lets no process have more.
    if let Some(Held { shared, .. }) = held.iter().find(|held| held.shared > limits.memory) {
        let most = limits.memory;
        return Some(format!("`memory`: {shared} bytes of shared memory in a process, more than {most}"));
    }
    let sum: u64 = held.iter().map(|held| held.own + held.shared).sum();
    if sum <= limits.total_memory {
        return None;
    }
    // What they share has been counted for each.
    let shares: u64 = tree.into_iter().map(usage::share_of_memory).sum();
    let most = limits.total_memory;
    (shares > most)
        .then(|| format!("`total_memory`: {shares} bytes of memory in all its processes, more than {most}"))
}

/// Ends everything, though it may start more meanwhile: what stands still starts nothing.
fn end_at_once(pid: Pid) {
    signal_all(pid, Signal::KILL);
    let mut known = 0;
    for _ in 0..ROUNDS {
        let tree = usage::tree(std::process::id(), usize::MAX);
        for pid in tree.iter().filter_map(|pid| Pid::from_raw(i32::try_from(*pid).ok()?)) {
            let _none = process::kill_process(pid, Signal::STOP);
        }
        if tree.len() <= known {
            break;
        }
        known = tree.len();
    }
    for pid in usage::tree(std::process::id(), usize::MAX) {
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _none = process::kill_process(pid, Signal::KILL);
        }
    }
}

fn signal_all(pid: Pid, signal: Signal) {
    // The group is there once the launcher has made it, and the process before.
    let _none = process::kill_process_group(pid, signal);
    let _none = process::kill_process(pid, signal);
}

/// Ends every child, and what becomes a child by that, until there is none.
fn end_the_rest() {
    loop {
        for pid in children() {
            let _none = process::kill_process(pid, Signal::KILL);
        }
        match process::wait(WaitOptions::empty()) {
            // All that have ended by now, before the others are looked for once more.
            Ok(_) => while let Ok(Some(_)) = process::wait(WaitOptions::NOHANG) {},
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// The processes whose parent this one is.
fn children() -> Vec<Pid> {
    let me = std::process::id();
    let children = usage::processes().into_iter().filter(|stat| stat.parent == me);
    children.filter_map(|stat| Pid::from_raw(i32::try_from(stat.pid).ok()?)).collect()
}

/// The launcher: limits this process, and becomes the command. Returns only if that cannot be, with an exit code.
/// `keeper` is the process that has started it.
pub fn launch(keeper: i32, limits: HostLimits, command: &[OsString]) -> i32 {
    let error = match become_plugin(keeper, limits, command) {
        Ok(never) => match never {},
        Err(error) => error,
    };
    let name = command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let _gone = writeln!(io::stderr(), "cannot start `{}`: {error}", name.escape_debug());
    CANNOT_START
}

fn become_plugin(
    keeper: i32,
    limits: HostLimits,
    command: &[OsString],
) -> io::Result<std::convert::Infallible> {
    process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if process::getppid() != Pid::from_raw(keeper) {
        return Err(io::Error::other("its keeper is gone"));
    }
    process::setsid()?;
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    process::setrlimit(Resource::Core, limit(0))?;
    // Of memory, what can be written and is not shared counts: what is only reserved does no harm, and JavaScript and
    // Go reserve more than there is. What is shared is looked at by the keeper.
    process::setrlimit(Resource::Data, limit(limits.memory))?;
    process::setrlimit(Resource::Nofile, limit(limits.open_files))?;
    rustix::thread::set_no_new_privs(true)?;
    // What the program was started with and never knew of.
    close_fds::set_fds_cloexec(3, &[]);
    let (input, output) = pass_on()?;
    let (name, arguments) = command.split_first().ok_or_else(|| io::Error::other("no command"))?;
    Err(Command::new(name)
        .args(arguments)
        .env("COPYDESK_IN_FD", input.as_raw_fd().to_string())
        .env("COPYDESK_OUT_FD", output.as_raw_fd().to_string())
        .exec())
}

/// Articles and answers under new numbers; standard input is empty then, and standard output goes where errors go.
fn pass_on() -> io::Result<(OwnedFd, OwnedFd)> {
    let input = rustix::io::dup(io::stdin())?;
    let output = rustix::io::dup(io::stdout())?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((input, output))
}
