//! The SDKs do the same in every language, whatever a stage hands them: one article's trouble costs no other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{program, stderr};

/// What an article of this one word, followed by others, is expected to bring.
type Case = (&'static str, &'static str);

/// The same in all languages.
const CASES: [Case; 6] = [
    ("DROP", r#"{"drop": "not wanted"}"#),
    ("RETRY", r#"{"fail": "at low tide"}"#),
    ("RAISE", r#"{"fail": "no such harbour"}"#),
    ("HUGE", r#"{"fail": "at most 4194304 are taken"}"#),
    ("PRINT", r#"{"notes": {"printed": true}}"#),
    (
        "ALL",
        r#"{"notes": {"n": [1, null]}, "fields": {"section": "Sea"}, "cuts": [{"text": "– “Ünder”", "reason": "promo", "rule": "part"}]}"#,
    ),
];

const PYTHON: &str = r#"
import os, sys
import copydesk_plugin

def process(article, config):
    text = article.text
    if text.startswith("DROP"): return copydesk_plugin.drop("not wanted")
    if text.startswith("RETRY"): raise copydesk_plugin.Retry("at low tide")
    if text.startswith("RAISE"): raise KeyError("no such harbour")
    if text.startswith("HUGE"): article.note("huge", "x" * 5_000_000)
    if text.startswith("PRINT"):
        print('{"t":"result","seq":1,"items":[]}', flush=True)
        os.write(1, b'{"t":"drained"}\n' * 1000)
        os.write(2, b"\xff\x1b[31m\n")
        article.note("printed", True)
    if text.startswith("ALL"):
        article.note("n", [1, None])
        article.set("section", "Sea")
        block = article.blocks[0]
        start = block.text.index("–")
        article.cut(block, "promo", rule="part", start=start, end=block.text.index("”") + 1)
    if text.startswith("NAN"): article.note("n", float("nan"))
    if text.startswith("HALF"): article.note("half", "\ud800")
    if text.startswith("WORDS"): raise ValueError("half \ud800 a word")
    if text.startswith("EXIT"): sys.exit("bye")
    if text.startswith("RETURN"): return article

copydesk_plugin.run(process)
"#;

const PYTHON_CASES: [Case; 5] = [
    ("NAN", r#"{"fail": "ValueError"}"#),
    ("HALF", r#"{"fail": "surrogates not allowed"}"#),
    ("WORDS", r#"{"fail": "ValueError: half ? a word"}"#),
    ("EXIT", r#"{"fail": "SystemExit: bye"}"#),
    ("RETURN", r#"{"fail": "process returned Article"}"#),
];

const JS: &str = r#"
import fs from "node:fs";
import * as copydesk from "./copydesk_plugin.mjs";

copydesk.run(async (article, config) => {
  const text = article.text;
  if (text.startsWith("DROP")) return copydesk.drop("not wanted");
  if (text.startsWith("RETRY")) throw new copydesk.Retry("at low tide");
  if (text.startsWith("RAISE")) throw new RangeError("no such harbour");
  if (text.startsWith("HUGE")) article.note("huge", "x".repeat(5_000_000));
  if (text.startsWith("PRINT")) {
    console.log('{"t":"result","seq":1,"items":[]}');
    fs.writeSync(1, '{"t":"drained"}\n'.repeat(1000));
    fs.writeSync(2, Buffer.from([255, 27, 10]));
    article.note("printed", true);
  }
  if (text.startsWith("ALL")) {
    article.note("n", [1, null]);
    article.set("section", "Sea");
    const block = article.blocks[0];
    article.cut(block, "promo", { rule: "part", start: block.text.indexOf("–"), end: block.text.indexOf("”") + 1 });
  }
  if (text.startsWith("NAN")) article.note("n", { deep: [NaN] });
  if (text.startsWith("HALF")) article.note("half\ud800", ["a\ud800b", "\\ud800", "😀"]);
  if (text.startsWith("NONE")) article.note("none", undefined);
  if (text.startsWith("THROW")) throw null;
  if (text.startsWith("RETURN")) return article;
});
"#;

const JS_CASES: [Case; 5] = [
    ("NAN", r#"{"fail": "is NaN: JSON has no such number"}"#),
    ("HALF", r#"{"notes": {"half�": ["a�b", "\\ud800", "😀"]}}"#),
    ("NONE", r#"{"fail": "the note none is undefined"}"#),
    ("THROW", r#"{"fail": "null"}"#),
    ("RETURN", r#"{"fail": "return nothing, or copydesk.drop(reason)"}"#),
];

/// As a component: it cannot wait, and has no Node, no clock and no chance.
#[cfg(feature = "wasm")]
const JS_COMPONENT: &str = r#"
import { component, drop, environment, file, now, Retry } from "./copydesk_component.mjs";

console.log("said while it is made, half \ud800 a character");

export const { describe, configure, process } = component((article, config) => {
  const text = article.text;
  if (text.startsWith("DROP")) return drop("not wanted");
  if (text.startsWith("RETRY")) throw new Retry("at low tide");
  if (text.startsWith("RAISE")) throw new RangeError("no such harbour");
  if (text.startsWith("HUGE")) article.note("huge", "x".repeat(5_000_000));
  if (text.startsWith("PRINT")) {
    const itself = {};
    itself.itself = itself;
    console.warn("half \ud800 a character", null, undefined, 10n, Symbol("x"), { deep: [1] }, itself);
    console.error(new Error("a\nb"));
    article.note("printed", true);
  }
  if (text.startsWith("ALL")) {
    article.note("n", [1, null]);
    article.set("section", "Sea");
    const block = article.blocks[0];
    article.cut(block, "promo", { rule: "part", start: block.text.indexOf("–"), end: block.text.indexOf("”") + 1 });
  }
  if (text.startsWith("NAN")) article.note("n", { deep: [NaN] });
  if (text.startsWith("HALF")) article.note("half\ud800", ["a\ud800b", "\\ud800", "😀"]);
  if (text.startsWith("THROW")) throw null;
  if (text.startsWith("WORDS")) throw new Error("half \ud800 a word");
  if (text.startsWith("RETURN")) return article;
  if (text.startsWith("ASYNC")) return Promise.resolve();
  if (text.startsWith("REASON")) article.cut(article.blocks[0], "dull \ud800");
  if (text.startsWith("SPAN")) article.cut({ text: "x", span: ["1", null] }, "promo");
  if (text.startsWith("CLOCK")) article.note("clock", String(new Date()));
  if (text.startsWith("CHANCE")) article.note("chance", Math.random());
  if (text.startsWith("DAY")) article.note("day", new Date(Date.UTC(1931, 4, 2)).toISOString());
  if (text.startsWith("GRANTED")) article.note("granted", [now(), file("names.txt"), environment("HOME\ud800")]);
}, { name: "mine" });
"#;

#[cfg(feature = "wasm")]
const JS_COMPONENT_CASES: [Case; 12] = [
    ("NAN", r#"{"fail": "is NaN: JSON has no such number"}"#),
    ("HALF", r#"{"notes": {"half�": ["a�b", "\\ud800", "😀"]}}"#),
    ("THROW", r#"{"fail": "null"}"#),
    ("WORDS", r#"{"fail": "half � a word"}"#),
    ("RETURN", r#"{"fail": "return nothing, or copydesk.drop(reason)"}"#),
    ("ASYNC", r#"{"fail": "a component cannot wait: its function must not be async"}"#),
    ("REASON", r#"{"fail": "`dull �` is no reason for a cut"}"#),
    ("SPAN", r#"{"fail": "is no span"}"#),
    ("CLOCK", r#"{"fail": "there is no clock"}"#),
    ("CHANCE", r#"{"fail": "there is no chance"}"#),
    ("DAY", r#"{"notes": {"day": "1931-05-02T00:00:00.000Z"}}"#),
    ("GRANTED", r#"{"notes": {"granted": [null, null, null]}}"#),
];

const RUST: &str = r#"
mod copydesk_plugin;
use copydesk_plugin::{json, Article, Cut, Failure, Outcome, Value, Verdict};

fn process(article: &mut Article, config: &Value) -> Outcome {
    let text = article.text();
    let begins = |word: &str| text.starts_with(word);
    if begins("DROP") { return Ok(Verdict::Drop("not wanted".into())); }
    if begins("RETRY") { return Err(Failure::retry("at low tide")); }
    if begins("RAISE") { Err("no such harbour")?; }
    if begins("HUGE") { article.note("huge", "x".repeat(5_000_000)); }
    if begins("PRINT") {
        println!("{}", "{\"t\":\"drained\"}\n".repeat(1000));
        eprintln!("\u{1b}[31m");
        article.note("printed", true);
    }
    if begins("ALL") {
        article.note("n", json!([1, null]));
        article.set("section", "Sea");
        let block = article.blocks().remove(0);
        let (start, end) = (block.text.find('–').unwrap(), block.text.find('”').unwrap() + '”'.len_utf8());
        article.cut(Cut::part(&block, start..end, "promo").rule("part"));
    }
    if begins("NAN") { article.note("n", f64::NAN); }
    if begins("PANIC") { panic!("over the {}", "mole"); }
    if begins("NUMBER") { "x".parse::<u32>()?; }
    if begins("INDEX") { let none: Vec<u8> = vec![]; article.note("n", none[text.len()]); }
    let _ = config;
    Ok(Verdict::Keep)
}

fn main() {
    copydesk_plugin::run("mine", "1", process);
}
"#;

const RUST_CASES: [Case; 4] = [
    ("NAN", r#"{"notes": {"n": null}}"#),
    ("PANIC", r#"{"fail": "panic: over the mole"}"#),
    ("NUMBER", r#"{"fail": "invalid digit found in string"}"#),
    ("INDEX", r#"{"fail": "index out of bounds"}"#),
];

/// Every case is a fixture of a package, and an answer as expected is told so.
fn tried(lang: &[&str], file: &str, stage: &str, cases: &[Case], build: impl Fn(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    let plugin = |args: &[&str]| program().current_dir(dir.path()).arg("plugin").args(args).output().unwrap();
    assert!(plugin(&[&["new", "mine", "--lang"], lang].concat()).status.success());
    let package = dir.path().join("mine");
    std::fs::write(package.join(file), stage).unwrap();
    let manifest = std::fs::read_to_string(package.join("plugin.toml")).unwrap();
    std::fs::write(package.join("plugin.toml"), format!("after = []\n{manifest}")).unwrap();
    std::fs::remove_file(package.join("fixtures/first.txt")).unwrap();
    std::fs::remove_file(package.join("fixtures/first.expected.json")).unwrap();
    let cases: Vec<&Case> = CASES.iter().chain(cases).collect();
    for (word, expected) in &cases {
        let text = format!("{word} – “Ünder” the bridge of Larkhaven it is wet and cold today.\n");
        std::fs::write(package.join(format!("fixtures/{word}.txt")), text).unwrap();
        std::fs::write(package.join(format!("fixtures/{word}.expected.json")), expected).unwrap();
    }
    build(&package);
    let output = plugin(&["test", "mine"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    for (word, _) in cases {
        assert!(said.contains(&format!("ok      fixtures/{word}.txt: ")), "{said}");
    }
}

#[test]
fn python() {
    tried(&["python"], "stage.py", PYTHON, &PYTHON_CASES, |_| {});
}

#[test]
fn javascript() {
    tried(&["js"], "stage.mjs", JS, &JS_CASES, |_| {});
}

#[test]
#[cfg(feature = "wasm")]
fn javascript_as_a_component() {
    tried(&["js", "--kind", "wasm"], "stage.mjs", JS_COMPONENT, &JS_COMPONENT_CASES, |package| {
        let script = "npm install --silent --no-fund --no-audit --prefix tools componentize-qjs@0.4.5 && \
            PATH=\"$PWD/tools/node_modules/.bin:$PATH\" sh build.sh";
        let output = Command::new("sh").args(["-c", script]).current_dir(package).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    });
}

#[test]
fn rust() {
    tried(&["rust"], "src/main.rs", RUST, &RUST_CASES, |package| {
        let output = Command::new("cargo")
            .args(["build", "--release", "--offline", "--quiet"])
            .current_dir(package)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    });
}
