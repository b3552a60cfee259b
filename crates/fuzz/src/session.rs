//! A whole conversation with a plugin: hello, pings, batches, drain, over pipes in which all that it ever answers stands
//! already, whole or torn, right or spoilt, early or not at all. Whoever answers rightly is understood, and nobody else;
//! nothing hangs, and what is wrong is told in a line.

use std::io::{PipeReader, PipeWriter, Write};
use std::time::{Duration, Instant};

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span};
use copydesk_plugin::Answer;
use copydesk_plugin::wire::Conversation;
use serde_json::json;

use super::variant;

/// One thing that the host says, and waits for an answer to.
#[derive(Debug, Clone, Copy)]
enum Step {
    Ping,
    Batch(usize),
}

/// How a plugin's lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quality {
    Right,
    /// Any, or changed where it may not matter.
    Unknown,
    Wrong,
}

/// What a plugin has written by the end: the right answers, unless the bytes choose otherwise.
struct Script {
    written: Vec<u8>,
    quality: Quality,
}

/// The bytes choose what is said and what is answered; from a variant of its own on, they are what is answered.
pub fn run(bytes: &[u8]) {
    let (variant, rest) = variant(bytes);
    let mut choices = rest.iter().copied();
    let mut choose = move |n: u8| choices.next().unwrap_or(0) % n;
    let steps: Vec<Step> = (0..choose(6))
        .map(|_| if choose(3) == 0 { Step::Ping } else { Step::Batch(usize::from(choose(4)) + 1) })
        .collect();
    let articles: Vec<Article> = (0..4).map(article).collect();
    let script = if variant >= 224 {
        Script { written: rest.to_vec(), quality: Quality::Unknown }
    } else {
        written(&steps, &articles, &mut choose)
    };
    let (is_open, is_stuffed) = (variant % 8 == 7, variant % 16 == 5);
    let ends = Ends::new(&script.written, is_open, is_stuffed);
    match converse(&steps, &articles, ends, is_open, script.quality == Quality::Right) {
        Ok(()) => {
            assert!(script.quality != Quality::Wrong && !is_stuffed, "what is not right was understood");
        }
        Err(what) => {
            assert!(!what.contains(char::is_control), "a message is one line: {what:?}");
            assert!(what.len() < 4096, "a message is short");
            let can_fail = is_open || is_stuffed || script.quality != Quality::Right;
            assert!(can_fail, "what is right was not understood: {what}");
        }
    }
}

fn article(number: u8) -> Article {
    let text = format!("The ferry to Saltby was late, for the {number}th time.");
    let block = Block::plain(Span::new(&text, 0, text.len()).expect("all of it"), BlockKind::Paragraph);
    Article::new(ArticleId::from_bytes([number; 32]), Origin::default(), text, vec![block])
}

/// Bytes that a pipe holds.
const ROOM: usize = 1 << 16;

/// Both pipes as the plugin leaves them.
struct Ends {
    to: PipeWriter,
    from: PipeReader,
    /// What the plugin does not close.
    _held: (PipeReader, Option<PipeWriter>),
}

impl Ends {
    /// All that is answered is there; `is_open` if more could come, `is_stuffed` if there is no room to say anything.
    fn new(written: &[u8], is_open: bool, is_stuffed: bool) -> Ends {
        let (reader, mut to) = std::io::pipe().expect("a pipe");
        let (from, mut writer) = std::io::pipe().expect("a pipe");
        if is_stuffed {
            to.write_all(&vec![b' '; ROOM]).expect("room in a pipe");
        }
        // As much as a pipe holds: nobody reads yet.
        let fitting = written.get(..written.len().min(ROOM)).expect("no more than there is");
        writer.write_all(fitting).expect("room in a pipe");
        Ends { to, from, _held: (reader, is_open.then_some(writer)) }
    }
}

/// What the host says, up to the first thing that goes wrong.
fn converse(
    steps: &[Step],
    articles: &[Article],
    ends: Ends,
    is_open: bool,
    is_right: bool,
) -> Result<(), String> {
    let Ends { to, from, _held } = ends;
    let mut conversation = Conversation::over(to.into(), from.into()).expect("pipes");
    // Where nothing more can come, nothing is waited for, and a hang is found by libFuzzer's own limit.
    let patience = if is_open { Duration::from_micros(200) } else { Duration::from_secs(60) };
    let until = || Instant::now() + patience;
    let ready = conversation.greet("mine", 64, until())?;
    for text in [&ready.name, &ready.version] {
        assert!(!text.contains(char::is_control) && text.len() <= 1000, "{text:?}");
    }
    assert!(ready.max_batch >= 1);
    for step in steps {
        match *step {
            Step::Ping if !conversation.ping(until()) => return Err("it is gone".into()),
            Step::Ping => {}
            Step::Batch(n_articles) => {
                let given: Vec<&Article> = articles.iter().take(n_articles).collect();
                check(&conversation.batch(&given, until())?, &given, is_right);
            }
        }
    }
    conversation.drain(until())
}

