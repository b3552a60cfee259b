//! A source of your own: every line of a file is an article, also those that are written later.
//!
//! ```toml
//! [source]
//! type = "lines"
//! path = "feed.txt"
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use copydesk::{
    Action, Component, Content, Delivery, FileStamp, OptionKind, OptionSpec, Outcome, Program, Receipt,
    Source, SourceContext, SourceError, async_trait,
};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::Instant;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    pub(crate) path: PathBuf,
}

pub(crate) struct Lines {
    path: PathBuf,
    context: SourceContext,
    /// Lines looked at so far.
    n_seen: usize,
    /// Lines to be offered, and not before when.
    due: BTreeMap<usize, Instant>,
    /// Offered, and not heard of since.
    n_out: usize,
    /// What became of a line.
    heard: UnboundedReceiver<(usize, Outcome)>,
    report: UnboundedSender<(usize, Outcome)>,
}

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Component for Lines {
    type Options = Options;
    const HELP: &'static str = "Every line of a file is an article.";
    const OPTIONS: &'static [OptionSpec] = &[OptionSpec::new("path", OptionKind::Path, None, "The file.")];
}

impl Lines {
    pub(crate) fn new(options: Options, context: &SourceContext) -> Lines {
        let (report, heard) = mpsc::unbounded_channel();
        let context = context.clone();
        Lines { path: options.path, context, n_seen: 0, due: BTreeMap::new(), n_out: 0, heard, report }
    }

    fn hear(&mut self, n: usize, outcome: &Outcome) {
        self.n_out -= 1;
        if let Outcome::Retry(after) = outcome {
            self.due.insert(n, Instant::now() + *after);
        }
    }

    fn name(n: usize) -> Vec<u8> {
        format!("{n:09}.txt").into_bytes()
    }

    /// Notes the lines that are new; gives back all that are whole.
    fn look(&mut self) -> Result<Vec<String>, SourceError> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| SourceError {
            message: format!("cannot read `{}`: {error}", self.path.display()),
            action: Action::Retry(LOOK),
        })?;
        let lines: Vec<String> = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'))
            .map(str::to_owned)
            .collect();
        for n in self.n_seen..lines.len() {
            // What the ledger holds settled was offered before the last stop.
            let known = self.context.known.lookup(&Lines::name(n));
            if known.is_none_or(|known| !known.settled) {
                self.due.insert(n, Instant::now());
            }
        }
        self.n_seen = lines.len().max(self.n_seen);
        Ok(lines)
    }

    fn offer(&self, n: usize, line: &str) -> Delivery {
        let report = self.report.clone();
        Delivery {
            path: Lines::name(n),
            uri: format!("lines:{}:{}", self.path.display(), n + 1),
            stamp: FileStamp { size: line.len() as u64, ..FileStamp::default() },
            content: Content::Bytes(line.as_bytes().into()),
            hash: Sha256::digest(line).into(),
            received: self.context.clock.rfc3339(),
            retry_failed_after: None,
            // Nobody hears it only once the source is gone.
            receipt: Receipt::new(move |outcome| drop(report.send((n, outcome)))),
        }
    }
}

#[async_trait]
impl Source for Lines {
    // Nothing is taken from `self` before a wait that would be missing after it: the call may be dropped there.
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        loop {
            while let Ok((n, outcome)) = self.heard.try_recv() {
                self.hear(n, &outcome);
            }
            let lines = self.look()?;
            let now = Instant::now();
            let first = self.due.iter().find(|(_, when)| **when <= now).map(|(n, _)| *n);
            if let Some(n) = first {
                self.due.remove(&n);
                // A line that was cut off since is not there any more.
                let Some(line) = lines.get(n) else { continue };
                self.n_out += 1;
                return Ok(Some(self.offer(n, line)));
            }
            if self.context.once && self.n_out == 0 && self.due.is_empty() {
                return Ok(None);
            }
            let until = self.due.values().min().map_or(now + LOOK, |when| (*when).min(now + LOOK));
            if let Ok(Some((n, outcome))) = tokio::time::timeout_at(until, self.heard.recv()).await {
                self.hear(n, &outcome);
            }
        }
    }
}

fn main() -> ExitCode {
    Program::new().source::<Lines>("lines", |options, context| Ok(Lines::new(options, context))).main()
}
