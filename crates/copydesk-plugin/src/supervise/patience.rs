//! How long a plugin may take over what it is given.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time that is configured, or less while the plugin is put to the test.
pub(crate) struct Patience {
    timeout: Duration,
    /// In milliseconds; [`NONE`] as long as it is not put to the test.
    most: AtomicU64,
}

const NONE: u64 = u64::MAX;

impl Patience {
    pub(crate) fn new(timeout: Duration) -> Patience {
        Patience { timeout, most: AtomicU64::new(NONE) }
    }

    /// From now on it is put to the test, and has no more time than this either.
    pub(crate) fn test(&self, most: Duration) {
        let most = u64::try_from(most.as_millis()).unwrap_or(NONE).min(NONE - 1);
        self.most.store(most, Ordering::Relaxed);
    }

    /// The time that is configured.
    #[cfg(feature = "wasm")]
    pub(crate) fn configured(&self) -> Duration {
        self.timeout
    }

    /// How long it may take.
    pub(crate) fn get(&self) -> Duration {
        self.timeout.min(Duration::from_millis(self.most.load(Ordering::Relaxed)))
    }

    /// Whether it is put to the test: what it does not answer in time it is not given again, for each time costs a
    /// person as long.
    pub(super) fn is_tested(&self) -> bool {
        self.most.load(Ordering::Relaxed) != NONE
    }
}
