//! Components that ask what they like with any arguments, hand out any memory for what they are told, and end where
//! nobody expects it; files of compiled code that are not as they were written; files that change all the time. Nothing
//! breaks on our side, and the next article goes well.

use copydesk_core::laws;

use super::boundary::{Chance, hexadecimal, rounds, state};
use super::*;

/// Does what stands in the article's text as hexadecimal: records of four words, of which the first says what. One that
/// begins with any other letter gets a note. `cabi_realloc` gives what it is told to give, or ends.
const SCRIPTED: &str = r#"(module
  (import "copydesk:stage/host@1.0.0" "log" (func $log (param i32 i32 i32)))
  (import "copydesk:stage/host@1.0.0" "now" (func $now (param i32)))
  (import "copydesk:stage/host@1.0.0" "environment" (func $environment (param i32 i32 i32)))
  (import "copydesk:stage/host@1.0.0" "file" (func $file (param i32 i32 i32)))
  (import "copydesk:stage/host@1.0.0" "value" (func $value (param i32 i32 i32)))
  (import "copydesk:stage/host@1.0.0" "blocks" (func $blocks (param i32)))
  (import "copydesk:stage/host@1.0.0" "record-json" (func $record (param i32)))
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 32768))
  (global $realloc (mut i32) (i32.const 0))
  (global $post (mut i32) (i32.const 0))
  (data (i32.const 128) "title")
  (data (i32.const 400) "\00\01\00\00\04\00\00\00\00\01\00\00\04\00\00\00")
  (data (i32.const 256) "test")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (if (i32.eq (global.get $realloc) (i32.const 1)) (then unreachable))
    (if (global.get $realloc) (then (return (global.get $realloc))))
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (loop $more
      (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
        (then (drop (memory.grow (i32.const 1))) (br $more))))
    (local.get $at))
  (func (export "describe") (result i32) (i32.const 400))
  (func (export "configure") (param i32 i32) (result i32) (i32.const 600))
  (func (export "cabi_post_process") (param i32)
    (if (global.get $post) (then unreachable))
    (global.set $next (i32.const 32768)))
  (func (export "process") (param $text i32) (param $length i32) (result i32)
    (local $i i32) (local $byte i32) (local $at i32) (local $op i32) (local $a i32) (local $b i32) (local $c i32)
    (if (i32.gt_u (i32.sub (i32.load8_u (local.get $text)) (i32.const 97)) (i32.const 15)) (then GOOD))
    (loop $more
      (local.set $byte (i32.load8_u (i32.add (local.get $text) (i32.mul (local.get $i) (i32.const 2)))))
      (local.set $byte (i32.or
        (i32.shl (i32.sub (local.get $byte) (i32.const 97)) (i32.const 4))
        (i32.sub
          (i32.load8_u (i32.add (local.get $text) (i32.add (i32.mul (local.get $i) (i32.const 2)) (i32.const 1))))
          (i32.const 97))))
      (i32.store8 (i32.add (i32.const 8192) (local.get $i)) (local.get $byte))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (i32.mul (local.get $i) (i32.const 2)) (local.get $length))))
    (local.set $at (i32.const 8192))
    (loop $next
      (local.set $op (i32.load (local.get $at)))
      (local.set $a (i32.load offset=4 (local.get $at)))
      (local.set $b (i32.load offset=8 (local.get $at)))
      (local.set $c (i32.load offset=12 (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (if (i32.eq (local.get $op) (i32.const 0)) (then (return (local.get $a))))
      (if (i32.eq (local.get $op) (i32.const 1))
        (then (call $log (local.get $a) (local.get $b) (local.get $c)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 2)) (then (call $now (local.get $a)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 3))
        (then (call $environment (local.get $a) (local.get $b) (local.get $c)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 4))
        (then (call $file (local.get $a) (local.get $b) (local.get $c)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 5))
        (then (call $value (local.get $a) (local.get $b) (local.get $c)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 6)) (then (call $blocks (local.get $a)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 7)) (then (call $record (local.get $a)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 8)) (then (global.set $realloc (local.get $a)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 9)) (then (global.set $post (local.get $a)) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 10)) (then (drop (memory.grow (local.get $a))) (br $next)))
      (if (i32.eq (local.get $op) (i32.const 11)) (then (i32.store (local.get $a) (local.get $b)) (br $next)))
      unreachable)
    unreachable))"#;

/// An article that is no script, and the note that it gets.
const PLAIN: &str = "Rain fell on the harbour.";

