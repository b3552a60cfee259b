//! The headline that stands twice: in the page's bar and above the text, or once from each template.

use copydesk_core::Article;

use super::Repeat;
use super::line::Line;
use crate::fold;

/// Lines that can be copies of the headline.
const WINDOW: usize = 10;
/// Lines between the copies, at most, where no hint says that they are the headline.
const MAX_APART: usize = 3;

/// The later copies of a headline among the first lines.
pub(super) fn title_copies(article: &Article, lines: &[Line]) -> Vec<Repeat> {
    // A poem may say its first line twice. A poem has no paragraphs.
    let is_article = lines.iter().take(24).any(|line| line.n_words >= 20 && line.is_sentence());
    if !is_article {
        return Vec::new();
    }
    let stated: Vec<Vec<String>> = ["json:title", "meta:og:title", "jsonld:headline", "html:title"]
        .iter()
        .filter_map(|name| article.hint(name))
        .map(|hint| fold::words(&hint.value))
        .collect();
    let mut repeats: Vec<Repeat> = Vec::new();
    for (idx, line) in lines.iter().enumerate().take(WINDOW) {
        let is_headline =
            line.words.len() >= 3 && line.words.len() <= 30 && !line.is_row() && !line.is_sentence();
        if !is_headline {
            continue;
        }
        let is_stated = stated.contains(&line.words);
        let twin = lines.iter().enumerate().take(idx).find(|(at, other)| {
            other.words == line.words
                && (is_stated || (*at < 3 && idx - at <= MAX_APART && line.words.len() >= 4))
        });
        if let Some((twin, _)) = twin
            && !repeats.iter().any(|repeat| repeat.line == twin)
        {
            repeats.push(Repeat { line: idx, twin, rule: "headline_twice", confidence: 0.95 });
        }
    }
    repeats
}
