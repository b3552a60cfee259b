//! Days and quantities that a text mentions, normalised.
//!
//! Only places with a digit are looked at: `three miles` is no quantity here, nor is a range such as `3-5 km`, which no
//! one number stands for.

mod days;
mod number;
mod quantities;
mod units;

use copydesk_core::Mention;
use jiff::civil::Date;

use crate::dates::SlashOrder;
use crate::text::{Flags, Text};

/// What the dates of a text are read by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits<'a> {
    /// The code of the text's language, or nothing.
    pub language: &'a str,
    pub order: SlashOrder,
    /// When the article was published: `3 December` without a year is the one nearest to it.
    pub published: Option<Date>,
}

/// The mentions of `text`, in order and apart.
pub(crate) fn of(text: &Text<'_>, habits: Habits<'_>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut read_to = 0;
    for (at, word) in text.words.iter().enumerate() {
        if !word.is(Flags::NUMBER) || word.start() < read_to {
            continue;
        }
        let mention = days::at(text, at, habits, read_to)
            .or_else(|| quantities::at(text, at, habits.language, read_to))
            .or_else(|| days::year(text, at, habits.language));
        if let Some(mention) = mention {
            read_to = mention.span.end();
            found.push(mention);
        }
    }
    found
}
