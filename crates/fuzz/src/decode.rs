//! Charsets, compression, and telling what a file is.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{reading, variant};

const NAMES: [&str; 8] = ["a", "a.txt", "a.html", "a.md", "a.json", "a.jsonl", "a.warc", "a.txt.gz"];

/// Any bytes under any name; and packing them changes nothing.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let name = NAMES[usize::from(choice & 7)];
    let options = if choice & 8 == 0 { reading::usual() } else { reading::tight() };
    let articles = reading::read(name, bytes, &options);
    if choice & 8 != 0 || choice & 0x30 == 0 || is_packed(bytes) {
        return;
    }
    let packed = if choice & 0x10 == 0 { zstd(bytes) } else { gzip(bytes) };
    let unpacked = reading::read(name, &packed, &options);
    // A byte may not become more than so many, so what repeats itself a great deal is refused.
    if bytes.len() < 1 << 20 {
        assert_eq!(unpacked.len(), articles.len(), "as many articles when packed");
    }
    for (article, unpacked) in articles.iter().zip(&unpacked) {
        match (article, unpacked) {
            (Ok(article), Ok(unpacked)) => {
                assert_eq!(article.raw(), unpacked.raw(), "the same text when packed");
                assert_eq!(article.blocks(), unpacked.blocks(), "the same blocks when packed");
            }
            (Err(error), Err(packed_error)) => assert_eq!(error, packed_error, "the same error when packed"),
            (article, unpacked) => {
                panic!("{:?}, packed {:?}", article.as_ref().err(), unpacked.as_ref().err())
            }
        }
    }
}

/// Data that is packed already is packed twice, and refused as that.
fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08") || bytes.starts_with(b"\x28\xb5\x2f\xfd")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("packing in memory cannot fail")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("packing in memory cannot fail")
}
