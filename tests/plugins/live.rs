//! Plugins of a daemon that runs: what is counted of them, and what happens when their files change.

use std::time::Duration;

use serde_json::Value;

use crate::common::{Desk, pause, sha256, stderr, wait_for};
use crate::{BAD, drop_articles};

/// A desk whose only stage is `plugins/mine.py`, with these lines in its table.
fn desk(script: &str, lines: &str) -> Desk {
    crate::desk("mine.py", script, lines)
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

/// A plugin that says which version it is, from a file beside it if there is one.
fn version(number: u64) -> String {
    format!(
        r#"import copydesk_plugin
try:
    from lib import words
except ImportError:
    words = None

def process(article, config):
    if "POISON" in article.text:
        raise ValueError("no such harbour")
    article.note("version", {number})
    article.note("words", words and words.COUNT)

copydesk_plugin.run(process)
"#
    )
}

/// Versions by article, as they were delivered.
fn versions(desk: &Desk) -> Vec<u64> {
    desk.lines().values().map(|record| record["notes"]["version"].as_u64().unwrap()).collect()
}

/// Drops articles, one at a time, until one is noted by this version; returns the number of the next article.
fn until_version(desk: &Desk, mut next: u64, number: u64) -> u64 {
    wait_for(&format!("version {number}"), || {
        drop_articles(desk, next..next + 1, |_| false);
        next += 1;
        pause(Duration::from_millis(100));
        desk.path("articles.jsonl").exists() && versions(desk).contains(&number)
    });
    next
}

/// Everything dropped is delivered once, or in quarantine; one plugin runs, and nothing of the others.
fn all_are_there(desk: &Desk, dropped: u64, bad: u64) {
    wait_for("all articles", || desk.count("delivered") == dropped - bad && desk.count("quarantined") == bad);
    assert_eq!(versions(desk).len() as u64, dropped - bad);
    assert_eq!(desk.balanced()["pending"], 0);
    wait_for("the versions before to end", || {
        reading(desk, "workers", "") as u64 == 1 && reading(desk, "processes", "") as u64 == 1
    });
}

/// Fault: plugin_reload
#[test]
fn changed_files_take_over_under_load_and_no_article_is_lost_or_doubled() {
    let desk = desk(&version(0), "batch = 8\n");
    let daemon = desk.daemon();
    let mut next = until_version(&desk, 0, 0);
    // Ten changes in a row, each half written for a while, with articles all along.
    for number in 1..=10 {
        let script = version(number);
        let (half, _) = script.split_at(script.len() / 2);
        for content in [half, script.as_str()] {
            std::fs::write(desk.path("plugins/mine.py"), content).unwrap();
            drop_articles(&desk, next..next + 5, |_| false);
            next += 5;
            pause(Duration::from_millis(60));
        }
    }
    next = until_version(&desk, next, 10);
    assert!(reading(&desk, "reloads_total", "done") >= 1.0);
    // By rename, as those do who know that somebody reads.
    std::fs::write(desk.path("plugins/next.py"), version(11)).unwrap();
    std::fs::rename(desk.path("plugins/next.py"), desk.path("plugins/mine.py")).unwrap();
    next = until_version(&desk, next, 11);
    all_are_there(&desk, next, 0);
    assert!(versions(&desk).iter().all(|version| *version <= 11));
    assert_eq!(reading(&desk, "articles_total", "kept") as u64, next);
    assert_eq!(daemon.stop(), Some(0));
}

/// Fault: plugin_reload
#[test]
fn a_version_that_does_not_start_leaves_the_one_before_at_work() {
    let desk = desk(&version(1), "batch = 8\n");
    let daemon = desk.daemon();
    let mut next = until_version(&desk, 0, 1);
    for broken in ["import copydesk_plugin\ncopydesk_plugin.run(", "raise SystemExit('no licence')\n"] {
        let failed = reading(&desk, "reloads_total", "failed");
        std::fs::write(desk.path("plugins/mine.py"), broken).unwrap();
        wait_for("it to be noticed", || reading(&desk, "reloads_total", "failed") > failed);
        assert_eq!(reading(&desk, "stale", "") as u64, 1);
        drop_articles(&desk, next..next + 5, |number| number == next);
        next += 5;
        wait_for("the articles", || desk.count("pending") == 0 && desk.count("seen") == next);
        // It is tried once, and not again before it changes.
        assert_eq!(reading(&desk, "reloads_total", "failed") as u64, failed as u64 + 1);
    }
    let said = String::from_utf8(desk.run(&["status"]).stdout).unwrap();
    assert!(said.contains("its new version does not start, the one before goes on"), "{said}");
    // The version that answered is named, not that which is in the file.
    let hash: String = sha256(version(1)).chars().take(32).collect();
    let entries = desk.quarantine();
    let is_named = |entry: &Value| entry["reason"].as_str().unwrap().contains(&format!("SHA-256 {hash}"));
    assert!(entries.len() == 2 && entries.iter().all(is_named), "{entries:?}");
    std::fs::write(desk.path("plugins/mine.py"), version(2)).unwrap();
    next = until_version(&desk, next, 2);
    assert_eq!(reading(&desk, "stale", "") as u64, 0);
    all_are_there(&desk, next, 2);
    assert_eq!(daemon.stop(), Some(0));
}

/// Fault: plugin_reload
#[test]
fn files_that_are_named_are_watched_and_a_reload_takes_what_is_there() {
    let desk = desk(&version(1), "watch = [\"plugins/lib\"]\nworkers = 2\n");
    let lib = |count: u64| {
        std::fs::write(desk.path("plugins/lib/words.py"), format!("COUNT = {count}\n")).unwrap();
    };
    std::fs::create_dir(desk.path("plugins/lib")).unwrap();
    std::fs::write(desk.path("plugins/lib/__init__.py"), "").unwrap();
    lib(100);
    let daemon = desk.daemon();
    let mut next = until_version(&desk, 0, 1);
    let counts =
        || desk.lines().into_values().map(|record| record["notes"]["words"].as_u64()).collect::<Vec<_>>();
    assert_eq!(counts().first(), Some(&Some(100)));
    lib(2000);
    wait_for("the changed library", || {
        drop_articles(&desk, next..next + 1, |_| false);
        next += 1;
        pause(Duration::from_millis(100));
        counts().contains(&Some(2000))
    });
    lib(30_000);
    assert!(desk.run(&["reload"]).status.success());
    drop_articles(&desk, next..next + 4, |_| false);
    next += 4;
    wait_for("the articles", || desk.count("delivered") == next);
    assert_eq!(counts().into_iter().filter(|count| *count == Some(30_000)).count(), 4);
    assert_eq!(daemon.stop(), Some(0));
}

/// What follows `name=` in a line of the log.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!(" {name}="))?;
    Some(rest.split(' ').next().unwrap_or(rest).trim_matches('"'))
}

