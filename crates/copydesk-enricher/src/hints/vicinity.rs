//! What stands near the headline, and what stands in boxes about other things.
//!
//! Lists of other articles are marked as an article is, so what is marked counts by its place.

use std::ops::Range;

use copydesk_core::Article;

/// Blocks above the headline that are looked at, and below it.
const ABOVE: usize = 12;
const BELOW: usize = 40;
/// Blocks from the top that are looked at where no block shows the title.
const TOP: usize = 80;
/// Elements around a block that are looked at.
const LEVELS: usize = 6;
/// What the classes of boxes about other things are called.
const ASIDES: [&str; 9] =
    ["comment", "related", "teaser", "recommend", "sidebar", "reply", "more-from", "read-next", "card"];

/// A page as seen from its headline.
#[derive(Debug)]
pub(crate) struct Vicinity<'a> {
    pub(super) article: &'a Article,
    /// The block that shows the title.
    pub(super) title: Option<usize>,
    /// The elements around it: none of them is a box about other things, whatever its class says.
    around: Vec<u32>,
}

impl<'a> Vicinity<'a> {
    /// The page seen from the block that shows its title.
    pub(crate) fn of(article: &'a Article, title: Option<usize>) -> Vicinity<'a> {
        let markup = title.and_then(|title| article.blocks().get(title)?.markup);
        let around = match (&article.page, markup) {
            (Some(page), Some(markup)) => page.ancestors(markup.node).map(|(idx, _)| idx).collect(),
            _ => Vec::new(),
        };
        Vicinity { article, title, around }
    }

    /// The page.
    pub(crate) fn article(&self) -> &'a Article {
        self.article
    }

    /// The blocks around the headline; from the top where no block shows it.
    pub(super) fn near(&self) -> Range<usize> {
        self.title.map_or(0, |title| title.saturating_sub(ABOVE))
            ..self.title.map_or(TOP, |title| title + BELOW)
    }

    /// True for a block inside comments, related articles and the like: what is marked there is about other things.
    pub(super) fn is_aside(&self, block: usize) -> bool {
        let Some(page) = &self.article.page else { return false };
        let Some(markup) = self.article.blocks().get(block).and_then(|block| block.markup) else {
            return false;
        };
        let is_aside =
            |class: &str| !class.contains("author") && ASIDES.iter().any(|word| class.contains(word));
        page.ancestors(markup.node)
            .take(LEVELS)
            .take_while(|(idx, _)| !self.around.contains(idx))
            .any(|(_, node)| node.attrs.split(' ').any(is_aside))
    }
}
