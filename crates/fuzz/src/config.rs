//! Configurations, with what overrides them.
//!
//! The input is TOML. In its comments, a line `#set KEY=VALUE` stands for a `--set`, and `#env NAME=VALUE` for an
//! environment variable.

use std::path::Path;

use copydesk::components;
use copydesk_config::{ConfigErrors, Overrides, Place, Plan};
use copydesk_core::SinkContext;
use copydesk_reader::ReaderOptions;

/// The value of the variable `SECRET`, which must show nowhere.
const SECRET: &str = "sup3r-s3cret-w0rd";

/// A plan whose every component takes its options, or problems that each have a place.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let overrides = overrides(&text);
    let registry = components::registry();
    let catalog = components::catalog(&registry);
    let file = Path::new("/etc/copydesk/copydesk.toml");
    let load = || copydesk_config::load(&text, file, &catalog, &overrides);
    let result = load();
    assert_eq!(result, load(), "the same text gives the same plan");
    check(&text, &result);
    let (folder, state) = (Path::new("/in"), Path::new("/state"));
    let embedded = copydesk_config::embedded(folder, state, Path::new("/"), &catalog, &overrides);
    check(&text, &embedded);
}

fn overrides(text: &str) -> Overrides {
    let after = |prefix: &'static str| text.lines().filter_map(move |line| line.strip_prefix(prefix));
    let variable = |(name, value): (&str, &str)| (name.into(), value.into());
    let mut variables: Vec<_> =
        after("#env ").filter_map(|line| line.split_once('=')).map(variable).collect();
    variables.push(variable(("SECRET", SECRET)));
    Overrides { variables, sets: after("#set ").map(str::to_owned).collect(), reserved: &[] }
}

fn check(text: &str, result: &Result<Plan, ConfigErrors>) {
    let shown = format!("{result:?}");
    assert!(text.contains(SECRET) || !shown.contains(SECRET), "a secret shows: {shown}");
    match result {
        Ok(plan) => check_plan(plan),
        Err(errors) => check_errors(text, errors),
    }
}

fn check_plan(plan: &Plan) {
    assert!(!plan.sinks.is_empty(), "a plan delivers somewhere");
    let registry = components::registry();
    serde_json::from_value::<ReaderOptions>(plan.reader.to_value())
        .expect("the reader takes what was checked");
    // What only the factory can see, it says by an error.
    for stage in &plan.stages {
        let entry = registry.find_stage(&stage.kind).expect("a stage of a plan is known");
        if let Err(error) = entry.build(&stage.name, stage.options.to_value(), &()) {
            assert!(!error.0.is_empty(), "an error says what is wrong");
        }
    }
    let context = SinkContext { state: "/state".into() };
    for sink in &plan.sinks {
        let entry = registry.find_sink(&sink.kind).expect("a sink of a plan is known");
        if let Err(error) = entry.build(&sink.name, sink.options.to_value(), &context) {
            assert!(!error.0.is_empty(), "an error says what is wrong");
        }
    }
}

fn check_errors(text: &str, errors: &ConfigErrors) {
    assert!(!errors.problems.is_empty(), "an error names a problem");
    let n_lines = text.split('\n').count();
    for problem in &errors.problems {
        assert!(!problem.message.is_empty(), "a problem says what is wrong");
        assert!(!problem.message.contains('\n'), "a problem is one line: {problem}");
        if let Place::File { line, column } = problem.place {
            assert!(
                (1..=n_lines).contains(&line) && column >= 1,
                "a problem's place is in the file: {problem}"
            );
        }
    }
}