#[test]
fn what_a_plugin_prints_is_logged_with_what_it_is_at_work_on() {
    let script = "import copydesk_plugin\ndef process(article, config):\n    print('reading', article.id)\n    \
        if 'POISON' in article.text: raise ValueError('no such harbour')\ncopydesk_plugin.run(process)\n";
    for batch in [1, 8] {
        let desk = desk(script, &format!("batch = {batch}\n"));
        drop_articles(&desk, 0..40, |number| number == 7);
        let said = stderr(&desk.command(&["run", "--once", "-v"]).output().unwrap());
        let given: Vec<(&str, &str)> = said
            .lines()
            .filter(|line| line.contains("plugin is given a batch"))
            .map(|line| (field(line, "batch").unwrap(), line.split_once(" ids=").unwrap().1))
            .collect();
        let printed: Vec<&str> = said.lines().filter(|line| line.contains(" reading ")).collect();
        assert_eq!(printed.len(), 40, "{said}");
        for line in printed {
            let id = line.split_once(" reading ").unwrap().1.split(' ').next().unwrap();
            match field(line, "batch") {
                Some(number) => {
                    assert!(given.iter().any(|(n, ids)| *n == number && ids.contains(id)), "{line}");
                }
                None => assert_eq!(field(line, "id"), Some(id), "{line}"),
            }
        }
        assert!(batch > 1 || given.is_empty(), "{given:?}");
        let traceback = said.lines().find(|line| line.contains("over article")).unwrap();
        assert!(traceback.contains("007.txt") && traceback.contains("plugin=\"mine\""), "{traceback}");
    }
}

#[test]
fn names_that_stand_for_nothing_are_told() {
    let script = "import copydesk_plugin\ncopydesk_plugin.run(lambda article, config: None)\n";
    let check = |lines: &str| {
        let output = desk(script, lines).run(&["check"]);
        (output.status.code(), stderr(&output))
    };
    let (code, said) = check("watch = [\"plugins\", \"plugins/wrods.py\"]\n");
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("`watch`: there is no file or folder `") && said.contains("plugins/wrods.py`"),
        "{said}"
    );
    let (code, said) = check("watch = [\"plugins\"]\nenv = [\"PATH\", \"HARBOUR_TOKNE\"]\n");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("is not set here") && said.contains("variable=\"HARBOUR_TOKNE\""), "{said}");
    assert!(!said.contains("\"PATH\""), "{said}");
}
