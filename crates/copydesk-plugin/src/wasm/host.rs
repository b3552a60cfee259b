//! What a component may ask us, and what it may use.

use std::collections::BTreeMap;
use std::env::VarError;
use std::sync::Arc;

use copydesk_core::{Article, BuildError};
use serde_json::Value;
use wasmtime::ResourceLimiter;

use super::GrantedFile;
use super::bindings::copydesk::stage::host::{Block, Host as Asked, Level};
use super::bindings::copydesk::stage::types;
use crate::plugin::with_stranger;
use crate::printed::{Printer, Work};
use crate::view::article_json;

/// What a component gets to know of the world.
#[derive(Debug, Default)]
pub(super) struct Granted {
    clock: bool,
    environment: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

impl Granted {
    pub(super) fn new(
        clock: bool,
        environment: &[String],
        given: Vec<GrantedFile>,
    ) -> Result<Granted, BuildError> {
        let mut granted = BTreeMap::new();
        for name in environment {
            match std::env::var(name) {
                Ok(value) => {
                    granted.insert(name.clone(), value);
                }
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(_)) => {
                    return Err(BuildError(format!("`env`: the variable `{name}` is no UTF-8")));
                }
            }
        }
        let mut files = BTreeMap::new();
        for file in given {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if files.insert(name.clone(), file.text).is_some() {
                return Err(BuildError(format!("`files`: two of them are called `{name}`")));
            }
        }
        Ok(Granted { clock, environment: granted, files })
    }
}

/// The article that is being looked at.
struct Current {
    article: Arc<Article>,
    strangers: bool,
    /// Its record, once it is asked for.
    record: Option<Value>,
}

/// One instance's end of the calls, and the account of its memory.
pub(super) struct Host {
    granted: Arc<Granted>,
    current: Option<Current>,
    pub(super) printer: Printer,
    /// Bytes that all its memories may have, and have.
    memory: usize,
    n_bytes: usize,
    /// It has asked for more than it may have.
    pub(super) is_over: bool,
}

/// Bytes of an entry of a table.
const ENTRY: usize = 16;
/// Instances, tables and memories inside a component: one made from Python has some forty.
const MANY: usize = 128;

impl Host {
    pub(super) fn new(granted: Arc<Granted>, memory: usize, printer: Printer) -> Host {
        Host { granted, current: None, printer, memory, n_bytes: 0, is_over: false }
    }

    /// Shows the article from now on; with a member that no version knows if `strangers`.
    pub(super) fn show(&mut self, article: Arc<Article>, strangers: bool) {
        self.printer.at_work(Work::Article(article.id));
        self.current = Some(Current { article, strangers, record: None });
    }

    /// Bytes that its memories hold.
    pub(super) fn n_bytes(&self) -> i64 {
        i64::try_from(self.n_bytes).unwrap_or(i64::MAX)
    }

    /// Shows none.
    pub(super) fn hide(&mut self) {
        self.printer.at_work(Work::None);
        self.current = None;
    }
}

impl types::Host for Host {}

impl Asked for Host {
    fn log(&mut self, level: Level, message: String) {
        let level = match level {
            Level::Debug => tracing::Level::DEBUG,
            Level::Info => tracing::Level::INFO,
            Level::Warn => tracing::Level::WARN,
            Level::Error => tracing::Level::ERROR,
        };
        self.printer.print(level, message.as_bytes());
    }

    fn blocks(&mut self) -> Vec<Block> {
        let Some(current) = &self.current else { return Vec::new() };
        let kept = current.article.kept();
        kept.map(|kept| Block {
            kind: kept.kind.name().to_owned(),
            text: kept.text.to_owned(),
            start: u32::try_from(kept.span.start()).unwrap_or(u32::MAX),
            end: u32::try_from(kept.span.end()).unwrap_or(u32::MAX),
            is_body: kept.kind.is_body(),
        })
        .collect()
    }

    fn value(&mut self, path: String) -> Option<String> {
        let current = self.current.as_mut()?;
        let Current { article, record, .. } = current;
        let record =
            record.get_or_insert_with(|| serde_json::from_str(&article_json(article)).unwrap_or_default());
        let mut value = &*record;
        for step in path.split('.') {
            value = match value {
                Value::Object(members) => members.get(step)?,
                Value::Array(values) => values.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    fn record_json(&mut self) -> String {
        let Some(current) = &self.current else { return String::new() };
        let json = article_json(&current.article);
        if current.strangers { with_stranger(&json) } else { json }
    }

    fn now(&mut self) -> Option<u64> {
        let granted = self.granted.clock;
        granted.then(|| u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0))
    }

    fn environment(&mut self, name: String) -> Option<String> {
        self.granted.environment.get(&name).cloned()
    }

    fn file(&mut self, name: String) -> Option<String> {
        self.granted.files.get(&name).cloned()
    }
}

impl Host {
    /// Counts what a memory or a table grows by: all of them together have one limit, for there may be many.
    fn grow(&mut self, n_bytes: usize) -> wasmtime::Result<bool> {
        if self.n_bytes.saturating_add(n_bytes) > self.memory {
            self.is_over = true;
            return Err(wasmtime::Error::msg("it asks for more memory than it may have"));
        }
        self.n_bytes += n_bytes;
        Ok(true)
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(&mut self, now: usize, wanted: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        self.grow(wanted.saturating_sub(now))
    }

    fn table_growing(&mut self, now: usize, wanted: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        self.grow(wanted.saturating_sub(now).saturating_mul(ENTRY))
    }

    fn instances(&self) -> usize {
        MANY
    }

    fn tables(&self) -> usize {
        MANY
    }

    fn memories(&self) -> usize {
        MANY
    }
}
