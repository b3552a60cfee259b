//! Plugins that do their work, in Python and in JavaScript.

use serde_json::Value;

use crate::common::stderr;
use crate::{WORD_LENGTHS, bad, desk, drop_articles};

const NODE_SDK: &str = include_str!("../../examples/plugins/js/copydesk_plugin.mjs");
const NODE_WORD_LENGTHS: &str = include_str!("../../examples/plugins/js/word_lengths/stage.mjs");

#[test]
fn how_a_plugin_calls_itself_is_cut() {
    let script = "import copydesk_plugin\ncopydesk_plugin.run(lambda article, config: None, 'n\\x1b' * 5000, 'v' * 5000)\n";
    let desk = desk("proud.py", script, "");
    drop_articles(&desk, 0..1, |_| false);
    let said = stderr(&desk.drain(0));
    assert!(said.contains("plugin is ready") && said.contains(&"v".repeat(100)), "{said}");
    assert!(!said.contains(&"v".repeat(101)) && said.len() < 5000, "{said}");
}

#[test]
fn a_plugin_may_drop_an_article_or_ask_for_another_try() {
    let desk = bad("drop", "");
    drop_articles(&desk, 0..3, |number| number == 1);
    desk.drain(0);
    assert_eq!((desk.count("delivered"), desk.count("dropped")), (2, 1));
    let desk = bad("retry", "");
    drop_articles(&desk, 0..3, |_| false);
    desk.drain(0);
    assert_eq!(desk.count("delivered"), 3);
}

#[test]
fn a_plugin_gets_a_clean_world() {
    let desk = bad("env", "env = [\"HARBOUR\", \"NOT_SET\"]");
    drop_articles(&desk, 0..1, |_| false);
    let output =
        desk.command(&["run", "--once"]).env("HARBOUR", "north").env("SECRET", "x").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let lines = desk.lines();
    let notes = &lines.values().next().unwrap()["notes"];
    let env: Vec<&str> = notes["env"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(env.contains(&"HARBOUR") && !env.contains(&"SECRET") && !env.contains(&"NOT_SET"), "{env:?}");
    assert_eq!(notes["cwd"], desk.dir.path().to_str().unwrap());
    // Three of its own, the two of the protocol, and the one that lists them.
    assert_eq!(notes["fds"].as_array().unwrap().len(), 6, "{notes}");
}

#[test]
fn the_example_notes_word_lengths_in_every_article_whatever_the_workers() {
    let mut outputs = Vec::new();
    for lines in ["workers = 1\nbatch = 7", "workers = 3\nbatch = 2"] {
        let desk = desk("word_lengths.py", WORD_LENGTHS, &format!("{lines}\n[stage.config]\nlongest = 8\n"));
        drop_articles(&desk, 0..40, |_| false);
        desk.drain(0);
        let lines = desk.lines();
        assert_eq!(lines.len(), 40);
        let lengths: Vec<(String, Value)> =
            lines.iter().map(|(id, record)| (id.clone(), record["notes"]["word_lengths"].clone())).collect();
        for (id, lengths) in &lengths {
            let lengths = lengths.as_object().unwrap_or_else(|| panic!("{id} has no note"));
            assert!(!lengths.is_empty() && lengths.keys().all(|length| length.parse::<u32>().unwrap() <= 8));
        }
        let cleaned = desk.run(&["clean", "--format", "json", "inbox/005.txt"]);
        let record: Value = serde_json::from_slice(&cleaned.stdout).unwrap();
        let id = record["id"].as_str().unwrap();
        assert_eq!(record["notes"], lines[id]["notes"], "{}", stderr(&cleaned));
        outputs.push(lengths);
    }
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn check_names_a_command_that_is_not_there() {
    for (command, expected) in [
        ("[\"pyhton3\", \"plugins/word_lengths.py\"]", "there is no program `pyhton3` in PATH"),
        ("[\"python3\", \"plugins/word_length.py\"]", "plugins/word_length.py`"),
        ("[\"./plugins/none\"]", "plugins/none`"),
        ("[\"plugins/word_lengths.py\"]", "cannot be executed"),
        ("[]", "`command` is empty"),
    ] {
        let desk = desk("word_lengths.py", WORD_LENGTHS, "");
        let config = std::fs::read_to_string(desk.path("copydesk.toml")).unwrap();
        let config = config.replace("[\"python3\", \"plugins/word_lengths.py\"]", command);
        std::fs::write(desk.path("copydesk.toml"), config).unwrap();
        let output = desk.run(&["check"]);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(said.contains(expected) && said.contains("copydesk.toml:14:1: "), "{said}");
    }
}

/// A plugin in JavaScript that does all there is to do.
const NODE: &str = r#"
import * as copydesk from "./copydesk_plugin.mjs";
copydesk.run(async (article, config) => {
  console.log("over", article.uri);
  if (article.text.includes("POISON")) throw new RangeError("no such harbour");
  if (article.text.includes("DROP")) return copydesk.drop("not wanted");
  const block = article.blocks.find((block) => block.text.includes("Ünder")) ?? article.blocks[0];
  const start = block.text.indexOf("Share");
  if (start >= 0) article.cut(block, "share", { rule: "bar", start });
  article.set("section", config.section);
  article.note("half", "\ud800");
});
"#;

#[test]
fn javascript_does_what_python_does() {
    let stages = desk("word_lengths.py", WORD_LENGTHS, "");
    let config = std::fs::read_to_string(stages.path("copydesk.toml")).unwrap()
        + "[[stage]]\ntype = \"exec\"\nname = \"other\"\ncommand = [\"node\", \"plugins/all.mjs\"]\n"
        + "config = { section = \"Sea\" }\n"
        + "[[stage]]\ntype = \"exec\"\nname = \"js\"\ncommand = [\"node\", \"plugins/other.mjs\"]\n";
    std::fs::write(stages.path("copydesk.toml"), config).unwrap();
    std::fs::write(stages.path("plugins/copydesk_plugin.mjs"), NODE_SDK).unwrap();
    std::fs::write(stages.path("plugins/all.mjs"), NODE).unwrap();
    let renamed = NODE_WORD_LENGTHS.replace("note(\"word_lengths\"", "note(\"lengths\"");
    std::fs::write(stages.path("plugins/other.mjs"), renamed).unwrap();
    drop_articles(&stages, 0..6, |number| number == 3);
    stages.drop_file("100.txt", "DROP this.\n");
    stages.drop_file("101.txt", "Ünder the bridge — “so” it was. Share this!\n");
    let output = stages.drain(3);
    assert_eq!(stages.count("dropped"), 1);
    let reason = stages.quarantine()[0]["reason"].to_string();
    assert!(reason.contains("failed (attempt 1): RangeError: no such harbour"), "{reason}");
    let lines = stages.lines();
    assert_eq!(lines.len(), 6, "{}", stderr(&output));
    for record in lines.values() {
        // The first stage saw what the second has cut.
        if record["cuts"].as_array().unwrap().is_empty() {
            assert_eq!(record["notes"]["lengths"], record["notes"]["word_lengths"], "{record}");
        } else {
            assert_eq!(record["text"], "Ünder the bridge — “so” it was.");
            assert_eq!(record["cuts"][0]["rule"], "bar");
        }
        assert_eq!(record["section"], "Sea");
        assert_eq!(record["evidence"]["section"]["rule"], "plugin:other");
        assert_eq!(record["notes"]["half"], "\u{fffd}");
    }
}
