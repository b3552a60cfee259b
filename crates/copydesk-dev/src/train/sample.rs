//! A page to learn from: its blocks, what its markup said, and the true text.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use copydesk_core::{Article, ArticleId, Block, BlockKind, Hint, Markup, Origin, Page, Span};
use serde::Deserialize;

/// The true content of a page, as the benchmark states it.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    pub id: String,
    #[serde(default, deserialize_with = "text_or_null")]
    pub url: String,
    #[serde(default, deserialize_with = "text_or_null")]
    pub text: String,
    pub title: Option<String>,
    pub author: Option<String>,
    pub date: Option<String>,
}

fn text_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

impl Truth {
    /// The site: pages of one site are never parted between folds.
    pub fn site(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or(rest);
        host.strip_prefix("www.").unwrap_or(host)
    }

    /// Every truth of a folder, by id.
    pub fn all(data: &Path) -> anyhow::Result<Vec<Truth>> {
        let dir = data.join("truth");
        let mut truths = Vec::new();
        for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let json = std::fs::read_to_string(&path)?;
                truths.push(
                    serde_json::from_str(&json).with_context(|| format!("bad truth in {}", path.display()))?,
                );
            }
        }
        truths.sort_by(|a: &Truth, b: &Truth| a.id.cmp(&b.id));
        Ok(truths)
    }
}

/// A gzip file's bytes.
pub fn unzip(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One block of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub text: String,
    pub kind: BlockKind,
    pub markup: Option<Markup>,
}

/// A page's blocks, free to be changed before they become an article.
#[derive(Debug, Clone)]
pub struct Sample {
    pub pieces: Vec<Piece>,
    pub page: Option<Arc<Page>>,
    pub hints: Vec<Hint>,
}

impl Sample {
    pub fn of(article: &Article) -> Sample {
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

    /// Plain text, one block a line.
    pub fn of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Sample {
        let pieces = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| Piece { text: line.to_owned(), kind: BlockKind::Paragraph, markup: None })
            .collect();
        Sample { pieces, page: None, hints: Vec::new() }
    }

    /// The sample as an article: its blocks a line each.
    pub fn article(&self) -> Article {
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
            Some(Block { span, kind: piece.kind, markup: piece.markup })
        };
        let blocks = places.iter().zip(&self.pieces).filter_map(block).collect();
        let mut article = Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw.as_str(), blocks);
        article.page.clone_from(&self.page);
        article.hints.clone_from(&self.hints);
        article
    }
}

/// A page as the program reads it.
pub fn read_page(_path: &Path) -> anyhow::Result<Sample> {
    anyhow::bail!("not yet")
}
