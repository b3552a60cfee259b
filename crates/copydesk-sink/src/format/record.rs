//! What other formats take from an article record.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Source<'a>,
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub dateline: Option<String>,
    pub standfirst: Option<String>,
    // Records of earlier versions lack what follows with a default.
    #[serde(default)]
    pub section: Option<String>,
    #[serde(default)]
    pub site: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    pub language: Option<Language>,
    pub text: String,
    pub entities: Vec<Entity>,
    #[serde(default)]
    pub quotations: Vec<Quotation>,
    #[serde(default)]
    pub captions: Vec<Caption>,
    pub keywords: Vec<String>,
    pub summary: Option<String>,
    pub word_count: Option<u32>,
    pub reading_minutes: Option<u32>,
    #[serde(default)]
    pub notes: Notes,
}

#[derive(Debug, Deserialize)]
pub(super) struct Source<'a> {
    #[serde(borrow)]
    pub uri: Cow<'a, str>,
    #[serde(borrow)]
    pub media_type: Cow<'a, str>,
    pub bytes: u64,
    #[serde(borrow)]
    pub received: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Language {
    pub code: String,
    #[serde(default)]
    pub tag: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entity {
    pub name: String,
    pub kind: Kind,
    pub aliases: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Person,
    Organisation,
    Place,
}

#[derive(Debug, Deserialize)]
pub(super) struct Quotation {
    pub text: String,
    pub speaker: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Caption {
    pub text: String,
    pub credit: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Notes {
    pub supersedes: Option<String>,
}

impl Record<'_> {
    /// Language and script, BCP 47.
    pub(super) fn language_tag(&self) -> Option<&str> {
        let language = self.language.as_ref()?;
        Some(language.tag.as_deref().unwrap_or(&language.code))
    }

    /// The article as a name that all the world can tell apart.
    pub(super) fn urn(&self) -> String {
        urn(&self.id)
    }
}

/// What a URN of an article begins with.
pub(super) const URN: &str = "urn:sha256:";

pub(super) fn urn(id: &str) -> String {
    format!("{URN}{id}")
}

/// True for RFC 3339 with a time; false for a day alone.
pub(super) fn is_date_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}
