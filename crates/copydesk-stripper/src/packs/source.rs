//! A pack as it is written: TOML to strings, each with its line. What the strings mean is for `check` to say.
//!
//! The build script compiles this file too, for the packs that are built in.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The version of the format.
const VERSION: i64 = 1;
/// What a pack may say of itself.
const PACK_KEYS: [&str; 6] = ["version", "name", "language", "sites", "reported", "rule"];
/// What a pack may say of a rule.
const RULE_KEYS: [&str; 10] =
    ["reason", "why", "confidence", "phrases", "patterns", "sentences", "stems", "weak", "cut", "keep"];
/// What a sentence consists of.
const SENTENCE_KEYS: [&str; 2] = ["core", "with"];

/// A value and the line it stands on, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

/// Something that is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// A pack.
#[derive(Debug, Clone, Default)]
pub(crate) struct PackSource {
    /// What messages call it.
    pub(crate) name: Option<At<String>>,
    /// The language of its words, as BCP 47 has it.
    pub(crate) language: Option<At<String>>,
    /// Hosts, host suffixes or folders it is for; none for everywhere.
    pub(crate) sites: Vec<At<String>>,
    /// Words by which a reporter tells what somebody else said.
    pub(crate) reported: Vec<At<String>>,
    pub(crate) rules: Vec<RuleSource>,
}

/// What a pack says of a rule.
#[derive(Debug, Clone)]
pub(crate) struct RuleSource {
    pub(crate) name: At<String>,
    pub(crate) reason: Option<At<String>>,
    pub(crate) why: Option<At<String>>,
    pub(crate) confidence: Option<At<f64>>,
    pub(crate) phrases: Vec<At<String>>,
    pub(crate) patterns: Vec<At<String>>,
    pub(crate) sentences: Vec<SentenceSource>,
    pub(crate) stems: Vec<At<String>>,
    pub(crate) weak: Vec<At<String>>,
    /// Lines that go by this rule.
    pub(crate) cut: Vec<At<String>>,
    /// Lines that stay.
    pub(crate) keep: Vec<At<String>>,
}

/// A sentence by what it says.
#[derive(Debug, Clone)]
pub(crate) struct SentenceSource {
    pub(crate) core: At<String>,
    pub(crate) with: Option<At<String>>,
}

/// Reads a pack: what can be read, and everything that is wrong with the rest, in the order of the lines.
pub(crate) fn parse(text: &str) -> (PackSource, Vec<Problem>) {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader { lines: Lines::of(text), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = reader.lines.at(error.span().map_or(0, |span| span.start));
        reader.problem(line, format!("not TOML: {}", error.message().replace('\n', ", ")));
    }
    let pack = if errors.is_empty() { reader.pack(table.into_inner()) } else { PackSource::default() };
    reader.problems.sort();
    (pack, reader.problems)
}

struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines(std::iter::once(0).chain(ends).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }
}

struct Reader {
    lines: Lines,
    problems: Vec<Problem>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    fn problem(&mut self, line: usize, message: String) {
        self.problems.push(Problem { line, message });
    }

    fn unknown(&mut self, line: usize, key: &str, known: &[&str]) {
        self.problem(line, format!("unknown key `{key}` (available: {})", known.join(", ")));
    }

    fn pack(&mut self, table: DeTable<'_>) -> PackSource {
        let mut pack = PackSource::default();
        let mut versioned = false;
        for (key, value) in table {
            let line = self.lines.at(key.span().start);
            match key.get_ref().as_ref() {
                "version" => {
                    versioned = true;
                    self.version(value);
                }
                "name" => pack.name = self.text("name", value),
                "language" => pack.language = self.text("language", value),
                "sites" => pack.sites = self.texts("sites", value),
                "reported" => pack.reported = self.texts("reported", value),
                "rule" => pack.rules = self.rules(line, value),
                other => self.unknown(line, other, &PACK_KEYS),
            }
        }
        if !versioned {
            self.problem(1, format!("no `version` (say `version = {VERSION}`)"));
        }
        pack
    }

    fn version(&mut self, value: Value<'_>) {
        let line = self.lines.at(value.span().start);
        let known = VERSION.to_string();
        match value.into_inner() {
            DeValue::Integer(digits) if digits.as_str() == known => {}
            DeValue::Integer(digits) => {
                self.problem(line, format!("unknown version {} (available: {known})", digits.as_str()));
            }
            other => self.problem(line, format!("`version` takes a whole number, not {}", kind(&other))),
        }
    }

