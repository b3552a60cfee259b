//! Features of a block from the page's elements: which container holds the prose, what repeats beside it,
//! how far the block is from it.
//!
//! Class names are hints a site may give; every one of them has to be dispensable, for training strips them
//! from part of the pages.

mod names;

use std::sync::LazyLock;

use copydesk_core::{Article, Markup, Node, Page};
use hashbrown::{HashMap, HashSet};

use crate::needles::Needles;

use super::context::Sheet;
use super::line::Words;
use super::reason::Looks;
pub(super) use names::{containers, elements, stated as stated_names};

const TAGS: [&str; 20] = [
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "td",
    "th",
    "div",
    "figcaption",
    "blockquote",
    "pre",
    "span",
    "dd",
    "dt",
    "button",
    "a",
    "section",
];
const ANCESTORS: [&str; 16] = [
    "article",
    "main",
    "nav",
    "footer",
    "aside",
    "header",
    "form",
    "figure",
    "ul",
    "ol",
    "table",
    "blockquote",
    "dialog",
    "section",
    "button",
    "menu",
];
/// Groups of words in class names and ids. The last two speak for the article.
const N_MARKS: usize = 10;
const MARKS: [&str; N_MARKS] = [
    "comment|disqus|reply|respond|discuss|review",
    "share|social|follow",
    "related|recommend|popular|trending|more-|read-next|teaser|card|outbrain|taboola|sidebar|widget|latest|archive|recirc",
    "nav|menu|breadcrumb|footer|header|toolbar|pager|pagination|tags|tag-|skip",
    "author|byline|-bio|bio-|meta|date|time|dateline",
    "caption|credit|figure|media|gallery|image",
    "newsletter|subscri|signup|sign-up|promo|banner|cta|advert|ad-|ads-|sponsor|popup|modal|overlay|paywall",
    "cookie|consent|gdpr|privacy|legal|disclaimer|copyright|notice",
    "article|content|body|story|post|entry|main|text|paragraph|rich|prose|blog",
    "articlebody|article-body|article_body|article__body|entry-content|post-content|post-body|post__content|post_content|\
     story-body|story__body|article-content|article__content|article_content|content-body|content__body|body-content|\
     story-content|rich-text|richtext|post-text|article-text|blog-content|blog-post-content",
];
const FAR: f32 = 30.0;

static MARK_WORDS: LazyLock<(Needles, Vec<u8>)> = LazyLock::new(|| {
    let mut groups = Vec::new();
    let mut patterns = Vec::new();
    for (group, words) in MARKS.iter().enumerate() {
        for word in words.split('|') {
            patterns.push(word);
            groups.push(group as u8);
        }
    }
    (Needles::new(patterns), groups)
});

/// What is known of each element, by its place in the page.
struct Elements {
    /// Bits of [`ANCESTORS`] for the element and all above it.
    above: Vec<u32>,
    /// Steps up to the nearest element whose attributes have a word of each group.
    marks: Vec<[f32; N_MARKS]>,
    /// Words, words of prose, bytes, bytes in links and blocks below the element.
    sums: Vec<Sums>,
    /// How many children of the same parent have the same tag, and the same tag and attributes.
    alike: Vec<(f32, f32)>,
    /// The element that holds the prose best.
    top: Option<u32>,
    /// True for `top` and all above it.
    on_path: Vec<bool>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    words: f32,
    prose: f32,
    bytes: f32,
    link_bytes: f32,
    blocks: f32,
    prose_blocks: f32,
}

