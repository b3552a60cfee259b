//! What is kept of each block, with the few facts that head and kinds are read from.

use std::borrow::Cow;
use std::cell::OnceCell;

use copydesk_core::{Article, BlockKind, Span, unlinked};

use crate::count::Tally;
use crate::credits;
use crate::dates::SlashOrder;
use crate::furniture::{self, Furniture};
use crate::signed::{self, Signed};

/// A block of which something is kept.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    /// The block, by its place in the article.
    pub block: usize,
    /// Where its first kept piece stands.
    pub span: Span,
    /// What is kept of it, without the marks of links.
    pub text: Cow<'a, str>,
    /// The reader's view of it.
    pub kind: BlockKind,
    /// What an earlier stage took it for, of the parts of a head.
    pub head: Option<BlockKind>,
    /// Words in `text`.
    pub n_words: usize,
    /// What `n_words` was reckoned from.
    pub tally: Tally,
    /// True if it names where a picture comes from.
    pub credited: bool,
    /// What the page's markup said, if there was any.
    pub markup: Option<Look>,
    /// The line read as furniture under an order of dates, once that was asked for: heads are read several times.
    furniture: OnceCell<(SlashOrder, Option<Furniture>)>,
}

/// What markup said of a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Look {
    /// The element's name.
    pub tag: Box<str>,
    /// `class`, `id` and the like of the element and its parent.
    pub attrs: String,
    /// Share of its bytes inside links.
    pub link_share: f32,
    /// True if nearly all of it is set in bold or italics.
    pub emphasised: bool,
}

/// The kept blocks of `article`, in order.
pub(crate) fn lines(article: &Article) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for kept in article.kept() {
        match lines.last_mut() {
            Some(line) if line.block == kept.block => {
                let text = line.text.to_mut();
                text.push(' ');
                text.push_str(&unlinked(kept.text));
            }
            _ => lines.push(Line {
                block: kept.block,
                span: kept.span,
                text: unlinked(kept.text),
                kind: as_read(kept.kind),
                head: head_kind(kept.kind),
                n_words: 0,
                tally: Tally::default(),
                credited: false,
                markup: look(article, kept.block),
                furniture: OnceCell::new(),
            }),
        }
    }
    lines.iter_mut().for_each(Line::measure);
    lines
}

/// Blocks of `article` as they were before anything was cut, for what they state though they are no text. `kept`
/// are its lines, for those that nothing was cut of.
pub(crate) fn uncut<'a>(
    article: &'a Article,
    kept: &[Line<'a>],
    blocks: std::ops::Range<usize>,
) -> Vec<Line<'a>> {
    let all = article.blocks().iter().enumerate().take(blocks.end).skip(blocks.start);
    all.map(|(idx, block)| {
        let known = kept.binary_search_by_key(&idx, |line| line.block).ok().and_then(|at| kept.get(at));
        if let Some(line) = known.filter(|line| line.span == block.span) {
            return line.clone();
        }
        let mut line = Line {
            block: idx,
            span: block.span,
            text: unlinked(block.span.of_text(article.raw())),
            kind: as_read(block.kind),
            head: head_kind(block.kind),
            n_words: 0,
            tally: Tally::default(),
            credited: false,
            markup: look(article, idx),
            furniture: OnceCell::new(),
        };
        line.measure();
        line
    })
    .collect()
}

/// The kind as a reader gives it.
fn as_read(kind: BlockKind) -> BlockKind {
    match kind {
        BlockKind::Title => BlockKind::Heading,
        BlockKind::Byline | BlockKind::Date | BlockKind::Standfirst => BlockKind::Paragraph,
        kind => kind,
    }
}

fn head_kind(kind: BlockKind) -> Option<BlockKind> {
    (!kind.is_body()).then_some(kind)
}

fn look(article: &Article, block: usize) -> Option<Look> {
    let block = article.blocks().get(block)?;
    let (markup, page) = (block.markup?, article.page.as_ref()?);
    let mut look = Look::default();
    for (idx, (_, node)) in page.ancestors(markup.node).take(2).enumerate() {
        if idx == 0 {
            look.tag = node.tag.clone();
        }
        look.attrs.push_str(&node.attrs);
        look.attrs.push(' ');
    }
    let len = block.span.len().max(1) as f32;
    look.link_share = markup.link_bytes as f32 / len;
    look.emphasised = markup.emphasis_bytes as f32 / len > 0.9;
    Some(look)
}

