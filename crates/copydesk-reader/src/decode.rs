//! One part to one article: its charset, then the rules of its media type.

use std::sync::Arc;

use copydesk_core::{Article, ArticleId, BlockKind, Hint, Origin, Part, ReadError};

use crate::charset::{self, Decoded};
use crate::format::Format;
use crate::frame::OVERSIZE;
use crate::html::{self, PageOptions, VisibleText};
use crate::text::{self, Dialect};
use crate::{ReaderOptions, json, too_many_blocks, warc};

/// Text that is to become an article.
pub(crate) struct Draft<'a> {
    pub(crate) part: &'a Part,
    pub(crate) media_type: &'a str,
    pub(crate) format: Format,
    pub(crate) decoded: Decoded,
    pub(crate) hints: Vec<Hint>,
}

/// Decodes a part.
pub(crate) fn part(part: &Part, options: &ReaderOptions) -> Result<Article, ReadError> {
    match Format::of_media_type(&part.media_type) {
        _ if part.media_type == OVERSIZE => {
            Err(ReadError::new("too_large", String::from_utf8_lossy(&part.body).into_owned()))
        }
        Some(Format::Warc) => warc::decode(part, options),
        Some(Format::Json | Format::JsonLines) => json::decode(part, options),
        _ => bytes(part, &part.body, &part.media_type, None, options),
    }
}

/// Decodes bytes of text or HTML.
pub(crate) fn bytes(
    part: &Part,
    body: &[u8],
    media_type: &str,
    declared: Option<&str>,
    options: &ReaderOptions,
) -> Result<Article, ReadError> {
    let format = Format::of_media_type(media_type).unwrap_or(Format::Text);
    let decoded = charset::decode(body, format == Format::Html, declared)?;
    article(Draft { part, media_type, format, decoded, hints: Vec::new() }, options)
}

/// Makes the article of a draft.
pub(crate) fn article(draft: Draft<'_>, options: &ReaderOptions) -> Result<Article, ReadError> {
    let Draft { part, media_type, format, decoded, hints } = draft;
    let origin = Origin {
        uri: part.uri.clone(),
        media_type: media_type.to_owned(),
        charset: decoded.charset.to_owned(),
        bytes: part.original.len() as u64,
        received: part.received.clone(),
    };
    let mut article = match format {
        Format::Html => page(part.id, origin, &decoded.text, options)?,
        Format::Markdown => plain(part.id, origin, decoded.text, Dialect::Markdown, options)?,
        _ => plain(part.id, origin, decoded.text, Dialect::Plain, options)?,
    };
    article.hints.extend(hints);
    if decoded.lossy {
        article.notes.insert("lossy".to_owned(), true.into());
    }
    if decoded.n_nul > 0 {
        article.notes.insert("nul_bytes".to_owned(), decoded.n_nul.into());
    }
    Ok(article)
}

fn plain(
    id: ArticleId,
    origin: Origin,
    raw: String,
    dialect: Dialect,
    options: &ReaderOptions,
) -> Result<Article, ReadError> {
    refuse_empty(&raw, "the text holds no word")?;
    let blocks =
        text::blocks(&raw, dialect, options.max_blocks).ok_or_else(|| too_many_blocks(options.max_blocks))?;
    Ok(Article::new(id, origin, raw, blocks))
}

fn page(id: ArticleId, origin: Origin, html: &str, options: &ReaderOptions) -> Result<Article, ReadError> {
    let page_options = PageOptions {
        max_depth: options.max_depth.max(8),
        max_blocks: options.max_blocks,
        show_hidden: false,
        is_xml: origin.media_type == "application/xhtml+xml",
    };
    let VisibleText { raw, blocks, page, hints } = html::read(html, page_options)?;
    refuse_empty(&raw, "the page shows no text")?;
    debug_assert!(blocks.iter().all(|block| block.kind != BlockKind::Title));
    let mut article = Article::new(id, origin, raw, blocks);
    article.page = Some(Arc::new(page));
    article.hints = hints;
    Ok(article)
}

fn refuse_empty(raw: &str, message: &str) -> Result<(), ReadError> {
    if raw
        .chars()
        .any(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{feff}' | '\u{200b}' | '\u{fffd}'))
    {
        return Ok(());
    }
    Err(ReadError::new("empty", message))
}
