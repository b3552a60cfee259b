//! A stage of your own in the standard program: leaves out articles with fewer words than wanted.
//!
//! ```toml
//! [[stage]]
//! type = "min_words"
//! words = 50
//! ```
use std::process::ExitCode;

use copydesk::{Article, Component, OptionKind, OptionSpec, Program, Stage, StageError, Verdict};

#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MinWords {
    pub(crate) words: usize,
}

impl Component for MinWords {
    type Options = MinWords;
    const HELP: &'static str = "Leaves out articles with few words.";
    const OPTIONS: &'static [OptionSpec] =
        &[OptionSpec::new("words", OptionKind::Integer, Some("20"), "How many words an article needs.")];
}

impl Stage for MinWords {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let n_words = article.text().split_whitespace().count();
        Ok(if n_words < self.words { Verdict::Drop(format!("{n_words} words")) } else { Verdict::Keep })
    }

    // Each article is judged by itself, so many threads may do it.
    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }
}

fn main() -> ExitCode {
    Program::new().stage::<MinWords>("min_words", |_name, options| Ok(options)).main()
}
