//! The index of duplicates against a plain model: answers, crashes, damage.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod answers;
mod crashes;
mod damage;
mod golden;
mod kills;
mod model;
mod volume;
