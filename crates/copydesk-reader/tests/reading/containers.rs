//! Files of many articles, and files that are compressed, cut off or not what they seem.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;

use crate::common::{Split, hash, split, split_with};
use copydesk_core::{PartSource, Reader, SourceFile};
use copydesk_reader::{FileReader, JsonFields, ReaderOptions};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A record with its length counted.
fn record(kind: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let mut record =
        format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{fields}Content-Length: {}\r\n\r\n", block.len())
            .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let mut block = format!("HTTP/1.1 {head}\r\n\r\n").into_bytes();
    block.extend_from_slice(body);
    record("response", "WARC-Target-URI: https://wick.example/fog\r\n", &block)
}

fn records() -> Vec<Vec<u8>> {
    vec![
        record("warcinfo", "", b"software: none\r\n"),
        record("request", "", b"GET /fog HTTP/1.1\r\n\r\n"),
        response("200 OK\r\nContent-Type: text/html; charset=koi8-r", b"<h1>\xce\xc5\xd4</h1><p>Fog."),
        response("404 Not Found\r\nContent-Type: text/html", b"<p>Gone."),
        response("200 OK\r\ncontent-type: image/png", b"\x89PNG"),
        response(
            "200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip",
            &{
                let packed = gzip(b"<p>Packed and chunked.");
                let mut chunked = format!("{:x}\r\n", packed.len()).into_bytes();
                chunked.extend_from_slice(&packed);
                chunked.extend_from_slice(b"\r\n0\r\n\r\n");
                chunked
            },
        ),
        response(
            "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
            b"<p>Unpacked by the archive.",
        ),
        record("conversion", "Content-Type: text/plain\r\n", "Fog lifts – at last.".as_bytes()),
        record("resource", "Content-Type: application/xhtml+xml\r\n", b"<html><p>As stored.</p></html>"),
    ]
}

#[test]
fn a_warc_file_is_framed_however_it_is_packed() {
    let plain = records().concat();
    let by_record: Vec<u8> = records().iter().flat_map(|record| gzip(record)).collect();
    let texts = [
        "нет\n\nFog.",
        "Packed and chunked.",
        "Unpacked by the archive.",
        "Fog lifts – at last.",
        "As stored.",
    ];
    for (name, bytes) in [
        ("a.warc", plain.clone()),
        ("a.warc.gz", by_record),
        ("a.warc.gz", gzip(&plain)),
        ("a.warc.zst", zstd(&plain)),
        ("crawl", plain.clone()),
    ] {
        let found = split(name, &bytes);
        assert_eq!(found.end, Ok(()), "{name}");
        assert_eq!(found.texts(), texts, "{name}");
        let skipped: Vec<_> = found.parts.iter().filter_map(|part| part.skip.as_deref()).collect();
        assert_eq!(skipped, ["HTTP status 404", "content type image/png"]);
        assert_eq!(found.parts[0].uri, format!("file:/in/{name}#1"));
    }
    let first = &split("a.warc", &plain).parts[0];
    let whole = records()[2].clone();
    assert_eq!(first.id, hash(&whole[..whole.len() - 4]));
    assert_eq!(&*first.original, &whole[..whole.len() - 4]);
    let article = FileReader::default().decode(first).unwrap();
    assert_eq!(
        (article.origin.charset.as_str(), article.origin.media_type.as_str()),
        ("KOI8-R", "text/html")
    );
    assert_eq!(article.hint("warc:target-uri").unwrap().value, "https://wick.example/fog");
}

#[test]
fn a_warc_file_cut_anywhere_gives_its_whole_records() {
    let plain = records().concat();
    let whole = split("a.warc", &plain);
    for cut in 1..plain.len() {
        let found = split("a.warc", &plain[..cut]);
        assert!(found.parts.len() <= whole.parts.len());
        for (part, other) in found.parts.iter().zip(&whole.parts) {
            assert_eq!(part.id, other.id);
        }
        if let Err(error) = found.end {
            assert!(["truncated", "bad_warc", "empty"].contains(&error.code), "{cut}: {error}");
        }
    }
    let found = split("a.warc.gz", &gzip(&plain)[..200]);
    assert_eq!(found.end.unwrap_err().code, "truncated");
    let error = split("a.warc", &plain[..plain.len() - 20]).end.unwrap_err();
    assert!(error.message.starts_with("WARC record 9 at byte "), "{error}");
}

