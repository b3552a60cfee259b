//! Where an article comes from, for the list of a story's sources: its site if it says so, else its folder.

use copydesk_core::Article;

/// Hints that hold an address, the most reliable first.
const ADDRESSES: [&str; 5] = ["warc:target-uri", "json:url", "link:canonical", "meta:og:url", "jsonld:url"];

/// A host without `www.`, or the last part of the folder's path; empty for an article from nowhere.
pub(crate) fn source_of(article: &Article) -> String {
    let host = ADDRESSES.iter().find_map(|name| article.hint(name).and_then(|hint| host(&hint.value)));
    host.or_else(|| folder(&article.origin.uri)).unwrap_or_default()
}

fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (host.contains('.') && !host.contains(char::is_whitespace)).then(|| host.to_owned())
}

/// `lantern` of `file:/in/lantern/all.jsonl#7`.
fn folder(uri: &str) -> Option<String> {
    let file = uri.split('#').next()?;
    let (folder, _) = file.rsplit_once('/')?;
    let name = folder.rsplit(['/', ':']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_or_a_folder() {
        let host = |address| host(address).unwrap_or_default();
        assert_eq!(host("https://www.Lantern.example/a?b#c"), "lantern.example");
        assert_eq!(host("https://ada:key@news.lantern.example.:8080"), "news.lantern.example");
        assert_eq!(host("/relative"), "");
        assert_eq!(folder("file:/in/lantern/all.jsonl#7").as_deref(), Some("lantern"));
        assert_eq!(folder("-"), None);
    }
}
