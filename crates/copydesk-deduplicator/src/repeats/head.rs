//! The headline that stands twice: in the page's bar and above the text, or once from each template.

use std::collections::HashSet;

use copydesk_core::Article;

use super::Repeat;
use super::line::Line;
use crate::fold;

/// Lines that can be copies of the headline.
const WINDOW: usize = 10;
/// Lines among which an article has a paragraph.
const PROSE_WINDOW: usize = 24;
/// Lines between the copies, at most, where no hint says that they are the headline.
const MAX_APART: usize = 3;

/// The titles that hints state, as words.
pub(super) fn stated_titles(article: &Article) -> Vec<Vec<String>> {
    ["json:title", "meta:og:title", "jsonld:headline", "html:title"]
        .iter()
        .filter_map(|name| article.hint(name))
        .map(|hint| fold::words(&hint.value))
        .collect()
}

/// The later copies of a headline among the first lines that are not `gone`.
pub(super) fn title_copies(stated: &[Vec<String>], lines: &[Line], gone: &[Repeat]) -> Vec<Repeat> {
    let gone: HashSet<usize> = gone.iter().map(|repeat| repeat.line).collect();
    let left = lines.iter().enumerate().filter(|(idx, _)| !gone.contains(idx));
    let first: Vec<(usize, &Line)> = left.take(PROSE_WINDOW).collect();
    // A poem may say its first line twice. A poem has no paragraphs.
    if !first.iter().any(|(_, line)| line.n_words >= 20 && line.is_sentence()) {
        return Vec::new();
    }
    let mut repeats: Vec<Repeat> = Vec::new();
    for (place, (idx, line)) in first.iter().enumerate().take(WINDOW) {
        let is_headline = (3..=30).contains(&line.words.len()) && !line.is_row() && !line.is_sentence();
        if !is_headline {
            continue;
        }
        let is_stated = stated.contains(&line.words);
        let twin = first.iter().enumerate().take(place).find(|(at, (_, other))| {
            let near = *at < 3 && place - at <= MAX_APART && line.words.len() >= 4;
            other.words == line.words && (is_stated || near)
        });
        if let Some((_, (twin, _))) = twin
            && !repeats.iter().any(|repeat| repeat.line == *twin)
        {
            repeats.push(Repeat { line: *idx, twin: *twin, rule: "headline_twice", confidence: 0.95 });
        }
    }
    repeats
}
