//! Changed copies of pages, to teach what the pages at hand do not show: other languages, bare markup, comments
//! in good prose, teasers of full sentences, briefs, and texts that are clean already.

use std::sync::Arc;

use copydesk_core::{BlockKind, Markup, Node, Page};

use super::boost::Chance;
use super::corpus::{Document, Version};
use super::disguise::{Script, disguise};
use super::label::Target;
use super::sample::{Piece, Sample};

/// What a changed copy weighs against a page as it is.
const WEIGHT: f32 = 0.35;
/// What a clean text weighs.
const CLEAN_WEIGHT: f32 = 0.3;

/// A page on its way to be changed.
struct Draft {
    sample: Sample,
    targets: Vec<Target>,
}

/// Adds `copies` changed copies of each page, and a clean version of each.
pub(super) fn extend(documents: &mut Vec<Document>, copies: usize) {
    let n_pages = documents.len();
    let mut made = Vec::new();
    for idx in 0..n_pages {
        let page = &documents[idx];
        if page.weight == 0.0 {
            continue;
        }
        let mut chance = Chance(0xc0de ^ (idx as u64) << 8);
        for _ in 0..copies {
            let mut draft = Draft { sample: page.sample.clone(), targets: page.targets.clone() };
            change(&mut draft, documents, page.fold, &mut chance);
            made.push(document(page, draft, Version::Changed, WEIGHT));
        }
        if copies > 0 {
            let mut draft = Draft { sample: page.sample.clone(), targets: page.targets.clone() };
            clean(&mut draft, &mut chance);
            made.push(document(page, draft, Version::Clean, CLEAN_WEIGHT));
        }
    }
    documents.extend(made);
}

/// Adds each page without its names, to see how much hangs on them.
pub(super) fn without_names(documents: &mut Vec<Document>) {
    let pages = documents.iter().filter(|document| document.version == Version::Real);
    let nameless: Vec<Document> = pages
        .filter(|page| page.sample.page.is_some())
        .map(|page| {
            let mut draft = Draft { sample: page.sample.clone(), targets: page.targets.clone() };
            strip_names(&mut draft);
            document(page, draft, Version::Nameless, 0.0)
        })
        .collect();
    documents.extend(nameless);
}

fn document(page: &Document, draft: Draft, version: Version, weight: f32) -> Document {
    let mut document = Document::new(page.page, page.fold, weight, draft.sample, draft.targets);
    document.version = version;
    document
}

fn change(draft: &mut Draft, documents: &[Document], fold: usize, chance: &mut Chance) {
    if chance.hit(0.25) {
        shorten(draft, chance);
    }
    if chance.hit(0.35) {
        thin_out(draft, chance);
    }
    if chance.hit(0.3) {
        comments(draft, documents, fold, chance);
    }
    if chance.hit(0.3) {
        teasers(draft, documents, fold, chance);
    }
    if draft.sample.page.is_some() {
        if chance.hit(0.4) {
            strip_names(draft);
        }
        if chance.hit(0.25) {
            flatten(draft);
        }
        if chance.hit(0.3) {
            draft.sample.hints.clear();
        }
    }
    if chance.hit(0.45) {
        let script = [Script::Hangul, Script::Han, Script::Latin][chance.below(3)];
        for piece in &mut draft.sample.pieces {
            piece.text = disguise(&piece.text, script);
        }
        for hint in &mut draft.sample.hints {
            hint.value = disguise(&hint.value, script);
        }
    }
}

impl Draft {
    fn retain(&mut self, keep: impl Fn(usize, &Target) -> bool) {
        let mut idx = 0;
        let keeps: Vec<bool> = self
            .targets
            .iter()
            .map(|target| {
                idx += 1;
                keep(idx - 1, target)
            })
            .collect();
        let mut keeps_pieces = keeps.iter();
        self.sample.pieces.retain(|_| keeps_pieces.next().copied().unwrap_or(true));
        let mut keeps_targets = keeps.iter();
        self.targets.retain(|_| keeps_targets.next().copied().unwrap_or(true));
        // Places have moved.
        self.sample.hints.iter_mut().for_each(|hint| hint.block = None);
    }

