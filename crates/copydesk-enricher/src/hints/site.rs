//! The publisher's names, so that they can be told from titles and authors.

use copydesk_core::Article;

use super::{all, folded};

/// What the source says its site is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    names: Vec<String>,
    host: String,
}

impl Site {
    /// The names a page gives its site, and the host of its address.
    pub(crate) fn of(article: &Article) -> Site {
        let hints = [
            "meta:og:site_name",
            "jsonld:publisher",
            "itemprop:publisher",
            "meta:application-name",
            "meta:publisher",
            "meta:twitter:site",
        ];
        let mut names: Vec<String> =
            hints.iter().flat_map(|name| all(article, name)).map(|hint| folded(&hint.value)).collect();
        names.retain(|name| !name.is_empty());
        names.extend(beside_title(article));
        Site { names, host: host_of(article) }
    }

    /// True if `text` is the site's name, or says no more than its address does.
    pub(crate) fn is_called(&self, text: &str) -> bool {
        let name = folded(text);
        if name.is_empty() {
            return false;
        }
        let joined: String = name.chars().filter(|c| *c != ' ').collect();
        let in_host = joined.chars().count() >= 3
            && self.host.split('.').any(|label| {
                let label: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
                label == joined
                    || (joined.len() >= 5 && label.contains(&joined))
                    || is_longer_form(&joined, &label)
            });
        in_host
            || self
                .names
                .iter()
                .any(|known| *known == name || known.chars().filter(|c| *c != ' ').eq(joined.chars()))
    }
}

/// What the window's title says beside the title that the head states elsewhere: `Engora Blog: Small models` where
/// that is `Small models`.
fn beside_title(article: &Article) -> Option<String> {
    let window = super::first(article, "html:title")?.trim();
    ["meta:og:title", "jsonld:headline", "meta:twitter:title"].iter().find_map(|name| {
        let title = super::first(article, name)?;
        let rest = window.strip_suffix(title).or_else(|| window.strip_prefix(title))?;
        let is_parted = rest.trim_start().starts_with(['|', '-', '–', '—', '·', '•', '»', '«'])
            || rest.trim_end().ends_with(['|', '-', '–', '—', '·', '•', '»', '«', ':']);
        let rest = folded(rest);
        (is_parted && (3..60).contains(&rest.len()) && rest.split(' ').count() <= 6)
            .then_some(rest.trim().to_owned())
    })
}

/// `harbourpostnews` for `harbourpost`: a word more, not a whole title that starts with the name.
fn is_longer_form(joined: &str, label: &str) -> bool {
    label.len() >= 5 && joined.strip_prefix(label).is_some_and(|rest| rest.len() <= 5)
}

/// The host of the page's address, without `www.`; empty if it is not known.
pub(super) fn host_of(article: &Article) -> String {
    let stated = ["warc:target-uri", "link:canonical", "meta:og:url", "json:url", "jsonld:url"];
    let stated = stated.iter().filter_map(|name| super::first(article, name));
    stated.chain([article.origin.uri.as_str()]).map(host).find(|host| !host.is_empty()).unwrap_or_default()
}

fn host(address: &str) -> String {
    let rest = address
        .split_once("://")
        .map_or("", |(scheme, rest)| if scheme.starts_with("http") { rest } else { "" });
    rest.split(['/', '?', '#', ':']).next().unwrap_or_default().trim_start_matches("www.").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_site_by_its_host() {
        let site = Site {
            names: vec!["the harbour post".into()],
            host: host("https://www.harbour-post.example/a?b"),
        };
        assert!(site.is_called("Harbour Post") && site.is_called("The Harbour Post"));
        assert!(!site.is_called("Jane Doe") && !site.is_called("News") && !site.is_called(""));
    }
}
