//! An article: the original, decoded once and never changed, with blocks, cuts and fields over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    ArticleId, Block, BlockKind, Caption, Cut, Duplicate, Entity, Evidence, Hint, Language, Mention, Page,
    Quotation, Seq, Signal, Span, Story, StoryRecord, TakeOver,
};

/// Where an article came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `file:` and the path; with `#N` for the N-th record of a file that holds many.
    pub uri: String,
    /// `text/plain`, `text/html`, `application/json`, …
    pub media_type: String,
    /// The encoding the bytes were decoded from, by its WHATWG name.
    pub charset: String,
    /// Size of the original in bytes.
    pub bytes: u64,
    /// When it was taken, RFC 3339.
    pub received: String,
}

/// One article on its way through the stages.
///
/// `raw` and the blocks' places are fixed at birth. Stages add cuts, kinds, fields and notes.
#[derive(Debug, Clone)]
pub struct Article {
    /// The hash of the original bytes.
    pub id: ArticleId,
    /// Its place in the ledger; 0 outside one.
    pub seq: Seq,
    /// Where it came from.
    pub origin: Origin,
    raw: Arc<str>,
    blocks: Vec<Block>,
    cuts: Vec<Cut>,
    /// The page's elements, for HTML.
    pub page: Option<Arc<Page>>,
    /// What the source states outside its visible text.
    pub hints: Vec<Hint>,
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// `YYYY-MM-DD`, or RFC 3339 where the source gives a time.
    pub published: Option<String>,
    /// As `published`.
    pub modified: Option<String>,
    /// The place the report was filed from.
    pub dateline: Option<String>,
    /// The summary below the headline.
    pub standfirst: Option<String>,
    /// The part of the paper or site it stands in.
    pub section: Option<String>,
    /// The name of the paper or site.
    pub site: Option<String>,
    /// Where the source says the article is to be found: an absolute address.
    pub url: Option<String>,
    /// The language of the text.
    pub language: Option<Language>,
    /// Where each field's value comes from, by the field's name.
    pub evidence: BTreeMap<&'static str, Evidence>,
    /// The earlier article this one repeats.
    pub duplicate: Option<Duplicate>,
    /// The earlier article in whose place this one leads: for the sinks, not for the record.
    pub takes_over: Option<TakeOver>,
    /// The story it belongs to.
    pub story: Option<Story>,
    /// The story as of this article: for the sinks, not for the record.
    pub story_record: Option<StoryRecord>,
    /// Who and what is named.
    pub entities: Vec<Entity>,
    /// What is quoted, in order.
    pub quotations: Vec<Quotation>,
    /// The words below its pictures.
    pub captions: Vec<Caption>,
    /// Derived: days and quantities that it mentions, in order.
    pub mentions: Vec<Mention>,
    /// Derived: the words that mark it out.
    pub keywords: Vec<String>,
    /// Derived: its gist.
    pub summary: Option<String>,
    /// Words in `text`.
    pub word_count: Option<u32>,
    /// Minutes a reader needs, rounded up.
    pub reading_minutes: Option<u32>,
    /// What stages and plugins noted.
    pub notes: Map<String, Value>,
    /// What stateful stages want remembered of this article, by stage name. The ledger keeps it in the same
    /// commit as the article's end, and gives it back to [`crate::Stage::restore`].
    pub memories: Vec<(String, Vec<u8>)>,
    /// What a stage has noticed, over many articles: for the log and the status, not for the record.
    pub signals: Vec<Signal>,
}

/// A piece of a block that no cut covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept<'a> {
    /// The block, by its place in [`Article::blocks`].
    pub block: usize,
    /// The piece's place in `raw`.
    pub span: Span,
    /// The block's kind.
    pub kind: BlockKind,
    /// The piece's text.
    pub text: &'a str,
}

impl Article {
    /// An article over `raw`. `blocks` are in order and disjoint, and hold every non-space byte of `raw`;
    /// a reader that breaks this is caught by [`crate::laws::check`] in its tests.
    pub fn new(id: ArticleId, origin: Origin, raw: impl Into<Arc<str>>, blocks: Vec<Block>) -> Article {
        Article {
            id,
            seq: Seq(0),
            origin,
            raw: raw.into(),
            blocks,
            cuts: Vec::new(),
            page: None,
            hints: Vec::new(),
            title: None,
            authors: Vec::new(),
            published: None,
            modified: None,
            dateline: None,
            standfirst: None,
            section: None,
            site: None,
            url: None,
            language: None,
            evidence: BTreeMap::new(),
            duplicate: None,
            takes_over: None,
            story: None,
            story_record: None,
            entities: Vec::new(),
            quotations: Vec::new(),
            captions: Vec::new(),
            mentions: Vec::new(),
            keywords: Vec::new(),
            summary: None,
            word_count: None,
            reading_minutes: None,
            notes: Map::new(),
            memories: Vec::new(),
            signals: Vec::new(),
        }
    }

    /// The decoded original; for HTML the page's visible text, one block a line.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The original, to be held beyond the article.
    pub fn raw_shared(&self) -> Arc<str> {
        Arc::clone(&self.raw)
    }

    /// The blocks as read, cut or not.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The cuts so far, in order and disjoint.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Says what a block is. Its place cannot change.
    pub fn set_kind(&mut self, block: usize, kind: BlockKind) {
        if let Some(block) = self.blocks.get_mut(block) {
            block.kind = kind;
        }
    }

    /// Says in which language a block is, where that is not the article's: a tag of BCP 47.
    pub fn set_block_language(&mut self, block: usize, tag: Option<String>) {
        if let Some(block) = self.blocks.get_mut(block) {
            block.language = tag;
        }
    }

