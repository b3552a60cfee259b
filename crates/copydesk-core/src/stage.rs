//! What happens to an article between reader and sink.

use async_trait::async_trait;

use crate::{Action, Article, Seq, Signal, Span};

/// Whether an article goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// On to the next stage.
    Keep,
    /// Out, for this reason: it is counted as dropped, and delivered nowhere.
    Drop(String),
}

/// What a stage makes of a piece of an article, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The stage, as its cuts name it.
    pub stage: String,
    /// The piece.
    pub span: Span,
    /// What speaks for a cut beside the rule's name, in a few words; empty where the name says enough.
    pub brief: String,
    /// All that went into the decision, a line each.
    pub lines: Vec<String>,
}

/// A step of text work: sync, for it has nothing to wait for.
///
/// ```
/// use copydesk_core::{Article, Stage, StageError, Verdict};
/// struct MinWords(usize);
/// impl Stage for MinWords {
///     fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
///         let n_words = article.text().split_whitespace().count();
///         Ok(if n_words < self.0 { Verdict::Drop(format!("{n_words} words")) } else { Verdict::Keep })
///     }
///     fn fork(&self) -> Option<Box<dyn Stage>> {
///         Some(Box::new(MinWords(self.0)))
///     }
/// }
/// ```
pub trait Stage: Send {
    /// Proposes cuts, sets fields, adds notes.
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError>;

    /// Another of the same, to run beside this one. `None` for a stage with state: it sees every article
    /// alone and in the order of [`Article::seq`].
    fn fork(&self) -> Option<Box<dyn Stage>> {
        None
    }

    /// What the stage has to say, for people, of an article that it is about to get: a piece a time, cut or
    /// kept. Nobody asks while articles are delivered, so it may take its time.
    fn explain(&self, _article: &Article) -> Vec<Account> {
        Vec::new()
    }

    /// At start, for each article settled before, however, unless a revision took its place: what this stage had put into [`Article::memories`].
    /// The stage must not let an article see memories of a later one: compare `seq`.
    fn restore(&mut self, _seq: Seq, _memory: &[u8]) {}

    /// After the last [`Stage::restore`]: the signals that stand, by what was remembered.
    fn standing(&self) -> Vec<Signal> {
        Vec::new()
    }
}

/// A stage that waits for something outside the process.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// As [`Stage::process`].
    async fn process(&self, article: &mut Article) -> Result<Verdict, StageError>;
}

/// A stage could not do its work on an article.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StageError {
    /// One line, lower case, naming the thing.
    pub message: String,
    /// What to do.
    pub action: Action,
}
