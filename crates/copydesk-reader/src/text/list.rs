//! Bullets and numbers at the start of blocks: the list items that text shows for certain.

use copydesk_core::{Block, BlockKind};

/// What a bullet proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bullet {
    /// It stands for a list item wherever it is.
    Sure,
    /// A dash may open speech or an aside: a list has more than one.
    InRun,
}

/// The bullet a line starts with.
pub(super) fn bullet(line: &str) -> Option<Bullet> {
    let mut chars = line.chars();
    let mark = chars.next()?;
    let rest = chars.as_str();
    if !rest.chars().any(char::is_alphanumeric) {
        return None;
    }
    let spaced = rest.starts_with([' ', '\t', '\u{a0}']);
    match mark {
        '•' | '◦' | '▪' | '‣' | '●' | '■' | '□' | '○' | '◆' => Some(Bullet::Sure),
        '-' | '*' | '·' | '+' if spaced => Some(if mark == '+' { Bullet::InRun } else { Bullet::Sure }),
        '–' if spaced => Some(Bullet::InRun),
        '-' if rest.starts_with(char::is_alphabetic) => Some(Bullet::InRun),
        _ => None,
    }
}

/// True for a line that starts with `o `, the bullet of deeper lists in dumps by lynx.
pub(super) fn is_round(line: &str) -> bool {
    line.strip_prefix("o ").is_some_and(|rest| rest.chars().any(char::is_alphanumeric))
}

/// The number a line starts with, as `3. ` or `3) `.
pub(super) fn number(line: &str) -> Option<u32> {
    let n_digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(n_digits..)?.strip_prefix(['.', ')'])?;
    if n_digits > 3 || !rest.starts_with([' ', '\t', '\u{a0}']) || !rest.chars().any(char::is_alphanumeric) {
        return None;
    }
    line.get(..n_digits)?.parse().ok()
}

/// A line without the bullet or number it starts with.
pub(super) fn behind_mark(line: &str) -> &str {
    let n_bytes = match (bullet(line), number(line)) {
        (Some(_), _) => line.chars().next().map_or(0, char::len_utf8),
        (None, Some(_)) => line.bytes().take_while(u8::is_ascii_digit).count() + 1,
        (None, None) => 0,
    };
    line.get(n_bytes..).unwrap_or(line).trim_start_matches([' ', '\t', '\u{a0}'])
}

/// Marks the list items among paragraphs.
pub(super) fn mark(raw: &str, blocks: &mut [Block]) {
    let starts: Vec<_> = blocks
        .iter()
        .map(|block| {
            let text = Some(block.span.of_text(raw)).filter(|_| block.kind == BlockKind::Paragraph);
            (text.and_then(bullet), text.and_then(number))
        })
        .collect();
    for (idx, block) in blocks.iter_mut().enumerate() {
        let beside = [idx.checked_sub(1), Some(idx + 1)].map(|idx| idx.and_then(|idx| starts.get(idx)));
        let Some(&(bullet, number)) = starts.get(idx) else { continue };
        let in_run = || beside.iter().flatten().any(|(other, _)| other.is_some() && *other == bullet);
        let is_item = match (bullet, number) {
            (Some(Bullet::Sure), _) => true,
            (Some(Bullet::InRun), _) => in_run(),
            (None, Some(number)) => {
                let [before, after] = beside.map(|beside| beside.and_then(|(_, number)| *number));
                before.is_some_and(|before| before + 1 == number) || after == Some(number + 1)
            }
            (None, None) => false,
        };
        if is_item {
            block.kind = BlockKind::ListItem;
        }
    }
}

#[cfg(test)]
mod tests {
    use copydesk_core::BlockKind;

    use crate::text::{Dialect, blocks};

    fn items(raw: &str) -> Vec<&str> {
        blocks(raw, Dialect::Plain, 1000)
            .unwrap()
            .iter()
            .filter(|block| block.kind == BlockKind::ListItem)
            .map(|block| block.span.of_text(raw))
            .collect()
    }

    #[test]
    fn bullets_make_items() {
        assert_eq!(items("Terms:\n-No tolls\n-Free berths\nEnd."), ["-No tolls", "-Free berths"]);
        assert_eq!(items("• One\n* Two\n- Three"), ["• One", "* Two", "- Three"]);
        assert_eq!(items("3. Fog\n\n4. Rain\n\nYear 2031."), ["3. Fog", "4. Rain"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        assert_eq!(items("-5 degrees\n* * *\n– No, he said.\n2031. A year.\n7. Alone.\n---"), [""; 0]);
    }
}
