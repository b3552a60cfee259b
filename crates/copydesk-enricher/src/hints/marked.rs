//! Bylines and dates that a page marks as such: by the class of an element, or by a `time` element.
//!
//! Weaker than what the head of the page states, stronger than nothing. Only what stands near the headline
//! counts, for lists of other articles are marked the same way.

use copydesk_core::{Article, Span};

use super::Vicinity;
use crate::dates::{self, SlashOrder, Stamp};
use crate::furniture;
use crate::names::is_person;
use crate::signed;

/// What the blocks around the headline are marked as.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    pub authors: Option<(Vec<String>, Span)>,
    pub published: Option<(Stamp, Span)>,
    /// True if a word such as `published` stands before that date.
    pub is_labelled: bool,
    /// True if it stands far from the headline, and is known by that word alone.
    pub is_far: bool,
    pub modified: Option<(Stamp, Span)>,
    /// The first day that a `time` element near the headline gives.
    pub time: Option<(Stamp, Option<Span>)>,
}

impl Marked {
    /// Reads the blocks around the headline.
    pub(crate) fn of(vicinity: &Vicinity<'_>, order: SlashOrder) -> Marked {
        let article = vicinity.article;
        let mut marked = Marked::default();
        if article.page.is_none() {
            return marked;
        }
        let std::ops::Range { start: from, end: to } = vicinity.near();
        let mut above = "";
        // What stands above the headline may belong to other articles.
        let title = vicinity.title.unwrap_or(from);
        let blocks = |range: std::ops::Range<usize>| article.blocks().get(range).unwrap_or_default();
        let to = to.min(article.blocks().len());
        let places = (title..to).chain(from..title);
        for (idx, block) in places.zip(blocks(title..to).iter().chain(blocks(from..title))) {
            let text = block.span.of_text(article.raw()).trim();
            if text.is_empty() || text.len() > 160 {
                above = "";
                continue;
            }
            let label = std::mem::replace(&mut above, text);
            if marked.authors.is_none() && vicinity.is_byline(idx) {
                marked.authors = names(text, order).map(|names| (names, block.span));
            }
            // A date has a number in it, and most lines have none.
            if text.chars().any(char::is_numeric) && (vicinity.is_date(idx) || is_dated(text)) {
                marked.read_dates(label, text, block.span, order);
            }
        }
        if marked.published.is_none() && marked.modified.is_none() {
            marked.read_labelled(article, order);
            marked.is_far = true;
        }
        marked.time = time(article, vicinity.title.unwrap_or(0), from..to, order);
        marked
    }

    /// `Published on 3 December 2025`, wherever it stands: below the text, or far from a title that is not shown.
    fn read_labelled(&mut self, article: &Article, order: SlashOrder) {
        let mut above = "";
        for block in article.blocks() {
            let text = block.span.of_text(article.raw()).trim();
            if text.len() > 120 {
                above = "";
                continue;
            }
            let label = std::mem::replace(&mut above, text);
            // A date has a number in it, and most lines have none.
            if dates::scan(text, order).is_empty() {
                continue;
            }
            let label = if furniture::announces(label) { label } else { "" };
            let Some(one) = furniture::read(&format!("{label} {text}"), order).filter(|one| one.labelled)
            else {
                continue;
            };
            self.is_labelled |= self.published.is_none() && one.published.is_some();
            self.published = self.published.or(one.published.map(|stamp| (stamp, block.span)));
            self.modified = self.modified.or(one.modified.map(|stamp| (stamp, block.span)));
            if self.published.is_some() {
                break;
            }
        }
    }

    fn read_dates(&mut self, label: &str, text: &str, span: Span, order: SlashOrder) {
        let Some(found) = dates::scan(text, order).first().copied() else { return };
        let labelled =
            furniture::announces(label).then(|| furniture::read(&format!("{label} {text}"), order)).flatten();
        let furniture = labelled.or_else(|| furniture::read(text, order));
        let is_labelled = furniture.as_ref().is_some_and(|one| one.labelled && one.published.is_some());
        let is_modified = furniture.is_some_and(|one| one.published.is_none() && one.modified.is_some());
        self.is_labelled |= !is_modified && self.published.is_none() && is_labelled;
        let slot = if is_modified { &mut self.modified } else { &mut self.published };
        slot.get_or_insert((found.stamp, span));
    }
}

/// The first `time` near the headline; else the one day that all `time` elements of the page agree on.
fn time(
    article: &Article,
    title: usize,
    near: std::ops::Range<usize>,
    order: SlashOrder,
) -> Option<(Stamp, Option<Span>)> {
    let mut all = Vec::new();
    let mut closest: Option<(usize, (Stamp, Option<Span>))> = None;
    for hint in super::all(article, "time:datetime") {
        let Some(stamp) = dates::parse(&hint.value, order) else { continue };
        let block = hint.block.map(|block| block as usize);
        let span = block.and_then(|block| article.blocks().get(block)).map(|block| block.span);
        if block.is_some_and(|block| says_updated(article, block, order)) {
            continue;
        }
        if let Some(block) = block.filter(|block| near.contains(block)) {
            // Above the headline may stand what belongs to another article.
            let distance = if block >= title { block - title } else { 2 * (title - block) };
            if closest.is_none_or(|(known, _)| distance < known) {
                closest = Some((distance, (stamp, span)));
            }
        }
        all.push((stamp, span));
    }
    if let Some((_, closest)) = closest {
        return Some(closest);
    }
    let first = all.first().copied()?;
    all.iter().all(|(stamp, _)| stamp.date == first.0.date).then_some(first)
}

/// True if the words around a `time` element say that it is when the page was changed.
fn says_updated(article: &Article, block: usize, order: SlashOrder) -> bool {
    let text =
        |block: usize| article.blocks().get(block).map(|block| block.span.of_text(article.raw()).trim());
    let Some(line) = text(block).filter(|line| line.len() <= 160) else { return false };
    let label = block.checked_sub(1).and_then(text).filter(|label| furniture::announces(label));
    let one = furniture::read(&format!("{} {line}", label.unwrap_or_default()), order);
    one.is_some_and(|one| one.published.is_none() && one.modified.is_some())
}

/// A line of a few words that is no sentence and holds a date: `Blog | 3 December 2025 | 7 comments`.
fn is_dated(text: &str) -> bool {
    text.split_whitespace().count() <= 12 && !text.ends_with(['.', '?', '!', ':'])
}

/// The names of a line that is marked as a byline: one word is enough here, if it is alone.
fn names(text: &str, order: SlashOrder) -> Option<Vec<String>> {
    match furniture::read(text, order) {
        Some(one) if !one.authors.is_empty() => return Some(one.authors),
        Some(one) if one.timed => return None,
        _ if furniture::announces(text) => return None,
        _ => {}
    }
    let name = signed::after_prefix(text, &crate::vocabulary::AUTHOR_PREFIXES).unwrap_or(text);
    let name = name.split(['|', '•', '·', ',', '–', '—']).next().unwrap_or(name).trim();
    is_person(name, true).then(|| vec![name.to_owned()])
}
