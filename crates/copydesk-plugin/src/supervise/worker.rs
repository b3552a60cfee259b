//! From articles to answers, whatever a plugin does: a batch over which it fails is halved until the article is found
//! over which it fails alone, and fails again; that one is given up, and all others get their answers.
//!
//! A plugin that fails over one article after the other has no bad articles, it is down: after [`LOST`] in a row none
//! is given up any more. It is tried again after a while, longer each time, with single articles, and other ones each
//! time.

use std::ops::Range;
use std::time::{Duration, Instant};

use tracing::warn;

use super::{Fault, Guest, Rules};
use crate::meter::FaultKind;
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
pub(super) struct Worker<G> {
    guest: Option<G>,
    /// Articles it has failed over, one after the other.
    n_lost: usize,
    /// How often it was found to be down since it last answered.
    n_down: u32,
    /// While it is down: until when, and why.
    down: Option<(Instant, String)>,
    /// For waits that differ from worker to worker.
    chance: u64,
}

impl<G: Guest> Worker<G> {
    pub(super) fn new(chance: u64) -> Worker<G> {
        Worker { guest: None, n_lost: 0, n_down: 0, down: None, chance }
    }

    /// The outcome for each article.
    pub(super) fn run(&mut self, rules: &Rules, plan: &G::Plan, items: &[G::Item]) -> Vec<Outcome> {
        let mut run = Run { outcomes: items.iter().map(|_| None).collect(), items, rules, plan };
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
    fn probe(&mut self, run: &mut Run<'_, G>) {
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
                Err(Trouble(what, true)) => return self.goes_down(run.rules, &what),
                Err(Trouble(what, false)) => last = what,
            }
        }
        self.goes_down(run.rules, &last);
    }

    /// The batch whole, then in halves, down to single articles, as long as the plugin is not down.
    fn halve(&mut self, run: &mut Run<'_, G>) {
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
                    Err(fault) => return self.goes_down(run.rules, &fault),
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
                Err(Trouble(what, true)) => return self.goes_down(run.rules, &what),
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
    fn n_fitting(&mut self, run: &Run<'_, G>, range: &Range<usize>) -> usize {
        let most = self.guest.as_ref().map_or(usize::MAX, G::max_batch).min(run.rules.batch);
        let mut n_bytes = 0;
        let fits = |item: &&G::Item| {
            n_bytes += G::n_bytes(item);
            n_bytes <= BATCH_BYTES
        };
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        items.iter().take(most).take_while(fits).count().max(1)
    }

    /// One article, as often as it is tried. An error says over what the plugin has failed each time.
    fn alone(&mut self, run: &mut Run<'_, G>, place: usize) -> Result<(), String> {
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
    fn give(&mut self, run: &mut Run<'_, G>, range: Range<usize>) -> Result<(), Trouble> {
        let guest = self.ready(run.rules, run.plan).map_err(|Fault(what, _)| Trouble(what, true))?;
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        let begun = Instant::now();
        let answered = guest.batch(run.plan, items);
        let meter = &run.rules.meter;
        meter.batch(begun.elapsed());
        match answered {
            Ok((guest, answers)) => {
                self.guest = Some(guest);
                (self.n_lost, self.n_down) = (0, 0);
                if self.down.take().is_some() {
                    meter.set_down(false);
                }
                for (place, answer) in range.zip(answers) {
                    run.set(place, Outcome::Answer(answer));
                }
                Ok(())
            }
            Err(Fault(what, kind)) => {
                meter.fault(kind);
                warn!(plugin = run.rules.name, articles = items.len(), "plugin {what}");
                Err(Trouble(what, false))
            }
        }
    }

    /// The guest, started if it does not run.
    pub(super) fn started(&mut self, rules: &Rules, plan: &G::Plan) -> Result<&G, Fault> {
        let guest = self.ready(rules, plan)?;
        Ok(self.guest.insert(guest))
    }

    /// The guest, if it runs.
    pub(super) fn guest(&self) -> Option<&G> {
        self.guest.as_ref()
    }

    /// Takes the guest away.
    pub(super) fn take_guest(&mut self) -> Option<G> {
        self.guest.take()
    }

    fn ready(&mut self, rules: &Rules, plan: &G::Plan) -> Result<G, Fault> {
        if let Some(mut guest) = self.guest.take() {
            if guest.is_there(plan) {
                return Ok(guest);
            }
            warn!(plugin = rules.name, "plugin has ended while it had nothing to do, starting it again");
            guest.kill();
        }
        match G::start(plan) {
            Ok(guest) => {
                rules.meter.started();
                Ok(guest)
            }
            Err(fault) => {
                rules.meter.fault(FaultKind::Start);
                Err(fault)
            }
        }
    }

    fn gives_up(&mut self, run: &mut Run<'_, G>, place: usize, what: &str) {
        self.n_lost += 1;
        let (name, hash) = (&run.rules.name, G::hash(run.plan));
        let why = format!("plugin `{name}` (SHA-256 {hash}) {what} (attempt {ATTEMPTS} of {ATTEMPTS})");
        run.set(place, Outcome::GivenUp(why));
    }

    fn goes_down(&mut self, rules: &Rules, what: &str) {
        let wait = FIRST.saturating_mul(1 << self.n_down.min(16)).min(LONGEST);
        self.n_down += 1;
        // Up to a quarter more, so that many workers do not start at the same time.
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = wait + wait.mul_f64(((self.chance >> 33) % 256) as f64 / 1024.0);
        if self.down.replace((Instant::now() + wait, what.to_owned())).is_none() {
            rules.meter.set_down(true);
        }
    }
}

/// Bytes of articles in a batch; one that is larger goes alone.
const BATCH_BYTES: usize = 4 << 20;

/// What went wrong, and whether it did at the plugin's start.
struct Trouble(String, bool);

/// A batch under way.
struct Run<'a, G: Guest> {
    rules: &'a Rules,
    plan: &'a G::Plan,
    items: &'a [G::Item],
    outcomes: Vec<Option<Outcome>>,
}

impl<G: Guest> Run<'_, G> {
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
