//! How much of its articles a source yields, and when that has changed.
//!
//! Two figures an article: the share of its text that was kept, on the scale of log odds, and how much that is, on
//! the scale of logarithms. What is usual is told by median and median deviation, which a few odd articles do not
//! move; an article is out of line if it is far from usual and hardly any usual article was like it, so that a
//! source of long reports and short notes is no alarm. Four of the last five out of line, on the same side, are one.

/// Articles remembered of a source.
const ARTICLES: usize = 40;
/// The latest, which are held against the others.
const LATEST: usize = 5;
/// How many of the latest it takes, for an alarm to begin, and to end.
const ENOUGH: usize = 4;
/// Below so many articles nothing is usual.
const FEWEST: usize = 12;
/// After so many articles out of line this is what is usual now.
const PATIENCE: usize = 24;
/// How far from usual is out of line, in deviations.
const FAR: f32 = 3.5;
/// But at least so far, a seventh or seven times as much; and no source is so irregular that a thirteenth, or
/// thirteen times as much, would be in line.
const LEAST: f32 = 2.0;
const MOST: f32 = 2.6;
/// The part of that distance within which an article is in line again.
const NEAR: f32 = 0.75;
/// From a median deviation to the deviation of a normal distribution.
const TO_SIGMA: f32 = 1.4826;
/// Bytes added to what is kept and to what is cut.
const GRACE: f64 = 20.0;
/// Steps of a stored figure to the unit.
const STEPS: f32 = 512.0;

/// What one article yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// The beginning of the article's id.
    pub(crate) id: u32,
    /// Log odds of the share kept, in steps.
    pub(crate) odds: i16,
    /// Logarithm of the bytes kept, in steps.
    pub(crate) size: i16,
}

impl Sample {
    /// Of an article of which `kept` bytes of `all` are left.
    pub(crate) fn new(id: u32, kept: usize, all: usize) -> Sample {
        let (kept, all) = (kept as f64, all as f64);
        // An article that is kept whole, or not at all, has finite odds too; the shorter, the less they say.
        let odds = ((kept + GRACE) / ((all - kept).max(0.0) + GRACE)).ln();
        let size = (kept + GRACE).ln();
        let steps = |value: f64| (value as f32 * STEPS).round() as i16;
        Sample { id, odds: steps(odds), size: steps(size) }
    }

    fn figure(self, of: Figure) -> f32 {
        f32::from(match of {
            Figure::Odds => self.odds,
            Figure::Size => self.size,
        }) / STEPS
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Odds,
    Size,
}

/// Which way the yield went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    Down,
    Up,
}

/// What is usual in a source.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Usual {
    middle: f32,
    /// How far from it is far.
    distance: f32,
    /// Nearly all usual articles lie between these.
    low: f32,
    high: f32,
}

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alarm {
    pub(crate) way: Way,
    figure: Figure,
    usual: Usual,
    /// Articles since it began.
    n_articles: usize,
    /// Share and bytes that were usual.
    pub(crate) usual_share: f64,
    pub(crate) usual_bytes: f64,
    /// Who it is about, and since when; empty if that is not known any more.
    pub(crate) name: Box<str>,
    pub(crate) since: Box<str>,
}

/// What an article has changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Begins,
    /// The yield is as before.
    Recovered(Box<Alarm>),
    /// It is not, but that is usual by now.
    Settled(Box<Alarm>),
}

/// The last articles of one source.
#[derive(Debug, Default)]
pub(crate) struct Series {
    samples: Vec<Sample>,
    pub(crate) alarm: Option<Box<Alarm>>,
    /// The article that began the last alarm.
    begun_by: Option<u32>,
}

impl Series {
    /// True if this article began the last alarm.
    pub(crate) fn was_begun_by(&self, id: u32) -> bool {
        self.begun_by == Some(id)
    }

    /// True if this article was counted already.
    pub(crate) fn has(&self, id: u32) -> bool {
        self.samples.iter().any(|sample| sample.id == id)
    }

    /// An article has become another.
    pub(crate) fn rename(&mut self, old: u32, new: u32) -> Option<Sample> {
        let sample = self.samples.iter_mut().find(|sample| sample.id == old)?;
        sample.id = new;
        Some(*sample)
    }

