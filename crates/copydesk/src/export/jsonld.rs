//! schema.org `NewsArticle` as JSON-LD.

use copydesk_core::Article;
use serde_json::{Map, Value, json};

/// The article as a `NewsArticle` object.
pub(crate) fn jsonld(article: &Article) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            object.insert(key.to_owned(), value);
        }
    };
    put("@context", json!("https://schema.org"));
    put("@type", json!("NewsArticle"));
    put("identifier", json!(format!("urn:sha256:{}", article.id)));
    put("headline", json!(article.title));
    let person = |name: &String| json!({"@type": "Person", "name": name});
    put("author", article.authors.iter().map(person).collect());
    put("datePublished", json!(article.published));
    put("dateModified", json!(article.modified));
    put("dateline", json!(article.dateline));
    put("description", json!(article.standfirst));
    put("inLanguage", json!(article.language.as_ref().map(|language| &language.code)));
    put("keywords", json!(article.keywords));
    put("abstract", json!(article.summary));
    put("articleBody", json!(article.text()));
    put("wordCount", json!(article.word_count));
    if let Some(hint) = article.hint("link:canonical").or_else(|| article.hint("json:url")) {
        put("url", json!(hint.value));
    }
    Value::Object(object)
}
