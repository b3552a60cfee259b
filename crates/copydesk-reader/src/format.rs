//! What a file is: by its name's endings, else by how its content starts.

use crate::binary;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Markdown,
    Html,
    Json,
    JsonLines,
    Warc,
}

/// Endings, formats and media types, one row each.
const KNOWN: [(&str, Format, &str); 12] = [
    ("txt", Format::Text, "text/plain"),
    ("text", Format::Text, "text/plain"),
    ("md", Format::Markdown, "text/markdown"),
    ("markdown", Format::Markdown, "text/markdown"),
    ("html", Format::Html, "text/html"),
    ("htm", Format::Html, "text/html"),
    ("xhtml", Format::Html, "application/xhtml+xml"),
    ("json", Format::Json, "application/json"),
    ("jsonl", Format::JsonLines, "application/x-ndjson"),
    ("ndjson", Format::JsonLines, "application/x-ndjson"),
    ("ndjson", Format::JsonLines, "application/jsonl"),
    ("warc", Format::Warc, "application/warc"),
];

impl Format {
    /// The format a file's name ends in, `.gz` and `.zst` aside.
    pub(crate) fn of_name(name: &str) -> Option<Format> {
        known(name).map(|(format, _)| format)
    }

    /// The format of a media type, its parameters aside.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Format> {
        let media_type = essence(media_type);
        KNOWN.iter().find(|(.., known)| *known == media_type).map(|(_, format, _)| *format)
    }

    pub(crate) fn media_type(self) -> &'static str {
        KNOWN
            .iter()
            .find(|(_, format, _)| *format == self)
            .map_or("text/plain", |(.., media_type)| media_type)
    }

    /// The format of content that starts with `head`, if it is none that is known to be no text.
    pub(crate) fn sniff(head: &[u8]) -> Result<Format, &'static str> {
        if let Some(kind) = binary::kind(head) {
            return Err(kind);
        }
        let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        Ok(if start.starts_with(b"WARC/") {
            Format::Warc
        } else if looks_like_json(start) {
            Format::Json
        } else if looks_like_html(start) {
            Format::Html
        } else {
            Format::Text
        })
    }

    /// True if a file of this format may hold many articles.
    pub(crate) fn is_container(self) -> bool {
        matches!(self, Format::Json | Format::JsonLines | Format::Warc)
    }
}

fn known(name: &str) -> Option<(Format, &'static str)> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let (_, ending) = name.rsplit_once('.')?;
    KNOWN.iter().find(|(known, ..)| *known == ending).map(|(_, format, media_type)| (*format, *media_type))
}

/// The media type a file's name stands for, `.gz` and `.zst` aside; `None` for names that say nothing.
///
/// ```
/// assert_eq!(copydesk_reader::media_type_of("fog.html.gz"), Some("text/html"));
/// assert_eq!(copydesk_reader::media_type_of("fog"), None);
/// ```
pub fn media_type_of(name: &str) -> Option<&'static str> {
    known(name).map(|(_, media_type)| media_type)
}

/// A media type without its parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

fn looks_like_json(start: &[u8]) -> bool {
    let Some(rest) = start.strip_prefix(b"{") else {
        return start.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"));
    };
    rest.trim_ascii_start().starts_with(b"\"")
}

/// True if markup stands at the start: a doctype, a comment, or a tag no text would start with.
pub(crate) fn looks_like_html(start: &[u8]) -> bool {
    const STARTS: [&str; 22] = [
        "!doctype html",
        "html",
        "head",
        "body",
        "title",
        "meta",
        "link",
        "script",
        "style",
        "article",
        "section",
        "main",
        "header",
        "div",
        "p",
        "h1",
        "h2",
        "table",
        "ul",
        "ol",
        "span",
        "figure",
    ];
    let head = start.get(..1024).unwrap_or(start).to_ascii_lowercase();
    let mut rest = head.trim_ascii_start();
    loop {
        let skipped = if rest.starts_with(b"<?xml") {
            memchr::memmem::find(rest, b"?>").map(|at| at + 2)
        } else if rest.starts_with(b"<!--") {
            memchr::memmem::find(rest, b"-->").map(|at| at + 3)
        } else {
            break;
        };
        match skipped.and_then(|at| rest.get(at..)) {
            Some(after) => rest = after.trim_ascii_start(),
            None => return rest.starts_with(b"<!--"),
        }
    }
    let Some(tag) = rest.strip_prefix(b"<") else { return false };
    STARTS.iter().any(|name| {
        tag.strip_prefix(name.as_bytes()).is_some_and(|after| {
            after.first().is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        for (name, format) in [
            ("a.TXT", Some(Format::Text)),
            ("a.b.md.gz", Some(Format::Markdown)),
            ("a.htm.zst", Some(Format::Html)),
            ("CC-NEWS-1.warc.gz", Some(Format::Warc)),
            ("a.ndjson", Some(Format::JsonLines)),
            ("a.pdf", None),
            ("txt", None),
        ] {
            assert_eq!(Format::of_name(name), format, "{name}");
        }
        assert_eq!(Format::of_media_type("text/HTML; charset=utf-8"), Some(Format::Html));
        assert_eq!(Format::of_media_type("image/png"), None);
    }

    #[test]
    fn content_decides_where_names_do_not() {
        for (head, format) in [
            ("\u{feff} <!DOCTYPE html><p>x", Format::Html),
            ("<!-- x --><?xml version='1.0'?>\n<html>", Format::Html),
            ("<p>Fog", Format::Html),
            ("<pre and post> said he", Format::Text),
            ("{\"title\": 1}", Format::Json),
            ("[ {\"title\": 1}]", Format::Json),
            ("[Sound of rain]", Format::Text),
            ("WARC/1.0\r\n", Format::Warc),
            ("Rain < snow", Format::Text),
        ] {
            assert_eq!(Format::sniff(head.as_bytes()), Ok(format), "{head}");
        }
        assert_eq!(Format::sniff(b"%PDF-1.4"), Err("a PDF document"));
    }
}
