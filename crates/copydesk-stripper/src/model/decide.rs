//! From probabilities to a decision: what goes, and when nothing does.
//!
//! An article is never emptied. Where the forests would leave next to nothing, the bar is lowered until
//! something is left, and where even that fails everything stays.

mod steps;

use copydesk_core::{Article, BlockKind};

use super::lexicon::group;
use super::reason::Looks;
use super::{Features, Opinion};
pub(super) use steps::{Steps, Turn, steps};

/// Which pair of forests judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The article has a page with elements.
    Html,
    /// Lines of text are all there is.
    Text,
}

impl Mode {
    /// The mode for an article.
    pub(super) fn of(article: &Article) -> Mode {
        if article.page.is_some() { Mode::Html } else { Mode::Text }
    }
}

/// A block looks like furniture that has less probability than this.
const DOUBTED: f32 = 0.42;
/// How little probability a block must have to go, by how many other blocks look like furniture of a page, too.
/// Where there are few, this is no page that was copied whole but an article that was all but clean: a caption
/// or a byline is a caption or a byline there.
const BARS_HTML: [(usize, f32); 3] = [(6, 0.1), (14, 0.25), (usize::MAX, DOUBTED)];
const BARS_TEXT: [(usize, f32); 3] = [(10, 0.06), (24, 0.2), (usize::MAX, 0.4)];
/// Bars to fall back to.
const LOWER: [f32; 4] = [0.3, 0.2, 0.1, 0.05];
/// Words an article has at least, if the original has as many.
const FEWEST: f32 = 25.0;
/// A text that would lose less than this share of its words is taken to be clean already.
const CLEAN: f32 = 0.04;

/// What is to become of each block.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// True for those that stay.
    pub keeps: Vec<bool>,
    /// Of these, the ones that are no text, and what they are.
    pub kinds: Vec<(usize, BlockKind)>,
    /// True if all stays because nothing would have.
    pub spared: bool,
}

impl Decision {
    fn all(n_blocks: usize, spared: bool) -> Decision {
        Decision { keeps: vec![true; n_blocks], kinds: Vec::new(), spared }
    }
}

/// What to keep, and what of it is head. Only blocks that no cut has taken yet count.
pub fn decide(article: &Article, features: &Features, opinion: &Opinion) -> Decision {
    let mode = Mode::of(article);
    let mut words = features.words.clone();
    for (words, is_cut) in words.iter_mut().zip(taken(article)) {
        if is_cut {
            *words = -1.0;
        }
    }
    let body = &opinion.body;
    let head = near_body(features, opinion);
    let stays: Vec<f32> = body.iter().zip(&head).map(|(body, head)| body.max(*head)).collect();
    let Some(mut keeps) = by_bar(mode, &words, &stays) else {
        return Decision::all(words.len(), true);
    };
    if keeps.iter().all(|&keep| keep) {
        return Decision::all(words.len(), false);
    }
    for (idx, keep) in keeps.iter_mut().enumerate() {
        *keep |= words[idx] >= 0.0 && head[idx] >= HEAD_BAR && head[idx] > body[idx];
    }
    // A line alone among others of another fate mostly shares theirs.
    smooth(mode, &words, &stays, &head, &mut keeps);
    keep_prose(features, body, &mut keeps);
    let (headline, stated) = match mode {
        Mode::Html => keep_head(article, &features.words, &mut keeps),
        Mode::Text => (keep_headline(features, &mut keeps), Vec::new()),
    };
    let is_head = |idx: usize| keeps[idx] && (head[idx] > body[idx] || stated.contains(&idx));
    let kind = |idx: usize| match headline {
        Some(headline) if headline == idx => BlockKind::Title,
        _ => head_kind(&features.looks[idx]),
    };
    let heads = (0..keeps.len()).filter(|&idx| Some(idx) == headline || is_head(idx));
    let kinds: Vec<(usize, BlockKind)> = heads.map(|idx| (idx, kind(idx))).collect();
    let is_text = |idx: &usize| keeps[*idx] && words[*idx] > 0.0 && kinds.iter().all(|(at, _)| at != idx);
    if !(0..keeps.len()).any(|idx| is_text(&idx)) {
        return Decision::all(keeps.len(), true);
    }
    Decision { keeps, kinds, spared: false }
}

