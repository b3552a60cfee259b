//! The lines of the protocol of `exec`, without a process at the other end: for those who test either side of it.

use std::borrow::Cow;

use copydesk_core::Article;
use serde_json::Value;

use crate::exec::protocol::{self, FromPlugin};
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
