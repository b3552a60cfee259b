//! Whatever ends, nothing that a plugin has started outlives it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Daemon, Desk, exists, wait_for};
use crate::{BAD, WORD_LENGTHS, bad, desk, drop_articles, processes};

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
