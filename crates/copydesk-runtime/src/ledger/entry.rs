//! What the ledger says: the entries of a transaction.

use copydesk_core::{ArticleId, FileStamp, Seq};
use sha2::{Digest, Sha256};

/// A path as the ledger keys it: the first half of its SHA-256, so memory does not grow with long names and
/// nobody can choose names that collide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PathKey(pub(crate) [u8; 16]);

impl PathKey {
    /// The key of a path below the source's root.
    pub fn of(path: &[u8]) -> PathKey {
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(Sha256::digest(path)) {
            *to = from;
        }
        PathKey(key)
    }
}

/// An earlier article that a new one replaces once it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// Its place.
    pub seq: Seq,
    /// Its id, kept here because its own entry may be gone by then.
    pub id: ArticleId,
}

/// How an article ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Every sink has it.
    Delivered,
    /// Its bytes are those of the article at this place.
    Duplicate(Seq),
    /// A stage, the reader or a person left it out.
    Dropped(String),
    /// Its file was gone before it could be delivered. The same bytes may come again.
    Vanished(String),
    /// It is in quarantine.
    Quarantined {
        /// Which step refused it.
        stage: String,
        /// Why.
        reason: String,
        /// Its bytes were not kept: the file must stay.
        referenced: bool,
    },
    /// A newer revision of its file took its place.
    Superseded(Seq),
}

/// One fact. A transaction is a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A version of a file was taken; its articles follow.
    File {
        /// Below the source's root.
        path: Vec<u8>,
        /// `file:` and the absolute path.
        uri: String,
        /// As it was when read.
        stamp: FileStamp,
        /// Of its bytes.
        hash: [u8; 32],
    },
    /// An article was seen.
    Seen {
        /// Its place.
        seq: Seq,
        /// The file it is in.
        file: PathKey,
        /// Its place in the file.
        part: u32,
        /// Its id.
        id: ArticleId,
        /// The size of its original.
        bytes: u64,
        /// What it replaces once delivered.
        replaces: Vec<Replaced>,
    },
    /// An article seen in an earlier version of its file is in this version too, at this place.
    Carried {
        /// The article.
        seq: Seq,
        /// Its place in the new version.
        part: u32,
    },
    /// Every article of the file's version has been seen.
    FileEnd {
        /// The file.
        file: PathKey,
        /// How many there are.
        parts: u32,
    },
    /// An article ended.
    Settled {
        /// The article.
        seq: Seq,
        /// How.
        outcome: Settlement,
    },
    /// What a stage wants remembered of an article, however it ended.
    Memory {
        /// The article.
        seq: Seq,
        /// The stage's configured name.
        stage: String,
        /// Its own encoding.
        bytes: Vec<u8>,
    },
    /// A sink holds everything up to here; `None` forgets the sink. The first one of a sink says where it began:
    /// what was settled by then is not delivered to it.
    Cursor {
        /// The sink's configured name.
        sink: String,
        /// The last article it holds.
        seq: Option<Seq>,
    },
    /// A file has another stamp, and the same bytes.
    Restamp {
        /// The file.
        file: PathKey,
        /// The new stamp.
        stamp: FileStamp,
    },
    /// A quarantined article is to be tried again.
    Retry {
        /// The article.
        seq: Seq,
    },
    /// The first entry of a compacted ledger: what is known of articles whose entries are gone.
    Base {
        /// The next place to be given.
        next: Seq,
        /// Articles that were superseded.
        superseded: u64,
        /// Articles whose file was gone before delivery.
        vanished: u64,
    },
}
