//! What enrichment says of an article.

use serde::{Deserialize, Serialize};

use crate::{ArticleId, Span};

/// The language of the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language {
    /// ISO 639-1 where there is one, else ISO 639-3.
    pub code: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The place in `raw`; `None` where the source states it outside its visible text.
    pub span: Option<Span>,
    /// The rule, or the hint, that gave it.
    pub rule: String,
}

/// The article says what an earlier one said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The earlier article.
    pub of: ArticleId,
    /// Exactly, or nearly.
    pub kind: DuplicateKind,
    /// 0 to 1.
    pub similarity: f64,
}

/// How alike two articles are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DuplicateKind {
    /// The same text.
    Exact,
    /// An edited copy.
    Near,
}

/// The story an article belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The story's id.
    pub id: String,
    /// 0 to 1.
    pub similarity: f64,
}

/// Somebody or something named in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// The fullest form of the name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// How often it is named.
    pub count: u32,
    /// Other forms found.
    pub aliases: Vec<String>,
}

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// A human being.
    Person,
    /// A company, party, office, band.
    Organisation,
    /// A place on the map.
    Place,
}
