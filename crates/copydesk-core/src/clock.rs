//! Wall time, brought along by the caller.

/// The wall clock. Waiting and timeouts use a monotonic clock instead, so a jump of this one breaks nothing.
pub trait Clock: Send + Sync {
    /// Nanoseconds since 1970, UTC.
    fn unix_ns(&self) -> i128;

    /// The same moment as RFC 3339, UTC, whole seconds or finer: `2026-01-31T09:30:00Z`.
    fn rfc3339(&self) -> String;
}
