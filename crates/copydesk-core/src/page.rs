//! What is left of a page's markup once its visible text is taken: the elements around each block, and what
//! the head said.

/// The elements of a page that hold visible text, in document order; a parent comes before its children.
///
/// It is the page's skeleton: enough to tell a paragraph of the main column from a teaser in a side bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The elements. Node 0 is the root and its own parent.
    pub nodes: Vec<Node>,
}

impl Page {
    /// The node `idx` and its ancestors up to the root, nearest first.
    pub fn ancestors(&self, idx: u32) -> impl Iterator<Item = (u32, &Node)> {
        let mut next = Some(idx);
        std::iter::from_fn(move || {
            let idx = next?;
            let node = self.nodes.get(idx as usize)?;
            // Parents come first, so the walk ends even on a damaged page.
            next = (node.parent < idx).then_some(node.parent);
            Some((idx, node))
        })
    }
}

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The parent's place in [`Page::nodes`].
    pub parent: u32,
    /// The element's name in lower case: `p`, `div`, `article`.
    pub tag: Box<str>,
    /// `class`, `id`, `role`, `itemprop` and `data-testid`/`aria-label`, in lower case, parted by spaces.
    pub attrs: Box<str>,
    /// Ancestors above it.
    pub depth: u16,
    /// Element children, those without text included.
    pub children: u32,
}

/// What the markup said of one block.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Markup {
    /// The nearest block-level element around it, in [`Page::nodes`].
    pub node: u32,
    /// Bytes of the block's text that stand inside links.
    pub link_bytes: u32,
    /// How many links it holds.
    pub links: u16,
    /// Bytes of the block's text set in `b`, `strong`, `em` or `i`.
    pub emphasis_bytes: u32,
}

/// Something the source states outside its visible text, or about a place in it.
///
/// Names: `html:title`, `html:lang`, `meta:NAME` (`meta:og:title`, `meta:author`), `jsonld:KEY` for the
/// article object of a page's JSON-LD (`jsonld:headline`, `jsonld:author`, `jsonld:datePublished`),
/// `link:canonical`, `time:datetime`, `itemprop:NAME`, `rel:author`, `link:author` (an address among a
/// site's authors), `class:author`, and `json:FIELD` for JSON input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What it is, see above.
    pub name: String,
    /// What it says, white space folded.
    pub value: String,
    /// The block it was found in, if it is visible.
    pub block: Option<u32>,
}
