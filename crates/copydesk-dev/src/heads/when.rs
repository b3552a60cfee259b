//! Days and times, and how a language writes them.

use jiff::civil::Date;

use super::chance::Chance;
use super::language::Language;
use super::write::Half;

/// A moment of an invented article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub date: Date,
    hour: i8,
    minute: i8,
}

/// The zone that an article's times are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zone {
    name: &'static str,
    /// Minutes from UTC; none for names that mean several.
    minutes: Option<i32>,
}

impl Moment {
    /// A moment of the last years.
    pub(super) fn any(chance: &mut Chance) -> Moment {
        let (year, month) = (2019 + i16::try_from(chance.below(7)).unwrap_or(0), 1 + chance.below(12) as i8);
        let date = Date::constant(year, month, 1 + chance.below(28) as i8);
        Moment { date, hour: chance.below(24) as i8, minute: chance.below(60) as i8 }
    }

    /// Some days later.
    pub(super) fn later(self, chance: &mut Chance) -> Moment {
        let days = jiff::Span::new().days(1 + i64::try_from(chance.below(9)).unwrap_or(0));
        let date = self.date.checked_add(days).unwrap_or(self.date);
        Moment { date, hour: chance.below(24) as i8, minute: chance.below(60) as i8 }
    }

    /// The moment as `format` writes it.
    pub(super) fn write(self, format: &str, language: &Language, zone: Zone) -> String {
        let entry = |name: &str, idx: i8| {
            language.entries(name, Half::Train).get(idx as usize).copied().unwrap_or_default().to_owned()
        };
        let (day, month) = (self.date.day(), self.date.month());
        let weekday = self.date.weekday().to_monday_zero_offset();
        let ordinal = match day {
            1 | 21 | 31 => "st",
            2 | 22 => "nd",
            3 | 23 => "rd",
            _ => "th",
        };
        let half = |am: &str, pm: &str| if self.hour < 12 { am.to_owned() } else { pm.to_owned() };
        let offset = match zone.minutes {
            None | Some(0) => "Z".to_owned(),
            Some(minutes) => signed(minutes),
        };
        let mut text = format.to_owned();
        for (slot, value) in [
            ("{dd}", format!("{day:02}")),
            ("{d}", day.to_string()),
            ("{mm}", format!("{month:02}")),
            ("{m}", month.to_string()),
            ("{y}", self.date.year().to_string()),
            ("{Month}", entry("months", month - 1)),
            ("{Mon}", entry("months_short", month - 1)),
            ("{Day}", entry("days", weekday)),
            ("{Dy}", entry("days_short", weekday)),
            ("{ord}", ordinal.to_owned()),
            ("{HH}", format!("{:02}", self.hour)),
            ("{H}", self.hour.to_string()),
            ("{h}", (if self.hour % 12 == 0 { 12 } else { self.hour % 12 }).to_string()),
            ("{MM}", format!("{:02}", self.minute)),
            ("{ap}", half("AM", "PM")),
            ("{ap.}", half("a.m.", "p.m.")),
            ("{z}", zone.name.to_owned()),
            ("{off}", offset),
        ] {
            text = text.replace(slot, &value);
        }
        text
    }

    /// What a reader may take from it as `format` writes it: the day, or the instant if its zone is told.
    pub(super) fn truth(self, format: &str, zone: Zone) -> String {
        let told = format.contains("{off}") || format.contains("{z}");
        let minutes = match zone.minutes {
            None if format.contains("{off}") => Some(0),
            minutes => minutes,
        };
        match minutes {
            Some(minutes) if told => {
                let zone = if minutes == 0 { "Z".to_owned() } else { signed(minutes) };
                let second = if format.ends_with(":27") { 27 } else { 0 };
                format!("{}T{:02}:{:02}:{second:02}{zone}", self.date, self.hour, self.minute)
            }
            _ => self.date.to_string(),
        }
    }
}

/// `+05:30`.
fn signed(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

impl Zone {
    /// One of a language's zones: `CET 60`, or `ET -` for a name without one meaning.
    pub(super) fn any(language: &Language, chance: &mut Chance) -> Zone {
        let line = language.pick("zones", Half::Train, chance, |_| true).unwrap_or("GMT 0");
        let (name, minutes) = line.split_once(' ').unwrap_or((line, "-"));
        Zone { name, minutes: minutes.parse().ok() }
    }
}

/// True for formats in which day and month cannot be told apart up to the twelfth, where nothing says which
/// of them the language writes first.
pub(super) fn is_ambiguous(format: &str, language: &str) -> bool {
    language == "en" && (format.contains("{d}/{m}/") || format.contains("{m}/{d}/"))
}
