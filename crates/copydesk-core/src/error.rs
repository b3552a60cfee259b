//! What an error asks of its caller. The runtime reads nothing else of an error but its text.

use std::time::Duration;

/// What the runtime does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The cause may pass: try again, not sooner than after this long.
    Retry(Duration),
    /// The article at hand is the cause: set it aside with the reason and its bytes, and go on.
    Quarantine,
    /// Nothing can go on before a person mends it.
    Stop,
}
