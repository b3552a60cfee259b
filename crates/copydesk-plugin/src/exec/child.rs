//! One running plugin: started, spoken to, ended.

use std::borrow::Cow;
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
use super::pipe::{MAX_FRAME, PipeError};
use super::protocol::{self, Ready};
use super::session::{Session, Wrong};
use crate::meter::{FaultKind, PluginMeter};
use crate::printed::{self, Printed};
use crate::proposal::Answer;
use crate::supervise::{Fault, Guest};
use crate::view::article_json;

/// How long the end of a plugin is waited for that was told to end.
const END: Duration = Duration::from_secs(3);
/// How long one has to end by itself whose answers have ended.
const CLOSED: Duration = Duration::from_secs(1);
/// A plugin that has had nothing to do for this long is asked whether it is still there before it gets an article.
const IDLE: Duration = Duration::from_secs(1);

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
    session: Session,
    printed: Arc<Printed>,
    meter: Arc<PluginMeter>,
    ready: Option<Ready>,
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
        match child.session.greet(plan.strange(&hello).as_bytes(), until) {
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
        let is_there = self.session.ping(Instant::now() + plan.timeout);
        self.last_used = Instant::now();
        is_there
    }

    fn kill(mut self) {
        self.end();
    }

    fn batch(mut self, plan: &Plan, items: &[Item]) -> Result<(Child, Vec<Answer>), Fault> {
        let frame = |seq| {
            let articles = items.iter().map(|item| plan.strange(&item.json));
            let frame = protocol::batch(seq, plan.timeout.as_millis(), articles);
            if let Cow::Owned(strange) = plan.strange(&frame) {
                return strange;
            }
            frame
        };
        let ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        let answers = self.session.batch(frame, &ids, Instant::now() + plan.timeout);
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
        let drained = self.session.drain(Instant::now() + END);
        self.end();
        match drained {
            // It may well be gone before its word is heard.
            Ok(()) | Err(Wrong::Pipe(PipeError::Closed)) => Ok(()),
            Err(Wrong::Garbage(error)) => Err(format!("told to `drain`, it answers garbage: {error}")),
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
        let meter = Arc::clone(&plan.meter);
        let session = Session::new(to.into(), from.into(), Arc::clone(&meter))?;
        meter.add_process(keeper.id());
        Ok(Child { keeper, mark, session, printed, meter, ready: None, last_used: Instant::now() })
    }

    /// Ends the plugin, and puts into words what it did.
    fn fault(mut self, wrong: Wrong, over: &str, timeout: Duration) -> Fault {
        let mut kind = wrong.kind();
        let closed = matches!(wrong, Wrong::Pipe(PipeError::Closed));
        // It has ended, or has closed its answers and lives on.
        let ended_by_itself = closed && self.end_of_keeper(CLOSED).is_some();
        let status = self.end();
        if status.and_then(|status| status.code()) == Some(BEYOND_LIMIT) {
            kind = FaultKind::Limit;
        }
        let mut what = match wrong {
            Wrong::Pipe(PipeError::Closed) if !ended_by_itself => {
                format!("closed its answers over {over}, and did not end")
            }
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
        let words = self.printed.last_words(if closed { END } else { Duration::from_millis(200) });
        if !words.is_empty() {
            what.push_str("; it printed: ");
            what.push_str(&words);
        }
        Fault(what, kind)
    }

    /// Closes the pipe: the keeper ends the plugin then, and all that the plugin has started.
    fn end(&mut self) -> Option<ExitStatus> {
        self.meter.remove_process(self.keeper.id());
        self.session.close();
        let status = self.end_of_keeper(END).or_else(|| {
            debug!(pid = self.keeper.id(), "a keeper does not end by itself");
            let _none = rustix::process::kill_process(Pid::from_child(&self.keeper), Signal::KILL);
            self.keeper.wait().ok()
        });
        if status.and_then(|status| status.code()).is_none() {
            left::end(&self.mark);
        }
        status
    }

    fn end_of_keeper(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        while Instant::now() < until {
            match self.keeper.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => std::thread::park_timeout(Duration::from_millis(2)),
                Err(_) => return None,
            }
        }
        None
    }
}

impl Drop for Child {
    /// A plugin that did nothing wrong is asked to end, and given time for it.
    fn drop(&mut self) {
        if self.session.is_open() {
            // It ends either way.
            let _drained = self.session.drain(Instant::now() + END);
        }
        self.end();
    }
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
