//! A copydesk stage in Rust: this file and serde_json are all it takes. Put it beside your `main.rs`.
//!
//! ```ignore
//! mod copydesk_plugin;
//! use copydesk_plugin::{Article, Outcome, Value, Verdict};
//!
//! fn process(article: &mut Article, config: &Value) -> Outcome {
//!     article.note("n_blocks", article.blocks().len());
//!     Ok(Verdict::Keep)
//! }
//!
//! fn main() {
//!     copydesk_plugin::run("my_stage", "1.0.0", process);
//! }
//! ```
//!
//! The function gets one article and the table `[stage.config]` of the configuration. It proposes: [`Article::note`],
//! [`Article::set`], [`Article::cut`]. It returns [`Verdict::Keep`], or [`Verdict::Drop`] to leave the article out. An
//! error, from `?` or as text, sets the article aside, and so does a panic; [`Failure::retry`] has it tried again.
//!
//! Print what you like: it goes to copydesk's log. Articles come and answers go by descriptors of their own.
#![allow(dead_code, unreachable_pub)]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

pub use serde_json::{json, Value};

/// Bytes of the answer for one article, so that one costs no other: copydesk takes less.
const MAX_ANSWER: usize = 4 << 20;

/// What the function answers.
pub type Outcome = Result<Verdict, Failure>;

/// What becomes of an article.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// On with it, and with what was proposed.
    Keep,
    /// Out with it, for this reason.
    Drop(String),
}

/// Why the function cannot. Any error becomes one with `?`, and any text with `.ok_or("…")?` or `Err("…")?`.
#[derive(Debug, Clone)]
pub struct Failure {
    code: String,
    message: String,
    retryable: bool,
}

impl Failure {
    /// The article is set aside, with this message.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { code: "error".into(), message: message.into(), retryable: false }
    }

    /// The article may go well at another time: three tries in all, then it is set aside.
    pub fn retry(message: impl Into<String>) -> Failure {
        Failure { code: "retry".into(), message: message.into(), retryable: true }
    }
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(error.into().to_string())
    }
}

/// A piece of the article that is kept.
#[derive(Debug, Clone)]
pub struct Block {
    /// `title`, `byline`, `date`, `standfirst`, `heading`, `paragraph`, `list_item`, `quote`, `caption`, `table`, `code`.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// Its place in the original, in bytes.
    pub span: (usize, usize),
    /// Its language, where that is not the article's.
    pub language: Option<String>,
}

impl Block {
    /// False for titles, bylines, dates and standfirsts, which are fields and cannot be cut.
    pub fn is_body(&self) -> bool {
        !matches!(self.kind.as_str(), "title" | "byline" | "date" | "standfirst")
    }

    fn read(given: &Value) -> Option<Block> {
        let at = |idx: usize| usize::try_from(given["span"][idx].as_u64()?).ok();
        Some(Block {
            kind: given["kind"].as_str()?.to_owned(),
            text: given["text"].as_str()?.to_owned(),
            span: (at(0)?, at(1)?),
            language: given["language"].as_str().map(str::to_owned),
        })
    }
}

/// A proposal to leave something out.
#[derive(Debug, Clone)]
pub struct Cut {
    span: (usize, usize),
    reason: String,
    rule: Option<String>,
    confidence: f64,
}

impl Cut {
    /// A block of the body. `reason` is one of `consent`, `share`, `subscribe`, `navigation`, `related`, `legal`, `advert`,
    /// `comment`, `repeat`, `promo`, `other`.
    pub fn of(block: &Block, reason: &str) -> Cut {
        Cut { span: block.span, reason: reason.to_owned(), rule: None, confidence: 1.0 }
    }

    /// Some bytes of a block's text, as `str::find` tells them; they must begin and end between characters.
    pub fn part(block: &Block, bytes: std::ops::Range<usize>, reason: &str) -> Cut {
        let span = (block.span.0 + bytes.start, block.span.0 + bytes.end);
        Cut { span, ..Cut::of(block, reason) }
    }

    /// The name of the rule that decides: letters, digits and `_-:./`.
    pub fn rule(self, rule: &str) -> Cut {
        Cut { rule: Some(rule.to_owned()), ..self }
    }

    /// How sure it is, 0 to 1.
    pub fn confidence(self, confidence: f64) -> Cut {
        Cut { confidence, ..self }
    }
}

/// An article as the stages before have left it.
#[derive(Debug)]
pub struct Article {
    /// Its record: `article.record["title"]`, `authors`, `published`, `outlet`, `url`, `language`, `entities`, `keywords`,
    /// `notes`, … What the source does not state is null or empty.
    pub record: Value,
    blocks: Vec<Block>,
    notes: serde_json::Map<String, Value>,
    fields: serde_json::Map<String, Value>,
    cuts: Vec<Value>,
}

impl Article {
    fn read(record: Value) -> Option<Article> {
        let blocks = record["blocks"].as_array()?.iter().map(Block::read).collect::<Option<_>>()?;
        let (notes, fields) = Default::default();
        Some(Article { record, blocks, notes, fields, cuts: Vec::new() })
    }

    /// What is left of it, in order.
    pub fn blocks(&self) -> Vec<Block> {
        self.blocks.clone()
    }

