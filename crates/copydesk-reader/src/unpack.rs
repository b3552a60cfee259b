//! Decompression under caps: by content, not by name, as files are often renamed but rarely repacked.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use copydesk_core::ReadError;
use flate2::bufread::MultiGzDecoder;

/// Output up to which the ratio is not looked at.
const RATIO_FREE: u64 = 1 << 20;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// By the first bytes.
    pub(crate) fn of(head: &[u8]) -> Packing {
        if head.starts_with(b"\x1f\x8b\x08") {
            Packing::Gzip
        } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
            Packing::Zstd
        } else {
            Packing::None
        }
    }
}

/// What decompression may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// Bytes of output; `u64::MAX` for streams.
    pub(crate) max_output: u64,
    /// Bytes of output for one byte of input.
    pub(crate) max_ratio: u64,
}

/// The decompressed bytes of `input`, which starts with `head`'s packing.
pub(crate) fn unpack<'a>(
    input: impl Read + 'a,
    packing: Packing,
    caps: Caps,
) -> Result<BufReader<Box<dyn Read + 'a>>, ReadError> {
    let n_in = Rc::new(Cell::new(0));
    let input = BufReader::with_capacity(32 * 1024, Counted { input, n_in: Rc::clone(&n_in) });
    let output: Box<dyn Read + 'a> = match packing {
        Packing::None => Box::new(input),
        Packing::Gzip => Box::new(Capped { output: MultiGzDecoder::new(input), n_in, n_out: 0, caps }),
        Packing::Zstd => {
            let decoder = zstd::Decoder::with_buffer(input).map_err(|error| read_error(&error))?;
            Box::new(Capped { output: decoder, n_in, n_out: 0, caps })
        }
    };
    Ok(BufReader::with_capacity(64 * 1024, output))
}

/// The whole of a compressed article.
pub(crate) fn unpack_whole(bytes: &[u8], packing: Packing, caps: Caps) -> Result<Vec<u8>, ReadError> {
    let mut whole = Vec::new();
    unpack(bytes, packing, caps)?.read_to_end(&mut whole).map_err(|error| read_error(&error))?;
    Ok(whole)
}

/// The whole of a body sent as `deflate`, which is zlib data by the standard and bare deflate data by habit;
/// `None` if it is neither.
pub(crate) fn inflate(bytes: &[u8], caps: Caps) -> Result<Option<Vec<u8>>, ReadError> {
    let n_in = Rc::new(Cell::new(bytes.len() as u64));
    let zlib: Box<dyn Read + '_> = Box::new(flate2::bufread::ZlibDecoder::new(bytes));
    let bare: Box<dyn Read + '_> = Box::new(flate2::bufread::DeflateDecoder::new(bytes));
    for output in [zlib, bare] {
        let mut whole = Vec::new();
        match (Capped { output, n_in: Rc::clone(&n_in), n_out: 0, caps }).read_to_end(&mut whole) {
            Ok(_) => return Ok(Some(whole)),
            Err(error) => {
                let error = read_error(&error);
                if matches!(error.code, "ratio" | "too_large") {
                    return Err(error);
                }
            }
        }
    }
    Ok(None)
}

/// What an error while reading says of the file.
pub(crate) fn read_error(error: &io::Error) -> ReadError {
    if let Some(known) = error.get_ref().and_then(|inner| inner.downcast_ref::<ReadError>()) {
        return known.clone();
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::new("truncated", "the compressed data ends early"),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            ReadError::new("bad_compression", format!("the compressed data is damaged: {error}"))
        }
        _ => ReadError::new("unreadable", format!("cannot read on: {error}")),
    }
}

/// Fills `buffer` as far as the input goes.
pub(crate) fn read_head(input: &mut dyn Read, max: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(max as u64).read_to_end(&mut head)?;
    Ok(head)
}

struct Counted<R> {
    input: R,
    n_in: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.n_in.set(self.n_in.get() + n as u64);
        Ok(n)
    }
}

struct Capped<R> {
    output: R,
    n_in: Rc<Cell<u64>>,
    n_out: u64,
    caps: Caps,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.output.read(buffer)?;
        self.n_out += n as u64;
        if self.n_out > self.caps.max_output {
            let message = format!("more than {} bytes once decompressed", self.caps.max_output);
            return Err(io::Error::other(ReadError::new("too_large", message)));
        }
        if self.n_out > RATIO_FREE && self.n_out / self.caps.max_ratio.max(1) > self.n_in.get() {
            let message = format!(
                "one compressed byte becomes more than {}: {} bytes of {}",
                self.caps.max_ratio,
                self.n_out,
                self.n_in.get()
            );
            return Err(io::Error::other(ReadError::new("ratio", message)));
        }
        Ok(n)
    }
}
