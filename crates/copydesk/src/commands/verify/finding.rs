//! One disagreement, and what can be done about it.

use std::fmt;

use copydesk_core::{ArticleId, Seq};
use serde::Serialize;

/// One disagreement.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    /// `missing`, `doubled`, `orphan`, `stale`, `torn`, `damaged`, `unsettled`, `lost` or `unbalanced`.
    pub(super) kind: &'static str,
    /// `ledger`, `quarantine`, `folder`, or the sink's or stage's name.
    pub(super) place: String,
    /// The article, if it is about one.
    pub(super) id: Option<ArticleId>,
    /// Where that came from.
    pub(super) uri: Option<String>,
    /// One line.
    pub(super) message: String,
    /// True if `--repair` can mend it.
    pub(super) mendable: bool,
    /// True once `--repair` has mended it.
    pub(super) repaired: bool,
    #[serde(skip)]
    pub(super) mend: Mend,
}

/// How a finding is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mend {
    /// Not at all.
    Nothing,
    /// The ledger is rewritten with what can be read.
    Salvage,
    /// The ledger's torn end is cut off.
    CutTorn,
    /// A line is taken out of a JSONL file.
    Line { sink: usize, offset: u64 },
    /// A SQLite file is made anew.
    Rebuild { sink: usize },
    /// The search index is made anew.
    Index { sink: usize },
    /// A row is replaced by a sound one.
    Row { sink: usize, id: ArticleId },
    /// A row is taken out.
    Remove { sink: usize, id: String },
    /// An article that a sink holds is taken into the ledger.
    Adopt { sink: usize, id: ArticleId },
    /// An article is written to a sink.
    Deliver { sink: usize, seq: Seq },
    /// An article's end is written down.
    Settle { seq: Seq, end: End },
    /// An entry of the quarantine is made anew.
    RestoreEntry { seq: Seq },
    /// An entry of the quarantine is taken into the ledger.
    AdoptEntry { key: String },
    /// The damaged index of a stage is mended.
    IndexFiles { stage: String },
    /// The damaged snapshot of a stage's stories is put aside.
    Stories { stage: String },
    /// An article is added to the index of a stage.
    Remember { stage: String, seq: Seq },
    /// An entry of the quarantine is put aside.
    SetAside { key: String },
}

/// How an article ends by way of repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Delivered,
    /// It is to be processed again.
    Retry,
    /// Its file was gone before it was delivered.
    Vanished,
}

impl Finding {
    pub(super) fn new(kind: &'static str, place: &str, message: impl Into<String>, mend: Mend) -> Finding {
        Finding {
            kind,
            place: place.to_owned(),
            id: None,
            uri: None,
            message: message.into(),
            mendable: mend != Mend::Nothing,
            repaired: false,
            mend,
        }
    }

    pub(super) fn of(self, id: ArticleId, uri: &str) -> Finding {
        Finding { id: Some(id), uri: (!uri.is_empty()).then(|| uri.to_owned()), ..self }
    }

    /// Found again.
    pub(super) fn is_same(&self, other: &Finding) -> bool {
        self.kind == other.kind
            && self.place == other.place
            && self.id == other.id
            && self.message == other.message
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}:", self.kind, self.place)?;
        if let Some(id) = &self.id {
            write!(f, " {}", id.short())?;
        }
        if let Some(uri) = &self.uri {
            write!(f, " {uri}:")?;
        }
        write!(f, " {}", self.message)?;
        f.write_str(match (self.repaired, self.mendable) {
            (true, _) => " (mended)",
            (false, true) => " (can be mended)",
            (false, false) => " (cannot be mended)",
        })
    }
}
