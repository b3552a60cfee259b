//! The text of one block while it grows: white space folded, links and emphasis remembered as ranges, line
//! breaks as places where it may be split.

use std::ops::Range;

/// A line break within running text is no paragraph's end if at least this much stands before it.
const WRAPPED_LINE: usize = 40;
/// Line breaks kept of one line; more than any article has blocks.
const MAX_BREAKS: usize = 1 << 19;

/// A piece of a line that becomes one block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) range: Range<usize>,
    pub(crate) link_bytes: usize,
    pub(crate) links: usize,
    pub(crate) emphasis_bytes: usize,
}

/// One line of visible text.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Counts lines, so that hints can find theirs again.
    pub(crate) id: u32,
    text: String,
    space: bool,
    /// An inline element started or ended here.
    seam: bool,
    breaks: Vec<usize>,
    links: Ranges,
    emphasis: Ranges,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the next visible character will stand.
    pub(crate) fn next_at(&self) -> usize {
        self.text.len() + usize::from(self.space && !self.text.is_empty())
    }

    /// Appends text, white space folded and invisible characters left out.
    pub(crate) fn push(&mut self, text: &str) {
        // Most words are plain ASCII between single spaces: they are copied as a run.
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let n_plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
            if n_plain > 0 {
                self.gap(first);
                let (plain, after) = rest.split_at(n_plain);
                self.text.push_str(plain);
                rest = after;
                continue;
            }
            if first.is_whitespace() || (first.is_control() && first != '\u{fffd}') {
                self.space = true;
            } else if !is_invisible(first) {
                self.gap(first);
                self.text.push(first);
            }
            rest = rest.get(first.len_utf8()..).unwrap_or("");
        }
    }

    fn gap(&mut self, next: char) {
        let parted = self.space || (self.seam && self.is_joined(next));
        self.space = false;
        self.seam = false;
        if parted && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    /// True if a style sheet must part what stands before from a text that starts with `next`: hardly a word goes
    /// on with a capital after a small letter just where an element starts or ends.
    fn is_joined(&self, next: char) -> bool {
        let mut before = self.text.chars().rev();
        let ends_word = |c: char| c.is_lowercase() || c.is_numeric();
        next.is_uppercase()
            && match before.next() {
                Some('.' | '!' | '?' | ':' | ';' | ',' | ')' | '”') => before.next().is_some_and(ends_word),
                last => last.is_some_and(ends_word),
            }
    }

    /// Appends text with all its spaces; it holds no line's end.
    pub(crate) fn push_verbatim(&mut self, text: &str) {
        let shown = text.chars().filter(|c| !is_invisible(*c));
        self.text.extend(shown.map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }));
    }

    /// An inline element starts or ends: see [`Line::is_joined`].
    pub(crate) fn seam(&mut self) {
        self.seam = true;
    }

    /// A space, if text follows.
    pub(crate) fn space(&mut self) {
        self.space = true;
    }

    /// A line break.
    pub(crate) fn line_break(&mut self) {
        let at = self.text.len();
        // Two in one place make an empty line; more make no other.
        let is_new = !matches!(self.breaks.as_slice(), [.., a, b] if *a == at && *b == at);
        if at > 0 && is_new && self.breaks.len() < MAX_BREAKS {
            self.breaks.push(at);
        }
        self.space = true;
    }

    pub(crate) fn open_link(&mut self) {
        let at = self.next_at();
        self.links.open(at);
    }

    pub(crate) fn close_link(&mut self) {
        self.links.close(self.text.len());
    }

    pub(crate) fn open_emphasis(&mut self) {
        let at = self.next_at();
        self.emphasis.open(at);
    }

    pub(crate) fn close_emphasis(&mut self) {
        self.emphasis.close(self.text.len());
    }

    /// Starts anew, inside the same links and emphasis.
    pub(crate) fn restart(&mut self) {
        self.id += 1;
        self.text.clear();
        self.space = false;
        self.seam = false;
        self.breaks.clear();
        self.links.restart();
        self.emphasis.restart();
    }

    /// Hands the line over and starts anew.
    pub(crate) fn take(&mut self) -> Line {
        let next =
            Line { id: self.id, links: self.links.next(), emphasis: self.emphasis.next(), ..Line::default() };
        let taken = std::mem::replace(self, next);
        self.id += 1;
        taken
    }

    /// True if a paragraph ends inside, by an empty line.
    pub(crate) fn has_empty_line(&self) -> bool {
        self.breaks.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
    }

    /// The pieces the line breaks part it into; the whole line if it is not to be split.
    pub(crate) fn segments(&self, split: bool) -> Vec<Segment> {
        let len = self.text.len();
        let mut starts = vec![0];
        if split {
            let mut idx = 0;
            while let Some(&at) = self.breaks.get(idx) {
                let n_same = self.breaks.iter().skip(idx).take_while(|other| **other == at).count();
                idx += n_same;
                let next = self.breaks.get(idx).copied().unwrap_or(len);
                if n_same > 1 || self.ends_line(starts.last().copied().unwrap_or(0), at, next) {
                    starts.push(at);
                }
            }
        }
        starts.push(len);
        starts.windows(2).filter_map(|pair| self.segment(*pair.first()?, *pair.last()?)).collect()
    }

    /// Whether a single break ends a block. It does not where running text was merely set to a width: after
    /// half a sentence, before a small letter.
    fn ends_line(&self, start: usize, at: usize, next: usize) -> bool {
        let before = self.text.get(start..at).unwrap_or("").trim_end();
        let after = self.text.get(at..next).unwrap_or("").trim_start();
        let unfinished = before.len() >= WRAPPED_LINE
            && before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
        !(unfinished && after.chars().next().is_some_and(char::is_lowercase))
    }

    fn segment(&self, start: usize, end: usize) -> Option<Segment> {
        let text = self.text.get(start..end)?;
        let start = start + text.len() - text.trim_start_matches(' ').len();
        let end = end - (text.len() - text.trim_end_matches(' ').len());
        if start >= end {
            return None;
        }
        let (link_bytes, links) = self.links.within(start, end, self.text.len());
        let (emphasis_bytes, _) = self.emphasis.within(start, end, self.text.len());
        Some(Segment { range: start..end, link_bytes, links, emphasis_bytes })
    }
}