    fn body_end(&self) -> usize {
        self.targets.iter().rposition(|target| target.keep >= 0.5).map_or(self.targets.len(), |last| last + 1)
    }

    fn insert(&mut self, at: usize, pieces: Vec<Piece>) {
        let target = Target { keep: 0.0, weight: 1.0, field: false };
        let n_new = pieces.len();
        self.sample.pieces.splice(at..at, pieces);
        self.targets.splice(at..at, std::iter::repeat_n(target, n_new));
        self.sample.hints.iter_mut().for_each(|hint| hint.block = None);
    }

    /// A new element below the one that holds the block before `at` and those `steps` above it; the markup
    /// of blocks in it. `None` for plain text.
    fn element(&mut self, at: usize, steps: usize, tag: &str, names: &str) -> Option<Markup> {
        let page = self.sample.page.as_ref()?;
        let before = self.sample.pieces.get(at.saturating_sub(1))?.markup?;
        let parent = page.ancestors(before.node).nth(steps).map_or(0, |(idx, _)| idx);
        let mut page = Page::clone(page);
        let markup = grow(&mut page, parent, tag, names);
        self.sample.page = Some(Arc::new(page));
        Some(markup)
    }

    fn child(&mut self, parent: Option<Markup>, tag: &str) -> Option<Markup> {
        let parent = parent?;
        let mut page = Page::clone(self.sample.page.as_ref()?);
        let markup = grow(&mut page, parent.node, tag, "");
        self.sample.page = Some(Arc::new(page));
        Some(markup)
    }
}

fn grow(page: &mut Page, parent: u32, tag: &str, names: &str) -> Markup {
    let depth = page.nodes.get(parent as usize).map_or(0, |node| node.depth) + 1;
    if let Some(node) = page.nodes.get_mut(parent as usize) {
        node.children += 1;
    }
    page.nodes.push(Node { parent, tag: tag.into(), attrs: names.into(), depth, children: 0 });
    Markup { node: page.nodes.len() as u32 - 1, ..Markup::default() }
}

/// Leaves two to five paragraphs of the article.
fn shorten(draft: &mut Draft, chance: &mut Chance) {
    let mut left = 2 + chance.below(4);
    let mut keeps = Vec::new();
    for (piece, target) in draft.sample.pieces.iter().zip(&draft.targets) {
        let body = target.keep >= 0.5 && !target.field;
        keeps.push(!body || left > 0);
        if body && piece.text.len() > 60 {
            left = left.saturating_sub(1);
        }
    }
    draft.retain(|idx, _| keeps[idx]);
}

/// Takes away most of what is not the article: all above it, all below it, or blocks here and there.
fn thin_out(draft: &mut Draft, chance: &mut Chance) {
    let first = draft.targets.iter().position(|target| target.keep >= 0.5).unwrap_or(0);
    let end = draft.body_end();
    let (above, below) = (chance.below(8), chance.below(8));
    let (cut_above, cut_below) = (chance.hit(0.7), chance.hit(0.7));
    draft.retain(|idx, target| {
        target.keep >= 0.5 || (!cut_above || idx + above >= first) && (!cut_below || idx < end + below)
    });
}

/// The article alone, whole or its first paragraphs.
fn clean(draft: &mut Draft, chance: &mut Chance) {
    let plain = chance.hit(0.4);
    draft.retain(|_, target| target.keep >= 0.5 && !(plain && target.field));
    if chance.hit(0.3) {
        shorten(draft, chance);
    }
    for target in &mut draft.targets {
        *target = Target { keep: 1.0, weight: 1.0, field: target.field };
    }
    if chance.hit(0.3) {
        let script = [Script::Hangul, Script::Han, Script::Latin][chance.below(3)];
        for piece in &mut draft.sample.pieces {
            piece.text = disguise(&piece.text, script);
        }
    }
}

/// Paragraphs of other pages' articles, of the same fold.
fn strangers<'a>(documents: &'a [Document], fold: usize, chance: &mut Chance) -> Vec<&'a str> {
    for _ in 0..20 {
        let document = &documents[chance.below(documents.len())];
        if document.fold != fold {
            continue;
        }
        let prose: Vec<&str> = document
            .sample
            .pieces
            .iter()
            .zip(&document.targets)
            .filter(|(piece, target)| target.keep >= 0.5 && !target.field && piece.text.len() > 80)
            .map(|(piece, _)| piece.text.as_str())
            .collect();
        if prose.len() > 3 {
            return prose;
        }
    }
    Vec::new()
}

