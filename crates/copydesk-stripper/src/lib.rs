//! Takes boilerplate out of articles: the stage [`Stripper`], its rules and its block model, and what a source
//! repeats from article to article.
//!
//! What must stay true here:
//! - This crate reads no files. A [`Stripper`] keeps no state between articles and forks freely; what a source
//!   repeats is told by [`RecurringStripper`], which sees the articles in order.
//! - Rules propose cuts of whole lines; [`copydesk_core::Article::cut`] applies them. Their order cannot matter.
//! - Cleaning is stable: what the rules leave, they leave again when the cleaned text is cleaned (see `rules`).
//! - Rules never empty an article.

mod drift;
mod expressions;
mod fold;
mod guards;
mod hits;
mod lexicon;
mod marks;
mod markup;
pub mod model;
mod needles;
mod packs;
mod recurring;
mod rule;
mod rules;
mod sources;
mod spotter;
mod stripper;
mod view;

pub use drift::{YieldOptions, YieldWatch};
pub use marks::{seen, seen_article};
pub use packs::PackFile;
pub use recurring::{RecurringOptions, RecurringStripper};
pub use rule::RuleDoc;
pub use rules::{languages, rules};
pub use stripper::{Stripper, StripperOptions};
