//! Authors among JSON-LD, meta elements, microdata, links and classes.

use std::ops::Range;

use copydesk_core::Article;

use super::{Site, Vicinity, all, folded};
use crate::furniture;
use crate::names::{is_organisation, is_person, is_role};
use crate::vocabulary::{AUTHOR_PREFIXES, lower};
use crate::vote::{Candidate, Family};
use crate::{byline, signed};

/// Hints that name authors, and how much each is believed: log odds, fitted as those of dates are (see
/// [`crate::published`]). Those of one source are taken together.
const SOURCES: [(&str, f64, Family); 19] = [
    ("json:author", 10.0, Family::Record),
    ("jsonld:author", 1.5, Family::JsonLd),
    ("jsonld:creator", 1.0, Family::JsonLd),
    ("jsonld:authorOrganization", 1.5, Family::JsonLd),
    ("meta:parsely-author", 2.5, Family::Meta),
    ("meta:sailthru.author", 1.5, Family::Meta),
    ("meta:citation_author", 1.5, Family::Meta),
    ("meta:author", 1.5, Family::Meta),
    ("meta:article:author", 1.5, Family::Meta),
    ("meta:dc.creator", 1.5, Family::Meta),
    ("meta:dcterms.creator", 1.5, Family::Meta),
    ("meta:byl", 1.5, Family::Meta),
    ("meta:article:author_name", 1.5, Family::Meta),
    ("itemprop:author", 1.5, Family::Microdata),
    ("rel:author", 2.0, Family::Marks),
    ("link:author", 1.25, Family::Marks),
    ("class:author", 1.25, Family::Marks),
    ("meta:twitter:data1", 1.5, Family::Meta),
    ("meta:twitter:data2", 1.5, Family::Meta),
];

/// A byline in the head of the page as readers see it; a line that markup or a word marks as one; a credit in small
/// print below the text.
pub(crate) const SHOWN: f64 = 3.0;
pub(crate) const MARKED: f64 = 1.25;
pub(crate) const CREDITED: f64 = 1.5;
/// Words in the head that nothing but their form makes a name: labels of a page have it, too.
pub(crate) const BARE: f64 = 1.0;
/// A user name, the site or a desk is worth no more than this, wherever it stands.
const WEAK: f64 = 0.5;
/// What far from the headline names one author, and no other, is worth this much.
const FAR: f64 = 1.0;
/// Blocks between two names of one byline.
const APART: usize = 3;

/// Words that sites put where a name is missing.
const NOBODY: &[&str] = &[
    "admin",
    "administrator",
    "author",
    "authors",
    "by",
    "editor",
    "root",
    "user",
    "webmaster",
    "anonymous",
    "unknown",
    "none",
    "null",
    "undefined",
    "default",
    "name",
    "guest",
    "test",
    "n a",
    "na",
    "view all posts",
    "posted by",
    "read more",
    "wordpress",
    "superadmin",
    "super user",
    "super admin",
    "siteadmin",
    "site admin",
    "web admin",
    "about the author",
    "about the authors",
    "view more posts",
    "view all posts by",
    "more posts",
    "see full bio",
    "guest author",
    "guest post",
    "written by",
];

/// Every source that names authors, by its weight.
pub(crate) fn authors(vicinity: &Vicinity<'_>, site: &Site) -> Vec<Candidate<Vec<String>>> {
    let (article, near) = (vicinity.article, vicinity.near());
    let mut found = Vec::new();
    let mut far: Vec<Candidate<Vec<String>>> = Vec::new();
    for (source, weight, family) in SOURCES {
        if let Some(number) = source.strip_prefix("meta:twitter:data") {
            let label = super::first(article, &format!("meta:twitter:label{number}"));
            if !label.is_some_and(furniture::announces) {
                continue;
            }
        }
        let mut names: Vec<String> = Vec::new();
        let mut block = None;
        let mut last: Option<usize> = None;
        for hint in all(article, source).take(60) {
            let at = hint.block.map(|block| block as usize);
            if at.is_some_and(|at| vicinity.is_aside(at)) {
                continue;
            }
            let is_apart = match (at, last) {
                (Some(at), Some(last)) => at > last + APART,
                (None, Some(_)) => true,
                _ => false,
            };
            let mut value = plausible(&hint.value);
            if matches!(source, "link:author" | "class:author") {
                // Boxes are marked as well as names: what is no name by its form is none.
                value.retain(|name| is_person(name, true) || is_role(name) || is_organisation(name));
            }
            if at.is_some_and(|at| !near.contains(&at)) {
                let is_told = matches!(source, "rel:author" | "itemprop:author");
                if !value.is_empty() && (is_told || !is_weak(&value, site)) {
                    far.push(candidate(article, value, source, FAR, family, at, site));
                }
                continue;
            }
            if is_apart {
                continue;
            }
            if !value.is_empty() {
                block = block.or(at);
                last = at;
            }
            for name in value {
                if !names.iter().any(|known| folded(known) == folded(&name)) {
                    names.push(name);
                }
            }
        }
        if !names.is_empty() {
            found.push(candidate(article, names, source, weight, family, block, site));
        }
    }
    written_by(vicinity, site, &near, &mut found, &mut far);
    // A list of other articles names many; a box about the author names one.
    if let Some(first) = far.first()
        && far.iter().all(|other| are_same(&first.value, &other.value))
    {
        found.push(first.clone());
    }
    found
}

