//! A daemon over plugins that mean harm: every kind of it in one session, each between good articles. Every other
//! article is delivered once, the harmful ones have their fate and its reason, the daemon's memory stays bounded, and
//! nothing is left running.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::path::Path;

use common::{Daemon, Desk, article, exists, stderr, wait_for};
use serde_json::{Value, json};

const HOSTILE: &str = include_str!("plugins/hostile.py");

/// What becomes of an article.
enum Fate {
    /// It is delivered, with its note.
    Kept,
    /// It is left out.
    Dropped,
    /// It is in quarantine, for a reason that holds this.
    Aside(&'static str),
}

use Fate::{Aside, Dropped, Kept};

/// What is answered for one article.
const ANSWERS: [(&str, Fate); 49] = [
    ("overlapping", Kept),
    ("deep_unknown", Kept),
    ("huge_unknown", Kept),
    ("deep_notes", Aside("its notes have")),
    ("rather_deep_notes", Aside("its notes are 126 levels deep, at most 64 are taken")),
    ("deep_fields", Aside("its fields are 5001 levels deep")),
    ("deep_cuts", Aside("its cuts are 5000 levels deep")),
    ("deep_reason", Aside("answered garbage")),
    ("open_brackets", Aside("answered garbage")),
    ("many_values", Aside("its notes have 1200000")),
    ("not_a_number", Aside("answered garbage")),
    ("endless", Aside("notes: number out of range")),
    ("half_a_character", Aside("notes: unexpected end of hex escape")),
    ("half_a_name", Aside("notes: lone leading surrogate")),
    ("half_a_reason", Aside("answered garbage")),
    ("op_twice", Aside("duplicate field `op`")),
    ("notes_twice", Aside("duplicate field `notes`")),
    ("notes_list", Aside("`notes` is no object")),
    ("note_of_ours", Aside("the note `supersedes` is another's")),
    ("note_of_a_stage", Aside("the note `find_duplicates` is another's")),
    ("note_without_name", Aside("a note cannot be called ``")),
    ("long_name", Aside("a note cannot be called `nnn")),
    ("control_name", Aside("a note cannot be called `a\\u{1b}[2J`")),
    ("empty_title", Aside("`title` takes a text that is not empty")),
    ("null_title", Aside("`title` takes a text")),
    ("huge_title", Aside("and at most 16384 bytes")),
    ("larger_title", Aside("at most 1048576 are taken")),
    ("control_title", Aside("has no control characters")),
    ("no_field", Aside("`id` is no field that can be proposed")),
    ("text_field", Aside("`text` is no field that can be proposed")),
    ("no_day", Aside("`published` takes `YYYY-MM-DD`")),
    ("no_address", Aside("`url` takes an absolute address of the web, not `javascript:alert(1)`")),
    ("no_authors", Aside("`authors` takes a list of 1 to 256 texts")),
    ("cut_backwards", Aside("cut 0: [20, 10] is no range")),
    ("cut_negative", Aside("cut 0: invalid value: integer `-1`")),
    ("cut_fraction", Aside("cut 0: invalid type: floating point `0.5`")),
    ("cut_beyond", Aside("cut 0: [0, 18446744073709551615] is no range")),
    ("cut_far_beyond", Aside("cut 0: invalid type: floating point")),
    ("cut_nothing", Aside("cut 0: [5, 5] is no range")),
    ("cut_across", Aside("is not within one block's kept text")),
    ("cut_unknown", Aside("cut 0: unknown variant `dull`")),
    ("cut_sure", Aside("cut 0: `confidence` is 1.1")),
    ("cut_rule", Aside("cut 0: a rule cannot be called `a b\\u{1b}`")),
    ("drop_silently", Dropped),
    ("drop_loudly", Dropped),
    ("fail_loudly", Aside("failed (attempt 1)")),
    ("no_op", Aside("missing field `op`")),
    ("fraction_k", Aside("duplicate field `k`")),
    ("none_of_these", Kept),
];

/// What is done instead of answering.
const ACTS: [(&str, Fate); 27] = [
    ("half_and_end", Aside("it ended by itself (exit code 0)")),
    ("deaf_and_dumb", Aside("closed its answers over this article, and did not end")),
    ("byte_by_byte", Kept),
    ("early", Kept),
    ("pongs", Aside("answered garbage")),
    ("zeros", Aside("a line of more than 16777216 bytes")),
    ("line_feeds", Aside("`` is no line of the protocol")),
    ("blank", Aside("`` is no line of the protocol")),
    ("windows", Kept),
    ("marked", Aside("it is no object")),
    ("wide", Aside("is no line of the protocol")),
    ("listed", Aside("it is no object")),
    ("crowd", Aside("more than 1000 items")),
    ("again_ready", Aside("it does not answer a batch with a result")),
    ("drained", Aside("it does not answer a batch with a result")),
    ("stop", Aside("timed out over this article")),
    ("kill_the_keeper", Aside("its keeper was killed")),
    ("stop_the_keeper", Aside("timed out over this article")),
    ("keep_a_way_in", Aside("timed out over this article")),
    ("flee", Aside("it ended by itself (exit code 0)")),
    ("let_another_answer", Aside("it ended by itself (exit code 0)")),
    ("limit_itself", Aside("over this article")),
    ("print_without_end", Aside("exit code 7; it printed: xxx")),
    ("spoof_its_end", Aside("crashed over this article: signal 11")),
    ("litter", Aside("exit code 8")),
    ("shut", Aside("closed its answers over this article, and did not end")),
    ("none_of_these", Kept),
];

fn desk(lines: &str) -> Desk {
    let config = common::config::to_jsonl(&format!(
        r#"
[[sink]]
type = "sqlite"
path = "articles.db"
[[stage]]
type = "exec"
name = "mine"
command = ["python3", "plugins/hostile.py"]
batch = 1
workers = 2
{lines}
"#
    ));
    let desk = Desk::in_memory(&config);
    std::fs::create_dir(desk.path("plugins")).unwrap();
    std::fs::write(desk.path("plugins/hostile.py"), HOSTILE).unwrap();
    desk
}

/// Processes that run in the desk's folder.
fn processes(desk: &Desk) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_here = |path: &Path| {
        let folder = std::fs::read_link(path.join("cwd")).unwrap_or_default();
        let state = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        folder.starts_with(desk.dir.path()) && !state.contains(") Z ")
    };
    entries.filter(|entry| is_here(&entry.path())).count()
}

