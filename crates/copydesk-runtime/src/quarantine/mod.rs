//! What could not be processed: a folder for each article, with its bytes and the reason.
//!
//! What must stay true: an article is settled as quarantined only after its entry here is durable; writing
//! an entry again changes nothing but its count of attempts; a file kept by reference is never disposed of.

mod inspect;
mod requests;
mod settled;
mod store;

pub use inspect::{Inspected, inspect_quarantine, quarantine_key, restore_entry, set_entry_aside};
pub use requests::{Act, Answer, act};
pub(crate) use requests::{answer, poll};
pub(crate) use settled::remove_settled;
pub(crate) use store::{Bytes, Quarantine};
pub use store::{Entry, Kind, QuarantineView, read_quarantine};
