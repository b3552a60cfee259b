//! Dates among JSON-LD, meta elements, microdata, `time` elements and addresses.

use copydesk_core::Article;

use super::Vicinity;
use crate::dates::{self, SlashOrder, Stamp};
use crate::published::{ADDRESS, CREATED, JSON_LD, META, META_VAGUE, MICRODATA};
use crate::vote::{Candidate, Family};

/// Hints that state when the article was first there, and how much each is believed: see [`crate::published`].
const PUBLISHED: [(&str, f64, Family); 27] = [
    ("json:published", 10.0, Family::Record),
    ("meta:article:published_time", META, Family::Meta),
    ("meta:og:article:published_time", META, Family::Meta),
    ("meta:og:published_time", META, Family::Meta),
    ("meta:parsely-pub-date", META, Family::Meta),
    ("meta:sailthru.date", META, Family::Meta),
    ("meta:article.published", META, Family::Meta),
    ("meta:cxenseparse:publishtime", META, Family::Meta),
    ("jsonld:datePublished", JSON_LD, Family::JsonLd),
    ("meta:published-date", META, Family::Meta),
    ("meta:published_date", META, Family::Meta),
    ("meta:publish-date", META, Family::Meta),
    ("meta:publish_date", META, Family::Meta),
    ("meta:publication_date", META, Family::Meta),
    ("meta:pubdate", META, Family::Meta),
    ("meta:dc.date.issued", META, Family::Meta),
    ("meta:dcterms.issued", META, Family::Meta),
    ("meta:dc.date", META_VAGUE, Family::Meta),
    ("meta:dcterms.date", META_VAGUE, Family::Meta),
    ("meta:dcterms.created", META_VAGUE, Family::Meta),
    ("meta:dc.date.created", META_VAGUE, Family::Meta),
    ("meta:citation_publication_date", META, Family::Meta),
    ("meta:citation_date", META, Family::Meta),
    ("meta:date", META_VAGUE, Family::Meta),
    ("itemprop:datePublished", MICRODATA, Family::Microdata),
    ("jsonld:dateCreated", CREATED, Family::JsonLd),
    ("itemprop:dateCreated", CREATED, Family::Microdata),
];

/// Hints that state when it was last changed.
const MODIFIED: [(&str, f64, Family); 9] = [
    ("json:modified", 10.0, Family::Record),
    ("jsonld:dateModified", 3.0, Family::JsonLd),
    ("meta:article:modified_time", 3.0, Family::Meta),
    ("meta:og:updated_time", 2.5, Family::Meta),
    ("meta:last-modified", 2.0, Family::Meta),
    ("meta:dcterms.modified", 2.0, Family::Meta),
    ("meta:dc.date.modified", 2.0, Family::Meta),
    ("meta:lastmod", 2.0, Family::Meta),
    ("itemprop:dateModified", 2.5, Family::Microdata),
];

/// Every hint that says when it was published.
pub(crate) fn published(vicinity: &Vicinity<'_>, order: SlashOrder) -> Vec<Candidate<Stamp>> {
    let mut found = listed(vicinity, &PUBLISHED, order);
    if found.is_empty() {
        found.extend(by_name(vicinity.article, order));
    }
    found
}

/// Every hint that says when it was last changed.
pub(crate) fn modified(vicinity: &Vicinity<'_>, order: SlashOrder) -> Vec<Candidate<Stamp>> {
    listed(vicinity, &MODIFIED, order)
}

/// A `meta` element of a name that is not listed, but says what it is: `w-published-date`.
fn by_name(article: &Article, order: SlashOrder) -> Option<Candidate<Stamp>> {
    article.hints.iter().find_map(|hint| {
        let name = hint.name.strip_prefix("meta:")?;
        let says_when = name == "published"
            || ["publi", "post", "creat", "issue"].iter().any(|word| name.contains(word))
                && ["date", "time"].iter().any(|word| name.contains(word));
        if !says_when || name.contains("expire") || name.contains("modif") || name.contains("update") {
            return None;
        }
        let value = dates::parse(&hint.value, order).filter(is_of_the_web)?;
        Some(Candidate {
            value,
            rule: hint.name.clone(),
            span: None,
            weight: META_VAGUE,
            family: Family::Meta,
        })
    })
}

