//! Where a page stands: its section, the name of its site, its own address.
//!
//! Only what the source states: a host is no name, and an address that cannot be made whole is none.

use copydesk_core::{Article, Evidence};

use super::title::likeness;
use super::{Site, Vicinity, all, first, folded};
use crate::reading::Field;
use crate::vote::{self, Candidate, Family};

/// Hints that name the section, and how much each is believed.
const SECTIONS: [(&str, f64, Family); 7] = [
    ("json:section", 10.0, Family::Record),
    ("meta:article:section", 3.0, Family::Meta),
    ("meta:parsely-section", 2.5, Family::Meta),
    ("meta:cxenseparse:section", 2.5, Family::Meta),
    ("meta:section", 2.0, Family::Meta),
    ("jsonld:articleSection", 2.8, Family::JsonLd),
    ("itemprop:articleSection", 2.2, Family::Microdata),
];
/// The last step before the article itself.
const CRUMB: f64 = 1.8;

/// Hints that name the site. A publisher may be the company that owns it.
const SITES: [(&str, f64, Family); 7] = [
    ("json:site", 10.0, Family::Record),
    ("meta:og:site_name", 3.0, Family::Meta),
    ("jsonld:site", 2.5, Family::JsonLd),
    ("meta:application-name", 1.5, Family::Meta),
    ("jsonld:publisher", 2.0, Family::JsonLd),
    ("itemprop:publisher", 1.5, Family::Microdata),
    ("meta:publisher", 1.2, Family::Meta),
];

/// Hints that state the page's own address. Addresses of frontends and feeds stand in `og:url` now and then.
const ADDRESSES: [(&str, f64, Family); 6] = [
    ("json:url", 10.0, Family::Record),
    ("link:canonical", 3.0, Family::Address),
    ("meta:og:url", 2.5, Family::Meta),
    ("jsonld:url", 2.0, Family::JsonLd),
    ("jsonld:mainEntityOfPage", 2.0, Family::JsonLd),
    ("itemprop:mainEntityOfPage", 1.5, Family::Microdata),
];

/// What systems call a section that nobody named.
const NO_SECTION: [&str; 17] = [
    "uncategorized",
    "uncategorised",
    "unkategorisiert",
    "allgemein",
    "nicht kategorisiert",
    "non classé",
    "sin categoría",
    "sin categorizar",
    "sem categoria",
    "senza categoria",
    "niet gecategoriseerd",
    "bez kategorii",
    "без рубрики",
    "без категорії",
    "未分类",
    "未分類",
    "none",
];

/// What the first step of a trail is called.
const HOME: [&str; 22] = [
    "home",
    "homepage",
    "home page",
    "start",
    "startseite",
    "accueil",
    "inicio",
    "portada",
    "início",
    "página inicial",
    "strona główna",
    "domů",
    "hjem",
    "hem",
    "etusivu",
    "ana sayfa",
    "главная",
    "головна",
    "首页",
    "首頁",
    "ホーム",
    "홈",
];

/// Hints that describe the page in a sentence or two. Many are made for search engines and shown nowhere.
const DESCRIPTIONS: [&str; 4] =
    ["meta:og:description", "jsonld:description", "meta:description", "itemprop:description"];
/// Blocks below the headline that may show a description.
const BELOW: usize = 12;
/// A shorter one is a slogan.
const MIN_DESCRIPTION: usize = 40;

/// A description that stands below the headline, too, and is no part of the text.
pub(crate) fn standfirst(vicinity: &Vicinity<'_>, is_text: impl Fn(usize) -> bool) -> Field<String> {
    let (article, title) = (vicinity.article, vicinity.title?);
    let told = |name: &'static str| all(article, name).map(move |hint| (name, folded(&hint.value)));
    let told: Vec<(&str, String)> = DESCRIPTIONS
        .iter()
        .flat_map(|name| told(name))
        .filter(|(_, said)| said.len() >= MIN_DESCRIPTION)
        .collect();
    let below = article.blocks().iter().enumerate().skip(title + 1).take(BELOW);
    below.filter(|(idx, _)| !told.is_empty() && !is_text(*idx)).find_map(|(_, block)| {
        let text = block.span.of_text(article.raw()).trim();
        let shown = folded(text);
        let (name, _) = told.iter().find(|(_, said)| *said == shown)?;
        Some((text.to_owned(), Evidence::new(Some(block.span), *name)))
    })
}

