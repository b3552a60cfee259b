//! A signal: something a stage has noticed over many articles, and that a person should hear of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whether a signal begins to stand, or no longer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It is so from now on.
    Begins,
    /// It is so no longer.
    Ends,
}

/// Something a stage has noticed of a subject: the yield of a source has collapsed. A stage cannot log, for it
/// knows no world; it puts signals into [`crate::Article::signals`], and the runtime logs, counts and shows them.
/// They are no part of the article's record.
///
/// A signal is known by stage, `kind` and `subject`; to begin or end it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// What is noticed, a short fixed name: `yield_collapsed`.
    pub kind: Cow<'static, str>,
    /// What it is noticed of: the name of a source.
    pub subject: String,
    /// Whether it begins or ends.
    pub phase: Phase,
    /// When, RFC 3339.
    pub since: String,
    /// One line for a person, lower case, naming the thing.
    pub message: String,
    /// The figures it rests on, by name.
    pub facts: BTreeMap<Cow<'static, str>, f64>,
}
