#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod boundary;
mod guest;
mod hostile;

use std::os::unix::fs::PermissionsExt;

use copydesk_core::{Action, Article, ArticleId, Block, BlockKind, Origin, Span, Stage, StageError, Verdict};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::guest::{NOTHING, component, component_of, module, noting, poisoned};
use super::cache::compile;
use super::*;

/// A folder with a component and a cache, and its stage.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new(wat: &str) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("stage.wasm"), component(wat)).unwrap();
        Bench { dir }
    }

    fn options(&self) -> Value {
        json!({
            "component": self.dir.path().join("stage.wasm"), "config": {}, "workers": 1, "timeout": 200,
            "memory": 1 << 20, "output": 1 << 20, "on_down": "quarantine", "clock": false, "env": [], "files": [],
            "cache": self.dir.path().join("cache"),
        })
    }

    fn built(&self, changes: &Value) -> Result<WasmStage, String> {
        let mut options = self.options();
        options.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        WasmStage::new("mine", serde_json::from_value(options).unwrap()).map_err(|error| error.to_string())
    }

    fn stage(&self) -> WasmStage {
        self.built(&json!({})).unwrap()
    }
}

fn article(number: u8, text: &str) -> Article {
    let span = Span::new(text, 0, text.len()).unwrap();
    let block = Block::plain(span, BlockKind::Paragraph);
    Article::new(ArticleId::from_bytes([number; 32]), Origin::default(), text.to_owned(), vec![block])
}

const GOOD: &str = "Rain fell on the harbour.";
const BAD: &str = "Poison fell on the harbour.";

/// Six articles, the fourth of which is bad: it alone is set aside; the reason.
fn one_is_set_aside(data: &str, body: &str) -> String {
    let bench = Bench::new(&module(data, &poisoned(body)));
    let mut stage = bench.stage();
    let mut articles: Vec<Article> =
        (0..6).map(|number| article(number, if number == 3 { BAD } else { GOOD })).collect();
    let mut given: Vec<&mut Article> = articles.iter_mut().collect();
    let mut results = stage.process_batch(&mut given);
    let bad = results.remove(3).unwrap_err();
    assert_eq!(bad.action, Action::Quarantine);
    for result in results {
        assert!(matches!(result, Ok(Verdict::Keep)), "{result:?}");
    }
    assert!(bad.message.starts_with("plugin `mine` (SHA-256 "), "{}", bad.message);
    bad.message
}

/// What is said of one article.
fn said_of(wat: &str, changes: &Value) -> (Article, Result<Verdict, StageError>) {
    let bench = Bench::new(wat);
    let mut stage = bench.built(changes).unwrap();
    let mut article = article(1, GOOD);
    let result = stage.process(&mut article);
    (article, result)
}

#[test]
fn a_component_proposes_and_the_proposal_is_taken() {
    let (article, result) = said_of(&module("42", &noting("(i32.const 128)", "(i32.const 2)")), &json!({}));
    assert!(matches!(result, Ok(Verdict::Keep)), "{result:?}");
    assert_eq!(article.notes.get("t"), Some(&json!(42)));
}

#[test]
fn a_component_leaves_out_and_says_that_it_cannot() {
    let text = "(i32.store (i32.const 1028) (i32.const 256)) (i32.store (i32.const 1032) (i32.const 4))";
    let left_out = format!("(i32.store (i32.const 1024) (i32.const 1)) {text} (i32.const 1024)");
    let (_, result) = said_of(&module("", &left_out), &json!({}));
    assert!(matches!(result, Ok(Verdict::Drop(reason)) if reason == "test"));
    let failed = format!(
        "(i32.store (i32.const 1024) (i32.const 2)) {text} (i32.store (i32.const 1036) (i32.const 256))
         (i32.store (i32.const 1040) (i32.const 3)) (i32.store8 (i32.const 1044) (i32.const 0)) (i32.const 1024)"
    );
    let (_, result) = said_of(&module("", &failed), &json!({}));
    let message = result.unwrap_err().message;
    assert!(message.ends_with("failed (attempt 1): test: tes"), "{message}");
}

