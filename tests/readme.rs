//! What the README shows is what the program prints.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::program;

#[test]
fn the_example_is_what_the_program_prints() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let command = "`copydesk explain examples/inbox/harbour-bridge.txt`:\n\n```text\n";
    let shown = readme.split_once(command).unwrap().1.split_once("```").unwrap().0;
    let explain = |name: &str| {
        let output = program().args(["explain", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let printed = explain(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/inbox/harbour-bridge.txt"));
    let mut rest = printed.as_str();
    for line in shown.lines().filter(|line| !line.contains('─')) {
        // Long lines are shortened there.
        let part = line.split('…').next().unwrap_or_default().trim_end();
        let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not in its place in\n{printed}"));
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
}
