//! What tests of every crate share: invented articles, a view of an article's cuts, a clock that stands
//! still, a source and a sink in memory, a file system that loses power, and the suites every stage, lookup, source
//! and sink must pass, and labelled entities with their score.
//!
//! # For a component of yours
//!
//! Take this crate as a dependency of your tests, beside `copydesk` itself:
//!
//! ```toml
//! [dev-dependencies]
//! copydesk-testkit = { path = "../copydesk/crates/copydesk-testkit" }
//! tokio = { version = "1", features = ["macros", "rt"] }    # for those that wait
//! ```
//!
//! and run the suite of its kind over it in a test: [`stage_conformance`], [`lookup_conformance`],
//! [`source_conformance`], [`sink_conformance`]; each shows one whole. A suite that passes says that the runtime's
//! promises hold with your component as with the built-in ones, which pass the same: nothing lost, nothing doubled, the
//! same record for the same article.
//!
//! What must stay true here:
//! - A dependency of tests and developer commands only. Nothing in it touches a disk, a real clock is there to give up on
//!   what hangs, and nothing in it is random.
//! - A suite panics with a message that names the promise broken, for the promise is the same in every crate.

mod article;
mod clock;
mod disk;
mod entities;
mod lookup_suite;
mod memory;
mod render;
mod sink_suite;
mod source_suite;
mod stage_suite;
mod volume;

pub use article::{ODD_TEXTS, article, article_named, parcel, revision};
pub use clock::StillClock;
pub use disk::DiskFile;
pub use entities::{Comparison, LabelledEntity, LabelledMention, LabelledText, Tally, compare_entities};
pub use lookup_suite::lookup_conformance;
pub use memory::{MemorySink, MemorySource, Shelf};
pub use render::render;
pub use sink_suite::{LookUp, SinkTraits, sink_conformance};
pub use source_suite::source_conformance;
pub use stage_suite::{StageTraits, stage_conformance};
pub use volume::{Impossible, Sync, Tree, Volume};
