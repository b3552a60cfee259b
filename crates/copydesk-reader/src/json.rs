//! One JSON object to one article: its text is read as plain text or HTML, its other fields become hints.

use copydesk_core::{Article, Hint, Part, ReadError};
use serde_json::{Map, Value};

use crate::charset::{self, Decoded};
use crate::decode::{self, Draft};
use crate::format::{Format, looks_like_html};
use crate::html;
use crate::{JsonFields, ReaderOptions, shown};

/// Fields named in an error.
const MAX_NAMED: usize = 20;
/// Authors told of one article.
const MAX_AUTHORS: usize = 64;

/// Values in one record: each takes far more room in memory than in the file.
const MAX_VALUES: usize = 1 << 20;

/// Decodes a record.
pub(crate) fn decode(part: &Part, options: &ReaderOptions) -> Result<Article, ReadError> {
    let decoded = charset::decode(&part.body, false, None)?;
    if exceeds_values(decoded.text.as_bytes()) {
        return Err(ReadError::new(
            "too_large",
            format!("more than {MAX_VALUES} JSON values in one article"),
        ));
    }
    let value: Value = serde_json::from_str(&decoded.text).map_err(|error| bad_json(&error))?;
    let Value::Object(object) = &value else {
        let found = match value {
            Value::Array(_) => "an array",
            Value::String(_) => "a text",
            _ => "a single value",
        };
        return Err(ReadError::new(
            "bad_json",
            format!("expected an object with an article's fields, found {found}"),
        ));
    };
    let fields = &options.json;
    let (text, format) = text(object, fields)?;
    let n_nul = memchr::memchr_iter(0, text.as_bytes()).count();
    let text = if n_nul > 0 { text.replace('\0', "\u{fffd}") } else { text };
    let draft = Draft {
        part,
        media_type: Format::Json.media_type(),
        format,
        decoded: Decoded { text, n_nul: decoded.n_nul + n_nul, ..decoded },
        hints: hints(object, fields),
    };
    decode::article(draft, options)
}

/// True if there are more values than an article has, by what parts and opens them.
fn exceeds_values(bytes: &[u8]) -> bool {
    let mut n_values = 0;
    let mut in_string = false;
    let mut escaped = false;
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => n_values += 1,
            _ => {}
        }
    }
    n_values > MAX_VALUES
}

fn bad_json(error: &serde_json::Error) -> ReadError {
    let message = error.to_string();
    if message.starts_with("recursion limit") {
        return ReadError::new("nesting", format!("JSON nested too deeply: {message}"));
    }
    ReadError::new("bad_json", format!("not JSON: {message}"))
}

fn text(object: &Map<String, Value>, fields: &JsonFields) -> Result<(String, Format), ReadError> {
    let mut found_empty = false;
    for (names, is_html) in [(&fields.text, false), (&fields.html, true)] {
        for name in names {
            let Some(text) = lookup(object, name).and_then(joined) else { continue };
            if text.trim().is_empty() {
                found_empty = true;
            } else if is_html || is_plainly_html(&text) {
                return Ok((text, Format::Html));
            } else {
                return Ok((text, Format::Text));
            }
        }
    }
    if found_empty {
        return Err(ReadError::new("empty", "the text field is empty"));
    }
    let tried: Vec<&str> = fields.text.iter().chain(&fields.html).map(String::as_str).collect();
    let found: Vec<String> = object.keys().take(MAX_NAMED).map(|name| shown(name)).collect();
    let more = if object.len() > MAX_NAMED { ", …" } else { "" };
    Err(ReadError::new(
        "no_text",
        format!("no text field (tried: {}; found: {}{more})", tried.join(", "), found.join(", ")),
    ))
}

/// The value under a name; a dot steps into an object.
fn lookup<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    lookup(object.get(first)?.as_object()?, rest)
}

/// A text, or a list of paragraphs.
fn joined(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let paragraphs: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            paragraphs.filter(|paragraphs| !paragraphs.is_empty()).map(|paragraphs| paragraphs.join("\n\n"))
        }
        _ => None,
    }
}

/// True if a text holds markup no writer would type.
fn is_plainly_html(text: &str) -> bool {
    const TAGS: [&str; 7] = ["</p>", "</div>", "<br>", "<br/>", "<br />", "</li>", "</h2>"];
    if looks_like_html(text.trim_start().as_bytes()) {
        return true;
    }
    text.contains('<') && {
        let text = text.to_ascii_lowercase();
        TAGS.iter().any(|tag| text.contains(tag))
    }
}

fn hints(object: &Map<String, Value>, fields: &JsonFields) -> Vec<Hint> {
    let mut hints = Vec::new();
    let mut tell = |name: &str, value: &str| {
        let value = html::clean(value);
        if !value.is_empty() {
            hints.push(Hint { name: format!("json:{name}"), value, block: None });
        }
    };
    for (name, candidates) in [
        ("title", &fields.title),
        ("description", &fields.description),
        ("url", &fields.url),
        ("section", &fields.section),
        ("site", &fields.site),
    ] {
        if let Some(value) = first(object, candidates, text_of) {
            tell(name, &value);
        }
    }
    for author in first(object, &fields.author, authors).unwrap_or_default() {
        tell("author", &author);
    }
    for (name, candidates) in [("published", &fields.published), ("modified", &fields.modified)] {
        if let Some(value) = first(object, candidates, time_of) {
            tell(name, &value);
        }
    }
    if let Some(value) = first(object, &fields.language, text_of) {
        tell("language", &value);
    }
    hints
}

/// What the first candidate that says anything says.
fn first<T>(object: &Map<String, Value>, names: &[String], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    names.iter().find_map(|name| read(lookup(object, name)?))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Object(object) => {
            ["rendered", "name", "code", "value"].iter().find_map(|key| text_of(object.get(*key)?))
        }
        _ => None,
    }
}

fn authors(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::Array(values) => values.iter().take(MAX_AUTHORS).filter_map(text_of).collect(),
        one => text_of(one).into_iter().collect(),
    };
    (!names.is_empty()).then_some(names)
}

/// A time as it stands; seconds or milliseconds since 1970 as RFC 3339.
fn time_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => {
            let number = number.as_f64()?;
            let seconds = if number > 1e11 { number / 1000.0 } else { number };
            (1e8..1e10).contains(&seconds).then(|| rfc3339(seconds as i64))
        }
        Value::Object(object) => time_of(object.get("$date")?),
        value => text_of(value),
    }
}

/// Seconds since 1970 as a date and time of the proleptic Gregorian calendar.
fn rfc3339(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    // Years are counted from March, so that a leap day is the last of its year.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_as_the_calendar_does() {
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_935_529_199), "2031-05-02T22:59:59Z");
        assert_eq!(time_of(&serde_json::json!(1_935_529_199_000_i64)).unwrap(), "2031-05-02T22:59:59Z");
        assert_eq!(time_of(&serde_json::json!({"$date": "2031-05-02"})).unwrap(), "2031-05-02");
        assert_eq!(time_of(&serde_json::json!(7)), None);
    }

    #[test]
    fn values_are_counted_outside_texts() {
        assert!(!exceeds_values(format!("{{\"text\": \"\\\"{}\"}}", ",".repeat(2 << 20)).as_bytes()));
        assert!(exceeds_values(format!("[{}0]", "[],".repeat(1 << 20)).as_bytes()));
    }

    #[test]
    fn only_markup_is_html() {
        assert!(is_plainly_html("Fog<br/>and rain"));
        assert!(is_plainly_html(" <p>Fog"));
        assert!(!is_plainly_html("if a < b and b > c"));
    }
}