const NAMES: [&str; 8] =
    ["jonas_w", "Mia K.", "skeptic42", "Anna Berg", "tomtom", "R. Ortega", "guest", "Lee"];
const WHEN: [&str; 6] =
    ["2 hours ago", "March 3, 2019 at 4:12 pm", "1d", "12.05.2021 09:14", "yesterday", "Reply"];
const NO_NAMES: &str = "";

/// Readers' comments below the article: good prose, with names and dates between.
fn comments(draft: &mut Draft, documents: &[Document], fold: usize, chance: &mut Chance) {
    let prose = strangers(documents, fold, chance);
    if prose.is_empty() {
        return;
    }
    let at = draft.body_end();
    let names = if chance.hit(0.5) { "comments comment-list" } else { NO_NAMES };
    let root = draft.element(at, 1 + chance.below(3), if chance.hit(0.5) { "div" } else { "ol" }, names);
    let mut pieces = Vec::new();
    let (n_comments, with_names, with_dates) = (2 + chance.below(10), chance.hit(0.7), chance.hit(0.7));
    for _ in 0..n_comments {
        let item = draft.child(root, "div");
        let mut push = |text: &str, tag: &str, draft: &mut Draft| {
            let markup = draft.child(item, tag);
            pieces.push(Piece { text: text.to_owned(), kind: BlockKind::Paragraph, markup });
        };
        if with_names {
            push(NAMES[chance.below(NAMES.len())], "div", draft);
        }
        if with_dates {
            push(WHEN[chance.below(WHEN.len())], "div", draft);
        }
        for _ in 0..=chance.below(2) {
            push(prose[chance.below(prose.len())], "p", draft);
        }
    }
    draft.insert(at, pieces);
}

/// Teasers of other articles below this one: a headline and a first paragraph each.
fn teasers(draft: &mut Draft, documents: &[Document], fold: usize, chance: &mut Chance) {
    let at = draft.body_end();
    let names = if chance.hit(0.4) { "related teaser-list" } else { NO_NAMES };
    let root = draft.element(at, 1 + chance.below(3), "div", names);
    let (n_teasers, linked, whole) = (2 + chance.below(6), chance.hit(0.6), chance.hit(0.5));
    let mut pieces = Vec::new();
    for _ in 0..n_teasers {
        let prose = strangers(documents, fold, chance);
        let Some(first) = prose.first() else { continue };
        let item = draft.child(root, "div");
        let head: String = first.split_whitespace().take(5 + chance.below(6)).collect::<Vec<_>>().join(" ");
        let mut markup = draft.child(item, "h3");
        if let Some(markup) = markup.as_mut().filter(|_| linked) {
            markup.links = 1;
            markup.link_bytes = head.len() as u32;
        }
        pieces.push(Piece { text: head, kind: BlockKind::Paragraph, markup });
        let markup = draft.child(item, "p");
        let text =
            if whole { (*first).to_owned() } else { first.chars().take(140).chain("...".chars()).collect() };
        pieces.push(Piece { text, kind: BlockKind::Paragraph, markup });
    }
    draft.insert(at, pieces);
}

/// A page without a single class, id or role.
fn strip_names(draft: &mut Draft) {
    rename(draft, |node| node.attrs = "".into());
}

/// A page of `div` and `p` alone.
fn flatten(draft: &mut Draft) {
    rename(draft, |node| {
        let tag = match &*node.tag {
            "p" | "h1" | "a" | "body" | "html" => return,
            "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "blockquote" | "td" | "dd" | "dt" => "p",
            _ => "div",
        };
        node.tag = tag.into();
    });
}

fn rename(draft: &mut Draft, change: impl Fn(&mut Node)) {
    if let Some(page) = &draft.sample.page {
        let mut page = Page::clone(page);
        page.nodes.iter_mut().for_each(change);
        draft.sample.page = Some(Arc::new(page));
    }
}