impl Line<'_> {
    /// The line as it would be read from plain text: without its markup, and with the kinds that text shows.
    pub(crate) fn as_read_again(&self) -> Self {
        let kind = match self.kind {
            BlockKind::ListItem if is_bulleted(&self.text) => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        Line {
            block: self.block,
            span: self.span,
            text: self.text.clone(),
            kind,
            head: self.head,
            n_words: self.n_words,
            tally: self.tally,
            credited: self.credited,
            markup: None,
            furniture: self.furniture.clone(),
        }
    }

    fn measure(&mut self) {
        self.tally = Tally::of(&self.text);
        self.n_words = self.tally.n_words();
        // `By Jane Doe (words) and John Roe (photos)` is a byline.
        let signs = || self.n_words <= 16 && matches!(signed::read(&self.text), Some(Signed::Author(_)));
        self.credited = credits::credit_at(&self.text).is_some() && !signs();
    }

    /// The line as furniture of a head, if all of it is.
    pub(crate) fn furniture(&self, order: SlashOrder) -> Option<Cow<'_, Furniture>> {
        let (known, furniture) = self.furniture.get_or_init(|| (order, furniture::read(&self.text, order)));
        if *known == order {
            return furniture.as_ref().map(Cow::Borrowed);
        }
        furniture::read(&self.text, order).map(Cow::Owned)
    }

    /// True for running text: a sentence or more.
    pub(crate) fn is_prose(&self) -> bool {
        let running = matches!(self.kind, BlockKind::Paragraph | BlockKind::Quote);
        running
            && !self.is_caption()
            && (self.n_words >= 30 || (self.n_words >= self.least_words() && ends_sentence(&self.text)))
    }

    /// Words of a sentence that is no headline. Headlines may ask, and seldom end otherwise.
    fn least_words(&self) -> usize {
        if self.text.trim_end().ends_with(['?', '？', '؟']) { 18 } else { 9 }
    }

    /// True for what could be a headline or a heading by its looks.
    pub(crate) fn is_headline(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::Heading | BlockKind::Title)
            && (1..=30).contains(&self.n_words)
            && self.text.len() <= 240
            && !ends_clause(&self.text)
            && starts_large(&self.text)
            && !self.is_caption()
            && !is_path(&self.text)
    }

    /// True if it bears a photograph's credit.
    pub(crate) fn is_caption(&self) -> bool {
        self.kind == BlockKind::Caption || (self.kind == BlockKind::Paragraph && self.credited)
    }
}

/// A bullet, or a number with its mark, and a space.
fn is_bulleted(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    matches!(first, "-" | "*" | "•" | "–" | "·")
        || (first.ends_with(['.', ')'])
            && first.trim_end_matches(['.', ')']).bytes().all(|byte| byte.is_ascii_digit()))
}

/// True if a full stop or its like stands at the end, quotation marks and brackets aside.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '”' | '’' | '\'' | '»' | ')' | ']' | '“' | '」')
    });
    text.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '؟', '։', ':', '：'])
}

/// As [`ends_sentence`], but for the marks a headline may end with.
fn ends_clause(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '”' | '’' | '\'' | '»' | ')' | ']')
    });
    if bare.ends_with("...") {
        return false;
    }
    if let Some(rest) = bare.strip_suffix('.') {
        // `U.S.`, `Inc.`, `J. K.`: the full stop belongs to the word.
        let last = rest.rsplit(char::is_whitespace).next().unwrap_or_default();
        let short = last.contains('.')
            || matches!(last, "Inc" | "Ltd" | "Jr" | "Sr" | "Co" | "Corp" | "No" | "St" | "vs");
        return !short;
    }
    bare.ends_with(['。', '।', '։', ':', '：', ';', ',', '，', '、', '؛'])
}

fn starts_large(text: &str) -> bool {
    match text.chars().find(|c| c.is_alphanumeric()) {
        // `iPhone sales fall`: one small letter before a large one.
        Some(first) if first.is_lowercase() => {
            text.chars().skip_while(|c| !c.is_alphanumeric()).nth(1).is_some_and(char::is_uppercase)
        }
        Some(_) => true,
        None => false,
    }
}

/// Breadcrumbs, paths and addresses.
fn is_path(text: &str) -> bool {
    text.contains(" > ")
        || text.contains(" › ")
        || (text.contains(" » ") && !text.contains('«'))
        || text.contains("://")
        || text.starts_with("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_do_not_end_like_sentences() {
        assert!(ends_clause("Rain fell.") && ends_clause("Terms include:") && ends_clause("下雨了。"));
        assert!(
            !ends_clause("Storm nears the U.S.")
                && !ends_clause("Who won?")
                && !ends_clause("Wait for it...")
        );
    }
}
