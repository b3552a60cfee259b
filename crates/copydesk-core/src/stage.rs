//! What happens to an article between reader and sink.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::{Action, Article, Meter, Seq, Signal, Span};

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

/// Memories that a stage keeps safe by itself, so that the ledger may forget them: those of articles before `below`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgettable {
    /// The first article whose memory the ledger must keep.
    pub below: Seq,
    /// Earlier ones whose memory it must keep too, for they came late.
    pub except: BTreeSet<Seq>,
}

impl Forgettable {
    /// Whether the memory of this article may go.
    pub fn covers(&self, seq: Seq) -> bool {
        seq < self.below && !self.except.contains(&seq)
    }
}

/// How a stage wants its articles that takes several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Articles in a batch, at most.
    pub max: usize,
    /// Batches at the same time, at most: each is given to a fork of the stage, in a thread of its own.
    pub workers: usize,
}

/// A step of text work: sync, for it has nothing to wait for ([`Lookup`] is for what has).
///
/// It says the same of the same article each time, for articles come in any order, to any thread, and again after a
/// crash. It cuts, notes and sets fields; the text is nobody's to rewrite. A panic sets its article aside, and a fresh
/// stage goes on with the next.
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

    /// For a stage without state whose work is done outside the process: how it wants its articles. It is then given
    /// them by [`Stage::process_batch`], in any order, and may wait.
    fn batching(&self) -> Option<Batching> {
        None
    }

    /// As [`Stage::process`] for each of the articles, with the results in their order. An article is changed only
    /// if its result is `Ok`. Here [`Action::Retry`] says that the stage is down: the article waits, and is given
    /// again after that long, as often as it takes.
    fn process_batch(&mut self, articles: &mut [&mut Article]) -> Vec<Result<Verdict, StageError>> {
        articles.iter_mut().map(|article| self.process(article)).collect()
    }

    /// What the stage has to say, for people, of an article that it is about to get: a piece a time, cut or
    /// kept. Nobody asks while articles are delivered, so it may take its time.
    fn explain(&self, _article: &Article) -> Vec<Account> {
        Vec::new()
    }

    /// At start, for each article settled before, however, unless a revision took its place: what this stage had put into [`Article::memories`].
    /// The stage must not let an article see memories of a later one: compare `seq`.
    fn restore(&mut self, _seq: Seq, _memory: &[u8]) {}

    /// Before the first [`Stage::restore`], where articles have a ledger: a folder of the stage's own for what it cannot
    /// hold in memory, or what would take too long to be told again. It may not be there yet.
    ///
    /// # Errors
    /// What is there cannot be used; nothing starts before a person has mended it.
    fn open(&mut self, _folder: &Path) -> Result<(), StageError> {
        Ok(())
    }

    /// Now and then, between two articles: every article before `below` has ended, and the ledger says so durably. A
    /// stage with a folder may make safe there what it remembers of these, and gives back what the ledger need not
    /// keep for it any longer.
    ///
    /// # Errors
    /// The folder could not be written. The stage goes on with what it holds in memory, and is asked again.
    fn settled(&mut self, _below: Seq) -> Result<Forgettable, StageError> {
        Ok(Forgettable::default())
    }

    /// After the last [`Stage::restore`]: the signals that stand, by what was remembered.
    fn standing(&self) -> Vec<Signal> {
        Vec::new()
    }

    /// What the stage counts of itself beyond articles and time, which are counted for every stage: shown with the
    /// figures of the run.
    fn meter(&self) -> Option<Arc<dyn Meter>> {
        None
    }
}

/// How a [`Lookup`] is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookupLimits {
    /// Articles that are looked up at the same time, at most: each in a thread of its own, 1 to 256.
    pub at_once: usize,
    /// How long an article may take. What takes longer is cancelled, and counts as no answer.
    pub timeout: Duration,
}

