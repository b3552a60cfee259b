//! IPTC ninjs 3.1, the news industry's JSON.

use serde_json::{Value, json};

use super::Object;
use super::record::{Kind, Record, is_date_time, urn};

/// The article as a ninjs object of type `text`.
///
/// ninjs has date-times only, so a day without a time goes to `altIds` with the role `published` or `modified`, rather
/// than to a date-time with an invented hour.
pub(super) fn ninjs(record: &Record<'_>) -> Value {
    let mut object = Object::default();
    object.put("uri", json!(record.urn()));
    object.put(
        "standard",
        json!({"name": "ninjs", "version": "3.1",
               "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}),
    );
    object.put("type", json!("text"));
    object.put("representationType", json!("full"));
    object.put("language", json!(record.language_tag()));
    let instant = |field: &Option<String>| field.clone().filter(|text| is_date_time(text));
    object.put("contentCreated", json!(instant(&record.published)));
    let received = is_date_time(&record.source.received).then(|| record.source.received.to_string());
    object.put("versionCreated", json!(instant(&record.modified).or(received)));
    object.put("by", json!(record.authors.join(", ")));
    object.put("located", json!(record.dateline));
    object.put("headlines", record.title.iter().map(|title| plain("main", title)).collect());
    let standfirst = record.standfirst.iter().map(|text| plain("summary", text));
    let derived = record.summary.iter().map(|text| plain("derived", text));
    object.put("descriptions", standfirst.chain(derived).collect());
    let n_chars = record.text.chars().count();
    let mut body = json!({"role": "main", "contentType": "text/plain", "charCount": n_chars});
    if let Some(n_words) = record.word_count {
        body["wordCount"] = json!(n_words);
    }
    body["value"] = json!(record.text);
    object.put("bodies", json!([body]));
    for (key, kind) in
        [("people", Kind::Person), ("organisations", Kind::Organisation), ("places", Kind::Place)]
    {
        let named = record.entities.iter().filter(|entity| entity.kind == kind);
        object.put(key, named.map(|entity| json!({"name": entity.name, "rel": "mentions"})).collect());
    }
    let section = record.section.iter().map(|name| json!({"name": name, "rel": "section"}));
    let keywords = record.keywords.iter().map(|name| json!({"name": name, "rel": "keyword"}));
    object.put("subjects", section.chain(keywords).collect());
    object.put(
        "infoSources",
        record.site.iter().map(|name| json!({"name": name, "role": "publisher"})).collect(),
    );
    let mut renditions = vec![json!({
        "name": "original", "href": record.source.uri, "contentType": record.source.media_type,
        "sizeInBytes": record.source.bytes
    })];
    renditions.extend(record.url.iter().map(|url| json!({"name": "canonical", "href": url})));
    object.put("renditions", json!(renditions));
    object.put("associations", associations(record));
    let day = |role: &str, field: &Option<String>| {
        let day = field.clone().filter(|text| !is_date_time(text));
        day.map(|day| json!({"role": role, "value": day}))
    };
    let days = [day("published", &record.published), day("modified", &record.modified)];
    object.put("altIds", days.into_iter().flatten().collect());
    object.into()
}

fn plain(role: &str, text: &str) -> Value {
    json!({"role": role, "contentType": "text/plain", "value": text})
}

/// Pictures by their captions, and the article in whose place this one stands.
fn associations(record: &Record<'_>) -> Value {
    let pictures = record.captions.iter().enumerate().map(|(idx, caption)| {
        let number = idx + 1;
        let object = Object::default()
            .with("name", json!(format!("picture-{number}")))
            .with("uri", json!(format!("{}#picture-{number}", record.urn())))
            .with("type", json!("picture"))
            .with("by", json!(caption.credit));
        let shown = Some(&caption.text).filter(|text| !text.is_empty());
        Value::from(object.with("descriptions", shown.iter().map(|text| plain("caption", text)).collect()))
    });
    let earlier = record
        .notes
        .supersedes
        .iter()
        .map(|id| json!({"name": "supersedes", "rel": "supersedes", "uri": urn(id), "type": "text"}));
    pictures.chain(earlier).collect()
}