    /// Share and bytes kept of the latest articles: the median.
    pub(crate) fn latest(&self) -> (f64, f64) {
        let latest = self.samples.get(self.samples.len().saturating_sub(LATEST)..).unwrap_or_default();
        level(latest)
    }

    /// Takes an article in.
    pub(crate) fn push(&mut self, sample: Sample) -> Option<Change> {
        if self.samples.len() == ARTICLES {
            self.samples.remove(0);
        }
        self.samples.push(sample);
        match self.alarm.take() {
            Some(alarm) => self.go_on(alarm),
            None => self.look(),
        }
    }

    fn split(&self) -> (&[Sample], &[Sample]) {
        self.samples.split_at(self.samples.len().saturating_sub(LATEST))
    }

    fn look(&mut self) -> Option<Change> {
        let (before, latest) = self.split();
        if before.len() < FEWEST {
            return None;
        }
        for figure in [Figure::Odds, Figure::Size] {
            let usual = Usual::of(before, figure);
            for way in [Way::Down, Way::Up] {
                let is_out = |sample: &&Sample| usual.is_out(sample.figure(figure), way);
                if latest.iter().filter(is_out).count() >= ENOUGH {
                    let (usual_share, usual_bytes) = level(before);
                    let (name, since) = (Box::default(), Box::default());
                    let alarm =
                        Alarm { way, figure, usual, n_articles: 0, usual_share, usual_bytes, name, since };
                    self.begun_by = latest.last().map(|sample| sample.id);
                    self.alarm = Some(Box::new(alarm));
                    return Some(Change::Begins);
                }
            }
        }
        None
    }

    fn go_on(&mut self, mut alarm: Box<Alarm>) -> Option<Change> {
        alarm.n_articles += 1;
        let (_, latest) = self.split();
        let is_out = |sample: &Sample| alarm.usual.is_far(sample.figure(alarm.figure), alarm.way, NEAR);
        if latest.iter().filter(|sample| !is_out(sample)).count() >= ENOUGH {
            self.samples.retain(|sample| !is_out(sample));
            return Some(Change::Recovered(alarm));
        }
        if alarm.n_articles >= PATIENCE {
            let n_old = self.samples.len().saturating_sub(PATIENCE);
            self.samples.drain(..n_old);
            return Some(Change::Settled(alarm));
        }
        self.alarm = Some(alarm);
        None
    }

    /// Bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        let alarm = self.alarm.as_ref();
        size_of::<Series>()
            + self.samples.capacity() * size_of::<Sample>()
            + alarm.map_or(0, |alarm| size_of::<Alarm>() + alarm.name.len() + alarm.since.len())
    }
}

impl Usual {
    fn of(samples: &[Sample], figure: Figure) -> Usual {
        let mut values = [0.0_f32; ARTICLES];
        let values = values.get_mut(..samples.len()).unwrap_or_default();
        for (value, sample) in values.iter_mut().zip(samples) {
            *value = sample.figure(figure);
        }
        values.sort_unstable_by(f32::total_cmp);
        let at = |idx: usize| values.get(idx).copied().unwrap_or_default();
        let middle = at(values.len() / 2);
        // One in twenty may be odd.
        let n_odd = values.len() / 20;
        let (low, high) = (at(n_odd), at(values.len() - 1 - n_odd));
        for value in &mut *values {
            *value = (*value - middle).abs();
        }
        values.sort_unstable_by(f32::total_cmp);
        let deviation = values.get(values.len() / 2).copied().unwrap_or_default() * TO_SIGMA;
        Usual { middle, distance: (FAR * deviation).clamp(LEAST, MOST), low, high }
    }

    fn is_far(&self, value: f32, way: Way, part: f32) -> bool {
        match way {
            Way::Down => value < self.middle - part * self.distance,
            Way::Up => value > self.middle + part * self.distance,
        }
    }

    fn is_out(&self, value: f32, way: Way) -> bool {
        let is_odd = match way {
            Way::Down => value < self.low,
            Way::Up => value > self.high,
        };
        is_odd && self.is_far(value, way, 1.0)
    }
}

