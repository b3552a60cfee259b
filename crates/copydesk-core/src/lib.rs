//! The vocabulary of copydesk: an [`Article`] is an immutable original with blocks and cuts over it, and
//! sources, readers, stages and sinks are traits that hand articles on.
//!
//! What must stay true here:
//! - This crate knows no tokio, files, clocks or logging. Whoever calls it brings the world along.
//! - Text is never rewritten. A stage proposes [`Cut`]s and sets fields; [`Article::cut`] alone applies cuts.
//! - Every non-space byte of the original is in exactly one block piece or cut ([`laws::check`]).

mod amend;
mod article;
mod block;
mod clock;
pub mod crash;
mod credit;
mod cut;
mod error;
mod fields;
mod id;
mod json;
pub mod laws;
mod links;
mod meter;
mod page;
mod parcel;
mod reader;
mod receipt;
mod record;
mod record_head;
mod registry;
mod signal;
mod sink;
mod source;
mod source_of;
mod span;
mod stage;

pub use amend::amended;
pub use article::{Article, Kept, Origin};
pub use block::{Block, BlockKind};
pub use clock::Clock;
pub use credit::slashed_credit;
pub use cut::{Cut, Reason};
pub use error::Action;
pub use fields::{
    Caption, Conflict, Duplicate, DuplicateKind, Entity, EntityKind, Evidence, Language, Mention,
    MentionKind, Quotation, Shared, Story, StoryArticle, StoryRecord, TakeOver,
};
pub use id::{ArticleId, ParseIdError, Seq};
pub use links::unlinked;
pub use meter::{Figure, Measure, MeasureKind, Meter, Reading};
pub use page::{Hint, Markup, Node, Page};
pub use parcel::Parcel;
pub use reader::{Part, PartSource, ReadError, Reader, SourceFile};
pub use receipt::{Outcome, Receipt};
pub use record::RecordView;
pub use record_head::RecordHead;
pub use registry::{
    BuildError, Component, Entry, OptionKind, OptionSpec, Registry, SinkContext, SourceContext,
};
pub use signal::{Phase, Signal};
pub use sink::{Sink, SinkError};
pub use source::{Content, Delivery, FileStamp, Known, KnownFile, ReadSeek, Refusal, Source, SourceError};
pub use source_of::source_of;
pub use span::Span;
pub use stage::{Account, Batching, Forgettable, Lookup, LookupLimits, Stage, StageError, Step, Verdict};
