//! What can go wrong with an index.

use std::io;

/// An index that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file system refused something. Nothing is lost: what was not written is still in memory, and is
    /// tried again.
    #[error("cannot {what} `{file}` of the index of duplicates")]
    Io {
        /// The file's name in the index's folder.
        file: String,
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A file is not what was written.
    #[error(
        "`{file}` of the index of duplicates is damaged at byte {at}: {what} (mend it with `copydesk verify --repair`)"
    )]
    Damaged {
        /// The file's name in the index's folder.
        file: String,
        /// Offset in bytes of what is damaged.
        at: u64,
        /// What was found.
        what: &'static str,
    },
    /// A later version of the program wrote the index.
    #[error(
        "the index of duplicates has format {found}, this version reads up to {known} (use a newer version)"
    )]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        known: u32,
    },
    /// The keys of the index were made in another way than those it will be asked for.
    #[error(
        "the index of duplicates has keys of scheme {found}, this version makes scheme {wanted} (make them anew with `copydesk verify --repair`)"
    )]
    Scheme {
        /// The scheme of the keys in the index.
        found: u32,
        /// That of the options.
        wanted: u32,
    },
}

impl IndexError {
    pub(super) fn damaged(file: &str, at: u64, what: &'static str) -> IndexError {
        IndexError::Damaged { file: file.to_owned(), at, what }
    }

    pub(super) fn io(file: &str, what: &'static str) -> impl FnOnce(io::Error) -> IndexError {
        let file = file.to_owned();
        move |source| IndexError::Io { file, what, source }
    }

    /// A failed read: a file that ends too early is damaged, anything else is the file system's trouble.
    pub(super) fn read(file: &str, at: u64) -> impl FnOnce(io::Error) -> IndexError {
        let file = file.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::UnexpectedEof => IndexError::Damaged { file, at, what: "the file ends here" },
            io::ErrorKind::NotFound => IndexError::Damaged { file, at: 0, what: "the file is missing" },
            _ => IndexError::Io { file, what: "read", source },
        }
    }
}