/// Fault: bad_bytes
#[test]
fn a_record_may_claim_any_length() {
    for kind in ["response", "metadata"] {
        for length in ["18446744073709551615", "18446744073709551616", "-1", ""] {
            let file = format!("WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Length: {length}\r\n\r\nFog.");
            let file = [&records().concat()[..], file.as_bytes()].concat();
            let found = split("a.warc", &file);
            assert!(["truncated", "bad_warc"].contains(&found.end.unwrap_err().code), "{kind} of {length}");
        }
    }
}

/// Fault: bad_bytes, log_injection
#[test]
fn errors_are_one_short_line_whatever_they_quote() {
    let evil = "\\n\\u001b[2J\\u009b".to_owned() + &"x".repeat(5000);
    let json = format!("{{\"{evil}\": 1}}\n{evil}\n");
    let status = format!("HTTP/1.1 \u{1b}{evil} No\r\n\r\n");
    let kind = format!("HTTP/1.1 200 OK\r\nContent-Type: \u{1b}\u{9b}{evil}\r\n\r\n");
    let warc = [record("response", "", status.as_bytes()), record("response", "", kind.as_bytes())].concat();
    let foreign = [&warc[..], format!("\u{1b}\u{9b}{evil}\r\n").as_bytes()].concat();
    let mut said = Vec::new();
    for (name, file) in [("a.jsonl", json.as_bytes()), ("a.warc", &foreign)] {
        let found = split(name, file);
        said.extend(found.parts.iter().filter_map(|part| part.skip.clone()));
        said.extend(found.messages());
        said.extend(found.end.err().map(|error| error.to_string()));
    }
    assert_eq!(said.len(), 5, "{said:?}");
    for said in said {
        assert!(!said.contains(char::is_control) && said.len() < 800, "{said:?}");
    }
}

#[test]
fn a_record_too_large_is_passed_over_and_named() {
    let options = ReaderOptions { max_bytes: 1000, ..ReaderOptions::default() };
    let large = response("200 OK\r\nContent-Type: text/html", &b"<p>long ".repeat(40_000));
    let warc = [records()[2].clone(), large.clone(), records()[7].clone()].concat();
    let found = split_with(&options, "a.warc", &warc);
    assert_eq!(found.errors(), ["", "too_large", ""]);
    assert_eq!(found.parts[1].id, hash(&large[..large.len() - 4]));
    assert!(found.parts[1].original.len() < 70_000);

    let lines =
        format!("{{\"text\":\"One.\"}}\n{{\"text\":\"{}\"}}\n{{\"text\":\"Two.\"}}", "x".repeat(2000));
    assert_eq!(split_with(&options, "a.jsonl", lines.as_bytes()).errors(), ["", "too_large", ""]);
    let array = format!("[{}]", lines.replace('\n', ","));
    assert_eq!(split_with(&options, "a.json", array.as_bytes()).errors(), ["", "too_large", ""]);
}

#[test]
fn every_line_of_jsonl_stands_alone() {
    let lines = "\u{feff}{\"text\": \"Fog.\", \"title\": \"Harbour &amp; fog\", \"authors\": [\"Ada\", {\"name\": \"Ben\"}]}\r\n\n \
                 {\"text\": \"broken\n{\"body\": \"Rain.\\n\\nMore rain.\", \"date\": 1935529199}\n[1]\n{\"id\": 7}";
    for (name, bytes) in [
        ("a.jsonl", lines.as_bytes().to_vec()),
        ("a.ndjson.gz", gzip(lines.as_bytes())),
        ("a.jsonl.zst", zstd(lines.as_bytes())),
    ] {
        let found = split(name, &bytes);
        assert_eq!(found.errors(), ["", "bad_json", "", "bad_json", "no_text"], "{name}");
        assert_eq!(found.texts(), ["Fog.", "Rain.\n\nMore rain."]);
    }
    let found = split("a.jsonl", lines.as_bytes());
    let first = lines.trim_start_matches('\u{feff}').split("\r\n").next().unwrap();
    assert_eq!(found.parts[0].id, hash(first.as_bytes()));
    let article = FileReader::default().decode(&found.parts[0]).unwrap();
    let hints: Vec<_> = article.hints.iter().map(|hint| (hint.name.as_str(), hint.value.as_str())).collect();
    assert_eq!(hints, [("json:title", "Harbour & fog"), ("json:author", "Ada"), ("json:author", "Ben")]);
    let error = FileReader::default().decode(&found.parts[1]).unwrap_err();
    assert!(error.message.contains("line 1 column"), "{error}");
    let error = FileReader::default().decode(&found.parts[4]).unwrap_err();
    assert!(error.message.contains("tried: text, body") && error.message.ends_with("found: id)"), "{error}");
}

