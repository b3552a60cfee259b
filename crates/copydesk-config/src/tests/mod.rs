use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use copydesk_core::{
    Article, Component, OptionKind, OptionSpec, Parcel, Sink, SinkContext, SinkError, Stage, StageError,
    Verdict,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;

mod overriding;
mod package;

const fn spec(name: &'static str, kind: OptionKind, default: Option<&'static str>) -> OptionSpec {
    OptionSpec { name, kind, default, choices: &[], help: "Some help." }
}

const SOURCE: &[OptionSpec] = &[
    spec("path", OptionKind::Path, None),
    OptionSpec {
        choices: &["keep", "move", "delete"],
        ..spec("after", OptionKind::Choice, Some("\"keep\""))
    },
    spec("settle", OptionKind::Duration, Some("\"2s\"")),
    spec("ignore", OptionKind::List, Some("[\".*\", \"*.tmp\"]")),
    spec("done", OptionKind::Path, Some("")),
];

struct Plain;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoOptions {}

impl Component for Plain {
    type Options = NoOptions;
    const OPTIONS: &'static [OptionSpec] = &[];
    const HELP: &'static str = "Does nothing.";
}

impl Stage for Plain {
    fn process(&mut self, _: &mut Article) -> Result<Verdict, StageError> {
        Ok(Verdict::Keep)
    }
}

struct Duplicates;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DuplicatesOptions {
    #[serde(rename = "near")]
    _near: String,
    #[serde(rename = "threshold")]
    _threshold: f64,
}

impl Component for Duplicates {
    type Options = DuplicatesOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec { choices: &["mark", "drop"], ..spec("near", OptionKind::Choice, Some("\"mark\"")) },
        spec("threshold", OptionKind::Number, Some("0.7")),
    ];
    const HELP: &'static str = "Finds duplicates.";
}

impl Stage for Duplicates {
    fn process(&mut self, _: &mut Article) -> Result<Verdict, StageError> {
        Ok(Verdict::Keep)
    }
}

struct Store;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoreOptions {
    #[serde(rename = "path")]
    _path: PathBuf,
    #[serde(default, rename = "password")]
    _password: String,
}

impl Component for Store {
    type Options = StoreOptions;
    const OPTIONS: &'static [OptionSpec] =
        &[spec("path", OptionKind::Path, None), spec("password", OptionKind::String, Some(""))];
    const HELP: &'static str = "Stores.";
}