/// Characters that take no room: soft hyphens, zero-width spaces, byte order marks, word joiners. Joiners that
/// shape letters and emoji stay.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}')
}

/// Sorted, disjoint ranges, the last of which may still be open. Nested ones count as one.
#[derive(Debug, Default)]
struct Ranges {
    done: Vec<Range<usize>>,
    open_at: Option<usize>,
    depth: u32,
}

impl Ranges {
    fn open(&mut self, at: usize) {
        self.depth += 1;
        if self.depth == 1 {
            self.open_at = Some(at);
        }
    }

    fn close(&mut self, at: usize) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0
            && let Some(start) = self.open_at.take()
            && start < at
        {
            self.done.push(start..at);
        }
    }

    fn restart(&mut self) {
        self.done.clear();
        self.open_at = self.open_at.map(|_| 0);
    }

    /// What goes on in the next line.
    fn next(&self) -> Ranges {
        Ranges { done: Vec::new(), open_at: self.open_at.map(|_| 0), depth: self.depth }
    }

    /// Bytes of `start..end` inside the ranges, and how many ranges that are.
    fn within(&self, start: usize, end: usize, len: usize) -> (usize, usize) {
        let first = self.done.partition_point(|range| range.end <= start);
        let open = self.open_at.map(|at| at..len);
        let overlaps = self.done.iter().skip(first).take_while(|range| range.start < end).chain(&open);
        let mut bytes = 0;
        let mut n_ranges = 0;
        for range in overlaps {
            let overlap = range.end.min(end).saturating_sub(range.start.max(start));
            bytes += overlap;
            n_ranges += usize::from(overlap > 0);
        }
        (bytes, n_ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(line: &Line) -> Vec<&str> {
        line.segments(true).into_iter().map(|segment| line.text.get(segment.range).unwrap()).collect()
    }

    #[test]
    fn folds_white_space() {
        let mut line = Line::default();
        line.push(" \n Rain\u{a0} fell\u{ad}");
        line.push(" on \u{3000}");
        line.push("Wick\u{200b}. ");
        assert_eq!(line.text(), "Rain fell on Wick.");
    }

    #[test]
    fn seams_part_what_is_no_word() {
        let mut line = Line::default();
        for text in ["control", "Fog", "T", "he", " i", "phone", "."] {
            line.seam();
            line.push(text);
        }
        assert_eq!(line.text(), "control Fog The iphone.");
    }

    #[test]
    fn breaks_part_lines_but_not_wrapped_text() {
        let mut line = Line::default();
        for text in [
            "By Ada Moor",
            "2 May 2031",
            "The harbour was closed for the whole of the night",
            "and opened at six.",
        ] {
            line.push(text);
            line.line_break();
        }
        line.line_break();
        line.push("Nobody was hurt.");
        assert_eq!(
            pieces(&line),
            [
                "By Ada Moor",
                "2 May 2031",
                "The harbour was closed for the whole of the night and opened at six.",
                "Nobody was hurt."
            ]
        );
        assert!(line.has_empty_line());
    }

    #[test]
    fn counts_links_by_piece() {
        let mut line = Line::default();
        line.push("See ");
        line.open_link();
        line.push("the map");
        line.close_link();
        line.line_break();
        line.open_link();
        line.push("More");
        let segments = line.segments(true);
        assert_eq!((segments[0].link_bytes, segments[0].links), (7, 1));
        assert_eq!((segments[1].link_bytes, segments[1].links), (4, 1));
        line.restart();
        line.push("and more");
        assert_eq!(line.segments(true)[0].link_bytes, 8);
    }
}
