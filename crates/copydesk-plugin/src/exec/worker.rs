//! From articles to answers, whatever a plugin does: a batch over which it fails is halved until the article is found
//! over which it fails alone, and fails again; that one is given up, and all others get their answers.
//!
//! A plugin that fails over one article after the other has no bad articles, it is down: after [`LOST`] in a row none
//! is given up any more. It is tried again after a while, longer each time, with single articles, and other ones each
//! time.

use std::ops::Range;
use std::time::{Duration, Instant};

use tracing::warn;

use super::Plan;
use super::child::{Child, Fault, Item};
use crate::proposal::Answer;

/// Articles in a row over which a plugin fails alone before it counts as down.
const LOST: usize = 5;
/// Articles with which a plugin that is down is tried, each alone.
const PROBES: usize = 4;
/// How often an article is given to a plugin alone that fails over it.
const ATTEMPTS: usize = 2;
/// The first wait of a plugin that is down; it doubles each time.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// What came of an article.
pub(super) enum Outcome {
    Answer(Answer),
    /// The plugin fails over it: the reason.
    GivenUp(String),
    /// The plugin is down: how long to wait, and the reason.
    Down(Duration, String),
}

/// A plugin, running or not, and how it has done.
#[derive(Default)]
pub(super) struct Worker {
    child: Option<Child>,
    /// Articles it has failed over, one after the other.
    n_lost: usize,
    /// How often it was found to be down since it last answered.
    n_down: u32,
    /// While it is down: until when, and why.
    down: Option<(Instant, String)>,
    /// For waits that differ from worker to worker.
    chance: u64,
}

impl Worker {
    pub(super) fn new(chance: u64) -> Worker {
        Worker { chance, ..Worker::default() }
    }

