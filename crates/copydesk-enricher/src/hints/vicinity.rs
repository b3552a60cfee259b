//! What stands near the headline, what its classes say, and what stands in boxes about other things.
//!
//! Lists of other articles are marked as an article is, so what is marked counts by its place.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use copydesk_core::{Article, Node};

/// Blocks above the headline that are looked at, and below it.
const ABOVE: usize = 12;
const BELOW: usize = 40;
/// Blocks from the top that are looked at where no block shows the title.
const TOP: usize = 80;
/// Elements around a block that may make it an aside.
const LEVELS: usize = 6;
/// Elements around a block that may mark it as a byline or a date.
const MARKED_LEVELS: usize = 3;

/// What words in `class`, `id` and the like of an element say of its text.
const AUTHOR: u8 = 1;
const DATE: u8 = 2;
/// Of a person, but not that they wrote the article.
const OTHER: u8 = 4;
/// That it is about other things.
const ASIDE: u8 = 8;
const SEEN: u8 = 128;

/// Parts of words, each with what it says.
const WORDS: [(&str, u8); 23] = [
    ("author", AUTHOR),
    ("byline", AUTHOR | DATE),
    ("date", DATE),
    ("publish", DATE),
    ("posted", DATE),
    ("time", DATE),
    ("bio", OTHER),
    ("comment", OTHER | ASIDE),
    ("related", OTHER | ASIDE),
    ("social", OTHER),
    ("about", OTHER),
    ("follow", OTHER),
    ("title", OTHER),
    ("role", OTHER),
    ("job", OTHER),
    ("desc", OTHER),
    ("teaser", ASIDE),
    ("recommend", ASIDE),
    ("sidebar", ASIDE),
    ("reply", ASIDE),
    ("more-from", ASIDE),
    ("read-next", ASIDE),
    ("card", ASIDE),
];

static IN_WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(WORDS.iter().map(|(word, _)| word)).ok());

/// What all words of these attributes say.
fn says(attrs: &str) -> u8 {
    let Some(words) = IN_WORDS.as_ref() else { return SEEN };
    if !words.is_match(attrs) && !attrs.contains("fn") {
        return SEEN;
    }
    attrs.split(' ').map(|word| word_says(words, word)).fold(SEEN, |all, one| all | one)
}

fn word_says(words: &AhoCorasick, word: &str) -> u8 {
    // Of a name in hCard, which is no card among others.
    if matches!(word, "fn" | "vcard") {
        return AUTHOR;
    }
    let mut all = 0;
    for found in words.find_overlapping_iter(word) {
        all |= WORDS.get(found.pattern().as_usize()).map_or(0, |(_, says)| *says);
    }
    // `author-card` is about the author.
    if all & AUTHOR != 0 && word.contains("author") { all & !ASIDE } else { all }
}

/// A page as seen from its headline.
#[derive(Debug)]
pub(crate) struct Vicinity<'a> {
    pub(super) article: &'a Article,
    /// The block that shows the title.
    pub(super) title: Option<usize>,
    /// The elements around it: none of them is a box about other things, whatever its class says.
    around: Vec<u32>,
    /// What the classes of elements say, by their places, once that was asked for.
    known: RefCell<Vec<u8>>,
}

impl<'a> Vicinity<'a> {
    /// The page seen from the block that shows its title.
    pub(crate) fn of(article: &'a Article, title: Option<usize>) -> Vicinity<'a> {
        let markup = title.and_then(|title| article.blocks().get(title)?.markup);
        let around = match (&article.page, markup) {
            (Some(page), Some(markup)) => page.ancestors(markup.node).map(|(idx, _)| idx).collect(),
            _ => Vec::new(),
        };
        let n_nodes = article.page.as_ref().map_or(0, |page| page.nodes.len());
        Vicinity { article, title, around, known: RefCell::new(vec![0; n_nodes]) }
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
        self.elements(block, LEVELS)
            .take_while(|(idx, _)| !self.around.contains(idx))
            .any(|(idx, node)| self.says(idx, node) & ASIDE != 0)
    }

    /// True for a block whose classes call it the name of the author, and nothing else.
    pub(super) fn is_byline(&self, block: usize) -> bool {
        let says = self.marks(block);
        says & AUTHOR != 0 && says & OTHER == 0
    }

    /// True for a block whose classes call it a date.
    pub(super) fn is_date(&self, block: usize) -> bool {
        self.marks(block) & DATE != 0
    }

    fn marks(&self, block: usize) -> u8 {
        self.elements(block, MARKED_LEVELS).fold(0, |all, (idx, node)| all | self.says(idx, node))
    }

    /// The elements around a block, nearest first.
    fn elements(&self, block: usize, levels: usize) -> impl Iterator<Item = (u32, &Node)> {
        let page = self.article.page.as_ref();
        let markup = self.article.blocks().get(block).and_then(|block| block.markup);
        let elements = page.zip(markup).map(|(page, markup)| page.ancestors(markup.node).take(levels));
        elements.into_iter().flatten()
    }

    fn says(&self, idx: u32, node: &Node) -> u8 {
        let mut known = self.known.borrow_mut();
        match known.get_mut(idx as usize) {
            Some(known) => {
                if *known == 0 {
                    *known = says(&node.attrs);
                }
                *known
            }
            None => says(&node.attrs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_say_what_text_is() {
        assert_eq!(says("post-meta entry"), SEEN);
        assert_eq!(says("byline__name"), SEEN | AUTHOR | DATE);
        assert_eq!(says("x fn"), SEEN | AUTHOR);
        assert_eq!(says("author-card"), SEEN | AUTHOR);
        assert_eq!(says("author card"), SEEN | AUTHOR | ASIDE);
        assert_eq!(says("author-bio"), SEEN | AUTHOR | OTHER);
        assert_eq!((says("vcard"), says("post-card")), (SEEN | AUTHOR, SEEN | ASIDE));
    }
}
