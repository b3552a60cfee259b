//! The plain sinks: a JSONL file, standard output, and nowhere.
//!
//! What must stay true here:
//! - A sink says `Ok` only once the batch is as durable as its store can make it.
//! - Disk work runs on blocking threads, under a lock that outlives a cancelled call, so a sink is never
//!   found half-way through a write.
//! - A record is one line, exactly as it was handed over, unless another format is asked for.

mod error;
mod format;
mod jsonl;
mod null;
mod stdout;

pub use error::PlainSinkError;
pub use format::{Format, LineHead, PLACES, Place};
pub use jsonl::{
    CorruptLine, Inspection, JsonlOptions, JsonlSink, StoredLine, inspect, mend, read_lines, read_record,
};
pub use null::{NullOptions, NullSink};
pub use stdout::{StdoutOptions, StdoutSink};
