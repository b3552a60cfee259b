//! The end of a run, for threads and tasks alike.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::RuntimeError;

/// Once set, everything that waits gives up.
#[derive(Debug, Clone)]
pub(crate) struct Halt {
    flag: watch::Sender<bool>,
    why: Arc<Mutex<Option<RuntimeError>>>,
}

/// Sets it when dropped.
pub(crate) struct HaltOnDrop(pub(crate) Halt);

impl Drop for HaltOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

impl Halt {
    pub(crate) fn new() -> Halt {
        Halt { flag: watch::Sender::new(false), why: Arc::default() }
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.flag.borrow()
    }

    pub(crate) fn set(&self) {
        self.flag.send_replace(true);
    }

    /// Ends the run with an error; the first one counts.
    pub(crate) fn fail(&self, error: RuntimeError) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.set();
    }

    pub(crate) fn take_error(&self) -> Option<RuntimeError> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns once it is set.
    pub(crate) async fn wait(&self) {
        let mut flag = self.flag.subscribe();
        // The sender is `self`, so it is there as long as this waits.
        let _ = flag.wait_for(|set| *set).await;
    }
}
