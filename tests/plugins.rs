//! Plugins that misbehave in every way there is: every other article is delivered once, the bad one is in quarantine
//! with its reason, and nothing is left running.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Daemon, Desk, article, exists, stderr, wait_for};
use serde_json::{Value, json};

const SDK: &str = include_str!("../examples/plugins/python/copydesk_plugin.py");
const WORD_LENGTHS: &str = include_str!("../examples/plugins/python/word_lengths/stage.py");
const NODE_SDK: &str = include_str!("../examples/plugins/js/copydesk_plugin.mjs");
const NODE_WORD_LENGTHS: &str = include_str!("../examples/plugins/js/word_lengths/stage.mjs");
const BAD: &str = include_str!("plugins/bad.py");

/// A desk whose only stage is `plugins/PLUGIN`, with these lines in its table.
fn desk(plugin: &str, script: &str, lines: &str) -> Desk {
    let config = format!(
        r#"
[source]
type = "folder"
path = "inbox"
settle = "60ms"
quiet = "20ms"
grace = "300ms"
reconcile = "1s"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
[runtime]
grace = "5s"
[[stage]]
type = "exec"
name = "mine"
command = ["python3", "plugins/{plugin}"]
{lines}
"#
    );
    let desk = Desk::in_memory(&config);
    std::fs::create_dir(desk.path("plugins")).unwrap();
    std::fs::write(desk.path("plugins/copydesk_plugin.py"), SDK).unwrap();
    std::fs::write(desk.path("plugins").join(plugin), script).unwrap();
    desk
}

fn bad(how: &str, lines: &str) -> Desk {
    desk("bad.py", BAD, &format!("timeout = \"3s\"\n{lines}\n[stage.config]\nhow = \"{how}\"\n"))
}

fn drop_articles(desk: &Desk, numbers: std::ops::Range<u64>, is_bad: impl Fn(u64) -> bool) {
    for number in numbers {
        let mark = if is_bad(number) { "POISON is kept in the cellar of the lighthouse.\n" } else { "" };
        desk.drop_file(&format!("{number:03}.txt"), article(number) + mark);
    }
}

/// Processes whose command line or folder is of this desk, the keeper's and the daemon's included.
fn processes(desk: &Desk) -> Vec<String> {
    let of = desk.dir.path().to_str().unwrap().to_owned();
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_here = |path: &Path| {
        let folder = std::fs::read_link(path.join("cwd")).unwrap_or_default();
        let state = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        folder.starts_with(&of) && !state.contains(") Z ")
    };
    let here = entries.map(|entry| entry.path()).filter(|path| is_here(path));
    here.map(|path| std::fs::read_to_string(path.join("cmdline")).unwrap_or_default().replace('\0', " "))
        .collect()
}

