//! How well stories were found.

use std::collections::HashMap;

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
}

impl Figures {
    pub(crate) fn f1(self) -> f64 {
        let Figures { precision, recall } = self;
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "P {:.3} R {:.3} F1 {:.3}", self.precision, self.recall, self.f1())
    }
}

type Counts<'a> = HashMap<&'a str, u64>;

/// B-cubed (Bagga and Baldwin 1998) of pairs of the true story and the one that was given.
pub(crate) fn b_cubed(pairs: &[(&str, &str)]) -> Figures {
    let figures = each(pairs);
    let n = figures.len().max(1) as f64;
    Figures {
        precision: figures.iter().map(|figures| figures.precision).sum::<f64>() / n,
        recall: figures.iter().map(|figures| figures.recall).sum::<f64>() / n,
    }
}

/// Each article's share in it, against all the others.
pub(crate) fn each(pairs: &[(&str, &str)]) -> Vec<Figures> {
    let (gold, found, both) = count(pairs);
    let figures = pairs.iter().map(|pair| {
        let n_both = both[pair] as f64;
        Figures { precision: n_both / found[pair.1] as f64, recall: n_both / gold[pair.0] as f64 }
    });
    figures.collect()
}

/// Of pairs of articles in one story.
pub(crate) fn pairwise(pairs: &[(&str, &str)]) -> Figures {
    let (gold, found, both) = count(pairs);
    let pairs_of =
        |counts: &mut dyn Iterator<Item = u64>| counts.map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let right = pairs_of(&mut both.values().copied());
    Figures {
        precision: right / pairs_of(&mut found.values().copied()).max(1.0),
        recall: right / pairs_of(&mut gold.values().copied()).max(1.0),
    }
}

fn count<'a>(pairs: &[(&'a str, &'a str)]) -> (Counts<'a>, Counts<'a>, HashMap<(&'a str, &'a str), u64>) {
    let (mut gold, mut found, mut both) = (Counts::new(), Counts::new(), HashMap::new());
    for (story, given) in pairs {
        *gold.entry(story).or_default() += 1;
        *found.entry(given).or_default() += 1;
        *both.entry((*story, *given)).or_default() += 1;
    }
    (gold, found, both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_split_story_and_of_a_mixed_one() {
        let split = [("a", "1"), ("a", "2")];
        assert_eq!((b_cubed(&split).precision, b_cubed(&split).recall), (1.0, 0.5));
        let mixed = [("a", "1"), ("b", "1")];
        assert_eq!((b_cubed(&mixed).precision, b_cubed(&mixed).recall), (0.5, 1.0));
        assert!(pairwise(&mixed).f1() < 1e-9);
    }
}
