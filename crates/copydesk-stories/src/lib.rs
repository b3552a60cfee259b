//! Stories: the articles that report one event share an id, given when each arrives and never changed.
//!
//! The way of an article: [`words`] and [`sketch`] make a sparse vector of it; [`live`] finds the stories that share
//! its rare terms; [`features`] compares it with each in every respect; [`decision`], learnt, says whether it joins.
//!
//! What must stay true here:
//! - A verdict depends on the articles before this one in the ledger, and on nothing else: no clock, no chance.
//! - What is known of stories is bounded in bytes, and is a function of what was applied, in order.
//! - No language is known: words of any script are terms, and common ones are told by how many stories hold them.

mod codec;
mod decision;
mod features;
mod frequencies;
mod live;
mod memory;
mod record;
mod safe;
mod sketch;
mod snapshot;
mod source;
mod stage;
mod story;
mod words;

pub use decision::Decision;
pub use features::{FEATURES, N_FEATURES, brevity_of};
pub use safe::{set_snapshot_aside, snapshot_damage};
pub use stage::{FindStories, StoryOptions};
