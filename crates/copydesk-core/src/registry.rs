//! Components by name, each with its options described once: the description makes the configuration check,
//! the schema and the reference.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Clock, Known, Lookup, Sink, Source, Stage, Step};

/// What kind of value an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// Any text.
    String,
    /// A path; a relative one is taken from the folder of the configuration file.
    Path,
    /// A whole number, 0 or more.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A number with `ms`, `s`, `m` or `h`: `"250ms"`. Reaches the component as milliseconds.
    Duration,
    /// A number with `B`, `KiB`, `MiB` or `GiB`: `"64MiB"`. Reaches the component as bytes.
    Bytes,
    /// A list of texts.
    List,
    /// A list of paths as [`OptionKind::Path`]. Reaches the component as a list of objects, each a file's `path` and
    /// its `text`, so that the component opens nothing itself.
    Files,
    /// A table of whatever keys; texts, numbers, truth values, lists and tables in it. Reaches the component as an
    /// object.
    Table,
    /// One of [`OptionSpec::choices`].
    Choice,
}

/// One option of a component.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// The key in the configuration.
    pub name: &'static str,
    /// What it takes.
    pub kind: OptionKind,
    /// The default as it would be written in TOML; `None` if the option must be given; `Some("")` if it may
    /// be left out and has no default.
    pub default: Option<&'static str>,
    /// The values of a [`OptionKind::Choice`].
    pub choices: &'static [&'static str],
    /// One sentence for the reference.
    pub help: &'static str,
}

impl OptionSpec {
    /// An option without choices.
    pub const fn new(
        name: &'static str,
        kind: OptionKind,
        default: Option<&'static str>,
        help: &'static str,
    ) -> OptionSpec {
        OptionSpec { name, kind, default, choices: &[], help }
    }
}

/// A component that the configuration can name.
pub trait Component: Sized {
    /// What it deserialises its options into; has `deny_unknown_fields`.
    type Options: DeserializeOwned;
    /// The options, in the order of the reference.
    const OPTIONS: &'static [OptionSpec];
    /// One sentence: what it does.
    const HELP: &'static str;
}

/// Where a sink may keep things of its own.
#[derive(Debug, Clone)]
pub struct SinkContext {
    /// The state folder.
    pub state: PathBuf,
}

/// What a source works with.
#[derive(Clone)]
pub struct SourceContext {
    /// True if it is to end by itself once there is nothing left: then [`Source::next`] gives `None` when every receipt
    /// has been settled.
    pub once: bool,
    /// The state folder: nothing in it is an article.
    pub state: PathBuf,
    /// What the ledger knows of the paths that the source has offered.
    pub known: Arc<dyn Known>,
    /// For [`crate::Delivery::received`].
    pub clock: Arc<dyn Clock>,
}

/// Options that do not make a component.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BuildError(pub String);

impl BuildError {
    /// `given` is none of `choices`: names the nearest, and all of them.
    pub fn unknown<'a>(what: &str, given: &str, choices: impl Iterator<Item = &'a str>) -> BuildError {
        let choices: Vec<&str> = choices.collect();
        let nearest = choices.iter().min_by_key(|choice| strsim::damerau_levenshtein(given, choice));
        let hint = nearest.map(|nearest| format!(", did you mean `{nearest}`?")).unwrap_or_default();
        BuildError(format!("unknown {what} `{given}`{hint} (available: {})", choices.join(", ")))
    }
}

type Factory<T, C> = Box<dyn Fn(&str, Value, &C) -> Result<T, BuildError> + Send + Sync>;

/// A registered component.
pub struct Entry<T, C> {
    /// The `type` in the configuration.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Its options.
    pub options: &'static [OptionSpec],
    reads: fn(Value) -> Result<(), BuildError>,
    factory: Factory<T, C>,
}

impl<T, C> Entry<T, C> {
    /// Whether it takes these options as they are, before it looks at what they say.
    pub fn reads(&self, options: Value) -> Result<(), BuildError> {
        (self.reads)(options)
    }

    /// Makes one, called `name` in records and logs, from checked options (an object).
    pub fn build(&self, name: &str, options: Value, context: &C) -> Result<T, BuildError> {
        (self.factory)(name, options, context)
    }
}

