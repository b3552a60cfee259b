//! When it was published and when it was changed, by all that says so.

use copydesk_core::Span;

use crate::dates::{SlashOrder, Stamp};
use crate::hints::{self, Marked, Vicinity};
use crate::reading::Field;
use crate::said::Said;
use crate::vote::{self, Candidate, Family};

// Weights are log odds: what a place adds to the logarithm of the odds that the day it states is the day of
// publication. They were fitted to pages whose day is known, by the likelihood of the right day among those a page
// states, and rounded to quarters; which pages they are fitted to hardly changes what is elected.

/// In the head of the page as readers see it; and if a word says that it is when the article was published.
const SHOWN: f64 = 3.0;
const SHOWN_LABELLED: f64 = 3.25;
/// On a line that markup or its form marks as a date; and far from the headline, known by a label alone.
const MARKED: f64 = 1.75;
const MARKED_FAR: f64 = 1.25;
/// A `time` element near the headline.
const TIME: f64 = 3.25;
/// A sentence that says when the article was first published.
const NOTE: f64 = 5.0;
/// Before the first sentence of a report.
const DATELINE: f64 = 1.5;
/// `meta` elements whose name says publication, and those that say no more than `date`.
pub(crate) const META: f64 = 2.25;
pub(crate) const META_VAGUE: f64 = 1.75;
/// The article object of JSON-LD. Systems put the day of the last change there now and then.
pub(crate) const JSON_LD: f64 = 1.75;
pub(crate) const MICRODATA: f64 = 2.25;
/// When something was created: the page, its draft, or the site's template.
pub(crate) const CREATED: f64 = 0.25;
/// In the address, which nobody changes later.
pub(crate) const ADDRESS: f64 = 2.75;

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
            found.push(visible(stamp, span, "time:datetime", TIME));
        }
        if let Some((stamp, span, labelled)) = self.said.date(|one| one.published) {
            let weight = if labelled { SHOWN_LABELLED } else { SHOWN };
            found.push(visible(stamp, Some(span), "date", weight));
        }
        if let Some((stamp, span)) = self.marked.published {
            let weight = if self.marked.is_far { MARKED_FAR } else { MARKED };
            found.push(visible(stamp, Some(span), "marked_date", weight));
        }
        found
    }

    /// True if a word beside one of the shown dates says that it is when the article was published.
    fn is_labelled(&self, rule: &str) -> bool {
        match rule {
            "date" => self.said.date(|one| one.published).is_some_and(|(.., labelled)| labelled),
            "marked_date" => self.marked.is_labelled,
            _ => false,
        }
    }
}

fn visible(value: Stamp, span: Option<Span>, rule: &str, weight: f64) -> Candidate<Stamp> {
    Candidate { value, rule: rule.to_owned(), span, weight, family: Family::Visible }
}

/// When it was last changed.
pub(crate) fn modified(vicinity: &Vicinity<'_>, shown: &Shown<'_>, order: SlashOrder) -> Field<Stamp> {
    let mut candidates = hints::modified(vicinity, order);
    if let Some((stamp, span, _)) = shown.said.date(|one| one.modified) {
        candidates.push(visible(stamp, Some(span), "date", SHOWN));
    }
    if let Some((stamp, span)) = shown.marked.modified {
        candidates.push(visible(stamp, Some(span), "marked_date", MARKED));
    }
    elect(&candidates)
}

/// When it was first there.
pub(crate) fn published(vicinity: &Vicinity<'_>, shown: &Shown<'_>, order: SlashOrder) -> Field<Stamp> {
    let mut candidates = hints::published(vicinity, order);
    let changed = hints::modified(vicinity, order);
    let stated = candidates.clone();
    for one in shown.published() {
        // Many pages show the day of the last change without saying so.
        let is_change = !stated.is_empty()
            && !shown.is_labelled(&one.rule)
            && changed.iter().any(|other| hints::is_same(&one.value, &other.value))
            && !stated.iter().any(|other| hints::is_same(&one.value, &other.value));
        if !is_change {
            candidates.push(one);
        }
    }
    candidates.extend(hints::first_published(vicinity, order).map(|(value, span)| Candidate {
        value,
        rule: "first_published".to_owned(),
        span: Some(span),
        weight: NOTE,
        family: Family::Text,
    }));
    candidates.extend(hints::url_day(vicinity.article()));
    candidates.extend(shown.dateline.map(|(value, span)| Candidate {
        value,
        rule: "dateline".to_owned(),
        span: Some(span),
        weight: DATELINE,
        family: Family::Text,
    }));
    elect(&candidates)
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
