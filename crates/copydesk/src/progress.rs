//! The bar that shows a backlog shrinking: on a terminal alone, and never in the way of a log line.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Runs `print` with the bar out of the way.
pub(crate) fn above<T>(print: impl FnOnce() -> T) -> T {
    // A clone, so that the lock is not held while printing.
    let bar = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// A bar with rate and time left; nothing at all where standard error is no terminal.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar that is drawn from the first [`Progress::update`] on.
    pub(crate) fn new(quiet: bool) -> Progress {
        if quiet || !std::io::stderr().is_terminal() {
            return Progress { bar: None };
        }
        let bar = ProgressBar::no_length();
        let template = "{bar:32} {human_pos}/{human_len} files  {rate}  {eta} left  {msg}";
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            // A bar that cannot be drawn is no reason to stop.
            let _drawn = write!(out, "{:.0}/s", state.per_sec());
        };
        // The template is a constant that parses; a bar without style would do too.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        Progress { bar: Some(bar) }
    }

    /// `done` files of `total` are settled.
    pub(crate) fn update(&self, done: u64, total: u64, message: String) {
        let Some(bar) = &self.bar else { return };
        if done >= total {
            // Nothing waits: an idle daemon shows no bar.
            if !bar.is_finished() {
                bar.finish_and_clear();
            }
            return;
        }
        if bar.is_finished() {
            bar.reset();
        }
        bar.set_length(total);
        bar.set_position(done);
        bar.set_message(message);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
            bar.finish_and_clear();
        }
    }
}
