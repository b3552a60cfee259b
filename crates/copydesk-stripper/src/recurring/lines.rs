//! An article's lines as they are compared with those of other articles: by hash, white space and lone numbers
//! folded.

use copydesk_core::{Article, BlockKind};

use crate::view::is_prose;

/// Longer lines are compared byte by byte.
const MAX_FOLDED: usize = 256;

/// One block of the article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// What it says; `None` if that is no word and no number.
    pub(super) hash: Option<u32>,
    /// Text to be read, not clicked.
    pub(super) prose: bool,
    pub(super) digits: bool,
    /// Some of it is left by the stages before.
    pub(super) kept: bool,
    pub(super) kind: BlockKind,
}

/// Every block of the article, cut or not.
pub(super) fn lines(article: &Article) -> Vec<Line> {
    let raw = article.raw();
    let mut lines: Vec<Line> = article
        .blocks()
        .iter()
        .map(|block| {
            let text = block.span.of_text(raw);
            Line {
                hash: None,
                prose: is_prose(text),
                digits: text.bytes().any(|byte| byte.is_ascii_digit()),
                kept: false,
                kind: block.kind,
            }
        })
        .collect();
    for kept in article.kept() {
        if let Some(line) = lines.get_mut(kept.block) {
            line.kept = true;
        }
    }
    for (idx, block) in article.blocks().iter().enumerate() {
        // "12 comments" is "14 comments" the next day. But numbers above one another are a table, a list of
        // ingredients or results: these say what the article says.
        let beside = |idx: usize| lines.get(idx).is_some_and(|line| line.digits && !line.prose);
        let lone = !beside(idx.wrapping_sub(1)) && !beside(idx + 1) && block.kind != BlockKind::Table;
        let hash = hash(block.span.of_text(raw), lone);
        if let Some(line) = lines.get_mut(idx) {
            line.hash = hash;
        }
    }
    lines
}

/// 32 bits for what a line says. Kept in ledgers, so what it computes must never change.
fn hash(text: &str, fold_numbers: bool) -> Option<u32> {
    let mut hasher = Hasher::default();
    if text.len() > MAX_FOLDED {
        hasher.write(text.as_bytes());
        return Some(hasher.finish());
    }
    let mut folded = [0_u8; MAX_FOLDED];
    let mut len = 0;
    let mut says_something = false;
    let mut push = |byte: u8| {
        if let Some(place) = folded.get_mut(len) {
            *place = byte;
            len += 1;
        }
    };
    let mut last = b' ';
    for &byte in text.as_bytes() {
        says_something |= byte.is_ascii_alphanumeric() || byte >= 0x80;
        let byte = if byte.is_ascii_whitespace() { b' ' } else { byte };
        let byte = if fold_numbers && byte.is_ascii_digit() { b'0' } else { byte };
        let again = byte == last && (byte == b' ' || byte == b'0' && fold_numbers);
        if !again {
            push(byte);
        }
        last = byte;
    }
    hasher.write(folded.get(..len)?);
    says_something.then(|| hasher.finish())
}

/// A multiplicative hash over words of eight bytes, with the finalizer of MurmurHash3.
#[derive(Default)]
struct Hasher(u64);

impl Hasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.add(u64::from_le_bytes(last));
        self.add(bytes.len() as u64);
    }

    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u32 {
        let mut hash = self.0;
        hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        (hash >> 32) as u32 ^ hash as u32
    }
}

/// 64 bits for the name of a source. Kept in ledgers.
pub(crate) fn source_key(name: &str) -> u64 {
    let mut hasher = Hasher::default();
    hasher.write(name.as_bytes());
    let low = hasher.finish();
    hasher.add(1);
    u64::from(low) | u64::from(hasher.finish()) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_numbers_and_spaces_are_folded() {
        assert_eq!(hash("12 comments", true), hash("140  comments", true));
        assert_ne!(hash("12 comments", false), hash("14 comments", false));
        assert_ne!(hash("Search Trends", true), hash("Search trends today", true));
        assert_eq!(hash(" * * *", true), None);
        assert_eq!(hash("日本語", true), hash("日本語", false));
        let long = "The harbour was closed. ".repeat(12);
        assert_eq!(hash(&long, true), hash(&long, false));
    }

    #[test]
    fn hashes_stay_what_they_are() {
        assert_eq!(hash("Search Trends", true), Some(1_656_090_344));
        assert_eq!(source_key("lantern.example"), 10_563_396_276_521_219_420);
    }
}
