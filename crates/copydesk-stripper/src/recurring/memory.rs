//! What is remembered of an article, and its bytes in the ledger.

use super::lines::Line;

/// Lines of prose remembered of an article: from its beginning.
const MOST_PROSE: usize = 32;
/// Other lines: of its beginning and of its end, for that is where furniture stands.
const MOST_FIRST: usize = 24;
const MOST_LAST: usize = 40;

/// An article in its source's window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remembered {
    /// Which source.
    pub(super) source: u64,
    /// Its place in the ledger, or that of the article it is a revision of.
    pub(super) order: u64,
    /// The beginning of its id.
    pub(super) id: u64,
    /// Hashes, each once; first those of prose.
    lines: Vec<u32>,
    n_prose: usize,
}

impl Remembered {
    pub(super) fn of(lines: &[Line], source: u64, order: u64, id: u64) -> Remembered {
        let hashes =
            |prose: bool| lines.iter().filter(move |line| line.prose == prose).filter_map(|line| line.hash);
        let mut kept: Vec<u32> = hashes(true).take(MOST_PROSE).collect();
        kept.sort_unstable();
        kept.dedup();
        let n_prose = kept.len();
        let short: Vec<u32> = hashes(false).collect();
        let n_left_out = short.len().saturating_sub(MOST_FIRST + MOST_LAST);
        let (first, rest) = short.split_at(MOST_FIRST.min(short.len()));
        let mut short: Vec<u32> = first.iter().chain(rest.iter().skip(n_left_out)).copied().collect();
        short.sort_unstable();
        short.dedup();
        kept.extend(short);
        Remembered { source, order, id, lines: kept, n_prose }
    }

    pub(super) fn lines(&self) -> &[u32] {
        &self.lines
    }

    pub(super) fn prose(&self) -> &[u32] {
        self.lines.get(..self.n_prose).unwrap_or_default()
    }

    pub(super) fn short(&self) -> &[u32] {
        self.lines.get(self.n_prose..).unwrap_or_default()
    }

    /// As bytes: version, source, id, how far before the article's own place it stands, how many lines of prose,
    /// the lines.
    pub(super) fn write(&self, seq: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + 4 * self.lines.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.source.to_le_bytes());
        bytes.extend_from_slice(&self.id.to_le_bytes());
        bytes.extend_from_slice(&seq.saturating_sub(self.order).to_le_bytes());
        bytes.push(self.n_prose as u8);
        for line in &self.lines {
            bytes.extend_from_slice(&line.to_le_bytes());
        }
        bytes
    }

    /// `None` for what is no memory of this version: it is of no use, and no harm.
    pub(super) fn read(seq: u64, bytes: &[u8]) -> Option<Remembered> {
        let (&version, rest) = bytes.split_first()?;
        let (source, rest) = rest.split_first_chunk()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (before, rest) = rest.split_first_chunk()?;
        let (&n_prose, rest) = rest.split_first()?;
        let (lines, left) = rest.as_chunks::<4>();
        let n_prose = usize::from(n_prose);
        let is_whole =
            version == VERSION && left.is_empty() && lines.len() <= MOST_PROSE + MOST_FIRST + MOST_LAST;
        if !is_whole || n_prose > lines.len() {
            return None;
        }
        Some(Remembered {
            source: u64::from_le_bytes(*source),
            order: seq.checked_sub(u64::from_le_bytes(*before))?,
            id: u64::from_le_bytes(*id),
            lines: lines.iter().map(|line| u32::from_le_bytes(*line)).collect(),
            n_prose,
        })
    }
}

const VERSION: u8 = 1;
const HEAD: usize = 26;

#[cfg(test)]
mod tests {
    use copydesk_core::BlockKind;

    use super::*;

    #[test]
    fn a_memory_is_read_back_and_nothing_else_is() {
        let line = |hash, prose| Line {
            hash: Some(hash),
            prose,
            digits: false,
            kept: true,
            kind: BlockKind::Paragraph,
        };
        let lines: Vec<Line> = (0..200).map(|n| line(n % 150, n % 3 == 0)).collect();
        let remembered = Remembered::of(&lines, 7, 90, 8);
        assert!(remembered.lines().len() <= MOST_PROSE + MOST_FIRST + MOST_LAST);
        let bytes = remembered.write(100);
        assert_eq!(Remembered::read(100, &bytes), Some(remembered.clone()));
        assert_eq!(Remembered::read(9, &bytes), None);
        for len in 0..bytes.len() {
            let cut = Remembered::read(100, &bytes[..len]);
            assert!(cut.is_none_or(|cut| cut.lines().len() < remembered.lines().len()), "{len}");
        }
        assert_eq!(Remembered::read(100, b"another stage's memory"), None);
    }
}