/// Share and bytes kept: the medians.
fn level(samples: &[Sample]) -> (f64, f64) {
    let median = |figure| {
        let mut values: Vec<f32> = samples.iter().map(|sample| sample.figure(figure)).collect();
        values.sort_unstable_by(f32::total_cmp);
        f64::from(values.get(values.len() / 2).copied().unwrap_or_default())
    };
    let kept = (median(Figure::Size).exp() - GRACE).max(0.0);
    let cut = ((kept + GRACE) / median(Figure::Odds).exp() - GRACE).max(0.0);
    (kept / (kept + cut).max(1.0), kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance and are the same each time.
    struct Chance(u64);

    impl Chance {
        fn unit(&mut self) -> f64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
        }

        fn normal(&mut self) -> f64 {
            (-2.0 * self.unit().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Kind {
        /// Reports of about the same length.
        Even,
        /// One in ten is three times as odd as the others.
        HeavyTails,
        /// Seven long reports to three short notes, at random.
        Mixed,
        /// The same, but a short one is followed by a short one nine times in ten: a ticker day.
        Clustered,
    }

    struct Site {
        kind: Kind,
        chance: Chance,
        short: bool,
    }

    impl Site {
        /// Bytes kept, and all.
        fn article(&mut self) -> (f64, f64) {
            let chance = &mut self.chance;
            let wild = if matches!(self.kind, Kind::HeavyTails) && chance.unit() < 0.1 { 3.0 } else { 1.0 };
            self.short = match self.kind {
                Kind::Mixed => chance.unit() < 0.3,
                Kind::Clustered if self.short => chance.unit() < 0.9,
                Kind::Clustered => chance.unit() < 0.04,
                _ => false,
            };
            let usual = if self.short { 500.0 } else { 3_000.0 };
            let kept = usual * (0.45 * wild * chance.normal()).exp();
            // The furniture is much the same on every page.
            (kept, kept + 1_200.0 * (0.2 * wild * chance.normal()).exp())
        }
    }

    fn n_alarms(kind: Kind, n_articles: usize) -> usize {
        let mut site = Site { kind, chance: Chance(42), short: false };
        let mut series = Series::default();
        (0..n_articles)
            .filter(|_| {
                let (kept, all) = site.article();
                series.push(Sample::new(0, kept as usize, all as usize)) == Some(Change::Begins)
            })
            .count()
    }

    #[test]
    fn a_source_that_does_not_change_raises_hardly_an_alarm() {
        // In 100,000 articles each: none but of the last, where it is 101.
        let most = [(Kind::Even, 0), (Kind::HeavyTails, 0), (Kind::Mixed, 0), (Kind::Clustered, 30)];
        for (kind, most) in most {
            let found = n_alarms(kind, 20_000);
            assert!(found <= most, "{kind:?}: {found} in 20,000");
        }
    }

    /// Articles until a change is noticed, in the worst of a hundred sites; `None` if it is missed.
    fn noticed(kind: Kind, change: impl Fn(f64, f64) -> (f64, f64)) -> Option<usize> {
        let worst = (1..=100_u64).map(|seed| {
            let mut site = Site { kind, chance: Chance(seed * 7919), short: false };
            let mut series = Series::default();
            for _ in 0..40 {
                let (kept, all) = site.article();
                series.push(Sample::new(0, kept as usize, all as usize));
            }
            (1..=30).find(|_| {
                let (kept, all) = site.article();
                let (kept, all) = change(kept, all);
                series.push(Sample::new(0, kept as usize, all as usize)) == Some(Change::Begins)
            })
        });
        worst.max_by_key(|n_articles| n_articles.unwrap_or(usize::MAX)).flatten()
    }

    #[test]
    fn a_collapse_is_noticed_within_a_few_articles() {
        for kind in [Kind::Even, Kind::HeavyTails, Kind::Mixed] {
            let little = noticed(kind, |kept, all| (kept / 20.0, all));
            let nothing = noticed(kind, |_, all| (0.0, all));
            let everything = noticed(kind, |_, all| (all, all));
            assert_eq!([little, nothing, everything], [Some(4); 3], "{kind:?}");
        }
    }
}
