//! Articles in a SQLite file, searchable.
//!
//! What must stay true here:
//! - A batch is one transaction, synced before it is acknowledged. An id that is there changes nothing.
//! - The search index never disagrees with the table: a row and its index entry are one transaction, and
//!   triggers follow what a user changes or deletes by hand.
//! - Values reach SQLite as bound parameters alone. What a user searches for is never query syntax.
//! - A file that is not this store's own is refused untouched.
//! - Readers ([`search`], [`load`]) open the file read-only and need no daemon; they may run beside one.

mod copies;
mod error;
mod mend;
mod query;
mod read;
mod rows;
mod schema;
mod sink;
mod store;
mod stories;
mod verify;

pub use copies::Copies;
pub use error::StoreError;
pub use mend::{finish_rebuild, is_half_mended, rebuild, remove_rows, replace_rows};
pub use read::{Hit, load, search};
pub use schema::SCHEMA_VERSION;
pub use sink::{SqliteOptions, SqliteSink};
pub use stories::{Member, stories, story};
pub use verify::{StoreProblem, StoreReport, StoredRow, rebuild_index, verify};

#[cfg(test)]
mod group_tests;
#[cfg(test)]
mod tests;
