//! WARC, record by record. Responses, resources and conversions of text are articles; other payloads are told as
//! skipped; what describes the crawl itself is no part at all.

use std::io::{BufRead, Read};

use copydesk_core::{ArticleId, ReadError};

use super::lines::At;
use super::out::{Out, RecordHash};
use crate::format::{Format, essence};
use crate::shown;
use crate::unpack::read_error;

/// Bytes of a record's own header.
const MAX_HEADER: u64 = 64 * 1024;
/// Bytes of a record's block in which the HTTP header must end.
const MAX_HTTP_HEAD: u64 = 64 * 1024;

/// Header fields: of a record, or of the HTTP message in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The value of the first field of this name.
    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        self.0.split(|byte| *byte == b'\n').skip(1).find_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The first line.
    fn first_line(self) -> &'a str {
        let line = self.0.split(|byte| *byte == b'\n').next().unwrap_or_default();
        std::str::from_utf8(line).unwrap_or("").trim()
    }
}

/// A record, taken apart.
#[derive(Debug)]
pub(crate) struct WarcRecord<'a> {
    /// The record's header.
    pub(crate) header: Fields<'a>,
    /// The header of the HTTP message, for a response.
    pub(crate) http: Option<Fields<'a>>,
    /// What is behind the headers, as it was sent.
    pub(crate) payload: &'a [u8],
}

impl<'a> WarcRecord<'a> {
    /// Takes a whole record apart, or the start of one.
    pub(crate) fn parse(record: &'a [u8]) -> Option<WarcRecord<'a>> {
        let (header, block) = split_head(record)?;
        let header = Fields(header);
        let is_http = header.get("WARC-Type").is_some_and(|kind| kind.eq_ignore_ascii_case("response"))
            && block.starts_with(b"HTTP/");
        if !is_http {
            return Some(WarcRecord { header, http: None, payload: block });
        }
        let (http, payload) = split_head(block).unwrap_or((block, &[]));
        Some(WarcRecord { header, http: Some(Fields(http)), payload })
    }

    /// The payload's media type, with its parameters.
    pub(crate) fn content_type(&self) -> Option<&'a str> {
        match self.http {
            Some(http) => http.get("Content-Type"),
            None => self.header.get("Content-Type"),
        }
        .filter(|content_type| !content_type.is_empty())
    }

    /// What the payload is to be read as, or why it is no article.
    pub(crate) fn format(&self) -> Result<Format, String> {
        if let Some(http) = self.http {
            let status = http.first_line().split_ascii_whitespace().nth(1).unwrap_or("");
            if status != "200" {
                return Err(format!("HTTP status {}", shown(status)));
            }
        }
        let told = self.content_type().or_else(|| self.header.get("WARC-Identified-Payload-Type"));
        let Some(told) = told else {
            return match Format::sniff(self.payload) {
                Ok(Format::Html) => Ok(Format::Html),
                _ => Err("no content type".to_owned()),
            };
        };
        match Format::of_media_type(told) {
            Some(format @ (Format::Html | Format::Text | Format::Markdown)) => Ok(format),
            _ => Err(format!("content type {}", shown(&essence(told)))),
        }
    }
}

/// Emits the records of `input`.
pub(super) fn frame(input: &mut dyn BufRead, max_bytes: u64, out: &mut Out<'_>) -> Result<(), ReadError> {
    let mut offset = 0;
    for number in 1_u64.. {
        let start = offset;
        let place = |error: ReadError| error.at(&format!("WARC record {number} at byte {start}"));
        let Some(header) = read_header(input, &mut offset).map_err(place)? else { break };
        let length = Fields(&header)
            .get("Content-Length")
            .and_then(|length| length.parse::<u64>().ok())
            .ok_or_else(|| place(ReadError::new("bad_warc", "no Content-Length")))?;
        // A length can claim anything; the block is what there is.
        offset = offset.saturating_add(length);
        let kind = Fields(&header).get("WARC-Type").unwrap_or("").to_ascii_lowercase();
        let mut block = Block { input: &mut *input, left: length };
        if !matches!(kind.as_str(), "response" | "resource" | "conversion") {
            block.skip(None).map_err(place)?;
            continue;
        }
        let flow = emit(header, length, &mut block, max_bytes, out).map_err(place)?;
        if flow.is_break() {
            return Ok(());
        }
    }
    out.finish("article record")
}

