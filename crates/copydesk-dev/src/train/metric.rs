//! The measures of the benchmarks: bags of words as WCXB counts them, runs of four words and exact sequences as
//! Zyte's article benchmark does, and the snippets that must or must not be in a text.
//!
//! Words are runs of letters, digits and underscores.

use std::collections::HashMap;
use std::hash::Hash;

use super::label::words;

/// Sums over pages, or, from [`Score::mean`], means.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
    pub(crate) exact: f64,
    /// Precision of runs of four words, over the pages where anything was predicted.
    gram_precision: Mean,
    /// Their recall, over the pages where there is a text to find.
    gram_recall: Mean,
    n_pages: f64,
}

/// A mean in the making.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mean {
    sum: f64,
    n: f64,
}

impl Mean {
    /// Counts a value, if there is one.
    pub(crate) fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.n += 1.0;
        }
    }

    /// The mean; 0 of nothing.
    pub(crate) fn get(self) -> f64 {
        self.sum / self.n.max(1.0)
    }
}

impl Score {
    /// Adds a page, and returns its word F1.
    pub(crate) fn add(&mut self, predicted: &str, truth: &str) -> f64 {
        let (precision, recall, f1) = word_scores(predicted, truth);
        self.precision += precision;
        self.recall += recall;
        self.f1 += f1;
        let (predicted, truth): (Vec<&str>, Vec<&str>) = (plain(predicted).collect(), plain(truth).collect());
        self.exact += f64::from(u8::from(predicted == truth));
        let (gram_precision, gram_recall) = gram_scores(&predicted, &truth);
        self.gram_precision.add(gram_precision);
        self.gram_recall.add(gram_recall);
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
            ..self
        }
    }

    /// F1 of runs of four words: the harmonic mean of mean precision and mean recall.
    pub(crate) fn gram_f1(&self) -> f64 {
        harmonic(self.gram_precision.get(), self.gram_recall.get())
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Score { precision, recall, f1, exact, n_pages, .. } = self;
        let gram_f1 = self.gram_f1();
        write!(
            f,
            "P {precision:.4}  R {recall:.4}  word F1 {f1:.4}  4-gram F1 {gram_f1:.4}  exact {exact:.3}  \
             ({n_pages} pages)"
        )
    }
}

fn plain(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

/// The things that two lists share, each as often as both hold it.
fn shared<T: Hash + Eq>(predicted: impl Iterator<Item = T>, truth: impl Iterator<Item = T>) -> u32 {
    let mut counts: HashMap<T, (u32, u32)> = HashMap::new();
    predicted.for_each(|item| counts.entry(item).or_default().0 += 1);
    truth.for_each(|item| counts.entry(item).or_default().1 += 1);
    counts.values().map(|&(a, b)| a.min(b)).sum()
}

/// Precision and recall of runs of four words, where each is defined. A text of fewer words is one run.
fn gram_scores(predicted: &[&str], truth: &[&str]) -> (Option<f64>, Option<f64>) {
    let runs = |words: &[&str]| if words.is_empty() { 0 } else { words.len().saturating_sub(3).max(1) };
    let grams = |words| -> Box<dyn Iterator<Item = &[&str]> + '_> {
        let words: &[&str] = words;
        Box::new(words.windows(words.len().clamp(1, 4)))
    };
    let hits = f64::from(shared(grams(predicted), grams(truth)));
    let share = |n: usize| (n > 0).then(|| hits / n as f64);
    (share(runs(predicted)), share(runs(truth)))
}

/// Precision, recall and F1 of the words of a page.
pub(crate) fn word_scores(predicted: &str, truth: &str) -> (f64, f64, f64) {
    let (n_predicted, n_true) = (plain(predicted).count(), plain(truth).count());
    if n_predicted == 0 || n_true == 0 {
        let both = f64::from(u8::from(n_predicted == n_true));
        return (both, both, both);
    }
    let hits = f64::from(shared(words(predicted), words(truth)));
    let (precision, recall) = (hits / n_predicted as f64, hits / n_true as f64);
    (precision, recall, harmonic(precision, recall))
}

/// The share of the snippets that a text holds, whatever their case; nothing if there are none.
pub(crate) fn snippet_share(text: &str, snippets: &[String]) -> Option<f64> {
    let text = text.to_lowercase();
    let held = snippets.iter().filter(|snippet| text.contains(&snippet.to_lowercase())).count();
    (!snippets.is_empty()).then(|| held as f64 / snippets.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn words_are_counted_as_bags() {
        let (precision, recall, _) = word_scores("a b b", "A b c d");
        assert!(near(precision, 2.0 / 3.0) && near(recall, 0.5));
    }

    #[test]
    fn runs_of_four_words_are_counted_with_their_case() {
        let mut score = Score::default();
        score.add("a b c d e", "a b c d f g");
        // One of two runs predicted, one of three to be found.
        assert!(near(score.mean().gram_f1(), harmonic(0.5, 1.0 / 3.0)));
        let mut score = Score::default();
        score.add("A b c d", "a b c d");
        assert!(near(score.mean().gram_f1(), 0.0));
    }

    #[test]
    fn a_short_text_is_one_run_and_an_empty_one_has_no_precision() {
        let mut score = Score::default();
        score.add("a b", "a b");
        score.add("", "a b c d");
        assert!(near(score.mean().gram_f1(), harmonic(1.0, 0.5)));
    }

    #[test]
    fn snippets_are_found_whatever_their_case() {
        let snippets = ["Accept ALL".to_owned(), "subscribe".to_owned()];
        assert_eq!(snippet_share("Please accept all.", &snippets), Some(0.5));
        assert_eq!(snippet_share("Please accept all.", &[]), None);
    }
}
