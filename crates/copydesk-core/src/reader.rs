//! From a file's bytes to articles, in two steps: framing in order, decoding in parallel.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::{Article, ArticleId, ReadSeek};

/// What a reader is told of a file.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    /// The file's name, for its endings (`.jsonl.gz`); what is not UTF-8 is replaced.
    pub name: String,
    /// `file:` and the absolute path.
    pub uri: String,
    /// SHA-256 of the file's bytes.
    pub hash: [u8; 32],
    /// RFC 3339.
    pub received: String,
    /// Read it as this media type whatever its name says; `None` to decide by name, then content.
    pub media_type: Option<String>,
}

/// One article's bytes, framed but not decoded.
#[derive(Debug, Clone)]
pub struct Part {
    /// The hash of `original`.
    pub id: ArticleId,
    /// Counted from 0; always 0 for a file that is one article.
    pub index: u32,
    /// The file's URI, with `#N` (counted from 1) for a file that may hold many.
    pub uri: String,
    /// The media type of `body` before decoding: `text/plain`, `text/html`, `application/json`, and
    /// `application/warc` for a WARC record.
    pub media_type: String,
    /// RFC 3339.
    pub received: String,
    /// The bytes as they stand in the file: what the quarantine keeps.
    pub original: Arc<[u8]>,
    /// The bytes to decode: `original`, decompressed where the file is.
    pub body: Arc<[u8]>,
    /// Set if this is a record that holds no article (a picture in a WARC file), with the reason: it is
    /// counted as dropped.
    pub skip: Option<String>,
}

/// Bytes that cannot be read as articles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// A short fixed word: `empty`, `binary`, `too_large`, `ratio`, `nesting`, `bad_json`, `bad_warc`, …
    pub code: &'static str,
    /// One line, lower case, naming the thing and the choices.
    pub message: String,
}

impl ReadError {
    /// An error of this code.
    pub fn new(code: &'static str, message: impl Into<String>) -> ReadError {
        ReadError { code, message: message.into() }
    }
}

/// Turns files into articles. Sync, and without state: any number of threads may call it.
pub trait Reader: Send + Sync {
    /// Frames the articles of a file, in order. `emit` may ask to stop. A file that is one article yields
    /// one part without a look at its content.
    ///
    /// # Errors
    /// The file as a whole cannot be read (on); parts emitted before stand.
    fn split(
        &self,
        file: &SourceFile,
        content: PartSource<'_>,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ReadError>;

    /// Decodes one part: its charset, its blocks, its hints.
    ///
    /// # Errors
    /// This part is no article that can be read.
    fn decode(&self, part: &Part) -> Result<Article, ReadError>;

    /// True if a file of this name may hold many articles, so it may be streamed and be larger than the cap
    /// for one article.
    fn is_container(&self, name: &str) -> bool;
}

/// Where [`Reader::split`] gets its bytes.
pub enum PartSource<'a> {
    /// The whole file.
    Bytes(Arc<[u8]>),
    /// A stream, at its start.
    Stream(&'a mut dyn ReadSeek),
}