fn parsed<O: DeserializeOwned>(options: Value) -> Result<O, BuildError> {
    serde_json::from_value(options).map_err(|error| BuildError(error.to_string()))
}

fn entry<D: Component, T, C>(name: &'static str, factory: Factory<T, C>) -> Entry<T, C> {
    let reads = |options| parsed::<D::Options>(options).map(drop);
    Entry { name, help: D::HELP, options: D::OPTIONS, reads, factory }
}

/// Every stage, lookup, source and sink there is, by its `type`. A later one takes the place of an earlier one of the
/// same `type`.
#[derive(Default)]
pub struct Registry {
    stages: BTreeMap<&'static str, Entry<Step, ()>>,
    sources: BTreeMap<&'static str, Entry<Box<dyn Source>, SourceContext>>,
    sinks: BTreeMap<&'static str, Entry<Box<dyn Sink>, SinkContext>>,
}

impl Registry {
    /// Lists a stage. `make` gets the stage's configured name and its options.
    pub fn stage<T: Component + Stage + 'static>(
        &mut self,
        name: &'static str,
        make: impl Fn(&str, T::Options) -> Result<T, BuildError> + Send + Sync + 'static,
    ) {
        let factory: Factory<Step, ()> =
            Box::new(move |called, options, ()| Ok(Step::Stage(Box::new(make(called, parsed(options)?)?))));
        self.stages.insert(name, entry::<T, _, _>(name, factory));
    }

    /// Lists a lookup: to the configuration it is a stage.
    pub fn lookup<T: Component + Lookup + 'static>(
        &mut self,
        name: &'static str,
        make: impl Fn(&str, T::Options) -> Result<T, BuildError> + Send + Sync + 'static,
    ) {
        let factory: Factory<Step, ()> =
            Box::new(move |called, options, ()| Ok(Step::Lookup(Arc::new(make(called, parsed(options)?)?))));
        self.stages.insert(name, entry::<T, _, _>(name, factory));
    }

    /// Lists a source. `make` gets its options and the context; it is called at each start, and may open what it needs.
    pub fn source<T: Component + Source + 'static>(
        &mut self,
        name: &'static str,
        make: impl Fn(T::Options, &SourceContext) -> Result<T, BuildError> + Send + Sync + 'static,
    ) {
        let factory: Factory<Box<dyn Source>, SourceContext> =
            Box::new(move |_, options, context| Ok(Box::new(make(parsed(options)?, context)?)));
        self.sources.insert(name, entry::<T, _, _>(name, factory));
    }

    /// Lists a sink. `make` gets the sink's configured name, its options and the context.
    pub fn sink<T: Component + Sink + 'static>(
        &mut self,
        name: &'static str,
        make: impl Fn(&str, T::Options, &SinkContext) -> Result<T, BuildError> + Send + Sync + 'static,
    ) {
        let factory: Factory<Box<dyn Sink>, SinkContext> =
            Box::new(move |called, options, context| Ok(Box::new(make(called, parsed(options)?, context)?)));
        self.sinks.insert(name, entry::<T, _, _>(name, factory));
    }

    /// The stage or lookup of this `type`.
    pub fn find_stage(&self, name: &str) -> Option<&Entry<Step, ()>> {
        self.stages.get(name)
    }

    /// The source of this `type`.
    pub fn find_source(&self, name: &str) -> Option<&Entry<Box<dyn Source>, SourceContext>> {
        self.sources.get(name)
    }

    /// The sink of this `type`.
    pub fn find_sink(&self, name: &str) -> Option<&Entry<Box<dyn Sink>, SinkContext>> {
        self.sinks.get(name)
    }

    /// Every stage and lookup, by name.
    pub fn stages(&self) -> impl Iterator<Item = &Entry<Step, ()>> {
        self.stages.values()
    }

    /// Every source, by name.
    pub fn sources(&self) -> impl Iterator<Item = &Entry<Box<dyn Source>, SourceContext>> {
        self.sources.values()
    }

    /// Every sink, by name.
    pub fn sinks(&self) -> impl Iterator<Item = &Entry<Box<dyn Sink>, SinkContext>> {
        self.sinks.values()
    }
}
