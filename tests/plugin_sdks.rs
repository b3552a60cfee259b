//! The SDKs for plugins of type `exec`, fed with right and with spoilt frames: each is answered rightly, or the process ends
//! and says why. None hangs. The changes are the same each time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use common::{Chance, program, scale, stderr};
use serde_json::{Value, json};

const PYTHON: &str = "import sys; sys.path.insert(0, 'examples/plugins/python'); import copydesk_plugin; \
    copydesk_plugin.run(lambda article, _: article.note('bytes', len(article.text.encode())))";

const JS: &str = "import * as copydesk from './examples/plugins/js/copydesk_plugin.mjs'; \
    copydesk.run((article) => article.note('bytes', Buffer.byteLength(article.text)))";

const RUST: &str = r#"
mod copydesk_plugin;
use copydesk_plugin::{Article, Outcome, Value, Verdict};

fn process(article: &mut Article, _: &Value) -> Outcome {
    article.note("bytes", article.text().len());
    Ok(Verdict::Keep)
}

fn main() {
    copydesk_plugin::run("mine", "1", process);
}
"#;

/// A plugin, spoken to over its standard descriptors.
struct Plugin {
    child: Child,
    lines: Receiver<String>,
    said: Receiver<String>,
}

impl Plugin {
    fn start(command: &[&str]) -> Plugin {
        let mut child = Command::new(command[0])
            .args(&command[1..])
            .env("COPYDESK_IN_FD", "0")
            .env("COPYDESK_OUT_FD", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let ((to_lines, lines), (to_said, said)) = (channel(), channel());
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _gone = to_lines.send(line);
            }
        });
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ended = err.read_to_end(&mut text);
            let _gone = to_said.send(String::from_utf8_lossy(&text).into_owned());
        });
        let mut plugin = Plugin { child, lines, said };
        let hello = json!({"t": "hello", "proto": [1], "stage": "mine", "config": {}, "max_batch": 64});
        let answers = plugin.give(hello.to_string().as_bytes(), 0).unwrap();
        assert_eq!((answers[0]["t"].as_str(), answers[0]["proto"].as_u64()), (Some("ready"), Some(1)));
        plugin
    }

    /// What is answered to a line, up to the answer of the ping behind it; `None` if the plugin has ended over it.
    fn give(&mut self, line: &[u8], n: u64) -> Option<Vec<Value>> {
        let to = self.child.stdin.as_mut().unwrap();
        let ping = json!({"t": "ping", "n": n}).to_string();
        // It may have ended already; what it answers is looked at either way.
        let _ended = to.write_all(&[line, b"\n", ping.as_bytes(), b"\n"].concat()).and_then(|()| to.flush());
        let mut answers = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(20)) {
                Ok(line) => {
                    let answer: Value =
                        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                    if answer["t"] == "pong" && answer["n"] == n {
                        return Some(answers);
                    }
                    answers.push(answer);
                }
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    panic!("it hangs over {:?}", String::from_utf8_lossy(line))
                }
            }
        }
    }

    /// How it has ended: never as if all were well, and never without a word.
    fn has_ended(mut self, over: &[u8], word: &str) {
        // As copydesk does once the answers have ended.
        drop(self.child.stdin.take());
        let said = self.said.recv_timeout(Duration::from_secs(20)).unwrap();
        let status = self.child.wait().unwrap();
        let over = String::from_utf8_lossy(over);
        assert!(!status.success(), "it ends over {over:?} as if all were well");
        assert!(said.contains(word), "it ends over {over:?} and says {said:?}");
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

const TEXTS: [&str; 6] = [
    "The harbour of Wend.",
    "Ünder the bridge — “so” it was, \u{202e}and\u{2028}back.",
    "\u{1f6a2} 船が来た \u{7f}\u{1b}[31m",
    "",
    "\"quoted\" \\ and / slashed\t",
    "الميناء\u{fffd}\u{feff}",
];

/// A batch, and the bytes of the body of each of its articles.
fn batch(chance: &mut Chance, seq: u64) -> (Value, Vec<(String, usize)>) {
    let mut items = Vec::new();
    let mut expected = Vec::new();
    for k in 0..=chance.below(3) {
        let mut texts = Vec::new();
        let blocks = (0..chance.below(5)).map(|idx| {
            let text = TEXTS[chance.below(TEXTS.len() as u64) as usize];
            let kind = if idx == 1 { "byline" } else { "paragraph" };
            if idx != 1 {
                texts.push(text);
            }
            json!({"kind": kind, "text": text, "span": [0, text.len()]})
        });
        let blocks: Vec<Value> = blocks.collect();
        let id = format!("{:064x}", seq * 10 + k);
        items.push(json!({"k": k, "article": {"id": id, "uri": "file:a", "blocks": blocks, "notes": {}}}));
        expected.push((id, texts.join("\n\n").len()));
    }
    (json!({"t": "batch", "seq": seq, "deadline_ms": 1000, "items": items}), expected)
}

fn check_right(answers: &[Value], seq: u64, expected: &[(String, usize)]) {
    assert_eq!(answers.len(), 1, "one answer");
    assert_eq!((answers[0]["t"].as_str(), answers[0]["seq"].as_u64()), (Some("result"), Some(seq)));
    let items = answers[0]["items"].as_array().unwrap();
    assert_eq!(items.len(), expected.len());
    for (k, (item, (id, n_bytes))) in items.iter().zip(expected).enumerate() {
        assert_eq!((item["k"].as_u64(), item["id"].as_str()), (Some(k as u64), Some(id.as_str())));
        assert_eq!((&item["op"], &item["notes"]["bytes"]), (&json!("keep"), &json!(n_bytes)), "{item}");
    }
}

/// One article of the batch is no article any more: it alone fails.
fn spoil_one(chance: &mut Chance, frame: &mut Value) -> usize {
    let items = frame["items"].as_array_mut().unwrap();
    let place = chance.below(items.len() as u64) as usize;
    let article = &mut items[place]["article"];
    match chance.below(4) {
        0 => drop(article.as_object_mut().unwrap().remove("blocks")),
        1 => article["blocks"] = json!(7),
        2 => article["blocks"] = json!([null]),
        _ => article["blocks"] = Value::Null,
    }
    place
}

/// Whole lines of JSON that are no message, or one that lacks what it needs.
const ODD: [&str; 14] = [
    "{}",
    "[]",
    "7",
    "null",
    "\"batch\"",
    "{\"t\":null}",
    "{\"t\":\"batch\"}",
    "{\"t\":\"batch\",\"items\":[]}",
    "{\"t\":\"batch\",\"seq\":\"}\",\"items\":[]}",
    "{\"t\":\"batch\",\"seq\":{},\"items\":[]}",
    "{\"t\":\"batch\",\"seq\":1}",
    "{\"t\":\"batch\",\"seq\":1,\"items\":null}",
    "{\"t\":\"batch\",\"seq\":1,\"items\":[null]}",
    "{\"t\":\"batch\",\"seq\":1,\"items\":[{\"k\":\"\\ud800\"}]}",
];

/// `word` stands in what it says when it ends.
fn run(command: &[&str], word: &str) {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut plugin = Plugin::start(command);
    let (mut n_right, mut n_ended) = (0, 0);
    for line in ODD {
        // What is answered, if anything, is JSON.
        if plugin.give(line.as_bytes(), 0).is_none() {
            plugin.has_ended(line.as_bytes(), word);
            plugin = Plugin::start(command);
        }
    }
    for seq in 1..=scale(240, 6000) {
        let (mut frame, expected) = batch(&mut chance, seq);
        match chance.below(8) {
            0 => {
                let mut bytes = frame.to_string().into_bytes();
                for _ in 0..=chance.below(3) {
                    let at = chance.below(bytes.len() as u64) as usize;
                    match chance.below(4) {
                        0 => bytes.truncate(at.max(1)),
                        1 => drop(bytes.splice(at..(at + 9).min(bytes.len()), *b"\xff")),
                        2 => bytes[at] = chance.below(256) as u8,
                        _ => drop(bytes.splice(at..at, b"[[[[[[[[".repeat(400))),
                    }
                }
                bytes.retain(|byte| *byte != b'\n');
                if plugin.give(&bytes, seq).is_none() {
                    plugin.has_ended(&bytes, word);
                    plugin = Plugin::start(command);
                    n_ended += 1;
                }
            }
            1 => {
                let place = spoil_one(&mut chance, &mut frame);
                let answers =
                    plugin.give(frame.to_string().as_bytes(), seq).expect("one bad article ends nothing");
                for (k, item) in answers[0]["items"].as_array().unwrap().iter().enumerate() {
                    assert_eq!(item["op"] == "fail", k == place, "{item}");
                    assert_eq!(item["id"], expected[k].0);
                }
            }
            2 => {
                frame["t"] = json!("greetings");
                let answers =
                    plugin.give(frame.to_string().as_bytes(), seq).expect("what is unknown is passed over");
                assert_eq!(answers, Vec::<Value>::new());
            }
            3 => {
                frame["stranger"] = json!({"deep": [1, null]});
                frame["items"][0]["stranger"] = json!("x");
                frame["items"][0]["article"]["stranger"] = json!([]);
                check_right(&plugin.give(frame.to_string().as_bytes(), seq).unwrap(), seq, &expected);
            }
            _ => {
                check_right(&plugin.give(frame.to_string().as_bytes(), seq).unwrap(), seq, &expected);
                n_right += 1;
            }
        }
    }
    assert!(n_right > 60 && n_ended > 3, "{n_right} right, {n_ended} ended");
}

#[test]
fn python_answers_rightly_or_says_why_not() {
    run(&["python3", "-c", PYTHON], "Error");
}

#[test]
fn javascript_answers_rightly_or_says_why_not() {
    run(&["node", "--input-type=module", "-e", JS], "Error");
}

#[test]
fn rust_answers_rightly_or_says_why_not() {
    let dir = tempfile::tempdir().unwrap();
    let made =
        program().current_dir(dir.path()).args(["plugin", "new", "mine", "--lang", "rust"]).output().unwrap();
    assert!(made.status.success(), "{}", stderr(&made));
    std::fs::write(dir.path().join("mine/src/main.rs"), RUST).unwrap();
    let built = Command::new("cargo")
        .args(["build", "--offline", "--quiet"])
        .current_dir(dir.path().join("mine"))
        .env("CARGO_TARGET_DIR", dir.path().join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", stderr(&built));
    run(&[dir.path().join("target/debug/mine").to_str().unwrap()], "mine: ");
}
