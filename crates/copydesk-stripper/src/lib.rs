//! Takes boilerplate out of articles: the stage [`Stripper`], its rules and its block model.
//!
//! What must stay true here:
//! - This crate reads no files and keeps no state between articles: a stripper forks freely.
//! - Rules propose cuts of whole lines; [`copydesk_core::Article::cut`] applies them. Their order cannot matter.
//! - Cleaning is stable: what the rules leave, they leave again when the cleaned text is cleaned (see `rules`).
//! - Rules never empty an article.

mod expressions;
mod fold;
mod lexicon;
mod markup;
pub mod model;
mod needles;
mod rule;
mod rules;
mod spotter;
mod stripper;
mod view;

pub use rule::RuleDoc;
pub use rules::rules;
pub use stripper::{Stripper, StripperOptions};
