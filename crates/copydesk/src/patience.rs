//! How long a command without a daemon waits for a stage that is down: for a moment, not for ever, and once for all
//! articles, or a folder of them would take as many times as long.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use copydesk_core::{Action, StageError, Verdict};

/// How long a stage is waited for of which nothing has come since.
const LONGEST: Duration = Duration::from_secs(10);
/// How long an article waits between two tries, at most.
const PAUSE: Duration = Duration::from_secs(1);

/// Since when stages are down, by their place.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<BTreeMap<usize, Instant>>);

impl Patience {
    /// Waits for a stage if its result says that it is down. False if the result stands: it is another one, or the
    /// stage was waited for long enough.
    pub(crate) fn waits<P>(&self, place: usize, result: &Result<Result<Verdict, StageError>, P>) -> bool {
        let after = match result {
            Ok(Err(StageError { action: Action::Retry(after), .. })) => Some(*after),
            _ => None,
        };
        let mut down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(after) = after else {
            down.remove(&place);
            return false;
        };
        let is_over = down.entry(place).or_insert_with(Instant::now).elapsed() >= LONGEST;
        drop(down);
        if !is_over {
            std::thread::park_timeout(after.min(PAUSE));
        }
        !is_over
    }
}
