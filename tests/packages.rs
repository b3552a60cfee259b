//! The commands for plugins: every example passes its own tests, what misbehaves is found, and nothing is left behind.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Output;

use common::{program, stderr, wait_for};

fn plugin(folder: &Path, args: &[&str]) -> Output {
    program().current_dir(folder).arg("plugin").args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Processes whose folder is in this one.
fn processes(folder: &Path) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries
        .filter(|entry| {
            let here = std::fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            let state = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            here.starts_with(folder) && !state.contains(") Z ")
        })
        .count()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A package in Python, made anew, with this for its stage.
fn package(stage: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let output = plugin(dir.path(), &["new", "--lang", "python", "mine"]);
    assert!(output.status.success(), "{}", stderr(&output));
    std::fs::write(dir.path().join("mine/stage.py"), stage).unwrap();
    dir
}

/// What `plugin test` says of a package with this stage, and its exit code.
fn tested(stage: &str) -> (String, Option<i32>) {
    let dir = package(stage);
    let blessed = plugin(dir.path(), &["test", "--bless", "mine"]);
    let output = plugin(dir.path(), &["test", "mine"]);
    let said = stdout(&output) + &stderr(&output) + &stderr(&blessed);
    wait_for("its processes to end", || processes(dir.path()) == 0);
    (said, output.status.code())
}

#[test]
fn every_example_passes_its_tests() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins");
    let mut n_packages = 0;
    for manifest in files(&examples).iter().filter(|path| path.ends_with("plugin.toml")) {
        let package = manifest.parent().unwrap();
        // A template is one only once it has its files beside it, and a component once it is built (`components.rs`).
        let is_template = package.file_name().unwrap().to_string_lossy().starts_with("template");
        if is_template || !std::fs::read_to_string(manifest).unwrap().contains("type = \"exec\"") {
            continue;
        }
        n_packages += 1;
        let before = files(package);
        for command in ["check", "test"] {
            let output = plugin(&examples, &[command, package.to_str().unwrap()]);
            let said = stdout(&output);
            assert_eq!(output.status.code(), Some(0), "{}: {said}{}", package.display(), stderr(&output));
            assert!(said.contains(", all ok"), "{said}");
        }
        assert_eq!(before, files(package), "something was left behind");
    }
    assert!(n_packages >= 3, "{n_packages}");
}