#[async_trait]
impl Sink for Store {
    async fn open(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
    async fn write(&mut self, _: &[Arc<Parcel>]) -> Result<(), SinkError> {
        Ok(())
    }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    for name in
        ["strip_boilerplate", "strip_recurring", "drop_repeats", "enrich", "find_stories", "watch_yield"]
    {
        registry.stage::<Plain>(name, |_, _| Ok(Plain));
    }
    registry.stage::<Duplicates>("find_duplicates", |_, _| Ok(Duplicates));
    for name in ["sqlite", "jsonl"] {
        registry.sink::<Store>(name, |_, _, _| Ok(Store));
    }
    registry
}

fn with_catalog<T>(work: impl FnOnce(&Catalog<'_>) -> T) -> T {
    let registry = registry();
    let sources = [SourceSpec { name: "folder", help: "A drop folder.", options: SOURCE }];
    let reader = [spec("max_bytes", OptionKind::Bytes, Some("\"64MiB\""))];
    work(&Catalog { registry: &registry, sources: &sources, reader: &reader })
}

fn load_with(text: &str, overrides: &Overrides) -> Result<Plan, ConfigErrors> {
    with_catalog(|catalog| load(text, Path::new("/etc/copydesk/c.toml"), catalog, overrides))
}

fn load_text(text: &str) -> Result<Plan, ConfigErrors> {
    load_with(text, &Overrides::default())
}

fn overrides(variables: &[(&str, &str)], sets: &[&str]) -> Overrides {
    Overrides {
        variables: variables.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        sets: sets.iter().map(|set| (*set).to_owned()).collect(),
        reserved: &["COPYDESK_CONFIG"],
    }
}

/// The messages, without the file's name.
fn messages(result: Result<Plan, ConfigErrors>) -> Vec<String> {
    let errors = result.expect_err("the configuration is wrong");
    errors
        .to_string()
        .lines()
        .map(|line| line.trim_start_matches("/etc/copydesk/c.toml:").to_owned())
        .collect()
}

const GOOD: &str = r#"
[source]
type = "folder"
path = "inbox"
after = "move"

[reader]
max_bytes = "1MiB"

[[stage]]
type = "strip_boilerplate"
[[stage]]
type = "find_duplicates"
near = "drop"
name = "doubles"

[[sink]]
type = "sqlite"
path = "./data/articles.db"
batch_max = 10
retry_max = "1m"
[[sink]]
type = "jsonl"
path = "/var/out.jsonl"
"#;

#[test]
fn a_plan_is_complete() {
    let plan = load_text(GOOD).unwrap();
    assert_eq!(plan.source.kind, "folder");
    assert_eq!(
        plan.source.options.to_value(),
        json!({"path": "/etc/copydesk/inbox", "after": "move", "settle": 2000, "ignore": [".*", "*.tmp"]})
    );
    assert_eq!(plan.reader.to_value(), json!({"max_bytes": 1 << 20}));
    let names: Vec<(&str, &str)> =
        plan.stages.iter().map(|stage| (stage.name.as_str(), stage.kind.as_str())).collect();
    assert_eq!(names, [("strip_boilerplate", "strip_boilerplate"), ("doubles", "find_duplicates")]);
    assert_eq!(plan.stages[1].options.to_value(), json!({"near": "drop", "threshold": 0.7}));
    assert_eq!(plan.sinks[0].options.to_value(), json!({"path": "/etc/copydesk/data/articles.db"}));
    let policy = &plan.sinks[0].policy;
    assert_eq!((policy.batch_max, policy.retry_max), (10, Duration::from_secs(60)));
    assert_eq!(
        (policy.retry_min, policy.batch_linger),
        (Duration::from_millis(100), Duration::from_millis(5))
    );
    assert_eq!(plan.runtime.grace, Duration::from_secs(10));
    assert_eq!((plan.state, plan.admin), (None, None));
    assert!(plan.warnings.is_empty());
}

#[test]
fn every_problem_is_found_at_once() {
    let text = r#"
verison = 1
[source]
type = "folder"
pth = "inbox"
after = "mvoe"
settle = "5 parsecs"
ignore = [1]
[runtime]
workers = -1
grace = 10
queue = 0
[[stage]]
type = "strip_boilerplates"
anything = 1
[[stage]]
name = "x"
[[stage]]
type = "find_duplicates"
threshold = "high"
[[sink]]
type = "sqlite"
path = 7
retry_min = "2m"
[[sink]]
type = "postgres"
batch_max = "many"
[admin]
listen = "everywhere"
"#;
    assert_eq!(
        messages(load_text(text)),
        [
            "2:1: unknown key `verison` in the configuration, did you mean `version`? \
             (keys: version, state, source, reader, stage, sink, runtime, admin)",
            "3:2: [source] lacks `path` (a path)",
            "5:1: unknown key `pth` in [source], did you mean `path`? (keys: path, after, settle, ignore, done, type)",
            "6:9: `after` cannot be `mvoe`, did you mean `move`? (one of \"keep\", \"move\", \"delete\")",
            "7:10: `settle` takes a duration such as \"250ms\" (units: ms, s, m, h), not `5 parsecs`",
            "8:10: `ignore` takes a list of texts, and one of them is a whole number",
            "10:11: `workers` is out of range: -1 (0 or more)",
            "11:9: `grace` takes a duration such as \"250ms\" (units: ms, s, m, h), not a whole number",
            "12:9: `queue` is out of range: 0 (1 to 100000)",
            "14:8: unknown stage `strip_boilerplates` in [[stage]] #1, did you mean `strip_boilerplate`? \
             (available: drop_repeats, enrich, find_duplicates, find_stories, strip_boilerplate, strip_recurring, watch_yield)",
            "16:1: [[stage]] #2 lacks `type` (available: drop_repeats, enrich, find_duplicates, find_stories, strip_boilerplate, strip_recurring, watch_yield)",
            "20:13: `threshold` takes a number, not text",
            "23:8: `path` takes a path, not a whole number",
            "24:13: `retry_min` in [[sink]] #1 is longer than `retry_max`",
            "26:8: sink `postgres` in [[sink]] #2 is not in this version (available: jsonl, sqlite)",
            "27:13: `batch_max` takes a whole number, not text",
            "29:10: `listen` takes an address such as \"127.0.0.1:9477\", not `everywhere`",
        ]
    );
}

#[test]
fn what_is_missing_or_misshapen_is_named() {
    assert_eq!(
        messages(load_text("")),
        [
            "1:1: no [source] (say where articles come from: `type = \"folder\"`, `path = \"inbox\"`)",
            "1:1: no [[sink]] (say where articles go; available: jsonl, sqlite)",
        ]
    );
    let misshapen = "source = 1\nstage = [1]\n[sink]\ntype = \"jsonl\"\n[[runtime]]\nworkers = 1\n";
    let found = messages(load_text(misshapen));
    assert!(
        found.contains(&"1:1: `source` takes a table, not a whole number (write [source])".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"2:10: `stage` takes tables, not a whole number (write [[stage]])".to_owned()),
        "{found:?}"
    );
    assert!(found.iter().any(|line| line.contains("(write [[sink]])")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("(write [runtime], not [[runtime]])")), "{found:?}");
}

#[test]
fn syntax_errors_have_places() {
    let found = messages(load_text("[source]\ntype = folder\npath = \"a\"\npath = \"b\"\n"));
    assert!(found[0].starts_with("2:8: not TOML: "), "{found:?}");
    let found = messages(load_text("é = \"\"\n[source\n"));
    assert!(found.iter().any(|line| line.starts_with("2:")), "{found:?}");
}

#[test]
fn names_are_unique_and_fit_for_files() {
    let text = GOOD.replace("type = \"jsonl\"", "type = \"sqlite\"");
    let found = messages(load_text(&text));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("two sinks are called `sqlite` (the other is in line "), "{found:?}");
    let found = messages(load_text(&GOOD.replace("\"doubles\"", "\"../x\"")));
    assert!(found[0].contains("`../x` cannot name a stage"), "{found:?}");
}

#[test]
fn sinks_stay_out_of_the_drop_folder_and_of_each_other() {
    let found = messages(load_text(&GOOD.replace("/var/out.jsonl", "inbox/sub/out.jsonl")));
    assert!(found[0].contains("lies in the drop folder"), "{found:?}");
    let found = messages(load_text(&GOOD.replace("/var/out.jsonl", "data/./articles.db")));
    assert!(found[0].contains("both write to `/etc/copydesk/data/articles.db`"), "{found:?}");
}

#[test]
fn the_admin_server_needs_an_address() {
    let plan = load_text(&format!("{GOOD}[admin]\nlisten = \"127.0.0.1:9477\"\n")).unwrap();
    assert_eq!(plan.admin.unwrap().listen.port(), 9477);
    assert_eq!(plan.warnings, Vec::new());
    let found = messages(load_text(&format!("{GOOD}[admin]\nlisten = \"localhost\"\n")));
    assert!(found[0].contains("`listen` takes an address such as"), "{found:?}");
}

#[test]
fn no_configuration_is_a_plan_too() {
    let plan = |sets: &[&str]| {
        with_catalog(|catalog| {
            let overrides = overrides(&[], sets);
            embedded(Path::new("/in"), Path::new("/in/data"), Path::new("/base"), catalog, &overrides)
        })
    };
    let embedded = plan(&[]).unwrap();
    assert_eq!(embedded.state, Some(PathBuf::from("/in/data")));
    assert_eq!(embedded.source.options.get("path"), Some(&json!("/in")));
    let stages: Vec<&str> = embedded.stages.iter().map(|stage| stage.kind.as_str()).collect();
    assert_eq!(
        stages,
        [
            "strip_boilerplate",
            "strip_recurring",
            "drop_repeats",
            "enrich",
            "find_duplicates",
            "find_stories",
            "watch_yield"
        ]
    );
    assert_eq!(embedded.sinks[0].options.get("path"), Some(&json!("/in/data/articles.db")));
    let changed = plan(&["sink.0.type=jsonl", "sink.0.path=out.jsonl", "stage.4.near=drop"]).unwrap();
    assert_eq!(changed.sinks[0].options.get("path"), Some(&json!("/base/out.jsonl")));
    assert_eq!(messages(plan(&["stage.4.near=no"])).len(), 1);
}

#[test]
fn the_tables_hold_what_they_promise() {
    let context = SinkContext { state: PathBuf::from("/state") };
    assert_eq!(with_catalog(|catalog| check_defaults(catalog, &context)), [""; 0]);
}

#[test]
fn schema_and_reference_name_every_key() {
    let (schema, reference) = with_catalog(|catalog| (schema(catalog), reference(catalog)));
    assert_eq!(schema["properties"]["source"]["oneOf"][0]["properties"]["settle"]["default"], "2s");
    assert_eq!(schema["properties"]["sink"]["items"]["oneOf"][1]["properties"]["type"]["const"], "sqlite");
    assert_eq!(schema["properties"]["runtime"]["properties"]["workers"]["maximum"], 1024);
    let text = schema.to_string();
    for key in ["after", "max_bytes", "threshold", "batch_linger", "workers", "listen", "state"] {
        assert!(text.contains(&format!("\"{key}\"")), "{key}");
        assert!(reference.contains(&format!("| `{key}` | ")), "{key}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let _ = load_text(&text);
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..GOOD.len(), len in 0..40_usize, with in "[\\[\\]\"=.{}a-z0-9\n-]{0,6}") {
        let end = (at + len).min(GOOD.len());
        let text: String = [GOOD.get(..at).unwrap_or(""), &with, GOOD.get(end..).unwrap_or("")].concat();
        if let Err(errors) = load_text(&text) {
            prop_assert!(!errors.problems.is_empty());
        }
    }

    #[test]
    fn no_override_makes_it_panic(key in "(source|sink|stage|state|runtime|x|[0-9]|\\.|_){0,6}", value in "\\PC{0,20}") {
        let set = format!("{key}={value}");
        let variable = format!("COPYDESK_{}", key.to_uppercase());
        let _ = load_with(GOOD, &overrides(&[(&variable, &value)], &[&set]));
    }
}
