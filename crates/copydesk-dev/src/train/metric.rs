//! The measures of the benchmark: bags of words, and exact sequences.

use std::collections::HashMap;

use super::label::words;

/// Means over pages.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
    pub(crate) exact: f64,
    n_pages: f64,
}

impl Score {
    /// Adds a page.
    pub(crate) fn add(&mut self, predicted: &str, truth: &str) -> f64 {
        let (precision, recall, f1) = word_scores(predicted, truth);
        self.precision += precision;
        self.recall += recall;
        self.f1 += f1;
        let same = plain(predicted).eq(plain(truth));
        self.exact += f64::from(u8::from(same));
        self.n_pages += 1.0;
        f1
    }

    /// The means.
    pub(crate) fn mean(self) -> Score {
        let n = self.n_pages.max(1.0);
        Score {
            precision: self.precision / n,
            recall: self.recall / n,
            f1: self.f1 / n,
            exact: self.exact / n,
            n_pages: n,
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Score { precision, recall, f1, exact, n_pages } = self;
        write!(f, "P {precision:.4}  R {recall:.4}  word F1 {f1:.4}  exact {exact:.3}  ({n_pages} pages)")
    }
}

fn plain(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Precision, recall and F1 of the words of a page.
pub(crate) fn word_scores(predicted: &str, truth: &str) -> (f64, f64, f64) {
    let mut counts: HashMap<String, (u32, u32)> = HashMap::new();
    let (mut n_predicted, mut n_true) = (0_u32, 0_u32);
    for word in words(predicted) {
        counts.entry(word).or_default().0 += 1;
        n_predicted += 1;
    }
    for word in words(truth) {
        counts.entry(word).or_default().1 += 1;
        n_true += 1;
    }
    if n_predicted == 0 || n_true == 0 {
        let both = f64::from(u8::from(n_predicted == n_true));
        return (both, both, both);
    }
    let hits: u32 = counts.values().map(|&(a, b)| a.min(b)).sum();
    if hits == 0 {
        return (0.0, 0.0, 0.0);
    }
    let (precision, recall) = (f64::from(hits) / f64::from(n_predicted), f64::from(hits) / f64::from(n_true));
    (precision, recall, 2.0 * precision * recall / (precision + recall))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_bags() {
        let (precision, recall, _) = word_scores("a b b", "A b c d");
        assert!((precision - 2.0 / 3.0).abs() < 1e-9 && (recall - 0.5).abs() < 1e-9);
    }
}