#[test]
fn what_is_new_works_and_leaves_nothing_behind() {
    for lang in ["python", "js"] {
        let dir = tempfile::tempdir().unwrap();
        let output = plugin(dir.path(), &["new", "--lang", lang, "harbour-watch"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let before = files(dir.path());
        for args in [
            vec!["check", "harbour-watch"],
            vec!["test", "harbour-watch"],
            vec!["bench", "harbour-watch", "--seconds", "1"],
        ] {
            let output = plugin(dir.path(), &args);
            assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        }
        let blessed = stdout(&plugin(dir.path(), &["test", "--bless", "harbour-watch"]));
        assert!(blessed.contains("as it was, 1 note, 1 cut"), "{blessed}");
        assert_eq!(before, files(dir.path()));
        wait_for("its processes to end", || processes(dir.path()) == 0);
        // In its own folder no name is needed, and it is not made twice.
        let output = plugin(&dir.path().join("harbour-watch"), &["check"]);
        assert!(stdout(&output).contains("all ok"), "{}", stderr(&output));
        let output = plugin(dir.path(), &["new", "--lang", lang, "harbour-watch"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("`harbour-watch` is there already"), "{}", stderr(&output));
    }
}

#[test]
fn names_and_languages_that_cannot_be_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (args, expected) in [
        (["--lang", "python", "7up"], "`7up` cannot name a plugin"),
        (["--lang", "python", "a b"], "`a b` cannot name a plugin"),
        (["--lang", "cobol", "a"], "possible values: rust, python, js, c"),
    ] {
        let output = plugin(dir.path(), &[&["new"], &args[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
    let output = plugin(dir.path(), &["check", "none"]);
    assert!(stderr(&output).contains("there is no folder `none` (`copydesk plugin new` makes one)"));
    let output = plugin(dir.path(), &["test"]);
    assert!(stderr(&output).contains("cannot read `./plugin.toml`"), "{}", stderr(&output));
}

#[test]
fn a_plugin_that_remembers_or_guesses_is_found() {
    let (said, code) = tested(
        "import copydesk_plugin\nseen = []\ndef process(article, config):\n    seen.append(1)\n    \
         article.note('n', len(seen) if len(article.blocks) > 3 else 0)\ncopydesk_plugin.run(process)\n",
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("FAILED  the same 1,000 again: the same answers"), "{said}");
    assert!(said.contains("FAILED  killed in the middle, three times"), "{said}");
    assert!(said.contains("expected {\"notes\":{\"n\":"), "{said}");
    // It is fine where all answers are those of its process: only another process shows it.
    let (said, code) = tested(
        "import copydesk_plugin, os\ndef process(article, config):\n    \
         article.note('n', os.getpid() if len(article.blocks) > 3 else 0)\ncopydesk_plugin.run(process)\n",
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("ok      the same 1,000 again"), "{said}");
    assert!(said.contains("FAILED  killed in the middle") && said.contains("FAILED  started anew"), "{said}");
}

#[test]
fn a_plugin_that_cannot_stand_an_odd_article_is_found() {
    let (said, code) = tested(
        "import copydesk_plugin, os\ndef process(article, config):\n    article.text.split()[0]\n    \
         if '\\0' in article.text: os._exit(3)\n    \
         if set(article.record) - set(['x-stranger']) != set(article.record): raise KeyError('stranger')\n\
         copydesk_plugin.run(process)\n",
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("FAILED  an empty article\n            expected an answer, came a failure: IndexError"),
        "{said}"
    );
    assert!(
        said.contains("FAILED  NUL and control characters\n            expected an answer; it crashed"),
        "{said}"
    );
    assert!(said.contains("FAILED  messages and articles with members that it does not know"), "{said}");
    assert!(said.contains("ok      a body of 1 MB"), "{said}");
}

/// What `plugin test` says of a package with this stage that hangs, which has this long over a batch.
fn tested_hanging(stage: &str, timeout: &str) -> String {
    let dir = package(stage);
    let manifest = dir.path().join("mine/plugin.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("type = ", &format!("timeout = \"{timeout}\"\ntype = "))).unwrap();
    let output = plugin(dir.path(), &["test", "mine"]);
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    wait_for("its processes to end", || processes(dir.path()) == 0);
    said
}

#[test]
fn a_plugin_that_hangs_is_found_and_what_it_hangs_over() {
    let stage = |condition: &str| {
        format!(
            "import copydesk_plugin, time\ndef process(article, config):\n    if {condition}: time.sleep(600)\n\
             copydesk_plugin.run(process, max_batch=4)\n"
        )
    };
    let said = tested_hanging(&stage("True"), "1s");
    assert!(
        said.contains("FAILED  an empty article\n            expected an answer; it timed out over"),
        "{said}"
    );
    assert!(said.contains("\n3 checks, 2 FAILED (it hangs: the others are left out)"), "{said}");
    let said = tested_hanging(&stage("article.title == 'Report 7 from the harbour'"), "3s");
    for expected in [
        "FAILED  1,000 articles\n            it timed out over 4 articles: no answer within 3000 ms",
        "it hangs over article 7 alone: no answer within ",
        "article 7 begins: \"Report 7 from the harbour",
        "FAILED (it hangs: the others are left out)",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let said = tested_hanging(&stage("article.text == 'a'"), "3s");
    assert!(
        said.contains("FAILED  one character") && said.contains("ok      it ends when it is told to"),
        "{said}"
    );
}

#[test]
fn a_plugin_that_does_not_start_or_will_not_end_is_found() {
    let (said, code) = tested("import sys\nsys.exit('no licence')\n");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("FAILED  it starts") && said.contains("no licence"), "{said}");
    let dir = package("import sys\nsys.exit('no licence')\n");
    let output = plugin(dir.path(), &["check", "mine"]);
    let said = stdout(&output);
    assert!(said.contains("FAILED  it starts") && !said.contains("[[stage]]"), "{said}");
    let stubborn = "import copydesk_plugin, json\nreal = json.loads\ndef loads(line):\n    frame = real(line)\n    \
        return {'t': 'nothing'} if frame['t'] == 'drain' else frame\njson.loads = loads\n\
        copydesk_plugin.run(lambda article, config: None)\n";
    let (said, code) = tested(stubborn);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("FAILED  it ends when it is told to\n            it does not answer `drain`"),
        "{said}"
    );
}

#[test]
fn what_differs_from_what_is_expected_is_told() {
    let dir = package(
        "import copydesk_plugin\ncopydesk_plugin.run(lambda article, config: article.note('n', 2))\n",
    );
    let fixtures = dir.path().join("mine/fixtures");
    std::fs::write(fixtures.join("first.expected.json"), "{\"notes\": {\"n\": 3}}").unwrap();
    std::fs::write(fixtures.join("second.txt"), "Rain fell on Larkhaven all day long.\n").unwrap();
    std::fs::write(fixtures.join("third.expected.json"), "{}").unwrap();
    std::fs::write(fixtures.join("fourth.txt"), "Rain fell on Larkhaven all night long.\n").unwrap();
    std::fs::write(fixtures.join("fourth.expected.json"), "{\"note\": {}}").unwrap();
    let output = plugin(dir.path(), &["test", "mine"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    for expected in [
        "FAILED  fixtures/first.txt\n            note `n`: expected 3\n            note `n`: came     2\n",
        "FAILED  fixtures/second.txt\n            there is no `second.expected.json`",
        "FAILED  fixtures/third.expected.json\n            there is no article to it",
        "FAILED  fixtures/fourth.txt\n            fourth.expected.json: unknown field `note`, expected one of",
        ", 4 FAILED",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    let lines = stdout(&plugin(dir.path(), &["test", "--json", "mine"]));
    let checks: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(checks.iter().filter(|check| check["ok"] == false).count(), 4, "{lines}");
}

#[test]
fn a_manifest_is_read_strictly() {
    let dir = package("");
    let manifest = dir.path().join("mine/plugin.toml");
    std::fs::write(&manifest, "nmae = \"mine\"\nversion = \"1\"\n[stage]\ntype = \"exec\"\nworker = 2\n")
        .unwrap();
    let output = plugin(dir.path(), &["check", "mine"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for expected in [
        "mine/plugin.toml:1:1: unknown key `nmae` in the package, did you mean `name`?",
        "the package lacks `name`",
        "[stage] lacks `command`",
        "unknown key `worker` in [stage], did you mean `workers`?",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}
