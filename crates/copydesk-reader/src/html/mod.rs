//! HTML to visible text, one block a line, with what the markup said of each block.
//!
//! What must stay true:
//! - The cost is linear in the page's bytes, whatever they are: no tree is built, the stack of open elements is
//!   capped, and nothing recurses.
//! - Text is hidden only where the page says so itself: by the element, `hidden`, or an inline style. What a
//!   style sheet or a script would do is not known here.

mod blocks;
mod close;
mod elements;
mod hints;
mod jsonld;
mod line;
mod open;
mod page;
mod tokens;

use copydesk_core::{Block, Hint, Page};
use html5gum::Tokenizer;

use crate::ReadError;
pub(crate) use page::PageOptions;
use page::{Built, PageBuilder};
use tokens::Tokens;

/// A page with less visible text than this, and more hidden, is read again with what its author hid: it waits
/// for a script to show it.
const LITTLE_TEXT: usize = 250;

/// A page's visible text and what was found about it.
#[derive(Debug)]
pub(crate) struct VisibleText {
    pub(crate) raw: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) page: Page,
    pub(crate) hints: Vec<Hint>,
}

/// Reads a page.
pub(crate) fn read(html: &str, options: PageOptions) -> Result<VisibleText, ReadError> {
    let shown = build(html, options);
    let hides_all = shown.blocks.raw.len() < LITTLE_TEXT && shown.hidden_bytes > 4 * LITTLE_TEXT;
    let shown = if hides_all {
        let all = build(html, PageOptions { show_hidden: true, ..options });
        if all.blocks.raw.len() > 4 * shown.blocks.raw.len().max(LITTLE_TEXT) { all } else { shown }
    } else {
        shown
    };
    shown.blocks.check()?;
    Ok(VisibleText {
        raw: shown.blocks.raw,
        blocks: shown.blocks.finished,
        page: shown.page,
        hints: shown.hints,
    })
}

/// A value that may hold entities or tags, as one line of text.
pub(crate) fn clean(value: &str) -> String {
    if value.contains('<') || (value.contains('&') && value.contains(';')) {
        hints::fold(&plain_text(value))
    } else {
        hints::fold(value)
    }
}

/// The text of a snippet of HTML, its blocks parted by spaces.
fn plain_text(html: &str) -> String {
    let options = PageOptions { max_depth: 64, max_blocks: 1000, show_hidden: true, is_xml: false };
    build(html, options).blocks.raw.replace('\n', " ")
}

fn build(html: &str, options: PageOptions) -> Built {
    let mut tokens = Tokens::new(PageBuilder::new(options));
    match Tokenizer::new_with_emitter(html, &mut tokens).finish() {
        Ok(()) => {}
        Err(never) => match never {},
    }
    tokens.sink.finish()
}
