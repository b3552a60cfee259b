//! Whether an article joins a story: a logistic regression over what [`crate::features`] says, learnt.

use crate::features::{FEATURES, HAS_GAP, Likeness, N_FEATURES};

/// The weights, with what they were learnt from.
const LEARNT: &str = include_str!("../weights/decision.txt");

/// Weights of the features: for an article that states its time, beside a story that knows one, and for others.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    timed: [f32; N_FEATURES],
    untimed: [f32; N_FEATURES],
}

impl Decision {
    /// The one that the stage uses.
    pub fn learnt() -> Decision {
        let nothing = [0.0; N_FEATURES];
        Decision::read(LEARNT).unwrap_or(Decision { timed: nothing, untimed: nothing })
    }

    /// With these weights, in the order of [`FEATURES`].
    pub fn new(timed: [f32; N_FEATURES], untimed: [f32; N_FEATURES]) -> Decision {
        Decision { timed, untimed }
    }

    /// True if features speak of times.
    pub fn is_timed(features: &[f32; N_FEATURES]) -> bool {
        features[HAS_GAP] > 0.0
    }

    /// Reads lines of a name, the weight with time and the one without; `#` begins a remark. `None` unless each
    /// feature has its line.
    pub fn read(text: &str) -> Option<Decision> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut weights = [None; N_FEATURES];
        for line in lines {
            let mut parts = line.split_whitespace();
            let name = parts.next()?;
            let at = FEATURES.iter().position(|known| *known == name)?;
            let place = weights.get_mut(at).filter(|place| place.is_none())?;
            *place = Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?));
        }
        let mut decision = Decision { timed: [0.0; N_FEATURES], untimed: [0.0; N_FEATURES] };
        for (at, weight) in weights.into_iter().enumerate() {
            (decision.timed[at], decision.untimed[at]) = weight?;
        }
        Some(decision)
    }

    /// As [`Decision::read`] takes it.
    pub fn write(&self) -> String {
        let weights = self.timed.iter().zip(&self.untimed);
        FEATURES
            .iter()
            .zip(weights)
            .map(|(name, (timed, untimed))| format!("{name} {timed:.4} {untimed:.4}\n"))
            .collect()
    }

    /// The logarithm of the odds that these are features of one event.
    pub fn score(&self, features: &[f32; N_FEATURES]) -> f32 {
        let weights = if Decision::is_timed(features) { &self.timed } else { &self.untimed };
        features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum()
    }

    /// How likely it is that article and story report one event.
    pub(crate) fn probability(&self, likeness: &Likeness) -> f32 {
        1.0 / (1.0 + (-self.score(&likeness.features())).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_crate_are_whole() {
        let learnt = Decision::learnt();
        assert_eq!(Decision::read(LEARNT), Some(learnt.clone()));
        assert_eq!(Decision::read(&learnt.write()), Some(learnt));
        assert_eq!(Decision::read("cosine 1"), None);
    }
}