/// What may be head stays from this probability on: the enricher knows better what to do with it.
const HEAD_BAR: f32 = 0.2;
/// Blocks below the first of the body in which a byline may stand.
const BELOW_FIRST: usize = 4;
/// Blocks above it in which the head may.
const ABOVE_FIRST: usize = 40;

/// The probability of each block that it is head, nothing where no head can be.
fn near_body(features: &Features, opinion: &Opinion) -> Vec<f32> {
    let is_body = |idx: &usize| opinion.body[*idx] > 0.5 && features.words[*idx] > 12.0;
    let first = (0..opinion.body.len()).find(is_body).unwrap_or(0);
    let zone = first.saturating_sub(ABOVE_FIRST)..first + BELOW_FIRST;
    opinion.head.iter().enumerate().map(|(idx, head)| if zone.contains(&idx) { *head } else { 0.0 }).collect()
}

/// What a line of the head that is no headline is most likely to be.
fn head_kind(look: &Looks) -> BlockKind {
    let has = |group: usize| look.flags >> group & 1 == 1;
    if look.words >= 9.0 && look.ends_sentence || look.words >= 16.0 {
        BlockKind::Standfirst
    } else if has(group::DATE) && !has(group::BYLINE) {
        BlockKind::Date
    } else {
        BlockKind::Byline
    }
}

/// What it costs to part two neighbours, in log-odds; markup parts them already.
const SWITCH_HTML: f32 = 0.05;
const SWITCH_TEXT: f32 = 0.25;
/// What speaks for keeping, in log-odds: a bar of .41.
const FAVOUR: f32 = 0.35;
/// Words up to which what stays is too little to speak for its neighbours.
const FEW: f32 = 100.0;
/// No single block is surer than this.
const SUREST: f32 = 5.0;

/// The likeliest row of decisions, where each change between neighbours has a price (Viterbi, 1967). For whole
/// pages; only what is in doubt changes.
fn smooth(mode: Mode, words: &[f32], stays: &[f32], head: &[f32], keeps: &mut [bool]) {
    let n_doubted = stays.iter().filter(|p| **p < DOUBTED).count();
    let kept: f32 = keeps.iter().zip(words).filter(|(keep, _)| **keep).map(|(_, words)| words.max(0.0)).sum();
    // In a few lines there is no row to speak of.
    if n_doubted < BARS_TEXT[1].0 || kept <= FEW {
        return;
    }
    let switch = if mode == Mode::Html { SWITCH_HTML } else { SWITCH_TEXT };
    let favour = |idx: usize| (logit(stays[idx]) + FAVOUR).clamp(-SUREST, SUREST);
    let mut best = [0.0_f32; 2];
    let mut from = vec![[0_u8; 2]; keeps.len()];
    for (idx, from) in from.iter_mut().enumerate() {
        let mut next = [0.0; 2];
        for (keep, next) in next.iter_mut().enumerate() {
            let other = best[1 - keep] - switch;
            from[keep] = if other > best[keep] { 1 - keep as u8 } else { keep as u8 };
            *next = best[keep].max(other) + if keep == 1 { favour(idx) } else { 0.0 };
        }
        best = next;
    }
    let mut keep = usize::from(best[1] > best[0]);
    for idx in (0..keeps.len()).rev() {
        // Lines of the head stand alone by nature, and what is cut is out of the row.
        if words[idx] >= 0.0 && head[idx] < 0.3 && stays[idx] > 0.2 {
            keeps[idx] = keep == 1;
        }
        keep = usize::from(from[idx][keep]);
    }
}

fn logit(p: f32) -> f32 {
    let p = p.clamp(1e-4, 1.0 - 1e-4);
    (p / (1.0 - p)).ln()
}

