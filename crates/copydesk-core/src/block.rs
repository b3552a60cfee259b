//! The blocks an article is made of: lines, paragraphs, headings, list items.

use serde::{Deserialize, Serialize};

use crate::{Markup, Span};

/// What a block is to a reader of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The headline. A field; not in `text`.
    Title,
    /// Who wrote it, and the furniture of that line. A field; not in `text`.
    Byline,
    /// When it was published or changed. A field; not in `text`.
    Date,
    /// The summary below the headline. A field; not in `text`.
    Standfirst,
    /// A heading inside the body.
    Heading,
    /// Running text.
    Paragraph,
    /// One entry of a list, its bullet included.
    ListItem,
    /// A block quotation.
    Quote,
    /// The words below a picture.
    Caption,
    /// One row of a table.
    Table,
    /// Program text, one line a block.
    Code,
}

impl BlockKind {
    /// True for the kinds that make up `text`; the others are fields of the record.
    pub fn is_body(self) -> bool {
        !matches!(self, BlockKind::Title | BlockKind::Byline | BlockKind::Date | BlockKind::Standfirst)
    }

    /// The name in records.
    pub fn name(self) -> &'static str {
        match self {
            BlockKind::Title => "title",
            BlockKind::Byline => "byline",
            BlockKind::Date => "date",
            BlockKind::Standfirst => "standfirst",
            BlockKind::Heading => "heading",
            BlockKind::Paragraph => "paragraph",
            BlockKind::ListItem => "list_item",
            BlockKind::Quote => "quote",
            BlockKind::Caption => "caption",
            BlockKind::Table => "table",
            BlockKind::Code => "code",
        }
    }
}

/// One block of the original, as the reader found it. Blocks are in order and disjoint, and together hold
/// every non-space byte of `raw`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The place in `raw`, without ASCII white space at its ends.
    pub span: Span,
    /// What it is: the reader's view, which later stages may refine.
    pub kind: BlockKind,
    /// What the page's markup said of it; `None` for plain text.
    pub markup: Option<Markup>,
    /// The language it is in, BCP 47, where that is not the article's.
    pub language: Option<String>,
}

impl Block {
    /// A block without markup.
    pub fn plain(span: Span, kind: BlockKind) -> Block {
        Block { span, kind, markup: None, language: None }
    }
}