    /// The language of a block, where that is not the article's.
    pub fn block_language(&self, block: usize) -> Option<&str> {
        self.blocks.get(block)?.language.as_deref()
    }

    /// Applies proposals: the one place where anything is cut.
    ///
    /// What is cut already stays as it is. Of overlapping proposals the surer wins, then the one whose rule
    /// comes first by name, so the order of `proposals` does not matter. A twin is kept as given.
    pub fn cut(&mut self, mut proposals: Vec<Cut>) {
        proposals.sort_by(|a, b| {
            b.confidence
                .total_cmp(&a.confidence)
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.reason.cmp(&b.reason))
                .then_with(|| a.span.cmp(&b.span))
        });
        let cuts = std::mem::take(&mut self.cuts);
        let mut taken: BTreeMap<usize, Cut> = cuts.into_iter().map(|cut| (cut.span.start(), cut)).collect();
        for cut in proposals {
            let (start, end) = (cut.span.start(), cut.span.end());
            let before = taken.range(..start).next_back();
            let holes: Vec<Span> =
                before.into_iter().chain(taken.range(start..end)).map(|(_, cut)| cut.span).collect();
            for piece in cut.span.minus(&holes) {
                let span = piece.trimmed(&self.raw);
                if !span.is_empty() {
                    taken.insert(span.start(), Cut { span, ..cut.clone() });
                }
            }
        }
        self.cuts = taken.into_values().collect();
    }

    /// Empties a field that enrichment fills, by its name in records, with its evidence. Others stay as they are.
    pub fn clear_field(&mut self, field: &str) {
        match field {
            "title" => self.title = None,
            "authors" => self.authors.clear(),
            "published" => self.published = None,
            "modified" => self.modified = None,
            "dateline" => self.dateline = None,
            "standfirst" => self.standfirst = None,
            "section" => self.section = None,
            "site" => self.site = None,
            "url" => self.url = None,
            "language" => {
                self.language = None;
                self.blocks.iter_mut().for_each(|block| block.language = None);
            }
            "entities" => self.entities.clear(),
            "quotations" => self.quotations.clear(),
            "captions" => self.captions.clear(),
            "mentions" => self.mentions.clear(),
            "keywords" => self.keywords.clear(),
            "summary" => self.summary = None,
            "word_count" => self.word_count = None,
            "reading_minutes" => self.reading_minutes = None,
            _ => return,
        }
        self.evidence.remove(field);
    }

    /// The pieces of blocks that no cut covers, in order, each without white space at its ends.
    pub fn kept(&self) -> impl Iterator<Item = Kept<'_>> {
        let mut cuts = self.cuts.as_slice();
        self.blocks.iter().enumerate().flat_map(move |(idx, block)| {
            let first = cuts.partition_point(|cut| cut.span.end() <= block.span.start());
            cuts = cuts.get(first..).unwrap_or(&[]);
            let n_cuts = cuts.partition_point(|cut| cut.span.start() < block.span.end());
            // Most blocks are whole: for these nothing is allocated.
            let whole = (n_cuts == 0).then_some(block.span);
            let pieces = if n_cuts == 0 {
                Vec::new()
            } else {
                let holes: Vec<Span> = cuts.iter().take(n_cuts).map(|cut| cut.span).collect();
                block.span.minus(&holes)
            };
            whole
                .into_iter()
                .chain(pieces)
                .map(|piece| piece.trimmed(&self.raw))
                .filter(|piece| !piece.is_empty())
                .map(move |span| Kept { block: idx, span, kind: block.kind, text: span.of_text(&self.raw) })
        })
    }

    /// The article's body: the kept blocks that are no fields, a blank line between them.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.raw.len());
        for kept in self.kept().filter(|kept| kept.kind.is_body()) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(kept.text);
        }
        text
    }

    /// The first hint of this name.
    pub fn hint(&self, name: &str) -> Option<&Hint> {
        self.hints.iter().find(|hint| hint.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    fn article(raw: &str) -> Article {
        let blocks = raw
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .filter_map(|line| Some(Block::plain(Span::of(raw, line.trim())?, BlockKind::Paragraph)))
            .collect();
        let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), "", vec![]);
        article.raw = raw.into();
        article.blocks = blocks;
        article
    }

    fn cut(raw: &str, part: &str, rule: &'static str, confidence: f64) -> Cut {
        let start = raw.find(part).unwrap();
        let span = Span::new(raw, start, start + part.len()).unwrap();
        Cut::new(span, Reason::Other, rule, "test", confidence)
    }

    #[test]
    fn the_order_of_proposals_does_not_matter() {
        let raw = "one two three\nfour\n";
        let cuts =
            [cut(raw, "two three", "b", 0.5), cut(raw, "one two", "a", 0.9), cut(raw, "four", "c", 1.0)];
        let mut there = article(raw);
        there.cut(cuts.to_vec());
        let mut back = article(raw);
        back.cut(cuts.iter().rev().cloned().collect());
        assert_eq!(there.cuts(), back.cuts());
        assert_eq!(there.cuts().len(), 3);
        assert_eq!(there.text(), "");
        crate::laws::check(&there).unwrap();
    }

    #[test]
    fn a_cut_in_the_middle_leaves_two_pieces() {
        let raw = "one two three";
        let mut article = article(raw);
        article.cut(vec![cut(raw, "two", "a", 1.0)]);
        assert_eq!(article.text(), "one\n\nthree");
        crate::laws::check(&article).unwrap();
    }
}
