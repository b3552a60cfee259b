//! A drop folder as a source: complete files only, and none missed.
//!
//! What must stay true here:
//! - The scan is the truth. Events of the kernel only say where to look sooner; with every event lost, the
//!   same files are delivered, later.
//! - A file is read only once it has held still as long as its evidence asks (`candidates`) and no process that
//!   can be seen has it open for writing (`writers`), and what is handed out is exactly what lay there between two
//!   equal stamps (`claim`).
//! - Nothing below the root is reached through a symbolic link, and nothing but a regular file is opened.
//! - A backlog is handed out in byte order of path, and nothing is read that the queue cannot hold.
//! - The folder is changed only after a receipt says so, and only the file that was read (`disposal`).
//!
//! One thread owns all that is decided ([`FolderSource`] starts it): events, receipts and the passing of time
//! reach it through the inbox, and deliveries leave it through the queue.

mod backlog;
mod candidates;
mod claim;
mod disposal;
mod error;
mod events;
mod folder;
mod inbox;
mod judge;
mod listing;
mod lock;
mod names;
mod offer;
mod options;
mod queue;
mod root;
mod source;
mod status;
mod survey;
mod walk;
mod watches;
mod writers;

pub use error::FolderError;
pub use lock::FolderLock;
pub use names::file_uri;
pub use options::{After, FolderOptions, WatchMode};
pub use source::{FolderDeps, FolderSource};
pub use status::{StatusSnapshot, Trouble, WatchStatus};
pub use survey::{Lying, survey};
