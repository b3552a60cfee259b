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
    let by_bar = by_bar(mode, &words, &stays).unwrap_or_else(|| vec![true; stays.len()]);
    let first = first_bar(mode, &stays);
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
        smooth(mode, &words, &stays, &head, &mut keeps);
        note(Turn::Neighbours, &before, &keeps);
        let before = keeps.clone();
        keep_prose(features, &opinion.body, &mut keeps);
        note(Turn::Brief, &before, &keeps);
        let is_all = decision.keeps.iter().all(|keep| *keep);
        note(if is_all { Turn::Emptied } else { Turn::Head }, &keeps, &decision.keeps);
        // What one step took and another gave back, nothing has changed.
        for (turn, (p, keep)) in turns.iter_mut().zip(stays.iter().zip(&decision.keeps)) {
            if bar.is_some_and(|bar| (*p >= bar) == *keep) {
                *turn = None;
            }
        }
    }
    Steps { bar, lowered: bar.is_some_and(|bar| bar < first), head, keeps: decision.keeps, turns }
}

/// The bar for a page with so much furniture, before it is lowered.
fn first_bar(mode: Mode, stays: &[f32]) -> f32 {
    let bars = if mode == Mode::Html { BARS_HTML } else { BARS_TEXT };
    let n_doubted = stays.iter().filter(|p| **p < bars[2].1).count();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of twelve or forty lines, prose here and there, and what a forest might say of them.
    fn pages() -> impl Iterator<Item = (Article, Features, Opinion)> {
        let mut state = 3_u32;
        let mut chance = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as f32 / 65_536.0
        };
        (0..400).map(move |nth| {
            let prose =
                "The council met on Monday, and after a long debate it voted to close the old bridge.";
            let n_lines = if nth % 2 == 0 { 12 } else { 40 };
            let lines: Vec<&str> =
                (0..n_lines).map(|_| if chance() < 0.3 { prose } else { "Ferry fares" }).collect();
            let article = crate::model::tests::article(&lines.join("\n"));
            let features = Features::of(&article);
            let mut opinion = Opinion::default();
            for words in &features.words {
                let prose_like = if *words > 10.0 { 0.6 } else { 0.0 };
                opinion.body.push((chance() * 0.6 + prose_like).min(0.99));
                opinion.head.push(chance() * chance() * 0.5);
            }
            (article, features, opinion)
        })
    }

    #[test]
    fn a_block_goes_by_its_probability_unless_a_step_says_otherwise() {
        let mut seen = Vec::new();
        for (article, features, opinion) in pages() {
            let steps = steps(&article, &features, &opinion);
            assert_eq!(steps.keeps, decide(&article, &features, &opinion).keeps);
            for idx in 0..steps.keeps.len() {
                let p = opinion.body[idx].max(steps.head[idx]);
                match (steps.turns[idx], steps.bar) {
                    (None, Some(bar)) => assert_eq!(steps.keeps[idx], p >= bar, "{p} {bar}"),
                    (None, None) => assert!(steps.keeps[idx]),
                    (Some(turn), _) => {
                        if !seen.contains(&turn) {
                            seen.push(turn);
                        }
                    }
                }
            }
        }
        assert!(seen.len() >= 3, "{seen:?}");
    }
}
