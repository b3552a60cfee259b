//! Invented pages, one folder a reason, each with a snapshot that marks every cut in place.
//!
//! A line that starts with `! ` in a fixture is boilerplate that must be cut for the folder's reason, one that
//! starts with `!REASON ` for another one; every other line must stay. The marks are taken off first.

mod common;

use common::{render, stripped};

struct Expected {
    raw: String,
    lines: Vec<Option<String>>,
}

fn expected(fixture: &str, reason: &str) -> Expected {
    let mut raw = String::new();
    let mut lines = Vec::new();
    for line in fixture.lines() {
        let (text, cut) = match line.strip_prefix('!').and_then(|marked| marked.split_once(' ')) {
            Some(("", text)) => (text, Some(reason.to_owned())),
            Some((other, text)) => (text, Some(other.to_owned())),
            None => (line, None),
        };
        raw.push_str(text);
        raw.push('\n');
        if !text.trim().is_empty() {
            lines.push(cut);
        }
    }
    Expected { raw, lines }
}

#[test]
fn every_fixture_is_cut_line_for_line() {
    let mut wrong = Vec::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|reason| std::fs::read_dir(reason.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    for path in &paths {
        let reason = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected = expected(&std::fs::read_to_string(path).unwrap(), reason);
        let article = stripped(&expected.raw);
        for (block, cut) in article.blocks().iter().zip(&expected.lines) {
            let got = article.cuts().iter().find(|cut| cut.span.overlaps(block.span));
            let got_reason = got.map(|cut| cut.reason.name().to_owned());
            if got_reason != *cut {
                let rule = got.map_or("no rule", |cut| &cut.rule);
                let text = block.span.of_text(article.raw());
                wrong.push(format!("{reason}/{name}: want {cut:?}, got {got_reason:?} by {rule}: {text}"));
            }
        }
        insta::with_settings!({ snapshot_path => format!("fixtures/{reason}"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, render(&article));
        });
    }
    assert!(paths.len() >= 80, "only {} fixtures", paths.len());
    assert!(wrong.is_empty(), "{} lines are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
