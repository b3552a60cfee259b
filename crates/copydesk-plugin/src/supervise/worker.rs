//! From articles to answers, whatever a plugin does: a batch over which it fails is halved until the article is found
//! over which it fails alone, and fails again; that one is given up, and all others get their answers.
//!
//! It is given up only if the plugin answers for another one right after: for one that it has answered for before (the
//! control), or, where there is none yet, for one of those that wait. A plugin that does not has no bad articles, it is
//! down, and none is given up. It is tried again after a while, longer each time, with single articles, and other ones
//! each time. Only where too few wait to tell are they given up all the same, after some tries, and not for long.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::field::display;
use tracing::warn;

use super::shelf::Shelf;
use super::version::Stamps;
use super::{Care, Fault, Guest, OnDown, Running, Trouble};
use crate::meter::FaultKind;
use crate::proposal::Answer;

/// Articles with which a plugin is tried that is down, or fails over another one, each alone.
const PROBES: usize = 4;
/// How often articles wait that are too few to tell whether they or the plugin are at fault: more may come.
const ROUNDS: usize = 4;
/// How many of them, one after the other, are given up then.
const LOST: usize = 4;
/// How often an article is given to a plugin alone that fails over it.
const ATTEMPTS: usize = 2;
/// The first wait of a plugin that is down; it doubles each time.
const FIRST: Duration = Duration::from_millis(100);
/// How long articles wait, at most, before it is asked whether there is news.
const ASK: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// What came of an article.
pub(super) enum Outcome {
    /// With the hash of the version that has answered.
    Answer(Answer, Arc<str>),
    /// The plugin fails over it: in what way, and the reason.
    GivenUp(FaultKind, String),
    /// The plugin is down: how long to wait, and the reason.
    Down(Duration, FaultKind, String),
    /// It is not known whether it is down or the article bad: how long to wait, and what it did.
    Unsure(Duration, String),
}

impl Outcome {
    /// Whether another worker is to try.
    pub(super) fn waits(&self) -> bool {
        matches!(self, Outcome::Down(..) | Outcome::Unsure(..))
    }
}

/// A plugin, running or not, and how it has done.
pub(super) struct Worker<G> {
    /// Its place among the workers.
    place: usize,
    running: Option<Running<G>>,
    /// How often it has failed over articles that were too few, since it last answered.
    n_alone: usize,
    /// How often it was found to be down since it last answered.
    n_down: u32,
    down: Option<Down>,
    /// For waits that differ from worker to worker.
    chance: u64,
}

/// Who is at fault when a plugin fails over an article.
enum Blame {
    Article,
    Plugin,
    /// It cannot be told yet.
    Unknown,
}

/// What is known of a plugin that is down.
struct Down {
    /// When it is tried again; earlier if its files change.
    until: Instant,
    /// In what way it failed last, and what it did.
    kind: FaultKind,
    why: String,
    /// How its files stood.
    stamps: Stamps,
}

impl<G: Guest> Worker<G> {
    pub(super) fn new(place: usize) -> Worker<G> {
        Worker { place, running: None, n_alone: 0, n_down: 0, down: None, chance: place as u64 }
    }

    /// Goes over to a newer version, if one stands ready.
    pub(super) fn renew(&mut self, shelf: &Shelf<G>) {
        self.running = self.running.take().map(|running| shelf.newer(self.place, running));
    }

