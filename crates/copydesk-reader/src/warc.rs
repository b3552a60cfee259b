//! The article in a WARC record: what was sent, unpacked from its transfer, then read as what it was sent as.

use copydesk_core::{Article, Hint, Part, ReadError};

use crate::ReaderOptions;
use crate::decode;
use crate::format::{Format, essence};
use crate::frame::{Fields, WarcRecord};
use crate::unpack::{Caps, Packing, inflate, unpack_whole};

/// Decodes a record.
pub(crate) fn decode(part: &Part, options: &ReaderOptions) -> Result<Article, ReadError> {
    let record = WarcRecord::parse(&part.body)
        .ok_or_else(|| ReadError::new("bad_warc", "the record's header does not end"))?;
    let format = record.format().map_err(|why| ReadError::new("no_article", why))?;
    let payload = match record.http {
        Some(http) => received(http, record.payload, options)?,
        None => record.payload.to_vec(),
    };
    let content_type = record.content_type().unwrap_or("");
    let media_type = Format::of_media_type(content_type)
        .map_or_else(|| format.media_type().to_owned(), |_| essence(content_type));
    let mut article = decode::bytes(part, &payload, &media_type, charset(content_type), options)?;
    let fields = [("warc:target-uri", "WARC-Target-URI"), ("warc:date", "WARC-Date")];
    let stated = fields.iter().filter_map(|(name, field)| Some((*name, record.header.get(field)?)));
    let sent = record.http.and_then(|http| Some(("http:last-modified", http.get("Last-Modified")?)));
    for (name, value) in stated.chain(sent) {
        let value = value.trim_matches(['<', '>']).to_owned();
        article.hints.push(Hint { name: name.to_owned(), value, block: None });
    }
    Ok(article)
}

fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The payload as it was before it was sent. Archives often store it unpacked and keep the fields that say it is
/// packed, so the bytes themselves decide.
fn received(http: Fields<'_>, payload: &[u8], options: &ReaderOptions) -> Result<Vec<u8>, ReadError> {
    let chunked =
        http.get("Transfer-Encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    let whole = if chunked { dechunk(payload) } else { None };
    let body = whole.as_deref().unwrap_or(payload);
    let caps = Caps { max_output: options.max_decompressed, max_ratio: options.max_ratio };
    let coding = http.get("Content-Encoding").unwrap_or("").to_ascii_lowercase();
    match coding.as_str() {
        "gzip" | "x-gzip" if Packing::of(body) == Packing::Gzip => unpack_whole(body, Packing::Gzip, caps),
        "zstd" if Packing::of(body) == Packing::Zstd => unpack_whole(body, Packing::Zstd, caps),
        "deflate" => Ok(inflate(body, caps)?.unwrap_or_else(|| body.to_vec())),
        "br" if std::str::from_utf8(body).is_err() => Err(ReadError::new(
            "content_encoding",
            "cannot decode content encoding `br` (available: gzip, deflate, zstd, identity)",
        )),
        _ => Ok(whole.unwrap_or_else(|| payload.to_vec())),
    }
}

/// The chunks of a body, joined; `None` if it holds none. One that was cut off gives what there is.
fn dechunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let end = memchr::memchr(b'\n', body.get(..body.len().min(1024))?);
        let size = end.and_then(|end| std::str::from_utf8(body.get(..end)?).ok()).and_then(|line| {
            let size = line.split(';').next()?.trim();
            usize::from_str_radix(size, 16).ok()
        });
        let (Some(end), Some(size)) = (end, size) else {
            return (!whole.is_empty()).then_some(whole);
        };
        let chunk = body.get(end + 1..)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(chunk.get(..size).unwrap_or(chunk));
        body = chunk.get(size..).unwrap_or_default();
        body = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n")).unwrap_or(body);
        if body.is_empty() {
            return Some(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        assert_eq!(dechunk(b"4\r\nRain\r\n6;x=y\r\n fell.\r\n0\r\n\r\n").unwrap(), b"Rain fell.");
        assert_eq!(dechunk(b"4\r\nRain\r\nff\r\n fe").unwrap(), b"Rain fe");
        assert_eq!(dechunk(b"<p>Rain"), None);
        assert_eq!(charset("text/html; a=b; Charset=\"koi8-r\""), Some("koi8-r"));
    }
}
