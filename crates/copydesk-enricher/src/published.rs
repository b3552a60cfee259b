//! When it was published and when it was changed, by all that says so.

use copydesk_core::{Article, Span};

use crate::dates::{SlashOrder, Stamp};
use crate::hints::{self, Marked};
use crate::reading::Field;
use crate::said::Said;
use crate::vote::{self, Candidate, Family};

/// What a date that a word announces weighs, and one that only stands near the headline.
const LABELLED: f64 = 3.2;
const UNLABELLED: f64 = 2.0;
/// A page that shows an older date than its head states was published anew by a machine, seldom by a person.
const OLDER: f64 = 1.5;
/// Days by which it must be older.
const OLDER_DAYS: i32 = 2;

/// The dates that readers see.
pub(crate) struct Shown<'a> {
    pub said: &'a Said,
    pub marked: &'a Marked,
    pub dateline: Option<(Stamp, Span)>,
}

impl Shown<'_> {
    fn published(&self) -> Vec<Candidate<Stamp>> {
        let mut found = Vec::new();
        if let Some((stamp, span)) = self.marked.time {
            found.push(visible(stamp, span, "time:datetime", UNLABELLED + 0.2));
        }
        if let Some((stamp, span, labelled)) = self.said.date(|one| one.published) {
            found.push(visible(stamp, Some(span), "date", if labelled { LABELLED } else { UNLABELLED }));
        }
        if let Some((stamp, span)) = self.marked.published {
            let weight = if self.marked.is_labelled { UNLABELLED + 0.3 } else { UNLABELLED };
            found.push(visible(stamp, Some(span), "marked_date", weight));
        }
        found
    }
}

fn visible(value: Stamp, span: Option<Span>, rule: &str, weight: f64) -> Candidate<Stamp> {
    Candidate { value, rule: rule.to_owned(), span, weight, family: Family::Visible }
}

/// When it was last changed.
pub(crate) fn modified(article: &Article, shown: &Shown<'_>, order: SlashOrder) -> Field<Stamp> {
    let mut candidates = hints::modified(article, order);
    if let Some((stamp, span, _)) = shown.said.date(|one| one.modified) {
        candidates.push(visible(stamp, Some(span), "date", UNLABELLED));
    }
    if let Some((stamp, span)) = shown.marked.modified {
        candidates.push(visible(stamp, Some(span), "marked_date", UNLABELLED));
    }
    elect(&candidates)
}

/// When it was first there.
pub(crate) fn published(article: &Article, shown: &Shown<'_>, order: SlashOrder) -> Field<Stamp> {
    let mut candidates = hints::published(article, order);
    let changed = hints::modified(article, order);
    let stated = candidates.clone();
    for mut one in shown.published() {
        if one.weight < UNLABELLED + 0.3 && !stated.is_empty() {
            // Many pages show the day of the last change without saying so.
            if changed.iter().any(|other| hints::is_same(&one.value, &other.value))
                && !stated.iter().any(|other| hints::is_same(&one.value, &other.value))
            {
                continue;
            }
            if one.rule != "marked_date" && stated.iter().all(|other| is_older(&one.value, &other.value)) {
                one.weight += OLDER;
            }
        }
        candidates.push(one);
    }
    candidates.extend(hints::url_day(article));
    candidates.extend(shown.dateline.map(|(value, span)| Candidate {
        value,
        rule: "dateline".to_owned(),
        span: Some(span),
        weight: 1.5,
        family: Family::Text,
    }));
    elect(&candidates)
}

fn is_older(one: &Stamp, other: &Stamp) -> bool {
    one.date.until(other.date).is_ok_and(|span| span.get_days() >= OLDER_DAYS)
}

/// Of stamps of one day, the one that tells most: with the zone of the place, in any zone, the day alone.
fn elect(candidates: &[Candidate<Stamp>]) -> Field<Stamp> {
    let rank = |stamp: &Stamp| match stamp.time {
        Some((_, offset)) if offset.seconds() != 0 => 2,
        Some(_) => 1,
        None => 0,
    };
    vote::elect(candidates, hints::is_same, rank, |stamp| stamp.text())
}
