//! What stages count of themselves. A stage is made anew with each run; its counters go on.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use copydesk_core::{MeasureKind, Meter, Reading};

/// The meters of all stages.
#[derive(Default)]
pub(crate) struct Meters(Mutex<BTreeMap<String, Of>>);

/// One stage's.
#[derive(Default)]
struct Of {
    /// The last is that of the stage that runs; the others may still be in use, or come back.
    meters: Vec<Arc<dyn Meter>>,
    /// Where the counters of those stood that are gone.
    past: Vec<Reading>,
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}

impl Meters {
    /// A run begins with these stages.
    pub(crate) fn begin<'a>(&self, stages: impl Iterator<Item = (&'a str, Option<Arc<dyn Meter>>)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of = BTreeMap::new();
        for (name, meter) in stages {
            let Some(meter) = meter else { continue };
            let mut stage: Of = known.remove(name).unwrap_or_default();
            stage.set(meter);
            of.insert(name.to_owned(), stage);
        }
        *known = of;
    }

    /// A stage was made anew while it runs.
    pub(crate) fn renew(&self, stage: &str, meter: Arc<dyn Meter>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(stage.to_owned()).or_default().set(meter);
    }

    /// How all of them stand, by stage.
    pub(crate) fn readings(&self) -> BTreeMap<String, Vec<Reading>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(name, of)| (name.clone(), of.readings())).collect()
    }
}

impl Of {
    fn set(&mut self, meter: Arc<dyn Meter>) {
        self.meters.retain(|known| !Arc::ptr_eq(known, &meter));
        for gone in self.meters.extract_if(.., |known| Arc::strong_count(known) == 1) {
            add(&mut self.past, gone.readings());
        }
        self.meters.push(meter);
    }

    fn readings(&self) -> Vec<Reading> {
        let Some((now, earlier)) = self.meters.split_last() else { return Vec::new() };
        let mut readings = now.readings();
        for before in earlier {
            add(&mut readings, before.readings());
        }
        add(&mut readings, self.past.clone());
        readings
    }
}

/// Adds what was counted earlier. What a gauge showed then is of no interest.
fn add(readings: &mut Vec<Reading>, earlier: Vec<Reading>) {
    for before in earlier {
        let same = |now: &&mut Reading| now.measure == before.measure && now.labels == before.labels;
        match readings.iter_mut().find(same) {
            Some(now) => now.add(&before),
            None if before.measure.kind == MeasureKind::Gauge => {}
            None => readings.push(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use copydesk_core::{Figure, Measure};

    use super::*;

    static SHIPS: Measure =
        Measure { name: "ships_total", kind: MeasureKind::Counter, labels: &[], help: "Ships." };
    static TIDE: Measure =
        Measure { name: "tide_metres", kind: MeasureKind::Gauge, labels: &[], help: "The tide." };

    struct Harbour(AtomicU64);

    impl Meter for Harbour {
        fn readings(&self) -> Vec<Reading> {
            let ships = self.0.load(Ordering::Relaxed) as f64;
            vec![Reading::new(&SHIPS, &[], ships), Reading::new(&TIDE, &[], 4.5)]
        }
    }

    #[test]
    fn counters_go_on_from_run_to_run_and_none_is_added_twice() {
        let meters = Meters::default();
        let begin = |meter: &Arc<Harbour>| {
            let meter: Arc<dyn Meter> = Arc::clone(meter) as Arc<dyn Meter>;
            meters.begin([("quay", Some(meter)), ("pier", None)].into_iter());
        };
        let figures = || {
            let figures = meters.readings().remove("quay").unwrap();
            figures.into_iter().map(|reading| reading.figure).collect::<Vec<_>>()
        };
        let (first, second) = (Arc::new(Harbour(AtomicU64::new(3))), Arc::new(Harbour(AtomicU64::new(1))));
        begin(&first);
        begin(&second);
        assert_eq!(figures(), [Figure::One(4.0), Figure::One(4.5)]);
        // The first comes back, as it does if the second cannot start.
        begin(&first);
        assert_eq!(figures(), [Figure::One(4.0), Figure::One(4.5)]);
        drop(second);
        for ships in [10, 20] {
            begin(&Arc::new(Harbour(AtomicU64::new(ships))));
        }
        begin(&first);
        assert_eq!(figures(), [Figure::One(34.0), Figure::One(4.5)]);
        meters.begin(std::iter::empty());
        assert!(meters.readings().is_empty());
    }
}