/// Words up to which an article is a brief.
const BRIEF: f32 = 250.0;
/// What has a claim to stay by its place stays from this probability on.
const CLAIM: f32 = 0.1;

/// In a brief every paragraph counts: prose next to prose that stays needs little more to stay.
fn keep_prose(features: &Features, keep: &[f32], keeps: &mut [bool]) {
    let kept: f32 =
        keeps.iter().zip(&features.words).filter(|(keep, _)| **keep).map(|(_, words)| words).sum();
    if kept > BRIEF {
        return;
    }
    let claims = |idx: usize| features.looks[idx].prose && features.looks[idx].linked < 0.3;
    for idx in 1..keeps.len() {
        keeps[idx] |= keeps[idx - 1] && claims(idx - 1) && claims(idx) && keep[idx] >= CLAIM;
    }
    for idx in (1..keeps.len()).rev() {
        keeps[idx - 1] |= keeps[idx] && claims(idx) && claims(idx - 1) && keep[idx - 1] >= CLAIM;
    }
}

/// For each block, whether a cut has taken all of it.
fn taken(article: &Article) -> Vec<bool> {
    let mut cuts = article.cuts().iter().peekable();
    let mut taken = Vec::with_capacity(article.blocks().len());
    for block in article.blocks() {
        while cuts.next_if(|cut| cut.span.end() < block.span.end()).is_some() {}
        taken.push(cuts.peek().is_some_and(|cut| cut.span.contains(block.span)));
    }
    taken
}

/// `words` below zero are of blocks that are cut already. `None` if by no bar anything of substance would stay.
fn by_bar(mode: Mode, words: &[f32], keep: &[f32]) -> Option<Vec<bool>> {
    let blocks = || keep.iter().copied().zip(words.iter().copied()).filter(|(_, words)| *words >= 0.0);
    let total: f32 = blocks().map(|(_, words)| words).sum();
    let fewest = FEWEST.min(total * 0.5);
    let bars = if mode == Mode::Html { BARS_HTML } else { BARS_TEXT };
    // What the rules have cut tells as much of the page as what is left.
    let n_doubted = keep.iter().filter(|keep| **keep < bars[2].1).count();
    let bar = bars.iter().find(|(n, _)| n_doubted < *n).map_or(0.0, |(_, bar)| *bar);
    let kept_at =
        |bar: f32| -> f32 { blocks().filter(|(keep, _)| *keep >= bar).map(|(_, words)| words).sum() };
    let lower = LOWER.into_iter().filter(|&lower| lower < bar);
    let bar = std::iter::once(bar).chain(lower).find(|&bar| kept_at(bar) >= fewest);
    let bar = bar?;
    if mode == Mode::Text && total - kept_at(bar) < total * CLEAN {
        return Some(vec![true; keep.len()]);
    }
    Some(keep.iter().map(|&keep| keep >= bar).collect())
}

/// Lines of the head reach this far above the body, and this far into it.
const HEAD: usize = 14;
/// Words of a byline or a date at most.
const SHORT: f32 = 18.0;

/// Headline, byline, date and standfirst are fields, which a later stage must find: what the page's markup
/// says is one of them stays if it stands next to what is kept.
fn keep_head(article: &Article, words: &[f32], keeps: &mut [bool]) -> (Option<usize>, Vec<usize>) {
    let Some(body) = (0..keeps.len()).find(|&idx| keeps[idx] && words[idx] > 10.0) else {
        return (None, Vec::new());
    };
    let Some(title) = headline(article, body + 3) else { return (None, Vec::new()) };
    keeps[title] = true;
    let near = title..(body + 3).min(keeps.len()).max(title);
    if near.len() > HEAD {
        return (Some(title), Vec::new());
    }
    let mut stated: Vec<usize> = Vec::new();
    for hint in &article.hints {
        let Some(block) = hint.block.map(|block| block as usize) else { continue };
        let names = ["itemprop:author", "rel:author", "time:datetime", "itemprop:datepublished"];
        if near.contains(&block) && words[block] < SHORT && names.contains(&hint.name.to_lowercase().as_str())
        {
            stated.push(block);
        }
    }
    for name in ["meta:description", "meta:og:description", "jsonld:description"] {
        let Some(hint) = article.hint(name).filter(|hint| hint.value.len() > 30) else { continue };
        stated.extend(near.clone().filter(|&block| text_of(article, block) == hint.value));
    }
    for &block in &stated {
        keeps[block] = true;
    }
    (Some(title), stated)
}

