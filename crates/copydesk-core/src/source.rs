//! Where files come from.

use std::io::{Read, Seek};
use std::time::Duration;

use async_trait::async_trait;

use crate::{Action, Receipt};

/// What the file system says of a file's content without reading it. Equal stamps mean unchanged; a stamp is
/// only ever a reason not to read a file again, never its identity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Size in bytes.
    pub size: u64,
    /// Modification time, nanoseconds since 1970.
    pub mtime_ns: i128,
    /// Change time, nanoseconds since 1970.
    pub ctime_ns: i128,
}

/// The bytes of a file, or why there are none.
pub enum Content {
    /// The whole file.
    Bytes(std::sync::Arc<[u8]>),
    /// A file too large to hold that contains many articles, opened and at its start.
    Stream(Box<dyn ReadSeek>),
    /// Not read: the file is named in quarantine, by reference.
    Refused(Refusal),
}

/// A stream of bytes that can be read again from the start.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Content::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Content::Stream(_) => f.write_str("Stream"),
            Content::Refused(refusal) => write!(f, "Refused({refusal:?})"),
        }
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A short fixed word: `symlink`, `fifo`, `socket`, `device`, `too_large`, `empty`, `unreadable`.
    pub code: &'static str,
    /// One line for a person.
    pub message: String,
}

/// One complete file, offered by a source.
#[derive(Debug)]
pub struct Delivery {
    /// The path below the source's root, as the file system spells it (any bytes but NUL).
    pub path: Vec<u8>,
    /// `file:` and the absolute path, percent-encoded.
    pub uri: String,
    /// The file as it was before and after it was read.
    pub stamp: FileStamp,
    /// Its bytes.
    pub content: Content,
    /// SHA-256 of the bytes; of path and stamp where the file was refused.
    pub hash: [u8; 32],
    /// When it was taken, RFC 3339.
    pub received: String,
    /// If set, a failure to read it is no verdict yet, for the writer may still be at it: settle with
    /// [`crate::Outcome::Retry`] after this long.
    pub retry_failed_after: Option<Duration>,
    /// To be settled once every article of the file is.
    pub receipt: Receipt,
}

/// What the ledger knows of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownFile {
    /// The stamp it had when it was last taken.
    pub stamp: FileStamp,
    /// The hash of its bytes.
    pub hash: [u8; 32],
    /// True once every article of it is settled.
    pub settled: bool,
    /// True if it may be moved or deleted once settled (it is not in quarantine by reference).
    pub disposable: bool,
}

/// What a source asks of the ledger, so as not to take the same bytes twice.
pub trait Known: Send + Sync {
    /// What is known of this path below the source's root.
    fn lookup(&self, path: &[u8]) -> Option<KnownFile>;
    /// The same bytes were found under a path that is already known, with another stamp: remember the stamp.
    fn restamp(&self, path: &[u8], stamp: FileStamp);
}

/// A place files come from.
///
/// A file is the source's until its receipt is settled: what was offered and not settled when the process ended is
/// offered again by the next one, and what was settled is not. What the ledger knows of a path tells the two apart
/// ([`Known`]), or the place itself does, if it can be told what is done. The runtime knows a file's articles by their
/// bytes, so the same bytes once more do no harm.
///
/// ```
/// use std::collections::VecDeque;
/// use std::sync::mpsc::{Receiver, Sender, channel};
/// use copydesk_core::{Content, Delivery, FileStamp, Outcome, Receipt, Source, SourceError};
///
/// /// Offers each text until it is settled.
/// struct Texts {
///     due: VecDeque<&'static str>,
///     report: Sender<(&'static str, Outcome)>,
///     heard: Receiver<(&'static str, Outcome)>,
/// }
/// # impl Texts {
/// #     fn new(texts: &[&'static str]) -> Texts {
/// #         let (report, heard) = channel();
/// #         Texts { due: texts.iter().copied().collect(), report, heard }
/// #     }
/// # }
///
/// #[async_trait::async_trait]
/// impl Source for Texts {
///     async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
///         while let Ok((text, outcome)) = self.heard.try_recv() {
///             // A real one waits as long as it is told to, and with its end for all receipts.
///             if let Outcome::Retry(_after) = outcome {
///                 self.due.push_back(text);
///             }
///         }
///         let Some(text) = self.due.pop_front() else { return Ok(None) };
///         let report = self.report.clone();
///         Ok(Some(Delivery {
///             path: text.into(),
///             uri: format!("texts:{text}"),
///             stamp: FileStamp::default(),
///             content: Content::Bytes(text.as_bytes().into()),
///             hash: [0; 32], // SHA-256 of the bytes
///             received: "2026-01-01T00:00:00Z".into(),
///             retry_failed_after: None,
///             receipt: Receipt::new(move |outcome| drop(report.send((text, outcome)))),
///         }))
///     }
/// }
/// # let mut texts = Texts::new(&["Rain fell."]);
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # let mut next = |texts: &mut Texts| match texts.next().as_mut().poll(&mut context) {
/// #     std::task::Poll::Ready(Ok(next)) => next,
/// #     _ => panic!("not ready"),
/// # };
/// # next(&mut texts).unwrap().receipt.settle(Outcome::Retry(std::time::Duration::ZERO));
/// # next(&mut texts).unwrap().receipt.settle(Outcome::Settled);
/// # assert!(next(&mut texts).is_none());
/// ```
#[async_trait]
pub trait Source: Send {
    /// The next complete file; `None` once there will be no more (`--once`, or after a stop), which is once every
    /// receipt has been settled, for any may ask for its file to be offered again. Cancel-safe: a call that is dropped
    /// takes no file with it.
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError>;

    /// How many files are known to wait, for a progress bar; `None` if not known.
    fn backlog(&self) -> Option<u64> {
        None
    }
}

/// A source that cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SourceError {
    /// One line, lower case, naming the thing.
    pub message: String,
    /// What to do.
    pub action: Action,
}
