//! A stream of articles with the stories they belong to.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// An article of a benchmark.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) text: String,
    /// Days since 1970.
    pub(crate) time: Option<f64>,
    /// Its story, and the topic, or else the story, by which documents are held out.
    pub(crate) story: Option<String>,
    pub(crate) topic: String,
    pub(crate) split: Option<String>,
}

/// Reads `docs.jsonl` and, if there is one, `labels.jsonl` of a folder.
///
/// # Errors
/// A file cannot be read, or is not what it should be.
pub(crate) fn load(folder: &Path) -> anyhow::Result<Vec<Document>> {
    let mut labels: HashMap<String, Value> = HashMap::new();
    let path = folder.join("labels.jsonl");
    if path.exists() {
        for label in lines(&path)? {
            labels.insert(text(&label, "id"), label);
        }
    }
    let docs = lines(&folder.join("docs.jsonl"))?;
    Ok(docs
        .into_iter()
        .map(|doc| {
            let id = text(&doc, "id");
            let label = labels.get(&id);
            let story = label.map(|label| plain(&label["story"]));
            let topic = label.map(|label| plain(&label["topic"])).filter(|topic| !topic.is_empty());
            Document {
                title: text(&doc, "title"),
                text: text(&doc, "text"),
                time: doc["t"].as_f64(),
                topic: topic.or_else(|| story.clone()).unwrap_or_default(),
                split: label.map(|label| plain(&label["split"])),
                story,
                id,
            }
        })
        .collect())
}

fn lines(path: &Path) -> anyhow::Result<Vec<Value>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.lines()
        .enumerate()
        .map(|(idx, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}", path.display(), idx + 1))
        })
        .collect()
}

fn text(value: &Value, key: &str) -> String {
    plain(&value[key])
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl Document {
    /// As the stages before would hand it on: a block a line, the time if it is not withheld.
    pub(crate) fn article(&self, with_time: bool) -> Article {
        let id = ArticleId::from_bytes(Sha256::digest(self.id.as_bytes()).into());
        let raw = self.text.as_str();
        let blocks = raw
            .split('\n')
            .filter_map(|line| Span::of(raw, line.trim()))
            .filter(|span| !span.is_empty())
            .map(|span| Block::plain(span, BlockKind::Paragraph))
            .collect();
        let mut article = Article::new(id, Origin::default(), raw, blocks);
        article.title = Some(self.title.clone()).filter(|title| !title.is_empty());
        article.published = self.time.filter(|_| with_time).and_then(|days| {
            let seconds = (days * 86_400.0) as i64;
            Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
        });
        article
    }

    /// Its headline alone.
    pub(crate) fn headline(&self) -> Document {
        Document { text: self.title.clone(), ..self.clone() }
    }
}
