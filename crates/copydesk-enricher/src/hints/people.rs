//! Authors among JSON-LD, meta elements, microdata and links.

use copydesk_core::Article;

use super::{Site, Stated, all, folded};
use crate::byline;
use crate::names::is_role;

/// Hints that name authors, the most trusted first. Those of one source are taken together.
const SOURCES: [&str; 14] = [
    "json:author",
    "jsonld:author",
    "meta:parsely-author",
    "meta:sailthru.author",
    "meta:citation_author",
    "meta:author",
    "meta:article:author",
    "meta:dc.creator",
    "meta:dcterms.creator",
    "meta:byl",
    "meta:article:author_name",
    "itemprop:author",
    "rel:author",
    "meta:twitter:data1",
];

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
];

/// The authors of the most trusted source that names any: persons before organisations.
pub(crate) fn authors(article: &Article, site: &Site) -> Option<Stated<Vec<String>>> {
    let mut fallback = None;
    for source in SOURCES {
        let labelled = source != "meta:twitter:data1"
            || super::first(article, "meta:twitter:label1")
                .is_some_and(|label| folded(label).starts_with("written by"));
        if !labelled {
            continue;
        }
        let mut names: Vec<String> = Vec::new();
        let mut block = None;
        for hint in all(article, source).take(20) {
            for name in plausible(&hint.value) {
                if !names.iter().any(|known| folded(known) == folded(&name)) {
                    names.push(name);
                }
            }
            block = block.or(hint.block.map(|block| block as usize));
        }
        if names.is_empty() {
            continue;
        }
        let stated = Stated { value: names, rule: source.to_owned(), block };
        // The site as its own author is believed where nobody else is named.
        if stated.value.iter().all(|name| site.is_called(name) || is_role(name)) {
            fallback.get_or_insert(stated);
        } else {
            return Some(stated);
        }
    }
    fallback
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
    let name = byline::after_prefix(value, &crate::vocabulary::AUTHOR_PREFIXES).unwrap_or(value);
    let name = name.split(['|', '•']).next().unwrap_or(name).trim().trim_end_matches(',');
    let is_nobody = NOBODY.contains(&folded(name).as_str());
    let is_address = name.contains('@') || name.chars().all(|c| !c.is_alphabetic());
    if is_nobody || is_address || name.chars().count() > 80 || name.split_whitespace().count() > 8 {
        return Vec::new();
    }
    vec![name.to_owned()]
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
