//! Each example, over real files, by the commands of the standard program.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{article, stderr, wait_for};
use crate::desk;

#[test]
fn a_stage_is_configured_checked_and_run_as_a_built_in_one() {
    let desk = desk("native_stage", "[[stage]]\ntype = \"min_words\"\nwords = 5\n");
    let check = desk.run(&["check"]);
    assert!(check.status.success(), "{}", stderr(&check));
    for (wrong, said) in [
        ("stage.0.wrods=3", "did you mean `words`"),
        ("stage.0.words=many", "`words`"),
        ("stage.0.type=min_wrods", "did you mean `min_words`"),
    ] {
        let check = desk.run(&["check", "--set", wrong]);
        assert_eq!(check.status.code(), Some(2), "{wrong}");
        assert!(stderr(&check).contains(said), "{wrong}: {}", stderr(&check));
    }
    let schema = desk.run(&["schema", "config"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert!(schema.to_string().contains("How many words an article needs."));
    desk.drop_file("1.txt", "Rain fell on the quay all day.\n");
    desk.drop_file("2.txt", "Rain fell.\n");
    let output = desk.drain(0);
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["dropped"]), (&json!(1), &json!(1)), "{}", stderr(&output));
    let cleaned = desk.run(&["clean", "--format", "json", "inbox"]);
    assert_eq!(String::from_utf8(cleaned.stdout).unwrap().lines().count(), 1);
    let explained = desk.run(&["explain", "inbox/2.txt"]);
    assert!(String::from_utf8(explained.stdout).unwrap().contains("dropped: 2 words"));
}

#[test]
fn a_plugin_is_kept_by_a_program_of_somebody_elses() {
    let desk = desk(
        "native_stage",
        "[[stage]]\ntype = \"exec\"\nname = \"lengths\"\ncommand = [\"python3\", \"stage.py\"]\n",
    );
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins/python");
    std::fs::copy(plugins.join("copydesk_plugin.py"), desk.path("copydesk_plugin.py")).unwrap();
    std::fs::copy(plugins.join("word_lengths/stage.py"), desk.path("stage.py")).unwrap();
    desk.drop_file("1.txt", article(1));
    let output = desk.drain(0);
    let lines = desk.lines();
    let record = lines.values().next().unwrap();
    assert!(record["notes"]["word_lengths"].is_object(), "{record}: {}", stderr(&output));
}

#[test]
fn a_watch_list_finds_whole_words_in_any_script() {
    let words = r#"["harbour", "zürich", "東京", "รถไฟ", "Fell on", "ferry"]"#;
    let desk = desk("native_watch_list", &format!("[[stage]]\ntype = \"watch_list\"\nwords = {words}\n"));
    let text = "The HARBOUR of Zürich, and harbours elsewhere.\n\nRain fell on 東京都の港. เขาขึ้นรถไฟไป\n";
    desk.drop_file("1.txt", text);
    desk.drop_file("2.txt", "Nothing of the kind, nor ferryman.\n");
    let output = desk.drain(0);
    let lines = desk.lines();
    assert_eq!(lines.len(), 2, "{}", stderr(&output));
    for record in lines.values() {
        let list = record["notes"]["watch_list"].as_array().unwrap();
        let found: Vec<(&str, &str)> = list
            .iter()
            .map(|hit| {
                let at = |idx: usize| usize::try_from(hit["span"][idx].as_u64().unwrap()).unwrap();
                (hit["word"].as_str().unwrap(), &text[at(0)..at(1)])
            })
            .collect();
        if record["source"]["uri"].as_str().unwrap().ends_with("2.txt") {
            assert_eq!(found, []);
            continue;
        }
        let expected = [
            ("harbour", "HARBOUR"),
            ("zürich", "Zürich"),
            ("Fell on", "fell on"),
            ("東京", "東京"),
            ("รถไฟ", "รถไฟ"),
        ];
        assert_eq!(found, expected);
    }
    let wrong = desk.run(&["check", "--set", "stage.0.words=[\"\"]"]);
    assert!(stderr(&wrong).contains("`words` holds an empty word"), "{}", stderr(&wrong));
}

#[test]
fn a_source_delivers_what_comes_once_and_goes_on_after_a_kill() {
    let desk = desk("native_source", "");
    let config = std::fs::read_to_string(desk.path("copydesk.toml")).unwrap();
    let (_, rest) = config.split_once("[[sink]]").unwrap();
    let source = "[source]\ntype = \"lines\"\npath = \"feed.txt\"\n[[sink]]";
    std::fs::write(desk.path("copydesk.toml"), format!("{source}{rest}")).unwrap();
    let feed = |n: u64| {
        let lines: Vec<String> = (0..n).map(|n| article(n).replace('\n', " ")).collect();
        std::fs::write(desk.path("feed.txt"), lines.join("\n") + "\nnot yet whole").unwrap();
    };
    feed(5);
    let check = desk.run(&["check"]);
    assert!(check.status.success(), "{}", stderr(&check));
    desk.drain(0);
    assert_eq!(desk.lines().len(), 5);
    desk.drain(0);
    assert_eq!((desk.lines().len(), desk.count("seen")), (5, 5));
    let mut daemon = desk.daemon();
    feed(200);
    wait_for("some articles", || desk.count("delivered") > 5);
    daemon.kill();
    feed(220);
    let daemon = desk.daemon();
    wait_for("all articles", || desk.count("delivered") == 220);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desk.lines().len(), 220);
    let verified = desk.run(&["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
}

#[test]
fn a_sink_gets_every_article_beside_the_built_in_one() {
    let desk = desk("native_sink", "[[sink]]\ntype = \"text_files\"\npath = \"out\"\n");
    for n in 0..5 {
        desk.drop_file(&format!("{n}.txt"), article(n));
    }
    desk.drain(0);
    desk.drop_file("3.txt", article(9));
    desk.drain(0);
    let lines = desk.lines();
    // The JSONL file is a history, the folder is not.
    assert_eq!(lines.len(), 6);
    let mut n_texts = 0;
    for entry in std::fs::read_dir(desk.path("out")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let record = &lines[name.strip_suffix(".txt").unwrap()];
        assert_eq!(record["text"], std::fs::read_to_string(entry.path()).unwrap());
        n_texts += 1;
    }
    assert_eq!(n_texts, 5);
}
