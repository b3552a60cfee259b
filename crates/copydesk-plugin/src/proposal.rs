//! What a plugin may propose, and the check that stands between a proposal and the article. Every kind of plugin
//! answers in these terms.

use copydesk_core::{Article, Conflict, Cut, Evidence, Kept, Reason, Span};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A plugin's answer for one article.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// On with the article, and with what is proposed for it.
    Keep(Proposals),
    /// Out with it, for this reason.
    Drop(String),
    /// The plugin cannot.
    Fail(Failure),
}

impl Answer {
    /// Out with it, for a reason as the plugin gives it.
    pub(crate) fn drop(reason: &str) -> Answer {
        let reason = said(reason, 500);
        Answer::Drop(if reason.is_empty() { "no reason given".to_owned() } else { reason })
    }
}

/// A text of the plugin for messages: bounded and on one line.
pub(crate) fn said(text: &str, most: usize) -> String {
    let short: String = text.chars().take(most).collect();
    short.trim().escape_debug().to_string()
}

/// Why a plugin cannot do its work on an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A short name of the plugin's own.
    pub code: String,
    /// One line for a person.
    pub message: String,
    /// True if it may go well at another time.
    pub retryable: bool,
}

/// What a plugin proposes for an article, as it was given: [`Proposals::apply`] checks it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposals {
    /// Notes by name: an object.
    pub notes: Json,
    /// Values of fields by their name in records: an object.
    pub fields: Json,
    /// Cuts: a list of objects with `span`, `reason`, and if wanted `rule` and `confidence`.
    pub cuts: Json,
}

/// JSON as a plugin gave it, or nothing. It is not read before it is known to be small: what takes three bytes there
/// (`{},`) may take two hundred here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Json(Option<Box<str>>);

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json(Some(text.into()))
    }
}

impl From<Option<Box<RawValue>>> for Json {
    fn from(given: Option<Box<RawValue>>) -> Json {
        Json(given.map(Into::into))
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Json {
        Json(Some(value.to_string().into()))
    }
}

impl Json {
    /// The JSON as text; empty if there is none.
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Reads it; `what` is its name in a refusal.
    fn read(&self, what: &str, most: usize) -> Result<Value, Refusal> {
        let text = self.text();
        if text.len() > most {
            return refuse(format!("its {what} have {} bytes, at most {most} are taken", text.len()));
        }
        let (n_values, depth) = measured(text);
        if n_values > MAX_VALUES {
            return refuse(format!("its {what} have {n_values} values, at most {MAX_VALUES} are taken"));
        }
        if depth > MAX_DEPTH {
            return refuse(format!("its {what} are {depth} levels deep, at most {MAX_DEPTH} are taken"));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(text).map_err(|error| Refusal(said(&format!("{what}: {error}"), 200)))
    }
}

/// Values in a JSON text, members and elements alike, or a few more; and how many stand in one another at most.
fn measured(text: &str) -> (usize, usize) {
    let (mut in_text, mut escaped) = (false, false);
    let (mut n_values, mut depth, mut deepest) = (1, 0_usize, 0);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' if !in_text => n_values += 1,
            b'[' | b'{' if !in_text => {
                n_values += 1;
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (n_values, deepest)
}

/// A proposal that breaks a law, or the form: none of the answer is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

/// Bytes of notes as JSON, for one article; the same for fields.
pub(crate) const MAX_NOTES: usize = 1 << 20;
/// Bytes of cuts as JSON.
pub(crate) const MAX_CUT_BYTES: usize = 4 << 20;
/// Values in notes, fields or cuts, however deep.
const MAX_VALUES: usize = 50_000;
/// How deep they may stand in one another. A record holds them deeper still, and so does a message to the next plugin:
/// many who read JSON, we among them, take 128 levels and no more.
const MAX_DEPTH: usize = 64;
/// Bytes of a field's text.
const MAX_TEXT: usize = 16 << 10;
/// Entries of a field that is a list.
const MAX_LIST: usize = 256;
/// Cuts proposed for one article.
pub(crate) const MAX_CUTS: usize = 10_000;
/// Bytes of a name.
const MAX_NAME: usize = 128;
/// Notes of our own: of the runtime, of the reader, and of stages under the names that they have unless they are given
/// others. Sinks, `verify` and `explain` believe them, whether or not they are there when a plugin looks.
const RESERVED: [&str; 6] =
    ["supersedes", "lossy", "nul_bytes", "strip_boilerplate", "strip_recurring", "find_duplicates"];

/// What a field takes.
#[derive(Clone, Copy)]
enum Takes {
    Text,
    Day,
    Address,
    List,
}

/// The fields that may be proposed.
const FIELDS: [(&str, Takes); 11] = [
    ("title", Takes::Text),
    ("authors", Takes::List),
    ("published", Takes::Day),
    ("modified", Takes::Day),
    ("dateline", Takes::Text),
    ("standfirst", Takes::Text),
    ("section", Takes::Text),
    ("site", Takes::Text),
    ("url", Takes::Address),
    ("keywords", Takes::List),
    ("summary", Takes::Text),
];

#[derive(Deserialize)]
struct Given {
    span: (usize, usize),
    reason: Reason,
    rule: Option<String>,
    confidence: Option<f64>,
}

/// A checked value of a field.
enum Checked {
    Text(String),
    List(Vec<String>),
}

impl Proposals {
    /// Checks all that is proposed, and then applies it: cuts as those of the stage `stage`, fields with `plugin:` and
    /// its name as their evidence.
    ///
    /// # Errors
    /// Something breaks a law or the form. The article is unchanged then.
    pub fn apply(self, article: &mut Article, stage: &str) -> Result<(), Refusal> {
        let notes = notes(self.notes.read("notes", MAX_NOTES)?, article)?;
        let fields = fields(self.fields.read("fields", MAX_NOTES)?)?;
        let cuts = cuts(self.cuts.read("cuts", MAX_CUT_BYTES)?, article, stage)?;
        for (name, value) in fields {
            set_field(article, name, value, stage);
        }
        article.notes.extend(notes);
        if !cuts.is_empty() {
            article.cut(cuts);
        }
        Ok(())
    }
}

fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

/// A name or a text of the plugin, fit for a message.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{more}`", short.escape_debug())
}

fn object(value: Value, what: &str) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => refuse(format!("`{what}` is no object")),
    }
}

