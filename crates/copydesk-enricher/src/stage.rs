//! The stage `enrich`: reads the head and sets fields and kinds.

use copydesk_core::{Article, BuildError, Component, OptionKind, OptionSpec, Stage, StageError, Verdict};
use serde::Deserialize;

use crate::count;
use crate::reading::Reading;

/// Options of the stage `enrich`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnricherOptions {
    /// Words a reader takes in a minute.
    pub words_per_minute: u32,
}

impl Default for EnricherOptions {
    fn default() -> EnricherOptions {
        EnricherOptions { words_per_minute: 230 }
    }
}

/// Says what an article's blocks are, and what its source states: title, authors, dates, dateline,
/// standfirst. Nothing is invented: each field names its evidence, and stays empty without one.
#[derive(Debug, Clone)]
pub struct Enricher {
    options: EnricherOptions,
}

impl Enricher {
    /// The stage with these options.
    pub fn new(options: EnricherOptions) -> Result<Enricher, BuildError> {
        if options.words_per_minute == 0 {
            return Err(BuildError("words_per_minute is 0 (choose 1 or more)".to_owned()));
        }
        Ok(Enricher { options })
    }
}

impl Component for Enricher {
    type Options = EnricherOptions;
    const OPTIONS: &'static [OptionSpec] = &[OptionSpec {
        name: "words_per_minute",
        kind: OptionKind::Integer,
        default: Some("230"),
        choices: &[],
        help: "words a reader takes in a minute, for reading_minutes",
    }];
    const HELP: &'static str =
        "finds title, authors, dates, dateline, standfirst and language, and says what each block is";
}

impl Stage for Enricher {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let n_words = Reading::of(article).apply(article).n_words();
        article.word_count = Some(u32::try_from(n_words).unwrap_or(u32::MAX));
        let minutes = count::reading_minutes(n_words, self.options.words_per_minute);
        article.reading_minutes = Some(u32::try_from(minutes).unwrap_or(u32::MAX));
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }
}
