//! What tests of every crate share: invented articles, a view of an article's cuts, a clock that stands
//! still, a source and a sink in memory, a file system that loses power, and the suites every sink and stage
//! must pass, and labelled entities with their score.
//!
//! What must stay true here:
//! - A dependency of tests and developer commands only. Nothing in it touches a disk or a real clock, and nothing in it is random.
//! - A suite panics with a message that names the promise broken, for the promise is the same in every crate.

mod article;
mod clock;
mod disk;
mod entities;
mod memory;
mod render;
mod sink_suite;
mod stage_suite;
mod volume;

pub use article::{ODD_TEXTS, article, article_named, parcel, revision};
pub use clock::StillClock;
pub use disk::DiskFile;
pub use entities::{Comparison, LabelledEntity, LabelledMention, LabelledText, Tally, compare_entities};
pub use memory::{MemorySink, MemorySource, Shelf};
pub use render::render;
pub use sink_suite::{LookUp, SinkTraits, sink_conformance};
pub use stage_suite::{StageTraits, stage_conformance};
pub use volume::{Impossible, Sync, Tree, Volume};