fn scripted() -> String {
    let good = format!("(return (block (result i32) {}))", noting("(i32.const 300)", "(i32.const 2)"));
    SCRIPTED
        .replace("GOOD", &good)
        .replace("(data (i32.const 256)", "(data (i32.const 300) \"42\") (data (i32.const 256)")
}

/// Pointers, lengths and levels: good ones, and all that lie at an end of something.
const WORDS: [u32; 24] = [
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    128,
    256,
    512,
    2048,
    2049,
    8192,
    32_768,
    65_535,
    131_064,
    131_071,
    131_072,
    1_000_000,
    0x000f_ffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffc,
    0xffff_ffff,
];

/// Calls with arguments that are right half of the time.
fn script(chance: &mut Chance) -> Vec<u8> {
    let mut words: Vec<u32> = Vec::new();
    let odd = |chance: &mut Chance| WORDS[chance.below(WORDS.len())];
    for _ in 0..chance.below(6) {
        let op = u32::try_from(1 + chance.below(12)).unwrap();
        let mut record = match op {
            1 => [op, u32::try_from(chance.below(4)).unwrap(), 128, 5],
            2 | 6 | 7 => [op, 2048, 0, 0],
            3..=5 => [op, 128, 5, 2048],
            8 | 9 => [op, if chance.below(2) == 0 { 0 } else { odd(chance) }, 0, 0],
            10 => [op, 1, 0, 0],
            _ => [op, 2048, odd(chance), 0],
        };
        if chance.below(2) == 0 {
            record[1 + chance.below(3)] = odd(chance);
        }
        words.extend(record);
    }
    words.extend([0, if chance.below(2) == 0 { 512 } else { odd(chance) }, 0, 0]);
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

#[test]
fn whatever_a_component_asks_and_hands_out_the_next_article_goes_well() {
    let bench = Bench::new(&scripted());
    let mut stage = bench.built(&json!({"timeout": 2000})).unwrap();
    let mut chance = Chance(23);
    let (mut n_kept, mut n_crashed, mut n_garbage) = (0, 0, 0);
    for round in 0..rounds(2_000, 200_000) {
        let mut scripted = article(1, &hexadecimal(&script(&mut chance)));
        let before = state(&scripted);
        match stage.process(&mut scripted) {
            Ok(Verdict::Keep) => {
                n_kept += 1;
                laws::check(&scripted).unwrap();
            }
            Ok(Verdict::Drop(_)) => assert_eq!(before, state(&scripted), "round {round}"),
            Err(error) => {
                assert_eq!(before, state(&scripted), "round {round}");
                assert!(!error.message.contains(char::is_control), "round {round}: {}", error.message);
                assert!(error.message.len() < 8192, "round {round}: {}", error.message);
                n_crashed += usize::from(error.message.contains("crashed over this article"));
                n_garbage += usize::from(error.message.contains("answered garbage"));
            }
        }
        // What it did to its own memory is its own affair, until it ends.
        let end = [12_u32, 0, 0, 0].map(u32::to_le_bytes).concat();
        let ended = stage.process(&mut article(3, &hexadecimal(&end))).unwrap_err();
        assert!(ended.message.contains("crashed over this article"), "round {round}: {ended:?}");
        let mut plain = article(2, PLAIN);
        let result = stage.process(&mut plain);
        assert!(matches!(result, Ok(Verdict::Keep)), "round {round}: {result:?}");
        assert_eq!(plain.notes.get("t"), Some(&json!(42)), "round {round}");
    }
    assert!(n_kept > 100 && n_crashed > 100 && n_garbage > 100, "{n_kept} {n_crashed} {n_garbage}");
}

/// What it says of itself, and of its configuration, lies anywhere and is anything.
#[test]
fn no_start_is_too_strange() {
    let mut chance = Chance(29);
    let bench = Bench::new(&module("", NOTHING));
    let (mut n_built, mut n_refused) = (0, 0);
    for round in 0..rounds(120, 5_000) {
        let mut wat = module("\\ff\\fe", NOTHING);
        let word = |chance: &mut Chance| WORDS[chance.below(WORDS.len())];
        match chance.below(5) {
            0 => {
                wat = wat.replace(
                    "(result i32) (i32.const 400)",
                    &format!("(result i32) (i32.const {})", word(&mut chance)),
                );
            }
            1 => wat = wat.replace("(i32.const 600)", &format!("(i32.const {})", word(&mut chance))),
            2 => {
                wat = wat.replace(
                    "\\04\\00\\00\\00\\00\\01",
                    &format!("\\{:02x}\\ff\\00\\00\\80\\00", chance.below(256)),
                );
            }
            3 => wat = wat.replace("(i32.const 600)", "(loop $ever (br $ever)) (unreachable)"),
            _ => {
                let realloc = format!("(return (i32.const {}))", word(&mut chance));
                wat = wat.replace("(local $at i32)", &format!("(local $at i32) {realloc}"));
            }
        }
        std::fs::write(bench.dir.path().join("stage.wasm"), component(&wat)).unwrap();
        match bench.built(&json!({"timeout": 10})) {
            Err(error) => {
                n_refused += 1;
                assert!(!error.contains(char::is_control) && error.len() < 4096, "round {round}: {error}");
            }
            Ok(mut stage) => {
                n_built += 1;
                let mut article = article(1, GOOD);
                let before = state(&article);
                if stage.process(&mut article).is_err() {
                    assert_eq!(before, state(&article), "round {round}");
                }
            }
        }
        let _ = std::fs::remove_dir_all(bench.dir.path().join("cache"));
    }
    assert!(n_built > 5 && n_refused > 30, "{n_built} {n_refused}");
}

/// Whatever stands in the folder for compiled components, what runs is what stands in the component's own file.
#[test]
fn compiled_code_is_the_components_own_or_is_made_anew() {
    let bench = Bench::new(&module("42", &noting("(i32.const 128)", "(i32.const 2)")));
    let cache = bench.dir.path().join("cache");
    let kept = |number: &str| {
        let _ = std::fs::remove_dir_all(&cache);
        let wat = module(number, &noting("(i32.const 128)", "(i32.const 2)"));
        std::fs::write(bench.dir.path().join("stage.wasm"), component(&wat)).unwrap();
        bench.stage();
        let path = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
        (path.clone(), std::fs::read(path).unwrap())
    };
    let (_, other) = kept("17");
    let (path, whole) = kept("42");
    let mut chance = Chance(31);
    for round in 0..rounds(150, 5_000) {
        let _ = std::fs::remove_file(&path);
        let mut bytes = whole.clone();
        let at = if chance.below(2) == 0 { chance.below(64) } else { chance.below(bytes.len()) };
        let mut is_link = false;
        match chance.below(7) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes.truncate(at),
            2 => bytes.extend(std::iter::repeat_n(0, at + 1)),
            3 => drop(bytes.remove(at)),
            // Whole, and another's.
            4 => bytes = other.clone(),
            5 => is_link = true,
            _ => bytes = Vec::new(),
        }
        if is_link {
            std::fs::write(bench.dir.path().join("elsewhere"), &whole).unwrap();
            std::os::unix::fs::symlink(bench.dir.path().join("elsewhere"), &path).unwrap();
        } else {
            std::fs::write(&path, &bytes).unwrap();
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        }
        let compiled = compile(&bench.dir.path().join("stage.wasm"), &cache).unwrap();
        assert!(compiled.is_fresh, "round {round} loads what is not as it was written");
        let mut article = article(1, GOOD);
        assert!(matches!(bench.stage().process(&mut article), Ok(Verdict::Keep)), "round {round}");
        assert_eq!(article.notes.get("t"), Some(&json!(42)), "round {round}");
    }
}

