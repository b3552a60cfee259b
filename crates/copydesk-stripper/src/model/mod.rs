//! The block model: boosted trees that judge each block of an article, one pair of forests for pages with
//! markup and one for plain text.
//!
//! What must stay true here:
//! - The features are computed by this module alone, in training as in use.
//! - An article is never emptied, and what looks like clean text already is left alone.
//! - The same article gets the same cuts: no chance, no clock, no order of hashing.

mod context;
mod decide;
mod lexicon;
mod line;
mod smooth;
mod structure;
mod trees;

use copydesk_core::Article;

use context::Sheet;
use line::Words;
use smooth::First;
use structure::Container;
pub use decide::{Mode, decide};
pub use trees::{BadWeights, Forest, Split, TreeParts};

/// The features of an article's blocks.
#[derive(Debug)]
pub struct Features {
    /// One row a block.
    pub rows: Vec<Vec<f32>>,
    /// Words of each block.
    pub words: Vec<f32>,
    containers: Vec<Container>,
}

impl Features {
    /// Of each block of the article, cut or not.
    pub fn of(article: &Article) -> Features {
        let raw = article.raw();
        let spans = || article.blocks().iter().map(|block| block.span);
        let words = Words::of(spans().map(|span| span.of_text(raw)));
        let flags = lexicon::flags(raw, spans());
        let title = ["meta:og:title", "jsonld:headline", "html:title", "json:title"];
        let title = title.iter().find_map(|name| article.hint(name)).map(|hint| hint.value.as_str());
        let sheet = Sheet::new(words, flags, title);
        let mut rows = context::text_rows(&sheet);
        let containers = structure::extend(&mut rows, article, &sheet);
        let words = sheet.words.lines.iter().map(|line| line.words).collect();
        Features { rows, words, containers }
    }

    /// Adds what the neighbours' first opinions say: the rows of the second forest.
    pub fn look_again(&mut self, keep: &[f32]) {
        let first = First { keep, words: &self.words, containers: &self.containers };
        smooth::extend(&mut self.rows, &first);
    }
}

/// A score as a probability.
pub fn probability(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}
