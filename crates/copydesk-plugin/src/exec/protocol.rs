//! The lines that go between host and plugin: one JSON object each, version 1.
//!
//! ```text
//! > {"t":"hello","proto":[1],"host":"copydesk/0.1.0","stage":"NAME","config":{…},"max_frame":16777216,"max_batch":64}
//! < {"t":"ready","proto":1,"name":"…","version":"…","max_batch":64}
//! > {"t":"batch","seq":17,"deadline_ms":10000,"items":[{"k":0,"article":{"id":"…",…}},…]}
//! < {"t":"result","seq":17,"items":[{"k":0,"id":"…","op":"keep","notes":{…},"fields":{…},"cuts":[…]},
//!     {"k":1,"id":"…","op":"drop","reason":"…"},{"k":2,"id":"…","op":"fail","code":"…","message":"…","retryable":false}]}
//! > {"t":"ping","n":1}  < {"t":"pong","n":1}
//! > {"t":"drain"}       < {"t":"drained"}, and the plugin ends
//! ```
//!
//! Each `k` is answered once, with the `id` of its article. Unknown members are passed over; an unknown `t` is an error.

use std::borrow::Cow;
use std::fmt::{Formatter, Write};

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::pipe::MAX_FRAME;
use crate::proposal::{Answer, Failure, Proposals, said};

/// The version of the protocol.
pub(crate) const VERSION: u32 = 1;

/// What a line of a plugin says.
#[derive(Debug)]
pub(crate) enum FromPlugin {
    Ready(Ready),
    Result { seq: u64, items: Vec<Item> },
    Pong { n: u64 },
    Drained,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Ready,
    Result,
    Pong,
    Drained,
}

/// A line as it is read, whatever it says: a tagged enum would hold all of it as values before it knows which one it is.
#[derive(Debug, Deserialize)]
struct Frame {
    t: Kind,
    proto: Option<u32>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    max_batch: Option<usize>,
    seq: Option<u64>,
    #[serde(default, deserialize_with = "some_items")]
    items: Option<Vec<Item>>,
    n: Option<u64>,
}

impl Frame {
    fn says(self) -> Result<FromPlugin, &'static str> {
        Ok(match self.t {
            Kind::Ready => FromPlugin::Ready(Ready {
                proto: self.proto.ok_or("missing field `proto`")?,
                // They are shown to people, and go into the log.
                name: said(&self.name, SHOWN),
                version: said(&self.version, SHOWN),
                max_batch: self.max_batch,
            }),
            Kind::Result => FromPlugin::Result {
                seq: self.seq.ok_or("missing field `seq`")?,
                items: self.items.ok_or("missing field `items`")?,
            },
            Kind::Pong => FromPlugin::Pong { n: self.n.ok_or("missing field `n`")? },
            Kind::Drained => FromPlugin::Drained,
        })
    }
}

/// Characters of a plugin's name and its version that are shown.
const SHOWN: usize = 100;

/// Answers in one line; a batch has no more articles.
const MAX_ITEMS: usize = 1000;

/// As many items as a batch can have; one more is an error, and none is read after it.
fn some_items<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Item>>, D::Error> {
    struct Items;

    impl<'de> Visitor<'de> for Items {
        type Value = Vec<Item>;

        fn expecting(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
            write!(out, "a list of at most {MAX_ITEMS} items")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut given: A) -> Result<Vec<Item>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = given.next_element()? {
                if items.len() == MAX_ITEMS {
                    return Err(A::Error::custom(format!("more than {MAX_ITEMS} items")));
                }
                items.push(item);
            }
            Ok(items)
        }
    }

    from.deserialize_seq(Items).map(Some)
}

/// How a plugin presents itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ready {
    proto: u32,
    pub(crate) name: String,
    pub(crate) version: String,
    max_batch: Option<usize>,
}

impl Ready {
    /// Articles it takes at once.
    pub(crate) fn max_batch(&self) -> usize {
        self.max_batch.unwrap_or(usize::MAX).max(1)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    k: usize,
    id: String,
    op: Op,
    notes: Option<Box<RawValue>>,
    fields: Option<Box<RawValue>>,
    cuts: Option<Box<RawValue>>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    retryable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Keep,
    Drop,
    Fail,
}

pub(crate) fn hello(stage: &str, config: &Value, max_batch: usize) -> String {
    line(&json!({
        "t": "hello", "proto": [VERSION], "host": concat!("copydesk/", env!("CARGO_PKG_VERSION")), "stage": stage,
        "config": config, "max_frame": MAX_FRAME, "max_batch": max_batch,
    }))
}

pub(crate) fn ping(n: u64) -> Vec<u8> {
    line(&json!({"t": "ping", "n": n})).into_bytes()
}

pub(crate) fn drain() -> Vec<u8> {
    line(&json!({"t": "drain"})).into_bytes()
}

/// A batch of articles that are JSON already.
pub(crate) fn batch<'a>(seq: u64, deadline_ms: u128, articles: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut frame = format!("{{\"t\":\"batch\",\"seq\":{seq},\"deadline_ms\":{deadline_ms},\"items\":[");
    for (k, article) in articles.enumerate() {
        let gap = if k == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(frame, "{gap}{{\"k\":{k},\"article\":");
        frame.push_str(&article);
        frame.push('}');
    }
    frame.push_str("]}\n");
    frame
}