/// The component's file changes, is damaged, is gone and comes again, while it crashes every so often: each article gets
/// a note of one of the versions, or none and a reason; and once the file is whole, all goes well.
#[test]
fn a_file_that_changes_all_the_time_costs_no_more_than_its_own_articles() {
    let version = |number: u8| {
        let note = noting("(i32.const 128)", "(i32.const 2)");
        component(&module(
            &number.to_string(),
            &format!(
                "(if (i32.eq (i32.load8_u (local.get $text)) (i32.const 80)) (then (unreachable))) {note}"
            ),
        ))
    };
    let versions: Vec<Vec<u8>> = (10..14).map(version).collect();
    let bench = Bench::new(&module("", NOTHING));
    let path = bench.dir.path().join("stage.wasm");
    std::fs::write(&path, &versions[0]).unwrap();
    let mut stage = bench.stage();
    let mut chance = Chance(37);
    let (mut n_noted, mut n_failed) = (0, 0);
    for round in 0..rounds(600, 20_000) {
        let whole = &versions[chance.below(versions.len())];
        match chance.below(16) {
            0 => std::fs::write(&path, &whole[..chance.below(whole.len())]).unwrap(),
            1 => drop(std::fs::remove_file(&path)),
            2 | 3 => std::fs::write(&path, whole).unwrap(),
            4 => {
                std::fs::write(bench.dir.path().join("next"), whole).unwrap();
                std::fs::rename(bench.dir.path().join("next"), &path).unwrap();
            }
            _ => {}
        }
        let is_bad = chance.below(8) == 0;
        let mut article = article(1, if is_bad { BAD } else { GOOD });
        let before = state(&article);
        match stage.process(&mut article) {
            Ok(verdict) => {
                assert!(matches!(verdict, Verdict::Keep) && !is_bad, "round {round}");
                let note = article.notes.get("t").and_then(Value::as_u64);
                assert!(note.is_some_and(|note| (10..14).contains(&note)), "round {round}: {note:?}");
                n_noted += 1;
            }
            Err(error) => {
                assert_eq!(before, state(&article), "round {round}");
                let of_file = ["cannot be loaded", "is down"].iter().any(|part| error.message.contains(part));
                assert!(is_bad || of_file, "round {round}: {}", error.message);
                n_failed += 1;
            }
        }
    }
    assert!(n_noted > 50 && n_failed > 20, "{n_noted} {n_failed}");
    std::fs::write(&path, &versions[3]).unwrap();
    // It may wait after having been down, but not once its file has changed.
    let results: Vec<_> = (0..3).map(|_| stage.process(&mut article(1, GOOD))).collect();
    assert!(matches!(results[2], Ok(Verdict::Keep)), "{results:?}");
}

