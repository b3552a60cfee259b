//! A configuration that has been checked: all that the rest of the program sees of it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::{Place, Problem};

/// The checked options of one component: complete, in the component's own units. `Debug` hides secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Options {
    pub(crate) values: Map<String, Value>,
    pub(crate) secrets: Vec<String>,
}

impl Options {
    /// What the component's factory takes: an object, secrets included.
    pub fn to_value(&self) -> Value {
        Value::Object(self.values.clone())
    }

    /// One option.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The options as they may be shown: secrets are `"***"`.
    pub fn redacted(&self) -> Value {
        let hidden = |(name, value): (&String, &Value)| {
            let shown = if self.secrets.contains(name) { "***".into() } else { value.clone() };
            (name.clone(), shown)
        };
        Value::Object(self.values.iter().map(hidden).collect())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.redacted().fmt(f)
    }
}

/// Where files come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePlan {
    /// The source's `type`.
    pub kind: String,
    /// For its factory.
    pub options: Options,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagePlan {
    /// What cuts and notes call it; no two stages share one.
    pub name: String,
    /// Its `type` in the registry.
    pub kind: String,
    /// For its factory.
    pub options: Options,
    /// Where it is configured, for what only its factory can find wrong.
    pub place: Place,
}

/// One sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkPlan {
    /// What the ledger calls it; no two sinks share one.
    pub name: String,
    /// Its `type` in the registry.
    pub kind: String,
    /// For its factory.
    pub options: Options,
    /// How it is fed.
    pub policy: SinkPolicy,
    /// Where it is configured.
    pub place: Place,
}

/// How the runtime feeds a sink: the options every sink has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkPolicy {
    /// Articles in a batch, at most.
    pub batch_max: usize,
    /// Bytes in a batch, at most; one larger article is a batch of its own.
    pub batch_bytes: u64,
    /// How long a batch waits for more.
    pub batch_linger: Duration,
    /// The first wait after a failure; it doubles with each further one.
    pub retry_min: Duration,
    /// The longest wait.
    pub retry_max: Duration,
    /// A write that takes longer counts as down.
    pub stall: Duration,
}

/// What is told the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimePlan {
    /// Threads for stages without state; 0 stands for one a processor.
    pub workers: usize,
    /// How long a stop waits for what is under way.
    pub grace: Duration,
    /// Articles under way between source and sinks, at most.
    pub queue: usize,
    /// Bytes of their originals, at most; a larger article passes alone.
    pub queue_bytes: u64,
    /// Larger originals go into quarantine by reference.
    pub quarantine_bytes: u64,
}

/// The admin server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminPlan {
    /// Where it listens.
    pub listen: SocketAddr,
}

/// A checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The file that it was read from; `None` for the embedded default.
    pub file: Option<PathBuf>,
    /// The state folder, absolute, if the configuration names one.
    pub state: Option<PathBuf>,
    /// Where files come from.
    pub source: SourcePlan,
    /// How they are read.
    pub reader: Options,
    /// What happens to articles, in order.
    pub stages: Vec<StagePlan>,
    /// Where they go; at least one.
    pub sinks: Vec<SinkPlan>,
    /// Threads, queues, patience.
    pub runtime: RuntimePlan,
    /// The admin server, if any.
    pub admin: Option<AdminPlan>,
    /// What is odd, but not wrong.
    pub warnings: Vec<Problem>,
}