/// Adds the page's features to each row, and to `looks` what they say of a reason. Nothing for plain text.
pub(super) fn extend(rows: &mut [Vec<f32>], article: &Article, sheet: &Sheet, looks: &mut [Looks]) {
    let Some(page) = article.page.as_deref() else { return };
    let markups: Vec<Markup> = article.blocks().iter().map(|block| clamp(block.markup, page)).collect();
    if page.nodes.is_empty() {
        return;
    }
    let bytes: Vec<f32> = article.blocks().iter().map(|block| block.span.len() as f32).collect();
    let elements = Elements::new(page, &markups, &bytes, sheet);
    let anchors = anchors(page, &markups, sheet);
    let stated = stated(article);
    let told = told(article, sheet);
    let described = described(article, sheet);
    let total = elements.sums.first().copied().unwrap_or_default();
    for (idx, row) in rows.iter_mut().enumerate() {
        let markup = markups[idx];
        looks[idx].linked = markup.link_bytes as f32 / bytes[idx].max(1.0);
        looks[idx].marks = near_marks(&elements.marks[markup.node as usize]);
        element_features(page, &elements, markup, bytes[idx], row);
        container_features(page, &elements, markup.node, total, row);
        for anchor in anchors {
            row.push(anchor.map_or(-200.0, |anchor| idx as f32 - anchor as f32));
        }
        row.push(beside(&markups, page, idx));
        row.extend(stated[idx]);
        row.push(told[idx]);
        row.extend([described[idx].0, described[idx].1]);
    }
}

/// Groups whose words stand at most four steps above, as bits.
fn near_marks(marks: &[f32; N_MARKS]) -> u16 {
    let near = marks.iter().enumerate().filter(|(_, steps)| **steps <= 4.0);
    near.fold(0, |bits, (group, _)| bits | 1 << group)
}

fn clamp(markup: Option<Markup>, page: &Page) -> Markup {
    let mut markup = markup.unwrap_or_default();
    if markup.node as usize >= page.nodes.len() {
        markup.node = 0;
    }
    markup
}

/// Blocks that other blocks are placed by: the first `h1`, the block most like the title, the last `h1`.
fn anchors(page: &Page, markups: &[Markup], sheet: &Sheet) -> [Option<usize>; 3] {
    let is_h1 = |markup: &Markup| &*page.nodes[markup.node as usize].tag == "h1";
    let first = markups.iter().position(is_h1);
    let last = markups.iter().rposition(is_h1);
    let alike = |&(a, b): &(f32, f32)| a + b;
    let title = (0..sheet.len())
        .filter(|&idx| alike(&sheet.title[idx]) > 1.3)
        .max_by(|&a, &b| alike(&sheet.title[a]).total_cmp(&alike(&sheet.title[b])).then(b.cmp(&a)));
    [first, title, last]
}

/// For each block, whether the markup states an author or a time in it, and whether it is word for word what the
/// page gives as its summary.
fn stated(article: &Article) -> Vec<[f32; 2]> {
    let mut stated = vec![[0.0; 2]; article.blocks().len()];
    for hint in &article.hints {
        let field = ["author", "time:", "date"].iter().any(|part| hint.name.contains(part));
        let Some(block) = hint.block.and_then(|block| stated.get_mut(block as usize)).filter(|_| field)
        else {
            continue;
        };
        block[0] = 1.0;
    }
    for name in ["meta:description", "meta:og:description", "jsonld:description"] {
        let Some(hint) = article.hint(name).filter(|hint| hint.value.len() > 30) else { continue };
        for (block, stated) in article.blocks().iter().zip(&mut stated) {
            if block.span.of_text(article.raw()).trim() == hint.value {
                stated[1] = 1.0;
            }
        }
    }
    stated
}

/// Words that a text must have to be taken for the article's own, where the page states it beside its markup.
const FEWEST_TOLD: usize = 60;

/// For each block, the share of its pairs of words that stand in the text that the page's JSON-LD gives as the
/// article's; -1 without such a text, -0.5 for a block too short to tell.
fn told(article: &Article, sheet: &Sheet) -> Vec<f32> {
    let body = Words::of(article.hint("jsonld:articleBody").map(|hint| hint.value.as_str()).into_iter());
    let tokens: &[u32] = body.lines.first().map_or(&[], |line| body.tokens(line));
    if tokens.len() < FEWEST_TOLD {
        return vec![-1.0; sheet.len()];
    }
    let pair = |pair: &[u32]| match pair {
        [one, two] => u64::from(*one) << 32 | u64::from(*two),
        _ => 0,
    };
    let known: HashSet<u64> = tokens.windows(2).map(pair).collect();
    let share = |line| {
        let tokens = sheet.words.tokens(line);
        let n_pairs = tokens.len().saturating_sub(1);
        let held = tokens.windows(2).filter(|two| known.contains(&pair(two))).count();
        if n_pairs == 0 { -0.5 } else { held as f32 / n_pairs as f32 }
    };
    sheet.words.lines.iter().map(share).collect()
}

