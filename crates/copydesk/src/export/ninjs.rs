//! IPTC ninjs 3.1, the news industry's JSON.

use copydesk_core::{Article, EntityKind};
use serde_json::{Map, Value, json};

/// The article as a ninjs object of type `text`.
///
/// ninjs has date-times only, so a publication day without a time goes to `altIds` with the role
/// `published`, rather than to `contentCreated` with an invented time.
pub(crate) fn ninjs(article: &Article) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            object.insert(key.to_owned(), value);
        }
    };
    put("uri", json!(format!("urn:sha256:{}", article.id)));
    put(
        "standard",
        json!({"name": "ninjs", "version": "3.1",
               "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}),
    );
    put("type", json!("text"));
    put("representationType", json!("full"));
    put("language", json!(article.language.as_ref().map(|language| &language.code)));
    if is_date_time(&article.origin.received) {
        put("versionCreated", json!(article.origin.received));
    }
    let published = article.published.as_deref();
    put("contentCreated", json!(published.filter(|published| is_date_time(published))));
    let by = article.authors.join(", ");
    put("by", if by.is_empty() { Value::Null } else { json!(by) });
    put("located", json!(article.dateline));
    let plain = |role: &str, text: &String| json!({"role": role, "contentType": "text/plain", "value": text});
    put("headlines", article.title.iter().map(|title| plain("main", title)).collect());
    put("descriptions", article.standfirst.iter().map(|text| plain("summary", text)).collect());
    let text = article.text();
    let mut body = json!({"role": "main", "contentType": "text/plain", "charCount": text.chars().count()});
    if let Some(n_words) = article.word_count {
        body["wordCount"] = json!(n_words);
    }
    body["value"] = json!(text);
    put("bodies", json!([body]));
    for (key, kind) in [
        ("people", EntityKind::Person),
        ("organisations", EntityKind::Organisation),
        ("places", EntityKind::Place),
    ] {
        let named = article.entities.iter().filter(|entity| entity.kind == kind);
        put(key, named.map(|entity| json!({"name": entity.name})).collect());
    }
    let day = published.filter(|published| !is_date_time(published));
    put("altIds", day.iter().map(|day| json!({"role": "published", "value": day})).collect());
    Value::Object(object)
}

fn is_date_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}
