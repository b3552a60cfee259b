//! What holds of every file that is read: its framing does not depend on how its bytes arrive, every part keeps
//! to the caps, and a part gives the same article each time.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;

use copydesk_core::{Article, Part, PartSource, ReadError, Reader, SourceFile};
use copydesk_reader::{FileReader, ReaderOptions};
use sha2::{Digest, Sha256};

use super::article;

/// Bytes that a skipped or oversized record may keep: its header, and the head of what was sent.
const MAX_KEPT: usize = 256 << 10;

/// Caps that inputs of a few kilobytes can reach.
pub fn tight() -> ReaderOptions {
    ReaderOptions {
        max_bytes: 2000,
        max_decompressed: 6000,
        max_ratio: 3,
        max_container_ratio: 5,
        max_depth: 9,
        max_blocks: 40,
        ..ReaderOptions::default()
    }
}

/// Caps that keep a run short.
pub fn usual() -> ReaderOptions {
    ReaderOptions { max_bytes: 1 << 20, max_decompressed: 4 << 20, ..ReaderOptions::default() }
}

/// A file that arrives a few bytes at a time.
struct Trickle(Cursor<Arc<[u8]>>);

impl Read for Trickle {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(7);
        self.0.read(&mut into[..n])
    }
}

impl Seek for Trickle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

type Split = (Vec<Part>, Result<(), ReadError>);

fn split(reader: &FileReader, file: &SourceFile, content: PartSource<'_>) -> Split {
    let mut parts = Vec::new();
    let result = reader.split(file, content, &mut |part| {
        parts.push(part);
        ControlFlow::Continue(())
    });
    (parts, result)
}

/// Reads a file, checks what must hold, and gives the articles it is made of.
pub fn read(name: &str, bytes: &[u8], options: &ReaderOptions) -> Vec<Result<Article, ReadError>> {
    let reader = FileReader::new(options.clone());
    let bytes: Arc<[u8]> = bytes.into();
    let file = SourceFile {
        name: name.to_owned(),
        uri: format!("file:/in/{name}"),
        hash: Sha256::digest(&bytes).into(),
        received: "2026-01-01T00:00:00Z".to_owned(),
        media_type: None,
    };
    let whole = split(&reader, &file, PartSource::Bytes(Arc::clone(&bytes)));
    let mut trickle = Trickle(Cursor::new(Arc::clone(&bytes)));
    let streamed = split(&reader, &file, PartSource::Stream(&mut trickle));
    check_framing(&bytes, &whole, &streamed);
    let (parts, result) = whole;
    if let Err(error) = result {
        check_error(&error);
    }
    parts.iter().enumerate().map(|(idx, part)| decode(&reader, idx, part, options)).collect()
}

fn check_framing(bytes: &[u8], (parts, result): &Split, (streamed, streamed_result): &Split) {
    let packed = bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"\x28\xb5\x2f\xfd");
    // Damaged data may give more before it breaks off if it comes in small pieces.
    if !packed || (result.is_ok() && streamed_result.is_ok()) {
        assert_eq!(parts.len(), streamed.len(), "as many parts from a stream: {streamed_result:?}");
        assert_eq!(result, streamed_result, "the same result from a stream");
    }
    for (part, other) in parts.iter().zip(streamed) {
        assert_eq!((part.id, &part.skip, &part.body), (other.id, &other.skip, &other.body), "the same part");
    }
}

fn decode(
    reader: &FileReader,
    idx: usize,
    part: &Part,
    options: &ReaderOptions,
) -> Result<Article, ReadError> {
    assert_eq!(part.index as usize, idx, "parts are counted");
    let oversize = part.media_type.contains("oversize");
    if part.skip.is_some() || oversize {
        assert!(part.original.len() <= MAX_KEPT, "little is kept of what is not read");
    } else {
        assert!(part.original.len() as u64 <= options.max_bytes, "a part keeps to the cap");
        assert_eq!(part.id.as_bytes()[..], Sha256::digest(&part.original)[..], "an id is the bytes' hash");
    }
    assert!(
        part.body.len() as u64 <= options.max_decompressed.max(options.max_bytes),
        "a body keeps to the cap"
    );
    let decoded = reader.decode(part);
    match &decoded {
        Ok(article) => {
            article::check(article);
            assert!(article.blocks().len() <= options.max_blocks, "no more blocks than may be");
            let n_unpacked = part.body.len() as u64 * options.max_ratio + (1 << 20);
            // A byte of a legacy charset becomes up to three, and a character reference at most doubles.
            assert!(
                article.raw().len() as u64 <= 6 * n_unpacked.min(options.max_decompressed),
                "text out of nothing"
            );
            let json = article::check_record(article);
            let again = reader.decode(part).expect("what was read once is read again");
            assert_eq!(article::check_record(&again), json, "law 3");
            assert_eq!(again.hints, article.hints, "law 3, hints");
        }
        Err(error) => {
            check_error(error);
            assert_eq!(reader.decode(part).err().as_ref(), Some(error), "the same error each time");
        }
    }
    decoded
}

fn check_error(error: &ReadError) {
    assert!(!error.code.is_empty() && !error.message.is_empty(), "an error says what is wrong");
    assert!(!error.message.contains(char::is_control), "an error is one line: {error}");
    assert!(error.message.len() < 5000, "an error is short: {} bytes", error.message.len());
}