#[test]
fn a_component_that_crashes_costs_the_article_it_crashes_over() {
    let reason = one_is_set_aside("", "(unreachable)");
    assert!(reason.contains("crashed over this article: ") && reason.contains("unreachable"), "{reason}");
    let reason = one_is_set_aside(
        "",
        "(drop (i32.div_u (i32.const 1) (i32.sub (local.get $length) (local.get $length))))",
    );
    assert!(reason.contains("divide by zero"), "{reason}");
}

#[test]
fn a_component_that_does_not_end_is_stopped() {
    let reason = one_is_set_aside("", "(loop $for_ever (br $for_ever))");
    assert!(reason.contains("timed out over this article: no answer within 200 ms"), "{reason}");
}

#[test]
fn a_component_has_its_memory_and_no_more() {
    let reason = one_is_set_aside("", "(loop $more (drop (memory.grow (i32.const 1))) (br $more))");
    assert!(reason.contains("ran out of memory over this article: it may have 1048576 bytes"), "{reason}");
}

#[test]
fn the_last_that_a_component_printed_stands_in_the_reason_escaped() {
    let log = "(call $log (i32.const 1) (i32.const 128) (i32.const 7)) (unreachable)";
    let reason = one_is_set_aside("no \\1b[0m", log);
    assert!(reason.ends_with("it printed: no \\u{1b}[0m (attempt 2 of 2)"), "{reason}");
}

#[test]
fn a_component_that_answers_what_is_no_answer_is_refused() {
    let discriminant = "(i32.store (i32.const 1024) (i32.const 7)) (return (i32.const 1024))";
    let far = "(return (i32.const 0x7fffff0))";
    let unaligned = "(return (i32.const 1025))";
    let far_text = "(i32.store (i32.const 1024) (i32.const 1)) (i32.store (i32.const 1028) (i32.const -16))
        (i32.store (i32.const 1032) (i32.const 64)) (return (i32.const 1024))";
    let no_text = "(i32.store (i32.const 1024) (i32.const 1)) (i32.store (i32.const 1028) (i32.const 128))
        (i32.store (i32.const 1032) (i32.const 2)) (return (i32.const 1024))";
    // Ten million notes in a memory of one mebibyte.
    let many = "(i32.store (i32.const 1028) (i32.const 0)) (i32.store (i32.const 1032) (i32.const 10000000))
        (return (i32.const 1024))";
    for body in [discriminant, far, unaligned, far_text, no_text, many] {
        let reason = one_is_set_aside("\\ff\\fe", body);
        assert!(reason.contains("answered garbage for this article: "), "{body}: {reason}");
    }
    let reason = one_is_set_aside("{{", &format!("(return {})", noting_block()));
    assert!(reason.contains("the note `t` is no JSON"), "{reason}");
}

/// As [`noting`], as an expression.
fn noting_block() -> String {
    format!("(block (result i32) {})", noting("(i32.const 128)", "(i32.const 2)"))
}

/// Tables are memory too, and there may be many of them.
#[test]
fn a_component_has_no_more_in_tables_than_in_memory() {
    let tables: String = (0..90).map(|table| format!("(table $t{table} 0 1000000 funcref)")).collect();
    let grows: String = (0..90)
        .map(|table| format!("(drop (table.grow $t{table} (ref.null func) (i32.const 900000)))"))
        .collect();
    let wat = module("", &poisoned(&grows)).replace("(memory (export", &format!("{tables}(memory (export"));
    let bench = Bench::new(&wat);
    let mut stage = bench.stage();
    let reason = stage.process(&mut article(1, BAD)).unwrap_err().message;
    assert!(reason.contains("ran out of memory over this article"), "{reason}");
    assert!(stage.process(&mut article(2, GOOD)).is_ok());
}