fn notes(value: Value, article: &Article) -> Result<Map<String, Value>, Refusal> {
    let notes = object(value, "notes")?;
    for name in notes.keys() {
        if name.is_empty() || name.len() > MAX_NAME || name.contains(char::is_control) {
            return refuse(format!("a note cannot be called {}", shown(name)));
        }
        if RESERVED.contains(&name.as_str()) || article.notes.contains_key(name) {
            return refuse(format!("the note {} is another's", shown(name)));
        }
    }
    Ok(notes)
}

fn fields(value: Value) -> Result<Vec<(&'static str, Checked)>, Refusal> {
    let mut checked = Vec::new();
    for (given, value) in object(value, "fields")? {
        let Some((name, takes)) = FIELDS.iter().find(|(name, _)| *name == given) else {
            let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
            let names = names.join(", ");
            return refuse(format!("{} is no field that can be proposed ({names})", shown(&given)));
        };
        let value = match takes {
            Takes::List => Checked::List(list(name, value)?),
            Takes::Text => Checked::Text(text(name, value)?),
            Takes::Day => Checked::Text(day(name, text(name, value)?)?),
            Takes::Address => Checked::Text(address(name, text(name, value)?)?),
        };
        checked.push((*name, value));
    }
    Ok(checked)
}

fn text(name: &str, value: Value) -> Result<String, Refusal> {
    let Value::String(text) = value else { return refuse(format!("`{name}` takes a text")) };
    let is_fit = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.trim().is_empty() || text.len() > MAX_TEXT || !text.chars().all(is_fit) {
        let why = "a text that is not empty, has no control characters, and at most";
        return refuse(format!("`{name}` takes {why} {MAX_TEXT} bytes"));
    }
    Ok(text.trim().to_owned())
}

fn list(name: &str, value: Value) -> Result<Vec<String>, Refusal> {
    let Value::Array(values) = value else { return refuse(format!("`{name}` takes a list of texts")) };
    if values.is_empty() || values.len() > MAX_LIST {
        return refuse(format!("`{name}` takes a list of 1 to {MAX_LIST} texts"));
    }
    values.into_iter().map(|value| text(name, value)).collect()
}