fn emit(
    header: Vec<u8>,
    length: u64,
    block: &mut Block<'_>,
    max_bytes: u64,
    out: &mut Out<'_>,
) -> Result<std::ops::ControlFlow<()>, ReadError> {
    let n_bytes = length.saturating_add(header.len() as u64);
    let mut record = header;
    block.read(&mut record, MAX_HTTP_HEAD)?;
    let skip = match WarcRecord::parse(&record) {
        Some(parsed) => parsed.format().err(),
        None => Some("no header".to_owned()),
    };
    if let Some(why) = skip {
        let id = block.hash_rest(&record)?;
        let n_kept = WarcRecord::parse(&record).map_or(0, |parsed| record.len() - parsed.payload.len());
        record.truncate(n_kept);
        return Ok(out.skipped(id, Format::Warc.media_type(), record, why));
    }
    if n_bytes > max_bytes {
        let id = block.hash_rest(&record)?;
        return Ok(out.oversize(id, record, n_bytes, max_bytes));
    }
    block.read(&mut record, u64::MAX)?;
    Ok(out.record(Format::Warc.media_type(), record))
}

/// The block of a record, while it is read.
struct Block<'a> {
    input: &'a mut dyn BufRead,
    left: u64,
}

impl Block<'_> {
    /// Appends up to `max` bytes to `record`.
    fn read(&mut self, record: &mut Vec<u8>, max: u64) -> Result<(), ReadError> {
        let wanted = self.left.min(max);
        let n = (&mut *self.input).take(wanted).read_to_end(record).map_err(|error| read_error(&error))?;
        if (n as u64) < wanted {
            return Err(truncated(wanted - n as u64));
        }
        self.left -= wanted;
        Ok(())
    }

    /// Passes over the rest of the block.
    fn skip(&mut self, mut hash: Option<&mut RecordHash>) -> Result<(), ReadError> {
        while self.left > 0 {
            let available = self.input.fill_buf().map_err(|error| read_error(&error))?;
            if available.is_empty() {
                return Err(truncated(self.left));
            }
            let n = (available.len() as u64).min(self.left) as usize;
            if let Some(hash) = hash.as_deref_mut() {
                hash.update(available.get(..n).unwrap_or_default());
            }
            self.input.consume(n);
            self.left -= n as u64;
        }
        Ok(())
    }

    fn hash_rest(&mut self, start: &[u8]) -> Result<ArticleId, ReadError> {
        let mut hash = RecordHash::default();
        hash.update(start);
        self.skip(Some(&mut hash))?;
        Ok(hash.finish())
    }
}

fn truncated(missing: u64) -> ReadError {
    ReadError::new("truncated", format!("the file ends {missing} bytes before the record does"))
}

/// The next record's header with the empty line that ends it; `None` at the file's end.
fn read_header(input: &mut dyn BufRead, offset: &mut u64) -> Result<Option<Vec<u8>>, ReadError> {
    let mut header = Vec::new();
    loop {
        let room = MAX_HEADER.saturating_sub(header.len() as u64);
        let start = header.len();
        let n =
            (&mut *input).take(room).read_until(b'\n', &mut header).map_err(|error| read_error(&error))?;
        *offset += n as u64;
        let line = header.get(start..).unwrap_or_default();
        if !line.ends_with(b"\n") {
            return match (n, start, room) {
                (0, 0, 1..) => Ok(None),
                _ if room == n as u64 => {
                    Err(ReadError::new("bad_warc", format!("no end of the header in {MAX_HEADER} bytes")))
                }
                _ => Err(ReadError::new("truncated", "the file ends inside the record's header")),
            };
        }
        let is_blank = line.trim_ascii().is_empty();
        if start == 0 {
            if is_blank {
                // Two empty lines part the records.
                header.clear();
            } else if !line.starts_with(b"WARC/") {
                let line = shown(String::from_utf8_lossy(line).trim());
                return Err(ReadError::new("bad_warc", format!("expected `WARC/`, found `{line}`")));
            }
        } else if is_blank {
            return Ok(Some(header));
        }
    }
}

/// A header with the empty line that ends it, and what follows.
fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        let end = at + memchr::memchr(b'\n', bytes.get(at..)?)?;
        if bytes.get(at..end)?.trim_ascii().is_empty() {
            return bytes.split_at_checked(end + 1);
        }
        at = end + 1;
    }
}