/// One of each, and two good articles before each.
fn drop_all(desk: &Desk, fates: &[(&str, Fate)]) -> u64 {
    let mut number = 0;
    for (how, _) in fates {
        for good in 0..2 {
            desk.drop_file(&format!("{number:03}-{good}.txt"), article(number));
            number += 1;
        }
        let harm = format!("POISON {how} is kept in the cellar of the lighthouse.\n");
        desk.drop_file(&format!("{number:03}-{how}.txt"), article(number) + &harm);
        number += 1;
    }
    number
}

/// Who of `values` is of a file whose name ends so.
fn of<'v>(values: impl IntoIterator<Item = &'v Value>, end: &str) -> Vec<&'v Value> {
    let is_it = |value: &&Value| {
        let uri = value["uri"].as_str().or(value["source"]["uri"].as_str()).unwrap_or_default();
        uri.ends_with(end)
    };
    values.into_iter().filter(is_it).collect()
}

fn check(desk: &Desk, fates: &[(&str, Fate)], n_articles: u64) {
    let n_of = |is_it: fn(&Fate) -> bool| fates.iter().filter(|(_, fate)| is_it(fate)).count() as u64;
    let (n_aside, n_dropped) = (n_of(|fate| matches!(fate, Aside(_))), n_of(|fate| matches!(fate, Dropped)));
    let (lines, entries) = (desk.lines(), desk.quarantine());
    for (how, fate) in fates {
        let end = format!("-{how}.txt");
        let (delivered, aside) = (of(lines.values(), &end), of(&entries, &end));
        let n_expected = match fate {
            Kept => (1, 0),
            Dropped => (0, 0),
            Aside(_) => (0, 1),
        };
        assert_eq!((delivered.len(), aside.len()), n_expected, "{how}: {aside:?}");
        if let Aside(expected) = fate {
            let reason = aside[0]["reason"].as_str().unwrap();
            assert!(
                reason.contains("plugin `mine` (SHA-256 ") && reason.contains(expected),
                "{how}: {reason}"
            );
            assert!(!reason.contains(char::is_control) && reason.len() < 10_000, "{how}: {reason}");
        }
    }
    assert!(lines.values().all(|record| record["notes"]["words"] == 1), "a note is missing");
    assert_eq!(lines.len() as u64, n_articles - n_aside - n_dropped);
    assert_eq!(desk.n_rows(), n_articles - n_aside - n_dropped);
    let status = desk.balanced();
    assert_eq!(
        (&status["quarantined"], &status["dropped"], &status["pending"]),
        (&json!(n_aside), &json!(n_dropped), &json!(0))
    );
    let verified = desk.run(&["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
}

fn session(fates: &[(&str, Fate)], lines: &str) {
    let desk = desk(lines);
    let n_articles = drop_all(&desk, fates);
    let daemon: Daemon = desk.daemon();
    let n_settled = || {
        let status = desk.status();
        ["delivered", "dropped", "quarantined"].iter().filter_map(|key| status[key].as_u64()).sum::<u64>()
    };
    wait_for("the first articles", || exists(&desk.path("state/ledger.log")));
    // As long as there is progress at all: a minute for each is ample.
    let mut last = 0;
    while last < n_articles {
        wait_for(&format!("more than {last} of {n_articles} articles"), || n_settled() > last);
        last = n_settled();
    }
    let peak = daemon.peak_kib().unwrap();
    assert!(peak < 400 << 10, "the daemon held {peak} KiB");
    check(&desk, fates, n_articles);
    assert_eq!(daemon.stop(), Some(0));
    wait_for("its processes to end", || processes(&desk) == 0);
    let log = std::fs::read_to_string(desk.path("log")).unwrap();
    assert!(!log.contains('\u{1b}') && log.len() < 2 << 20, "{} bytes of log", log.len());
    assert!(!log.contains("panicked"), "{log}");
}

/// Fault: plugin_garbage
#[test]
fn whatever_is_answered_costs_its_own_article_alone() {
    session(&ANSWERS, "timeout = \"10s\"");
}

/// Fault: plugin_hang, plugin_crash, plugin_flood, plugin_forks
#[test]
fn whatever_is_done_costs_its_own_article_alone() {
    session(&ACTS, "timeout = \"3s\"");
}

/// A plugin that has opened the way to itself for writing cannot be told by its closing.
///
/// Fault: plugin_kill
#[test]
fn a_killed_daemon_leaves_nothing_that_hides_its_end() {
    let desk = desk("timeout = \"600s\"");
    desk.drop_file("001.txt", article(1) + "POISON keep_a_way_in is kept in the cellar of the lighthouse.\n");
    let mut daemon = desk.daemon();
    let is_hidden = || {
        let children = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
        let mut plugins = children.filter(|path| {
            let command = std::fs::read_to_string(path.join("cmdline")).unwrap_or_default();
            let folder = std::fs::read_link(path.join("cwd")).unwrap_or_default();
            command.starts_with("python3\0")
                || command.contains("/python3\0") && folder.starts_with(desk.dir.path())
        });
        // Standard ones, the two of the protocol, and the way in.
        plugins.any(|path| {
            let is_here =
                std::fs::read_link(path.join("cwd")).is_ok_and(|folder| folder.starts_with(desk.dir.path()));
            is_here && std::fs::read_dir(path.join("fd")).is_ok_and(|descriptors| descriptors.count() >= 6)
        })
    };
    wait_for("the plugin to hide", is_hidden);
    daemon.kill();
    wait_for("all processes to end", || processes(&desk) == 0);
}

/// Fault: plugin_down
#[test]
fn a_plugin_that_removes_itself_holds_its_articles_until_it_is_there_again() {
    let desk = desk("timeout = \"2s\"");
    let vanish = "\ndef vanish(line):\n    os.remove(sys.argv[0])\n    os._exit(3)\n\nACTS['vanish'] = vanish\nserve()\n";
    let vanishing = HOSTILE.replace("\nserve()\n", vanish);
    std::fs::write(desk.path("plugins/hostile.py"), vanishing).unwrap();
    let daemon = desk.daemon();
    desk.drop_file("001.txt", article(1));
    wait_for("the first", || desk.count("delivered") == 1);
    desk.drop_file("002.txt", article(2) + "POISON vanish is kept in the cellar of the lighthouse.\n");
    desk.drop_file("003.txt", article(3));
    wait_for("it to be down", || desk.status().to_string().contains("is down"));
    assert!(!exists(&desk.path("plugins/hostile.py")));
    assert_eq!((desk.count("delivered"), desk.count("quarantined"), desk.count("pending")), (1, 0, 2));
    std::fs::write(desk.path("plugins/hostile.py"), HOSTILE).unwrap();
    wait_for("the others", || desk.count("delivered") == 3);
    assert_eq!((daemon.stop(), desk.lines().len()), (Some(0), 3));
    wait_for("its processes to end", || processes(&desk) == 0);
}
