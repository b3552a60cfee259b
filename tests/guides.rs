//! The guides for plugins work as they are written: their commands are run one after the other in an empty folder, what
//! they say is to be written to a file is written there, and what they say is printed is printed.
//!
//! Of a guide, a block ```` ```sh ```` is run; a block ```` ```text ```` right behind it is what it prints to standard
//! output, where `…` stands for anything. A block behind a line that is a path in backticks and a colon is that file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::program;

/// A block of code, and the line of text before it.
struct Block {
    language: String,
    text: String,
    before: String,
}

fn blocks(guide: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut before = String::new();
    for line in guide.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => block.text.extend([line, "\n"]),
            (None, Some(language)) => {
                let before = std::mem::take(&mut before);
                open = Some(Block { language: language.to_owned(), text: String::new(), before });
            }
            (None, None) if line.trim().is_empty() => {}
            (None, None) => line.clone_into(&mut before),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// `` `path`: `` is the name of a file.
fn file_named(line: &str) -> Option<&str> {
    line.strip_prefix('`')?.strip_suffix("`:").filter(|path| !path.contains('`'))
}

/// Whether this is what was shown: every piece between two `…` is there, in order.
fn is_as_shown(printed: &str, shown: &str) -> bool {
    let mut rest = printed;
    let mut pieces = shown.trim_end().split('…').peekable();
    let mut is_first = true;
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        // What stands for anything may stand for nothing, and for the end of the line with it.
        let piece = if is_first { piece } else { piece.trim_start_matches('\n') };
        let found = if is_first && is_last {
            (rest.trim_end() == piece).then_some(rest.len())
        } else if is_first {
            rest.starts_with(piece).then_some(piece.len())
        } else if is_last {
            rest.trim_end().ends_with(piece).then_some(rest.len())
        } else {
            rest.find(piece).map(|at| at + piece.len())
        };
        let Some(behind) = found.and_then(|at| rest.get(at..)) else { return false };
        rest = behind;
        is_first = false;
    }
    true
}

fn follow(guide: &Path) -> usize {
    let text = std::fs::read_to_string(guide).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut here = dir.path().to_owned();
    let end = dir.path().join(".where");
    let mut printed: Option<String> = None;
    let mut n_commands = 0;
    for block in blocks(&text) {
        if let Some(path) = file_named(&block.before) {
            let path = here.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &block.text).unwrap();
            printed = None;
        } else if block.language == "sh" {
            let script = format!("set -e\n{}\npwd > '{}'\n", block.text, end.display());
            let output = shell(&script).current_dir(&here).output().unwrap();
            let (out, err) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{}: {}\n{out}\n{err}", guide.display(), block.text);
            here = PathBuf::from(std::fs::read_to_string(&end).unwrap().trim_end());
            printed = Some(out.into_owned());
            n_commands += block.text.lines().count();
        } else if let (Some(printed), "text") = (printed.take(), block.language.as_str()) {
            let shown = &block.text;
            assert!(is_as_shown(&printed, shown), "{}: shown\n{shown}\nprinted\n{printed}", guide.display());
        }
    }
    n_commands
}

/// A shell in which `copydesk` is the program under test.
fn shell(script: &str) -> Command {
    let copydesk = Path::new(env!("CARGO_BIN_EXE_copydesk"));
    let mut places = vec![copydesk.parent().unwrap().to_owned()];
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let mut command = Command::new("sh");
    // As `program`, without what the outer environment says of configurations and build folders.
    for (name, value) in program().get_envs() {
        if value.is_none() {
            command.env_remove(name);
        }
    }
    for name in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "RUSTFLAGS"] {
        command.env_remove(name);
    }
    // All that the guides take from a registry this project takes too.
    command.env("CARGO_NET_OFFLINE", "true").env("PATH", std::env::join_paths(places).unwrap());
    command.args(["-c", script]);
    command
}

fn guide(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins").join(language).join("README.md")
}

#[test]
fn the_guide_for_python_works_as_written() {
    assert!(follow(&guide("python")) >= 10);
}

#[test]
fn the_guide_for_javascript_works_as_written() {
    assert!(follow(&guide("js")) >= 10);
}

#[test]
fn the_guide_for_rust_works_as_written() {
    assert!(follow(&guide("rust")) >= 12);
}

#[test]
#[cfg(feature = "wasm")]
fn the_guide_for_c_works_as_written() {
    assert!(follow(&guide("c")) >= 12);
}

#[test]
#[cfg(feature = "wasm")]
fn the_guide_for_components_in_python_works_as_written() {
    assert!(follow(&guide("python").with_file_name("COMPONENT.md")) >= 5);
}

#[test]
#[cfg(feature = "wasm")]
fn the_guide_for_components_in_javascript_works_as_written() {
    assert!(follow(&guide("js").with_file_name("COMPONENT.md")) >= 5);
}

#[test]
fn what_differs_from_what_is_shown_is_noticed() {
    for (printed, shown, expected) in [
        ("a\nb\n", "a\nb\n", true),
        ("a\nb\n", "a\n", false),
        ("a\nx\ny\nb\n", "a\n…\nb\n", true),
        ("a\nb\n", "a\n…\nb\n", true),
        ("a\nx\nc\n", "a\n…\nb\n", false),
        ("copydesk 0.1\n", "copydesk …\n", true),
        ("other 0.1\n", "copydesk …\n", false),
        ("a 1 b\nc 2 d\n", "a …\nc …\n", true),
        ("c 2 d\na 1 b\n", "a …\nc …\n", false),
    ] {
        assert_eq!(is_as_shown(printed, shown), expected, "{printed:?} {shown:?}");
    }
    let found = blocks("`a.py`:\n\n```python\nx\n```\n\nText\n\n```sh\nls\n```\n");
    assert_eq!(file_named(&found[0].before), Some("a.py"));
    assert_eq!((found[1].text.as_str(), file_named(&found[1].before)), ("ls\n", None));
}
