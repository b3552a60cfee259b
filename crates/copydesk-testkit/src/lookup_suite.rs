//! What every lookup promises the runtime, as one suite.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use copydesk_core::{Action, Article, Lookup};

use crate::stage_suite::{Made, with_odd_ones};

/// Runs the suite. `make` gives a new lookup of the same configuration each time. What it asks is there, and answers the
/// same question the same each time: a server of the test's own. `samples` are articles that give it something to do; the
/// suite adds odd ones.
///
/// ```
/// use copydesk_core::{Article, Lookup, StageError, Verdict};
/// use copydesk_testkit::{article, lookup_conformance};
///
/// struct Translates;
/// # impl Translates { async fn ask(&self, text: &str) -> String { tokio::task::yield_now().await; text.to_uppercase() } }
///
/// #[async_trait::async_trait]
/// impl Lookup for Translates {
///     async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
///         let answer = self.ask(&article.text()).await;
///         article.notes.insert("translated".to_owned(), answer.into());
///         Ok(Verdict::Keep)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// lookup_conformance(|| Translates, [article("Rain fell."), article("The ferry waited.")]).await;
/// # }
/// ```
///
/// # Panics
/// A promise of [`Lookup`] is broken.
pub async fn lookup_conformance<L: Lookup>(
    mut make: impl FnMut() -> L,
    samples: impl IntoIterator<Item = Article>,
) {
    let inputs = with_odd_ones(samples);
    let lookup = make();
    let limits = lookup.limits();
    assert!((1..=256).contains(&limits.at_once), "1 to 256 articles are looked up at once: {limits:?}");
    assert!(!limits.timeout.is_zero(), "a lookup has time: {limits:?}");
    let mut first = Vec::new();
    for input in &inputs {
        first.push(look_up(&lookup, input).await);
    }
    for (input, first) in inputs.iter().zip(&first) {
        let again = look_up(&lookup, input).await;
        assert_eq!(&again, first, "the same article gets the same record again");
    }
    cancel_each(&lookup, &inputs).await;
    let lookup = make();
    for (inputs, first) in inputs.chunks(limits.at_once).zip(first.chunks(limits.at_once)) {
        // The last one begins first.
        let looking = inputs.iter().rev().map(|input| look_up(&lookup, input));
        let mut made = all(looking.collect()).await;
        made.reverse();
        assert_eq!(made, first, "articles that are looked up at once have nothing to do with one another");
    }
}

async fn look_up<L: Lookup>(lookup: &L, input: &Article) -> Made {
    let mut output = input.clone();
    let limit = lookup.limits().timeout;
    let result = tokio::time::timeout(limit, lookup.process(&mut output)).await;
    let result = result.unwrap_or_else(|_| panic!("an answer comes within {limit:?}: {}", input.origin.uri));
    match result {
        Ok(verdict) => Made::of(input, output, Some(verdict)),
        // The runtime takes nothing of it then.
        Err(error) => {
            assert_eq!(
                error.action,
                Action::Quarantine,
                "what is asked is there, so nothing is to wait or stop: {error}"
            );
            Made::of(input, input.clone(), None)
        }
    }
}

/// Begins every article once, and drops it at its first wait.
async fn cancel_each<L: Lookup>(lookup: &L, inputs: &[Article]) {
    for input in inputs {
        let mut output = input.clone();
        let mut looking = lookup.process(&mut output);
        poll_fn(|context| {
            let _begun = looking.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    }
    for input in inputs {
        // Whatever it held of those that were dropped, it works on.
        look_up(lookup, input).await;
    }
}

/// Waits for all at the same time; their results in order.
async fn all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *result = Some(ready);
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use async_trait::async_trait;
    use copydesk_core::{LookupLimits, StageError, Verdict};

    use super::*;
    use crate::article;

    #[derive(Default)]
    struct Asks {
        how: &'static str,
        question: Mutex<String>,
        n_asked: AtomicU64,
        turn: tokio::sync::Mutex<()>,
    }

    #[async_trait]
    impl Lookup for Asks {
        async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
            let n_asked = self.n_asked.fetch_add(1, Ordering::Relaxed);
            *self.question.lock().unwrap() = article.text();
            let _turn = self.turn.lock().await;
            tokio::task::yield_now().await;
            let answer = match self.how {
                "mixes up" => self.question.lock().unwrap().clone(),
                "counts" => n_asked.to_string(),
                "hangs" => std::future::pending().await,
                "waits" => {
                    let action = Action::Retry(Duration::from_secs(1));
                    return Err(StageError::new("away", action));
                }
                "moves" => {
                    article.origin.uri.clear();
                    String::new()
                }
                _ => article.text().to_uppercase(),
            };
            article.notes.insert("answer".to_owned(), answer.into());
            Ok(Verdict::Keep)
        }

        fn limits(&self) -> LookupLimits {
            let at_once = if self.how == "takes none" { 0 } else { 4 };
            LookupLimits {
                at_once,
                timeout: Duration::from_millis(if self.how == "hangs" { 20 } else { 5000 }),
            }
        }
    }

    async fn conforms(how: &'static str) {
        let samples = [article("Rain fell."), article("The ferry waited.")];
        lookup_conformance(|| Asks { how, ..Asks::default() }, samples).await;
    }

    #[tokio::test]
    async fn a_lawful_lookup_passes() {
        conforms("lawful").await;
    }

    #[tokio::test]
    #[should_panic(expected = "have nothing to do with one another")]
    async fn a_lookup_that_mixes_articles_up_is_caught() {
        conforms("mixes up").await;
    }

    #[tokio::test]
    #[should_panic(expected = "the same article gets the same record again")]
    async fn a_lookup_that_counts_is_caught() {
        conforms("counts").await;
    }

    #[tokio::test]
    #[should_panic(expected = "an answer comes within 20ms")]
    async fn a_lookup_that_hangs_is_caught() {
        conforms("hangs").await;
    }

    #[tokio::test]
    #[should_panic(expected = "nothing is to wait or stop: away")]
    async fn a_lookup_that_is_down_is_caught() {
        conforms("waits").await;
    }

    #[tokio::test]
    #[should_panic(expected = "leaves id, place and origin alone")]
    async fn a_lookup_that_changes_the_origin_is_caught() {
        conforms("moves").await;
    }

    #[tokio::test]
    #[should_panic(expected = "1 to 256 articles are looked up at once")]
    async fn a_lookup_that_takes_nothing_is_caught() {
        conforms("takes none").await;
    }
}
