//! Components of somebody else's in a program of theirs: the examples at work, and components that fail.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::string_slice, reason = "spans are whole characters, or the test is to fail")]

#[path = "../common/mod.rs"]
mod common;
mod conforming;
mod examples;
mod failing;
mod guide;
mod lookups;
mod server;
mod working;

/// The examples once more, as parts of this program: their suites are run here.
macro_rules! examples {
    ($($name:ident $path:literal)*) => {$(
        #[path = $path]
        #[expect(dead_code, reason = "its `main`")]
        mod $name;
    )*};
}
examples! {
    native_stage "../../examples/native_stage.rs"
    native_watch_list "../../examples/native_watch_list.rs"
    native_translate "../../examples/native_translate.rs"
    native_source "../../examples/native_source.rs"
    native_sink "../../examples/native_sink.rs"
}

use common::Desk;

/// A desk of this example, with these stages (and whatever else) behind source, sink and run.
fn desk(example: &str, stages: &str) -> Desk {
    let mut desk = Desk::in_memory(&common::config::to_jsonl(stages));
    desk.program = Some(examples::example(example));
    desk
}
