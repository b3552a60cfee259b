//! Where an article comes from, for the list of a story's sources.

use copydesk_core::Article;

/// A host without `www.`, or the last part of the folder's path; empty for an article from nowhere.
pub(crate) fn source_of(article: &Article) -> String {
    let source = copydesk_core::source_of(article).unwrap_or_default();
    source.rsplit(['/', ':']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use copydesk_core::{ArticleId, Hint, Origin};

    use super::*;

    #[test]
    fn a_site_or_the_name_of_a_folder() {
        let origin = Origin { uri: "file:/in/lantern/all.jsonl#7".into(), ..Origin::default() };
        let mut article = Article::new(ArticleId::from_bytes([0; 32]), origin, "", Vec::new());
        assert_eq!(source_of(&article), "lantern");
        let value = "https://www.Tide.example/a".to_owned();
        article.hints.push(Hint { name: "link:canonical".into(), value, block: None });
        assert_eq!(source_of(&article), "tide.example");
        article.hints.clear();
        article.origin.uri.clear();
        assert_eq!(source_of(&article), "");
    }
}
