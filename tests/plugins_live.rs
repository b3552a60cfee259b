//! Plugins of a daemon that runs: what is counted of them, and what happens when their files change.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::{Desk, article, wait_for};
use serde_json::Value;

const SDK: &str = include_str!("../examples/plugins/python/copydesk_plugin.py");
const BAD: &str = include_str!("plugins/bad.py");

/// A desk whose only stage is `plugins/mine.py`, with these lines in its table.
fn desk(script: &str, lines: &str) -> Desk {
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
command = ["python3", "plugins/mine.py"]
{lines}
"#
    );
    let desk = Desk::in_memory(&config);
    std::fs::create_dir(desk.path("plugins")).unwrap();
    std::fs::write(desk.path("plugins/copydesk_plugin.py"), SDK).unwrap();
    std::fs::write(desk.path("plugins/mine.py"), script).unwrap();
    desk
}

fn drop_articles(desk: &Desk, numbers: std::ops::Range<u64>, is_bad: impl Fn(u64) -> bool) {
    for number in numbers {
        let mark = if is_bad(number) { "POISON is kept in the cellar of the lighthouse.\n" } else { "" };
        desk.drop_file(&format!("{number:03}.txt"), article(number) + mark);
    }
}

/// What the daemon's status says of a measure of the stage, with this value of its label if it has one.
fn reading(desk: &Desk, name: &str, label: &str) -> f64 {
    let status = desk.status();
    let readings = status["daemon"]["stats"]["readings"]["mine"].clone();
    let name = format!("copydesk_plugin_{name}");
    let is_it = |reading: &&Value| {
        let labels = reading["labels"].as_object().unwrap();
        reading["name"] == *name && (label.is_empty() || labels.values().any(|value| value == label))
    };
    let found = readings.as_array().into_iter().flatten().find(is_it);
    found.map_or(-1.0, |reading| reading["value"].as_f64().unwrap())
}

#[test]
fn what_a_plugin_does_is_counted() {
    let lines = "timeout = \"3s\"\nbatch = 4\n[stage.config]\nhow = \"crash\"\n";
    let desk = desk(BAD, lines);
    let daemon = desk.daemon();
    drop_articles(&desk, 0..6, |number| number == 3);
    wait_for("the articles", || desk.count("delivered") == 5 && desk.count("quarantined") == 1);
    let figure = |name: &str, label: &str| reading(&desk, name, label);
    assert_eq!((figure("articles_total", "kept"), figure("articles_total", "given_up")), (5.0, 1.0));
    let crashes = figure("faults_total", "crash");
    assert!(crashes >= 2.0 && figure("faults_total", "hang") < 0.5, "{crashes} crashes");
    assert!(figure("batch_seconds", "") >= crashes + 1.0);
    assert!(figure("log_lines_total", "") >= crashes);
    assert!(figure("given_bytes_total", "") > 1000.0 && figure("answered_bytes_total", "") > 500.0);
    // One more article brings it up again, whatever the last one did.
    drop_articles(&desk, 10..11, |_| false);
    wait_for("another", || desk.count("delivered") == 6);
    assert_eq!(
        (figure("starts_total", ""), figure("up", ""), figure("workers", "")),
        (crashes + 1.0, 1.0, 1.0)
    );
    assert!(figure("memory_bytes", "") > 1e6 && figure("processes", "") >= 1.0);
    let cpu = figure("cpu_seconds_total", "");
    assert!(cpu > 0.0, "{cpu}");
    let said = String::from_utf8(desk.run(&["status"]).stdout).unwrap();
    assert!(said.contains("plugin mine: 1 running, ") && said.contains("; faults: "), "{said}");
    // Counters go on when the configuration is read anew.
    assert!(desk.run(&["reload"]).status.success());
    drop_articles(&desk, 20..22, |_| false);
    wait_for("two more", || desk.count("delivered") == 8);
    assert_eq!(figure("articles_total", "kept") as u64, 8);
    assert!(figure("cpu_seconds_total", "") >= cpu);
    assert_eq!(daemon.stop(), Some(0));
}
