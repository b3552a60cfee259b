//! What a plugin is shown of an article.

use copydesk_core::{Article, BlockKind, Duplicate, Entity, Language, Reason, Span, Story, source_of};
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
struct View<'a> {
    id: String,
    uri: &'a str,
    /// Known before any stage: the host that the article says it is from, else the folder of its file.
    outlet: Option<String>,
    media_type: &'a str,
    title: Option<&'a str>,
    authors: &'a [String],
    published: Option<&'a str>,
    modified: Option<&'a str>,
    dateline: Option<&'a str>,
    standfirst: Option<&'a str>,
    section: Option<&'a str>,
    site: Option<&'a str>,
    url: Option<&'a str>,
    language: Option<&'a Language>,
    blocks: Vec<BlockView<'a>>,
    cuts: Vec<CutView<'a>>,
    duplicate: Option<&'a Duplicate>,
    story: Option<&'a Story>,
    entities: &'a [Entity],
    keywords: &'a [String],
    summary: Option<&'a str>,
    word_count: Option<u32>,
    reading_minutes: Option<u32>,
    notes: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct BlockView<'a> {
    kind: BlockKind,
    text: &'a str,
    span: Span,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
}

#[derive(Serialize)]
struct CutView<'a> {
    span: Span,
    reason: Reason,
    rule: &'a str,
    stage: &'a str,
}

/// The article as one line of JSON: the record without `text`, which is that of the blocks, without the text of cuts,
/// and without what differs from one run to the next; and with `outlet`, for what is done for one source alone.
pub fn article_json(article: &Article) -> String {
    let blocks = article.kept().map(|kept| BlockView {
        kind: kept.kind,
        text: kept.text,
        span: kept.span,
        language: article.block_language(kept.block),
    });
    let cuts = article.cuts().iter().map(|cut| CutView {
        span: cut.span,
        reason: cut.reason,
        rule: &cut.rule,
        stage: &cut.stage,
    });
    let view = View {
        id: article.id.to_string(),
        uri: &article.origin.uri,
        outlet: source_of(article),
        media_type: &article.origin.media_type,
        title: article.title.as_deref(),
        authors: &article.authors,
        published: article.published.as_deref(),
        modified: article.modified.as_deref(),
        dateline: article.dateline.as_deref(),
        standfirst: article.standfirst.as_deref(),
        section: article.section.as_deref(),
        site: article.site.as_deref(),
        url: article.url.as_deref(),
        language: article.language.as_ref(),
        blocks: blocks.collect(),
        cuts: cuts.collect(),
        duplicate: article.duplicate.as_ref(),
        story: article.story.as_ref(),
        entities: &article.entities,
        keywords: &article.keywords,
        summary: article.summary.as_deref(),
        word_count: article.word_count,
        reading_minutes: article.reading_minutes,
        notes: &article.notes,
    };
    // Every key is a string, and nothing here refuses to be written.
    serde_json::to_string(&view).unwrap_or_default()
}
