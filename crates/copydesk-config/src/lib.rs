//! From a configuration file, the environment and `--set` to a checked [`Plan`].
//!
//! What must stay true here:
//! - All problems are found at once, each with its place, what is wrong, and the valid choices.
//! - What a component takes is known from its `OptionSpec` table alone; the same tables make the schema and
//!   the reference, so the three cannot disagree.
//! - A [`Plan`] is complete: every default is filled in, every path absolute, every unit converted.
//! - A secret is in the plan's options and nowhere else: no message and no `Debug` shows it.
//!
//! # Overrides
//!
//! A variable `COPYDESK_` + path overrides one key, with `__` between the levels and a number, from 0, for an
//! entry of a list: `COPYDESK_SOURCE__PATH=inbox`, `COPYDESK_SINK__0__PATH=a.jsonl`, `COPYDESK_RUNTIME__WORKERS=2`.
//! `--set` does the same with dots, `--set sink.0.path=a.jsonl`, and wins over variables. The value is the bare
//! text; a list is written as in TOML or with commas. The number one past the end adds an entry.

mod check;
mod component;
mod defaults;
mod document;
mod error;
mod keys;
mod overrides;
mod package;
mod plan;
mod reference;
mod schema;
mod secret;
mod value;

use copydesk_core::{OptionSpec, Registry};

pub use check::{embedded, load};
pub use defaults::check_defaults;
pub use error::{ConfigErrors, Place, Problem};
pub use overrides::Overrides;
pub use package::{Package, PackageChoices, package};
pub use plan::{AdminPlan, Options, Plan, RuntimePlan, SinkPlan, SinkPolicy, SourcePlan, StagePlan};
pub use reference::reference;
pub use schema::schema;

/// A source the configuration can name.
#[derive(Debug, Clone, Copy)]
pub struct SourceSpec {
    /// The `type` in the configuration.
    pub name: &'static str,
    /// One sentence: what it does.
    pub help: &'static str,
    /// Its options.
    pub options: &'static [OptionSpec],
}

/// Everything a configuration can name.
#[derive(Clone, Copy)]
pub struct Catalog<'a> {
    /// Stages and sinks, and sources that it can make.
    pub registry: &'a Registry,
    /// Sources that somebody else makes.
    pub sources: &'a [SourceSpec],
    /// What the reader takes.
    pub reader: &'a [OptionSpec],
}

impl Catalog<'_> {
    /// Every source.
    pub(crate) fn all_sources(&self) -> impl Iterator<Item = SourceSpec> {
        let made = self.registry.sources().map(|entry| SourceSpec {
            name: entry.name,
            help: entry.help,
            options: entry.options,
        });
        self.sources.iter().copied().chain(made)
    }
}

#[cfg(test)]
mod tests;
