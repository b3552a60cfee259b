//! What every stage promises, as one suite.

use copydesk_core::{Article, RecordView, Seq, Stage, Verdict, laws};

use crate::{ODD_TEXTS, article};

/// What a kind of stage can do.
#[derive(Debug, Clone, Copy)]
pub struct StageTraits {
    /// It has no state: `fork` is not `None`, and the order of articles does not matter.
    pub stateless: bool,
}

/// Runs the suite. `make` gives a new stage of the same configuration each time. `samples` are articles that
/// give it something to do; the suite adds odd ones.
///
/// ```
/// use copydesk_core::{Article, Stage, StageError, Verdict};
/// use copydesk_testkit::{StageTraits, article, stage_conformance};
///
/// struct CountsWords;
/// impl Stage for CountsWords {
///     fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
///         let n_words = article.text().split_whitespace().count();
///         article.notes.insert("n_words".to_owned(), n_words.into());
///         Ok(Verdict::Keep)
///     }
///     fn fork(&self) -> Option<Box<dyn Stage>> {
///         Some(Box::new(CountsWords))
///     }
/// }
///
/// let samples = [article("Rain fell.\nThe ferry waited.")];
/// stage_conformance(|| Box::new(CountsWords), StageTraits { stateless: true }, samples);
/// ```
///
/// # Panics
/// A promise of [`Stage`] is broken.
pub fn stage_conformance(
    mut make: impl FnMut() -> Box<dyn Stage>,
    traits: StageTraits,
    samples: impl IntoIterator<Item = Article>,
) {
    let inputs = with_odd_ones(samples);
    let first = run(make().as_mut(), &inputs);
    assert_eq!(
        first,
        run(make().as_mut(), &inputs),
        "the same articles in the same order give the same records"
    );
    assert_eq!(make().fork().is_some(), traits.stateless, "exactly a stage without state can be forked");
    if traits.stateless {
        batches_do_not_matter(make().as_mut(), &inputs, &first);
        order_does_not_matter(&mut make, inputs, &first);
    } else {
        a_restart_does_not_matter(&mut make, &inputs, &first);
    }
}

/// The samples and odd articles, in order.
pub(crate) fn with_odd_ones(samples: impl IntoIterator<Item = Article>) -> Vec<Article> {
    let mut inputs: Vec<Article> = samples.into_iter().collect();
    inputs.extend(ODD_TEXTS.iter().map(|raw| article(raw)));
    inputs.push(article(&"Rain fell.\n".repeat(2000)));
    inputs.push(article(&"x".repeat(200_000)));
    for (seq, input) in (1..).zip(&mut inputs) {
        input.seq = Seq(seq);
    }
    inputs
}

/// What a stage made of one article.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Made {
    verdict: Option<Verdict>,
    record: String,
    memories: Vec<(String, Vec<u8>)>,
}

fn batches_do_not_matter(stage: &mut dyn Stage, inputs: &[Article], first: &[Made]) {
    let Some(batching) = stage.batching() else { return };
    assert!(batching.max > 0 && batching.workers > 0, "a batch holds something, and somebody takes it");
    for (inputs, first) in inputs.chunks(batching.max).zip(first.chunks(batching.max)) {
        let mut outputs: Vec<Article> = inputs.to_vec();
        let results = stage.process_batch(&mut outputs.iter_mut().collect::<Vec<_>>());
        assert_eq!(results.len(), inputs.len(), "a batch has a result for each article");
        for (((input, output), result), first) in inputs.iter().zip(outputs).zip(results).zip(first) {
            let made = Made::of(input, output, result.ok());
            assert_eq!(made.verdict, first.verdict, "an article in a batch ends as it does alone");
            let untouched = Made::of(input, input.clone(), None);
            let expected = if made.verdict.is_some() { first } else { &untouched };
            assert_eq!(
                &made, expected,
                "an article in a batch becomes what it becomes alone, or stays as it was"
            );
        }
    }
}

