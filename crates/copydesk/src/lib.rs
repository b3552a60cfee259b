//! The program: it lists every component, joins configuration to runtime, and talks to the person.
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
mod progress;
mod reference;
mod schema;
mod setup;
mod signals;
mod view;

pub use cleaner::{CleanOutcome, Cleaner};
pub use clock::SystemClock;
pub use exit::Exit;
pub use reference::generated;
pub use schema::article_schema;