fn line(value: &Value) -> String {
    let mut line = value.to_string();
    line.push('\n');
    line
}

/// What a line of a plugin says; the error says what is wrong with it.
pub(crate) fn parse(line: &[u8]) -> Result<FromPlugin, String> {
    // A list would be taken for an object whose members stand in order.
    let is_object = line.trim_ascii_start().starts_with(b"{");
    let frame = if is_object {
        serde_json::from_slice(line).map_err(|error| error.to_string())
    } else {
        Err("it is no object".to_owned())
    };
    frame.and_then(|frame: Frame| frame.says().map_err(str::to_owned)).map_err(|error| {
        let start: String =
            String::from_utf8_lossy(line.get(..80).unwrap_or(line)).escape_debug().to_string();
        // It quotes what the plugin wrote.
        let error = said(&error, 200);
        format!("`{start}` is no line of the protocol: {error}")
    })
}

/// A plugin that speaks our version.
pub(crate) fn check_ready(ready: &Ready) -> Result<(), String> {
    if ready.proto == VERSION {
        return Ok(());
    }
    Err(format!("it speaks version {} of the protocol, this program speaks {VERSION}", ready.proto))
}

/// The answers in the order of `ids`: each of them once, and for the right article.
pub(crate) fn answers(items: Vec<Item>, ids: &[&str]) -> Result<Vec<Answer>, String> {
    let mut answers: Vec<Option<Answer>> = ids.iter().map(|_| None).collect();
    for item in items {
        let k = item.k;
        let (Some(place), Some(id)) = (answers.get_mut(k), ids.get(k)) else {
            return Err(format!("it answers for article {k} of a batch of {}", ids.len()));
        };
        if item.id != *id {
            let given: String = item.id.chars().take(64).collect();
            return Err(format!("it answers for another article (`{}`) as {k}", given.escape_debug()));
        }
        if place.replace(item.answer()).is_some() {
            return Err(format!("it answers twice for article {k}"));
        }
    }
    let n_missing = answers.iter().filter(|answer| answer.is_none()).count();
    let whole: Option<Vec<Answer>> = answers.into_iter().collect();
    whole.ok_or_else(|| format!("it does not answer for {n_missing} of {} articles", ids.len()))
}

impl Item {
    fn answer(self) -> Answer {
        match self.op {
            Op::Keep => Answer::Keep(Proposals {
                notes: self.notes.into(),
                fields: self.fields.into(),
                cuts: self.cuts.into(),
            }),
            Op::Drop => Answer::drop(&self.reason),
            Op::Fail => Answer::Fail(Failure {
                code: said(&self.code, 64),
                message: said(&self.message, 1000),
                retryable: self.retryable,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IDS: [&str; 2] = ["aa", "bb"];

    fn answered(items: &str) -> Result<Vec<Answer>, String> {
        let line = format!("{{\"t\":\"result\",\"seq\":1,\"items\":[{items}],\"more\":[1]}}");
        match parse(line.as_bytes())? {
            FromPlugin::Result { items, .. } => answers(items, &IDS),
            other => panic!("{other:?}"),
        }
    }

    const FIRST: &str = r#"{"k":0,"id":"aa","op":"keep","notes":{"n":1},"new":true}"#;
    const SECOND: &str = r#"{"k":1,"id":"bb","op":"drop","reason":" a\u001b "}"#;

    #[test]
    fn answers_come_in_any_order_each_once_and_for_its_article() {
        let both = answered(&format!("{SECOND},{FIRST}")).unwrap();
        assert!(matches!(&both[0], Answer::Keep(proposals) if proposals.notes.text() == "{\"n\":1}"));
        assert_eq!(both[1], Answer::Drop("a\\u{1b}".into()));
        for (items, expected) in [
            (FIRST.to_owned(), "it does not answer for 1 of 2 articles"),
            (format!("{FIRST},{FIRST}"), "twice for article 0"),
            (FIRST.replace("aa", "bb"), "for another article (`bb`) as 0"),
            (FIRST.replace(":0", ":2"), "article 2 of a batch of 2"),
            (FIRST.replace("keep", "kept"), "unknown variant `kept`"),
            (FIRST.replace("\"id\":\"aa\",", ""), "missing field `id`"),
        ] {
            let error = answered(&items).unwrap_err();
            assert!(error.contains(expected), "{items}: {error}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        let ready = |line: &[u8]| match parse(line) {
            Ok(FromPlugin::Ready(ready)) => check_ready(&ready),
            other => panic!("{other:?}"),
        };
        assert_eq!(ready(br#"{"t":"ready","proto":1}"#), Ok(()));
        assert!(ready(br#"{"t":"ready","proto":2}"#).unwrap_err().contains("version 2"));
    }

    proptest! {
        /// Whatever a plugin writes, there is an answer for every article or an error.
        #[test]
        fn no_line_is_too_strange(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            at in 0..200_usize,
        ) {
            let mut line = format!("{{\"t\":\"result\",\"seq\":1,\"items\":[{FIRST},{SECOND}]}}").into_bytes();
            let at = at.min(line.len());
            line.splice(at..(at + bytes.len() / 4).min(line.len()), bytes);
            if let Ok(FromPlugin::Result { items, .. }) = parse(&line)
                && let Ok(answers) = answers(items, &IDS)
            {
                prop_assert_eq!(answers.len(), IDS.len());
            }
        }
    }
}
