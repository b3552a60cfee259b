//! schema.org `NewsArticle` as JSON-LD.

use serde_json::{Value, json};

use super::Object;
use super::record::{Kind, Record, urn};

/// The article as a `NewsArticle` object.
pub(super) fn jsonld(record: &Record<'_>) -> Value {
    let typed = |kind: &str, name: &String| json!({"@type": kind, "name": name});
    let mut object = Object::default();
    object.put("@context", json!("https://schema.org"));
    object.put("@id", json!(record.urn()));
    object.put("@type", json!("NewsArticle"));
    object.put("headline", json!(record.title));
    object.put("author", record.authors.iter().map(|name| typed("Person", name)).collect());
    object.put("datePublished", json!(record.published));
    object.put("dateModified", json!(record.modified));
    object.put("dateline", json!(record.dateline));
    object.put("description", json!(record.standfirst));
    object.put("articleSection", json!(record.section));
    object.put("isPartOf", json!(record.site.as_ref().map(|name| typed("WebSite", name))));
    object.put("url", json!(record.url));
    object.put("inLanguage", json!(record.language_tag()));
    object.put("keywords", json!(record.keywords));
    object.put("abstract", json!(record.summary));
    object.put("wordCount", json!(record.word_count));
    object.put("timeRequired", json!(record.reading_minutes.map(|minutes| format!("PT{minutes}M"))));
    let mentioned = record.entities.iter().map(|entity| {
        let kind = match entity.kind {
            Kind::Person => "Person",
            Kind::Organisation => "Organization",
            Kind::Place => "Place",
        };
        let object = Object::default().with("@type", json!(kind)).with("name", json!(entity.name));
        Value::from(object.with("alternateName", json!(entity.aliases)))
    });
    object.put("mentions", mentioned.collect());
    let quoted = record.quotations.iter().map(|one| {
        let object = Object::default().with("@type", json!("Quotation")).with("text", json!(one.text));
        Value::from(object.with("creator", json!(one.speaker.as_ref().map(|name| typed("Person", name)))))
    });
    object.put("hasPart", quoted.collect());
    let pictures = record.captions.iter().map(|caption| {
        let object =
            Object::default().with("@type", json!("ImageObject")).with("caption", json!(caption.text));
        Value::from(object.with("creditText", json!(caption.credit)))
    });
    object.put("associatedMedia", pictures.collect());
    object.put(
        "encoding",
        json!([{
            "@type": "MediaObject", "contentUrl": record.source.uri, "encodingFormat": record.source.media_type,
            "contentSize": record.source.bytes.to_string()
        }]),
    );
    object.put("isBasedOn", json!(record.notes.supersedes.as_deref().map(urn)));
    object.put("articleBody", json!(record.text));
    object.into()
}