    /// The outcome for each article.
    pub(super) fn run(&mut self, plan: &Plan, items: &[Item]) -> Vec<Outcome> {
        let mut run = Run { outcomes: items.iter().map(|_| None).collect(), items, plan };
        if self.down.is_some() {
            // The one answer goes out at once, and says that the plugin is up.
            self.probe(&mut run);
        } else {
            self.halve(&mut run);
        }
        let (wait, why) = self.down.as_ref().map_or_else(
            || (Duration::ZERO, "has just come up".to_owned()),
            |(until, why)| (until.saturating_duration_since(Instant::now()).max(FIRST), why.clone()),
        );
        run.outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| Outcome::Down(wait, why.clone())))
            .collect()
    }

    /// After a time of being down: tries it with some articles, other ones each time, until it answers for one.
    fn probe(&mut self, run: &mut Run<'_>) {
        let n_items = run.items.len();
        let is_due = self.down.as_ref().is_some_and(|(until, _)| Instant::now() >= *until);
        if !is_due || n_items == 0 {
            return;
        }
        let mut last = String::new();
        for idx in 0..n_items.min(PROBES) {
            let place = (self.n_down as usize * PROBES + idx) % n_items;
            match self.give(run, place..place + 1) {
                Ok(()) => return,
                Err(Trouble(what, true)) => return self.goes_down(&what),
                Err(Trouble(what, false)) => last = what,
            }
        }
        self.goes_down(&last);
    }

    /// The batch whole, then in halves, down to single articles, as long as the plugin is not down.
    fn halve(&mut self, run: &mut Run<'_>) {
        let mut left: Vec<Range<usize>> = std::iter::once(0..run.items.len()).collect();
        while let Some(range) = left.pop() {
            let open = run.open(range.clone());
            if open.end < range.end {
                left.push(open.end..range.end);
            }
            let range = open;
            if range.len() == 1 {
                match self.alone(run, range.start) {
                    Ok(()) => continue,
                    Err(fault) if self.n_lost + 1 < LOST => self.gives_up(run, range.start, &fault),
                    Err(fault) => return self.goes_down(&fault),
                }
                continue;
            }
            if range.is_empty() {
                continue;
            }
            let n_items = self.n_fitting(run, &range);
            let (first, rest) = (range.start..range.start + n_items, range.start + n_items..range.end);
            left.push(rest);
            match self.give(run, first.clone()) {
                Ok(()) => {}
                Err(Trouble(what, true)) => return self.goes_down(&what),
                Err(_) => {
                    let middle = first.start + first.len() / 2;
                    left.push(middle..first.end);
                    left.push(first.start..middle);
                }
            }
        }
    }

    /// How many articles from the start of the range make a batch: no more than the plugin takes, nor than a line
    /// holds.
    fn n_fitting(&mut self, run: &Run<'_>, range: &Range<usize>) -> usize {
        let most = self.child.as_ref().map_or(usize::MAX, Child::max_batch).min(run.plan.batch);
        let mut n_bytes = 0;
        let fits = |item: &&Item| {
            n_bytes += item.json.len();
            n_bytes <= BATCH_BYTES
        };
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        items.iter().take(most).take_while(fits).count().max(1)
    }

    /// One article, as often as it is tried. An error says over what the plugin has failed each time.
    fn alone(&mut self, run: &mut Run<'_>, place: usize) -> Result<(), String> {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            match self.give(run, place..place + 1) {
                Ok(()) => return Ok(()),
                // It cannot even be started: another try so soon helps nobody.
                Err(Trouble(what, true)) => {
                    self.n_lost = LOST;
                    return Err(what);
                }
                Err(Trouble(what, false)) => last = what,
            }
        }
        Err(last)
    }

    /// Gives a batch to the plugin, which is started if it does not run.
    fn give(&mut self, run: &mut Run<'_>, range: Range<usize>) -> Result<(), Trouble> {
        let child = self.started(run.plan).map_err(|Fault(what)| Trouble(what, true))?;
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        match child.batch(run.plan, items) {
            Ok((child, answers)) => {
                self.child = Some(child);
                (self.n_lost, self.n_down, self.down) = (0, 0, None);
                for (place, answer) in range.zip(answers) {
                    run.set(place, Outcome::Answer(answer));
                }
                Ok(())
            }
            Err(Fault(what)) => {
                warn!(plugin = run.plan.name, articles = items.len(), "plugin {what}");
                Err(Trouble(what, false))
            }
        }
    }

    fn started(&mut self, plan: &Plan) -> Result<Child, Fault> {
        if let Some(mut child) = self.child.take() {
            if child.is_there(plan) {
                return Ok(child);
            }
            warn!(plugin = plan.name, "plugin has ended while it had nothing to do, starting it again");
            child.kill();
        }
        Child::start(plan)
    }

    fn gives_up(&mut self, run: &mut Run<'_>, place: usize, what: &str) {
        self.n_lost += 1;
        let Plan { name, found, .. } = run.plan;
        let why =
            format!("plugin `{name}` (SHA-256 {}) {what} (attempt {ATTEMPTS} of {ATTEMPTS})", found.hash());
        run.set(place, Outcome::GivenUp(why));
    }

    fn goes_down(&mut self, what: &str) {
        let wait = FIRST.saturating_mul(1 << self.n_down.min(16)).min(LONGEST);
        self.n_down += 1;
        // Up to a quarter more, so that many workers do not start at the same time.
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = wait + wait.mul_f64(((self.chance >> 33) % 256) as f64 / 1024.0);
        self.down = Some((Instant::now() + wait, what.to_owned()));
    }
}

/// Bytes of articles in a batch; one that is larger goes alone.
const BATCH_BYTES: usize = 4 << 20;

/// What went wrong, and whether it did at the plugin's start.
struct Trouble(String, bool);

/// A batch under way.
struct Run<'a> {
    plan: &'a Plan,
    items: &'a [Item],
    outcomes: Vec<Option<Outcome>>,
}

impl Run<'_> {
    fn set(&mut self, place: usize, outcome: Outcome) {
        if let Some(open) = self.outcomes.get_mut(place) {
            *open = Some(outcome);
        }
    }

    /// The first run of articles in the range that have no outcome, and nothing of the others.
    fn open(&self, range: Range<usize>) -> Range<usize> {
        let is_open = |place: &usize| self.outcomes.get(*place).is_some_and(Option::is_none);
        let start = range.clone().find(is_open).unwrap_or(range.end);
        let end = (start..range.end).find(|place| !is_open(place)).unwrap_or(range.end);
        start..end
    }
}