/// An instance that has lived long is made anew from the version that it is, whatever is in the file.
#[test]
fn a_long_life_ends_in_the_same_version() {
    let bench = Bench::new(&module("42", &noting("(i32.const 128)", "(i32.const 2)")));
    let mut stage = bench.stage();
    assert!(stage.process(&mut article(1, GOOD)).is_ok());
    std::fs::write(bench.dir.path().join("stage.wasm"), b"none").unwrap();
    for number in 0..25_000_u32 {
        let mut article = article(number as u8, GOOD);
        let result = stage.process(&mut article);
        assert!(matches!(result, Ok(Verdict::Keep)), "{number}: {result:?}");
        assert_eq!(article.notes.get("t"), Some(&json!(42)));
    }
}

/// The same texts over and over: little for the component, and a lot for us.
#[test]
fn a_component_cannot_make_us_copy_without_end() {
    // 3000 notes whose names and values are the same 12,336 bytes: 74 MB.
    let body = "(local $i i32)
        (loop $more
          (i32.store (i32.add (i32.const 0x12000) (i32.mul (local.get $i) (i32.const 4))) (i32.const 0x3030))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const 14000))))
        (i32.store (i32.const 1028) (i32.const 0x12000)) (i32.store (i32.const 1032) (i32.const 3000))
        (i32.const 1024)";
    let (article, result) = said_of(&module("", body), &json!({}));
    let message = result.unwrap_err().message;
    assert!(message.contains("answered garbage") && message.contains("fuel"), "{message}");
    assert!(article.notes.is_empty());
}

#[test]
fn a_component_that_fails_over_every_article_is_down() {
    for (on_down, action) in [("quarantine", None), ("hold", Some(()))] {
        let bench = Bench::new(&module("", "(unreachable)"));
        let mut stage = bench.built(&json!({ "on_down": on_down })).unwrap();
        let mut articles: Vec<Article> = (0..8).map(|number| article(number, GOOD)).collect();
        let mut given: Vec<&mut Article> = articles.iter_mut().collect();
        let results = stage.process_batch(&mut given);
        let last = results.last().unwrap().as_ref().unwrap_err();
        assert!(
            last.message.starts_with("plugin `mine` is down: it crashed over this article"),
            "{}",
            last.message
        );
        assert_eq!(matches!(last.action, Action::Retry(_)), action.is_some());
    }
}

/// The option at 2048 as a note: 0 or 1.
fn is_there() -> String {
    let digit = "(i32.store8 (i32.const 3000) (i32.add (i32.const 48) (i32.load8_u (i32.const 2048))))";
    format!("{digit} {}", noting("(i32.const 3000)", "(i32.const 1)"))
}

#[test]
fn what_is_of_the_world_must_be_granted() {
    let now = format!("(call $now (i32.const 2048)) {}", is_there());
    let path = format!("(call $environment (i32.const 128) (i32.const 4) (i32.const 2048)) {}", is_there());
    let file = format!("(call $file (i32.const 128) (i32.const 4) (i32.const 2048)) {}", is_there());
    let granted =
        json!({"clock": true, "env": ["PATH"], "files": [{"path": "/etc/copydesk/PATH", "text": "x"}]});
    for body in [now, path, file] {
        let wat = module("PATH", &body);
        assert_eq!(said_of(&wat, &json!({})).0.notes.get("t"), Some(&json!(0)), "{body}");
        assert_eq!(said_of(&wat, &granted).0.notes.get("t"), Some(&json!(1)), "{body}");
    }
}

#[test]
fn a_value_of_the_record_is_found_by_its_path() {
    let body = |path: &str| {
        let length = path.len();
        module(
            path,
            &format!("(call $value (i32.const 128) (i32.const {length}) (i32.const 2048)) {}", is_there()),
        )
    };
    for (path, there) in
        [("blocks.0.text", 1), ("blocks.1.text", 0), ("title", 0), ("notes", 1), ("", 0), ("a..b", 0)]
    {
        assert_eq!(said_of(&body(path), &json!({})).0.notes.get("t"), Some(&json!(there)), "{path}");
    }
}

