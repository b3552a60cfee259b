//! Components of somebody else's in a program of theirs: the examples at work, and components that fail.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::string_slice, reason = "spans are whole characters, or the test is to fail")]

#[path = "../common/mod.rs"]
mod common;
mod examples;
mod failing;
mod lookups;
mod server;
mod working;

use common::Desk;

/// A desk of this example, with these stages (and whatever else) behind source, sink and run.
fn desk(example: &str, stages: &str) -> Desk {
    let config = format!(
        r#"
[source]
type = "folder"
path = "inbox"
settle = "60ms"
quiet = "20ms"
grace = "300ms"
reconcile = "1s"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
[runtime]
grace = "4s"
{stages}
"#
    );
    let mut desk = Desk::in_memory(&config);
    desk.program = Some(examples::example(example));
    desk
}
