//! JSON and JSON Lines.

use serde_json::json;

use super::{reading, variant};

/// Any bytes as JSON, as a list and as lines; and any text inside a record.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let options = if choice & 1 == 0 { reading::usual() } else { reading::tight() };
    let name = if choice & 2 == 0 { "a.json" } else { "a.jsonl" };
    if choice & 4 == 0 {
        reading::read(name, bytes, &options);
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        wrapped(name, text);
    }
}

/// A text inside a record is the article's text.
fn wrapped(name: &str, text: &str) {
    let record = json!({ "title": text, "text": text, "authors": [text], "date": text });
    let articles = reading::read(name, record.to_string().as_bytes(), &reading::usual());
    assert_eq!(articles.len(), 1, "one record is one article");
    if let Ok(article) = &articles[0]
        && article.page.is_none()
    {
        assert_eq!(article.raw(), text.replace('\0', "\u{fffd}"), "the text is as it was");
    }
}
