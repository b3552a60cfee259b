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
/// # Panics
/// A promise of [`Stage`] is broken.
pub fn stage_conformance(
    mut make: impl FnMut() -> Box<dyn Stage>,
    traits: StageTraits,
    samples: impl IntoIterator<Item = Article>,
) {
    let mut inputs: Vec<Article> = samples.into_iter().collect();
    inputs.extend(ODD_TEXTS.iter().map(|raw| article(raw)));
    inputs.push(article(&"Rain fell.\n".repeat(2000)));
    inputs.push(article(&"x".repeat(200_000)));
    for (seq, input) in (1..).zip(&mut inputs) {
        input.seq = Seq(seq);
    }
    let first = run(make().as_mut(), &inputs);
    assert_eq!(
        first,
        run(make().as_mut(), &inputs),
        "the same articles in the same order give the same records"
    );
    assert_eq!(make().fork().is_some(), traits.stateless, "exactly a stage without state can be forked");
    if traits.stateless {
        order_does_not_matter(&mut make, inputs, &first);
    } else {
        a_restart_does_not_matter(&mut make, &inputs, &first);
    }
}

/// What a stage made of one article.
#[derive(Debug, Clone, PartialEq)]
struct Made {
    verdict: Option<Verdict>,
    record: String,
    memories: Vec<(String, Vec<u8>)>,
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
    if let Err(broken) = laws::check(&output) {
        panic!("law 1: {broken} in {shown:?}");
    }
    let record = RecordView(&output).to_json();
    Made { verdict, record, memories: output.memories }
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
