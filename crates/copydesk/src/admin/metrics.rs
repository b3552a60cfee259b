//! The metrics: one table, and the text of Prometheus made from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use copydesk_core::{Figure, Measure, MeasureKind, Reading};
use copydesk_runtime::{SinkState, SinkStats};

use crate::components;
use crate::view::{DaemonView, HealthState};

/// Whether a metric only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It does.
    Counter,
    /// It goes up and down.
    Gauge,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        }
    }
}

/// One sample: the values of the labels, in the metric's order, and the figure.
type Sample = (Vec<String>, f64);

/// One metric.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) labels: &'static [&'static str],
    pub(super) help: &'static str,
    samples: fn(&DaemonView) -> Vec<Sample>,
}

const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
    samples: fn(&DaemonView) -> Vec<Sample>,
) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help, samples }
}

const fn gauge(
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
    samples: fn(&DaemonView) -> Vec<Sample>,
) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help, samples }
}

/// All metrics, in the order they are shown.
pub(super) const METRICS: &[Metric] = &[
    gauge("copydesk_build_info", &["version"], "1, with the program's version.", |view| {
        vec![(vec![view.version.to_owned()], 1.0)]
    }),
    gauge("copydesk_start_time_seconds", &[], "When the process started, in seconds since 1970.", |view| {
        one(view
            .started
            .parse()
            .map_or(0.0, |started: jiff::Timestamp| started.as_millisecond() as f64 / 1e3))
    }),
    gauge("copydesk_health", &["state"], "1 for the state it is in: `ok`, `degraded` or `down`.", |view| {
        [(HealthState::Ok, "ok"), (HealthState::Degraded, "degraded"), (HealthState::Down, "down")]
            .into_iter()
            .map(|(state, name)| (vec![name.to_owned()], f64::from(u8::from(view.health.state == state))))
            .collect()
    }),
    counter(
        "copydesk_articles_seen_total",
        &[],
        "Articles in the ledger, those of earlier processes too.",
        |view| one(view.stats.counts.seen as f64),
    ),
    gauge(
        "copydesk_articles",
        &["status"],
        "Articles in the ledger by what became of them; together they are all that were seen.",
        |view| {
            let counts = &view.stats.counts;
            [
                ("delivered", counts.delivered),
                ("duplicate", counts.duplicate),
                ("dropped", counts.dropped),
                ("quarantined", counts.quarantined),
                ("superseded", counts.superseded),
                ("pending", counts.pending),
            ]
            .into_iter()
            .map(|(status, count)| (vec![status.to_owned()], count as f64))
            .collect()
        },
    ),
    counter("copydesk_articles_settled_total", &[], "Articles settled, however.", |view| {
        one(view.stats.settled as f64)
    }),
    gauge("copydesk_articles_in_flight", &[], "Articles between reader and sinks.", |view| {
        one(view.stats.in_flight as f64)
    }),
    counter("copydesk_files_taken_total", &[], "Files taken from the drop folder.", |view| {
        one(view.stats.files as f64)
    }),
    counter("copydesk_files_taken_bytes_total", &[], "Their bytes.", |view| one(view.stats.bytes as f64)),
    counter("copydesk_files_refused_total", &[], "Files refused without being read.", |view| {
        one(view.watch.refused as f64)
    }),
    gauge("copydesk_files_waiting", &[], "Files known to wait; missing before the first scan.", |view| {
        view.watch.backlog.map(|backlog| (Vec::new(), backlog as f64)).into_iter().collect()
    }),
    counter("copydesk_scans_total", &[], "Scans of the whole drop folder.", |view| {
        one(view.watch.scans as f64)
    }),
    counter("copydesk_events_lost_total", &[], "Times events of the drop folder were lost.", |view| {
        one(view.watch.overflows as f64)
    }),
    counter("copydesk_cuts_total", &["reason"], "Pieces cut from articles that went to the sinks.", |view| {
        view.stats.cuts.iter().map(|(reason, count)| (vec![(*reason).to_owned()], *count as f64)).collect()
    }),
    counter("copydesk_stage_articles_total", &["stage"], "Articles given to a stage.", |view| {
        by_name(&view.stats.stages, |stage| stage.articles as f64)
    }),
    counter(
        "copydesk_stage_seconds_total",
        &["stage"],
        "Time a stage took for them, in all threads.",
        |view| by_name(&view.stats.stages, |stage| stage.seconds),
    ),
    counter(
        "copydesk_panics_total",
        &[],
        "Panics of stages, readers or sinks that were contained.",
        |view| one(view.stats.panics as f64),
    ),
    counter(
        "copydesk_blocked_seconds_total",
        &["step"],
        "Time a step waited because the next was behind.",
        |view| {
            let stats = &view.stats;
            [("intake", stats.blocked_intake_seconds), ("split", stats.blocked_in_flight_seconds)]
                .into_iter()
                .map(|(step, seconds)| (vec![step.to_owned()], seconds))
                .collect()
        },
    ),
    gauge("copydesk_sink_up", &["sink"], "1 while a sink takes articles.", |view| {
        by_sink(view, |sink| f64::from(u8::from(sink.state == SinkState::Up)))
    }),
    counter("copydesk_sink_sent_total", &["sink"], "Articles sent to a sink.", |view| {
        by_sink(view, |sink| sink.sent as f64)
    }),
    counter("copydesk_sink_acknowledged_total", &["sink"], "Articles it holds durably.", |view| {
        by_sink(view, |sink| sink.acknowledged as f64)
    }),
    counter("copydesk_sink_refused_total", &["sink"], "Articles it refused.", |view| {
        by_sink(view, |sink| sink.refused as f64)
    }),
    counter("copydesk_sink_retries_total", &["sink"], "Writes that failed, and were tried again.", |view| {
        by_sink(view, |sink| sink.retries as f64)
    }),
    counter("copydesk_sink_batches_total", &["sink"], "Batches written.", |view| {
        by_sink(view, |sink| sink.batches as f64)
    }),
    gauge("copydesk_sink_lag_articles", &["sink"], "Articles sent that it does not hold yet.", |view| {
        by_sink(view, |sink| sink.lag() as f64)
    }),
    gauge("copydesk_sink_spilled_articles", &["sink"], "Articles that wait on disk for it.", |view| {
        by_sink(view, |sink| sink.spilled as f64)
    }),
    counter("copydesk_sink_blocked_seconds_total", &["sink"], "Time everything waited for it.", |view| {
        by_sink(view, |sink| sink.blocked_seconds)
    }),
    gauge(
        "copydesk_signals",
        &["stage", "kind"],
        "Signals of a stage that stand, such as `yield_collapsed`.",
        |view| {
            let mut counts: BTreeMap<(&str, &str), f64> = BTreeMap::new();
            for begun in &view.stats.signals_begun {
                counts.insert((&begun.stage, &begun.kind), 0.0);
            }
            for standing in &view.stats.signals {
                *counts.entry((&standing.stage, &standing.signal.kind)).or_default() += 1.0;
            }
            counts
                .into_iter()
                .map(|((stage, kind), n)| (vec![stage.to_owned(), kind.to_owned()], n))
                .collect()
        },
    ),
    counter("copydesk_signals_begun_total", &["stage", "kind"], "Signals that have begun.", |view| {
        let sample = |begun: &copydesk_runtime::SignalCount| {
            (vec![begun.stage.clone(), begun.kind.clone()], begun.begun as f64)
        };
        view.stats.signals_begun.iter().map(sample).collect()
    }),
];

