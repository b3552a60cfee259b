//! What a reader sees of text that carries marks for links, pictures and buttons: Markdown, and dumps of pages by
//! lynx and its like.
//!
//! Rules and model judge what is seen, not the addresses behind it. So they look at a stand-in, an article made
//! of the seen text, and its cuts are carried over to the original. Lines that are nothing but such marks are
//! cut by the rule of this module.
//!
//! What must stay true: what is seen of a block hangs on the block's own text, so that cleaned text is judged
//! like the original (law 2), and takes time in proportion to its length, whatever it holds.

use std::borrow::Cow;

use copydesk_core::{Article, Block, BlockKind, Cut, Reason, Span};
use memchr::{memchr, memmem};

use crate::rule::RuleDoc;

/// The rule for lines without words.
pub(crate) static RULE: RuleDoc = RuleDoc {
    name: "link_marks",
    reason: Reason::Navigation,
    why: "They stand for links, pictures and buttons in the dump of a page, and say nothing themselves.",
    example: "12. https://www.example.org/ferries",
    wrong_when: "An article ends in a numbered list of bare addresses.",
};
const CONFIDENCE: f64 = 0.97;
/// What lynx writes above its list of addresses, folded.
const LIST_HEADINGS: [&str; 3] = ["references", "visible links", "hidden links"];
/// Starts of addresses in such a list.
const SCHEMES: [&str; 7] = ["http://", "https://", "ftp://", "mailto:", "file:", "tel:", "javascript:"];
/// Endings of pictures that lynx names in brackets.
const PICTURES: [&str; 8] = [".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"];
/// Marks of lynx in brackets.
const BRACKETED: [&str; 8] = ["INLINE", "IMAGE", "LINK", "EMBED", "INS:", ":INS", "DEL:", ":DEL"];
const BUTTON: &str = "(BUTTON)";

/// The stand-in for an article whose text carries marks.
pub(crate) struct StandIn {
    /// The seen text, one block for each kept piece that has any.
    pub(crate) article: Article,
    /// Where each block of the stand-in stands in the original, and in which block.
    places: Vec<(usize, Span)>,
    /// The pieces that are marks alone.
    bare: Vec<Span>,
}

impl StandIn {
    /// The stand-in for a plain text; `None` if nothing in it is such a mark, or all of it.
    pub(crate) fn of(article: &Article) -> Option<StandIn> {
        if article.page.is_some() || !may_hold_marks(article.raw()) {
            return None;
        }
        let pieces: Vec<_> = article.kept().map(|kept| (kept, seen(kept.text))).collect();
        if !pieces.iter().any(|(kept, seen)| matches!(seen, Cow::Owned(_)) || is_listed_address(kept.text)) {
            return None;
        }
        let mut raw = String::with_capacity(article.raw().len());
        let mut blocks = Vec::with_capacity(pieces.len());
        let mut places = Vec::with_capacity(pieces.len());
        let mut bare = Vec::new();
        for (idx, (kept, seen)) in pieces.iter().enumerate() {
            let next = pieces.get(idx + 1).map(|(next, _)| next.text);
            if is_bare(kept.text, seen) || next.is_some_and(|next| heads_list(seen, next)) {
                bare.push(kept.span);
                continue;
            }
            let start = raw.len();
            raw.push_str(seen.trim());
            blocks.push((start, raw.len(), kept.kind));
            places.push((kept.block, kept.span));
            raw.push('\n');
        }
        let block = |&(start, end, kind): &(usize, usize, _)| {
            Some(Block::plain(Span::new(&raw, start, end)?.trimmed(&raw), kind))
        };
        let blocks: Vec<Block> = blocks.iter().filter_map(block).collect();
        if blocks.is_empty() || blocks.len() != places.len() {
            return None;
        }
        let mut stand_in = Article::new(article.id, article.origin.clone(), raw, blocks);
        stand_in.hints.clone_from(&article.hints);
        Some(StandIn { article: stand_in, places, bare })
    }

    /// The piece of the original that a part of the stand-in was made of.
    pub(crate) fn original(&self, span: Span) -> Option<Span> {
        let block = self.article.blocks().partition_point(|block| block.span.end() <= span.start());
        self.places.get(block).map(|(_, place)| *place)
    }

