//! A file to its parts. Files of one article are taken whole; files of many are streamed, one record at a time.

use std::io::{Read, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;

use copydesk_core::{ArticleId, Part, PartSource, ReadError, ReadSeek, SourceFile};

use crate::ReaderOptions;
use crate::format::Format;
use crate::unpack::{self, Caps, Packing};

/// Bytes that show what a file without a telling name holds.
const HEAD: usize = 64 * 1024;

/// Takes a part; may ask to stop.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(Part) -> ControlFlow<()>;

/// Frames the parts of a file.
pub(crate) fn split(
    file: &SourceFile,
    content: PartSource<'_>,
    options: &ReaderOptions,
    emit: Emit<'_>,
) -> Result<(), ReadError> {
    let told = match file.media_type.as_deref() {
        Some(media_type) => Some(Format::of_media_type(media_type).ok_or_else(|| {
            ReadError::new(
                "media_type",
                format!(
                    "cannot read `{media_type}` (available: text/plain, text/markdown, text/html, application/json, \
                     application/x-ndjson, application/warc)"
                ),
            )
        })?),
        None => Format::of_name(&file.name),
    };
    match content {
        PartSource::Bytes(bytes) => split_bytes(file, bytes, told, options, emit),
        PartSource::Stream(stream) => split_stream(file, stream, told, options, emit),
    }
}

fn split_bytes(
    file: &SourceFile,
    bytes: Arc<[u8]>,
    told: Option<Format>,
    options: &ReaderOptions,
    emit: Emit<'_>,
) -> Result<(), ReadError> {
    let packing = Packing::of(&bytes);
    let format = match told {
        Some(format) => format,
        None => sniff(&mut &*bytes, packing, options)?,
    };
    one(file, bytes, packing, format, options, emit)
}

fn split_stream(
    file: &SourceFile,
    stream: &mut dyn ReadSeek,
    told: Option<Format>,
    options: &ReaderOptions,
    emit: Emit<'_>,
) -> Result<(), ReadError> {
    let head = unpack::read_head(stream, 16).map_err(|error| unpack::read_error(&error))?;
    let packing = Packing::of(&head);
    rewind(stream)?;
    let format = match told {
        Some(format) => format,
        None => {
            let format = sniff(stream, packing, options)?;
            rewind(stream)?;
            format
        }
    };
    let max = options.max_bytes;
    let mut bytes = Vec::new();
    stream.take(max + 1).read_to_end(&mut bytes).map_err(|error| unpack::read_error(&error))?;
    one(file, bytes.into(), packing, format, options, emit)
}

fn rewind(stream: &mut dyn ReadSeek) -> Result<(), ReadError> {
    stream.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|error| unpack::read_error(&error))
}

fn sniff(input: &mut dyn Read, packing: Packing, options: &ReaderOptions) -> Result<Format, ReadError> {
    let caps = Caps { max_output: u64::MAX, max_ratio: options.max_container_ratio };
    let mut content = unpack::unpack(input, packing, caps)?;
    let head = match unpack::read_head(&mut content, HEAD) {
        Ok(head) => head,
        // Damaged data is told when it is read for good.
        Err(_) => return Ok(Format::Text),
    };
    Format::sniff(&head).map_err(|kind| {
        ReadError::new(
            "binary",
            format!("looks like {kind} (text, Markdown, HTML, JSON and WARC can be read)"),
        )
    })
}

/// A file that is one article.
fn one(
    file: &SourceFile,
    bytes: Arc<[u8]>,
    packing: Packing,
    format: Format,
    options: &ReaderOptions,
    emit: Emit<'_>,
) -> Result<(), ReadError> {
    if bytes.len() as u64 > options.max_bytes {
        return Err(too_large(options.max_bytes));
    }
    let body = match packing {
        Packing::None => Arc::clone(&bytes),
        _ => {
            let caps = Caps { max_output: options.max_decompressed, max_ratio: options.max_ratio };
            unpack::unpack_whole(&bytes, packing, caps)?.into()
        }
    };
    // Whether more is wanted does not matter: there is no more.
    let _ = emit(Part {
        id: ArticleId::from_bytes(file.hash),
        index: 0,
        uri: file.uri.clone(),
        media_type: format.media_type().to_owned(),
        received: file.received.clone(),
        original: bytes,
        body,
        skip: None,
    });
    Ok(())
}

pub(crate) fn too_large(max: u64) -> ReadError {
    ReadError::new("too_large", format!("more than {max} bytes (reader.max_bytes)"))
}