fn one(value: f64) -> Vec<Sample> {
    vec![(Vec::new(), value)]
}

fn by_name<T>(of: &BTreeMap<String, T>, value: impl Fn(&T) -> f64) -> Vec<Sample> {
    of.iter().map(|(name, what)| (vec![name.clone()], value(what))).collect()
}

fn by_sink(view: &DaemonView, value: impl Fn(&SinkStats) -> f64) -> Vec<Sample> {
    by_name(&view.stats.sinks, value)
}

/// All metrics of a daemon, in the text format of Prometheus, version 0.0.4.
pub(super) fn render(view: &DaemonView) -> String {
    let mut out = String::with_capacity(16 << 10);
    for metric in METRICS {
        announce(&mut out, metric.name, metric.kind.name(), metric.help);
        for (values, value) in (metric.samples)(view) {
            let labels: Vec<(&str, &str)> =
                metric.labels.iter().copied().zip(values.iter().map(String::as_str)).collect();
            sample(&mut out, metric.name, "", &labels, value);
        }
    }
    let mut measures = components::measures().to_vec();
    // A program of someone's own may have stages with others.
    for reading in view.stats.readings.values().flatten() {
        if !measures.contains(&reading.measure) {
            measures.push(reading.measure);
        }
    }
    for measure in measures {
        announce(&mut out, measure.name, kind_name(measure), measure.help);
        for (stage, readings) in &view.stats.readings {
            for reading in readings.iter().filter(|reading| reading.measure == measure) {
                render_reading(&mut out, stage, reading);
            }
        }
    }
    out
}

