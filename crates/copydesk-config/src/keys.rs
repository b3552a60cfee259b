//! The keys that are copydesk's own, described as a component describes its options.

use copydesk_core::{OptionKind, OptionSpec};

/// The keys of the file that hold a single value.
pub(crate) const TOP: &[OptionSpec] = &[
    OptionSpec::new(
        "version",
        OptionKind::Integer,
        Some("1"),
        "The version of the configuration's format; 1 is the only one.",
    ),
    OptionSpec::new(
        "state",
        OptionKind::Path,
        Some(""),
        "The folder of ledger and quarantine; `--state` wins over it, and `./copydesk-data` is the default.",
    ),
];

/// The keys of the file that hold a table, or a list of tables.
pub(crate) const SECTIONS: &[&str] = &["source", "reader", "stage", "sink", "runtime", "admin"];

/// What every stage takes beside its own options.
pub(crate) const STAGE: &[OptionSpec] = &[OptionSpec::new(
    "name",
    OptionKind::String,
    Some(""),
    "What records and messages call it: letters, digits, `_` and `-`. The type, if not given.",
)];

/// What every sink takes beside its own options.
pub(crate) const SINK: &[OptionSpec] = &[
    OptionSpec::new(
        "name",
        OptionKind::String,
        Some(""),
        "What the ledger calls it: letters, digits, `_` and `-`. The type, if not given. Under a new name it is a \
         new sink, which starts with the next article.",
    ),
    OptionSpec::new(
        "batch_max",
        OptionKind::Integer,
        Some("500"),
        "Articles in a batch, at most (1 to 100000).",
    ),
    OptionSpec::new(
        "batch_bytes",
        OptionKind::Bytes,
        Some("\"16MiB\""),
        "Bytes in a batch, at most; a larger article is a batch of its own.",
    ),
    OptionSpec::new(
        "batch_linger",
        OptionKind::Duration,
        Some("\"5ms\""),
        "How long a batch waits for more articles.",
    ),
    OptionSpec::new(
        "retry_min",
        OptionKind::Duration,
        Some("\"100ms\""),
        "The first wait after a failure; it doubles with each further one.",
    ),
    OptionSpec::new(
        "retry_max",
        OptionKind::Duration,
        Some("\"30s\""),
        "The longest wait between two tries.",
    ),
    OptionSpec::new(
        "stall",
        OptionKind::Duration,
        Some("\"10s\""),
        "A write that takes longer counts as down, so that the other sinks go on without this one.",
    ),
];

/// What `[runtime]` takes.
pub(crate) const RUNTIME: &[OptionSpec] = &[
    OptionSpec::new(
        "workers",
        OptionKind::Integer,
        Some("0"),
        "Threads for stages without state; 0 for one a processor. The output is the same whatever the number.",
    ),
    OptionSpec::new(
        "grace",
        OptionKind::Duration,
        Some("\"10s\""),
        "How long a stop waits for what is under way, and `run --once` for a stage or a sink that is down, once nothing else moves.",
    ),
    OptionSpec::new(
        "queue",
        OptionKind::Integer,
        Some("1024"),
        "Articles under way between drop folder and sinks, at most (1 to 100000).",
    ),
    OptionSpec::new(
        "queue_bytes",
        OptionKind::Bytes,
        Some("\"64MiB\""),
        "Bytes of their originals, at most; a larger article passes alone.",
    ),
    OptionSpec::new(
        "quarantine_bytes",
        OptionKind::Bytes,
        Some("\"64MiB\""),
        "A larger original goes into quarantine by reference: it is named, and stays where it is.",
    ),
];

/// What `[admin]` takes.
pub(crate) const ADMIN: &[OptionSpec] = &[OptionSpec::new(
    "listen",
    OptionKind::String,
    Some("\"127.0.0.1:9477\""),
    "Where the admin server listens: `IP:PORT`. It answers `/healthz`, `/readyz` and `/metrics`, to anybody who can reach it.",
)];

/// The least and the greatest value of the keys above; units are those of the plan.
pub(crate) const LIMITS: &[(&str, u64, u64)] = &[
    ("version", 1, 1),
    ("batch_max", 1, 100_000),
    ("batch_bytes", 1 << 10, 1 << 30),
    ("batch_linger", 0, 60_000),
    ("retry_min", 1, 3_600_000),
    ("retry_max", 1, 86_400_000),
    ("workers", 0, 1024),
    ("grace", 0, 3_600_000),
    ("queue", 1, 100_000),
    ("queue_bytes", 1 << 20, 16 << 30),
    ("quarantine_bytes", 0, 16 << 30),
    ("stall", 100, 86_400_000),
];

/// Types that the documentation names and this version lacks.
pub(crate) const LATER: &[&str] = &["postgres", "parquet", "nats", "http", "object_store"];
