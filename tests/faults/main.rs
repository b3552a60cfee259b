//! Faults made for real, and what must hold after each. `tests/FAULTS.md` lists which test shows what.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod clock;
mod control;
mod disk;
mod hostile;
mod injection;
mod io_errors;
mod kill;
mod millions;
mod names;
mod power;
mod races;
mod reload;
mod rig;
mod scale;
mod signals;
mod slow;
mod sweep;
mod watch;
mod world;