    /// The body: its blocks, a blank line between them.
    pub fn text(&self) -> String {
        let body = self.blocks.iter().filter(|block| block.is_body());
        body.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n")
    }

    /// Proposes a note: any JSON, under a name that no other stage has used. A number that JSON cannot hold, as NaN, is
    /// null: check for it where it may come.
    pub fn note(&mut self, name: &str, value: impl Into<Value>) {
        self.notes.insert(name.to_owned(), value.into());
    }

    /// Proposes a field: title, authors, published, modified, dateline, standfirst, section, site, url, keywords or
    /// summary.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.fields.insert(field.to_owned(), value.into());
    }

    /// Proposes to leave something out.
    pub fn cut(&mut self, cut: Cut) {
        let Cut { span, reason, rule, confidence } = cut;
        let mut value = json!({ "span": [span.0, span.1], "reason": reason, "confidence": confidence });
        if let Some(rule) = rule {
            value["rule"] = rule.into();
        }
        self.cuts.push(value);
    }
}

/// Serves copydesk until it says that it is done.
pub fn run(name: &str, version: &str, mut process: impl FnMut(&mut Article, &Value) -> Outcome) {
    if let Err(error) = serve(name, version, &mut process) {
        eprintln!("{name}: {error}");
        std::process::exit(1);
    }
}

/// A descriptor by its number, opened anew: no unsafe code is needed for that.
fn descriptor(variable: &str) -> io::Result<String> {
    let missing = "this program is started by copydesk: name it in the `command` of a stage of type `exec`";
    let number = std::env::var(variable).map_err(|_| io::Error::other(missing))?;
    Ok(format!("/proc/self/fd/{number}"))
}

fn serve(
    name: &str,
    version: &str,
    process: &mut dyn FnMut(&mut Article, &Value) -> Outcome,
) -> io::Result<()> {
    let mut input = BufReader::new(File::open(descriptor("COPYDESK_IN_FD")?)?);
    let mut output = File::options().write(true).open(descriptor("COPYDESK_OUT_FD")?)?;
    let mut config = Value::Null;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let mut frame: Value = serde_json::from_slice(&line)?;
        let answer = match frame["t"].as_str() {
            Some("hello") => {
                config = frame["config"].take();
                json!({ "t": "ready", "proto": 1, "name": name, "version": version }).to_string()
            }
            Some("batch") => answers(&mut frame, &config, process),
            Some("ping") => json!({ "t": "pong", "n": frame["n"] }).to_string(),
            Some("drain") => json!({ "t": "drained" }).to_string(),
            // Of a later version, and passed over.
            _ => continue,
        };
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
        if frame["t"] == "drain" {
            return Ok(());
        }
    }
}

/// The answer to a batch.
fn answers(
    frame: &mut Value,
    config: &Value,
    process: &mut dyn FnMut(&mut Article, &Value) -> Outcome,
) -> String {
    let seq = frame["seq"].clone();
    let items = frame["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let mut line = format!("{{\"t\":\"result\",\"seq\":{seq},\"items\":[");
    for (idx, mut item) in items.into_iter().enumerate() {
        let head = json!({ "k": item["k"], "id": item["article"]["id"] });
        let mut answer = one(&head, item["article"].take(), config, process).to_string();
        if answer.len() > MAX_ANSWER {
            let message = format!("its answer has {} bytes, at most {MAX_ANSWER} are taken", answer.len());
            answer =
                failed(&head, &Failure { code: "too_large".into(), ..Failure::new(message) }).to_string();
        }
        line.push_str(if idx == 0 { "" } else { "," });
        line.push_str(&answer);
    }
    line + "]}"
}

fn one(
    head: &Value,
    record: Value,
    config: &Value,
    process: &mut dyn FnMut(&mut Article, &Value) -> Outcome,
) -> Value {
    let Some(mut article) = Article::read(record) else {
        return failed(head, &Failure { code: "no_article".into(), ..Failure::new("it has no blocks") });
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| process(&mut article, config))).unwrap_or_else(|panic| {
        // What the panic itself has printed stands above.
        let [id, uri] = ["id", "uri"].map(|name| article.record[name].as_str().unwrap_or_default());
        eprintln!("over article {id} ({uri})");
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Failure { code: "panic".into(), ..Failure::new(text) })
    });
    let mut answer = head.clone();
    match outcome {
        Ok(Verdict::Keep) => {
            answer["op"] = "keep".into();
            answer["notes"] = article.notes.into();
            answer["fields"] = article.fields.into();
            answer["cuts"] = article.cuts.into();
            answer
        }
        Ok(Verdict::Drop(reason)) => {
            answer["op"] = "drop".into();
            answer["reason"] = reason.into();
            answer
        }
        Err(failure) => failed(head, &failure),
    }
}

fn failed(head: &Value, failure: &Failure) -> Value {
    let Failure { code, message, retryable } = failure;
    let message: String = message.chars().take(2_000).collect();
    let mut answer = head.clone();
    answer["op"] = "fail".into();
    answer["code"] = code.as_str().into();
    answer["message"] = message.into();
    answer["retryable"] = (*retryable).into();
    answer
}
