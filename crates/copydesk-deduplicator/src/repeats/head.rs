//! The headline that stands twice: in the page's bar and above the text, or once from each template.

use std::collections::HashSet;

use copydesk_core::Article;

use super::Repeat;
use super::line::Line;
use crate::fold;

/// Lines that can be copies of a headline that a hint states.
const WINDOW: usize = 10;

/// The titles that hints state, as words.
pub(super) fn stated_titles(article: &Article) -> Vec<Vec<String>> {
    ["json:title", "meta:og:title", "jsonld:headline", "html:title"]
        .iter()
        .filter_map(|name| article.hint(name))
        .map(|hint| fold::words(&hint.value))
        .collect()
}

/// The later copies of headlines among the lines that are not `gone`.
///
/// A copy that no hint vouches for must stand right below the first, wherever that is: a rule that counted from
/// the top would find more once the headline has left the text.
pub(super) fn title_copies(stated: &[Vec<String>], lines: &[Line], gone: &[Repeat]) -> Vec<Repeat> {
    let gone: HashSet<usize> = gone.iter().map(|repeat| repeat.line).collect();
    let left: Vec<(usize, &Line)> = lines.iter().enumerate().filter(|(idx, _)| !gone.contains(idx)).collect();
    // A poem may say a line twice. A poem has no paragraphs.
    if !left.iter().any(|(_, line)| line.n_words >= 20 && line.is_sentence()) {
        return Vec::new();
    }
    let copy = |line: usize, twin: usize| Repeat { line, twin, rule: "headline_twice", confidence: 0.95 };
    let mut repeats: Vec<Repeat> = Vec::new();
    let mut at = 0;
    while let Some(&(twin, first)) = left.get(at) {
        let n_copies = left.iter().skip(at + 1).take_while(|(_, line)| line.words == first.words).count();
        let after = left.get(at + 1 + n_copies).map(|(_, line)| *line);
        let before = at.checked_sub(1).and_then(|before| left.get(before)).map(|(_, line)| *line);
        // In a song that an article quotes, short lines stand on both sides.
        let in_verse = before.is_some_and(is_short) && after.is_some_and(is_short);
        if first.words.len() >= 4 && is_headline(first) && !in_verse {
            repeats.extend(left.iter().skip(at + 1).take(n_copies).map(|(idx, _)| copy(*idx, twin)));
        }
        at += 1 + n_copies;
    }
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

fn is_headline(line: &Line) -> bool {
    (3..=30).contains(&line.words.len()) && !line.is_row() && !line.is_sentence()
}

fn is_short(line: &Line) -> bool {
    line.n_words < 12 && !line.is_sentence()
}
