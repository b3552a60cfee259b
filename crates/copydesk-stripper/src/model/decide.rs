//! From probabilities to a decision: what goes, and when nothing does.

use copydesk_core::Article;

/// Which pair of forests judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The article has a page with elements.
    Html,
    /// Lines of text are all there is.
    Text,
}

/// Which blocks to keep, for the probability of each that it belongs to the article.
pub fn decide(mode: Mode, article: &Article, words: &[f32], keep: &[f32]) -> Vec<bool> {
    let _ = (article, words);
    let bar = match mode {
        Mode::Html => 0.5,
        Mode::Text => 0.45,
    };
    keep.iter().map(|&keep| keep >= bar).collect()
}
