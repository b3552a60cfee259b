//! Whether an article joins a story: a logistic regression over what [`crate::features`] says, learnt.

use crate::features::{FEATURES, Likeness, N_FEATURES};

/// The weights, with what they were learnt from.
const LEARNT: &str = include_str!("../weights/decision.txt");

/// A weight for each feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    weights: [f32; N_FEATURES],
}

impl Decision {
    /// The one that the stage uses.
    pub fn learnt() -> Decision {
        Decision::read(LEARNT).unwrap_or(Decision { weights: [0.0; N_FEATURES] })
    }

    /// With these weights, in the order of [`FEATURES`].
    pub fn new(weights: [f32; N_FEATURES]) -> Decision {
        Decision { weights }
    }

    /// Reads lines of `NAME WEIGHT`; `#` begins a remark. `None` unless each feature has exactly one weight.
    pub fn read(text: &str) -> Option<Decision> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut weights = [None; N_FEATURES];
        for line in lines {
            let (name, weight) = line.split_once(' ')?;
            let at = FEATURES.iter().position(|known| *known == name)?;
            let place = weights.get_mut(at).filter(|place| place.is_none())?;
            *place = Some(weight.trim().parse().ok()?);
        }
        let mut all = [0.0; N_FEATURES];
        for (place, weight) in all.iter_mut().zip(weights) {
            *place = weight?;
        }
        Some(Decision { weights: all })
    }

    /// As [`Decision::read`] takes it.
    pub fn write(&self) -> String {
        FEATURES.iter().zip(&self.weights).map(|(name, weight)| format!("{name} {weight}\n")).collect()
    }

    /// How likely it is that article and story report one event.
    pub(crate) fn probability(&self, likeness: &Likeness) -> f32 {
        let sum: f32 =
            likeness.features().iter().zip(&self.weights).map(|(feature, weight)| feature * weight).sum();
        1.0 / (1.0 + (-sum).exp())
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