/// The type of a measure, as Prometheus calls it.
pub(super) fn kind_name(measure: &Measure) -> &'static str {
    match measure.kind {
        MeasureKind::Counter => "counter",
        MeasureKind::Gauge => "gauge",
        MeasureKind::Histogram(_) => "histogram",
    }
}

fn render_reading(out: &mut String, stage: &str, reading: &Reading) {
    let name = reading.measure.name;
    let mut labels = vec![("stage", stage)];
    labels.extend(reading.measure.labels.iter().copied().zip(reading.labels.iter().map(String::as_str)));
    match (&reading.figure, reading.measure.kind) {
        (Figure::Spread { counts, count, sum }, MeasureKind::Histogram(bounds)) => {
            let mut so_far = 0;
            for (bound, n) in bounds.iter().zip(counts) {
                so_far += n;
                let bound = bound.to_string();
                let labels = [labels.as_slice(), &[("le", bound.as_str())]].concat();
                sample(out, name, "_bucket", &labels, so_far as f64);
            }
            let labels_of_all = [labels.as_slice(), &[("le", "+Inf")]].concat();
            sample(out, name, "_bucket", &labels_of_all, *count as f64);
            sample(out, name, "_sum", &labels, *sum);
            sample(out, name, "_count", &labels, *count as f64);
        }
        (Figure::One(value), _) => sample(out, name, "", &labels, *value),
        (Figure::Spread { .. }, _) => {}
    }
}

fn announce(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string cannot fail, here and below.
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn sample(out: &mut String, name: &str, suffix: &str, labels: &[(&str, &str)], value: f64) {
    let labels: Vec<String> =
        labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escape(value))).collect();
    let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(out, "{name}{suffix}{labels} {value}");
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        let mut names = std::collections::BTreeSet::new();
        for metric in METRICS {
            let name = metric.name;
            assert!(names.insert(name), "{name} twice");
            assert!(name.starts_with("copydesk_") && !name.contains("__"), "{name}");
            assert_eq!(metric.kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert!(metric.help.ends_with('.') && !metric.help.contains('|'), "{name}");
            for unit in ["_ms", "_us", "_kb", "_mb", "_minutes"] {
                assert!(!name.contains(unit), "{name} is not in base units");
            }
        }
    }

    #[test]
    fn so_do_those_of_measures() {
        for measure in components::measures() {
            let name = measure.name;
            assert!(METRICS.iter().all(|metric| metric.name != name), "{name} twice");
            assert!(name.starts_with("copydesk_plugin_"), "{name}");
            assert_eq!(measure.kind == MeasureKind::Counter, name.ends_with("_total"), "{name}");
            assert!(measure.help.ends_with('.') && !measure.help.contains('|'), "{name}");
        }
    }

    #[test]
    fn a_histogram_adds_up() {
        static TIDES: Measure = Measure {
            name: "tides",
            kind: MeasureKind::Histogram(&[1.0, 2.5]),
            labels: &["of"],
            help: "Tides.",
        };
        let figure = Figure::Spread { counts: vec![2, 1], count: 4, sum: 9.5 };
        let mut out = String::new();
        render_reading(&mut out, "quay", &Reading { measure: &TIDES, labels: vec!["sea".into()], figure });
        let of = "stage=\"quay\",of=\"sea\"";
        assert_eq!(
            out,
            format!(
                "tides_bucket{{{of},le=\"1\"}} 2\ntides_bucket{{{of},le=\"2.5\"}} 3\n\
                 tides_bucket{{{of},le=\"+Inf\"}} 4\ntides_sum{{{of}}} 9.5\ntides_count{{{of}}} 4\n"
            )
        );
    }

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escape("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
