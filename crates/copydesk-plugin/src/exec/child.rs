//! One running plugin: started, spoken to, ended.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk_core::Article;
use rustix::process::{Pid, Signal};
use tracing::{debug, info};

use super::Plan;
use super::host::{BEYOND_LIMIT, CANNOT_START};
use super::left;
use super::pipe::{MAX_FRAME, Pipe, PipeError};
use super::protocol::{self, FromPlugin, Ready};
use crate::meter::{FaultKind, PluginMeter};
use crate::printed::{self, Printed};
use crate::proposal::{Answer, said};
use crate::supervise::{Fault, Guest};
use crate::view::article_json;

/// How long the end of a plugin is waited for that was told to end.
const END: Duration = Duration::from_secs(3);
/// A plugin that has had nothing to do for this long is asked whether it is still there before it gets an article.
const IDLE: Duration = Duration::from_secs(1);
/// Characters of its name and its version that are shown.
const SHOWN: usize = 100;

/// An article for a plugin: its id and its JSON.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) json: String,
}

/// A plugin that is ready.
pub(super) struct Child {
    /// The keeper, which ends when the plugin does.
    keeper: std::process::Child,
    /// What all of its processes carry.
    mark: String,
    /// Gone once the plugin is told to end.
    pipe: Option<Pipe>,
    printed: Arc<Printed>,
    meter: Arc<PluginMeter>,
    ready: Option<Ready>,
    seq: u64,
    last_used: Instant,
}

/// What a plugin gets of the environment, beside what the configuration names.
const ENVIRONMENT: [&str; 7] = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

impl Guest for Child {
    type Plan = Plan;
    type Item = Item;

    fn item(article: &mut Article) -> Item {
        Item { id: article.id.to_string(), json: article_json(article) }
    }

    fn n_bytes(item: &Item) -> usize {
        item.json.len()
    }

    fn start(plan: &Plan) -> Result<Child, Fault> {
        let mut child = Child::spawn(plan)
            .map_err(|error| Fault(format!("cannot be started: {error}"), FaultKind::Start))?;
        let hello = protocol::hello(&plan.name, &plan.config, plan.batch);
        let until = Instant::now() + plan.start_timeout;
        let ready = match child.exchange(plan.strange(&hello).as_bytes(), until) {
            Ok(FromPlugin::Ready(mut ready)) => {
                // They are shown to people, and go into the log.
                ready.name = said(&ready.name, SHOWN);
                ready.version = said(&ready.version, SHOWN);
                protocol::check_ready(&ready).map(|()| ready).map_err(Wrong::Garbage)
            }
            Ok(_) => Err(Wrong::Garbage("it does not begin with `ready`".into())),
            Err(wrong) => Err(wrong),
        };
        match ready {
            Ok(ready) => {
                let pid = child.keeper.id();
                info!(plugin = plan.name, name = ready.name, version = ready.version, pid, "plugin is ready");
                child.ready = Some(ready);
                Ok(child)
            }
            Err(wrong) => Err(child.fault(wrong, "its start", plan.start_timeout)),
        }
    }

    fn max_batch(&self) -> usize {
        self.ready.as_ref().map_or(1, Ready::max_batch)
    }

    /// It is asked if it has had nothing to do for a while.
    fn is_there(&mut self, plan: &Plan) -> bool {
        if self.last_used.elapsed() < IDLE {
            return true;
        }
        self.seq += 1;
        let answer = self.exchange(&protocol::ping(self.seq), Instant::now() + plan.timeout);
        self.last_used = Instant::now();
        matches!(answer, Ok(FromPlugin::Pong { n }) if n == self.seq)
    }

    fn kill(mut self) {
        self.end();
    }

    fn batch(mut self, plan: &Plan, items: &[Item]) -> Result<(Child, Vec<Answer>), Fault> {
        self.seq += 1;
        let articles = items.iter().map(|item| plan.strange(&item.json));
        let frame = protocol::batch(self.seq, plan.timeout.as_millis(), articles);
        let answers = match self.exchange(plan.strange(&frame).as_bytes(), Instant::now() + plan.timeout) {
            Ok(FromPlugin::Result { seq, .. }) if seq != self.seq => {
                Err(Wrong::Garbage(format!("it answers batch {seq} where {} was asked", self.seq)))
            }
            Ok(FromPlugin::Result { items: given, .. }) => {
                let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
                protocol::answers(given, &ids).map_err(Wrong::Garbage)
            }
            Ok(_) => Err(Wrong::Garbage("it does not answer a batch with a result".into())),
            Err(wrong) => Err(wrong),
        };
        self.last_used = Instant::now();
        match answers {
            Ok(answers) => Ok((self, answers)),
            Err(wrong) => {
                let what = if items.len() == 1 {
                    "this article".to_owned()
                } else {
                    format!("{} articles", items.len())
                };
                Err(self.fault(wrong, &what, plan.timeout))
            }
        }
    }

    fn hash(plan: &Plan) -> String {
        plan.found.hash()
    }

    fn watched(plan: &Plan) -> Vec<PathBuf> {
        plan.watched.clone()
    }
}

impl Child {
    /// How it has presented itself.
    pub(super) fn ready(&self) -> Option<&Ready> {
        self.ready.as_ref()
    }

    /// Its keeper.
    pub(super) fn keeper(&self) -> u32 {
        self.keeper.id()
    }

    /// Asks it to end; an error says that it would not.
    pub(super) fn end_in_good_order(mut self) -> Result<(), String> {
        let until = Instant::now() + END;
        let answer = self.exchange(&protocol::drain(), until);
        self.end();
        match answer {
            // It may well be gone before its word is heard.
            Ok(FromPlugin::Drained) | Err(Wrong::Pipe(PipeError::Closed)) => Ok(()),
            Ok(_) => Err("it answers `drain` with something else".to_owned()),
            Err(Wrong::Garbage(error)) => Err(format!("it answers `drain` with garbage: {error}")),
            Err(Wrong::Pipe(_)) => Err(format!("it does not answer `drain` within {} s", END.as_secs())),
        }
    }

