//! A record read back: what a check of a store needs of it, and whether it agrees with itself.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{ArticleId, BlockKind, Parcel, Seq};

/// What a stored record says of its article.
///
/// ```
/// # use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, RecordHead, RecordView, Span};
/// # let raw = "Rain fell.";
/// # let block = Block::plain(Span::new(raw, 0, raw.len()).unwrap(), BlockKind::Paragraph);
/// # let article = Article::new(ArticleId::from_bytes([7; 32]), Origin::default(), raw, vec![block]);
/// let record = RecordView(&article).to_json();
/// assert_eq!(RecordHead::parse(record.as_bytes()).unwrap().id, article.id);
/// let damaged = record.replacen("Rain", "Pain", 1);
/// assert!(RecordHead::parse(damaged.as_bytes()).unwrap_err().contains("text"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// Its id.
    pub id: ArticleId,
    /// Where it came from.
    pub uri: String,
    /// Size of its original.
    pub bytes: u64,
    /// When it was taken: records of one delivery have it in common.
    pub received: String,
    /// The headline.
    pub title: Option<String>,
    /// As in the record.
    pub published: Option<String>,
    /// The language's code.
    pub language: Option<String>,
    /// The cleaned body.
    pub text: String,
    /// The article it is a copy of.
    pub duplicate_of: Option<ArticleId>,
    /// The id of its story.
    pub story_id: Option<String>,
    /// The article it took the place of.
    pub supersedes: Option<ArticleId>,
}

#[derive(Deserialize)]
struct Record<'a> {
    id: ArticleId,
    #[serde(borrow)]
    source: Source<'a>,
    title: Option<String>,
    published: Option<String>,
    language: Option<Code>,
    text: String,
    #[serde(borrow)]
    blocks: Vec<Block<'a>>,
    duplicate: Option<Of>,
    story: Option<StoryId>,
    notes: Notes,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    uri: Cow<'a, str>,
    bytes: u64,
    #[serde(borrow)]
    received: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Block<'a> {
    kind: BlockKind,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Of {
    of: ArticleId,
}

#[derive(Deserialize)]
struct StoryId {
    id: String,
}

#[derive(Deserialize)]
struct Notes {
    supersedes: Option<ArticleId>,
}

impl RecordHead {
    /// Reads a record.
    ///
    /// # Errors
    /// It is no record, or its text is not that of its blocks: in a few words.
    pub fn parse(json: &[u8]) -> Result<RecordHead, String> {
        let record: Record<'_> =
            serde_json::from_slice(json).map_err(|error| format!("it is no record: {error}"))?;
        let body: Vec<&str> =
            record.blocks.iter().filter(|block| block.kind.is_body()).map(|block| &*block.text).collect();
        if !is_joined(&record.text, &body) {
            return Err("its text is not that of its blocks".to_owned());
        }
        Ok(RecordHead {
            id: record.id,
            uri: record.source.uri.into_owned(),
            bytes: record.source.bytes,
            received: record.source.received.into_owned(),
            title: record.title,
            published: record.published,
            language: record.language.map(|language| language.code),
            text: record.text,
            duplicate_of: record.duplicate.map(|duplicate| duplicate.of),
            story_id: record.story.map(|story| story.id),
            supersedes: record.notes.supersedes,
        })
    }

    /// The parcel that had this record.
    pub fn into_parcel(self, seq: Seq, supersedes: Option<ArticleId>, record: String) -> Parcel {
        let RecordHead { id, uri, title, published, language, text, duplicate_of, story_id, .. } = self;
        Parcel {
            seq,
            id,
            supersedes,
            uri,
            title,
            published,
            language,
            duplicate_of,
            story_id,
            text,
            record,
            amends: None,
            story: None,
        }
    }
}

/// True if `text` is these blocks with a blank line between them.
fn is_joined(text: &str, blocks: &[&str]) -> bool {
    let mut rest = text;
    for block in blocks {
        let after = if rest.len() == text.len() { Some(rest) } else { rest.strip_prefix("\n\n") };
        let Some(after) = after.and_then(|after| after.strip_prefix(block)) else { return false };
        rest = after;
    }
    rest.is_empty()
}