impl Default for LookupLimits {
    /// Eight at once, ten seconds each.
    fn default() -> LookupLimits {
        LookupLimits { at_once: 8, timeout: Duration::from_secs(10) }
    }
}

/// A stage without state that waits for something outside the process. The runtime drives it: several articles at once,
/// a deadline for each, and they come in any order.
///
/// What becomes of an article whose lookup fails is said by the error's [`Action`]:
/// - `Retry`: what is asked is not there, and every article would fare the same. The article waits, and is looked up
///   again after that long, as often as it takes, and with it wait, in the end, all that came after it, for sinks get
///   articles in order. The stage is shown as down while none gets through.
/// - `Quarantine`: this article is at fault. It is set aside with the message, and the others go on.
/// - `Stop`: only a person can mend it, by another configuration.
///
/// One that has no answer in time is looked up again, too. If others are answered meanwhile, three times, it is set
/// aside; where there are no others, the one that was answered last is looked up once more, to tell. A panic sets its
/// article aside.
///
/// ```
/// use std::time::Duration;
/// use copydesk_core::{Action, Article, Lookup, LookupLimits, StageError, Verdict};
/// # async fn ask(_: &str) -> Result<String, std::io::Error> { Ok("Hafen".to_owned()) }
///
/// /// Notes what a dictionary says of the title.
/// struct Translate;
///
/// #[async_trait::async_trait]
/// impl Lookup for Translate {
///     async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
///         let Some(title) = &article.title else { return Ok(Verdict::Keep) };
///         let is_away = |error: std::io::Error| {
///             let message = format!("the dictionary does not answer: {error}");
///             StageError::new(message, Action::Retry(Duration::from_secs(5)))
///         };
///         let answer = ask(title).await.map_err(is_away)?;
///         article.notes.insert("title_de".to_owned(), answer.into());
///         Ok(Verdict::Keep)
///     }
///
///     fn limits(&self) -> LookupLimits {
///         LookupLimits { at_once: 4, ..LookupLimits::default() }
///     }
/// }
/// # let mut article = Article::new(copydesk_core::ArticleId::from_bytes([0; 32]), Default::default(), "", vec![]);
/// # article.title = Some("Harbour".to_owned());
/// # let mut looking = Box::pin(async move { Translate.process(&mut article).await.map(|_| article) });
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # match looking.as_mut().poll(&mut context) {
/// #     std::task::Poll::Ready(Ok(article)) => assert_eq!(article.notes["title_de"], "Hafen"),
/// #     _ => panic!("not ready"),
/// # }
/// ```
#[async_trait]
pub trait Lookup: Send + Sync {
    /// As [`Stage::process`]. It works on a copy of the article, which is taken only if the result is `Ok`; so it may be
    /// cancelled wherever it waits.
    async fn process(&self, article: &mut Article) -> Result<Verdict, StageError>;

    /// How it is driven. Asked once.
    fn limits(&self) -> LookupLimits {
        LookupLimits::default()
    }
}

/// A stage of either kind, as the registry makes it.
pub enum Step {
    /// Works by itself.
    Stage(Box<dyn Stage>),
    /// Waits for something outside the process.
    Lookup(Arc<dyn Lookup>),
}

/// A stage could not do its work on an article.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StageError {
    /// One line, lower case, naming the thing.
    pub message: String,
    /// What to do.
    pub action: Action,
    /// A short fixed word by which what is set aside can be told apart, beside the stage's name: `stage` where the stage
    /// says nothing else.
    pub code: &'static str,
}

impl StageError {
    /// The code of an error that asks for another try ([`Action::Retry`]) though the stage is not known to be down: it
    /// may be the article.
    pub const UNSURE: &'static str = "unsure";

    /// An error with the code `stage`.
    pub fn new(message: impl Into<String>, action: Action) -> StageError {
        StageError { message: message.into(), action, code: "stage" }
    }

    /// The same with another code: small letters and `_`.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> StageError {
        StageError { code, ..self }
    }
}
