//! A file to its parts. Files of one article are taken whole; files of many are streamed, one record at a time,
//! and no more than one record is held beyond what was emitted.

mod lines;
mod out;
mod values;
mod warc;

use std::io::{Cursor, Read, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;

use copydesk_core::{ArticleId, Part, PartSource, ReadError, ReadSeek, SourceFile};

use crate::ReaderOptions;
use crate::format::{self, Format};
use crate::unpack::{self, Caps, Packing, read_error};
pub(crate) use out::OVERSIZE;
use out::Out;
use values::Values;
pub(crate) use warc::{Fields, WarcRecord};

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
        Some(media_type) => Some(Format::of_media_type(media_type).ok_or_else(|| unknown(media_type))?),
        None => Format::of_name(&file.name),
    };
    let mut cursor;
    let (stream, whole): (&mut dyn ReadSeek, _) = match content {
        PartSource::Bytes(bytes) => {
            cursor = Cursor::new(Arc::clone(&bytes));
            (&mut cursor, Some(bytes))
        }
        PartSource::Stream(stream) => (stream, None),
    };
    let packing = Packing::of(&unpack::read_head(stream, 16).map_err(|error| read_error(&error))?);
    rewind(stream)?;
    let format = match told {
        Some(format) => format,
        None => sniff(stream, packing, options)?,
    };
    if format.is_container() && holds_many(stream, packing, format, options)? {
        return many(file, stream, packing, format, options, emit);
    }
    let bytes = match whole {
        Some(bytes) => bytes,
        None => read_whole(stream, options)?,
    };
    one(file, bytes, packing, format, options, emit)
}

fn unknown(media_type: &str) -> ReadError {
    ReadError::new(
        "media_type",
        format!(
            "cannot read `{media_type}` (available: text/plain, text/markdown, text/html, application/json, \
             application/x-ndjson, application/warc)"
        ),
    )
}

fn rewind(stream: &mut dyn ReadSeek) -> Result<(), ReadError> {
    stream.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|error| read_error(&error))
}

fn container_caps(options: &ReaderOptions) -> Caps {
    Caps { max_output: u64::MAX, max_ratio: options.max_container_ratio }
}

fn sniff(stream: &mut dyn ReadSeek, packing: Packing, options: &ReaderOptions) -> Result<Format, ReadError> {
    let mut content = unpack::unpack(&mut *stream, packing, container_caps(options))?;
    let head = unpack::read_head(&mut content, HEAD);
    drop(content);
    rewind(stream)?;
    // Damaged data is told when it is read for good.
    let Ok(head) = head else { return Ok(Format::Text) };
    Format::sniff(&head).map_err(|kind| {
        ReadError::new(
            "binary",
            format!("looks like {kind} (text, Markdown, HTML, JSON and WARC can be read)"),
        )
    })
}

/// Whether the file is framed record by record. A JSON file is not if it is one object, or no JSON at all: then
/// the decoder says what is wrong.
fn holds_many(
    stream: &mut dyn ReadSeek,
    packing: Packing,
    format: Format,
    options: &ReaderOptions,
) -> Result<bool, ReadError> {
    if format != Format::Json {
        return Ok(true);
    }
    let input = unpack::unpack(&mut *stream, packing, container_caps(options))?;
    let (mut input, n_mark) = values::behind_mark(input)?;
    let mut values = Values::new(&mut input, n_mark, options.max_bytes);
    let many = match values.peek()? {
        Some(b'[') => true,
        Some(b'{') => values.next().is_ok() && values.peek().is_ok_and(|next| next.is_some()),
        _ => false,
    };
    drop(input);
    rewind(stream)?;
    Ok(many)
}

fn many(
    file: &SourceFile,
    stream: &mut dyn ReadSeek,
    packing: Packing,
    format: Format,
    options: &ReaderOptions,
    emit: Emit<'_>,
) -> Result<(), ReadError> {
    let mut input = unpack::unpack(stream, packing, container_caps(options))?;
    let mut out = Out::new(file, emit);
    match format {
        Format::Warc => warc::frame(&mut input, options.max_bytes, &mut out),
        Format::JsonLines => lines::frame(&mut input, options.max_bytes, &mut out),
        _ => {
            let (mut input, n_mark) = values::behind_mark(input)?;
            let mut values = Values::new(&mut input, n_mark, options.max_bytes);
            let in_array = values.peek()? == Some(b'[');
            if in_array {
                values.skip();
            }
            values.emit_all(in_array, &mut out)
        }
    }
}

/// The bytes of a file that is one article, or one more than it may have.
fn read_whole(stream: &mut dyn ReadSeek, options: &ReaderOptions) -> Result<Arc<[u8]>, ReadError> {
    let mut bytes = Vec::new();
    let max = options.max_bytes.saturating_add(1);
    stream.take(max).read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
    Ok(bytes.into())
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
        return Err(ReadError::new(
            "too_large",
            format!("an article of more than {} bytes (reader.max_bytes)", options.max_bytes),
        ));
    }
    let body = if packing == Packing::None {
        Arc::clone(&bytes)
    } else {
        let caps = Caps { max_output: options.max_decompressed, max_ratio: options.max_ratio };
        unpack::unpack_whole(&bytes, packing, caps)?.into()
    };
    // Whether more is wanted does not matter: there is no more.
    let _ = emit(Part {
        id: ArticleId::from_bytes(file.hash),
        index: 0,
        uri: file.uri.clone(),
        media_type: media_type(file, format),
        received: file.received.clone(),
        original: bytes,
        body,
        skip: None,
    });
    Ok(())
}

/// The media type as it was told, or as the name or the content says.
fn media_type(file: &SourceFile, format: Format) -> String {
    let told = file.media_type.as_deref().map(format::essence);
    told.or_else(|| format::media_type_of(&file.name).map(str::to_owned))
        .unwrap_or_else(|| format.media_type().to_owned())
}