#[test]
fn a_json_file_is_one_article_or_many() {
    let one = r#" {"html": "<p>Fog.</p><p>Rain.</p>", "nested": {"a": [1, "}"]}} "#;
    let found = split("a.json", one.as_bytes());
    assert_eq!(found.texts(), ["Fog.\n\nRain."]);
    assert_eq!((found.parts[0].id, found.parts[0].uri.as_str()), (hash(one.as_bytes()), "file:/in/a.json"));

    let array = r#"[{"text": "One."}, {"text": "[Two,"} , 3]"#;
    let found = split("a.json", array.as_bytes());
    assert_eq!(found.errors(), ["", "", "bad_json"]);
    assert_eq!(found.parts[1].uri, "file:/in/a.json#2");
    assert_eq!(found.parts[1].id, hash(br#"{"text": "[Two,"}"#));

    assert_eq!(split("a.json", b"{\"text\": \"One.\"}\n{\"text\": \"Two.\"}\n").texts(), ["One.", "Two."]);
    let cut = split("a.json", b"[{\"text\": \"One.\"}, {\"text\": \"Tw");
    assert_eq!(cut.texts(), ["One."]);
    let error = cut.end.unwrap_err();
    assert_eq!(error.code, "truncated");
    assert!(error.message.starts_with("record 2 at byte 19"), "{error}");
    assert_eq!(split("a.json", b"no json").errors(), ["bad_json"]);
    assert_eq!(split("a.json", "[".repeat(100_000).as_bytes()).end.unwrap_err().code, "truncated");
    let deep = format!("{{\"text\": {}1{}}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(split("a.json", deep.as_bytes()).errors(), ["nesting"]);
}

#[test]
fn json_fields_can_be_named() {
    let json = JsonFields { text: vec!["article.words".into()], ..JsonFields::default() };
    let options = ReaderOptions { json, ..ReaderOptions::default() };
    let found = split_with(&options, "a.json", br#"{"text": "no", "article": {"words": ["One.", "Two."]}}"#);
    assert_eq!(found.texts(), ["One.\n\nTwo."]);
}

#[test]
fn compressed_files_are_capped() {
    let options = ReaderOptions { max_decompressed: 4 << 20, ..ReaderOptions::default() };
    let bomb = vec![b' '; 8 << 20];
    for packed in [gzip(&bomb), zstd(&bomb)] {
        assert_eq!(split("a.txt.gz", &packed).end.unwrap_err().code, "ratio");
    }
    let noise: Vec<u8> = (0..6_u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(split_with(&options, "a.txt.zst", &zstd(&noise)).end.unwrap_err().code, "too_large");
    assert_eq!(split("a.txt.gz", &gzip(b"Fog.")).texts(), ["Fog."]);
    assert_eq!(split("a.txt.gz", b"Fog.").texts(), ["Fog."]);
    assert_eq!(split("a.txt.gz", &gzip(&noise)[..1000]).end.unwrap_err().code, "truncated");
    let mut damaged = gzip(&noise);
    damaged[5000] ^= 0xff;
    assert_eq!(split("a.txt.gz", &damaged).end.unwrap_err().code, "bad_compression");
}

#[test]
fn a_file_of_one_article_has_its_own_hash() {
    let packed = gzip("Der Nebel löst sich.".as_bytes());
    let found = split("fog.txt.gz", &packed);
    assert_eq!(found.parts[0].id, hash(&packed));
    assert_eq!(&*found.parts[0].original, &packed[..]);
    let article = FileReader::default().decode(&found.parts[0]).unwrap();
    assert_eq!(article.origin.bytes, packed.len() as u64);
    assert_eq!(article.raw(), "Der Nebel löst sich.");
}

#[test]
fn what_is_no_text_is_named() {
    for (name, bytes, code) in [
        ("a", &b"%PDF-1.7 and so on"[..], "binary"),
        ("a.bin", b"\x89PNG\r\n\x1a\n\0\0", "binary"),
        ("a.txt", b"PK\x03\x04\x14\0\x06\0", "binary"),
        ("a.txt", &[0; 100], "binary"),
        ("a.txt", b" \n\t \r\n", "empty"),
        ("a.html", b"<script>alert(1)</script>", "empty"),
        ("a.txt", b"", "empty"),
        ("a.jsonl", b"\n\n", "empty"),
        ("a.warc", b"GET / HTTP/1.1\r\n\r\n", "bad_warc"),
    ] {
        assert_eq!(split(name, bytes).first_error(), code, "{name} {bytes:?}");
    }
    let file = SourceFile { media_type: Some("image/png".into()), ..SourceFile::default() };
    let result = FileReader::default()
        .split(&file, PartSource::Bytes(b"x"[..].into()), &mut |_| ControlFlow::Continue(()));
    assert_eq!(result.unwrap_err().code, "media_type");
}

#[test]
fn the_receiver_may_stop() {
    let lines = "{\"text\": \"x\"}\n".repeat(100);
    let file = SourceFile { name: "a.jsonl".into(), ..SourceFile::default() };
    let mut n_parts = 0;
    FileReader::default()
        .split(&file, PartSource::Bytes(lines.as_bytes().into()), &mut |_| {
            n_parts += 1;
            if n_parts == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(n_parts, 3);
}

/// A file far larger than memory, as a stream that repeats its records.
struct Endless {
    record: Vec<u8>,
    at: u64,
    len: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let start = (self.at % self.record.len() as u64) as usize;
        let left = (self.len - self.at) as usize;
        let n = buffer.len().min(self.record.len() - start).min(left);
        buffer[..n].copy_from_slice(&self.record[start..start + n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.at = Cursor::new(vec![0_u8; 0]).seek(to)?;
        Ok(self.at)
    }
}

#[test]
fn large_files_are_streamed() {
    let record = response("200 OK\r\nContent-Type: text/html", &b"<p>Fog lay over the sound. ".repeat(2000));
    let len = record.len() as u64 * 2000;
    let mut stream = Endless { record, at: 0, len };
    let file = SourceFile { name: "a.warc".into(), ..SourceFile::default() };
    let mut n_parts = 0;
    FileReader::default()
        .split(&file, PartSource::Stream(&mut stream), &mut |part| {
            n_parts += u64::from(part.original.len() > 50_000);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(n_parts, 2000);
}

#[test]
fn names_tell_files_of_many_articles() {
    let reader = FileReader::default();
    for (name, many) in
        [("a.warc.gz", true), ("a.JSONL", true), ("a.json", true), ("a.html", false), ("a", false)]
    {
        assert_eq!(reader.is_container(name), many, "{name}");
    }
}

#[test]
fn parts_are_the_same_from_bytes_and_from_a_stream() {
    let warc = records().concat();
    let file = SourceFile { name: "a.warc".into(), ..SourceFile::default() };
    let mut streamed = Split::default();
    let end =
        FileReader::default().split(&file, PartSource::Stream(&mut Cursor::new(warc.clone())), &mut |part| {
            streamed.parts.push(part);
            ControlFlow::Continue(())
        });
    assert_eq!(end, Ok(()));
    let ids = |split: &Split| split.parts.iter().map(|part| part.id).collect::<Vec<_>>();
    assert_eq!(ids(&streamed), ids(&split("a.warc", &warc)));
}

/// A file that arrives a few bytes at a time.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n_bytes = into.len().min(self.1);
        self.0.read(&mut into[..n_bytes])
    }
}

impl Seek for Trickle {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

/// Fault: bad_bytes
#[test]
fn a_byte_order_mark_may_come_in_pieces() {
    let records = "\u{feff}[{\"text\": \"Fog.\"}, {\"text\": \"Rain.\"}]".as_bytes();
    for bytes in [records.to_vec(), gzip(records), zstd(records)] {
        for n_bytes in [1, 2, 3, 7] {
            let file = SourceFile { name: "a.json".into(), ..SourceFile::default() };
            let mut streamed = Split::default();
            let mut trickle = Trickle(Cursor::new(bytes.clone()), n_bytes);
            let end = FileReader::default().split(&file, PartSource::Stream(&mut trickle), &mut |part| {
                streamed.parts.push(part);
                ControlFlow::Continue(())
            });
            assert_eq!(end, Ok(()));
            assert_eq!(streamed.texts(), ["Fog.", "Rain."], "{n_bytes} bytes at a time");
        }
    }
}
