//! A keyword watch list: which of your words an article holds, and where, as the note `watch_list`.
//!
//! ```toml
//! [[stage]]
//! type = "watch_list"
//! words = ["harbour", "Zürich", "東京"]
//! ```
//!
//! Case does not matter, and only whole words count, as Unicode tells words apart; where a script does not part them
//! (Chinese, Japanese, Thai), any place counts. What was cut is not looked at.

use std::process::ExitCode;

use copydesk::{Article, BuildError, Component, OptionKind, OptionSpec, Program, Stage, StageError, Verdict};
use regex::{Regex, RegexBuilder};
use serde_json::json;
use unicode_segmentation::UnicodeSegmentation;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    pub(crate) words: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct WatchList {
    /// Each word as it was given, and how it is found.
    words: Vec<(String, Regex)>,
}

impl Component for WatchList {
    type Options = Options;
    const HELP: &'static str = "Notes which words of a list an article holds, and where: `watch_list`.";
    const OPTIONS: &'static [OptionSpec] =
        &[OptionSpec::new("words", OptionKind::List, None, "The words, or phrases, whatever their case.")];
}

impl WatchList {
    pub(crate) fn new(options: Options) -> Result<WatchList, BuildError> {
        let compile = |word: String| match word.trim() {
            "" => Err(BuildError("`words` holds an empty word".into())),
            bare => RegexBuilder::new(&regex::escape(bare))
                .case_insensitive(true)
                .build()
                .map(|regex| (bare.to_owned(), regex))
                .map_err(|error| BuildError(format!("`words`: {error}"))),
        };
        Ok(WatchList { words: options.words.into_iter().map(compile).collect::<Result<_, _>>()? })
    }
}

impl Stage for WatchList {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let mut hits = Vec::new();
        for kept in article.kept() {
            // Where a word may begin or end. Found once for a piece, and only if it is asked for.
            let mut bounds = Vec::new();
            for (word, regex) in &self.words {
                for found in regex.find_iter(kept.text) {
                    if bounds.is_empty() {
                        bounds.extend(kept.text.split_word_bound_indices().map(|(at, _)| at));
                        bounds.push(kept.text.len());
                    }
                    if [found.start(), found.end()].iter().all(|at| bounds.binary_search(at).is_ok()) {
                        let start = kept.span.start();
                        hits.push((start + found.start(), start + found.end(), word));
                    }
                }
            }
        }
        hits.sort_unstable();
        let hits: Vec<_> = hits
            .into_iter()
            .map(|(start, end, word)| json!({ "word": word, "span": [start, end] }))
            .collect();
        article.notes.insert("watch_list".to_owned(), hits.into());
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }
}

fn main() -> ExitCode {
    Program::new().stage::<WatchList>("watch_list", |_name, options| WatchList::new(options)).main()
}
