//! What the source states outside its visible text, weighed by who says it.
//!
//! Order of trust, for each field: the fields of a JSON record; what the page shows and its head repeats;
//! JSON-LD; Open Graph and its like; microdata; the page's `<title>`. A value that cannot be what it claims
//! (an author that is an address, a title that is the site's name) is passed over.

mod about;
mod day;
mod marked;
mod order;
mod original;
mod people;
mod site;
mod title;
mod vicinity;

use copydesk_core::Article;

pub(crate) use about::{section, site, standfirst, url};
pub(crate) use day::{is_same, modified, published, url_day};
pub(crate) use marked::Marked;
pub(crate) use order::slash_order;
pub(crate) use original::first_published;
pub(crate) use people::{BARE, CREDITED, MARKED, SHOWN, are_same, authors, worth};
pub(crate) use site::Site;
use site::host_of;
pub(crate) use title::{title, title_conflicts};
pub(crate) use vicinity::Vicinity;

/// A value and the hint that gave it, with the block it is shown in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stated<T> {
    pub value: T,
    pub rule: String,
    pub block: Option<usize>,
}

/// The values of the hints of this name, in document order. Names are told apart without case.
pub(crate) fn all<'a>(article: &'a Article, name: &str) -> impl Iterator<Item = &'a copydesk_core::Hint> {
    article.hints.iter().filter(move |hint| hint.name.eq_ignore_ascii_case(name))
}

/// The first of them.
pub(crate) fn first<'a>(article: &'a Article, name: &str) -> Option<&'a str> {
    all(article, name).map(|hint| hint.value.trim()).find(|value| !value.is_empty())
}

/// Letters and digits in lower case, words parted by one space: by this, values are compared.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’')) {
        let start = folded.len();
        if start > 0 && !word.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        assert_eq!(folded("  Who's “there”? – Jane–Doe "), "whos there jane doe");
        assert_eq!(folded("—"), "");
    }
}
