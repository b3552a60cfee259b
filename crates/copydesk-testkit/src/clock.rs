//! A clock that moves when it is told to.

use std::sync::atomic::{AtomicI64, Ordering};

use copydesk_core::Clock;

/// Wall time that stands still until it is set. Starts at 2026-01-31T09:30:00Z.
#[derive(Debug)]
pub struct StillClock {
    unix_ms: AtomicI64,
}

const START_MS: i64 = 1_769_851_800_000;

impl Default for StillClock {
    fn default() -> StillClock {
        StillClock { unix_ms: AtomicI64::new(START_MS) }
    }
}

impl StillClock {
    /// Moves the clock on; a negative number moves it back, as an administrator might.
    pub fn advance_ms(&self, by: i64) {
        self.unix_ms.fetch_add(by, Ordering::SeqCst);
    }

    /// Sets the clock to this many milliseconds since 1970, UTC.
    pub fn set_unix_ms(&self, to: i64) {
        self.unix_ms.store(to, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn unix_ns(&self) -> i128 {
        i128::from(self.unix_ms.load(Ordering::SeqCst)) * 1_000_000
    }

    fn rfc3339(&self) -> String {
        let unix_ms = self.unix_ms.load(Ordering::SeqCst);
        let (days, ms) = (unix_ms.div_euclid(86_400_000), unix_ms.rem_euclid(86_400_000));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

/// The date of a day counted from 1970, in the proleptic Gregorian calendar (Hinnant's algorithm).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_of_year = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_of_year + 2) / 5 + 1;
    let month = if month_of_year < 10 { month_of_year + 3 } else { month_of_year - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_still_until_told() {
        let clock = StillClock::default();
        assert_eq!(clock.rfc3339(), "2026-01-31T09:30:00.000Z");
        clock.advance_ms(86_400_000);
        assert_eq!(clock.rfc3339(), "2026-02-01T09:30:00.000Z");
        clock.set_unix_ms(951_782_400_000);
        assert_eq!(clock.rfc3339(), "2000-02-29T00:00:00.000Z");
    }
}
