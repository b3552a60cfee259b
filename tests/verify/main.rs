//! Promise 7: `verify` finds every disagreement, and `--repair` mends what can be mended.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod damage;
mod moving;
mod random;
mod scene;