/// Every call takes some of our stack.
#[test]
fn a_component_that_calls_itself_without_end_is_stopped() {
    // `process` is the tenth function.
    let reason = one_is_set_aside("", "(drop (call 9 (local.get $text) (local.get $length)))");
    assert!(reason.contains("crashed over this article: ") && reason.contains("stack exhausted"), "{reason}");
}

/// A component may have things of its own that others hold by a handle: who holds what is written down on our side.
#[test]
fn a_component_has_no_handles_without_end() {
    let extra = "interface extra { resource thing { constructor(); } }\nworld stage {\n  export extra;";
    let wit = include_str!("../../../wit/v1/stage.wit").replace("world stage {", extra);
    let wat = module("", &poisoned("(loop $more (drop (call $new (i32.const 7))) (br $more))"))
        .replace(
            "(memory (export",
            r#"(import "[export]copydesk:stage/extra@1.0.0" "[resource-new]thing" (func $new (param i32) (result i32)))
            (memory (export"#,
        )
        .replace(
            "(func (export \"describe\")",
            "(func (export \"copydesk:stage/extra@1.0.0#[constructor]thing\") (result i32) (call $new (i32.const 1)))
            (func (export \"describe\")",
        );
    let bench = Bench { dir: tempfile::tempdir().unwrap() };
    std::fs::write(bench.dir.path().join("stage.wasm"), component_of(&wat, &wit)).unwrap();
    let mut stage = bench.built(&json!({"timeout": 30_000})).unwrap();
    let error = stage.process(&mut article(1, BAD)).unwrap_err().message;
    assert!(error.contains("store handle limit exceeded"), "{error}");
    assert!(matches!(stage.process(&mut article(2, GOOD)), Ok(Verdict::Keep)));
}

/// Memories of 64 bits may ask for more than there are addresses.
#[test]
fn a_memory_that_asks_for_all_there_is_gets_none_of_it() {
    for pages in ["-1", "0x1000000000000", "0xffffffffffff", "0x7fffffffffffffff", "17"] {
        let grow = format!("(drop (memory.grow $large (i64.const {pages})))");
        let wat =
            module("", &poisoned(&grow)).replace("(global $next", "(memory $large i64 1) (global $next");
        let bench = Bench::new(&wat);
        let mut stage = bench.stage();
        if let Err(error) = stage.process(&mut article(1, BAD)) {
            assert!(error.message.contains("ran out of memory"), "{pages}: {}", error.message);
        }
        assert!(matches!(stage.process(&mut article(2, GOOD)), Ok(Verdict::Keep)), "{pages}");
        assert!(stage.pool.guests(|_| ()).len() == 1, "{pages}");
    }
    let most = module("", NOTHING).replace("(global $next", "(memory $large i64 0xffffffffff) (global $next");
    let error = Bench::new(&most).built(&json!({})).err().unwrap();
    assert!(error.contains("memory"), "{error}");
}
