//! The program: it lists every component, joins configuration to runtime, and talks to the person.
//!
//! A program of yours can add stages, lookups, sources and sinks of your own, and is the standard program otherwise:
//! see [`Program`]. All that a component is written with is here.
//!
//! This is the only crate that knows them all. What must stay true: results go to standard output and all
//! else to standard error; exit codes are those of [`exit::Exit`]; no text is judged here.

mod admin;
pub mod args;
mod cleaner;
mod clock;
mod columns;
pub mod commands;
pub mod components;
mod control;
mod crash;
mod daemon;
mod exit;
mod explain;
mod fields_page;
mod logging;
mod model_page;
mod patience;
mod program;
mod progress;
mod reference;
mod schema;
mod setup;
mod signals;
mod view;

pub use async_trait::async_trait;
pub use cleaner::{CleanOutcome, Cleaner};
pub use clock::SystemClock;
pub use copydesk_core::{
    Action, Article, ArticleId, Batching, Block, BlockKind, BuildError, Clock, Component, Content, Cut,
    Delivery, Evidence, FileStamp, Kept, Known, KnownFile, Lookup, LookupLimits, OptionKind, OptionSpec,
    Outcome, Parcel, Reason, Receipt, Refusal, Seq, Sink, SinkContext, SinkError, Source, SourceContext,
    SourceError, Span, Stage, StageError, Verdict,
};
pub use exit::Exit;
pub use program::Program;
pub use reference::generated;
pub use schema::article_schema;
