//! Fields against a benchmark's truth, by its own measures: titles may have the site's name around them, one byline
//! may hold the words of the other, dates are days.

use std::collections::BTreeSet;
use std::fmt;

use crate::train::metric::Mean;
use crate::train::sample::Truth;

/// Words that two bylines may differ in.
const NOISE: [&str; 6] = ["by", "and", "dr", "mr", "ms", "mrs"];

/// What a tool says of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) title: Option<String>,
    pub(super) authors: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
}

/// Shares of fields that are right where the truth has them, and of pages on which a field is stated that it lacks.
#[derive(Debug, Default)]
pub(super) struct Score {
    title: Mean,
    authors: Mean,
    published: Mean,
    /// By `modified` where `published` is not stated.
    any_date: Mean,
    invented_authors: Mean,
    invented_dates: Mean,
}

impl Score {
    pub(super) fn add(&mut self, found: &Found, truth: &Truth) {
        if let Some(title) = truth.title.as_deref().filter(|title| !title.is_empty()) {
            self.title.add(Some(f64::from(is_title(found.title.as_deref().unwrap_or_default(), title))));
        }
        let authors = found.authors.as_deref().unwrap_or_default();
        if let Some(truth) = truth.author.as_deref().filter(|author| !author.is_empty()) {
            self.authors.add(Some(f64::from(is_byline(authors, truth))));
        }
        self.invented_authors
            .add(Some(f64::from(truth.author.as_deref().is_none_or(str::is_empty) && !authors.is_empty())));
        let published = found.published.as_deref().and_then(day);
        let wanted = truth.date.as_deref().and_then(day);
        if let Some(wanted) = wanted {
            self.published.add(Some(f64::from(published == Some(wanted))));
            let any = published.or_else(|| found.modified.as_deref().and_then(day));
            self.any_date.add(Some(f64::from(any == Some(wanted))));
        }
        self.invented_dates.add(Some(f64::from(wanted.is_none() && published.is_some())));
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.3} | {:.3} | {:.3} | {:.3} | {:.1} % | {:.1} %",
            self.title.get(),
            self.authors.get(),
            self.published.get(),
            self.any_date.get(),
            self.invented_authors.get() * 100.0,
            self.invented_dates.get() * 100.0,
        )
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn is_title(found: &str, truth: &str) -> bool {
    let (found, truth) = (words(found), words(truth));
    !found.is_empty() && (found.starts_with(&truth) || found.ends_with(&truth))
}

fn is_byline(found: &str, truth: &str) -> bool {
    let names = |text: &str| -> BTreeSet<String> {
        words(text).into_iter().filter(|word| !NOISE.contains(&word.as_str())).collect()
    };
    let (found, truth) = (names(found), names(truth));
    !found.is_empty() && !truth.is_empty() && (found.is_subset(&truth) || truth.is_subset(&found))
}

/// The day that a text opens with, year first.
fn day(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.trim().get(..10)?.split('-').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_as_the_benchmark_does() {
        assert!(is_title("Fog lifts | Wick Herald", "Fog lifts") && !is_title("Fog", "Fog lifts"));
        assert!(is_byline("By Dr. Ada Moor", "Ada Moor, PhD") && !is_byline("Ada Holt", "Ada Moor"));
        assert!(day("2031-05-02T08:00:00Z") == Some((2031, 5, 2)) && day("May 2").is_none());
    }
}
