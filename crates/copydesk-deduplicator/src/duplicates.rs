//! The stage `find_duplicates`: articles that say, word for word, what an earlier one said.
//!
//! What must stay true: the verdict on an article depends on the articles before it in the ledger alone. So an
//! entry is the earliest article of its text, and an article sees it only if it comes later. What is
//! remembered is committed with the article's delivery: an article that is processed again after a crash finds
//! no memory of itself, and would not be its own duplicate if it did.

use copydesk_core::{
    Article, ArticleId, BuildError, Component, Duplicate, DuplicateKind, OptionKind, OptionSpec, Seq, Stage,
    StageError, Verdict,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::fold::Words;
use crate::seen::{Key, Order, Seen};

/// Words below which a text is too common to be a copy of another: a stub, an error page, a one-line brief.
const MIN_WORDS: usize = 25;

/// What to do with an article that says what an earlier one said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NearDuplicates {
    /// Deliver it, and say so in its record.
    #[default]
    Mark,
    /// Deliver it nowhere; the ledger counts it as dropped.
    Drop,
}

/// Options of the stage `find_duplicates`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FindDuplicatesOptions {
    /// What to do with a duplicate.
    pub near: NearDuplicates,
}

/// Finds articles with the text of an earlier one, whatever their case, spacing and punctuation.
#[derive(Debug)]
pub struct FindDuplicates {
    name: String,
    near: NearDuplicates,
    /// The earliest article of each text.
    seen: Seen,
    n_unnumbered: u64,
    /// Space for folding.
    words: Words,
}

impl FindDuplicates {
    /// The stage, called `name` in memories.
    pub fn new(name: &str, options: FindDuplicatesOptions) -> Result<FindDuplicates, BuildError> {
        Ok(FindDuplicates {
            name: name.to_owned(),
            near: options.near,
            seen: Seen::default(),
            n_unnumbered: 0,
            words: Words::default(),
        })
    }

    /// Texts remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// True if no text is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.len() == 0
    }

    /// The key of an article's text, if it is long enough to be known by.
    fn key(&mut self, article: &Article) -> Option<Key> {
        self.words.clear();
        for kept in article.kept().filter(|kept| kept.kind.is_body()) {
            self.words.add(kept.text);
        }
        if self.words.len() < MIN_WORDS {
            return None;
        }
        Sha256::digest(self.words.as_bytes()).first_chunk::<16>().copied()
    }
}

impl Component for FindDuplicates {
    type Options = FindDuplicatesOptions;
    const OPTIONS: &'static [OptionSpec] = &[OptionSpec {
        name: "near",
        kind: OptionKind::Choice,
        default: Some("\"mark\""),
        choices: &["mark", "drop"],
        help: "what to do with an article that says what an earlier one said: mark its record, or drop it",
    }];
    const HELP: &'static str = "finds articles that say what an earlier one said";
}

impl Stage for FindDuplicates {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        article.duplicate = None;
        let Some(key) = self.key(article) else { return Ok(Verdict::Keep) };
        let order = if article.seq == Seq(0) {
            self.n_unnumbered += 1;
            Order::arrival(self.n_unnumbered)
        } else {
            Order::ledger(article.seq.0)
        };
        article.memories.push((self.name.clone(), memory::write(key, article.id)));
        let Some(of) = self.seen.see(key, order, article.id) else { return Ok(Verdict::Keep) };
        article.duplicate =
            Some(Duplicate { of, kind: DuplicateKind::Exact, similarity: 1.0, shared: None, via: None });
        match self.near {
            NearDuplicates::Mark => Ok(Verdict::Keep),
            NearDuplicates::Drop => Ok(Verdict::Drop(format!("exact duplicate of {of}"))),
        }
    }

    fn restore(&mut self, seq: Seq, bytes: &[u8]) {
        if let Some((key, id)) = memory::read(bytes) {
            self.seen.see(key, Order::ledger(seq.0), id);
        }
    }
}

/// What is remembered of an article, as bytes: a version, the key, the id.
mod memory {
    use super::{ArticleId, Key};

    const VERSION: u8 = 1;
    const LEN: usize = 1 + 16 + 32;

    pub(super) fn write(key: Key, id: ArticleId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&key);
        bytes.extend_from_slice(id.as_bytes());
        bytes
    }

    /// `None` for a memory of another version or length: it is of no use, and no harm.
    pub(super) fn read(bytes: &[u8]) -> Option<(Key, ArticleId)> {
        let (&version, rest) = bytes.split_first()?;
        if version != VERSION || bytes.len() != LEN {
            return None;
        }
        let (key, id) = rest.split_first_chunk::<16>()?;
        Some((*key, ArticleId::from_bytes(id.try_into().ok()?)))
    }
}
