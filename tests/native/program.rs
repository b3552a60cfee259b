//! The standard program with components that fail, each in its way, for the tests beside it.

use std::process::ExitCode;
use std::time::Duration;

use copydesk::{
    Action, Article, Component, Lookup, LookupLimits, OptionKind, OptionSpec, Program, Stage, StageError,
    Verdict, async_trait,
};

#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    batch: usize,
}

/// Panics over articles that hold `POISON`; notes the others.
#[derive(Clone)]
struct Panics(Options);

impl Component for Panics {
    type Options = Options;
    const HELP: &'static str = "Panics over some articles.";
    const OPTIONS: &'static [OptionSpec] = &[OptionSpec::new(
        "batch",
        OptionKind::Integer,
        Some("0"),
        "Articles that it takes at once; 0: one at a time, in the pool.",
    )];
}

fn look_at(article: &mut Article) {
    let n_looks = article.notes.get("looked").and_then(serde_json::Value::as_u64).unwrap_or_default();
    article.notes.insert("looked".to_owned(), (n_looks + 1).into());
    assert!(!article.text().contains("POISON"), "no harbour in article {}", article.origin.bytes);
}

impl Stage for Panics {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        look_at(article);
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }

    fn batching(&self) -> Option<copydesk::Batching> {
        (self.0.batch > 0).then_some(copydesk::Batching { max: self.0.batch, workers: 2 })
    }
}

/// Panics over `POISON`, never answers for `HANG`, refuses `REFUSE`, is down for `DOWN`.
struct Asks;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Component for Asks {
    type Options = Nothing;
    const HELP: &'static str = "Fails over some articles.";
    const OPTIONS: &'static [OptionSpec] = &[];
}

#[async_trait]
impl Lookup for Asks {
    async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
        look_at(article);
        tokio::task::yield_now().await;
        let text = article.text();
        if text.contains("HANG") {
            std::future::pending::<()>().await;
        }
        let failed = |action| Err(StageError::new("it said no", action));
        match () {
            () if text.contains("REFUSE") => failed(Action::Quarantine),
            () if text.contains("DOWN") => failed(Action::Retry(Duration::ZERO)),
            () if text.contains("STOP") => failed(Action::Stop),
            () if text.contains("LEAVE") => Ok(Verdict::Drop("as it was told".to_owned())),
            () => Ok(Verdict::Keep),
        }
    }

    fn limits(&self) -> LookupLimits {
        LookupLimits { at_once: 3, timeout: Duration::from_millis(200) }
    }
}

fn main() -> ExitCode {
    Program::new()
        .stage::<Panics>("panics", |_name, options| Ok(Panics(options)))
        .lookup::<Asks>("asks", |_name, _options| Ok(Asks))
        .main()
}
