//! Markdown to blocks: what its marks say for certain, and the marks stay where they are. A paragraph is all its
//! lines up to the next blank one or the next mark.

use copydesk_core::{Block, BlockKind};

use super::{Line, block, list};

/// The blocks of Markdown.
pub(super) fn join(raw: &str, lines: &[Line<'_>]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::with_capacity(lines.len());
    let mut fence: Option<&str> = None;
    let mut first: Option<&Line<'_>> = None;
    for (idx, line) in lines.iter().enumerate() {
        let mark = if let Some(open) = fence {
            if closes(open, line.text) {
                fence = None;
            }
            Some(BlockKind::Code)
        } else {
            fence = fence_of(line.text);
            if fence.is_some() { Some(BlockKind::Code) } else { kind_of(line.text) }
        };
        if let Some(kind) = mark {
            blocks.extend(block(raw, line, line, kind));
            continue;
        }
        let start = *first.get_or_insert(line);
        let next = lines.get(idx + 1);
        let is_text = line.text.chars().any(char::is_alphanumeric);
        let goes_on = is_text && next.is_some_and(|next| next.follows && continues(next.text));
        if !goes_on {
            blocks.extend(block(raw, start, line, BlockKind::Paragraph));
            first = None;
        }
    }
    blocks
}

/// Lines that are blocks of their own by their mark.
fn kind_of(line: &str) -> Option<BlockKind> {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && line.get(hashes..).is_some_and(|rest| rest.starts_with([' ', '\t'])) {
        return Some(BlockKind::Heading);
    }
    if line.starts_with('>') {
        return Some(BlockKind::Quote);
    }
    (line.len() > 2 && line.starts_with('|') && line.ends_with('|')).then_some(BlockKind::Table)
}

fn continues(line: &str) -> bool {
    fence_of(line).is_none()
        && kind_of(line).is_none()
        && list::bullet(line).is_none()
        && list::number(line).is_none()
        && line.chars().any(char::is_alphanumeric)
}

/// The fence a line opens: three backticks or tildes at least.
fn fence_of(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(mark);
    let fence = line.get(..line.len() - rest.len())?;
    (fence.len() >= 3 && !(mark == '`' && rest.contains('`'))).then_some(fence)
}

fn closes(fence: &str, line: &str) -> bool {
    line.starts_with(fence) && fence.chars().next().is_some_and(|mark| line.trim_end_matches(mark).is_empty())
}

#[cfg(test)]
mod tests {
    use copydesk_core::BlockKind;

    use crate::text::{Dialect, blocks};

    #[test]
    fn marks_say_what_a_block_is() {
        let raw = "# Fog\nThe harbour\nis closed.\n- a pier\n- a quay\n> So be it\n```sh\nls | wc\n```\n| a | b |\n";
        let found: Vec<_> = blocks(raw, Dialect::Markdown, 1000)
            .unwrap()
            .iter()
            .map(|block| (block.kind, block.span.of_text(raw)))
            .collect();
        assert_eq!(
            found,
            [
                (BlockKind::Heading, "# Fog"),
                (BlockKind::Paragraph, "The harbour\nis closed."),
                (BlockKind::ListItem, "- a pier"),
                (BlockKind::ListItem, "- a quay"),
                (BlockKind::Quote, "> So be it"),
                (BlockKind::Code, "```sh"),
                (BlockKind::Code, "ls | wc"),
                (BlockKind::Code, "```"),
                (BlockKind::Table, "| a | b |"),
            ]
        );
    }
}