/// Share of the words of the page's stated summary in each block, and of the block's in the summary.
fn described(article: &Article, sheet: &Sheet) -> Vec<(f32, f32)> {
    let names = ["meta:description", "meta:og:description", "jsonld:description"];
    let summary = names.iter().find_map(|name| article.hint(name)).map(|hint| hint.value.as_str());
    sheet.shared_with(summary)
}

/// Shares of the neighbouring blocks (two above, two below) that stand in an element of the same tag.
fn beside(markups: &[Markup], page: &Page, idx: usize) -> f32 {
    let tag = |idx: usize| &*page.nodes[markups[idx].node as usize].tag;
    let near = [-2_isize, -1, 1, 2].map(|step| {
        idx.checked_add_signed(step).filter(|&at| at < markups.len()).is_some_and(|at| tag(at) == tag(idx))
    });
    near.iter().filter(|&&same| same).count() as f32
}

fn element_features(page: &Page, elements: &Elements, markup: Markup, bytes: f32, row: &mut Vec<f32>) {
    let node = &page.nodes[markup.node as usize];
    let at = markup.node as usize;
    row.extend(TAGS.iter().map(|&tag| f32::from(u8::from(tag == &*node.tag))));
    row.extend((0..ANCESTORS.len()).map(|bit| f32::from(u8::from(elements.above[at] >> bit & 1 == 1))));
    row.extend(elements.marks[at]);
    let parent = &page.nodes[parent_of(page, markup.node) as usize];
    row.extend([
        markup.link_bytes as f32 / bytes.max(1.0),
        f32::from(markup.links),
        markup.emphasis_bytes as f32 / bytes.max(1.0),
        f32::from(node.depth),
        node.children as f32,
        parent.children as f32,
        elements.alike[at].0,
        elements.alike[at].1,
        elements.sums[at].blocks,
    ]);
}

fn parent_of(page: &Page, node: u32) -> u32 {
    page.nodes[node as usize].parent.min(node)
}

fn container_features(page: &Page, elements: &Elements, node: u32, total: Sums, row: &mut Vec<f32>) {
    let mut up = node;
    for _ in 0..4 {
        up = parent_of(page, up);
        container_share(elements.sums[up as usize], total, row);
    }
    let mut repeated = 0.0_f32;
    let (mut from_top, mut to_path) = (FAR, FAR);
    for (steps, (idx, node)) in page.ancestors(node).enumerate().take(24) {
        if steps < 6 && !matches!(&*node.tag, "p" | "br" | "h2" | "h3") {
            repeated = repeated.max(elements.alike[idx as usize].1);
        }
        if Some(idx) == elements.top {
            from_top = from_top.min(steps as f32);
        }
        if elements.on_path[idx as usize] {
            to_path = to_path.min(steps as f32);
        }
    }
    row.extend([repeated, from_top, to_path]);
}

fn container_share(sums: Sums, total: Sums, row: &mut Vec<f32>) {
    row.extend([
        sums.prose / total.prose.max(1.0),
        sums.words / sums.blocks.max(1.0),
        sums.link_bytes / sums.bytes.max(1.0),
        sums.prose_blocks / sums.blocks.max(1.0),
        sums.blocks,
    ]);
}

