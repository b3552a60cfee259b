//! What a feature says of a block, in words a reader of articles understands.
//!
//! Each file that computes features has a table of these, in the order of the features; a test holds the tables
//! as long as the rows.

use std::borrow::Cow;

/// The words for one feature.
///
/// In a text `{}` stands for the value, and `{s}` for the ending of a plural.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    text: Cow<'static, str>,
    form: Form,
    /// Values that say that there was nothing to measure, and the words for them.
    unless: Option<(Unless, Cow<'static, str>)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// True or false, and the words for false.
    Flag(Cow<'static, str>),
    Number,
    /// A distance, and the words for one below zero.
    Way(Cow<'static, str>),
    /// Shown in percent.
    Share,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unless {
    Below(f32),
    From(f32),
}

/// True or false.
pub(super) fn flag(yes: impl Into<Cow<'static, str>>, no: impl Into<Cow<'static, str>>) -> Measure {
    Measure { text: yes.into(), form: Form::Flag(no.into()), unless: None }
}

/// How many, or how long.
pub(super) fn number(text: impl Into<Cow<'static, str>>) -> Measure {
    Measure { text: text.into(), form: Form::Number, unless: None }
}

/// From 0 to 1.
pub(super) fn share(text: impl Into<Cow<'static, str>>) -> Measure {
    Measure { text: text.into(), form: Form::Share, unless: None }
}

/// A distance either way.
pub(super) fn way(text: impl Into<Cow<'static, str>>, back: impl Into<Cow<'static, str>>) -> Measure {
    Measure { text: text.into(), form: Form::Way(back.into()), unless: None }
}

impl Measure {
    /// These words for values below `bound`.
    pub(super) fn below(mut self, bound: f32, text: impl Into<Cow<'static, str>>) -> Measure {
        self.unless = Some((Unless::Below(bound), text.into()));
        self
    }

    /// These words for `bound` and what is greater.
    pub(super) fn from(mut self, bound: f32, text: impl Into<Cow<'static, str>>) -> Measure {
        self.unless = Some((Unless::From(bound), text.into()));
        self
    }

    /// The feature whatever its value: "… words in it".
    pub(super) fn name(&self) -> String {
        self.text.replace("{s}", "s").replace("{}", "…")
    }

    /// The feature with a block's value: "14 words in it".
    pub(super) fn say(&self, value: f32) -> String {
        match &self.unless {
            Some((Unless::Below(bound), text)) if value < *bound => return text.to_string(),
            Some((Unless::From(bound), text)) if value >= *bound => return text.to_string(),
            _ => {}
        }
        match &self.form {
            Form::Flag(no) => if value > 0.5 { &self.text } else { no }.to_string(),
            Form::Way(back) if value < 0.0 => fill(back, -value),
            Form::Number | Form::Way(_) => fill(&self.text, value),
            Form::Share => fill_with(&self.text, &format!("{:.0} %", 100.0 * value), true),
        }
    }
}

fn fill(text: &str, value: f32) -> String {
    // What is no whole number is a mean, of which one digit is enough.
    let shown = if value.fract().abs() < 0.05 || value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    };
    if shown == "0" && text.starts_with("{}") {
        return fill_with(text, "no", true);
    }
    fill_with(text, &shown, shown != "1")
}

fn fill_with(text: &str, shown: &str, plural: bool) -> String {
    text.replace("{s}", if plural { "s" } else { "" }).replace("{}", shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_in_words() {
        let words = number("{} word{s} in it");
        assert_eq!(
            [0.0, 1.0, 2.5, 14.2].map(|value| words.say(value)),
            ["no words in it", "1 word in it", "2.5 words in it", "14 words in it"]
        );
        assert_eq!(words.name(), "… words in it");
        let ends = flag("ends a sentence", "ends no sentence");
        assert_eq!([ends.say(1.0), ends.say(0.0)], ["ends a sentence", "ends no sentence"]);
        let links = share("{} of it in links").below(0.0, "no links known");
        assert_eq!([links.say(0.923), links.say(-1.0)], ["92 % of it in links", "no links known"]);
        let place = way("{} block{s} below it", "{} block{s} above it").below(-100.0, "nowhere");
        assert_eq!(
            [3.0, -1.0, -200.0].map(|value| place.say(value)),
            ["3 blocks below it", "1 block above it", "nowhere"]
        );
        assert_eq!(number("{} block{s} on").from(60.0, "far").say(60.0), "far");
    }
}
