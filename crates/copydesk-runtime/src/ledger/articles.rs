//! All that the log says of every file and article: what `explain` looks up, and what `verify` holds everything
//! else against. It keeps what the running ledger leaves on disk, so it is large, and made for one look.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use copydesk_core::{ArticleId, FileStamp, Seq};
use serde::Serialize;

use super::entry::{Entry, PathKey, Settlement};
use super::open::replay;
use super::rows::Counts;
use super::state::State;
use super::storage::Storage;
use super::{LEDGER_FILE, LedgerError, view};

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
    /// True if it is only counted any more: superseded, or its file was gone before it was delivered.
    pub gone: bool,
    /// In quarantine without its bytes.
    pub referenced: bool,
    /// The articles it took the place of.
    pub replaces: Vec<ArticleId>,
    #[serde(skip)]
    file: PathKey,
}

/// A file, as the log last says of it.
#[derive(Debug, Clone)]
pub struct FileInfo {
    /// Below the source's root.
    pub path: Vec<u8>,
    /// `file:` and the absolute path.
    pub uri: String,
    /// When it was last read.
    pub stamp: FileStamp,
    /// Of its bytes.
    pub hash: [u8; 32],
    /// True once every article of it is settled.
    pub settled: bool,
}

/// Every file and article of the log.
#[derive(Debug, Default)]
pub struct LedgerView {
    articles: BTreeMap<Seq, ArticleInfo>,
    files: HashMap<PathKey, FileInfo>,
    by_id: HashMap<ArticleId, Vec<Seq>>,
    begins: BTreeMap<String, Seq>,
    counts: Counts,
    next: Seq,
    oddities: u64,
    torn_bytes: u64,
}

impl LedgerView {
    /// All articles, in order.
    pub fn articles(&self) -> impl Iterator<Item = &ArticleInfo> {
        self.articles.values()
    }

    /// All files, in no order.
    pub fn files(&self) -> impl Iterator<Item = &FileInfo> {
        self.files.values()
    }

    /// The file at this path below the source's root.
    pub fn file(&self, path: &[u8]) -> Option<&FileInfo> {
        self.files.get(&PathKey::of(path))
    }

    /// The file an article is in.
    pub fn file_of(&self, article: &ArticleInfo) -> Option<&FileInfo> {
        self.files.get(&article.file)
    }

    /// The article at this place.
    pub fn by_seq(&self, seq: Seq) -> Option<&ArticleInfo> {
        self.articles.get(&seq)
    }

    /// Every article with these bytes, in order.
    pub fn with_id(&self, id: &ArticleId) -> impl Iterator<Item = &ArticleInfo> {
        self.by_id.get(id).into_iter().flatten().filter_map(|seq| self.articles.get(seq))
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

    /// The head of the ledger when the sink was new: it owes every article delivered behind that place.
    pub fn begin(&self, sink: &str) -> Option<Seq> {
        self.begins.get(sink).copied()
    }

    /// True if nothing is known of any sink: a ledger that no run has used, or one that was lost.
    pub fn knows_no_sink(&self) -> bool {
        self.begins.is_empty()
    }

    /// The balance.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The place the next article gets.
    pub fn next(&self) -> Seq {
        self.next
    }

    /// Entries about articles that the log does not hold: 0 unless entries were lost.
    pub fn oddities(&self) -> u64 {
        self.oddities
    }

    /// Bytes behind the last whole entry: a write that a crash, or a full disk, cut short.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    fn hear(&mut self, entry: &Entry) {
        match entry {
            Entry::File { path, uri, stamp, hash } => {
                let file = FileInfo {
                    path: path.clone(),
                    uri: uri.clone(),
                    stamp: *stamp,
                    hash: *hash,
                    settled: false,
                };
                self.files.insert(PathKey::of(path), file);
            }
            Entry::Seen { seq, file, part, id, bytes, replaces } => {
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
                    gone: false,
                    referenced: false,
                    replaces: replaces.iter().map(|replaced| replaced.id).collect(),
                    file: *file,
                };
                self.articles.entry(*seq).or_insert(info);
            }
            Entry::Carried { seq, part } => {
                if let Some(info) = self.articles.get_mut(seq) {
                    info.part = *part;
                }
            }
            Entry::Retry { seq } => {
                if let Some(info) = self.articles.get_mut(seq) {
                    info.status = "pending";
                }
            }
            Entry::Settled { seq, outcome } => {
                if let Some(info) = self.articles.get_mut(seq) {
                    describe(info, outcome);
                }
            }
            _ => {}
        }
    }

    /// Gives every article its path and URI, and every file what the sum of the log says of it.
    fn finish(&mut self, sum: &State) {
        let mut n_parts: HashMap<PathKey, u64> = HashMap::new();
        for info in self.articles.values() {
            let n_parts = n_parts.entry(info.file).or_default();
            *n_parts = (*n_parts).max(u64::from(info.part) + 1);
        }
        for info in self.articles.values_mut() {
            if let Some(file) = self.files.get(&info.file) {
                info.path = String::from_utf8_lossy(&file.path).into_owned();
                let many = n_parts.get(&info.file).is_some_and(|n_parts| *n_parts > 1);
                info.uri = if many {
                    format!("{}#{}", file.uri, u64::from(info.part) + 1)
                } else {
                    file.uri.clone()
                };
            }
            self.by_id.entry(info.id).or_default().push(info.seq);
        }
        for (key, file) in &mut self.files {
            if let Some(known) = sum.file(key).map(|idx| sum.known(idx)) {
                (file.stamp, file.hash, file.settled) = (known.stamp, known.hash, known.settled);
            }
        }
        self.begins = sum.begins().clone();
        self.counts = sum.counts();
        self.next = sum.next();
        self.oddities = sum.oddities();
    }
}

/// Every file and article of a state folder's log; nothing if there is none.
pub fn read_articles(state: &Path) -> Result<LedgerView, LedgerError> {
    let mut view = LedgerView { next: Seq(1), ..LedgerView::default() };
    let Some(mut storage) = view::open(state)? else { return Ok(view) };
    let path = state.join(LEDGER_FILE);
    let mut sum = State::new();
    let replay = replay(&mut storage, &path, &mut |entry| {
        sum.apply(entry);
        view.hear(entry);
    })?;
    if replay.torn {
        let length = storage.length().map_err(|source| LedgerError::Io { what: "read", path, source })?;
        view.torn_bytes = length - replay.length;
    }
    view.finish(&sum);
    Ok(view)
}

fn describe(info: &mut ArticleInfo, outcome: &Settlement) {
    info.reason = None;
    info.stage = None;
    info.other = None;
    info.gone = matches!(outcome, Settlement::Superseded(_) | Settlement::Vanished(_));
    info.referenced = matches!(outcome, Settlement::Quarantined { referenced: true, .. });
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
