//! The ledger as other processes read it: no lock, and a torn tail is simply not there yet.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use copydesk_core::{ArticleId, Seq};
use serde::Serialize;

use super::entry::{Entry, PathKey, Settlement};
use super::open::replay;
use super::rows::Counts;
use super::state::State;
use super::storage::FileStorage;
use super::{LEDGER_FILE, LedgerError, Status};

/// The balance, and how far each sink is.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    /// Articles by how they ended.
    pub counts: Counts,
    /// Files known.
    pub files: u64,
    /// Size of the log in bytes.
    pub ledger_bytes: u64,
    /// By sink: the last article it holds, and how many places it is behind.
    pub sinks: BTreeMap<String, SinkView>,
}

/// How far a sink is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SinkView {
    /// The last article it holds.
    pub cursor: Seq,
    /// Unsettled articles it may not hold yet.
    pub lag: u64,
}

/// An article, with all that the log still says of it.
#[derive(Debug, Clone, Serialize)]
pub struct ArticleInfo {
    /// Its place.
    pub seq: Seq,
    /// Its id.
    pub id: ArticleId,
    /// Its file, and its place in it.
    pub uri: String,
    /// Its file's path below the source's root; what is not UTF-8 is replaced.
    pub path: String,
    /// Its place in the file, from 0.
    pub part: u32,
    /// Size of its original.
    pub bytes: u64,
    /// `pending`, `delivered`, `duplicate`, `dropped`, `quarantined` or `superseded`.
    pub status: &'static str,
    /// Why it was dropped or quarantined.
    pub reason: Option<String>,
    /// The step that quarantined it.
    pub stage: Option<String>,
    /// The article it is a duplicate of, or was superseded by.
    pub other: Option<Seq>,
}

/// Every article of the log.
#[derive(Debug, Default)]
pub struct LedgerView {
    articles: BTreeMap<Seq, ArticleInfo>,
}

impl LedgerView {
    /// All of them, in order.
    pub fn articles(&self) -> impl Iterator<Item = &ArticleInfo> {
        self.articles.values()
    }

    /// The article at this place.
    pub fn by_seq(&self, seq: Seq) -> Option<&ArticleInfo> {
        self.articles.get(&seq)
    }

    /// Every article whose id begins with these hexadecimal digits.
    pub fn by_id(&self, digits: &str) -> Vec<&ArticleInfo> {
        let digits = digits.to_ascii_lowercase();
        self.articles().filter(|article| article.id.to_string().starts_with(&digits)).collect()
    }

    /// Every article of this URI, with or without `#N`.
    pub fn by_uri(&self, uri: &str) -> Vec<&ArticleInfo> {
        self.articles()
            .filter(|article| {
                let rest = article.uri.strip_prefix(uri);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
            })
            .collect()
    }
}

fn open(state: &Path) -> Result<Option<FileStorage>, LedgerError> {
    let path = state.join(LEDGER_FILE);
    match FileStorage::open(&path, true) {
        Ok(storage) => Ok(Some(storage)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(LedgerError::Io { what: "open", path, source }),
    }
}

/// The balance of a state folder; `None` if it has no ledger yet.
pub fn read_status(state: &Path) -> Result<Option<StatusView>, LedgerError> {
    let Some(mut storage) = open(state)? else { return Ok(None) };
    let mut sum = State::new();
    let replay = replay(&mut storage, &state.join(LEDGER_FILE), &mut |entry| sum.apply(entry))?;
    let sinks = sum
        .cursors()
        .iter()
        .map(|(sink, cursor)| {
            let lag = sum.pending().filter(|seq| seq > cursor).count() as u64;
            (sink.clone(), SinkView { cursor: *cursor, lag })
        })
        .collect();
    Ok(Some(StatusView { counts: sum.counts(), files: sum.n_files(), ledger_bytes: replay.length, sinks }))
}

/// What every delivered article's stages wanted remembered: `each` gets place, stage and bytes.
pub fn read_memories(state: &Path, each: &mut dyn FnMut(Seq, &str, &[u8])) -> Result<(), LedgerError> {
    let Some(mut storage) = open(state)? else { return Ok(()) };
    let path = state.join(LEDGER_FILE);
    let mut sum = State::new();
    replay(&mut storage, &path, &mut |entry| sum.apply(entry))?;
    replay(&mut storage, &path, &mut |entry| {
        if let Entry::Memory { seq, stage, bytes } = entry
            && sum.row(*seq).is_some_and(|row| row.status == Status::Delivered)
        {
            each(*seq, stage, bytes);
        }
    })?;
    Ok(())
}

/// Every article of a state folder's log.
pub fn read_articles(state: &Path) -> Result<LedgerView, LedgerError> {
    let Some(mut storage) = open(state)? else { return Ok(LedgerView::default()) };
    let mut articles: BTreeMap<Seq, (PathKey, ArticleInfo)> = BTreeMap::new();
    let mut files: HashMap<PathKey, (String, String)> = HashMap::new();
    replay(&mut storage, &state.join(LEDGER_FILE), &mut |entry| match entry {
        Entry::File { path, uri, .. } => {
            files.insert(PathKey::of(path), (String::from_utf8_lossy(path).into_owned(), uri.clone()));
        }
        Entry::Seen { seq, file, part, id, bytes, .. } => {
            let info = ArticleInfo {
                seq: *seq,
                id: *id,
                uri: String::new(),
                path: String::new(),
                part: *part,
                bytes: *bytes,
                status: "pending",
                reason: None,
                stage: None,
                other: None,
            };
            articles.insert(*seq, (*file, info));
        }
        Entry::Carried { seq, part } => {
            if let Some((_, info)) = articles.get_mut(seq) {
                info.part = *part;
            }
        }
        Entry::Retry { seq } => {
            if let Some((_, info)) = articles.get_mut(seq) {
                info.status = "pending";
            }
        }
        Entry::Settled { seq, outcome } => {
            if let Some((_, info)) = articles.get_mut(seq) {
                describe(info, outcome);
            }
        }
        _ => {}
    })?;
    let mut n_parts: HashMap<PathKey, u32> = HashMap::new();
    for (file, info) in articles.values() {
        let n_parts = n_parts.entry(*file).or_default();
        *n_parts = (*n_parts).max(info.part + 1);
    }
    for (file, info) in articles.values_mut() {
        if let Some((path, uri)) = files.get(file) {
            info.path.clone_from(path);
            let many = n_parts.get(file).is_some_and(|n_parts| *n_parts > 1);
            info.uri = if many { format!("{uri}#{}", info.part + 1) } else { uri.clone() };
        }
    }
    Ok(LedgerView { articles: articles.into_iter().map(|(seq, (_, info))| (seq, info)).collect() })
}

fn describe(info: &mut ArticleInfo, outcome: &Settlement) {
    info.reason = None;
    info.stage = None;
    info.other = None;
    info.status = match outcome {
        Settlement::Delivered => "delivered",
        Settlement::Duplicate(of) => {
            info.other = Some(*of);
            "duplicate"
        }
        Settlement::Dropped(reason) | Settlement::Vanished(reason) => {
            info.reason = Some(reason.clone());
            "dropped"
        }
        Settlement::Quarantined { stage, reason, .. } => {
            info.stage = Some(stage.clone());
            info.reason = Some(reason.clone());
            "quarantined"
        }
        Settlement::Superseded(by) => {
            info.other = Some(*by);
            "superseded"
        }
    };
}
