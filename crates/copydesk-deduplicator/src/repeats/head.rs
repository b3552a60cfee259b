//! The headline that stands twice: in the page's bar and above the text, or once from each template.

use std::collections::HashSet;

use copydesk_core::Article;

use super::Repeat;
use super::line::Line;
use crate::fold::{self, Words};

/// Lines that can be copies of a headline that a hint states.
const WINDOW: usize = 10;

/// The titles that hints state, as words.
pub(super) fn stated_titles(article: &Article) -> Vec<Words> {
    ["json:title", "meta:og:title", "jsonld:headline", "html:title"]
        .iter()
        .filter_map(|name| article.hint(name))
        .map(|hint| fold::words(&hint.value))
        .collect()
}

/// The later copies of a headline that a hint vouches for, among the lines that are not `gone`.
///
/// Without a hint a headline cannot be told from a heading or a line of verse that comes twice for a reason, and
/// any rule about what stands around it would find more once other lines have left the text.
pub(super) fn title_copies(stated: &[Words], lines: &[Line<'_>], gone: &[Repeat]) -> Vec<Repeat> {
    let gone: HashSet<usize> = gone.iter().map(|repeat| repeat.line).collect();
    let left: Vec<(usize, &Line<'_>)> =
        lines.iter().enumerate().filter(|(idx, _)| !gone.contains(idx)).collect();
    let copy = |line: usize, twin: usize| Repeat { line, twin, rule: "headline_twice", confidence: 0.95 };
    let mut repeats: Vec<Repeat> = Vec::new();
    for (place, (idx, line)) in left.iter().enumerate().take(WINDOW) {
        let known = repeats.iter().any(|repeat| repeat.line == *idx);
        if known || !is_headline(line) || !stated.contains(&line.words) {
            continue;
        }
        let twin = left.iter().take(place).find(|(_, other)| other.words == line.words);
        repeats.extend(twin.map(|(twin, _)| copy(*idx, *twin)));
    }
    repeats
}

fn is_headline(line: &Line<'_>) -> bool {
    (3..=30).contains(&line.words.len()) && !line.is_row() && !line.is_sentence()
}
