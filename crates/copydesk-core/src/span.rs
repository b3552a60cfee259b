//! A byte range that is known to fit its text, so that nobody slices blindly.

use serde::{Serialize, Serializer};

/// A half-open byte range of an article's `raw` text, `start <= end`, both on character boundaries.
///
/// The boundaries are checked once, in [`Span::new`]; from there on a span is trusted for that text.
/// Serialised as `[start, end]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The span from `start` to `end` of `raw`, or `None` if that is no range of whole characters.
    ///
    /// ```
    /// use copydesk_core::Span;
    /// assert!(Span::new("né", 0, 1).is_some());
    /// assert!(Span::new("né", 0, 2).is_none()); // in the middle of "é"
    /// ```
    pub fn new(raw: &str, start: usize, end: usize) -> Option<Span> {
        (start <= end && raw.is_char_boundary(start) && raw.is_char_boundary(end))
            .then_some(Span { start, end })
    }

    /// The span of `part`, which must be a slice of `raw` itself, not a copy of it.
    pub fn of(raw: &str, part: &str) -> Option<Span> {
        let start = (part.as_ptr() as usize).checked_sub(raw.as_ptr() as usize)?;
        Span::new(raw, start, start.checked_add(part.len())?)
    }

    /// First byte.
    pub fn start(self) -> usize {
        self.start
    }

    /// One past the last byte.
    pub fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True if the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The text of the span; the empty string if `raw` is not the text this span was made for.
    pub fn of_text(self, raw: &str) -> &str {
        raw.get(self.start..self.end).unwrap_or("")
    }

    /// True if the two share a byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True if `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span without white space (ASCII only) at its ends.
    #[must_use]
    pub fn trimmed(self, raw: &str) -> Span {
        let text = self.of_text(raw);
        let head = text.len() - text.trim_start_matches(is_space).len();
        let tail = text.len() - text.trim_end_matches(is_space).len();
        if head == text.len() {
            return Span { start: self.start, end: self.start };
        }
        Span { start: self.start + head, end: self.end - tail }
    }

    /// The parts of this span that none of `holes` covers, in order. `holes` are sorted and disjoint.
    pub fn minus(self, holes: &[Span]) -> Vec<Span> {
        let mut rest = Vec::new();
        let mut start = self.start;
        for hole in holes.iter().filter(|hole| hole.overlaps(self)) {
            if hole.start > start {
                rest.push(Span { start, end: hole.start });
            }
            start = start.max(hole.end);
        }
        if start < self.end {
            rest.push(Span { start, end: self.end });
        }
        rest
    }
}

/// ASCII white space, the only bytes that may lie outside every block.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minus_leaves_the_gaps() {
        let raw = "0123456789";
        let span = |a, b| Span::new(raw, a, b).unwrap();
        assert_eq!(span(2, 8).minus(&[span(0, 3), span(5, 6)]), vec![span(3, 5), span(6, 8)]);
        assert_eq!(span(2, 8).minus(&[span(0, 10)]), vec![]);
        assert_eq!(span(2, 8).minus(&[]), vec![span(2, 8)]);
    }

    #[test]
    fn trims_only_ascii_space() {
        let raw = " \u{a0}x \n";
        assert_eq!(Span::new(raw, 0, raw.len()).unwrap().trimmed(raw).of_text(raw), "\u{a0}x");
    }
}
