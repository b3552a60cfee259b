//! Dates as sources write them, in some thirty languages.
//!
//! What must stay true: nothing is guessed. `03/12/2025` is a date only where a language region or a day over
//! twelve settles the order; a time without a zone is no instant, so only its day is kept.

mod clock;
mod months;
mod scan;
mod token;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

pub(crate) use months::{month, month_by_hash};
pub(crate) use scan::{month_and_day, scan};

/// Which number comes first in `03/12/2025`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum SlashOrder {
    /// Britain, and nearly every language but English.
    DayFirst,
    /// The United States.
    MonthFirst,
    /// Not known: an ambiguous date is no date.
    #[default]
    Unknown,
}

/// A day, and the instant if the source gives a time with its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub date: Date,
    pub time: Option<(Time, Offset)>,
}

impl Stamp {
    /// The second since 1970, if the source gives a time with its zone.
    pub(crate) fn instant(self) -> Option<i64> {
        let (time, offset) = self.time?;
        offset.to_timestamp(self.date.to_datetime(time)).ok().map(jiff::Timestamp::as_second)
    }

    /// `YYYY-MM-DD`, or RFC 3339 in the source's own zone.
    pub(crate) fn text(self) -> String {
        let date = self.date;
        let Some((time, offset)) = self.time else { return date.to_string() };
        let zone = match offset.seconds() / 60 {
            0 => "Z".to_owned(),
            minutes => {
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        };
        format!("{date}T{:02}:{:02}:{:02}{zone}", time.hour(), time.minute(), time.second())
    }
}

/// A date in a line, with its place there: weekday, time and zone included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub start: usize,
    pub end: usize,
    pub stamp: Stamp,
}

/// The date that the whole of `value` states, as in a `datetime` attribute or a field of a record.
pub(crate) fn parse(value: &str, order: SlashOrder) -> Option<Stamp> {
    let value = value.trim();
    if value.len() > 120 {
        return None;
    }
    if value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return compact(value);
    }
    if matches!(value.len(), 10 | 13) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return epoch(value);
    }
    scan(value, order).first().map(|found| found.stamp)
}

/// `20251203`.
fn compact(value: &str) -> Option<Stamp> {
    let number: i32 = value.parse().ok()?;
    let date = day((number / 10_000) as i16, (number / 100 % 100) as i8, (number % 100) as i8)?;
    Some(Stamp { date, time: None })
}

/// Seconds or milliseconds since 1970.
fn epoch(value: &str) -> Option<Stamp> {
    let number: i64 = value.parse().ok()?;
    let seconds = if value.len() == 13 { number / 1000 } else { number };
    let utc = jiff::Timestamp::from_second(seconds).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let date = day(utc.year(), utc.month(), utc.day())?;
    Some(Stamp { date, time: Some((utc.time(), Offset::UTC)) })
}

/// The day, if there is one and a newspaper could have appeared on it.
fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    (1600..=2100).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        parse(text, SlashOrder::Unknown).map(Stamp::text)
    }

    #[test]
    fn reads_dates_of_many_languages() {
        for text in [
            "December 3, 2025",
            "Dec. 3, 2025",
            "3 December 2025",
            "Wednesday, 3rd of December, 2025",
            "3-Dec-2025",
            "3. Dezember 2025",
            "3 décembre 2025",
            "3 de diciembre de 2025",
            "3 dicembre 2025",
            "3 december 2025",
            "3 de dezembro de 2025",
            "3 grudnia 2025",
            "3. prosince 2025",
            "3. joulukuuta 2025",
            "2025. december 3.",
            "3 декабря 2025 г.",
            "3 грудня 2025",
            "3 Δεκεμβρίου 2025",
            "3 Aralık 2025",
            "3 ديسمبر 2025",
            "٣ ديسمبر ٢٠٢٥",
            "3 दिसंबर 2025",
            "2025年12月3日",
            "2025년 12월 3일",
            "ngày 3 tháng 12 năm 2025",
            "2025-12-03",
            "2025/12/03",
            "2025.12.03",
            "03.12.2025",
            "3. 12. 2025",
            "20251203",
            "1er décembre 2025",
        ] {
            let expect = if text.starts_with("1er") { "2025-12-01" } else { "2025-12-03" };
            assert_eq!(read(text).as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn keeps_a_time_only_with_its_zone() {
        for (text, expect) in [
            ("2025-12-03T14:05:00Z", "2025-12-03T14:05:00Z"),
            ("2025-12-03T14:05:00.123+01:00", "2025-12-03T14:05:00+01:00"),
            ("2025-12-03 14:05:07 -0530", "2025-12-03T14:05:07-05:30"),
            ("2025-12-03T14:05:00", "2025-12-03"),
            ("3 December 2025, 14:05 GMT", "2025-12-03T14:05:00Z"),
            ("December 3, 2025 at 2:05 p.m. EST", "2025-12-03T14:05:00-05:00"),
            ("December 3, 2025 12:05 AM UTC", "2025-12-03T00:05:00Z"),
            ("December 3, 2025 at 2:05 p.m. ET", "2025-12-03"),
            ("3. Dezember 2025, 14.05 Uhr", "2025-12-03"),
            ("14:05 GMT, 3 December 2025", "2025-12-03T14:05:00Z"),
            ("14:05, 3 December 2025", "2025-12-03"),
            ("3 décembre 2025 à 14h05", "2025-12-03"),
            ("Wed, 03 Dec 2025 14:05:00 +0000", "2025-12-03T14:05:00Z"),
            ("1764770700", "2025-12-03T14:05:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expect), "{text}");
        }
    }

    #[test]
    fn never_guesses() {
        for text in [
            "03/12/2025",
            "12-03-2025",
            "Updated 2 hours ago",
            "December 2025",
            "Dec 3",
            "2025",
            "31 February 2025",
            "0000-00-00",
            "3/12",
            "version 10.2.2025.1",
            "1.2.3",
            "tel. 2025-12-03-44",
            "May 5 people",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("25/12/2025").as_deref(), Some("2025-12-25"));
        assert_eq!(read("12/25/2025").as_deref(), Some("2025-12-25"));
        assert_eq!(read("12/12/2025").as_deref(), Some("2025-12-12"));
        let order = |order| parse("03/12/2025", order).map(Stamp::text);
        assert_eq!(order(SlashOrder::DayFirst).as_deref(), Some("2025-12-03"));
        assert_eq!(order(SlashOrder::MonthFirst).as_deref(), Some("2025-03-12"));
    }

    #[test]
    fn finds_each_date_of_a_line() {
        let line = "Published: Wednesday, 3 December 2025 | Updated: 4 December 2025, 09:10 GMT";
        let found = scan(line, SlashOrder::Unknown);
        let texts: Vec<&str> = found.iter().filter_map(|one| line.get(one.start..one.end)).collect();
        assert_eq!(texts, ["Wednesday, 3 December 2025", "4 December 2025, 09:10 GMT"]);
    }
}
