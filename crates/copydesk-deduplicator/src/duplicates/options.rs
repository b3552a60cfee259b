//! What a user may set of `find_duplicates`.

use copydesk_core::{OptionKind, OptionSpec};
use serde::Deserialize;

/// What to do with an article that says what an earlier one said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NearDuplicates {
    /// Deliver it, and say so in its record.
    #[default]
    Mark,
    /// Deliver it nowhere; the ledger counts it as dropped, and says of what it is a copy.
    Drop,
}

/// Which of several copies leads: the others name it, or are dropped for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lead {
    /// The first that came.
    #[default]
    First,
    /// The longest; one that is longer by less than a tenth does not count as longer.
    Longest,
}

/// Options of the stage `find_duplicates`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FindDuplicatesOptions {
    /// What to do with a copy.
    pub near: NearDuplicates,
    /// Which copy leads, of sources that are preferred alike.
    pub lead: Lead,
    /// Sources whose copy leads, the most preferred first: hosts, or folders of the drop folder by name.
    pub prefer: Vec<String>,
    /// Bytes for the index in memory, roughly.
    pub memory: u64,
    /// Days after which an article is compared with no longer; 0 for never.
    pub retain_days: u32,
}

impl Default for FindDuplicatesOptions {
    fn default() -> FindDuplicatesOptions {
        FindDuplicatesOptions {
            near: NearDuplicates::Mark,
            lead: Lead::First,
            prefer: Vec::new(),
            memory: 256 << 20,
            retain_days: 0,
        }
    }
}

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "near",
        kind: OptionKind::Choice,
        default: Some("\"mark\""),
        choices: &["mark", "drop"],
        help: "What to do with an article that says what an earlier one said: mark its record, or drop it; the ledger then says of what it is a copy.",
    },
    OptionSpec {
        name: "lead",
        kind: OptionKind::Choice,
        default: Some("\"first\""),
        choices: &["first", "longest"],
        help: "Which of several copies leads; the others name it, or are dropped for it. A better one that comes later takes over, downstream too.",
    },
    OptionSpec {
        name: "prefer",
        kind: OptionKind::List,
        default: Some("[]"),
        choices: &[],
        help: "Sources whose copy leads, the most preferred first: a host such as `agency.example`, or the name of a folder. Goes before `lead`.",
    },
    OptionSpec {
        name: "memory",
        kind: OptionKind::Bytes,
        default: Some("\"256MiB\""),
        choices: &[],
        help: "For the index of what was said, roughly; what does not fit stays on disk.",
    },
    OptionSpec {
        name: "retain_days",
        kind: OptionKind::Integer,
        default: Some("0"),
        choices: &[],
        help: "Days after which an article is compared with no longer and leaves the index; 0 for never.",
    },
];
