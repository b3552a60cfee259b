//! Problems of a configuration, each with its place.

use std::fmt;
use std::path::PathBuf;

/// Where something in a configuration was said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the file.
    File {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
    },
    /// In an environment variable of this name.
    Variable(String),
    /// In `--set` with this key.
    Flag(String),
    /// In the plan that stands in for a configuration.
    Embedded,
}

/// One thing that is wrong, or odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The configuration file; `None` where there is none.
    pub file: Option<PathBuf>,
    /// Where in it, or in what overrides it.
    pub place: Place,
    /// What is wrong, and the choices.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, &self.file) {
            (Place::File { line, column }, Some(file)) => write!(f, "{}:{line}:{column}: ", file.display())?,
            (Place::File { line, column }, None) => write!(f, "{line}:{column}: ")?,
            (Place::Variable(name), _) => write!(f, "environment variable {name}: ")?,
            (Place::Flag(key), _) => write!(f, "--set {key}: ")?,
            (Place::Embedded, _) => {}
        }
        f.write_str(&self.message)
    }
}

/// Every problem of a configuration, in the order of the file; one a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(problems))]
pub struct ConfigErrors {
    /// At least one.
    pub problems: Vec<Problem>,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
