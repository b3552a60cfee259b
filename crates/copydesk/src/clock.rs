//! The program's one clock.

use copydesk_core::Clock;

/// The system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn unix_ns(&self) -> i128 {
        jiff::Timestamp::now().as_nanosecond()
    }

    fn rfc3339(&self) -> String {
        let now = jiff::Timestamp::now();
        now.round(jiff::Unit::Millisecond).unwrap_or(now).to_string()
    }
}