    /// The pieces that are marks alone.
    pub(crate) fn bare(&self) -> impl Iterator<Item = Span> {
        self.bare.iter().copied()
    }

    /// The original's blocks that are known to be parts of a head.
    pub(crate) fn heads(&self) -> Vec<(usize, BlockKind)> {
        let blocks = self.article.blocks().iter().zip(&self.places);
        let heads = blocks.filter(|(block, _)| !block.kind.is_body());
        heads.map(|(block, (place, _))| (*place, block.kind)).collect()
    }

    /// The stand-in's cuts, and those of bare marks if the rule is on, as cuts of the original by `stage`.
    pub(crate) fn cuts(self, stage: &str, bare: bool) -> Vec<Cut> {
        let mut cuts: Vec<Cut> = Vec::new();
        for cut in self.article.cuts() {
            cuts.extend(self.original(cut.span).map(|span| Cut { span, ..cut.clone() }));
        }
        if bare {
            let cut = |span: &Span| Cut::new(*span, RULE.reason, RULE.name, stage.to_owned(), CONFIDENCE);
            cuts.extend(self.bare.iter().map(cut));
        }
        cuts
    }
}

/// The article as rules and model see it, where that differs from what is written.
pub fn seen_article(article: &Article) -> Option<Article> {
    StandIn::of(article).map(|stand_in| stand_in.article)
}

/// One look at the whole text: most have none.
fn may_hold_marks(text: &str) -> bool {
    memchr(b'[', text.as_bytes()).is_some()
        || memmem::find(text.as_bytes(), BUTTON.as_bytes()).is_some()
        || memmem::find(text.as_bytes(), b"://").is_some()
}

/// True for a line of which only marks are left, if it had words at all.
fn is_bare(text: &str, seen: &str) -> bool {
    is_listed_address(text) || !has_words(seen) && has_words(text)
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// True for an entry of the list of addresses at the end of a dump: `12. https://…`.
fn is_listed_address(text: &str) -> bool {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let Some(address) = text.get(n_digits..).and_then(|rest| rest.strip_prefix(". ")) else { return false };
    let address = address.trim_start();
    (1..=4).contains(&n_digits)
        && SCHEMES.iter().any(|scheme| address.starts_with(scheme))
        && !address.contains(char::is_whitespace)
}

fn heads_list(seen: &str, next: &str) -> bool {
    let heading = seen.trim().trim_end_matches(':');
    LIST_HEADINGS.iter().any(|known| heading.eq_ignore_ascii_case(known))
        && (is_listed_address(next)
            || LIST_HEADINGS[1..].iter().any(|known| next.trim_end_matches(':').eq_ignore_ascii_case(known)))
}

/// The text without its marks: addresses and brackets of links, numbers of links, names of pictures, `(BUTTON)`.
///
/// ```
/// assert_eq!(copydesk_stripper::seen("* [All ferries](https://example.org/f) [12]sail"), "* All ferries sail");
/// ```
pub fn seen(text: &str) -> Cow<'_, str> {
    let drops = drops(text);
    if drops.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in drops {
        out.push_str(text.get(at..start).unwrap_or(""));
        at = at.max(end);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    Cow::Owned(out)
}

/// What of a text is marks, in order.
fn drops(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut drops = Vec::new();
    // Brackets that are open, each with the exclamation mark before it.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'[', b']', b'(', bytes.get(at..).unwrap_or(&[])) {
        let start = at + found;
        at = start + 1;
        let rest = text.get(start..).unwrap_or("");
        match bytes.get(start) {
            Some(b'[') => {
                if let Some(len) = bracketed(rest) {
                    drops.push((start, start + len));
                    at = start + len;
                } else {
                    let picture = start > 0 && bytes.get(start - 1) == Some(&b'!');
                    open.push((start - usize::from(picture), start + 1));
                }
            }
            Some(b']') => {
                let opened = open.pop();
                if let Some(len) = target(rest) {
                    drops.extend(opened);
                    drops.push((start, start + len));
                    at = start + len;
                }
            }
            _ => {
                if rest.starts_with(BUTTON) {
                    drops.push((start, start + BUTTON.len()));
                    at = start + BUTTON.len();
                }
            }
        }
    }
    drops.sort_unstable();
    drops
}

