//! Which source an article comes from: its site if it says so, else the folder it lies in.

use crate::Article;

/// Hints that hold a page's address, the most reliable first: where it was fetched from, then what it says of
/// itself.
const ADDRESSES: [&str; 5] = ["warc:target-uri", "json:url", "link:canonical", "meta:og:url", "jsonld:url"];

/// A host name is no longer than this.
const MAX_HOST: usize = 253;

/// The source of an article: a host name without `www.`, or the URI of the folder its file lies in. `None` for an
/// article from nowhere (standard input).
pub fn source_of(article: &Article) -> Option<String> {
    let host = ADDRESSES.iter().find_map(|name| article.hint(name).and_then(|hint| host(&hint.value)));
    host.or_else(|| folder(&article.origin.uri).map(str::to_owned))
}

/// The host of an address, in lower case; without the port, user and `www.`.
fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '.' || c == '_';
    let is_name = host.len() <= MAX_HOST && host.contains('.') && host.chars().all(fits);
    is_name.then(|| host.to_owned())
}

/// The folder of `file:/a/b/c.txt`, or of the record `file:/a/b/c.jsonl#3`: `file:/a/b`.
fn folder(uri: &str) -> Option<&str> {
    // A `#` in a name is escaped, so this one begins the number of a record.
    let file = uri.split('#').next()?;
    let (folder, _) = file.rsplit_once('/')?;
    (!folder.is_empty()).then_some(folder)
}

#[cfg(test)]
mod tests {
    use crate::{ArticleId, Hint, Origin};

    use super::*;

    #[test]
    fn a_host_is_told_from_what_is_none() {
        let of = |address| host(address).unwrap_or_default();
        assert_eq!(of("https://www.Lantern.example/a?b#c"), "lantern.example");
        assert_eq!(of("http://ada:key@news.lantern.example.:8080"), "news.lantern.example");
        assert_eq!(of("https://bücher.example/"), "bücher.example");
        for none in [
            "/relative/path",
            "mailto:a@b.example",
            "https://",
            "https://localhost/",
            "urn:x:y",
            "https://a b.c/",
        ] {
            assert_eq!(host(none), None, "{none}");
        }
    }

    #[test]
    fn a_site_goes_before_a_folder() {
        let origin = Origin { uri: "file:/in/lantern/all.jsonl#7".into(), ..Origin::default() };
        let mut article = Article::new(ArticleId::from_bytes([0; 32]), origin, "", Vec::new());
        assert_eq!(source_of(&article).unwrap(), "file:/in/lantern");
        let mut tell = |name: &str, value: &str| {
            article.hints.push(Hint { name: name.into(), value: value.into(), block: None });
            source_of(&article).unwrap()
        };
        assert_eq!(tell("link:canonical", "/ferries"), "file:/in/lantern");
        assert_eq!(tell("meta:og:url", "https://lantern.example/ferries"), "lantern.example");
        assert_eq!(tell("warc:target-uri", "https://tide.example/x"), "tide.example");
        article.origin.uri.clear();
        article.hints.clear();
        assert_eq!(source_of(&article), None);
    }
}
