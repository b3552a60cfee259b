//! A record as JSON, written for speed: nearly all of it is text, which is copied in long runs where `serde_json`
//! looks at one byte after the other. What comes out is the same, byte for byte.

use serde::Serialize;

use crate::record::{CutView, Mentions, OriginView, Quotations};
use crate::{Article, Span};

/// The record of an article whose body, [`Article::text`], is `text`.
pub(crate) fn record(article: &Article, text: &str) -> String {
    let mut out = Vec::with_capacity(2 * text.len() + text.len() / 4 + 1024);
    out.extend_from_slice(b"{\"id\":\"");
    out.extend_from_slice(article.id.to_string().as_bytes());
    out.push(b'"');
    field(&mut out, "source", &OriginView(article));
    field(&mut out, "title", &article.title);
    field(&mut out, "authors", &article.authors);
    field(&mut out, "published", &article.published);
    field(&mut out, "modified", &article.modified);
    field(&mut out, "dateline", &article.dateline);
    field(&mut out, "standfirst", &article.standfirst);
    field(&mut out, "section", &article.section);
    field(&mut out, "site", &article.site);
    field(&mut out, "url", &article.url);
    field(&mut out, "language", &article.language);
    name(&mut out, "text");
    push_text(&mut out, text);
    blocks(&mut out, article);
    cuts(&mut out, article);
    field(&mut out, "evidence", &article.evidence);
    field(&mut out, "duplicate", &article.duplicate);
    field(&mut out, "story", &article.story);
    field(&mut out, "entities", &article.entities);
    field(&mut out, "quotations", &Quotations(article));
    field(&mut out, "captions", &article.captions);
    field(&mut out, "mentions", &Mentions(article));
    field(&mut out, "keywords", &article.keywords);
    field(&mut out, "summary", &article.summary);
    field(&mut out, "word_count", &article.word_count);
    field(&mut out, "reading_minutes", &article.reading_minutes);
    field(&mut out, "notes", &article.notes);
    out.push(b'}');
    // Made of whole strings and ASCII.
    String::from_utf8(out).unwrap_or_default()
}

fn blocks(out: &mut Vec<u8>, article: &Article) {
    name(out, "blocks");
    out.push(b'[');
    for (idx, kept) in article.kept().enumerate() {
        if idx > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"kind\":");
        value(out, &kept.kind);
        name(out, "text");
        push_text(out, kept.text);
        span(out, kept.span);
        if let Some(language) = article.block_language(kept.block) {
            field(out, "language", &language);
        }
        out.push(b'}');
    }
    out.push(b']');
}

fn cuts(out: &mut Vec<u8>, article: &Article) {
    name(out, "cuts");
    out.push(b'[');
    for (idx, cut) in article.cuts().iter().enumerate() {
        if idx > 0 {
            out.push(b',');
        }
        value(out, &CutView(article.raw(), cut));
    }
    out.push(b']');
}

fn name(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn field(out: &mut Vec<u8>, of: &str, what: &impl Serialize) {
    name(out, of);
    value(out, what);
}

fn value(out: &mut Vec<u8>, what: &impl Serialize) {
    // A vector takes any bytes, and no map key here is anything but a string.
    let _ = serde_json::to_writer(out, what);
}

fn span(out: &mut Vec<u8>, span: Span) {
    field(out, "span", &span);
}

/// A string of JSON.
fn push_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (run, behind) = rest.split_at(n_plain(rest));
        out.extend_from_slice(run);
        let Some((byte, behind)) = behind.split_first() else { break };
        push_escape(out, *byte);
        rest = behind;
    }
    out.push(b'"');
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\t' => b't',
        b'\r' => b'r',
        0x08 => b'b',
        0x0c => b'f',
        byte => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]);
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Bytes before the first that JSON wants escaped. A whole chunk is judged without a branch, which the compiler
/// makes into vector instructions.
fn n_plain(bytes: &[u8]) -> usize {
    let is_special = |byte: &u8| matches!(*byte, 0..0x20 | b'"' | b'\\');
    let (chunks, rest) = bytes.as_chunks::<32>();
    for (idx, chunk) in chunks.iter().enumerate() {
        if chunk.iter().fold(false, |found, byte| found | is_special(byte)) {
            return idx * 32 + chunk.iter().position(is_special).unwrap_or_default();
        }
    }
    bytes.len() - rest.len() + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use crate::{
        Article, ArticleId, Block, BlockKind, Caption, Cut, Mention, MentionKind, Origin, Quotation, Reason,
        RecordView, Span,
    };

    /// Every character that is escaped, at every place in a chunk, and many that are not.
    fn raw() -> String {
        let mut raw = String::new();
        for (idx, c) in ('\0'..'\u{100}').chain("…雨\u{2028}🦀".chars()).enumerate() {
            raw.push_str("abcdefghijklmnopqrstuvwxyzäöü0123456789abcdefgh".get(..idx % 21).unwrap());
            raw.push(c);
        }
        raw
    }

    #[test]
    fn a_record_is_what_serde_makes_of_it() {
        let raw = raw();
        let half = raw.char_indices().nth(raw.chars().count() / 2).unwrap().0;
        let block = |start, end, kind| Block::plain(Span::new(&raw, start, end).unwrap(), kind);
        let blocks = vec![block(0, half, BlockKind::Title), block(half, raw.len(), BlockKind::Paragraph)];
        let origin = Origin { uri: "file:/a\"b\\".into(), bytes: 7, ..Origin::default() };
        let mut article = Article::new(ArticleId::from_bytes([0x5f; 32]), origin, raw.as_str(), blocks);
        let same = |article: &Article| {
            let view = RecordView(article);
            assert_eq!(view.to_json(), serde_json::to_string(&view).unwrap());
        };
        same(&article);
        let span = Span::new(&raw, half + 40, half + 60).unwrap();
        article.cut(vec![Cut::new(span, Reason::Share, "a_rule", "a_stage", 0.75)]);
        article.title = Some("\"Rain\"\n".into());
        article.word_count = Some(3);
        article.set_block_language(1, Some("sr-Latn".into()));
        article.section = Some("Weather".into());
        article.quotations = vec![Quotation { span, speaker: Some("A".into()), speaker_span: None }];
        article.captions = vec![Caption { text: "Rain".into(), credit: None, span }];
        let kind = MentionKind::Quantity;
        article.mentions = vec![Mention { kind, value: "3".into(), unit: Some("km".into()), span }];
        article.notes.insert("a\tnote".into(), serde_json::json!({"deep": [1, null, "\u{7f}"]}));
        same(&article);
        same(&Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), "", Vec::new()));
    }
}