/// Six articles, the fourth of which is bad: it alone is in quarantine, for a reason that holds `reasons`.
fn one_is_set_aside(how: &str, lines: &str, reasons: &[&str]) -> String {
    let desk = bad(how, lines);
    drop_articles(&desk, 0..6, |number| number == 3);
    let output = desk.drain(3);
    let lines = desk.lines();
    assert_eq!(lines.len(), 5, "{}", stderr(&output));
    assert!(lines.values().all(|record| record["notes"]["words"].as_u64() > Some(10)), "{lines:?}");
    let status = desk.balanced();
    assert_eq!((&status["delivered"], &status["quarantined"]), (&json!(5), &json!(1)), "{status}");
    let entries = desk.quarantine();
    let entry = &entries[0];
    assert_eq!(entries.len(), 1);
    assert!(entry["uri"].as_str().unwrap().ends_with("003.txt"), "{entry}");
    assert_eq!(entry["stage"], "mine", "{entry}");
    let reason = entry["reason"].as_str().unwrap();
    for expected in [&["plugin `mine` (SHA-256 "], reasons].concat() {
        assert!(reason.contains(expected), "{how}: {reason}");
    }
    wait_for("its processes to end", || processes(&desk).is_empty());
    stderr(&output)
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_crashes() {
    one_is_set_aside(
        "crash",
        "",
        &["crashed over this article: signal 11", "printed: ", "over 003.txt", "attempt 2 of 2"],
    );
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_ends() {
    one_is_set_aside("exit", "", &["it ended by itself (exit code 0)"]);
}

/// Fault: plugin_crash
#[test]
fn any_exit_code_is_the_plugins_own() {
    for code in [127, 139, 225] {
        one_is_set_aside(
            &format!("exit {code}"),
            "",
            &[&format!("crashed over this article: exit code {code}; it printed: ")],
        );
    }
    let said = one_is_set_aside("forge", "", &["crashed over this article: exit code 7; ", "all bounds"]);
    assert!(!said.contains("went beyond"), "{said}");
}

/// Fault: plugin_hang
#[test]
fn a_plugin_that_hangs_and_will_not_be_told() {
    one_is_set_aside("hang", "", &["timed out over this article: no answer within 3000 ms"]);
}

/// Fault: plugin_flood
#[test]
fn a_plugin_that_floods_its_answers() {
    one_is_set_aside("flood", "", &["answered garbage", "a line of more than"]);
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_garbage() {
    one_is_set_aside("garbage", "", &["answered garbage", "`{]` is no line of the protocol"]);
    one_is_set_aside("unknown", "", &["answered garbage", "unknown variant `greetings`"]);
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_for_another_article() {
    one_is_set_aside("another", "batch = 1", &["it answers for another article (`00000000"]);
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_answers_twice_or_not() {
    one_is_set_aside("twice", "batch = 1", &["it answers twice for article 0"]);
    one_is_set_aside("silence", "", &["it does not answer for 1 of 1 articles"]);
}

/// Fault: plugin_memory
#[test]
fn a_plugin_that_eats_memory() {
    one_is_set_aside("memory", "memory = \"200MiB\"", &["failed (attempt 1): MemoryError"]);
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_forks_and_flees() {
    one_is_set_aside("fork", "", &["crashed over this article: exit code 9"]);
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_doubles_and_doubles() {
    one_is_set_aside(
        "bomb",
        "processes = 20",
        &["crashed over this article: it went beyond `processes`", "more than 20 processes"],
    );
}

/// Fault: plugin_forks
#[test]
fn a_plugin_that_starts_thread_after_thread() {
    one_is_set_aside(
        "threads",
        "threads = 300",
        &[
            "crashed over this article: it went beyond `threads`",
            "threads in all its processes, more than 300",
        ],
    );
}

/// Fault: plugin_memory
#[test]
fn a_plugin_whose_processes_hold_too_much_together() {
    one_is_set_aside(
        "many",
        "memory = \"100MiB\"\ntotal_memory = \"150MiB\"",
        &["it went beyond `total_memory`", "bytes of memory in all its processes, more than 157286400"],
    );
}

/// Fault: plugin_crash
#[test]
fn a_plugin_that_fills_shared_memory() {
    one_is_set_aside(
        "shared",
        "memory = \"100MiB\"",
        &["it went beyond `memory`", "bytes of shared memory in a process, more than 104857600"],
    );
    one_is_set_aside(
        "shared",
        "memory = \"300MiB\"\ntotal_memory = \"150MiB\"",
        &["it went beyond `total_memory`", "bytes of memory in all its processes, more than 157286400"],
    );
}

#[test]
fn what_processes_share_counts_once() {
    let desk = bad("sharing", "total_memory = \"200MiB\"");
    drop_articles(&desk, 0..3, |number| number == 1);
    let output = desk.drain(0);
    assert_eq!(desk.lines().len(), 3, "{}", stderr(&output));
}

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
fn a_plugin_that_raises() {
    let said = one_is_set_aside("raise", "", &["failed (attempt 1): ValueError: no such harbour"]);
    assert!(said.contains("Traceback"), "{said}");
}

/// Fault: plugin_garbage
#[test]
fn a_plugin_that_breaks_a_law() {
    one_is_set_aside(
        "law",
        "",
        &["proposes what cannot be: cut 0: [0, 100000] is no range of whole characters"],
    );
}

/// Fault: plugin_prints
#[test]
fn what_a_plugin_prints_is_escaped_and_not_all_shown() {
    let desk = bad("print", "timeout = \"30s\"".replace("timeout", "start_timeout").as_str());
    drop_articles(&desk, 0..6, |number| number == 3);
    let said = stderr(&desk.drain(0));
    assert_eq!(desk.lines().len(), 6);
    assert!(said.contains("\\u{1b}[31mnoise"), "no escaped line");
    assert!(!said.contains('\u{1b}') && said.len() < 200_000, "{} bytes", said.len());
    assert!(said.contains("the plugin prints too much, lines are not shown"));
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

/// Fault: plugin_crash
#[test]
fn many_bad_articles_in_a_row_do_not_hold_up_the_good() {
    let desk = bad("exit", "");
    drop_articles(&desk, 0..12, |number| number < 7);
    let output = desk.drain(3);
    assert_eq!((desk.count("delivered"), desk.count("quarantined")), (5, 7), "{}", stderr(&output));
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

/// Fault: plugin_down
#[test]
fn a_plugin_that_is_down_holds_its_articles_until_it_is_up() {
    let desk = desk("word_lengths.py", "import sys\nsys.exit('no licence')\n", "");
    drop_articles(&desk, 0..4, |_| false);
    let output = desk.run(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("articles wait for this stage"), "{}", stderr(&output));
    assert_eq!((desk.count("pending"), desk.count("quarantined")), (4, 0));
    let daemon = desk.daemon();
    wait_for("the plugin to be down", || {
        let health = desk.status()["daemon"].to_string() + &desk.status().to_string();
        health.contains("articles wait for stage `mine`, which is down") && health.contains("no licence")
    });
    std::fs::write(desk.path("plugins/word_lengths.py"), WORD_LENGTHS).unwrap();
    wait_for("the articles", || desk.count("delivered") == 4);
    wait_for("good health", || !desk.status().to_string().contains("which is down"));
    assert_eq!(daemon.stop(), Some(0));
    wait_for("its processes to end", || processes(&desk).is_empty());
}

/// Fault: plugin_down
#[test]
fn a_plugin_that_is_down_may_send_its_articles_to_quarantine() {
    let desk = desk("word_lengths.py", "import sys\nsys.exit('no licence')\n", "on_down = \"quarantine\"");
    drop_articles(&desk, 0..4, |_| false);
    desk.drain(3);
    assert_eq!(desk.count("quarantined"), 4);
    let reason = desk.quarantine()[0]["reason"].to_string();
    assert!(reason.contains("plugin `mine` is down") && reason.contains("no licence"), "{reason}");
}

/// The bad article makes the plugin fork children into sessions of their own, whose parents end; then it hangs. None of
/// them hears SIGTERM.
fn daemonising(timeout: &str) -> Desk {
    let script = BAD.replace("os._exit(9)", "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)");
    let lines = format!("timeout = \"{timeout}\"\nbatch = 2\n[stage.config]\nhow = \"fork\"\n");
    desk("bad.py", &script, &lines)
}

/// Fault: plugin_kill
#[test]
fn a_killed_daemon_leaves_nothing_running_and_loses_nothing() {
    let desk = daemonising("60s");
    drop_articles(&desk, 0..6, |number| number == 3);
    let mut daemon = desk.daemon();
    // Daemon, keeper, plugin and the three that have fled.
    wait_for("the children", || processes(&desk).len() >= 6);
    daemon.kill();
    wait_for("all processes to end", || processes(&desk).is_empty());
    std::fs::write(desk.path("plugins/bad.py"), WORD_LENGTHS).unwrap();
    desk.drain(0);
    assert_eq!(desk.lines().len(), 6);
    assert_eq!(desk.balanced()["delivered"], 6);
}

/// The process between a daemon and its plugin.
fn keeper(daemon: &Daemon) -> Option<String> {
    children(&daemon.child.id().to_string()).into_iter().next()
}

fn children(pid: &str) -> Vec<String> {
    let list = Command::new("ps").args(["-o", "pid=", "--ppid", pid]).output().unwrap();
    String::from_utf8(list.stdout).unwrap().split_ascii_whitespace().map(str::to_owned).collect()
}

/// Fault: plugin_kill
#[test]
fn a_killed_keeper_takes_its_plugin_along() {
    let desk = bad("hang", "timeout = \"60s\"".replace("timeout", "start_timeout").as_str());
    drop_articles(&desk, 0..4, |_| false);
    let daemon = desk.daemon();
    wait_for("the articles", || desk.count("delivered") == 4);
    let first = keeper(&daemon).unwrap();
    assert!(Command::new("kill").args(["-9", &first]).status().unwrap().success());
    wait_for("the plugin to end", || !processes(&desk).iter().any(|line| line.contains("bad.py")));
    drop_articles(&desk, 10..14, |_| false);
    wait_for("the other articles", || desk.count("delivered") == 8);
    assert_ne!(keeper(&daemon), Some(first));
    assert_eq!(daemon.stop(), Some(0));
}

/// Fault: plugin_kill
#[test]
fn what_a_killed_keeper_leaves_is_ended() {
    let desk = daemonising("5s");
    drop_articles(&desk, 0..1, |_| true);
    let daemon = desk.daemon();
    wait_for("the keeper", || keeper(&daemon).is_some());
    let keeper = keeper(&daemon).unwrap();
    let mut kept = Vec::new();
    // The plugin, and the three that have fled from it.
    wait_for("the children", || {
        kept = children(&keeper).iter().map(|pid| Path::new("/proc").join(pid)).collect::<Vec<PathBuf>>();
        kept.len() >= 4
    });
    assert!(Command::new("kill").args(["-9", &keeper]).status().unwrap().success());
    wait_for("all that it kept to end", || !kept.iter().any(|process| exists(process)));
    assert_eq!(daemon.stop(), Some(0));
    wait_for("its processes to end", || processes(&desk).is_empty());
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

/// One of two processes cannot start, as if a port were taken: the other one does all the work, and nothing is set aside.
#[test]
fn a_worker_that_is_down_takes_nothing_from_one_that_is_up() {
    let script = r#"
import os, sys
try:
    os.close(os.open("taken", os.O_CREAT | os.O_EXCL))
except FileExistsError:
    sys.exit("the port is taken")
import copydesk_plugin
copydesk_plugin.run(lambda article, config: article.note("words", len(article.text.split())))
"#;
    let desk = desk("one.py", script, "workers = 2\nbatch = 4\non_down = \"quarantine\"");
    drop_articles(&desk, 0..150, |_| false);
    desk.drain(0);
    assert_eq!((desk.lines().len(), desk.quarantine().len()), (150, 0));
}

/// Once it has come up again, the articles that found it so go through it, and not into quarantine.
#[test]
fn what_finds_a_plugin_up_again_is_not_set_aside() {
    let script = r#"
import os, sys
if not os.path.exists("ready"):
    sys.exit("not yet")
import copydesk_plugin
copydesk_plugin.run(lambda article, config: article.note("words", len(article.text.split())))
"#;
    let desk = desk("late.py", script, "on_down = \"quarantine\"");
    let daemon = desk.daemon();
    drop_articles(&desk, 0..3, |_| false);
    wait_for("the first to be set aside", || desk.count("quarantined") == 3);
    std::fs::write(desk.path("ready"), "").unwrap();
    let mut next = 10;
    wait_for("it to come up", || {
        drop_articles(&desk, next..next + 20, |_| false);
        next += 20;
        wait_for("these", || desk.count("seen") == next - 7 && desk.count("pending") == 0);
        desk.count("delivered") > 0
    });
    assert_eq!(daemon.stop(), Some(0));
    let reasons = desk.quarantine();
    assert!(reasons.iter().all(|entry| entry["reason"].as_str().unwrap().contains("not yet")), "{reasons:?}");
}

/// What a configuration had started ends when the next one is in force.
#[test]
fn a_reload_leaves_no_plugin_of_the_configuration_before() {
    let script =
        "import copydesk_plugin\ncopydesk_plugin.run(lambda article, config: article.note(\"words\", 1))\n";
    let desk = desk("mine.py", script, "");
    let daemon = desk.daemon();
    let running = || {
        processes(&desk)
            .iter()
            .filter(|line| line.contains("mine.py") && !line.contains("plugin-host"))
            .count()
    };
    for round in 0..3 {
        drop_articles(&desk, round * 10..round * 10 + 3, |_| false);
        wait_for("the articles", || desk.count("delivered") == (round + 1) * 3);
        wait_for("one plugin", || running() == 1);
        assert!(desk.run(&["reload"]).status.success());
    }
    wait_for("none, for nothing has come since", || running() == 0);
    assert_eq!(daemon.stop(), Some(0));
}
