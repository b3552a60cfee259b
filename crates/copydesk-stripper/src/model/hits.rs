//! What the sure rules say of a block and of its neighbours, as features: their phrases know more languages
//! than the pages the model was trained on.

mod names;

use copydesk_core::{Reason, Span};

use crate::lexicon::{LEXICON, Scratch};
use crate::rules::LINE_RULES;
use crate::spotter::Spotted;
pub(super) use names::rules;

/// The reasons that line rules cut for.
const REASONS: [Reason; 9] = [
    Reason::Consent,
    Reason::Share,
    Reason::Subscribe,
    Reason::Navigation,
    Reason::Related,
    Reason::Legal,
    Reason::Comment,
    Reason::Advert,
    Reason::Promo,
];
/// Reasons by place in [`REASONS`] whose last line above a block matters, however far up.
const HEADERS: [usize; 4] = [2, 4, 6, 5];
const FAR: f32 = 60.0;

/// For each block the reasons its line rules have, as bits of [`REASONS`], and [`WEAK`].
#[derive(Debug, Default)]
pub(super) struct RuleHits(Vec<u16>);

/// It might be furniture in a row with furniture.
const WEAK: u16 = 1 << REASONS.len();

impl RuleHits {
    /// Of each span of `raw`.
    pub(super) fn of(raw: &str, spans: impl Iterator<Item = Span>, spotted: &Spotted<'_>) -> RuleHits {
        let mut scratch = Scratch::default();
        let bits = |span: Span| {
            let stems = spotted.rules_between(span.start(), span.end());
            let judgement = LEXICON.judge(span.of_text(raw), stems, &mut scratch);
            let mut bits = if judgement.weak.is_some() { WEAK } else { 0 };
            for rule in judgement.hits.rules() {
                let reason = LINE_RULES[rule].doc.reason;
                bits |= REASONS.iter().position(|&one| one == reason).map_or(0, |bit| 1 << bit);
            }
            bits
        };
        RuleHits(spans.map(bits).collect())
    }

    /// For each block the reason of a line rule it falls under.
    pub(super) fn sure(&self) -> impl Iterator<Item = Option<Reason>> {
        self.0.iter().map(|bits| (0..REASONS.len()).find(|bit| bits >> bit & 1 == 1).map(|bit| REASONS[bit]))
    }

    /// Adds to each row what the rules say of its block, near it and above it.
    pub(super) fn extend(&self, rows: &mut [Vec<f32>]) {
        let is_sure = |bits: u16| bits & !WEAK != 0;
        let n = self.0.len();
        let total = self.0.iter().filter(|&&bits| is_sure(bits)).count() as f32;
        let mut next = vec![FAR; n];
        let mut steps = FAR;
        for (idx, &bits) in self.0.iter().enumerate().rev() {
            next[idx] = steps;
            steps = if is_sure(bits) { 1.0 } else { (steps + 1.0).min(FAR) };
        }
        let mut last = [FAR; HEADERS.len()];
        let mut last_any = FAR;
        for (idx, row) in rows.iter_mut().enumerate().take(n) {
            let own = self.0[idx];
            row.extend((0..=REASONS.len()).map(|bit| f32::from(own >> bit & 1)));
            for (low, high) in [(idx.saturating_sub(6), idx), (idx + 1, (idx + 7).min(n))] {
                let near = self.0.get(low..high).unwrap_or(&[]);
                row.push(near.iter().filter(|&&bits| is_sure(bits)).count() as f32);
                row.push(near.iter().filter(|&&bits| bits & WEAK != 0).count() as f32);
            }
            row.extend(last);
            row.extend([last_any, next[idx], total, total / n as f32]);
            for (last, header) in last.iter_mut().zip(HEADERS) {
                *last = if own >> header & 1 == 1 { 1.0 } else { (*last + 1.0).min(FAR) };
            }
            last_any = if is_sure(own) { 1.0 } else { (last_any + 1.0).min(FAR) };
        }
    }
}