    fn rules(&mut self, line: usize, value: Value<'_>) -> Vec<RuleSource> {
        let DeValue::Table(table) = value.into_inner() else {
            self.problem(line, "`rule` takes tables: write `[rule.NAME]`".into());
            return Vec::new();
        };
        let mut rules = Vec::new();
        for (key, value) in table {
            let name = At { line: self.lines.at(key.span().start), value: key.into_inner().into_owned() };
            match value.into_inner() {
                DeValue::Table(table) => rules.push(self.rule(name, table)),
                other => {
                    let message = format!("`rule.{}` takes a table, not {}", name.value, kind(&other));
                    self.problem(name.line, message);
                }
            }
        }
        rules
    }

    fn rule(&mut self, name: At<String>, table: DeTable<'_>) -> RuleSource {
        let mut rule = RuleSource {
            name,
            reason: None,
            why: None,
            confidence: None,
            phrases: Vec::new(),
            patterns: Vec::new(),
            sentences: Vec::new(),
            stems: Vec::new(),
            weak: Vec::new(),
            cut: Vec::new(),
            keep: Vec::new(),
        };
        for (key, value) in table {
            let line = self.lines.at(key.span().start);
            match key.get_ref().as_ref() {
                "reason" => rule.reason = self.text("reason", value),
                "why" => rule.why = self.text("why", value),
                "confidence" => rule.confidence = self.number("confidence", value),
                "phrases" => rule.phrases = self.texts("phrases", value),
                "patterns" => rule.patterns = self.texts("patterns", value),
                "sentences" => rule.sentences = self.sentences(value),
                "stems" => rule.stems = self.texts("stems", value),
                "weak" => rule.weak = self.texts("weak", value),
                "cut" => rule.cut = self.texts("cut", value),
                "keep" => rule.keep = self.texts("keep", value),
                other => self.unknown(line, other, &RULE_KEYS),
            }
        }
        rule
    }

    fn sentences(&mut self, value: Value<'_>) -> Vec<SentenceSource> {
        let line = self.lines.at(value.span().start);
        let DeValue::Array(values) = value.into_inner() else {
            self.problem(line, "`sentences` takes a list of tables: `[{ core = '…', with = '…' }]`".into());
            return Vec::new();
        };
        values.into_iter().filter_map(|value| self.sentence(value)).collect()
    }

    fn sentence(&mut self, value: Value<'_>) -> Option<SentenceSource> {
        let start = self.lines.at(value.span().start);
        let DeValue::Table(table) = value.into_inner() else {
            self.problem(start, "a sentence is a table: `{ core = '…', with = '…' }`".into());
            return None;
        };
        let (mut core, mut with) = (None, None);
        for (key, value) in table {
            let line = self.lines.at(key.span().start);
            match key.get_ref().as_ref() {
                "core" => core = self.text("core", value),
                "with" => with = self.text("with", value),
                other => self.unknown(line, other, &SENTENCE_KEYS),
            }
        }
        if core.is_none() {
            self.problem(start, "a sentence lacks `core`".into());
        }
        Some(SentenceSource { core: core?, with })
    }

    fn text(&mut self, key: &str, value: Value<'_>) -> Option<At<String>> {
        let line = self.lines.at(value.span().start);
        match value.into_inner() {
            DeValue::String(text) if !text.trim().is_empty() => Some(At { value: text.into_owned(), line }),
            DeValue::String(_) => {
                self.problem(line, format!("`{key}` holds an empty text"));
                None
            }
            other => {
                self.problem(line, format!("`{key}` takes text, not {}", kind(&other)));
                None
            }
        }
    }

    fn texts(&mut self, key: &str, value: Value<'_>) -> Vec<At<String>> {
        let line = self.lines.at(value.span().start);
        match value.into_inner() {
            DeValue::Array(values) => values.into_iter().filter_map(|value| self.text(key, value)).collect(),
            other => {
                self.problem(line, format!("`{key}` takes a list of texts, not {}", kind(&other)));
                Vec::new()
            }
        }
    }

    fn number(&mut self, key: &str, value: Value<'_>) -> Option<At<f64>> {
        let line = self.lines.at(value.span().start);
        let number = match value.into_inner() {
            DeValue::Float(digits) => digits.as_str().parse().ok(),
            DeValue::Integer(digits) => digits.as_str().parse().ok(),
            other => {
                self.problem(line, format!("`{key}` takes a number, not {}", kind(&other)));
                return None;
            }
        };
        number.map(|value| At { value, line })
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