/// Years before the web are those of templates (`0001-01-01`, `1970-01-01`), not of articles.
fn is_of_the_web(stamp: &Stamp) -> bool {
    stamp.date.year() > 1970
}

fn listed(
    vicinity: &Vicinity<'_>,
    names: &[(&str, f64, Family)],
    order: SlashOrder,
) -> Vec<Candidate<Stamp>> {
    let article = vicinity.article;
    let mut found: Vec<(usize, Candidate<Stamp>)> = Vec::new();
    for hint in &article.hints {
        let place = names.iter().position(|(name, ..)| name.eq_ignore_ascii_case(&hint.name));
        let Some((place, (_, weight, family))) = place.and_then(|at| Some((at, *names.get(at)?))) else {
            continue;
        };
        let block = hint.block.map(|block| block as usize);
        if block.is_some_and(|block| vicinity.is_aside(block)) {
            continue;
        }
        let Some(value) = dates::parse(&hint.value, order).filter(is_of_the_web) else { continue };
        let span = block.and_then(|block| article.blocks().get(block)).map(|block| block.span);
        found.push((place, Candidate { value, rule: hint.name.clone(), span, weight, family }));
    }
    found.sort_by_key(|(place, _)| *place);
    // A page says a thing once or twice; what comes later in a list is about other articles.
    let mut firsts: Vec<Candidate<Stamp>> = Vec::new();
    for (_, one) in found {
        if !firsts.iter().any(|known| known.rule == one.rule) {
            firsts.push(one);
        }
    }
    firsts
}

/// True if two stamps can be one: the same day, or the days that one instant has in two zones.
pub(crate) fn is_same(one: &Stamp, other: &Stamp) -> bool {
    if one.date == other.date {
        return true;
    }
    match (one.instant(), other.instant()) {
        (Some(one), Some(other)) => one == other,
        (Some(_), None) => has_local_day(one, other),
        (None, Some(_)) => has_local_day(other, one),
        (None, None) => false,
    }
}

/// True if an instant in UTC falls on that day somewhere: hours after midnight it is the day before in the west,
/// hours before midnight the day after in the east.
fn has_local_day(utc: &Stamp, day: &Stamp) -> bool {
    let Some((time, offset)) = utc.time else { return false };
    offset.seconds() == 0
        && ((time.hour() < 12 && utc.date.yesterday().ok() == Some(day.date))
            || (time.hour() >= 10 && utc.date.tomorrow().ok() == Some(day.date)))
}

/// The day in an address such as `…/2025/12/03/storm`.
pub(crate) fn url_day(article: &Article) -> Option<Candidate<Stamp>> {
    ["link:canonical", "meta:og:url", "json:url"].into_iter().find_map(|name| {
        let value = dates_in_path(super::first(article, name)?)?;
        Some(Candidate { value, rule: name.to_owned(), span: None, weight: ADDRESS, family: Family::Address })
    })
}

fn dates_in_path(address: &str) -> Option<Stamp> {
    let path = address.split(['?', '#']).next()?;
    let parts: Vec<&str> = path.split('/').collect();
    let number = |text: &str, n_digits: std::ops::RangeInclusive<usize>| {
        (n_digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
    };
    let of_three = parts.windows(3).find_map(|window| {
        let [year, month, day] = window else { return None };
        number(year, 4..=4)?;
        number(month, 1..=2)?;
        number(day, 1..=2)?;
        dates::parse(&format!("{year}-{month}-{day}"), SlashOrder::Unknown)
    });
    let of_one = || {
        parts.iter().find_map(|part| {
            let day = part.get(..10)?;
            let apart = part.as_bytes().get(10).is_none_or(|byte| !byte.is_ascii_digit());
            (apart && day.as_bytes().get(4) == Some(&b'-'))
                .then(|| dates::parse(day, SlashOrder::Unknown))
                .flatten()
        })
    };
    of_three.or_else(of_one).filter(|stamp| (1990..=2100).contains(&stamp.date.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_in_addresses() {
        let day = |address| dates_in_path(address).map(Stamp::text);
        assert_eq!(day("https://a.example/2025/12/03/storm").as_deref(), Some("2025-12-03"));
        assert_eq!(day("https://a.example/news/2025-12-03-storm.html").as_deref(), Some("2025-12-03"));
        assert_eq!(day("https://a.example/2025/12/storm"), None);
        assert_eq!(day("https://a.example/storm?d=2025/12/03"), None);
    }
}