/// A dump of a page opens with the page's name: the line nearest above the body that says the same is the
/// headline.
fn keep_headline(features: &Features, keeps: &mut [bool]) -> Option<usize> {
    let words = &features.words;
    let body = (0..keeps.len()).find(|&idx| keeps[idx] && words[idx] > 12.0)?;
    let like_name = |idx: &usize| {
        let (of_name, of_line) = features.titles[*idx];
        *idx > 0 && of_line > 0.9 && of_name > 0.5
    };
    if let Some(headline) = (body.saturating_sub(HEAD)..body).rev().find(like_name) {
        keeps[headline] = true;
        return Some(headline);
    }
    None
}

/// The last `h1` up to `end`, or the last block up to there that is word for word what the page calls itself.
fn headline(article: &Article, end: usize) -> Option<usize> {
    let page = article.page.as_deref()?;
    let end = end.min(article.blocks().len());
    let stated: Vec<&str> = ["meta:og:title", "jsonld:headline", "meta:twitter:title"]
        .iter()
        .filter_map(|name| article.hint(name))
        .map(|hint| hint.value.as_str())
        .collect();
    let is_h1 = |idx: usize| {
        let node = article.blocks().get(idx).and_then(|block| block.markup).map(|markup| markup.node);
        node.and_then(|node| page.nodes.get(node as usize)).is_some_and(|node| &*node.tag == "h1")
    };
    let is_stated = |idx: usize| stated.contains(&text_of(article, idx));
    (0..end).rev().find(|&idx| is_stated(idx)).or_else(|| (0..end).rev().find(|&idx| is_h1(idx)))
}

fn text_of(article: &Article, block: usize) -> &str {
    article.blocks().get(block).map_or("", |block| block.span.of_text(article.raw()).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(words: &[f32], keep: &[f32]) -> Vec<bool> {
        by_bar(Mode::Text, words, keep).unwrap_or_else(|| vec![true; keep.len()])
    }

    #[test]
    fn an_article_is_never_emptied() {
        assert_eq!(keeps(&[40.0, 3.0], &[0.055, 0.01]), [true, false]);
        assert_eq!(keeps(&[40.0, 3.0], &[0.04, 0.01]), [true, true]);
        assert_eq!(keeps(&[40.0, 3.0], &[0.07, 0.01]), [true, false]);
        assert_eq!(keeps(&[2.0, 3.0, 100.0], &[0.9, 0.9, 0.01]), [true, true, true]);
        assert!(keeps(&[], &[]).is_empty());
    }

    #[test]
    fn a_clean_text_is_left_alone() {
        assert_eq!(keeps(&[100.0, 2.0], &[0.9, 0.01]), [true, true]);
        assert_eq!(keeps(&[100.0, 20.0], &[0.95, 0.01]), [true, false]);
        assert_eq!(keeps(&[100.0, 20.0], &[0.95, 0.2]), [true, true]);
    }

    #[test]
    fn a_whole_page_is_judged_by_a_higher_bar() {
        let words = [&[100.0, 20.0][..], &[2.0; 30]].concat();
        let keep = [&[0.95, 0.3][..], &[0.01; 30]].concat();
        assert_eq!(keeps(&words, &keep).iter().filter(|&&keep| keep).count(), 1);
        // Whoever cut the rest: it is the same page.
        let left = [&[100.0, 20.0][..], &[-1.0; 30]].concat();
        assert!(!keeps(&left, &keep)[1]);
    }
}