/// The length of a mark of lynx in brackets: `[12]`, `[map.png]`, `[INLINE]`.
fn bracketed(text: &str) -> Option<usize> {
    const MAX: usize = 120;
    let bytes = text.as_bytes();
    let inner = bytes.get(1..bytes.len().min(MAX))?;
    let len = memchr::memchr3(b']', b'[', b'\n', inner)?;
    if inner.get(len) != Some(&b']') || inner.get(len + 1) == Some(&b'(') {
        return None;
    }
    let inner = text.get(1..=len)?;
    let numbered = inner.len() <= 4 && inner.bytes().all(|byte| byte.is_ascii_digit()) && !inner.is_empty();
    let named = || !inner.contains(' ') && PICTURES.iter().any(|ending| inner.ends_with(ending));
    (numbered || named() || BRACKETED.contains(&inner)).then_some(len + 2)
}

/// The length of `](address "title")`. An address may be broken over lines, as html2text does.
fn target(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = bytes.starts_with(b"](").then_some(2)?;
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at + 1),
            b')' => depth -= 1,
            // Another link begins: so every byte is looked at once or twice.
            b']' | b'[' => return None,
            b' ' | b'\n' => {
                let gap = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let behind = bytes.get(at + gap..)?;
                if let Some(title) = behind.strip_prefix(b"\"") {
                    let end = at + gap + 1 + memchr(b'"', title)?;
                    return (bytes.get(end + 1) == Some(&b')')).then_some(end + 2);
                }
                memchr(b'\n', bytes.get(at..at + gap)?)?;
                at += gap - 1;
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
    use copydesk_core::{ArticleId, BlockKind, Origin};

    use super::*;

    fn article(raw: &str) -> Article {
        let blocks = raw
            .lines()
            .map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph))
            .collect();
        Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks)
    }

    #[test]
    fn marks_are_not_seen() {
        for (text, expected) in [
            ("no marks (at all)", "no marks (at all)"),
            ("[a\n  b](https://a.org/b-\n  c \"d\") e", "a\n  b e"),
            ("[Home](/) and [far](https://a.org/b_(c) \"a title\").", "Home and far."),
            ("[![](/left.svg)\n  Tools](#close)", "\n  Tools"),
            ("![The quay](quay.jpg) at dawn", "The quay at dawn"),
            ("Tools](#close)", "Tools"),
            ("[19][left-icon.svg] [20]Home (BUTTON) Menu", " Home  Menu"),
            ("She said [sic] that [it] was so", "She said [sic] that [it] was so"),
            ("f[i](x and [y](", "f[i](x and [y]("),
        ] {
            assert_eq!(seen(text), expected);
        }
    }

    #[test]
    fn what_is_cut_of_the_stand_in_is_cut_of_the_original() {
        let raw = "[1]Fog closes the harbour\n[2]Home\n![](x.svg)\nNobody was hurt.\nReferences\n1. https://example.org/";
        let mut original = article(raw);
        let mut stand_in = StandIn::of(&original).unwrap();
        let texts: Vec<_> = stand_in.article.kept().map(|kept| kept.text.to_owned()).collect();
        assert_eq!(texts, ["Fog closes the harbour", "Home", "Nobody was hurt."]);
        let home = stand_in.article.blocks()[1].span;
        stand_in.article.cut(vec![Cut::new(home, Reason::Navigation, "menu", "s", 1.0)]);
        original.cut(stand_in.cuts("s", true));
        assert_eq!(original.text(), "[1]Fog closes the harbour\n\nNobody was hurt.");
        assert!(StandIn::of(&original).unwrap().cuts("s", true).is_empty());
    }

    #[test]
    fn text_without_marks_has_no_stand_in() {
        assert!(StandIn::of(&article("Fog [sic] closes (again) the harbour")).is_none());
        assert!(StandIn::of(&article("[1]\n[2]")).is_none());
    }
}