#[test]
fn what_is_no_stage_is_refused_with_the_reason() {
    let built = |bytes: &[u8]| {
        let bench = Bench { dir: tempfile::tempdir().unwrap() };
        std::fs::write(bench.dir.path().join("stage.wasm"), bytes).unwrap();
        bench.built(&json!({})).err().unwrap()
    };
    let core = wat::parse_str("(module)").unwrap();
    for (bytes, expected) in [
        (&b"not one"[..], "is no component"),
        (&core, "is no component but a core module: `wasm-tools component new` makes"),
        (&[], "is no component"),
        (&wat::parse_str("(component)").unwrap(), "is no stage of the world"),
        (
            &wat::parse_str(
                r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance (export "now" (func)))))"#,
            )
            .unwrap(),
            "asks for `wasi:clocks/wall-clock@0.2.0`, and there is only `copydesk:stage/host@1.0.0`; a stage has no WASI",
        ),
    ] {
        let error = built(bytes);
        assert!(error.contains(expected), "{error}");
    }
    let error = Bench { dir: tempfile::tempdir().unwrap() }.built(&json!({})).err().unwrap();
    assert!(error.contains("cannot read the component") && error.contains("stage.wasm"), "{error}");
}

#[test]
fn a_component_that_refuses_its_configuration_says_why_at_the_start() {
    let wat = module("\\01\\00\\00\\00\\00\\01\\00\\00\\04\\00\\00\\00", NOTHING)
        .replace("(i32.const 600)", "(i32.const 128)");
    let error = Bench::new(&wat).built(&json!({})).err().unwrap();
    assert_eq!(error, "the component does not take its configuration: test");
}

#[test]
fn a_component_is_compiled_once_and_only_what_is_whole_and_ours_is_loaded() {
    let bench = Bench::new(&module("", NOTHING));
    let path = bench.dir.path().join("stage.wasm");
    let cache = bench.dir.path().join("cache");
    let is_fresh = || compile(&path, &cache).unwrap().is_fresh;
    assert!(is_fresh());
    assert!(!is_fresh());
    let kept = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    let whole = std::fs::read(&kept).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for damaged in [&whole[..whole.len() / 2], &whole[..10], &[], &changed] {
        std::fs::write(&kept, damaged).unwrap();
        assert!(is_fresh(), "{} of {} bytes", damaged.len(), whole.len());
        assert!(!is_fresh());
    }
    std::fs::set_permissions(&kept, PermissionsExt::from_mode(0o666)).unwrap();
    assert!(is_fresh(), "others could have written it");
    std::fs::set_permissions(&cache, PermissionsExt::from_mode(0o777)).unwrap();
    let error = compile(&path, &cache).err().unwrap().to_string();
    assert!(error.contains("others may write to it (mode 777)"), "{error}");
}

#[test]
fn a_changed_component_is_compiled_anew() {
    let bench = Bench::new(&module("", NOTHING));
    let path = bench.dir.path().join("stage.wasm");
    let cache = bench.dir.path().join("cache");
    let first = compile(&path, &cache).unwrap().hash;
    std::fs::write(&path, component(&module("x", NOTHING))).unwrap();
    let second = compile(&path, &cache).unwrap();
    assert!(second.is_fresh && second.hash != first);
}

#[test]
fn the_stage_keeps_what_every_stage_promises() {
    let bench = Bench::new(&module("42", &noting("(i32.const 128)", "(i32.const 2)")));
    let traits = copydesk_testkit::StageTraits { stateless: true };
    copydesk_testkit::stage_conformance(|| Box::new(bench.stage()), traits, [article(1, GOOD)]);
}
