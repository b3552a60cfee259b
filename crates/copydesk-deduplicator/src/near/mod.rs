//! Near duplicates: fingerprints of texts, and the verdict which earlier text a new one is an edited copy of.
//!
//! What must stay true:
//! - A fingerprint depends on the text alone, and is blind to case, accents, spaces, quotes and dashes.
//! - It has the same few bytes whatever the length of the text.
//! - A verdict depends on the fingerprints compared, not on their order.

mod choose;
mod evidence;
mod fingerprint;
mod letters;
mod lowest;
mod read;
mod sample;

pub use choose::{Match, MatchKind, Shared, choose};
pub use fingerprint::Fingerprint;
pub use read::{Fingerprinter, Keyed, MIN_WORDS};
