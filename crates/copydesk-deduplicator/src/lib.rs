//! What was said before: repeats within an article ([`DropRepeats`]), and articles that say what an earlier
//! one said ([`FindDuplicates`]).
//!
//! What must stay true:
//! - Of a repeat the fullest copy stays, of equals the first.
//! - What is left holds no repeat by the same rules: a second pass cuts nothing.
//! - Whether an article is a duplicate depends on the articles before it in the ledger, and on nothing else.

mod compare;
mod duplicates;
mod fold;
pub mod index;
pub mod near;
mod repeats;

pub use compare::{Comparison, Own, Passage, compare};
pub use duplicates::{
    FindDuplicates, FindDuplicatesOptions, IndexContent, Lead, NearDuplicates, Recall, Recalled,
    add_to_index, is_known_by_words, mend_index,
};
pub use repeats::{DropRepeats, DropRepeatsOptions, REPEAT_RULES, RepeatRule};
