//! A record that says something else of `duplicate`, and everything else byte for byte as before.

use std::ops::Range;

use crate::Duplicate;

/// The record with this `duplicate`; `None` if it is no record of an article.
///
/// ```
/// # use copydesk_core::{ArticleId, Duplicate, DuplicateKind, amended};
/// let of = ArticleId::from_bytes([7; 32]);
/// let duplicate = Duplicate { of, kind: DuplicateKind::Near, similarity: 0.9, shared: None, via: None };
/// let record = r#"{"id":"…","duplicate":null,"notes":{"a":1.50}}"#;
/// let amended = amended(record, &duplicate).unwrap();
/// assert!(amended.starts_with(r#"{"id":"…","duplicate":{"of":"0707"#));
/// assert!(amended.ends_with(r#""similarity":0.9},"notes":{"a":1.50}}"#));
/// ```
pub fn amended(record: &str, duplicate: &Duplicate) -> Option<String> {
    let place = value_of(record, "\"duplicate\"")?;
    let value = serde_json::to_string(duplicate).ok()?;
    let (before, after) = (record.get(..place.start)?, record.get(place.end..)?);
    Some([before, &value, after].concat())
}

/// Where the value of a member of the outermost object stands. `name` is as it is written, with its quotes. What
/// the braces and strings of the text do not settle is not looked at.
fn value_of(json: &str, name: &str) -> Option<Range<usize>> {
    let mut depth = 0_u32;
    let mut string: Option<usize> = None;
    let mut escaped = false;
    let mut start: Option<usize> = None;
    for (at, byte) in json.bytes().enumerate() {
        if let Some(opened) = string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    string = None;
                    if depth == 1 && start.is_none() && json.get(opened..=at)? == name {
                        let after = json.get(at + 1..)?.trim_start();
                        start = after.starts_with(':').then(|| json.len() - after.len() + 1);
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = Some(at),
            b'{' | b'[' => depth += 1,
            b',' | b'}' | b']' => {
                if let Some(start) = start.filter(|_| depth == 1) {
                    return Some(start..at);
                }
                depth = depth.checked_sub(u32::from(byte != b','))?;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;
    use crate::{Article, ArticleId, Block, BlockKind, DuplicateKind, Origin, RecordView, Shared, Span};

    fn near(n: u8) -> Duplicate {
        let shared = Some(Shared { shingles: 40, of_shingles: 44, facts: 3, of_facts: 3 });
        let (of, via) = (ArticleId::from_bytes([n; 32]), Some(ArticleId::from_bytes([9; 32])));
        Duplicate { of, kind: DuplicateKind::Near, similarity: 0.93, shared, via }
    }

    /// An article that says all a record says in the ways that could mislead.
    fn article() -> Article {
        let raw = "He wrote: \"duplicate\":null, {\"duplicate\":1}, \\\",\"duplicate\":[{\n\nRain. 雨\u{1}";
        let half = raw.find("\n\n").unwrap();
        let block = |start, end| Block::plain(Span::new(raw, start, end).unwrap(), BlockKind::Paragraph);
        let mut article = Article::new(
            ArticleId::from_bytes([1; 32]),
            Origin::default(),
            raw,
            vec![block(0, half), block(half + 2, raw.len())],
        );
        article.title = Some("\"duplicate\":".into());
        article.notes.insert("duplicate".into(), serde_json::json!({"duplicate": [1, {"duplicate": null}]}));
        article
    }

    #[test]
    fn an_amended_record_is_that_of_the_amended_article() {
        let mut article = article();
        let mut record = RecordView(&article).to_json();
        for n in [2, 3] {
            record = amended(&record, &near(n)).unwrap();
            article.duplicate = Some(near(n));
            assert_eq!(record, RecordView(&article).to_json());
        }
        assert_eq!(amended(&record, &near(3)).unwrap(), record);
    }

    #[test]
    fn spaces_and_order_are_left_alone() {
        let given = "{ \"duplicate\" : {\"of\": [\"a,}\"]} ,\"b\" : 1.0 }\n";
        let value = serde_json::to_string(&near(2)).unwrap();
        assert_eq!(amended(given, &near(2)).unwrap(), format!("{{ \"duplicate\" :{value},\"b\" : 1.0 }}\n"));
        assert_eq!(amended("{\"duplicate\":null}", &near(2)).unwrap(), format!("{{\"duplicate\":{value}}}"));
        for none in
            ["", "{", "null", "{\"a\":{\"duplicate\":null}}", "[\"duplicate\",null]", "}{\"duplicate\":1}"]
        {
            assert_eq!(amended(none, &near(2)), None, "{none}");
        }
    }
}