fn order_does_not_matter(
    make: &mut impl FnMut() -> Box<dyn Stage>,
    mut inputs: Vec<Article>,
    first: &[Made],
) {
    let mut fork = make().fork().expect("a stateless stage forks");
    assert_eq!(first, run(fork.as_mut(), &inputs), "a fork does the same");
    inputs.reverse();
    let mut backwards = run(make().as_mut(), &inputs);
    backwards.reverse();
    assert_eq!(first, backwards, "the order of articles does not matter to a stage without state");
}

/// After a restart a stage gets back the memories of some of the articles, the last of which may be offered
/// again.
fn a_restart_does_not_matter(make: &mut impl FnMut() -> Box<dyn Stage>, inputs: &[Article], first: &[Made]) {
    let n = inputs.len();
    for (n_restored, replay_from) in [(1, 1), (n / 2, n / 2), (n / 2, n / 4), (n, 0)] {
        let mut stage = make();
        for (input, made) in inputs.iter().zip(first).take(n_restored) {
            for (_, memory) in &made.memories {
                stage.restore(input.seq, memory);
            }
        }
        stage.restore(Seq(1), b"");
        stage.restore(Seq(1), b"no memory of this stage, and of no harm to it");
        let (Some(replayed), Some(expected)) = (inputs.get(replay_from..), first.get(replay_from..)) else {
            continue;
        };
        assert_eq!(
            expected,
            run(stage.as_mut(), replayed),
            "restored from {n_restored} articles and replayed from {replay_from} of {n}, it goes on as if it had \
             never stopped"
        );
    }
}

fn run(stage: &mut dyn Stage, inputs: &[Article]) -> Vec<Made> {
    inputs.iter().map(|input| run_one(stage, input)).collect()
}

fn run_one(stage: &mut dyn Stage, input: &Article) -> Made {
    let mut output = input.clone();
    let verdict = stage.process(&mut output).ok();
    Made::of(input, output, verdict)
}

impl Made {
    /// What was made of `input`; the laws hold in it.
    pub(crate) fn of(input: &Article, output: Article, verdict: Option<Verdict>) -> Made {
        lawful(input, &output);
        Made { verdict, record: RecordView(&output).to_json(), memories: output.memories }
    }
}

fn lawful(input: &Article, output: &Article) {
    let shown: String = input.raw().chars().take(60).collect();
    assert_eq!(output.raw(), input.raw(), "a stage never rewrites: {shown:?}");
    assert_eq!(
        (output.id, output.seq, &output.origin),
        (input.id, input.seq, &input.origin),
        "a stage leaves id, place and origin alone: {shown:?}"
    );
    for cut in input.cuts() {
        assert!(output.cuts().contains(cut), "a stage takes no cut back: {shown:?}");
    }
    for cut in output.cuts() {
        assert!((0.0..=1.0).contains(&cut.confidence), "confidence is 0 to 1: {cut:?}");
        assert!(!cut.rule.is_empty() && !cut.stage.is_empty(), "a cut names its rule and stage: {cut:?}");
    }
    if let Err(broken) = laws::check(output) {
        panic!("law 1: {broken} in {shown:?}");
    }
}

#[cfg(test)]
mod tests {
    use copydesk_core::{Cut, Reason, StageError};

    use super::*;

    struct CutsShares;

    impl Stage for CutsShares {
        fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
            let shares = article.kept().filter(|kept| kept.text.starts_with("Share"));
            let cuts = shares.map(|kept| Cut::new(kept.span, Reason::Share, "share", "test", 1.0)).collect();
            article.cut(cuts);
            Ok(Verdict::Keep)
        }

