//! JSON Lines: one record a line. A line beyond the cap is skipped without being held.

use std::io::BufRead;

use copydesk_core::ReadError;

use super::out::{Out, RecordHash};
use crate::unpack::read_error;

/// Bytes kept of a line that is too long.
const KEPT_HEAD: usize = 4096;

/// Emits the lines of `input`.
pub(super) fn frame(input: &mut dyn BufRead, max_bytes: u64, out: &mut Out<'_>) -> Result<(), ReadError> {
    let mut offset = 0;
    let mut is_first = true;
    loop {
        let line = read_line(input, max_bytes)
            .map_err(|error| error.at(&format!("record {} at byte {offset}", out.next_number())))?;
        let Some(mut line) = line else { break };
        offset += line.n_bytes;
        if std::mem::take(&mut is_first) && line.head.starts_with(b"\xef\xbb\xbf") {
            line.head.drain(..3);
        }
        let flow = if let Some(hash) = line.overflow {
            line.head.truncate(KEPT_HEAD);
            out.oversize(hash.finish(), line.head, line.n_bytes, max_bytes)
        } else {
            if line.head.trim_ascii().is_empty() {
                continue;
            }
            out.record("application/json", line.head)
        };
        if flow.is_break() {
            return Ok(());
        }
    }
    out.finish("record")
}

struct LineRead {
    /// The line without its end; only the start of one that is too long.
    head: Vec<u8>,
    n_bytes: u64,
    /// Set for a line that is too long: its hash so far.
    overflow: Option<RecordHash>,
}

fn read_line(input: &mut dyn BufRead, max_bytes: u64) -> Result<Option<LineRead>, ReadError> {
    let mut line = LineRead { head: Vec::new(), n_bytes: 0, overflow: None };
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(read_error(&error)),
        };
        if available.is_empty() {
            return Ok((line.n_bytes > 0).then_some(line));
        }
        let end = memchr::memchr(b'\n', available);
        let piece = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
        match &mut line.overflow {
            Some(hash) => hash.update(piece),
            None => line.head.extend_from_slice(piece),
        }
        let n_used = piece.len() + usize::from(end.is_some());
        line.n_bytes += n_used as u64;
        input.consume(n_used);
        if line.overflow.is_none() && line.head.len() as u64 > max_bytes {
            let mut hash = RecordHash::default();
            hash.update(&line.head);
            line.overflow = Some(hash);
            line.head.truncate(KEPT_HEAD);
        }
        if end.is_some() {
            if line.overflow.is_none() && line.head.ends_with(b"\r") {
                line.head.pop();
            }
            return Ok(Some(line));
        }
    }
}

/// Says where in a file an error was met.
pub(super) trait At {
    /// The same error, with its place.
    fn at(self, place: &str) -> ReadError;
}

impl At for ReadError {
    fn at(self, place: &str) -> ReadError {
        ReadError::new(self.code, format!("{place}: {}", self.message))
    }
}
