//! The protocol of `exec`, without a process at the other end: for those who test either side of it.

use std::borrow::Cow;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use copydesk_core::Article;
use serde_json::Value;

use crate::exec::pipe::PipeError;
use crate::exec::protocol::{self, FromPlugin};
use crate::exec::session::{Session, Wrong};
use crate::{Answer, article_json};

/// The line that a plugin gets first.
pub fn hello(stage: &str, config: &Value, max_batch: usize) -> String {
    protocol::hello(stage, config, max_batch)
}

/// The line that gives a plugin these articles.
pub fn batch(seq: u64, articles: &[&Article]) -> String {
    protocol::batch(seq, 10_000, articles.iter().map(|article| Cow::Owned(article_json(article))))
}

/// What a line of a plugin answers for these articles, in their order.
///
/// # Errors
/// It is no answer, or none for these articles; what is wrong, for a message.
pub fn answers(line: &[u8], articles: &[&Article]) -> Result<Vec<Answer>, String> {
    match protocol::parse(line)? {
        FromPlugin::Result { items, .. } => {
            let ids: Vec<String> = articles.iter().map(|article| article.id.to_string()).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            protocol::answers(items, &ids)
        }
        FromPlugin::Ready(ready) => protocol::check_ready(&ready).and(Err("no result, but `ready`".into())),
        FromPlugin::Pong { .. } | FromPlugin::Drained => Err("no result".into()),
    }
}

/// The host's side of a conversation over any two pipes. After an error nothing more is to be said.
pub struct Conversation(Session);

/// How a plugin presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Its name, escaped and cut.
    pub name: String,
    /// Its version, likewise.
    pub version: String,
    /// Articles it takes at once.
    pub max_batch: usize,
}

impl Conversation {
    /// What is said goes into `to`, and what is answered comes from `from`.
    ///
    /// # Errors
    /// These cannot be spoken over without waiting.
    pub fn over(to: OwnedFd, from: OwnedFd) -> io::Result<Conversation> {
        Session::new(to, from, Arc::default()).map(Conversation)
    }

    /// Says hello with an empty configuration: how the plugin presents itself.
    ///
    /// # Errors
    /// It does not, or not in time; what is wrong, for a message.
    pub fn greet(&mut self, stage: &str, max_batch: usize, until: Instant) -> Result<Presented, String> {
        let hello = hello(stage, &Value::Object(serde_json::Map::new()), max_batch);
        let ready = self.0.greet(hello.as_bytes(), until).map_err(told)?;
        let max_batch = ready.max_batch();
        Ok(Presented { name: ready.name, version: ready.version, max_batch })
    }

    /// True if the plugin answers a ping.
    pub fn ping(&mut self, until: Instant) -> bool {
        self.0.ping(until)
    }

    /// The answers for these articles, in their order.
    ///
    /// # Errors
    /// There are none, or not in time, or not for these articles; what is wrong, for a message.
    pub fn batch(&mut self, articles: &[&Article], until: Instant) -> Result<Vec<Answer>, String> {
        let ids: Vec<String> = articles.iter().map(|article| article.id.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.0.batch(|seq| batch(seq, articles), &ids, until).map_err(told)
    }

    /// Tells the plugin to end.
    ///
    /// # Errors
    /// It does not say that it will; what is wrong, for a message.
    pub fn drain(&mut self, until: Instant) -> Result<(), String> {
        self.0.drain(until).map_err(told)
    }
}

fn told(wrong: Wrong) -> String {
    match wrong {
        Wrong::Garbage(what) => what,
        Wrong::Pipe(PipeError::Closed) => "it has ended".to_owned(),
        Wrong::Pipe(PipeError::Late) => "it is late".to_owned(),
        Wrong::Pipe(PipeError::Oversize) => "a line is too long".to_owned(),
        Wrong::Pipe(PipeError::Io(error)) => error.to_string(),
    }
}
