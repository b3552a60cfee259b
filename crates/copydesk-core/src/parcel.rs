//! What sinks get: an article's record, ready to be stored.

use serde::{Deserialize, Serialize};

use crate::{Article, ArticleId, Duplicate, RecordView, Seq, StoryRecord};

/// A finished article on its way into the sinks, serialised once for all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// Its place in the ledger. A sink gets parcels in this order.
    pub seq: Seq,
    /// The key: writing the same id again changes nothing.
    pub id: ArticleId,
    /// The earlier revision under the same name, which this one replaces downstream.
    pub supersedes: Option<ArticleId>,
    /// Where it came from.
    pub uri: String,
    /// The headline.
    pub title: Option<String>,
    /// As in the record.
    pub published: Option<String>,
    /// The language's code.
    pub language: Option<String>,
    /// The article it is a copy of, as in the record.
    #[serde(default)]
    pub duplicate_of: Option<ArticleId>,
    /// The id of its story, as in the record.
    #[serde(default)]
    pub story_id: Option<String>,
    /// The cleaned body.
    pub text: String,
    /// The whole record, one line of JSON.
    pub record: String,
    /// An earlier article, and what its record says of `duplicate` from now on: this one leads in its place.
    #[serde(default)]
    pub amends: Option<(ArticleId, Duplicate)>,
    /// The story it belongs to, as of this article.
    #[serde(default)]
    pub story: Option<Box<StoryRecord>>,
}

impl Parcel {
    /// The parcel of a finished article.
    pub fn new(article: &Article, supersedes: Option<ArticleId>) -> Parcel {
        let text = article.text();
        let record = RecordView(article).to_json_with(&text);
        Parcel {
            seq: article.seq,
            id: article.id,
            supersedes,
            uri: article.origin.uri.clone(),
            title: article.title.clone(),
            published: article.published.clone(),
            language: article.language.as_ref().map(|language| language.code.clone()),
            duplicate_of: article.duplicate.as_ref().map(|duplicate| duplicate.of),
            story_id: article.story.as_ref().map(|story| story.id.clone()),
            text,
            record,
            amends: article.takes_over.as_ref().and_then(|taken| Some((taken.id, taken.duplicate.clone()?))),
            story: article.story_record.clone().map(Box::new),
        }
    }

    /// Bytes it holds in memory, roughly.
    pub fn weight(&self) -> usize {
        self.text.len() + self.record.len() + self.uri.len() + 256
    }
}
