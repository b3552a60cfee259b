//! One running plugin: started, spoken to, ended.

use std::borrow::Cow;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk_core::{Article, ArticleId};
use rustix::process::{Pid, Signal};
use tracing::{Level, debug, enabled, info};

use super::Plan;
use super::left;
use super::pipe::{MAX_FRAME, PipeError};
use super::protocol::{self, Ready};
use super::report::Ended;
use super::session::{Session, Wrong};
use crate::meter::{FaultKind, PluginMeter};
use crate::printed::{self, Printed, Work};
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
#[derive(Clone)]
pub(super) struct Item {
    id: ArticleId,
    json: String,
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
        Item { id: article.id, json: article_json(article) }
    }

    fn id(item: &Item) -> ArticleId {
        item.id
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
        let is_there = self.session.ping(Instant::now() + plan.patience.get());
        self.last_used = Instant::now();
        is_there
    }

    fn kill(mut self) {
        self.end();
    }

    fn batch(mut self, plan: &Plan, items: &[Item]) -> Result<(Child, Vec<Answer>), Fault> {
        self.printed.at_work(self.work(plan, items));
        let timeout = plan.patience.get();
        let frame = |seq| {
            let articles = items.iter().map(|item| plan.strange(&item.json));
            let frame = protocol::batch(seq, timeout.as_millis(), articles);
            if let Cow::Owned(strange) = plan.strange(&frame) {
                return strange;
            }
            frame
        };
        let ids: Vec<String> = items.iter().map(|item| item.id.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let answers = self.session.batch(frame, &ids, Instant::now() + timeout);
        self.last_used = Instant::now();
        match answers {
            Ok(answers) => {
                self.printed.at_work(Work::None);
                Ok((self, answers))
            }
            Err(wrong) => {
                let what = if items.len() == 1 {
                    "this article".to_owned()
                } else {
                    format!("{} articles", items.len())
                };
                Err(self.fault(wrong, &what, timeout))
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

    /// What the log calls this batch.
    fn work(&self, plan: &Plan, items: &[Item]) -> Work {
        if let [item] = items {
            return Work::Article(item.id);
        }
        let number = self.session.next_number();
        if enabled!(Level::DEBUG) {
            let ids: Vec<String> = items.iter().map(|item| item.id.to_string()).collect();
            debug!(plugin = plan.name, batch = number, ids = ids.join(" "), "plugin is given a batch");
        }
        Work::Batch(number, items.len())
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
        let printed = printed::follow(
            &plan.name,
            Arc::clone(&plan.meter),
            keeper.stderr.take().ok_or_else(missing)?.into(),
        )?;
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
        let is_kept = self.end();
        let words = self.printed.last_words(if closed { END } else { Duration::from_millis(200) });
        let ended = Ended::read(&self.printed.last_line()).filter(|_| is_kept && closed);
        let mut what = match wrong {
            Wrong::Pipe(PipeError::Closed) => match ended {
                Some(ended @ Ended::Beyond(_)) => {
                    kind = FaultKind::Limit;
                    format!("crashed over {over}: {ended}")
                }
                _ if !ended_by_itself => format!("closed its answers over {over}, and did not end"),
                Some(ended) => format!("crashed over {over}: {ended}"),
                None if is_kept => format!("crashed over {over}: how, is not known"),
                None => format!("crashed over {over}: its keeper was killed"),
            },
            Wrong::Pipe(PipeError::Late) => {
                format!("timed out over {over}: no answer within {} ms", timeout.as_millis())
            }
            Wrong::Pipe(PipeError::Oversize) => {
                format!("answered garbage for {over}: a line of more than {MAX_FRAME} bytes")
            }
            Wrong::Pipe(PipeError::Io(error)) => format!("cannot be spoken to over {over}: {error}"),
            Wrong::Garbage(error) => format!("answered garbage for {over}: {error}"),
        };
        if !words.is_empty() {
            what.push_str("; it printed: ");
            what.push_str(&words);
        }
        Fault(what, kind)
    }

    /// Closes the pipe: the keeper ends the plugin then, and all that the plugin has started. False if the keeper
    /// itself was killed.
    fn end(&mut self) -> bool {
        self.meter.remove_process(self.keeper.id());
        self.session.close();
        let status = self.end_of_keeper(END).or_else(|| {
            debug!(pid = self.keeper.id(), "a keeper does not end by itself");
            let _none = rustix::process::kill_process(Pid::from_child(&self.keeper), Signal::KILL);
            self.keeper.wait().ok()
        });
        let is_kept = status.and_then(|status| status.code()).is_some();
        if !is_kept {
            left::end(&self.mark);
        }
        is_kept
    }

    fn end_of_keeper(&mut self, patience: Duration) -> Option<std::process::ExitStatus> {
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
