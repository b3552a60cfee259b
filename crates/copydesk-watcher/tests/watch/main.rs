//! The drop folder from the outside: real files, real events, and a ledger made of a map.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod after;
mod backlog;
mod conformance;
mod desk;
mod hostile;
mod ladder;
mod restart;
mod roots;
