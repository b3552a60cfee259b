//! Which lines stand in a container that its markup names: a menu, a consent dialogue, a comment section.
//!
//! What must stay true here: a container that holds a good part of the page's prose is not believed, for
//! sites name elements as they please (`<body class="has-newsletter">`), and the headline, byline and date are
//! left to those who read them.

use std::sync::LazyLock;

use copydesk_core::{Article, Node, Page};

use crate::needles::Needles;
use crate::rule::MarkupRule;
use crate::rules::MARKUP_RULES;
use crate::view::View;

/// A container with more than this share of the page's prose is not believed.
const MAX_PROSE_SHARE: f64 = 0.25;
/// A container with fewer bytes of prose than this is believed whatever the share.
const MIN_PROSE: usize = 400;

/// Parts of attributes that mark the head of an article.
const HEAD_TOKENS: &[&str] = &[
    "byline",
    "author",
    "dateline",
    "published",
    "pubdate",
    "timestamp",
    "headline",
    "post-date",
    "entry-date",
    "datetime",
];

static HEADS: LazyLock<Needles> = LazyLock::new(|| Needles::new(HEAD_TOKENS.iter().copied()));

struct Tokens {
    find: Needles,
    rules: Vec<usize>,
}

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut rules = Vec::new();
    for (idx, rule) in MARKUP_RULES.iter().enumerate() {
        for token in rule.tokens {
            patterns.push(*token);
            rules.push(idx);
        }
    }
    let find = Needles::new(patterns);
    Tokens { find, rules }
});

/// The lines in such containers, each with its rule.
pub(crate) fn containers(
    article: &Article,
    view: &View<'_>,
    is_on: &[bool],
) -> Vec<(usize, &'static MarkupRule)> {
    let Some(page) = article.page.as_deref() else { return Vec::new() };
    let around = around_headline(page);
    let named = name_nodes(page, is_on, &around);
    let node_of = |line: usize| {
        let markup = article.blocks().get(view.lines[line].block)?.markup?;
        Some(markup.node as usize).filter(|&node| node < page.nodes.len())
    };
    let prose = prose_below(page, view, node_of);
    let believed = believed_names(page, &named, &prose);
    // A node's own name, or the nearest above it; parents come first.
    let mut within: Vec<Option<Name>> = vec![None; page.nodes.len()];
    let mut heads = vec![false; page.nodes.len()];
    for (idx, node) in page.nodes.iter().enumerate() {
        let parent = node.parent as usize;
        let inherited = if parent < idx { within[parent] } else { None };
        // The outer container says more: a share button in a menu is the menu's.
        within[idx] = inherited.or_else(|| named[idx].filter(|name| believed.contains(name)));
        heads[idx] = is_head(node) || parent < idx && heads[parent] && node.depth > 0;
    }
    let mut cuts = Vec::new();
    for (idx, line) in view.lines.iter().enumerate() {
        let Some(node) = node_of(idx) else { continue };
        let Some(rule) = within[node].map(|name| MARKUP_RULES[name.rule]) else { continue };
        let is_head = heads[node] || page.nodes[node].tag.as_ref() == "h1" || line.guarded && idx < 3;
        if rule.takes_heads || !is_head {
            cuts.push((idx, rule));
        }
    }
    cuts
}

/// What an element is named: by a rule, and by which of its tags or tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name {
    rule: usize,
    token: Option<usize>,
}

/// True for the elements around the headline: no menu or header of the site holds it. Of several `h1` nobody
/// knows which it is.
fn around_headline(page: &Page) -> Vec<bool> {
    let mut around = vec![false; page.nodes.len()];
    let mut headlines = page.nodes.iter().enumerate().filter(|(_, node)| &*node.tag == "h1");
    let (Some((headline, _)), None) = (headlines.next(), headlines.next()) else { return around };
    if let Ok(headline) = u32::try_from(headline) {
        page.ancestors(headline).for_each(|(idx, _)| around[idx as usize] = true);
    }
    around
}

/// The name of each element, by its tag or its attributes.
fn name_nodes(page: &Page, is_on: &[bool], around: &[bool]) -> Vec<Option<Name>> {
    let mut in_article = vec![false; page.nodes.len()];
    page.nodes
        .iter()
        .enumerate()
        .map(|(idx, node)| {
            let parent = node.parent as usize;
            in_article[idx] = matches!(&*node.tag, "article" | "main") || parent < idx && in_article[parent];
            // The ids of headings are made of their words.
            if matches!(
                &*node.tag,
                "html" | "body" | "article" | "main" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            ) {
                return None;
            }
            let fits = |rule: usize| {
                let rule_of = MARKUP_RULES[rule];
                is_on[rule]
                    && (rule_of.inside_article || !in_article[idx])
                    && (rule_of.takes_heads || !around[idx])
            };
            let by_tag = |rule: &usize| MARKUP_RULES[*rule].tags.contains(&&*node.tag) && fits(*rule);
            let by_tag = (0..MARKUP_RULES.len()).find(by_tag).map(|rule| Name { rule, token: None });
            by_tag.or_else(|| by_token(&node.attrs).filter(|name| fits(name.rule)))
        })
        .collect()
}

/// The first token that stands in these attributes as a whole word.
fn by_token(attrs: &str) -> Option<Name> {
    if attrs.is_empty() {
        return None;
    }
    let bytes = attrs.as_bytes();
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let mut first: Option<usize> = None;
    TOKENS.find.each(attrs, |found| {
        let before = found.start.checked_sub(1).and_then(|at| bytes.get(at));
        if is_edge(before) && is_edge(bytes.get(found.end)) {
            first = Some(first.map_or(found.id, |first| first.min(found.id)));
        }
    });
    first.map(|token| Name { rule: TOKENS.rules[token], token: Some(token) })
}

/// The names below which there is little prose, all elements of that name together.
fn believed_names(page: &Page, named: &[Option<Name>], prose: &[usize]) -> Vec<Name> {
    let mut totals: Vec<(Name, usize)> = Vec::new();
    for (idx, name) in named.iter().enumerate() {
        let Some(name) = *name else { continue };
        let parent = page.nodes[idx].parent as usize;
        let counted = parent < idx && named[parent] == Some(name);
        let bytes = if counted { 0 } else { prose[idx] };
        match totals.iter_mut().find(|(other, _)| *other == name) {
            Some((_, total)) => *total += bytes,
            None => totals.push((name, bytes)),
        }
    }
    let all = prose.first().copied().unwrap_or(0) as f64;
    let little = |bytes: usize| bytes < MIN_PROSE || bytes as f64 <= all * MAX_PROSE_SHARE;
    totals.into_iter().filter(|&(_, bytes)| little(bytes)).map(|(name, _)| name).collect()
}

/// Bytes of prose below each element.
fn prose_below(page: &Page, view: &View<'_>, node_of: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let mut prose = vec![0; page.nodes.len()];
    for (idx, line) in view.lines.iter().enumerate() {
        if let Some(node) = node_of(idx).filter(|_| view.is_prose(idx)) {
            prose[node] += line.text.len();
        }
    }
    for idx in (1..page.nodes.len()).rev() {
        let parent = page.nodes[idx].parent as usize;
        if parent < idx {
            prose[parent] += prose[idx];
        }
    }
    prose
}

fn is_head(node: &Node) -> bool {
    let mut named = false;
    HEADS.each(&node.attrs, |_| named = true);
    named || matches!(&*node.tag, "time" | "address")
}
