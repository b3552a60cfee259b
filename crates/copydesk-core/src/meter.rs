//! What a stage counts of itself, to be read from outside while it works.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// How a figure moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeasureKind {
    /// It only grows, from 0 on.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How often a value was at most each of these bounds, which grow.
    Histogram(&'static [f64]),
}

/// A thing that is measured: one for all stages of a kind.
#[derive(Debug, PartialEq)]
pub struct Measure {
    /// Its name, with unit, as in `copydesk_plugin_starts_total`.
    pub name: &'static str,
    /// How it moves.
    pub kind: MeasureKind,
    /// What it is told apart by, beside the stage.
    pub labels: &'static [&'static str],
    /// One sentence for people.
    pub help: &'static str,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// Of a counter or a gauge.
    One(f64),
    /// Of a histogram.
    Spread {
        /// How many values were at most the bound of the same place, and none below it.
        counts: Vec<u64>,
        /// All values.
        count: u64,
        /// Their sum.
        sum: f64,
    },
}

/// What a measure stands at, for one stage and one value of each of its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What is measured.
    pub measure: &'static Measure,
    /// The values of its labels, in their order.
    pub labels: Vec<String>,
    /// How it stands.
    pub figure: Figure,
}

impl Reading {
    /// A figure of a counter or a gauge.
    pub fn new(measure: &'static Measure, labels: &[&str], value: f64) -> Reading {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Reading { measure, labels, figure: Figure::One(value) }
    }

    /// Adds a reading of the same measure, from earlier. Gauges stay as they are.
    pub fn add(&mut self, earlier: &Reading) {
        match (&mut self.figure, &earlier.figure) {
            (Figure::One(value), Figure::One(before)) if self.measure.kind == MeasureKind::Counter => {
                *value += before;
            }
            (Figure::Spread { counts, count, sum }, Figure::Spread { counts: before, count: n, sum: s }) => {
                counts.iter_mut().zip(before).for_each(|(count, before)| *count += before);
                *count += n;
                *sum += s;
            }
            (Figure::One(_) | Figure::Spread { .. }, _) => {}
        }
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            name: &'static str,
            labels: BTreeMap<&'static str, &'a str>,
            value: f64,
            #[serde(skip_serializing_if = "Option::is_none")]
            sum: Option<f64>,
        }
        let (value, sum) = match &self.figure {
            Figure::One(value) => (*value, None),
            Figure::Spread { count, sum, .. } => (*count as f64, Some(*sum)),
        };
        let values = self.labels.iter().map(String::as_str);
        let labels = self.measure.labels.iter().copied().zip(values).collect();
        View { name: self.measure.name, labels, value, sum }.serialize(serializer)
    }
}

/// What a stage counts of itself. All forks of a stage share one.
pub trait Meter: Send + Sync {
    /// How everything stands now. It may be asked for at any time, by any thread, and must not wait for the stage.
    fn readings(&self) -> Vec<Reading>;
}
