//! The article record of the contract, written straight from an article.

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use crate::{Article, Cut, Kept, Mention, Quotation};

/// An article as its record: what `clean --format json` prints and every sink stores.
///
/// ```
/// use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, RecordView, Span};
/// let raw = "Rain fell.";
/// let block = Block::plain(Span::new(raw, 0, raw.len()).unwrap(), BlockKind::Paragraph);
/// let article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, vec![block]);
/// let json = serde_json::to_value(RecordView(&article)).unwrap();
/// assert_eq!(json["text"], "Rain fell.");
/// assert_eq!(json["blocks"][0]["span"], serde_json::json!([0, 10]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct RecordView<'a>(pub &'a Article);

impl RecordView<'_> {
    /// The record as one line of JSON.
    pub fn to_json(&self) -> String {
        self.to_json_with(&self.0.text())
    }

    /// The same, where [`Article::text`] is at hand.
    pub(crate) fn to_json_with(self, text: &str) -> String {
        crate::json::record(self.0, text)
    }
}

impl Serialize for RecordView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let article = self.0;
        let mut record = serializer.serialize_struct("article", 27)?;
        record.serialize_field("id", &article.id)?;
        record.serialize_field("source", &OriginView(article))?;
        record.serialize_field("title", &article.title)?;
        record.serialize_field("authors", &article.authors)?;
        record.serialize_field("published", &article.published)?;
        record.serialize_field("modified", &article.modified)?;
        record.serialize_field("dateline", &article.dateline)?;
        record.serialize_field("standfirst", &article.standfirst)?;
        record.serialize_field("section", &article.section)?;
        record.serialize_field("site", &article.site)?;
        record.serialize_field("url", &article.url)?;
        record.serialize_field("language", &article.language)?;
        record.serialize_field("text", &article.text())?;
        record.serialize_field("blocks", &Blocks(article))?;
        record.serialize_field("cuts", &Cuts(article))?;
        record.serialize_field("evidence", &article.evidence)?;
        record.serialize_field("duplicate", &article.duplicate)?;
        record.serialize_field("story", &article.story)?;
        record.serialize_field("entities", &article.entities)?;
        record.serialize_field("quotations", &Quotations(article))?;
        record.serialize_field("captions", &article.captions)?;
        record.serialize_field("mentions", &Mentions(article))?;
        record.serialize_field("keywords", &article.keywords)?;
        record.serialize_field("summary", &article.summary)?;
        record.serialize_field("word_count", &article.word_count)?;
        record.serialize_field("reading_minutes", &article.reading_minutes)?;
        record.serialize_field("notes", &article.notes)?;
        record.end()
    }
}

pub(crate) struct OriginView<'a>(pub(crate) &'a Article);

impl Serialize for OriginView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let origin = &self.0.origin;
        let mut source = serializer.serialize_struct("source", 5)?;
        source.serialize_field("uri", &origin.uri)?;
        source.serialize_field("media_type", &origin.media_type)?;
        source.serialize_field("charset", &origin.charset)?;
        source.serialize_field("bytes", &origin.bytes)?;
        source.serialize_field("received", &origin.received)?;
        source.end()
    }
}

struct Blocks<'a>(&'a Article);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut blocks = serializer.serialize_seq(None)?;
        for kept in self.0.kept() {
            blocks.serialize_element(&BlockView(self.0, kept))?;
        }
        blocks.end()
    }
}

struct BlockView<'a>(&'a Article, Kept<'a>);

impl Serialize for BlockView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let BlockView(article, kept) = self;
        let mut block = serializer.serialize_struct("block", 4)?;
        block.serialize_field("kind", &kept.kind)?;
        block.serialize_field("text", kept.text)?;
        block.serialize_field("span", &kept.span)?;
        match article.block_language(kept.block) {
            Some(language) => block.serialize_field("language", language)?,
            None => block.skip_field("language")?,
        }
        block.end()
    }
}

struct Cuts<'a>(&'a Article);

impl Serialize for Cuts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.cuts().iter().map(|cut| CutView(self.0.raw(), cut)))
    }
}

pub(crate) struct CutView<'a>(pub(crate) &'a str, pub(crate) &'a Cut);

impl Serialize for CutView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CutView(raw, cut) = self;
        let mut view = serializer.serialize_struct("cut", 7)?;
        view.serialize_field("span", &cut.span)?;
        view.serialize_field("text", cut.span.of_text(raw))?;
        view.serialize_field("reason", &cut.reason)?;
        view.serialize_field("rule", &cut.rule)?;
        view.serialize_field("stage", &cut.stage)?;
        view.serialize_field("confidence", &cut.confidence)?;
        view.serialize_field("twin", &cut.twin)?;
        view.end()
    }
}

pub(crate) struct Quotations<'a>(pub(crate) &'a Article);

impl Serialize for Quotations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.quotations.iter().map(|one| QuotationView(self.0.raw(), one)))
    }
}

struct QuotationView<'a>(&'a str, &'a Quotation);

impl Serialize for QuotationView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let QuotationView(raw, one) = self;
        let mut view = serializer.serialize_struct("quotation", 4)?;
        view.serialize_field("text", one.span.of_text(raw))?;
        view.serialize_field("span", &one.span)?;
        view.serialize_field("speaker", &one.speaker)?;
        view.serialize_field("speaker_span", &one.speaker_span)?;
        view.end()
    }
}

pub(crate) struct Mentions<'a>(pub(crate) &'a Article);

impl Serialize for Mentions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.mentions.iter().map(|one| MentionView(self.0.raw(), one)))
    }
}

struct MentionView<'a>(&'a str, &'a Mention);

impl Serialize for MentionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let MentionView(raw, one) = self;
        let mut view = serializer.serialize_struct("mention", 5)?;
        view.serialize_field("kind", &one.kind)?;
        view.serialize_field("value", &one.value)?;
        view.serialize_field("unit", &one.unit)?;
        view.serialize_field("text", one.span.of_text(raw))?;
        view.serialize_field("span", &one.span)?;
        view.end()
    }
}