/// `Written by Jane Doe`, wherever it stands; near the headline, `by Jane Doe` and `by jane` too.
fn written_by(
    vicinity: &Vicinity<'_>,
    site: &Site,
    near: &Range<usize>,
    found: &mut Vec<Candidate<Vec<String>>>,
    far: &mut Vec<Candidate<Vec<String>>>,
) {
    const MAX_LEN: usize = 120;
    let article = vicinity.article;
    let mut announced = "";
    for (at, block) in article.blocks().iter().enumerate().filter(|(_, block)| block.markup.is_some()) {
        let text = block.span.of_text(article.raw()).trim();
        let label = std::mem::take(&mut announced);
        if text.len() > MAX_LEN {
            continue;
        }
        let is_label = |text: &str| {
            let text = text.trim_end_matches(':');
            let mut prefixes = AUTHOR_PREFIXES.opening(text);
            text.len() < 24
                && if text.is_ascii() {
                    prefixes.any(|prefix| prefix.eq_ignore_ascii_case(text))
                } else {
                    AUTHOR_PREFIXES.contains(&lower(text))
                }
        };
        if is_label(text) {
            announced = text;
            continue;
        }
        let rest = if label.is_empty() { signed::after_prefix(text, &AUTHOR_PREFIXES) } else { Some(text) };
        let Some(rest) = rest.filter(|_| !vicinity.is_aside(at)) else { continue };
        let prefix = if label.is_empty() { text.strip_suffix(rest).unwrap_or_default() } else { label };
        let value = match byline::read(&format!("By {rest}")) {
            Some(byline) if !byline.organisation => byline.authors,
            _ => Vec::new(),
        };
        if value.is_empty() {
            continue;
        }
        if near.contains(&at) {
            found.push(candidate(article, value, "written_by", MARKED, Family::Visible, Some(at), site));
        } else if says_who_wrote(prefix.trim()) && !is_weak(&value, site) {
            far.push(candidate(article, value, "written_by", FAR, Family::Visible, Some(at), site));
        }
    }
}

/// True for `Written by` and `Authors:`, which say it wherever they stand; `by` does not.
fn says_who_wrote(prefix: &str) -> bool {
    prefix.contains(' ') || prefix.trim_end_matches([':', '：']).chars().count() >= 6
}

fn candidate(
    article: &Article,
    value: Vec<String>,
    source: &str,
    weight: f64,
    family: Family,
    block: Option<usize>,
    site: &Site,
) -> Candidate<Vec<String>> {
    let weight = if source == "json:author" { weight } else { worth(&value, site, weight) };
    let span = block.and_then(|block| article.blocks().get(block)).map(|block| block.span);
    Candidate { value, rule: source.to_owned(), span, weight, family }
}

/// What names are worth that a place of this weight states.
pub(crate) fn worth(names: &[String], site: &Site, weight: f64) -> f64 {
    if is_weak(names, site) { weight.min(WEAK) } else { weight }
}

/// True if no name among them is more than a user name, a desk, a role, or the site's own name.
fn is_weak(names: &[String], site: &Site) -> bool {
    let is_weak = |name: &String| {
        let is_word = !name.contains(' ') && name.is_ascii();
        is_word || site.is_called(name) || is_organisation(name) || is_role(name)
    };
    names.iter().all(is_weak)
}

/// True if two bylines name the same people: some name of one is in the other, titles and middle names aside.
pub(crate) fn are_same(one: &[String], other: &[String]) -> bool {
    one.iter().any(|a| other.iter().any(|b| is_same(a, b)))
}

fn is_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (folded(one), folded(other));
    let joined = |name: &str| name.chars().filter(|c| *c != ' ').collect::<String>();
    let (a, b): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    one == other
        || joined(&one) == joined(&other)
        || (short.len() > 1 && short.iter().all(|word| long.contains(word)))
}

/// The names in one hint's value.
fn plausible(value: &str) -> Vec<String> {
    let value = value.trim();
    if value.is_empty()
        || value.len() > 300
        || value.contains("://")
        || value.starts_with("www.")
        || value.starts_with('/')
    {
        return Vec::new();
    }
    if let Some(byline) = byline::read(value).filter(|byline| !byline.authors.is_empty()) {
        return byline.authors;
    }
    let name = signed::after_prefix(value, &crate::vocabulary::AUTHOR_PREFIXES).unwrap_or(value);
    let name = name.split(['|', '•']).next().unwrap_or(name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–'));
    let is_nobody = NOBODY.contains(&folded(name).as_str());
    let is_address = name.contains('@') || name.chars().all(|c| !c.is_alphabetic());
    if is_nobody
        || is_address
        || is_key(name)
        || furniture::announces(name)
        || name.chars().count() > 80
        || name.split_whitespace().count() > 8
    {
        return Vec::new();
    }
    vec![name.to_owned()]
}

/// True for the key of an account rather than a name: one small word with digits or dashes in it.
fn is_key(name: &str) -> bool {
    !name.contains(' ')
        && !name.chars().any(char::is_uppercase)
        && name.chars().any(|c| c.is_ascii_digit() || matches!(c, '-' | '_'))
        && name.chars().filter(char::is_ascii_alphabetic).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_over_what_is_no_name() {
        for value in
            ["https://social.example/janedoe", "admin", "By", "", "jane@herald.example", "123", "Unknown"]
        {
            assert!(plausible(value).is_empty(), "{value}");
        }
        assert_eq!(plausible("By Jane Doe"), ["Jane Doe"]);
        assert_eq!(plausible("Jane Doe, John Roe"), ["Jane Doe", "John Roe"]);
        assert_eq!(plausible("janedoe"), ["janedoe"]);
        assert_eq!(plausible("Harbour Post Staff"), ["Harbour Post Staff"]);
    }
}