    /// The outcome for each article.
    pub(super) fn run(&mut self, care: &Care<G>, items: &[G::Item]) -> Vec<Outcome> {
        let mut run = Run { outcomes: items.iter().map(|_| None).collect(), items, care, unsure: None };
        if self.down.is_some() {
            // The one answer goes out at once, and says that the plugin is up. Those that would be set aside go on.
            self.probe(&mut run);
            if self.down.is_none() && care.rules.on_down == OnDown::Quarantine {
                self.halve(&mut run);
            }
        } else {
            self.halve(&mut run);
        }
        let down = self.down.as_ref().map(|down| {
            let left = down.until.saturating_duration_since(Instant::now());
            // Asked more often than it is tried, for it is tried at once when its files change.
            (left.clamp(FIRST, ASK), down.kind, down.why.clone())
        });
        let open: Box<dyn Fn() -> Outcome> = match (down, run.unsure) {
            (Some((wait, kind, why)), _) => Box::new(move || Outcome::Down(wait, kind, why.clone())),
            (None, Some((wait, why))) => Box::new(move || Outcome::Unsure(wait, why.clone())),
            (None, None) => Box::new(|| Outcome::Unsure(Duration::ZERO, "has just come up".to_owned())),
        };
        run.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(&open)).collect()
    }

    /// Whether it is down, and not to be tried yet.
    pub(super) fn waits(&self, care: &Care<G>) -> bool {
        self.down.as_ref().is_some_and(|down| !is_due(care, down))
    }

    /// After a time of being down: tries it with some articles, other ones each time, until it answers for one.
    fn probe(&mut self, run: &mut Run<'_, G>) {
        let n_items = run.items.len();
        if self.waits(run.care) || n_items == 0 {
            return;
        }
        let mut last = None;
        for idx in 0..n_items.min(PROBES) {
            let place = (self.n_down as usize * PROBES + idx) % n_items;
            match self.give(run, place..place + 1) {
                Ok(()) => return,
                Err(trouble) if trouble.at_start || is_final(run.care, &trouble) => {
                    return self.goes_down(run.care, trouble);
                }
                Err(trouble) => last = Some(trouble),
            }
        }
        // All of these may be bad.
        let control = run.care.control().clone();
        if let Some(last) = last
            && control.is_none_or(|(_, item)| self.ask(run.care, &[item]).is_err())
        {
            self.goes_down(run.care, last);
        }
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
                if let Err(trouble) = self.alone(run, range.start) {
                    if is_final(run.care, &trouble) {
                        run.give_up(range, &trouble, 1);
                        continue;
                    }
                    match self.blame(run, range.start, &trouble) {
                        Blame::Article => run.give_up(range, &trouble, ATTEMPTS),
                        Blame::Plugin => return self.goes_down(run.care, trouble),
                        Blame::Unknown => {
                            let wait = FIRST.saturating_mul(1 << self.n_alone.min(ROUNDS));
                            run.unsure = Some((wait, trouble.what));
                            return;
                        }
                    }
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
                Err(trouble) if trouble.at_start => return self.goes_down(run.care, trouble),
                Err(trouble) if is_final(run.care, &trouble) => run.give_up(first, &trouble, 1),
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
        let most = self.guest().map_or(usize::MAX, G::max_batch).min(run.care.rules.batch);
        let mut n_bytes = 0;
        let fits = |item: &&G::Item| {
            n_bytes += G::n_bytes(item);
            n_bytes <= BATCH_BYTES
        };
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        items.iter().take(most).take_while(fits).count().max(1)
    }

    /// One article, as often as it is tried. An error says over what the plugin has failed each time.
    fn alone(&mut self, run: &mut Run<'_, G>, place: usize) -> Result<(), Trouble> {
        for attempt in 1.. {
            match self.give(run, place..place + 1) {
                Ok(()) => break,
                // It cannot even be started: another try so soon helps nobody.
                Err(trouble) if trouble.at_start || attempt >= ATTEMPTS || is_final(run.care, &trouble) => {
                    return Err(trouble);
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Whose fault it is that the plugin fails over this article, alone and twice.
    fn blame(&mut self, run: &mut Run<'_, G>, place: usize, trouble: &Trouble) -> Blame {
        if trouble.at_start {
            return Blame::Plugin;
        }
        let control = run.care.control().clone();
        if let Some((_, item)) = control {
            if self.ask(run.care, &[item]).is_ok() {
                return Blame::Article;
            }
            // It tells less than another one would, the next that is answered for.
            run.care.control().iter_mut().for_each(|(version, _)| *version = Arc::default());
            return Blame::Plugin;
        }
        let others = run.others(place);
        for other in &others {
            match self.give(run, *other..*other + 1) {
                Ok(()) => return Blame::Article,
                Err(trouble) if trouble.at_start => return Blame::Plugin,
                Err(_) => {}
            }
        }
        self.n_alone += 1;
        match self.n_alone {
            _ if others.len() >= PROBES => Blame::Plugin,
            n_alone if n_alone < ROUNDS && run.care.rules.on_down == OnDown::Hold => Blame::Unknown,
            n_alone if n_alone < ROUNDS + LOST => Blame::Article,
            _ => Blame::Plugin,
        }
    }

    /// Gives a batch to the plugin, which is started if it does not run.
    fn give(&mut self, run: &mut Run<'_, G>, range: Range<usize>) -> Result<(), Trouble> {
        let items = run.items.get(range.clone()).unwrap_or(&[]);
        let (answers, hash) = self.ask(run.care, items)?;
        for (place, answer) in range.zip(answers) {
            run.set(place, Outcome::Answer(answer, Arc::clone(&hash)));
        }
        Ok(())
    }

    /// The plugin's answers, and the hash of the version that has given them.
    fn ask(&mut self, care: &Care<G>, items: &[G::Item]) -> Result<(Vec<Answer>, Arc<str>), Trouble> {
        let Running { guest, version } = self.ready(care)?;
        let begun = Instant::now();
        let answered = guest.batch(&care.plan, items);
        let meter = &care.rules.meter;
        meter.batch(begun.elapsed());
        match answered {
            Ok((guest, answers)) => {
                let hash = Arc::clone(&version.hash);
                self.running = Some(Running { guest, version });
                (self.n_alone, self.n_down) = (0, 0);
                if self.down.take().is_some() {
                    meter.set_down(false);
                }
                care.has_answered(&hash, items);
                Ok((answers, hash))
            }
            Err(Fault(what, kind)) => {
                meter.fault(kind);
                care.shelf.runs(self.place, None);
                let (name, hash) = (&care.rules.name, version.hash);
                let id = if let [item] = items { Some(display(G::id(item))) } else { None };
                warn!(plugin = name, sha256 = &*hash, id, articles = items.len(), "plugin {what}");
                Err(Trouble { what, at_start: false, kind, hash })
            }
        }
    }

    /// The guest, started if it does not run.
    pub(super) fn started(&mut self, care: &Care<G>) -> Result<&G, Fault> {
        let running = self.ready(care).map_err(|trouble| Fault(trouble.what, FaultKind::Start))?;
        Ok(&self.running.insert(running).guest)
    }

    /// The guest, if it runs.
    pub(super) fn guest(&self) -> Option<&G> {
        self.running.as_ref().map(|running| &running.guest)
    }

    /// Takes the guest away.
    pub(super) fn take_guest(&mut self) -> Option<G> {
        self.running.take().map(|running| running.guest)
    }

    fn ready(&mut self, care: &Care<G>) -> Result<Running<G>, Trouble> {
        self.renew(&care.shelf);
        if let Some(mut running) = self.running.take() {
            if running.guest.is_there(&care.plan) {
                return Ok(running);
            }
            let name = &care.rules.name;
            warn!(plugin = name, "plugin has ended while it had nothing to do, starting it again");
            care.shelf.runs(self.place, None);
            running.guest.kill();
        }
        let running = Running::start(care)?;
        care.shelf.runs(self.place, Some(&running.version.stamps));
        Ok(running)
    }

    fn goes_down(&mut self, care: &Care<G>, Trouble { what: why, kind, .. }: Trouble) {
        let wait = FIRST.saturating_mul(1 << self.n_down.min(16)).min(LONGEST);
        self.n_down += 1;
        // Up to a quarter more, so that many workers do not start at the same time.
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wait = wait + wait.mul_f64(((self.chance >> 33) % 256) as f64 / 1024.0);
        let stamps = Stamps::look(&G::watched(&care.plan));
        let down = Down { until: Instant::now() + wait, kind, why, stamps };
        if self.down.replace(down).is_none() {
            care.rules.meter.set_down(true);
        }
    }
}

/// Under test, what hangs is not tried again.
fn is_final<G: Guest>(care: &Care<G>, trouble: &Trouble) -> bool {
    trouble.kind == FaultKind::Hang && !trouble.at_start && care.rules.patience.is_tested()
}

/// It has waited long enough, or its files have changed.
fn is_due<G: Guest>(care: &Care<G>, down: &Down) -> bool {
    Instant::now() >= down.until || Stamps::look(&G::watched(&care.plan)) != down.stamps
}

/// Bytes of articles in a batch; one that is larger goes alone.
const BATCH_BYTES: usize = 4 << 20;

/// A batch under way.
struct Run<'a, G: Guest> {
    care: &'a Care<G>,
    items: &'a [G::Item],
    outcomes: Vec<Option<Outcome>>,
    /// How long those without an outcome wait, and why, if it is not known who is at fault.
    unsure: Option<(Duration, String)>,
}

impl<G: Guest> Run<'_, G> {
    fn set(&mut self, place: usize, outcome: Outcome) {
        if let Some(open) = self.outcomes.get_mut(place) {
            *open = Some(outcome);
        }
    }

    /// The plugin fails over these, after as many attempts.
    fn give_up(&mut self, range: Range<usize>, trouble: &Trouble, attempts: usize) {
        let (name, Trouble { what, hash, .. }) = (&self.care.rules.name, trouble);
        for place in range {
            let why = format!("plugin `{name}` (SHA-256 {hash}) {what} (attempt {attempts} of {attempts})");
            self.set(place, Outcome::GivenUp(trouble.kind, why));
        }
    }

    /// Other articles without an outcome: as many as a plugin is tried with.
    fn others(&self, place: usize) -> Vec<usize> {
        let open =
            self.outcomes.iter().enumerate().filter(|(other, outcome)| outcome.is_none() && *other != place);
        open.map(|(other, _)| other).take(PROBES).collect()
    }

    /// The first run of articles in the range that have no outcome, and nothing of the others.
    fn open(&self, range: Range<usize>) -> Range<usize> {
        let is_open = |place: &usize| self.outcomes.get(*place).is_some_and(Option::is_none);
        let start = range.clone().find(is_open).unwrap_or(range.end);
        let end = (start..range.end).find(|place| !is_open(place)).unwrap_or(range.end);
        start..end
    }
}
