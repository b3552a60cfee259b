//! What the environment and flags change, and where secrets come from.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{GOOD, load_text, load_with, messages, overrides};

#[test]
fn variables_and_flags_override_single_keys() {
    let variables = [
        ("COPYDESK_SOURCE__PATH", "other"),
        ("COPYDESK_SOURCE__IGNORE", "*.a,*.b"),
        ("COPYDESK_RUNTIME__WORKERS", "3"),
        ("COPYDESK_SINK__1__PATH", "from-env.jsonl"),
        ("COPYDESK_SINK__2__TYPE", "jsonl"),
        ("COPYDESK_SINK__2__NAME", "third"),
        ("COPYDESK_SINK__2__PATH", "third.jsonl"),
        ("COPYDESK_CONFIG", "reserved"),
        ("COPYDESK_SERVICE_HOST", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    let sets = ["sink.1.path=from-flag.jsonl", "stage.1.near=mark", "state=/var/state"];
    let plan = load_with(GOOD, &overrides(&variables, &sets)).unwrap();
    assert_eq!(plan.source.options.get("path"), Some(&json!("/etc/copydesk/other")));
    assert_eq!(plan.source.options.get("ignore"), Some(&json!(["*.a", "*.b"])));
    assert_eq!(plan.runtime.workers, 3);
    assert_eq!(plan.sinks[1].options.get("path"), Some(&json!("/etc/copydesk/from-flag.jsonl")));
    assert_eq!(plan.sinks[2].name, "third");
    assert_eq!(plan.stages[1].options.get("near"), Some(&json!("mark")));
    assert_eq!(plan.state, Some(PathBuf::from("/var/state")));
    let warnings: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("environment variable COPYDESK_SERVICE_HOST: ignored"), "{warnings:?}");
}

#[test]
fn a_wrong_override_is_named_by_its_variable_or_flag() {
    let variables =
        [("COPYDESK_SOURCE__PTH", "x"), ("COPYDESK_SINK__9__PATH", "x"), ("COPYDESK_SINK__PATH", "x")];
    let sets = ["runtime.grace=soon", "source", "sink.0.=x", "reader.max_bytes=1"];
    let found = messages(load_with(GOOD, &overrides(&variables, &sets)));
    let expected = [
        "environment variable COPYDESK_SINK__9__PATH: there is no `sink.9` (there are 2, counted from 0)",
        "environment variable COPYDESK_SINK__PATH: `sink` is a list, and wants a number and a key after it (`sink.0.type`), not `path`",
        "environment variable COPYDESK_SOURCE__PTH: unknown key `pth` in [source], did you mean `path`? (keys: path, after, settle, ignore, done, type)",
        "--set reader.max_bytes: `max_bytes` takes a size such as \"64MiB\" (units: B, KiB, MiB, GiB), not `1`",
        "--set runtime.grace: `grace` takes a duration such as \"250ms\" (units: ms, s, m, h), not `soon`",
        "--set sink.0.: `sink.0.` has an empty part",
        "--set source: no `=` (write `--set source.path=inbox`)",
    ];
    let mut found_sorted = found.clone();
    found_sorted.sort();
    let mut expected_sorted = expected.map(str::to_owned).to_vec();
    expected_sorted.sort();
    assert_eq!(found_sorted, expected_sorted);
}

#[test]
fn secrets_are_resolved_and_never_shown() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "hunter2\n").unwrap();
    let config =
        |password: &str| GOOD.replace("batch_max = 10", &format!("batch_max = 10\npassword = {password}"));
    let from_file = config(&format!("{{ file = \"{}\" }}", file.display()));
    let environment = overrides(&[("DB_PASSWORD", "hunter2")], &[]);
    let in_variable = overrides(&[("COPYDESK_SINK__0__PASSWORD", "hunter2")], &[]);
    let by_path = overrides(&[("COPYDESK_SINK__0__PASSWORD__ENV", "P"), ("P", "hunter2")], &[]);
    let plans = [
        load_text(&from_file),
        load_with(&config("{ env = \"DB_PASSWORD\" }"), &environment),
        load_with(GOOD, &in_variable),
        load_with(GOOD, &by_path),
    ];
    for plan in plans {
        let plan = plan.unwrap();
        assert_eq!(plan.sinks[0].options.get("password"), Some(&json!("hunter2")));
        assert!(!format!("{plan:?}").contains("hunter2"));
        assert_eq!(plan.sinks[0].options.redacted()["password"], "***");
    }
    let missing = messages(load_text(&config("{ env = \"NOT_SET\" }")));
    assert!(missing[0].contains("`password` wants the variable NOT_SET, which is not set"), "{missing:?}");
    let missing = messages(load_text(&config("{ file = \"no-such-file\" }")));
    assert!(missing[0].contains("wants the file `/etc/copydesk/no-such-file`"), "{missing:?}");
    let odd = messages(load_text(&config("{ vault = \"x\" }")));
    assert!(odd[0].contains("`{ env = \"NAME\" }`"), "{odd:?}");
}

/// Fault: bad_configuration
#[test]
fn keys_of_any_depth_are_refused_without_a_fall() {
    let deep = vec!["a"; 60_000].join(".");
    let found = messages(load_with(GOOD, &overrides(&[], &[&format!("{deep}=1")])));
    assert!(found.iter().any(|message| message.ends_with("60000 parts, at most 8 are possible")));
    let variable = format!("COPYDESK_{}", vec!["A"; 40_000].join("__"));
    let found = messages(load_with(GOOD, &overrides(&[(&variable, "1")], &[])));
    assert!(found.iter().any(|message| message.ends_with("40000 parts, at most 8 are possible")));
    let list = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let table = format!("{}1{}", "{a=".repeat(50_000), "}".repeat(50_000));
    for text in
        [format!("{deep} = 1\n"), format!("[{deep}]\n"), format!("a = {list}"), format!("a = {table}")]
    {
        assert!(!messages(load_text(&text)).is_empty());
    }
    let set = format!("source.ignore={list}");
    assert!(!messages(load_with(GOOD, &overrides(&[], &[&set]))).is_empty());
}
