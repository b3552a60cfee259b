//! A page to learn from: its blocks, what its markup said, and the true text.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Hint, Markup, Origin, Page, Part, PartSource, Reader, SourceFile,
    Span,
};
use copydesk_reader::{FileReader, ReaderOptions};
use serde::Deserialize;

/// The true content of a page, as the benchmark states it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Truth {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "text_or_null")]
    pub(crate) url: String,
    #[serde(default, deserialize_with = "text_or_null")]
    pub(crate) text: String,
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<String>,
}

fn text_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

impl Truth {
    /// The site: pages of one site are never parted between folds.
    pub(crate) fn site(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or(rest);
        host.strip_prefix("www.").unwrap_or(host)
    }

    /// Every truth of a folder, by id.
    pub(crate) fn all(data: &Path) -> anyhow::Result<Vec<Truth>> {
        let dir = data.join("truth");
        let mut truths = Vec::new();
        for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let json = std::fs::read_to_string(&path)?;
                truths.push(
                    serde_json::from_str(&json)
                        .with_context(|| format!("bad truth in {}", path.display()))?,
                );
            }
        }
        truths.sort_by(|a: &Truth, b: &Truth| a.id.cmp(&b.id));
        Ok(truths)
    }
}

/// One block of a sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) kind: BlockKind,
    pub(crate) markup: Option<Markup>,
}

/// A page's blocks, free to be changed before they become an article.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) page: Option<Arc<Page>>,
    pub(crate) hints: Vec<Hint>,
}

impl Sample {
    pub(crate) fn of(article: &Article) -> Sample {
        let piece = |block: &Block| Piece {
            text: block.span.of_text(article.raw()).to_owned(),
            kind: block.kind,
            markup: block.markup,
        };
        Sample {
            pieces: article.blocks().iter().map(piece).collect(),
            page: article.page.clone(),
            hints: article.hints.clone(),
        }
    }

    /// The sample as an article: its blocks a line each.
    pub(crate) fn article(&self) -> Article {
        let mut raw = String::new();
        let mut places = Vec::new();
        for piece in &self.pieces {
            let start = raw.len();
            raw.push_str(&piece.text);
            places.push((start, raw.len()));
            raw.push('\n');
        }
        let block = |(&(start, end), piece): (&(usize, usize), &Piece)| {
            let span = Span::new(&raw, start, end)?;
            Some(Block { span, kind: piece.kind, markup: piece.markup, language: None })
        };
        let blocks = places.iter().zip(&self.pieces).filter_map(block).collect();
        let mut article =
            Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks);
        article.page.clone_from(&self.page);
        article.hints.clone_from(&self.hints);
        article
    }
}

/// A file's article as the program reads it, from memory; `name` says by its ending what it is.
pub(crate) fn read(name: &str, bytes: Vec<u8>) -> anyhow::Result<Article> {
    let reader = FileReader::new(ReaderOptions::default());
    let file = SourceFile { name: name.to_owned(), uri: format!("file:/{name}"), ..SourceFile::default() };
    let mut parts: Vec<Part> = Vec::new();
    reader.split(&file, PartSource::Bytes(bytes.into()), &mut |part| {
        parts.push(part);
        ControlFlow::Continue(())
    })?;
    let part = parts.first().with_context(|| format!("{name} holds no article"))?;
    Ok(reader.decode(part)?)
}
