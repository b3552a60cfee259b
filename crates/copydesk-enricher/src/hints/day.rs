//! Dates among JSON-LD, meta elements, microdata, `time` elements and addresses.

use copydesk_core::Article;

use super::{Stated, all};
use crate::dates::{self, SlashOrder, Stamp};

/// Hints that state when the article was first there, the most trusted first.
const PUBLISHED: [&str; 27] = [
    "json:published",
    "meta:article:published_time",
    "meta:og:article:published_time",
    "meta:og:published_time",
    "meta:parsely-pub-date",
    "meta:sailthru.date",
    "meta:article.published",
    "meta:cxenseparse:publishtime",
    "jsonld:datePublished",
    "meta:published-date",
    "meta:published_date",
    "meta:publish-date",
    "meta:publish_date",
    "meta:publication_date",
    "meta:pubdate",
    "meta:dc.date.issued",
    "meta:dcterms.issued",
    "meta:dc.date",
    "meta:dcterms.date",
    "meta:dcterms.created",
    "meta:dc.date.created",
    "meta:citation_publication_date",
    "meta:citation_date",
    "meta:date",
    "itemprop:datePublished",
    "jsonld:dateCreated",
    "itemprop:dateCreated",
];

/// Hints that state when it was last changed.
const MODIFIED: [&str; 9] = [
    "json:modified",
    "jsonld:dateModified",
    "meta:article:modified_time",
    "meta:og:updated_time",
    "meta:last-modified",
    "meta:dcterms.modified",
    "meta:dc.date.modified",
    "meta:lastmod",
    "itemprop:dateModified",
];

/// When it was published, by the most trusted hint.
pub(crate) fn published(article: &Article, order: SlashOrder) -> Option<Stated<Stamp>> {
    first_of(article, &PUBLISHED, order).or_else(|| by_name(article, order))
}

/// A `meta` element of a name that is not listed, but says what it is: `w-published-date`.
fn by_name(article: &Article, order: SlashOrder) -> Option<Stated<Stamp>> {
    article.hints.iter().find_map(|hint| {
        let name = hint.name.strip_prefix("meta:")?;
        let says_when = ["publi", "post", "creat", "issue"].iter().any(|word| name.contains(word))
            && ["date", "time"].iter().any(|word| name.contains(word));
        if !says_when || name.contains("expire") || name.contains("modif") || name.contains("update") {
            return None;
        }
        let stamp = dates::parse(&hint.value, order).filter(is_of_the_web)?;
        Some(Stated { value: stamp, rule: hint.name.clone(), block: None })
    })
}

/// Years before the web are those of templates (`0001-01-01`, `1970-01-01`), not of articles.
fn is_of_the_web(stamp: &Stamp) -> bool {
    stamp.date.year() > 1970
}

/// When it was last changed.
pub(crate) fn modified(article: &Article, order: SlashOrder) -> Option<Stated<Stamp>> {
    first_of(article, &MODIFIED, order)
}

fn first_of(article: &Article, names: &[&str], order: SlashOrder) -> Option<Stated<Stamp>> {
    names.iter().flat_map(|name| all(article, name)).find_map(|hint| {
        let stamp = dates::parse(&hint.value, order).filter(is_of_the_web)?;
        Some(Stated { value: stamp, rule: hint.name.clone(), block: hint.block.map(|block| block as usize) })
    })
}

/// The day in an address such as `…/2025/12/03/storm`.
pub(crate) fn url_day(article: &Article) -> Option<Stated<Stamp>> {
    for name in ["link:canonical", "meta:og:url", "json:url"] {
        let Some(address) = super::first(article, name) else { continue };
        let Some(stamp) = dates_in_path(address) else { continue };
        return Some(Stated { value: stamp, rule: name.to_owned(), block: None });
    }
    None
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
