//! The steps of [`super::decide`] one by one, for people who ask why a block stayed or went. Nothing is decided
//! here: what stays is what `decide` says, and this names the step that said so.

use copydesk_core::Article;

use super::{
    BARS_HTML, BARS_TEXT, CLEAN, HEAD_BAR, LOWER, Mode, by_bar, decide, keep_prose, near_body, smooth, taken,
};
use crate::model::{Features, Opinion};

/// How a decision came about.
#[derive(Debug, Default)]
pub(in crate::model) struct Steps {
    /// The probability a block had to have to stay; `None` if nothing was to go.
    pub(in crate::model) bar: Option<f32>,
    /// True if the bar was lowered, for it would have left next to nothing.
    pub(in crate::model) lowered: bool,
    /// The probability of each block that it is of the head, nothing where no head can be.
    pub(in crate::model) head: Vec<f32>,
    /// True for the blocks that stay in the end.
    pub(in crate::model) keeps: Vec<bool>,
    /// What last changed the fate of each block; `None` if its own probability decided.
    pub(in crate::model) turns: Vec<Option<Turn>>,
}

/// What decided against a block's own probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Turn {
    /// Almost nothing would go: the text is taken to be clean.
    Clean,
    /// Whatever the bar, next to nothing would be left.
    Emptied,
    /// It shares the fate of its neighbours.
    Neighbours,
    /// Prose beside prose that stays, in a brief.
    Brief,
    /// The page says, or its place, that it is part of the head.
    Head,
}

/// The steps from an opinion to [`super::decide`]'s decision.
pub(in crate::model) fn steps(article: &Article, features: &Features, opinion: &Opinion) -> Steps {
    let mode = Mode::of(article);
    let decision = decide(article, features, opinion);
    let mut words = features.words.clone();
    for (words, is_cut) in words.iter_mut().zip(taken(article)) {
        if is_cut {
            *words = -1.0;
        }
    }
    let head = near_body(features, opinion);
    let stays: Vec<f32> = opinion.body.iter().zip(&head).map(|(body, head)| body.max(*head)).collect();
    let by_bar = by_bar(mode, &words, &stays);
    let first = first_bar(mode, &words, &stays);
    let bars = std::iter::once(first).chain(LOWER);
    let is_bar = |bar: &f32| stays.iter().zip(&by_bar).all(|(p, keep)| (p >= bar) == *keep);
    let bar = bars.filter(|bar| *bar <= first).find(is_bar);
    let mut keeps = by_bar;
    let mut turns = vec![None; keeps.len()];
    if bar.is_none() {
        let turn = all_stay(&words, &stays, first);
        turns = stays.iter().map(|p| (*p < first).then_some(turn)).collect();
    } else if !keeps.iter().all(|keep| *keep) {
        let mut note = |turn: Turn, before: &[bool], after: &[bool]| {
            for (idx, _) in
                before.iter().zip(after).enumerate().filter(|(_, (before, after))| before != after)
            {
                turns[idx] = Some(turn);
            }
        };
        let before = keeps.clone();
        for (idx, keep) in keeps.iter_mut().enumerate() {
            *keep |= words[idx] >= 0.0 && head[idx] >= HEAD_BAR && head[idx] > opinion.body[idx];
        }
        note(Turn::Head, &before, &keeps);
        let before = keeps.clone();
        smooth(&words, &stays, &head, &mut keeps);
        note(Turn::Neighbours, &before, &keeps);
        let before = keeps.clone();
        keep_prose(features, &opinion.body, &mut keeps);
        note(Turn::Brief, &before, &keeps);
        let is_all = decision.keeps.iter().all(|keep| *keep);
        note(if is_all { Turn::Emptied } else { Turn::Head }, &keeps, &decision.keeps);
    }
    Steps { bar, lowered: bar.is_some_and(|bar| bar < first), head, keeps: decision.keeps, turns }
}

/// The bar for a page with so much furniture, before it is lowered.
fn first_bar(mode: Mode, words: &[f32], stays: &[f32]) -> f32 {
    let bars = if mode == Mode::Html { BARS_HTML } else { BARS_TEXT };
    let n_doubted = stays.iter().zip(words).filter(|(p, words)| **words >= 0.0 && **p < bars[2].1).count();
    bars.iter().find(|(n, _)| n_doubted < *n).map_or(0.0, |(_, bar)| *bar)
}

/// Why everything stays although some blocks are below the bar.
fn all_stay(words: &[f32], stays: &[f32], bar: f32) -> Turn {
    let sum = |least: f32| -> f32 {
        words
            .iter()
            .zip(stays)
            .filter(|(words, p)| **words >= 0.0 && **p >= least)
            .map(|(words, _)| words)
            .sum()
    };
    if sum(0.0) - sum(bar) < sum(0.0) * CLEAN { Turn::Clean } else { Turn::Emptied }
}
