//! WARC.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{reading, variant};

/// Any bytes as a WARC file; and any page in a record, packed and cut into chunks as servers do.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let options = if choice & 1 == 0 { reading::usual() } else { reading::tight() };
    if choice & 2 == 0 {
        reading::read("a.warc", bytes, &options);
    } else {
        wrapped(choice, bytes);
    }
}

/// A page that was sent is read as if it had been a file.
fn wrapped(choice: u8, page: &[u8]) {
    let packed = |result: std::io::Result<Vec<u8>>| result.expect("packing in memory cannot fail");
    let level = Compression::fast();
    let (coding, body) = match choice >> 2 & 3 {
        0 => ("identity", page.to_vec()),
        1 => ("gzip", packed(pack(GzEncoder::new(Vec::new(), level), page, GzEncoder::finish))),
        2 => ("deflate", packed(pack(ZlibEncoder::new(Vec::new(), level), page, ZlibEncoder::finish))),
        _ => ("deflate", packed(pack(DeflateEncoder::new(Vec::new(), level), page, DeflateEncoder::finish))),
    };
    let chunked = choice & 0x10 != 0;
    let body = if chunked { chunks(&body, usize::from(choice >> 5) * 50 + 1) } else { body };
    let transfer = if chunked { "Transfer-Encoding: chunked\r\n" } else { "" };
    let http =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n{transfer}\r\n");
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/fog\r\nContent-Length: {}\r\n\r\n",
        http.len() + body.len()
    );
    let record = [head.as_bytes(), http.as_bytes(), &body, b"\r\n\r\n"].concat();
    let sent = reading::read("a.warc", &record, &reading::usual());
    assert_eq!(sent.len(), 1, "one record is one article");
    // As a file, a page that looks packed would be unpacked once more.
    if page.starts_with(b"\x1f\x8b") || page.starts_with(b"\x28\xb5\x2f\xfd") {
        return;
    }
    let file = reading::read("a.html", page, &reading::usual());
    match (&sent[0], &file[0]) {
        (Ok(sent), Ok(file)) => {
            assert_eq!(sent.raw(), file.raw(), "the same text as in a file");
            assert_eq!(sent.blocks(), file.blocks(), "the same blocks as in a file");
        }
        (Err(sent), Err(file)) => assert_eq!(sent, file, "the same error as for a file"),
        (sent, file) => panic!("{:?}, as a file {:?}", sent.as_ref().err(), file.as_ref().err()),
    }
}

fn pack<E: Write>(
    mut encoder: E,
    page: &[u8],
    finish: impl FnOnce(E) -> std::io::Result<Vec<u8>>,
) -> std::io::Result<Vec<u8>> {
    encoder.write_all(page)?;
    finish(encoder)
}

fn chunks(body: &[u8], size: usize) -> Vec<u8> {
    let mut chunked = Vec::new();
    for chunk in body.chunks(size) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    chunked
}
