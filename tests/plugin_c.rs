//! The SDK for C under the sanitizers of the machine's own compiler: no byte is read or written that is not its own, and
//! what it makes of a text is what the text says. The cases are the same each time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Chance, scale, stderr};
use serde_json::{Value, json};

const SDK: &str = include_str!("../examples/plugins/c/copydesk_plugin.h");
const PROGRAM: &str = include_str!("plugins/native.c");

/// Runs a program where its memory lies at the same place each time, if that can be had: older sanitizers break by
/// chance where it may lie anywhere.
fn command(program: &Path) -> Command {
    let mut fixed = Command::new("setarch");
    fixed.args(["-R", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut command = Command::new(program);
    if fixed.status().is_ok_and(|status| status.success()) {
        command = Command::new("setarch");
        command.arg("-R").arg(program);
    }
    // Who looks for leaks traces the process, which not every machine allows.
    command.env("ASAN_OPTIONS", "detect_leaks=0");
    command
}

/// The program, built with sanitizers if the compiler has them and they run here.
fn built(folder: &Path) -> PathBuf {
    // Where memory comes from is the one thing that differs: each piece is one of malloc's.
    let (before, rest) = SDK.split_once("static void *cd_aligned(").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    let body = "static void *cd_aligned(size_t align, size_t n_bytes) { return piece(align, n_bytes); }\n";
    let sdk = [before, body, after].concat();
    std::fs::write(folder.join("copydesk_plugin.h"), sdk).unwrap();
    std::fs::write(folder.join("native.c"), PROGRAM).unwrap();
    let sanitizers = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer";
    let mut said = String::new();
    for sanitizers in [sanitizers, ""] {
        let mut compiler = Command::new("cc");
        compiler.args(["-g", "-O1", "-w", "native.c", "-o", "native"]).args(sanitizers.split_whitespace());
        let made = compiler.current_dir(folder).output().unwrap();
        let program = folder.join("native");
        if made.status.success() {
            let tried = command(&program).stdin(Stdio::null()).output();
            if tried.is_ok_and(|output| output.status.success()) {
                return program;
            }
        }
        said = stderr(&made);
    }
    panic!("{said}");
}

const PIECES: [&[u8]; 16] = [
    b"The harbour of Wend.",
    "Ünder the bridge — “so” it was, and\u{2028}back.".as_bytes(),
    "船が来た\u{3000}今日".as_bytes(),
    b"",
    b" ",
    b"\"quoted\" \\ and / slashed\t\x01\x1f\x7f",
    b"\n\n",
    "\u{a0}\u{2003}\u{202f}\u{2009}".as_bytes(),
    b"\xe2\x80",
    b"\xc2",
    b"\xe3\x80\x80",
    b"\xff\xfe",
    b"DROP",
    b"FAIL",
    "ä".as_bytes(),
    b"\0",
];

const SETTINGS: [&str; 14] = [
    "{\"name\":\"bridge\",\"most\":12}",
    "{\"most\":-7,\"other\":\"most\",\"name\":\"\"}",
    "{\"name\" : \"harbour\" , \"most\" : 900000000000000000}",
    "{\"most\":99999999999999999999}",
    "{\"most\":1.5,\"name\":7}",
    "{\"most\":2e3}",
    "{\"name\":\"a \\\"quoted\\\" \\\\\",\"most\":3}",
    "{}",
    "",
    "{\"name\":\"no end",
    "{\"name\":\"\\",
    "{\"most\":",
    "{\"most\":-",
    "[\"name\"]",
];

struct Case {
    text: Vec<u8>,
    settings: Vec<u8>,
    /// The settings are as they stand above.
    is_whole: bool,
}

fn case(chance: &mut Chance) -> Case {
    let mut pick = |n: usize| chance.below(n as u64) as usize;
    let mut text: Vec<u8> = (0..pick(9)).flat_map(|_| PIECES[pick(PIECES.len())].to_vec()).collect();
    if pick(4) == 0 && !text.is_empty() {
        let at = pick(text.len());
        text[at] = pick(256) as u8;
    }
    let mut settings = SETTINGS[pick(SETTINGS.len())].as_bytes().to_vec();
    let is_whole = pick(3) > 0;
    if !is_whole && !settings.is_empty() {
        let at = pick(settings.len());
        match pick(3) {
            0 => settings.truncate(at),
            1 => settings[at] = pick(256) as u8,
            _ => settings.insert(at, b"\"\\:{}-0 "[pick(8)]),
        }
    }
    Case { text, settings, is_whole }
}

/// White space as the SDK has it.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}')
}

fn check(case: &Case, said: &[&[u8]]) {
    let Ok(text) = std::str::from_utf8(&case.text) else { return };
    // The settings may be in no encoding at all.
    let said: Vec<_> = said.iter().map(|line| String::from_utf8_lossy(line)).collect();
    let lines = |what: &str| {
        said.iter().filter_map(|line| line.strip_prefix(what)).map(str::to_owned).collect::<Vec<String>>()
    };
    if text.starts_with("DROP") {
        return assert_eq!(lines("drop "), [text.len().to_string()]);
    }
    if text.ends_with("FAIL") {
        return assert_eq!(lines("fail "), [format!("{} 1", text.len())]);
    }
    let note = |name: &str| {
        let given = lines(&format!("note {name} "));
        given.first().map(|json| serde_json::from_str::<Value>(json).unwrap_or_else(|_| panic!("{json}")))
    };
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    let n_chars: usize = words.iter().map(|word| word.chars().count()).sum();
    assert_eq!(note("text"), Some(json!(text)));
    assert_eq!((note("each"), note("words")), (Some(json!(words)), Some(json!(words.len()))), "{text:?}");
    assert_eq!((note("chars"), note("least")), (Some(json!(n_chars)), Some(json!(i64::MIN))));
    assert_eq!((note("title"), note("record")), (Some(json!(text)), Some(json!(text))));
    assert_eq!((note("granted"), note("now")), (None, Some(json!(0))));
    let n_blocks = text.len() % 24;
    assert_eq!(lines("note block ").len(), n_blocks);
    assert_eq!(lines("cut ").len(), if text.contains('ä') { n_blocks } else { 0 });
    if case.is_whole {
        let settings = serde_json::from_slice::<Value>(&case.settings).unwrap_or_default();
        // Escapes stay as they stand there.
        let name = settings["name"].as_str().unwrap_or_default().replace('\\', "\\\\").replace('"', "\\\"");
        let given: Value = serde_json::from_str(&lines("field section ")[0]).unwrap();
        assert_eq!(given, name, "{settings}");
        assert_eq!(note("most"), settings["most"].as_i64().map(|number| json!(number)), "{settings}");
        assert_eq!(note("contains"), Some(json!(i32::from(text.contains(&name)))));
    }
}

#[test]
fn the_sdk_for_c_keeps_within_its_memory_and_says_what_the_text_says() {
    let folder = tempfile::tempdir().unwrap();
    let program = built(folder.path());
    let mut chance = Chance(0x1c0d_e5ec);
    let cases: Vec<Case> = (0..scale(2000, 200_000)).map(|_| case(&mut chance)).collect();
    let mut input = Vec::new();
    for text in cases.iter().flat_map(|case| [&case.text, &case.settings]) {
        input.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        input.extend(text);
    }
    let mut child = command(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || to.write_all(&input));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    writer.join().unwrap().unwrap();
    let lines: Vec<&[u8]> = output.stdout.split(|byte| *byte == b'\n').collect();
    let mut answers = lines.split(|line| *line == b".");
    let mut n_wrong = 0;
    for case in &cases {
        let first = answers.next().unwrap();
        n_wrong += u64::from(first.iter().any(|line| line.starts_with(b"wrong ")));
        check(case, first);
        check(case, answers.next().unwrap());
    }
    assert!(n_wrong > 100, "{n_wrong}");
}
