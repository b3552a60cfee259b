//! The standard program, with components of somebody else's beside its own.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use copydesk_core::{
    BuildError, Component, Lookup, Registry, Sink, SinkContext, Source, SourceContext, Stage,
};

use crate::args::Args;
use crate::components::{self, Components};

/// The standard program: every command, every component, and those that are added here.
///
/// What is added is named in a configuration by its `type`, and is checked, described in the schema, supervised and
/// counted as what is built in. One of the same `type` as a built-in one takes its place.
///
/// ```no_run
/// use copydesk::{
///     Article, BuildError, Component, OptionKind, OptionSpec, Program, Stage, StageError, Verdict,
/// };
///
/// #[derive(serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Options {
///     words: usize,
/// }
///
/// struct MinWords(Options);
///
/// impl Component for MinWords {
///     type Options = Options;
///     const HELP: &'static str = "Leaves out short articles.";
///     const OPTIONS: &'static [OptionSpec] =
///         &[OptionSpec::new("words", OptionKind::Integer, Some("20"), "How many words an article needs.")];
/// }
///
/// impl Stage for MinWords {
///     fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
///         let n_words = article.text().split_whitespace().count();
///         Ok(if n_words < self.0.words { Verdict::Drop(format!("{n_words} words")) } else { Verdict::Keep })
///     }
///     fn fork(&self) -> Option<Box<dyn Stage>> {
///         Some(Box::new(MinWords(Options { words: self.0.words })))
///     }
/// }
///
/// fn main() -> std::process::ExitCode {
///     Program::new().stage::<MinWords>("min_words", |_name, options| Ok(MinWords(options))).main()
/// }
/// ```
pub struct Program {
    registry: Registry,
}

impl Default for Program {
    fn default() -> Program {
        Program { registry: components::registry() }
    }
}

impl Program {
    /// The program as it is, with nothing added.
    pub fn new() -> Program {
        Program::default()
    }

    /// Adds a stage. `make` gets the name that the configuration gives it, by which records and messages call it, and
    /// its options; it is called once for each thread where the stage cannot fork, and again after a panic.
    #[must_use]
    pub fn stage<T: Component + Stage + 'static>(
        mut self,
        kind: &'static str,
        make: impl Fn(&str, T::Options) -> Result<T, BuildError> + Send + Sync + 'static,
    ) -> Program {
        self.registry.stage::<T>(kind, make);
        self
    }

    /// Adds a stage that waits for something outside the process. To the configuration it is a stage.
    #[must_use]
    pub fn lookup<T: Component + Lookup + 'static>(
        mut self,
        kind: &'static str,
        make: impl Fn(&str, T::Options) -> Result<T, BuildError> + Send + Sync + 'static,
    ) -> Program {
        self.registry.lookup::<T>(kind, make);
        self
    }

    /// Adds a source. What only a drop folder has (its options, its place in `status` and `verify`) it has not.
    #[must_use]
    pub fn source<T: Component + Source + 'static>(
        mut self,
        kind: &'static str,
        make: impl Fn(T::Options, &SourceContext) -> Result<T, BuildError> + Send + Sync + 'static,
    ) -> Program {
        self.registry.source::<T>(kind, make);
        self
    }

    /// Adds a sink. `verify` asks it for its inventory, and looks no further into it.
    #[must_use]
    pub fn sink<T: Component + Sink + 'static>(
        mut self,
        kind: &'static str,
        make: impl Fn(&str, T::Options, &SinkContext) -> Result<T, BuildError> + Send + Sync + 'static,
    ) -> Program {
        self.registry.sink::<T>(kind, make);
        self
    }

    /// What is wrong with the option tables, a line each: a default that its component does not take, an option that
    /// is described twice or not at all. Makes every stage and sink once for which that is enough. For a test of yours:
    ///
    /// ```
    /// assert_eq!(copydesk::Program::new().wrong_defaults(), Vec::<String>::new());
    /// ```
    pub fn wrong_defaults(&self) -> Vec<String> {
        components::wrong_defaults(&self.registry)
    }

    /// The reference of everything that a configuration can name, as Markdown: CONFIGURATION.md.
    pub fn reference(&self) -> String {
        components::config_reference(&self.registry)
    }

    /// Runs the command line of this process, and says how it ended. Call it first thing in `main`: plugins of type
    /// `exec` are kept by this program, started anew.
    pub fn main(self) -> ExitCode {
        let mut args = Args::parse();
        args.common.components = Components(Arc::new(self.registry));
        crate::commands::dispatch(args).code()
    }
}
