//! What enrichment says of an article.

use serde::{Deserialize, Serialize};

use crate::{ArticleId, Seq, Span};

/// The language of the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language {
    /// ISO 639-1 where there is one, else ISO 639-3.
    pub code: String,
    /// 0 to 1.
    pub confidence: f64,
    /// The script the text is written in, ISO 15924: `Latn`, `Hans`.
    pub script: String,
    /// Language and script as BCP 47; the script is left out where the language is usually written in it: `en`,
    /// `sr-Latn`.
    pub tag: String,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The place in `raw`; `None` where the source states it outside its visible text.
    pub span: Option<Span>,
    /// The rule, or the hint, that gave it.
    pub rule: String,
    /// How sure the value is, 0 to 1: by the odds of all places that state the field, or by how often the rule was right
    /// where it was measured. `None` for what is chosen and not true or false, as a summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Where several places make the value, each of them: the sentences of a summary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// What other places state instead, the weightiest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

impl Evidence {
    /// Evidence that nothing was weighed against.
    #[must_use]
    pub fn new(span: Option<Span>, rule: impl Into<String>) -> Evidence {
        Evidence { span, rule: rule.into(), confidence: None, spans: Vec::new(), conflicts: Vec::new() }
    }
}

/// Another value that the source states for a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// The value, as the field would hold it; several authors are parted by a comma.
    pub value: String,
    /// The rule, or the hint, that gave it.
    pub rule: String,
}

/// The article says what an earlier one said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The article that leads: the earlier one, unless a better copy came later.
    pub of: ArticleId,
    /// Exactly, or nearly.
    pub kind: DuplicateKind,
    /// 0 to 1: the share of the shorter text that the longer one holds too.
    pub similarity: f64,
    /// What the two were found to share; `None` where the whole text is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<Shared>,
    /// The copy of `of` that was compared, if it was not `of` itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<ArticleId>,
}

/// How much two articles were found to share, by samples of both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// Runs of words that both hold.
    pub shingles: u32,
    /// Of so many that the shorter one holds.
    pub of_shingles: u32,
    /// Numbers and names that both hold.
    pub facts: u32,
    /// Of so many.
    pub of_facts: u32,
}

/// A better copy of an earlier article: it leads from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeOver {
    /// The earlier article's place.
    pub seq: Seq,
    /// Its id.
    pub id: ArticleId,
    /// What its record says from now on; `None` if it is to go downstream, as if it were superseded.
    pub duplicate: Option<Duplicate>,
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

/// A story as of one of its articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryRecord {
    /// Its id; never changes, and is never used again.
    pub id: String,
    /// The title of the article that opened it.
    pub title: Option<String>,
    /// Its articles, a revision counted once with what it revises.
    pub articles: u64,
    /// The first of them by time, and by place in the ledger where no time is stated.
    pub first: StoryArticle,
    /// The last of them.
    pub last: StoryArticle,
    /// Where they come from: hosts or folders, the first ones only.
    pub sources: Vec<String>,
    /// How many sources there are.
    pub n_sources: u64,
    /// The names that lead in it, the weightiest first.
    pub names: Vec<String>,
    /// Grows with everything that joins: of two records the one with more is the later.
    pub version: u64,
}

/// An article of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryArticle {
    /// Its id.
    pub id: ArticleId,
    /// As in its record.
    pub published: Option<String>,
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
    /// Where it is named, in order.
    pub spans: Vec<Span>,
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

/// Words that the article has from somebody, between marks of quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The words, without the marks.
    pub span: Span,
    /// Whose words they are, by the fullest form of the name; `None` where the article does not say it plainly.
    pub speaker: Option<String>,
    /// Where the speaker is named.
    pub speaker_span: Option<Span>,
}

/// The words below a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caption {
    /// What the picture shows, without the credit.
    pub text: String,
    /// Who made the picture, as stated: photographer, agency or both.
    pub credit: Option<String>,
    /// The whole caption.
    pub span: Span,
}

/// A day or a quantity that the text mentions.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// What it is.
    pub kind: MentionKind,
    /// A date as ISO 8601, as precise as the text (`2025`, `2025-12`, `2025-12-03`); a quantity as a number.
    pub value: String,
    /// A quantity's unit: `percent`, a currency by ISO 4217, a unit by its symbol (`km`, `°C`). `None` for dates.
    pub unit: Option<String>,
    /// Its place.
    pub span: Span,
}

/// What a mention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionKind {
    /// A day, month or year.
    Date,
    /// A number with a unit.
    Quantity,
}
