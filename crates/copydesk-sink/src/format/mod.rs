//! A record in other formats. What a format has no place for is left out; nothing is invented for it.
//!
//! What must stay true: a line in any format begins with the article's id, and tells of its original (name, size) and
//! of what it supersedes, so that a file of such lines can be checked against the ledger.

pub(crate) mod head;
mod jsonld;
mod ninjs;
mod places;
mod record;

use std::borrow::Cow;

use copydesk_core::{OptionKind, OptionSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::head::LineHead;
pub use self::places::{PLACES, Place};
use self::record::Record;

/// How an article is written on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// The article record.
    #[default]
    Json,
    /// IPTC ninjs 3.1.
    Ninjs,
    /// A schema.org `NewsArticle`, as JSON-LD.
    Jsonld,
}

/// The option of a sink that writes lines.
pub(crate) const OPTION: OptionSpec = OptionSpec {
    name: "format",
    kind: OptionKind::Choice,
    default: Some("\"json\""),
    choices: Format::CHOICES,
    help: "How an article is written: as its record, as IPTC ninjs 3.1, or as a schema.org NewsArticle in JSON-LD.",
};

impl Format {
    /// The names that configuration knows.
    pub const CHOICES: &'static [&'static str] = &["json", "ninjs", "jsonld"];

    /// The line, without its line feed, for an article whose record this is.
    ///
    /// # Errors
    /// `record` is no article record.
    pub fn line(self, record: &str) -> Result<Cow<'_, str>, serde_json::Error> {
        let parsed = || serde_json::from_str::<Record<'_>>(record);
        Ok(match self {
            Format::Json => Cow::Borrowed(record),
            Format::Ninjs => Cow::Owned(ninjs::ninjs(&parsed()?).to_string()),
            Format::Jsonld => Cow::Owned(jsonld::jsonld(&parsed()?).to_string()),
        })
    }
}

/// An object that takes no empty values.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, key: &str, value: Value) {
        let empty = match &value {
            Value::Null => true,
            Value::Array(list) => list.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(key.to_owned(), value);
        }
    }

    fn with(mut self, key: &str, value: Value) -> Object {
        self.put(key, value);
        self
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Value {
        Value::Object(object.0)
    }
}

#[cfg(test)]
mod tests;
