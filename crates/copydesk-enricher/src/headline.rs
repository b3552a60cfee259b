//! Which of the first lines is the headline, where neither markup nor a hint says so.

use copydesk_core::BlockKind;

use crate::dates::SlashOrder;
use crate::line::Line;
use crate::text::fold;
use crate::vocabulary::{SECTIONS, lower};

/// Words of a headline; fewer are a label (`World`, `Opinion`) or a section's heading.
const MIN_WORDS: usize = 4;
/// Words of a standfirst that ends without a mark; a heading has fewer.
const MIN_STANDFIRST: usize = 9;
/// Words of a button.
const MAX_BUTTON: usize = 2;
/// Lines below the headline among which the text must begin.
const NEAR: usize = 8;
/// Labels that may stand above the headline.
const MAX_LABELS: usize = 2;
/// Letters by which two words are taken for forms of one.
const STEM: usize = 5;

/// The headline above the byline at `end`: the first line of four words or more, else the longest.
pub(crate) fn first_before(
    lines: &[Line<'_>],
    end: usize,
    is_furniture: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    let mut best: Option<(usize, usize)> = None;
    for (idx, line) in lines.iter().enumerate().take(end) {
        if line.is_prose() {
            break;
        }
        if !line.is_headline() || is_furniture(idx) {
            continue;
        }
        if line.n_words >= MIN_WORDS {
            return Some(without_site(lines, idx, end));
        }
        let is_section = SECTIONS.contains(&lower(line.text.trim()));
        if line.n_words >= 2 && !is_section && best.is_none_or(|(_, n_words)| line.n_words > n_words) {
            best = Some((idx, line.n_words));
        }
    }
    best.map(|(idx, _)| idx)
}

/// True if the line at `idx` could be the headline below a date: prose follows, with no more between them than
/// furniture, pictures, buttons and one sentence.
pub(crate) fn stands_below(lines: &[Line<'_>], idx: usize, is_furniture: &dyn Fn(usize) -> bool) -> bool {
    if !lines.get(idx).is_some_and(|line| line.is_headline() && line.n_words >= MIN_WORDS) {
        return false;
    }
    let below = lines.iter().enumerate().skip(idx + 1).take(NEAR);
    let mut below = below
        .filter(|(at, line)| !line.is_caption() && line.n_words > MAX_BUTTON && !is_furniture(*at))
        .map(|(_, line)| line);
    match below.next() {
        Some(line) if line.is_prose() => true,
        Some(line) => line.n_words >= MIN_STANDFIRST && below.next().is_some_and(Line::is_prose),
        None => false,
    }
}

/// The line below that says the same without the site's name: the first is the window's title.
fn without_site(lines: &[Line<'_>], idx: usize, end: usize) -> usize {
    let Some(first) = lines.get(idx) else { return idx };
    let is_part = |line: &Line<'_>| {
        line.n_words >= MIN_WORDS && line.text.len() < first.text.len() && line.is_headline() && {
            let rest = first
                .text
                .strip_prefix(line.text.trim())
                .or_else(|| first.text.strip_suffix(line.text.trim()));
            rest.is_some_and(|rest| {
                [" | ", " - ", " – ", " — ", " · ", ": "].iter().any(|bar| rest.contains(bar))
            })
        }
    };
    let below = lines.iter().enumerate().take(end).skip(idx + 1);
    below.filter(|(_, line)| is_part(line)).map(|(at, _)| at).next().unwrap_or(idx)
}

/// The first line as a title that only its looks support: prose below it, and nothing that says it is the
/// heading of a section.
///
/// Without that the first heading of a body whose title is gone would be a title. Where the text has other
/// headings, the first line must be about all of it: most of its words come again below the next heading, or it
/// is much longer than they are.
pub(crate) fn stands_alone(lines: &[Line<'_>]) -> Option<usize> {
    let at = lines.iter().take(MAX_LABELS + 1).position(|line| line.n_words >= MIN_WORDS)?;
    let first = lines.get(at)?;
    let labels_only = lines.iter().take(at).all(Line::is_headline);
    // Furniture and buttons between it and the text do not part them.
    let is_small = |line: &Line<'_>| {
        line.is_caption() || line.n_words <= MAX_BUTTON || line.furniture(SlashOrder::Unknown).is_some()
    };
    let mut below = lines.iter().skip(at + 1).take(NEAR).filter(|line| !is_small(line)).take(2);
    if !first.is_headline() || first.is_prose() || !labels_only || !below.any(Line::is_prose) {
        return None;
    }
    // A sentence right below is the standfirst, with a full stop or without.
    let standfirst =
        |idx: usize| idx == at + 1 && lines.get(idx).is_some_and(|line| line.n_words >= MIN_STANDFIRST);
    let is_heading = |idx: &usize| is_heading_like(lines, *idx) && !standfirst(*idx);
    let headings: Vec<usize> = (at + 1..lines.len()).filter(is_heading).collect();
    let Some(next) = headings.first() else { return Some(at) };
    let longest =
        headings.iter().filter_map(|idx| lines.get(*idx)).map(|line| line.n_words).max().unwrap_or(0);
    let stands_out = first.n_words >= 6 && first.n_words > longest;
    (stands_out || is_about(&first.text, lines.get(*next..).unwrap_or_default())).then_some(at)
}

/// True if most of the longer words of `title` come again in `lines`.
fn is_about(title: &str, lines: &[Line<'_>]) -> bool {
    let mut title: Vec<u64> = stems(title).collect();
    title.sort_unstable();
    title.dedup();
    if title.len() < 2 {
        return false;
    }
    let mut left = title.clone();
    for stem in lines.iter().flat_map(|line| stems(&line.text)) {
        left.retain(|wanted| *wanted != stem);
        let n_found = title.len() - left.len();
        if n_found * 3 >= title.len() * 2 {
            return true;
        }
    }
    false
}

/// The starts of the words of four letters or more, and numbers, as hashes without case.
fn stems(text: &str) -> impl Iterator<Item = u64> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().nth(3).is_some()).map(|word| {
        let end = word.char_indices().nth(STEM).map_or(word.len(), |(at, _)| at);
        fold::of_word(word.get(..end).unwrap_or(word))
    })
}

/// True for a line that could head a section: it looks like a headline and prose or a list follows.
fn is_heading_like(lines: &[Line<'_>], idx: usize) -> bool {
    let Some(line) = lines.get(idx) else { return false };
    let next = lines.get(idx + 1);
    let heads = |next: &Line<'_>| next.is_prose() || next.kind == BlockKind::ListItem;
    // A long question is asked in the text; a heading asks briefly.
    let asks = line.n_words > 9 && line.text.trim_end().ends_with(['?', '？']);
    line.is_headline() && !line.is_prose() && !asks && next.is_some_and(heads)
}