        fn fork(&self) -> Option<Box<dyn Stage>> {
            Some(Box::new(CutsShares))
        }
    }

    struct Counts {
        n_seen: u64,
        forks: bool,
        remembers: bool,
    }

    impl Stage for Counts {
        fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
            self.n_seen = if self.remembers { article.seq.0 } else { self.n_seen + 1 };
            article.notes.insert("count".to_owned(), self.n_seen.into());
            article.memories.push(("count".to_owned(), self.n_seen.to_le_bytes().to_vec()));
            Ok(Verdict::Keep)
        }

        fn fork(&self) -> Option<Box<dyn Stage>> {
            self.forks.then(|| -> Box<dyn Stage> { Box::new(Counts { ..*self }) })
        }
    }

    struct Breaks(fn(&mut Article));

    impl Stage for Breaks {
        fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
            (self.0)(article);
            Ok(Verdict::Keep)
        }

        fn fork(&self) -> Option<Box<dyn Stage>> {
            Some(Box::new(Breaks(self.0)))
        }
    }

    fn breaks(how: fn(&mut Article)) {
        stage_conformance(|| Box::new(Breaks(how)), StageTraits { stateless: true }, [article("Rain fell.")]);
    }

    #[test]
    #[should_panic(expected = "the same articles in the same order give the same records")]
    fn a_stage_that_says_something_else_each_time_is_caught() {
        static CHANCE: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        breaks(|article| {
            let chance = CHANCE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            article.notes.insert("chance".to_owned(), chance.into());
        });
    }

    #[test]
    #[should_panic(expected = "a stage leaves id, place and origin alone")]
    fn a_stage_that_changes_the_origin_is_caught() {
        breaks(|article| article.origin.uri.push('#'));
    }

    #[test]
    #[should_panic(expected = "a cut names its rule and stage")]
    fn a_stage_whose_cuts_have_no_name_is_caught() {
        breaks(|article| {
            let cuts =
                article.kept().map(|kept| Cut::new(kept.span, Reason::Other, "", "test", 1.0)).collect();
            article.cut(cuts);
        });
    }

    #[test]
    #[should_panic(expected = "a stage never rewrites")]
    fn a_stage_that_puts_another_article_in_its_place_is_caught() {
        breaks(|other| {
            let mut new = article("Sun shone.");
            (new.id, new.seq, new.origin) = (other.id, other.seq, other.origin.clone());
            *other = new;
        });
    }

    /// In a batch it changes articles that it then cannot do.
    #[derive(Clone)]
    struct Careless;

    impl Stage for Careless {
        fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
            article.notes.insert("begun".to_owned(), true.into());
            let action = copydesk_core::Action::Quarantine;
            Err(StageError::new("cannot", action))
        }

        fn fork(&self) -> Option<Box<dyn Stage>> {
            Some(Box::new(Careless))
        }

        fn batching(&self) -> Option<copydesk_core::Batching> {
            Some(copydesk_core::Batching { max: 4, workers: 1 })
        }
    }

    #[test]
    #[should_panic(expected = "or stays as it was")]
    fn a_batch_that_leaves_half_work_behind_is_caught() {
        stage_conformance(|| Box::new(Careless), StageTraits { stateless: true }, []);
    }

    #[test]
    fn a_lawful_stage_passes() {
        let samples = [article("Rain fell.\nShare this")];
        stage_conformance(|| Box::new(CutsShares), StageTraits { stateless: true }, samples);
    }

    #[test]
    fn a_stage_that_remembers_passes() {
        let make = || -> Box<dyn Stage> { Box::new(Counts { n_seen: 0, forks: false, remembers: true }) };
        stage_conformance(make, StageTraits { stateless: false }, []);
    }

    #[test]
    #[should_panic(expected = "the order of articles does not matter")]
    fn a_stage_with_hidden_state_is_caught() {
        let make = || -> Box<dyn Stage> { Box::new(Counts { n_seen: 0, forks: true, remembers: false }) };
        stage_conformance(make, StageTraits { stateless: true }, []);
    }

    #[test]
    #[should_panic(expected = "it goes on as if it had never stopped")]
    fn a_stage_that_forgets_is_caught() {
        let make = || -> Box<dyn Stage> { Box::new(Counts { n_seen: 0, forks: false, remembers: false }) };
        stage_conformance(make, StageTraits { stateless: false }, []);
    }
}
