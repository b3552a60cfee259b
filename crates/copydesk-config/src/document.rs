//! The configuration as a tree in which every key and value knows where it was said: in the file, in a variable
//! or in a flag.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Place;

/// A value as it was given.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// From a variable or a flag: text whose type is decided by the key it is for.
    Bare(String),
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// A date or time, which no key takes.
    Datetime,
    /// A whole number beyond 64 bits.
    Huge,
    List(Vec<Node>),
    Table(Table),
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) item: Item,
    pub(crate) place: Place,
}

/// A table; entries in the order of the keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

/// A key, its place and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) node: Node,
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value under `key`, made now if there is none.
    pub(crate) fn entry(&mut self, key: &str, make: impl FnOnce() -> Node) -> &mut Node {
        let found = self.entries.iter().position(|entry| entry.key == key);
        let at = found.unwrap_or(self.entries.len());
        if found.is_none() {
            let node = make();
            self.entries.push(Entry { key: key.to_owned(), place: node.place.clone(), node });
        }
        // `at` is in range: it was found or pushed just now.
        &mut self.entries[at].node
    }
}

impl Item {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Item::Bare(_) | Item::String(_) => "text",
            Item::Integer(_) | Item::Huge => "a whole number",
            Item::Float(_) => "a number",
            Item::Boolean(_) => "`true` or `false`",
            Item::Datetime => "a date",
            Item::List(_) => "a list",
            Item::Table(_) => "a table",
        }
    }
}

/// Parses a file. On syntax errors: all of them, with their places.
pub(crate) fn parse(text: &str) -> Result<Table, Vec<(Place, String)>> {
    let text_map = TextMap::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(convert_table(table.into_inner(), &text_map));
    }
    let located = |error: &toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        (text_map.place(offset), format!("not TOML: {}", error.message().replace('\n', ", ")))
    };
    Err(errors.iter().map(located).collect())
}

/// Parses one value as it would stand right of a `=`; `None` if it is none.
pub(crate) fn parse_value(text: &str, place: &Place) -> Option<Item> {
    let value = DeValue::parse(text).ok()?;
    let mut node = convert(value, &TextMap::new(text));
    move_to(&mut node, place);
    Some(node.item)
}

fn move_to(node: &mut Node, place: &Place) {
    node.place = place.clone();
    match &mut node.item {
        Item::List(nodes) => nodes.iter_mut().for_each(|node| move_to(node, place)),
        Item::Table(table) => table.entries.iter_mut().for_each(|entry| {
            entry.place = place.clone();
            move_to(&mut entry.node, place);
        }),
        _ => {}
    }
}

/// Finds lines and columns.
struct TextMap<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> TextMap<'a> {
    fn new(text: &'a str) -> TextMap<'a> {
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        TextMap { text, line_starts: std::iter::once(0).chain(after).collect() }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or("");
        Place::File { line, column: before.chars().count() + 1 }
    }
}

fn convert_table(table: DeTable<'_>, text_map: &TextMap<'_>) -> Table {
    let entries = table
        .into_iter()
        .map(|(key, value)| Entry {
            place: text_map.place(key.span().start),
            key: key.into_inner().into_owned(),
            node: convert(value, text_map),
        })
        .collect();
    Table { entries }
}

fn convert(value: Spanned<DeValue<'_>>, text_map: &TextMap<'_>) -> Node {
    let place = text_map.place(value.span().start);
    let item = match value.into_inner() {
        DeValue::String(text) => Item::String(text.into_owned()),
        DeValue::Integer(digits) => {
            i64::from_str_radix(digits.as_str(), digits.radix()).map_or(Item::Huge, Item::Integer)
        }
        DeValue::Float(digits) => Item::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(yes) => Item::Boolean(yes),
        DeValue::Datetime(_) => Item::Datetime,
        DeValue::Array(values) => {
            Item::List(values.into_iter().map(|value| convert(value, text_map)).collect())
        }
        DeValue::Table(table) => Item::Table(convert_table(table, text_map)),
    };
    Node { item, place }
}
