//! The page of all metrics: made from the same table as the metrics.

use std::fmt::Write as _;

use super::metrics::{METRICS, kind_name};
use crate::components;

/// Every metric, as Markdown.
pub(crate) fn metrics_page() -> String {
    let mut page = String::from(
        "# Metrics\n\n*Made from the code by `cargo dev generate`.*\n\n\
         With `[admin]` in the configuration, `GET /metrics` answers in the text format of Prometheus. Counters \
         begin at 0 with each process, but for those of the ledger. `/healthz` answers 200 as long as the process \
         does; `/readyz` answers 200 if articles are taken and can be brought to their stores, else 503. Both say \
         in their text what is wrong.\n\n| metric | type | labels | |\n|---|---|---|---|\n",
    );
    for metric in METRICS {
        let labels = metric.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let kind = metric.kind.name();
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{}` | {kind} | {labels} | {} |", metric.name, metric.help);
    }
    for measure in components::measures() {
        let labels = std::iter::once(&"stage").chain(measure.labels);
        let labels = labels.map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let _ =
            writeln!(page, "| `{}` | {} | {labels} | {} |", measure.name, kind_name(measure), measure.help);
    }
    page
}
