//! Bytes to articles: encodings, plain text, Markdown, HTML, JSON and WARC.
//!
//! [`FileReader`] frames a file into parts, in order and streaming, and decodes each part on its own, so that
//! many threads can.
//!
//! What must stay true:
//! - No path, file system or clock is known here: bytes come in, articles go out.
//! - Every cost is bounded by the caps of [`ReaderOptions`], whatever the bytes are; nothing recurses over them.
//! - The same bytes under the same options give the same article.

mod binary;
mod charset;
mod decode;
mod format;
mod frame;
mod html;
mod json;
mod options;
mod text;
mod unpack;
mod warc;

use std::ops::ControlFlow;

use copydesk_core::{Article, Part, PartSource, ReadError, Reader, SourceFile};

pub use format::media_type_of;
pub use options::{JsonFields, OPTIONS, ReaderOptions};

/// Reads files of every kind copydesk knows.
///
/// ```
/// use std::ops::ControlFlow;
/// use copydesk_core::{PartSource, Reader, SourceFile};
/// use copydesk_reader::{FileReader, ReaderOptions};
///
/// let reader = FileReader::new(ReaderOptions::default());
/// let file = SourceFile { name: "fog.txt".into(), uri: "file:/in/fog.txt".into(), ..SourceFile::default() };
/// let mut parts = Vec::new();
/// reader.split(&file, PartSource::Bytes(b"Fog lifts.\nFerries sail."[..].into()), &mut |part| {
///     parts.push(part);
///     ControlFlow::Continue(())
/// })?;
/// let article = reader.decode(&parts[0])?;
/// assert_eq!(article.text(), "Fog lifts.\n\nFerries sail.");
/// # Ok::<(), copydesk_core::ReadError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FileReader {
    options: ReaderOptions,
}

impl FileReader {
    /// A reader with these options.
    pub fn new(options: ReaderOptions) -> FileReader {
        FileReader { options }
    }
}

impl Reader for FileReader {
    fn split(
        &self,
        file: &SourceFile,
        content: PartSource<'_>,
        emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        frame::split(file, content, &self.options, emit)
    }

    fn decode(&self, part: &Part) -> Result<Article, ReadError> {
        decode::part(part, &self.options)
    }

    fn is_container(&self, name: &str) -> bool {
        format::Format::of_name(name).is_some_and(format::Format::is_container)
    }
}

/// What a file says, fit for a line of an error: control characters escaped, long texts cut off.
fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let mut shown: String = text.chars().take(MAX_CHARS).collect::<String>().escape_debug().collect();
    if text.chars().nth(MAX_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

fn too_many_blocks(max: usize) -> ReadError {
    ReadError::new("too_large", format!("more than {max} blocks of text (reader.max_blocks)"))
}
