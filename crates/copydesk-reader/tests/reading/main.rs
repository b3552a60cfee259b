//! The reader from the outside: files in, articles out.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;
mod containers;
mod hostile;
mod pages;
