//! A plugin under test, and what is to be done when it hangs: a person waits, so what it hangs over is looked for in a
//! minute, and nothing is tried again.

use std::time::{Duration, Instant};

use copydesk_core::Article;
use copydesk_plugin::Plugin;

use super::answer::{Came, batch_answers};
use super::counted;
use super::report::Checked;

/// A plugin under test.
pub(super) struct Subject<'a> {
    pub(super) plugin: &'a mut dyn Plugin,
    /// The stage's name.
    pub(super) stage: &'a str,
    /// Articles it takes at once.
    pub(super) batch: usize,
    /// The longest time that it has taken over an answer.
    slowest: Duration,
    n_hung: usize,
}

/// How often it may hang: once, and there is one article that it cannot stand.
const MOST_HANGS: usize = 2;
/// How long it has at least while it is looked for what it hangs over; and as often the time of its slowest answer.
const LEAST: Duration = Duration::from_secs(2);
const SLOWER: u32 = 5;
/// Characters of an article that are shown.
const SHOWN: usize = 100;

/// What is said behind the counts when the other checks were left out.
pub(super) const LEFT_OUT: &str = " (it hangs: the others are left out)";

impl<'a> Subject<'a> {
    pub(super) fn new(plugin: &'a mut dyn Plugin, stage: &'a str, batch: usize) -> Subject<'a> {
        Subject { plugin, stage, batch: batch.clamp(1, 1_000), slowest: Duration::ZERO, n_hung: 0 }
    }

    /// Whether it has hung too often to go on.
    pub(super) fn is_lost(&self) -> bool {
        self.n_hung >= MOST_HANGS
    }

    /// What comes of articles that are given at once.
    pub(super) fn given(&mut self, articles: &[Article]) -> Vec<Came> {
        let begun = Instant::now();
        let came = batch_answers(self.plugin, self.stage, articles);
        if came.iter().any(Came::hung) {
            self.n_hung += 1;
        } else {
            self.slowest = self.slowest.max(begun.elapsed());
        }
        came
    }

    /// What comes of articles in batches of as many; if it hangs over a batch, over which article it does. Then it is
    /// lost, for it would do so with the others too.
    pub(super) fn answers(&mut self, articles: &[Article], batch: usize) -> Result<Vec<Came>, Vec<String>> {
        let batch = batch.clamp(1, self.batch);
        let mut came = Vec::with_capacity(articles.len());
        for (number, chunk) in articles.chunks(batch).enumerate() {
            let answers = self.given(chunk);
            if let Some(hung) = answers.iter().find(|came| came.hung()) {
                self.n_hung = MOST_HANGS;
                return Err(self.what_it_hangs_over(chunk, number * batch, &hung.brief()));
            }
            came.extend(answers);
        }
        Ok(came)
    }

    /// One article of these, over which it hangs together; `first` is the number of the first.
    fn what_it_hangs_over(&mut self, articles: &[Article], first: usize, what: &str) -> Vec<String> {
        let quick = LEAST + self.slowest * SLOWER;
        self.plugin.test(quick);
        let hangs = |plugin: &mut dyn Plugin, stage: &str, some: &[Article]| {
            batch_answers(plugin, stage, some).iter().any(Came::hung)
        };
        let (mut rest, mut number) = (articles, first);
        while rest.len() > 1 {
            let (one, other) = rest.split_at(rest.len() / 2);
            if hangs(self.plugin, self.stage, one) {
                rest = one;
            } else {
                number += one.len();
                rest = other;
            }
        }
        let alone = hangs(self.plugin, self.stage, rest);
        self.plugin.test(Duration::MAX);
        let mut lines = vec![what.to_owned()];
        match rest.first().filter(|_| alone) {
            Some(article) => {
                let text: String = article.raw().chars().take(SHOWN).collect();
                lines.push(format!("it hangs over article {number} alone: no answer within {} ms", quick.as_millis()));
                lines.push(format!("article {number} begins: {text:?}"));
            }
            None => lines.push(format!(
                "none of the {} from article {first} on is the reason by itself: they are answered when given again in \
                 smaller batches",
                counted(articles.len(), "article")
            )),
        }
        lines
    }

    /// Articles by themselves, so that one that is hard costs no other.
    pub(super) fn survives(&mut self, article: &Article) -> Checked {
        for came in self.given(std::slice::from_ref(article)) {
            came.survived().map_err(|why| vec![why])?;
        }
        Ok(String::new())
    }
}
