//! The guide to native stages, followed to the letter: files as they are shown, commands as they are written.

use std::path::Path;
use std::process::Command;

const GUIDE: &str = include_str!("../../examples/plugins/rust/NATIVE.md");

/// A piece of code in the guide: what is to be done with it.
enum Step<'a> {
    File(&'a str, String),
    Shell(String),
}

fn steps() -> Vec<Step<'static>> {
    let mut steps = Vec::new();
    let mut lines = GUIDE.lines();
    let mut said = "";
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let code: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| line.to_owned() + "\n").collect();
            // "…. `src/main.rs`:" names a file.
            let file = said.strip_suffix("`:").and_then(|said| said.rsplit_once('`')).map(|(_, file)| file);
            steps.push(match (language, file) {
                ("sh", None) => Step::Shell(code),
                (_, Some(file)) => Step::File(file, code),
                _ => panic!("a piece of code of which nobody knows what it is for:\n{code}"),
            });
        }
        if !line.is_empty() {
            said = line;
        }
    }
    steps
}

/// What of copydesk's own build makes its dependencies what they are, so that they are not built once more. The crates
/// of copydesk are: quickly, as they are there.
fn same_profile() -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(top.join("Cargo.toml")).unwrap();
    let (_, behind) = manifest.split_once("[profile.dev]").unwrap();
    let (profiles, _) = behind.split_once("[profile.release]").unwrap();
    let crates = std::fs::read_dir(top.join("crates")).unwrap().map(|entry| entry.unwrap().file_name());
    let crates =
        crates.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with("copydesk"));
    let quick: String = crates.map(|name| format!("[profile.dev.package.{name}]\nopt-level = 0\n")).collect();
    format!("[profile.dev]{profiles}{quick}")
}

#[test]
fn the_guide_to_native_stages_works_as_written() {
    // Not below copydesk's own folder, or `cargo new` would make the project a part of copydesk and say so in its
    // manifest. And the same place each time, or all would be built anew each time.
    let own = env!("CARGO_TARGET_TMPDIR").replace('/', "-");
    let here = std::env::temp_dir().join(format!("copydesk-guide{own}"));
    let _not_there = std::fs::remove_dir_all(&here);
    std::fs::create_dir_all(here.join(".cargo")).unwrap();
    std::fs::write(here.join(".cargo/config.toml"), same_profile()).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_MANIFEST_DIR"), here.join("copydesk")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut folder = here.clone();
    let mut n_run = 0;
    for step in steps() {
        match step {
            Step::File(path, content) => std::fs::write(folder.join(path), content).unwrap(),
            Step::Shell(script) => {
                let mut shell = Command::new("sh");
                shell.args(["-euxc", &script]).current_dir(&folder);
                shell
                    .env("CARGO_TARGET_DIR", target)
                    .env("CARGO_NET_OFFLINE", "true")
                    .env("CARGO_TERM_COLOR", "never");
                // What the cargo of this test has said to it is not for this one.
                for (name, _) in std::env::vars_os() {
                    let name = name.to_string_lossy().into_owned();
                    if name.starts_with("CARGO_PKG")
                        || name.starts_with("CARGO_MANIFEST")
                        || name.starts_with("COPYDESK_")
                    {
                        shell.env_remove(name);
                    }
                }
                let output = shell.output().unwrap();
                let said =
                    [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
                assert!(output.status.success(), "{script}\n{}", said.join("\n"));
                for line in script.lines().filter_map(|line| line.strip_prefix("cd ")) {
                    folder = folder.join(line);
                }
                n_run += 1;
            }
        }
    }
    assert_eq!(n_run, 3, "the guide has three pieces of shell");
    let record = std::fs::read_to_string(folder.join("articles.jsonl")).unwrap();
    assert!(record.contains(r#""rule":"sign""#) && record.contains(r#""stage":"shout""#), "{record}");
    std::fs::remove_dir_all(&here).unwrap();
}