/// There is an answer for each, and it is the one that was meant for it, if all are right.
fn check(answers: &[Answer], given: &[&Article], is_right: bool) {
    assert_eq!(answers.len(), given.len(), "an answer for each");
    for (k, (answer, article)) in answers.iter().zip(given).enumerate().filter(|_| is_right) {
        match answer {
            Answer::Drop(reason) => assert_eq!(*reason, format!("for {}", article.id)),
            Answer::Keep(proposals) => assert_eq!(proposals.notes.text(), format!("{{\"n\":{k}}}")),
            Answer::Fail(failure) => assert_eq!((&*failure.message, failure.retryable), ("m", true)),
        }
    }
}

/// What the plugin answers to these steps.
fn written(steps: &[Step], articles: &[Article], choose: &mut impl FnMut(u8) -> u8) -> Script {
    let mut script = Script { written: Vec::new(), quality: Quality::Right };
    let name = ["harbour", "", "n\u{1b}\u{202e}\u{0}é", "\n\n"][usize::from(choose(4))];
    let max_batch = [json!(null), json!(0), json!(1), json!(u64::MAX)][usize::from(choose(4))].clone();
    let ready =
        json!({"t": "ready", "proto": 1, "name": name, "version": "1", "max_batch": max_batch, "more": [{}]});
    script.line(&ready.to_string(), false, choose);
    for (idx, step) in steps.iter().enumerate() {
        let seq = idx + 1;
        let line = match *step {
            Step::Ping => json!({"t": "pong", "n": seq}).to_string(),
            Step::Batch(n_articles) => {
                let mut items: Vec<String> = articles.iter().take(n_articles).enumerate().map(item).collect();
                let turn = usize::from(choose(4)) % items.len();
                items.rotate_left(turn);
                format!("{{\"items\":[{}],\"seq\":{seq},\"t\":\"result\"}}", items.join(","))
            }
        };
        script.line(&line, false, choose);
    }
    script.line("{\"t\":\"drained\"}", true, choose);
    script
}

fn item((k, article): (usize, &Article)) -> String {
    let id = article.id.to_string();
    match k % 3 {
        0 => json!({"k": k, "id": id, "op": "drop", "reason": format!("for {id}")}).to_string(),
        1 => json!({"k": k, "id": id, "op": "keep", "notes": {"n": k}, "later": null}).to_string(),
        _ => json!({"k": k, "id": id, "op": "fail", "code": "c", "message": "m\n", "retryable": true})
            .to_string(),
    }
}

impl Script {
    /// One more line, as it is for the most part.
    fn line(&mut self, line: &str, is_last: bool, choose: &mut impl FnMut(u8) -> u8) {
        let mut bytes = line.as_bytes().to_vec();
        bytes.push(b'\n');
        let quality = spoil(&mut bytes, is_last, choose);
        self.written.extend(bytes);
        self.quality = self.quality.max(quality);
    }
}

fn spoil(line: &mut Vec<u8>, is_last: bool, choose: &mut impl FnMut(u8) -> u8) -> Quality {
    // Behind the last line nobody reads any more.
    let early = if is_last { Quality::Unknown } else { Quality::Wrong };
    let place = |choose: &mut dyn FnMut(u8) -> u8| usize::from(choose(255)) * (line.len() - 1) / 255;
    match choose(24) {
        // What may stand around every JSON.
        1 => drop(line.splice(0..0, *b" \t\r")),
        2 => line.insert(line.len() - 1, b'\r'),
        3 => {
            line.clear();
            return Quality::Wrong;
        }
        4 => {
            line.insert(0, b'\n');
            return Quality::Wrong;
        }
        5 => {
            *line = line.repeat(2);
            return early;
        }
        6 => {
            line.splice(0..0, *b"{\"t\":\"drained\"}\n");
            return early;
        }
        7 => {
            let at = place(choose);
            line.truncate(at);
            return Quality::Wrong;
        }
        8 => {
            let deep = [&b"{\"t\":\"result\",\"seq\":1,\"items\":"[..], &b"[".repeat(20_000)].concat();
            line.splice(0..0, deep);
            return Quality::Wrong;
        }
        9 => {
            let at = place(choose);
            line[at] = choose(255);
            return Quality::Unknown;
        }
        10 => {
            line.splice(0..0, *b"\xff\xfe\x00");
            return Quality::Wrong;
        }
        _ => {}
    }
    Quality::Right
}