impl Elements {
    fn new(page: &Page, markups: &[Markup], bytes: &[f32], sheet: &Sheet) -> Elements {
        let n = page.nodes.len();
        let mut above = vec![0_u32; n];
        let mut marks = vec![[FAR; N_MARKS]; n];
        for (idx, node) in page.nodes.iter().enumerate() {
            let parent = parent_of(page, idx as u32) as usize;
            if parent < idx {
                above[idx] = above[parent];
                marks[idx] = marks[parent].map(|steps| (steps + 1.0).min(FAR));
            }
            if let Some(bit) = ANCESTORS.iter().position(|&tag| tag == &*node.tag) {
                above[idx] |= 1 << bit;
            }
            mark(node, &mut marks[idx]);
        }
        let sums = sums(page, markups, bytes, sheet);
        let top = top(page, markups, bytes, sheet);
        let mut on_path = vec![false; n];
        if let Some(top) = top {
            page.ancestors(top).for_each(|(idx, _)| on_path[idx as usize] = true);
        }
        Elements { above, marks, sums, alike: alike(page), top, on_path }
    }
}

fn mark(node: &Node, marks: &mut [f32; N_MARKS]) {
    // The page's outermost elements carry words for the page as a whole ("has-sidebar", "logged-in-menu").
    // The ids of headings are made of their words.
    if node.attrs.is_empty()
        || matches!(&*node.tag, "html" | "body" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
    {
        return;
    }
    let (words, groups) = &*MARK_WORDS;
    words.each(&node.attrs, |found| marks[usize::from(groups[found.id])] = 0.0);
}

fn sums(page: &Page, markups: &[Markup], bytes: &[f32], sheet: &Sheet) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); page.nodes.len()];
    for (idx, markup) in markups.iter().enumerate() {
        let own = &mut sums[markup.node as usize];
        let prose = sheet.prose[idx];
        own.words += sheet.words.lines[idx].words;
        own.prose += prose;
        own.bytes += bytes[idx];
        own.link_bytes += markup.link_bytes as f32;
        own.blocks += 1.0;
        own.prose_blocks += f32::from(u8::from(prose > 0.0));
    }
    for idx in (1..sums.len()).rev() {
        let parent = parent_of(page, idx as u32) as usize;
        if parent < idx {
            let own = sums[idx];
            let sum = &mut sums[parent];
            sum.words += own.words;
            sum.prose += own.prose;
            sum.bytes += own.bytes;
            sum.link_bytes += own.link_bytes;
            sum.blocks += own.blocks;
            sum.prose_blocks += own.prose_blocks;
        }
    }
    sums
}

/// The element most of the prose stands in, nearest to it: each block of prose speaks for the elements above
/// it, less for each step.
fn top(page: &Page, markups: &[Markup], bytes: &[f32], sheet: &Sheet) -> Option<u32> {
    let mut scores = vec![0.0_f32; page.nodes.len()];
    for (idx, markup) in markups.iter().enumerate().filter(|(idx, _)| sheet.prose[*idx] > 0.0) {
        let unlinked = 1.0 - (markup.link_bytes as f32 / bytes[idx].max(1.0)).min(1.0);
        let mut weight = 1.0;
        for (steps, (node, _)) in page.ancestors(markup.node).take(5).enumerate() {
            scores[node as usize] += sheet.prose[idx] * unlinked * weight;
            if steps > 0 {
                weight *= 0.75;
            }
        }
    }
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))?;
    (scores[best] > 0.0).then_some(best as u32)
}

fn alike(page: &Page) -> Vec<(f32, f32)> {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let keys: Vec<(u64, u64)> = (0_u32..)
        .zip(&page.nodes)
        .map(|(idx, node)| {
            let parent = u64::from(parent_of(page, idx)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let tag = node.tag.bytes().fold(parent, fold);
            // Numbers tell elements apart that are otherwise alike.
            let shape = node.attrs.bytes().filter(|byte| !byte.is_ascii_digit()).fold(fold(tag, 1), fold);
            (fold(tag, 0), fold(shape, 0))
        })
        .collect();
    let mut counts: HashMap<u64, f32> = HashMap::with_capacity(keys.len());
    for (tag, shape) in &keys {
        *counts.entry(*tag).or_default() += 1.0;
        *counts.entry(*shape).or_default() += 1.0;
    }
    let count = |key: &u64| counts.get(key).copied().unwrap_or(0.0);
    keys.iter().map(|(tag, shape)| (count(tag), count(shape))).collect()
}
