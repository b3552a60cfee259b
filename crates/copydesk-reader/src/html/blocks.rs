//! The blocks of a page as they are finished, one a line of `raw`, and the skeleton of elements they hang on.

use copydesk_core::{Block, BlockKind, Markup, Span};

use super::hints::Hints;
use super::line::Line;
use crate::{ReadError, text};

/// A cell of a table row that has not ended yet.
#[derive(Debug)]
struct Cell {
    line: Line,
    node: u32,
    kind: BlockKind,
}

/// A table row while it may still become one block.
#[derive(Debug)]
struct Row {
    cells: Vec<Cell>,
    /// True if the cell that is being read has a line already.
    filled: bool,
}

/// Longer cells hold running text: the table is a layout.
const MAX_CELL: usize = 200;
/// Rows with more cells are no rows a person reads.
const MAX_CELLS: usize = 256;

/// Collects finished lines.
#[derive(Debug)]
pub(crate) struct Blocks {
    pub(crate) raw: String,
    pub(crate) finished: Vec<Block>,
    max: usize,
    row: Option<Row>,
}

impl Blocks {
    pub(crate) fn new(max: usize) -> Blocks {
        Blocks { raw: String::new(), finished: Vec::new(), max, row: None }
    }

    /// True if there are more blocks than an article can have: the rest of the page does not matter.
    pub(crate) fn is_full(&self) -> bool {
        self.finished.len() > self.max
    }

    /// An error if there are more blocks than an article can have.
    pub(crate) fn check(&self) -> Result<(), ReadError> {
        if self.is_full() {
            return Err(crate::too_many_blocks(self.max));
        }
        Ok(())
    }

    /// Starts a table row.
    pub(crate) fn open_row(&mut self, hints: &mut Hints) {
        self.dissolve_row(hints);
        self.row = Some(Row { cells: Vec::new(), filled: false });
    }

    /// Starts a cell of the row.
    pub(crate) fn open_cell(&mut self) {
        if let Some(row) = &mut self.row {
            row.filled = false;
        }
    }

    /// The table turned out to be a layout: what its row held so far are ordinary blocks.
    pub(crate) fn dissolve_row(&mut self, hints: &mut Hints) {
        if let Some(row) = self.row.take() {
            for cell in &row.cells {
                self.emit(&cell.line, cell.node, cell.kind, hints);
            }
        }
    }

    /// Ends a row: one block of kind table if its cells are short, with a tab between them.
    pub(crate) fn close_row(&mut self, node: u32, hints: &mut Hints) {
        let Some(row) = &self.row else { return };
        let is_data = row.cells.len() > 1
            && row.cells.iter().all(|cell| cell.line.text().len() <= MAX_CELL && !cell.line.has_empty_line());
        if !is_data {
            return self.dissolve_row(hints);
        }
        let Some(row) = self.row.take() else { return };
        let start = self.start_line();
        let mut markup = Markup { node, ..Markup::default() };
        for (idx, cell) in row.cells.iter().enumerate() {
            if idx > 0 {
                self.raw.push('\t');
            }
            hints.settle(cell.line.id, |_| self.finished.len());
            for segment in cell.line.segments(false) {
                self.raw.push_str(cell.line.text().get(segment.range.clone()).unwrap_or(""));
                markup.link_bytes += segment.link_bytes as u32;
                markup.links = markup.links.saturating_add(count(segment.links));
                markup.emphasis_bytes += segment.emphasis_bytes as u32;
            }
        }
        self.push(start, BlockKind::Table, markup);
    }

    /// Takes a finished line.
    pub(crate) fn add(&mut self, line: &mut Line, node: u32, kind: BlockKind, hints: &mut Hints) {
        if self.row.as_ref().is_some_and(|row| row.filled || row.cells.len() >= MAX_CELLS) {
            self.dissolve_row(hints);
        }
        if let Some(row) = &mut self.row {
            row.cells.push(Cell { line: line.take(), node, kind });
            row.filled = true;
        } else {
            self.emit(line, node, kind, hints);
            line.restart();
        }
    }

    /// The lines of a `pre` from block `from` on, which may be running text: then they are joined to paragraphs.
    /// `after_blank` names the blocks that stand after a blank line.
    pub(crate) fn join_prose(&mut self, from: usize, after_blank: &[usize], hints: &mut Hints) {
        if self.finished.iter().skip(from).any(|block| block.kind != BlockKind::Code) {
            return;
        }
        let lines: Vec<(&str, bool)> = self
            .finished
            .iter()
            .enumerate()
            .skip(from)
            .map(|(idx, block)| (block.span.of_text(&self.raw), after_blank.binary_search(&idx).is_err()))
            .collect();
        let n_code = lines.iter().filter(|(line, _)| line.ends_with([';', '{', '}', '\\', '>'])).count();
        let Some(joins) = text::joins(&lines).filter(|_| 10 * n_code < lines.len()) else { return };
        let Some(at) = self.finished.get(from).map(|block| block.span.start()) else { return };
        let old = self.raw.split_off(at);
        let tail = self.finished.split_off(from);
        let mut moved_to = Vec::with_capacity(tail.len());
        for (block, joined) in tail.iter().zip(joins) {
            let line = old.get(block.span.start() - at..block.span.end() - at).unwrap_or("");
            let start = match self.finished.last() {
                Some(last) if joined => last.span.start(),
                _ => self.raw.len() + usize::from(!moved_to.is_empty()),
            };
            if !moved_to.is_empty() {
                self.raw.push(if joined { ' ' } else { '\n' });
            }
            self.raw.push_str(line);
            let mut markup = block.markup.unwrap_or_default();
            if joined && let Some(first) = self.finished.pop().and_then(|block| block.markup) {
                markup.link_bytes += first.link_bytes;
                markup.links = markup.links.saturating_add(first.links);
                markup.emphasis_bytes += first.emphasis_bytes;
            }
            moved_to.push(self.finished.len());
            self.push(start, BlockKind::Paragraph, markup);
        }
        hints.move_blocks(from, &moved_to);
    }

    fn emit(&mut self, line: &Line, node: u32, kind: BlockKind, hints: &mut Hints) {
        let split = !matches!(kind, BlockKind::Heading | BlockKind::Code);
        let first_block = self.finished.len();
        let segments = line.segments(split);
        hints.settle(line.id, |at| {
            let n_before = segments.iter().take_while(|segment| segment.range.end < at).count();
            first_block + n_before.min(segments.len().saturating_sub(1))
        });
        for segment in segments {
            if self.is_full() {
                return;
            }
            let start = self.start_line();
            self.raw.push_str(line.text().get(segment.range.clone()).unwrap_or(""));
            let markup = Markup {
                node,
                link_bytes: segment.link_bytes as u32,
                links: count(segment.links),
                emphasis_bytes: segment.emphasis_bytes as u32,
            };
            self.push(start, kind, markup);
        }
    }

    fn start_line(&mut self) -> usize {
        if !self.raw.is_empty() {
            self.raw.push('\n');
        }
        self.raw.len()
    }

    fn push(&mut self, start: usize, kind: BlockKind, markup: Markup) {
        if let Some(span) = Span::new(&self.raw, start, self.raw.len()) {
            let span = span.trimmed(&self.raw);
            self.finished.push(Block { span, kind, markup: Some(markup), language: None });
        }
    }
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