    fn spawn(plan: &Plan) -> std::io::Result<Child> {
        let mut command = Command::new("/proc/self/exe");
        command.arg0("copydesk").arg("plugin-host");
        command.args(plan.limits.args()).arg("--");
        command.arg(&plan.found.program).args(plan.command.iter().skip(1)).current_dir(&plan.folder);
        command.env_clear();
        // Nothing is to appear in a plugin's folder because it was started.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let named = plan.env.iter().map(String::as_str);
        for name in ENVIRONMENT.into_iter().chain(named) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let mark = left::mark();
        command.env(left::VARIABLE, &mark);
        // A group of its own, so that a Ctrl-C on the terminal reaches us alone.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut keeper = command.spawn()?;
        let missing = || std::io::Error::other("no pipe");
        let (to, from) = keeper.stdin.take().zip(keeper.stdout.take()).ok_or_else(missing)?;
        let printed =
            printed::follow(&plan.name, Arc::clone(&plan.meter), keeper.stderr.take().ok_or_else(missing)?)?;
        let pipe = Some(Pipe::new(to, from)?);
        let meter = Arc::clone(&plan.meter);
        meter.add_process(keeper.id());
        Ok(Child { keeper, mark, pipe, printed, meter, ready: None, seq: 0, last_used: Instant::now() })
    }

    fn exchange(&mut self, frame: &[u8], until: Instant) -> Result<FromPlugin, Wrong> {
        let pipe = self.pipe.as_mut().ok_or(Wrong::Pipe(PipeError::Closed))?;
        pipe.send(frame, until).map_err(Wrong::Pipe)?;
        self.meter.moved(frame.len(), 0);
        let line = pipe.receive(until).map_err(Wrong::Pipe)?;
        self.meter.moved(0, line.len() + 1);
        protocol::parse(&line).map_err(Wrong::Garbage)
    }

    /// Ends the plugin, and puts into words what it did.
    fn fault(mut self, wrong: Wrong, over: &str, timeout: Duration) -> Fault {
        let mut kind = wrong.kind();
        let crashed = matches!(wrong, Wrong::Pipe(PipeError::Closed));
        let status = self.end();
        if status.and_then(|status| status.code()) == Some(BEYOND_LIMIT) {
            kind = FaultKind::Limit;
        }
        let mut what = match wrong {
            Wrong::Pipe(PipeError::Closed) => format!("crashed over {over}: {}", ended(status)),
            Wrong::Pipe(PipeError::Late) => {
                format!("timed out over {over}: no answer within {} ms", timeout.as_millis())
            }
            Wrong::Pipe(PipeError::Oversize) => {
                format!("answered garbage for {over}: a line of more than {MAX_FRAME} bytes")
            }
            Wrong::Pipe(PipeError::Io(error)) => format!("cannot be spoken to over {over}: {error}"),
            Wrong::Garbage(error) => format!("answered garbage for {over}: {error}"),
        };
        let words = self.printed.last_words(if crashed { END } else { Duration::from_millis(200) });
        if !words.is_empty() {
            what.push_str("; it printed: ");
            what.push_str(&words);
        }
        Fault(what, kind)
    }

    /// Closes the pipe: the keeper ends the plugin then, and all that the plugin has started.
    fn end(&mut self) -> Option<ExitStatus> {
        self.meter.remove_process(self.keeper.id());
        self.pipe = None;
        let status = self.end_of_keeper();
        if status.and_then(|status| status.code()).is_none() {
            left::end(&self.mark);
        }
        status
    }

    fn end_of_keeper(&mut self) -> Option<ExitStatus> {
        let until = Instant::now() + END;
        while Instant::now() < until {
            match self.keeper.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => std::thread::park_timeout(Duration::from_millis(2)),
                Err(_) => return None,
            }
        }
        debug!(pid = self.keeper.id(), "a keeper does not end by itself");
        let _none = rustix::process::kill_process(Pid::from_child(&self.keeper), Signal::KILL);
        self.keeper.wait().ok()
    }
}

impl Drop for Child {
    /// A plugin that did nothing wrong is asked to end, and given time for it.
    fn drop(&mut self) {
        if let Some(pipe) = &mut self.pipe {
            let until = Instant::now() + END;
            // It ends either way.
            if pipe.send(&protocol::drain(), until).is_ok() {
                let _drained = pipe.receive(until);
            }
        }
        self.end();
    }
}

enum Wrong {
    Pipe(PipeError),
    Garbage(String),
}

impl Wrong {
    fn kind(&self) -> FaultKind {
        match self {
            Wrong::Pipe(PipeError::Closed | PipeError::Io(_)) => FaultKind::Crash,
            Wrong::Pipe(PipeError::Late) => FaultKind::Hang,
            Wrong::Pipe(PipeError::Oversize) | Wrong::Garbage(_) => FaultKind::Garbage,
        }
    }
}

fn ended(status: Option<ExitStatus>) -> String {
    match status.and_then(|status| status.code()) {
        Some(0) => "it ended by itself (exit code 0)".to_owned(),
        Some(BEYOND_LIMIT) => "it went beyond `processes`, `memory` or `total_memory`".to_owned(),
        Some(CANNOT_START) => "it could not be started".to_owned(),
        Some(code) if code > 128 => format!("signal {}", code - 128),
        Some(code) => format!("exit code {code}"),
        None => "its keeper was killed".to_owned(),
    }
}
