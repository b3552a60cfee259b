//! Plugins that fail over everything, or do not start: they are down, and cost no article.

use crate::common::{stderr, stdout, wait_for};
use crate::{WORD_LENGTHS, bad, desk, drop_articles, processes};

/// Fault: plugin_crash
#[test]
fn many_bad_articles_in_a_row_do_not_hold_up_the_good() {
    let desk = bad("exit", "");
    drop_articles(&desk, 0..12, |number| number < 7);
    let output = desk.drain(3);
    assert_eq!((desk.count("delivered"), desk.count("quarantined")), (5, 7), "{}", stderr(&output));
}

/// Ends over every article that it is given, until there is a file `ready`.
const MOODY: &str = r#"
import os, sys
import copydesk_plugin

def process(article, config):
    if not os.path.exists("ready"):
        print("no tide today", file=sys.stderr, flush=True)
        os._exit(3)
    article.note("words", len(article.text.split()))

copydesk_plugin.run(process)
"#;

/// Fault: plugin_down
#[test]
fn a_plugin_that_fails_over_every_article_costs_none() {
    let desk = desk("moody.py", MOODY, "");
    drop_articles(&desk, 0..30, |_| false);
    let said = stderr(&desk.drain(1));
    assert!(said.contains("articles wait for this stage") && said.contains("no tide today"), "{said}");
    assert_eq!((desk.count("pending"), desk.count("quarantined")), (30, 0), "{said}");
    std::fs::write(desk.path("ready"), "").unwrap();
    desk.drain(0);
    assert_eq!(desk.count("delivered"), 30);
}

/// Fault: plugin_down
#[test]
fn a_plugin_that_goes_bad_costs_none_however_few_come() {
    let desk = desk("moody.py", MOODY, "workers = 2");
    std::fs::write(desk.path("ready"), "").unwrap();
    let daemon = desk.daemon();
    drop_articles(&desk, 0..6, |_| false);
    wait_for("the first", || desk.count("delivered") == 6);
    std::fs::remove_file(desk.path("ready")).unwrap();
    for number in 10..16 {
        drop_articles(&desk, number..number + 1, |_| false);
        wait_for("it to be down", || desk.status().to_string().contains("no tide today"));
    }
    std::fs::write(desk.path("ready"), "").unwrap();
    wait_for("the others", || desk.count("delivered") == 12);
    assert_eq!(desk.count("quarantined"), 0);
    assert_eq!(daemon.stop(), Some(0));
}

/// Fault: plugin_crash
#[test]
fn a_bad_article_is_set_aside_though_it_is_the_first_or_all_there_is() {
    let desk = bad("exit", "");
    drop_articles(&desk, 0..1, |_| true);
    desk.drain(3);
    drop_articles(&desk, 10..14, |number| number == 10);
    desk.drain(3);
    assert_eq!((desk.count("delivered"), desk.count("quarantined")), (3, 2));
    // It is so again after another try.
    let listed = |args: &[&str]| stdout(&desk.run(&[&["quarantine", "list"], args].concat()));
    assert_eq!(
        listed(&["--code", "plugin_crashed"]).matches("mine: plugin_crashed: plugin `mine`").count(),
        2
    );
    assert_eq!(listed(&["--code", "plugin_hung"]), "");
    assert!(desk.run(&["quarantine", "retry", "--code", "plugin_crashed"]).status.success());
    desk.drain(3);
    assert_eq!(desk.count("quarantined"), 2);
    let key = desk.quarantine()[0]["key"].as_str().unwrap().to_owned();
    let shown = stdout(&desk.run(&["quarantine", "show", &key]));
    assert!(shown.contains("code        plugin_crashed\n"), "{shown}");
    assert!(desk.run(&["quarantine", "discard", "--code", "plugin_crashed"]).status.success());
    assert_eq!((desk.count("quarantined"), desk.count("dropped")), (0, 2));
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
    let entry = &desk.quarantine()[0];
    assert_eq!(entry["code"], "plugin_down");
    let reason = entry["reason"].to_string();
    assert!(reason.contains("plugin `mine` is down") && reason.contains("no licence"), "{reason}");
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