fn day(name: &str, text: String) -> Result<String, Refusal> {
    let is_day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    let is_time = text.as_bytes().get(10) == Some(&b'T') && text.parse::<jiff::Timestamp>().is_ok();
    if is_day || is_time {
        return Ok(text);
    }
    refuse(format!("`{name}` takes `YYYY-MM-DD` or a time of RFC 3339, not {}", shown(&text)))
}

fn address(name: &str, text: String) -> Result<String, Refusal> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if is_web && !text.contains(char::is_whitespace) {
        return Ok(text);
    }
    refuse(format!("`{name}` takes an absolute address of the web, not {}", shown(&text)))
}

fn cuts(value: Value, article: &Article, stage: &str) -> Result<Vec<Cut>, Refusal> {
    let given = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(given) if given.len() <= MAX_CUTS => given,
        Value::Array(given) => {
            return refuse(format!("it proposes {} cuts, at most {MAX_CUTS} are taken", given.len()));
        }
        _ => return refuse("`cuts` is no list"),
    };
    let kept: Vec<Kept<'_>> = article.kept().collect();
    let mut cuts = Vec::with_capacity(given.len());
    for (idx, value) in given.into_iter().enumerate() {
        let cut: Given = serde_json::from_value(value).map_err(|error| {
            // It quotes what the plugin wrote.
            Refusal(format!("cut {idx}: {}", said(&error.to_string(), 200)))
        })?;
        let (start, end) = cut.span;
        let Some(span) = Span::new(article.raw(), start, end).filter(|span| !span.is_empty()) else {
            return refuse(format!("cut {idx}: [{start}, {end}] is no range of whole characters"));
        };
        let place = kept.partition_point(|kept| kept.span.end() < span.end());
        match kept.get(place).filter(|kept| kept.span.contains(span)) {
            None => {
                return refuse(format!("cut {idx}: [{start}, {end}] is not within one block's kept text"));
            }
            Some(kept) if !kept.kind.is_body() => {
                let kind = kept.kind.name();
                return refuse(format!("cut {idx}: [{start}, {end}] is not of the body, but of a {kind}"));
            }
            Some(_) => {}
        }
        let confidence = cut.confidence.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&confidence) {
            return refuse(format!("cut {idx}: `confidence` is {confidence}, not between 0 and 1"));
        }
        let rule = cut.rule.unwrap_or_else(|| format!("plugin:{stage}"));
        let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '/');
        if rule.is_empty() || rule.len() > MAX_NAME || !rule.chars().all(is_fit) {
            return refuse(format!("cut {idx}: a rule cannot be called {}", shown(&rule)));
        }
        cuts.push(Cut::new(span, cut.reason, rule, stage.to_owned(), confidence));
    }
    Ok(cuts)
}

/// Sets a field, with the plugin as its evidence. What stood there before is named as a conflict.
fn set_field(article: &mut Article, name: &'static str, value: Checked, stage: &str) {
    let mut evidence = Evidence::new(None, format!("plugin:{stage}"));
    let before = match value {
        Checked::List(value) => {
            let field = if name == "authors" { &mut article.authors } else { &mut article.keywords };
            let before = std::mem::replace(field, value);
            (*field != before && !before.is_empty()).then(|| before.join(", "))
        }
        Checked::Text(value) => {
            let field = match name {
                "title" => &mut article.title,
                "published" => &mut article.published,
                "modified" => &mut article.modified,
                "dateline" => &mut article.dateline,
                "standfirst" => &mut article.standfirst,
                "section" => &mut article.section,
                "site" => &mut article.site,
                "url" => &mut article.url,
                _ => &mut article.summary,
            };
            let before = field.replace(value);
            if *field == before { None } else { before }
        }
    };
    if let (Some(value), Some(earlier)) = (before, article.evidence.get(name)) {
        evidence.conflicts.push(Conflict { value, rule: earlier.rule.clone() });
    }
    article.evidence.insert(name, evidence);
}

#[cfg(test)]
mod tests;
