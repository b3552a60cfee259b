//! Labelled entities: the markup that `tests/entities` is written in, and how found entities are scored by it.
//!
//! Markup and score are here, not with the command that prints them, so that the test which holds the figures and
//! the command that explains them cannot differ.

mod fold;
mod markup;
mod score;

pub use markup::{LabelledEntity, LabelledMention, LabelledText};
pub use score::{Comparison, Tally, compare_entities};
