//! What came of an article: what the plugin has proposed, told from the article before and after.

use copydesk_core::{Article, RecordView, StageError, Verdict};
use copydesk_plugin::Plugin;
use serde_json::{Map, Value, json};

use super::counted;

/// What came of an article.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Came {
    /// It goes on, with this.
    Keep { notes: Map<String, Value>, fields: Map<String, Value>, cuts: Vec<CameCut> },
    /// It is left out.
    Drop(String),
    /// The plugin says that it cannot: code and message.
    Fail(String),
    /// The plugin did not answer in time.
    Hung(String),
    /// The plugin did what else it must not.
    Broke(String),
}

/// A cut that was taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CameCut {
    pub(super) text: String,
    pub(super) reason: String,
    pub(super) rule: String,
}

impl Came {
    /// In a few words.
    pub(super) fn brief(&self) -> String {
        match self {
            Came::Keep { notes, fields, cuts } => {
                let parts = [(notes.len(), "note"), (fields.len(), "field"), (cuts.len(), "cut")];
                let parts: Vec<String> =
                    parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| counted(*n, what)).collect();
                if parts.is_empty() { "nothing proposed".into() } else { parts.join(", ") }
            }
            Came::Drop(reason) => format!("dropped: {reason}"),
            Came::Fail(said) => format!("it says that it cannot: {said}"),
            Came::Hung(what) | Came::Broke(what) => what.clone(),
        }
    }

    /// Whether it did not answer in time.
    pub(super) fn hung(&self) -> bool {
        matches!(self, Came::Hung(_))
    }

    /// An error if there is no answer that one may have for any article.
    pub(super) fn survived(&self) -> Result<(), String> {
        match self {
            Came::Keep { .. } | Came::Drop(_) => Ok(()),
            Came::Fail(said) => Err(format!("expected an answer, came a failure: {said}")),
            Came::Hung(what) | Came::Broke(what) => Err(format!("expected an answer; {what}")),
        }
    }
}

/// Gives the articles to the plugin at once, and tells what came of each.
pub(super) fn batch_answers(plugin: &mut dyn Plugin, stage: &str, articles: &[Article]) -> Vec<Came> {
    let mut after = articles.to_vec();
    let results = plugin.process_batch(&mut after.iter_mut().collect::<Vec<_>>());
    let pairs = articles.iter().zip(&after);
    pairs.zip(results).map(|((before, after), result)| came(stage, before, after, result)).collect()
}

fn came(stage: &str, before: &Article, after: &Article, result: Result<Verdict, StageError>) -> Came {
    match result {
        Ok(Verdict::Drop(reason)) => Came::Drop(reason),
        Err(error) => failed(stage, error.code, &error.message),
        Ok(Verdict::Keep) => {
            let is_new = |(name, _): &(&String, &Value)| !before.notes.contains_key(name.as_str());
            let notes = after.notes.iter().filter(is_new).map(|(name, value)| (name.clone(), value.clone()));
            let mine = after.cuts().iter().filter(|cut| cut.stage == stage);
            let cuts = mine.map(|cut| CameCut {
                text: cut.span.of_text(after.raw()).to_owned(),
                reason: json!(cut.reason).as_str().unwrap_or_default().to_owned(),
                rule: cut.rule.to_string(),
            });
            Came::Keep { notes: notes.collect(), fields: fields(stage, after), cuts: cuts.collect() }
        }
    }
}

/// The fields that the stage has set, as the record has them.
fn fields(stage: &str, article: &Article) -> Map<String, Value> {
    let rule = format!("plugin:{stage}");
    let set: Vec<&str> = article
        .evidence
        .iter()
        .filter(|(_, evidence)| evidence.rule == rule)
        .map(|(name, _)| *name)
        .collect();
    if set.is_empty() {
        return Map::new();
    }
    let record: Value = serde_json::from_str(&RecordView(article).to_json()).unwrap_or_default();
    set.into_iter().filter_map(|name| Some((name.to_owned(), record.get(name)?.clone()))).collect()
}

/// The reason of a quarantine, without what is the same in all.
fn failed(stage: &str, code: &str, message: &str) -> Came {
    let head = format!("plugin `{stage}` ");
    let rest = message.strip_prefix(&head).unwrap_or(message);
    let rest = match rest.split_once(") ") {
        Some((hash, rest)) if hash.starts_with("(SHA-256 ") => rest,
        _ => rest,
    };
    let what = || format!("it {}", rest.strip_prefix("is down: it ").unwrap_or(rest));
    match code {
        // Behind the number of the attempt stands what the plugin says itself.
        "plugin_failed" => Came::Fail(rest.split_once("): ").map_or(rest, |(_, said)| said).to_owned()),
        "plugin_hung" => Came::Hung(what()),
        _ => Came::Broke(what()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plugin_says_is_told_from_what_it_did() {
        let failed = |code, message| failed("mine", code, message);
        let said = "plugin `mine` (SHA-256 ab12) failed (attempt 1): ValueError: no (such): sea";
        assert_eq!(failed("plugin_failed", said), Came::Fail("ValueError: no (such): sea".into()));
        let did = "plugin `mine` (SHA-256 ab12) crashed over this article: exit code 1 (attempt 2 of 2)";
        assert_eq!(
            failed("plugin_crashed", did),
            Came::Broke("it crashed over this article: exit code 1 (attempt 2 of 2)".into())
        );
        let hung = failed("plugin_hung", "plugin `mine` (SHA-256 ab12) timed out over 7 articles: no");
        assert_eq!(hung, Came::Hung("it timed out over 7 articles: no".into()));
        assert!(hung.hung());
        let down = "plugin `mine` is down: it cannot be started: no such file";
        assert_eq!(failed("plugin_down", down), Came::Broke("it cannot be started: no such file".into()));
    }
}
