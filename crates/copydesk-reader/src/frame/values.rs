//! A JSON file: one object, an array of objects, or objects one after the other. Values are found by their
//! brackets alone, so that a file of any size is framed as it streams by; whether they are right is for the
//! decoder to say.

use std::io::{BufRead, Cursor, Read};

use copydesk_core::ReadError;

use super::lines::At;
use super::out::{Out, RecordHash};
use crate::unpack::{read_error, read_head};

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes kept of a value that is too large.
const KEPT_HEAD: usize = 4096;

/// A value as it stands in the file.
pub(super) enum Value {
    /// Its bytes.
    Whole(Vec<u8>),
    /// Too large to hold: its start, hash and size.
    Oversize(Vec<u8>, RecordHash, u64),
}

/// `input` behind its byte order mark, and how many bytes that has.
pub(super) fn behind_mark<R: BufRead>(mut input: R) -> Result<(impl BufRead, u64), ReadError> {
    // Not by what stands in a buffer: decompressed data may come a byte at a time.
    let head = read_head(&mut input, MARK.len()).map_err(|error| read_error(&error))?;
    let n_bytes = if head == MARK { MARK.len() as u64 } else { 0 };
    let mut head = Cursor::new(head);
    head.set_position(n_bytes);
    Ok((head.chain(input), n_bytes))
}

/// Reads values.
pub(super) struct Values<'a> {
    input: &'a mut dyn BufRead,
    max_bytes: u64,
    offset: u64,
}

impl<'a> Values<'a> {
    /// The values of `input`, of which `offset` bytes were read before.
    pub(super) fn new(input: &'a mut dyn BufRead, offset: u64, max_bytes: u64) -> Values<'a> {
        Values { input, max_bytes, offset }
    }

    /// The next byte that is no white space, unread.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            let available = self.input.fill_buf().map_err(|error| read_error(&error))?;
            if available.is_empty() {
                return Ok(None);
            }
            let n_space = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = available.get(n_space).copied();
            self.input.consume(n_space);
            self.offset += n_space as u64;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Leaves the byte that was peeked at behind.
    pub(super) fn skip(&mut self) {
        self.input.consume(1);
        self.offset += 1;
    }

    /// The next value; one that the file's end cuts short is an error.
    pub(super) fn next(&mut self) -> Result<Value, ReadError> {
        let mut scan = Scan::default();
        let mut head = Vec::new();
        let mut n_bytes = 0;
        let mut overflow: Option<RecordHash> = None;
        loop {
            let available = self.input.fill_buf().map_err(|error| read_error(&error))?;
            if available.is_empty() {
                if scan.is_scalar() {
                    break;
                }
                return Err(ReadError::new("truncated", "the file ends inside this value"));
            }
            let (n_used, done) = scan.run(available);
            let piece = available.get(..n_used).unwrap_or_default();
            match &mut overflow {
                Some(hash) => hash.update(piece),
                None => head.extend_from_slice(piece),
            }
            n_bytes += n_used as u64;
            self.input.consume(n_used);
            self.offset += n_used as u64;
            if overflow.is_none() && head.len() as u64 > self.max_bytes {
                let mut hash = RecordHash::default();
                hash.update(&head);
                overflow = Some(hash);
                head.truncate(KEPT_HEAD);
            }
            if done {
                break;
            }
        }
        Ok(match overflow {
            Some(hash) => Value::Oversize(head, hash, n_bytes),
            None => Value::Whole(head),
        })
    }

    /// Emits values up to the array's or the file's end.
    pub(super) fn emit_all(&mut self, in_array: bool, out: &mut Out<'_>) -> Result<(), ReadError> {
        loop {
            let place = |offset: u64, out: &Out<'_>| format!("record {} at byte {offset}", out.next_number());
            let next = self.peek().map_err(|error| error.at(&place(self.offset, out)))?;
            let start = self.offset;
            match next {
                Some(b']') if in_array => break,
                Some(b',') => {
                    self.skip();
                    continue;
                }
                None if in_array => {
                    return Err(ReadError::new("truncated", "the array does not end").at(&place(start, out)));
                }
                None => break,
                Some(_) => {}
            }
            let flow = match self.next().map_err(|error| error.at(&place(start, out)))? {
                Value::Whole(value) => out.record("application/json", value),
                Value::Oversize(head, hash, n_bytes) => {
                    out.oversize(hash.finish(), head, n_bytes, self.max_bytes)
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
        out.finish("record")
    }
}

/// Finds a value's end.
#[derive(Default)]
struct Scan {
    depth: u64,
    in_string: bool,
    escaped: bool,
    started: bool,
}

impl Scan {
    /// True inside a number or a word, which only what follows can end.
    fn is_scalar(&self) -> bool {
        self.started && self.depth == 0 && !self.in_string
    }

    /// Takes bytes up to the value's end; how many, and whether it was reached.
    fn run(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (idx, byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return (idx + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' | b'{' | b'[' if self.depth == 0 && self.started => return (idx, true),
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (idx + 1, true);
                    }
                }
                // A bracket that closes nothing is a value of its own, for the decoder to refuse.
                b'}' | b']' if !self.started => return (idx + 1, true),
                b'}' | b']' | b',' if self.depth == 0 => return (idx, true),
                byte if self.depth == 0 && self.started && byte.is_ascii_whitespace() => return (idx, true),
                _ => {}
            }
            self.started = true;
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let mut input = text.as_bytes();
        // Small pieces, so that every value is cut somewhere.
        let mut input = std::io::BufReader::with_capacity(3, &mut input);
        let mut values = Values::new(&mut input, 0, 20);
        let mut found = Vec::new();
        while values.peek().unwrap().is_some() {
            found.push(match values.next() {
                Ok(Value::Whole(value)) => String::from_utf8(value).unwrap(),
                Ok(Value::Oversize(head, _, n_bytes)) => format!("{}… {n_bytes}", head.len()),
                Err(error) => error.code.to_owned(),
            });
        }
        found
    }

    #[test]
    fn values_end_where_their_brackets_do() {
        assert_eq!(
            values(r#"{"a": "}\"{"} [1,[2]] 12 true"x" ]{"#),
            [r#"{"a": "}\"{"}"#, "[1,[2]]", "12", "true", "\"x\"", "]", "truncated"]
        );
        assert_eq!(values(r#"{"a": "more than twenty"} 1"#), ["21… 25", "1"]);
    }
}
