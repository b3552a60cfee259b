//! Numbers and names the parts of a file of many.

use std::ops::ControlFlow;
use std::sync::Arc;

use copydesk_core::{ArticleId, Part, ReadError, SourceFile};
use sha2::{Digest, Sha256};

use super::Emit;

/// The media type of a part whose record is larger than the cap: it was skipped, its body is the message, and
/// decoding it fails with `too_large`.
pub(crate) const OVERSIZE: &str = "application/vnd.copydesk.oversize";

/// Emits parts.
pub(crate) struct Out<'a> {
    file: &'a SourceFile,
    emit: Emit<'a>,
    n_parts: u32,
}

/// The hash of a record in pieces.
#[derive(Default)]
pub(crate) struct RecordHash(Sha256);

impl RecordHash {
    pub(crate) fn of(bytes: &[u8]) -> ArticleId {
        ArticleId::from_bytes(Sha256::digest(bytes).into())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> ArticleId {
        ArticleId::from_bytes(self.0.finalize().into())
    }
}

impl<'a> Out<'a> {
    pub(crate) fn new(file: &'a SourceFile, emit: Emit<'a>) -> Out<'a> {
        Out { file, emit, n_parts: 0 }
    }

    /// The number of the record that comes next, counted from 1.
    pub(crate) fn next_number(&self) -> u32 {
        self.n_parts.saturating_add(1)
    }

    /// A record that may be an article.
    pub(crate) fn record(&mut self, media_type: &str, record: Vec<u8>) -> ControlFlow<()> {
        let id = RecordHash::of(&record);
        let original: Arc<[u8]> = record.into();
        let body = Arc::clone(&original);
        self.part(id, media_type, original, body, None)
    }

    /// A record that is none, of which only the head was kept.
    pub(crate) fn skipped(
        &mut self,
        id: ArticleId,
        media_type: &str,
        head: Vec<u8>,
        why: String,
    ) -> ControlFlow<()> {
        self.part(id, media_type, head.into(), Arc::from([]), Some(why))
    }

    /// A record that is too large to hold, of which only the head was kept.
    pub(crate) fn oversize(
        &mut self,
        id: ArticleId,
        head: Vec<u8>,
        n_bytes: u64,
        max: u64,
    ) -> ControlFlow<()> {
        let message = format!("a record of {n_bytes} bytes, more than {max} (reader.max_bytes)");
        self.part(id, OVERSIZE, head.into(), message.into_bytes().into(), None)
    }

    fn part(
        &mut self,
        id: ArticleId,
        media_type: &str,
        original: Arc<[u8]>,
        body: Arc<[u8]>,
        skip: Option<String>,
    ) -> ControlFlow<()> {
        let index = self.n_parts;
        self.n_parts = self.next_number();
        (self.emit)(Part {
            id,
            index,
            uri: format!("{}#{}", self.file.uri, self.n_parts),
            media_type: media_type.to_owned(),
            received: self.file.received.clone(),
            original,
            body,
            skip,
        })
    }

    /// The file's end: an error if it held nothing.
    pub(crate) fn finish(&self, what: &str) -> Result<(), ReadError> {
        if self.n_parts == 0 {
            return Err(ReadError::new("empty", format!("the file holds no {what}")));
        }
        Ok(())
    }
}
