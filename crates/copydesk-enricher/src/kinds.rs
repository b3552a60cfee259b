//! What each block of the body is: heading, list item, caption, or running text.
//!
//! Markup that says so is believed. In plain text a heading is known by its looks and by what stands around
//! it; where lines are short throughout (verse, tables, menus), none is.

use copydesk_core::{Article, BlockKind, Reason, Span};

use crate::line::{Line, ends_sentence};

/// The kinds of the body's lines that differ from the reader's, by block. `taken` are the lines of the head.
pub(crate) fn body(
    article: &Article,
    lines: &[Line<'_>],
    taken: &dyn Fn(usize) -> bool,
) -> Vec<(usize, BlockKind)> {
    let body: Vec<&Line<'_>> =
        lines.iter().enumerate().filter(|(idx, _)| !taken(*idx)).map(|(_, line)| line).collect();
    let mut kinds = Vec::new();
    for (idx, line) in body.iter().enumerate() {
        let kind = kind(article, &body, idx);
        if kind != line.kind {
            kinds.push((line.block, kind));
        }
    }
    kinds
}

fn kind(article: &Article, body: &[&Line<'_>], idx: usize) -> BlockKind {
    let Some(line) = body.get(idx) else { return BlockKind::Paragraph };
    match line.kind {
        BlockKind::Paragraph => {}
        // A numbered line above prose heads a section: `1. Plan ahead`.
        BlockKind::ListItem if line.markup.is_none() && is_numbered_heading(body, idx) => {
            return BlockKind::Heading;
        }
        // A title, byline or date that is none after all.
        BlockKind::Title => return BlockKind::Heading,
        BlockKind::Byline | BlockKind::Date | BlockKind::Standfirst => return BlockKind::Paragraph,
        kind => return kind,
    }
    if line.is_caption() || is_repeated_caption(article, line) {
        return BlockKind::Caption;
    }
    if is_bullet(&line.text) {
        return BlockKind::ListItem;
    }
    if is_heading(body, idx) { BlockKind::Heading } else { BlockKind::Paragraph }
}

/// `-Caps for the army`, `• one`: the bullet may touch the word, but a dash before a digit is a sign.
fn is_bullet(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('•' | '‣' | '◦' | '▪' | '●' | '∙' | '⁃' | '■' | '➤' | '►' | '✓' | '✔') => {
            true
        }
        Some('-' | '–' | '*' | '·') => match chars.next() {
            Some(next) => next.is_alphabetic() || matches!(next, ' ' | '\t' | '"' | '“'),
            None => false,
        },
        _ => false,
    }
}

/// A line that the scraper dropped twice in a row is a picture's: no paragraph is printed so.
fn is_repeated_caption(article: &Article, line: &Line<'_>) -> bool {
    let twins = |cut: &&copydesk_core::Cut| {
        cut.reason == Reason::Repeat && cut.twin.is_some_and(|twin| twin.overlaps(line.span))
    };
    let mut n_copies = 0;
    let mut next_to_it = false;
    for cut in article.cuts().iter().filter(twins) {
        n_copies += 1;
        next_to_it |= nothing_between(article.raw(), line.span, cut.span);
    }
    (12..=70).contains(&line.n_words) && n_copies >= 2 && next_to_it
}

fn nothing_between(raw: &str, first: Span, second: Span) -> bool {
    raw.get(first.end()..second.start()).is_some_and(|gap| gap.trim().is_empty())
}

fn is_numbered_heading(body: &[&Line<'_>], idx: usize) -> bool {
    let Some(line) = body.get(idx) else { return false };
    let numbered = line.text.split_once(['.', ')']).is_some_and(|(number, rest)| {
        (1..=3).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with(' ')
    });
    let next_is_prose = body.get(idx + 1).is_some_and(|next| next.is_prose() && next.n_words >= 15);
    numbered && line.n_words <= 14 && !ends_sentence(&line.text) && next_is_prose
}

/// A heading of plain text: short, no full stop, below the end of a sentence and above prose or a list.
fn is_heading(body: &[&Line<'_>], idx: usize) -> bool {
    let Some(line) = body.get(idx) else { return false };
    if !line.is_headline() || line.n_words > 16 || line.text.chars().count() > 120 || is_spoken(&line.text) {
        return false;
    }
    if let Some(look) = &line.markup {
        // A page says `h2` for most of its headings, and sets the others in bold.
        let plain_tag = !matches!(
            &*look.tag,
            "p" | "div" | "td" | "section" | "article" | "span" | "center" | "b" | "strong"
        );
        if plain_tag || !look.emphasised || look.link_share > 0.5 {
            return false;
        }
    }
    let below = body.get(idx + 1..).unwrap_or_default();
    let mut n_short = 0;
    for next in below {
        if next.is_caption() {
            continue;
        }
        if next.kind == BlockKind::ListItem || is_bullet(&next.text) {
            return n_short == 0 || line.markup.is_none();
        }
        if next.is_prose() || is_sentence(next) {
            break;
        }
        // A heading may stand above another, not more.
        n_short += 1;
        if n_short > 1 {
            return false;
        }
    }
    let has_text_below = below.iter().any(|next| next.is_prose() || is_sentence(next));
    has_text_below && follows_an_end(body, idx)
}

/// True for a short sentence: not prose by length, but what a heading may stand above.
fn is_sentence(line: &Line<'_>) -> bool {
    line.kind == BlockKind::Paragraph && line.n_words >= 4 && ends_sentence(&line.text)
}

/// True if the line above ends, is a heading itself, or is of another kind than running text.
fn follows_an_end(body: &[&Line<'_>], idx: usize) -> bool {
    let Some(above) = idx.checked_sub(1).and_then(|above| body.get(above)) else { return true };
    if above.kind != BlockKind::Paragraph || above.is_caption() || is_bullet(&above.text) {
        return true;
    }
    if above.text.trim_end().ends_with([',', '-', '–', '—', ';']) {
        return false;
    }
    // Two short lines above one another may both be headings; three are a list or verse.
    let is_short = |line: &&Line<'_>| !ends_sentence(&line.text) && line.n_words < 20;
    !(is_short(above) && idx.checked_sub(2).and_then(|two| body.get(two)).is_some_and(is_short))
}

/// Speech and labels of interviews: `“No,”`, `Q`, `Jane Doe: yes`.
fn is_spoken(text: &str) -> bool {
    let marks = ['"', '“', '„', '«', '‘'];
    let quoted = text.starts_with(marks) && text.trim_end().ends_with(['"', '”', '“', '»', '’']);
    quoted || matches!(text.trim(), "Q" | "A" | "Q." | "A.")
}