/// The part of the paper or site.
pub(crate) fn section(article: &Article, site: &Site, title: Option<&str>) -> Field<String> {
    let title = title.map(folded).unwrap_or_default();
    let is_section = |name: &str| {
        let name = folded(name);
        let is_long = name.chars().count() > 60;
        !(name.is_empty()
            || is_long
            || NO_SECTION.contains(&name.as_str())
            || HOME.contains(&name.as_str())
            || site.is_called(&name)
            || name.chars().all(|c| c.is_numeric() || c == ' ')
            || likeness(&name, &title) >= 0.75)
    };
    let mut candidates = listed(article, &SECTIONS, |name| is_section(name).then(|| name.to_owned()));
    let crumbs: Vec<&str> = all(article, "jsonld:breadcrumb").map(|hint| hint.value.as_str()).collect();
    // The first step is the site, or a section if the trail leaves the site out; the last may be the article.
    if let Some(crumb) = crumbs.iter().rev().find(|crumb| is_section(crumb)) {
        candidates.push(candidate((*crumb).to_owned(), "jsonld:breadcrumb", CRUMB, Family::JsonLd));
    }
    elect(&candidates, |one, other| folded(one) == folded(other))
}

/// The name of the paper or site.
pub(crate) fn site(article: &Article) -> Field<String> {
    let is_name = |name: &str| {
        let is_address = name.contains("://") || name.starts_with(['@', '/']);
        !is_address && name.chars().any(char::is_alphanumeric) && name.chars().count() <= 80
    };
    let candidates = listed(article, &SITES, |name| is_name(name).then(|| name.to_owned()));
    elect(&candidates, |one, other| folded(one) == folded(other))
}

/// The page's own address, whole.
pub(crate) fn url(article: &Article) -> Field<String> {
    let base = first(article, "warc:target-uri").and_then(whole);
    let mut candidates = listed(article, &ADDRESSES, |value| {
        let value = value.trim();
        whole(value).or_else(|| resolved(value, base.as_deref()?))
    });
    // Templates that were not finished say that every page is the front page.
    if candidates.iter().any(|one| !is_front(&one.value)) {
        candidates.retain(|one| !is_front(&one.value));
    }
    elect(&candidates, |one, other| compared(one) == compared(other))
}

/// The address, if it is one of the web.
fn whole(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = host.contains('.') && !address.contains(char::is_whitespace);
    (is_web && fits).then(|| address.to_owned())
}

/// `//host/path` and `/path` made whole by the address that the page was fetched from.
fn resolved(address: &str, base: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    if address.starts_with("//") {
        return whole(&format!("{scheme}:{address}"));
    }
    let host = rest.split(['/', '?', '#']).next()?;
    address.starts_with('/').then(|| whole(&format!("{scheme}://{host}{address}"))).flatten()
}

fn is_front(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split_once('/').is_none_or(|(_, path)| path.is_empty())
}

/// What is left of an address when what servers pass over is left out.
fn compared(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest).trim_end_matches('/');
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    format!("{}/{path}", host.strip_prefix("www.").unwrap_or(&host))
}

fn candidate(value: String, rule: &str, weight: f64, family: Family) -> Candidate<String> {
    Candidate { value, rule: rule.to_owned(), span: None, weight, family }
}

/// The first usable value of each of these hints.
fn listed(
    article: &Article,
    names: &[(&str, f64, Family)],
    read: impl Fn(&str) -> Option<String>,
) -> Vec<Candidate<String>> {
    let found = names.iter().filter_map(|(name, weight, family)| {
        let value = all(article, name).find_map(|hint| read(&hint.value))?;
        Some(candidate(value, name, *weight, *family))
    });
    found.collect()
}

fn elect(candidates: &[Candidate<String>], agree: impl Fn(&String, &String) -> bool) -> Field<String> {
    vote::elect(candidates, agree, |_| 0, Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_addresses_whole_or_leaves_them() {
        let base = "https://wick.example/sea/?page=2";
        assert_eq!(resolved("/sea/fog", base).as_deref(), Some("https://wick.example/sea/fog"));
        assert_eq!(resolved("//m.wick.example/fog", base).as_deref(), Some("https://m.wick.example/fog"));
        for none in ["fog", "#top", "mailto:ada@wick.example", ""] {
            assert_eq!(whole(none).or_else(|| resolved(none, base)), None, "{none}");
        }
        assert!(is_front("https://wick.example/") && is_front("https://wick.example"));
        assert!(!is_front("https://wick.example/fog"));
        assert_eq!(compared("http://www.Wick.example/fog/#x"), compared("https://wick.example/fog"));
    }
}
