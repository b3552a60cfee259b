//! Files that change under the daemon's hands.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::{Chance, Desk, article, exists, pause, scale, stderr, stdout};
use crate::watch::tool;
use crate::world::eventually;

/// Next to no waiting, so that every race is run.
const HASTY: &str = r#"
[source]
type = "folder"
path = "inbox"
settle = "1ms"
quiet = "0ms"
grace = "1ms"
reconcile = "1s"
[[sink]]
type = "sqlite"
path = "articles.db"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
"#;

const SECRET: &str = "The secret word is plumbago, and nobody outside this folder may read it.\n";

/// Runs `disturb` over and over until `until` holds, and for so long at least.
fn meanwhile(least: Duration, mut disturb: impl FnMut(u64) + Send, mut until: impl FnMut() -> bool) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !stop.load(Ordering::Relaxed) {
                disturb(round);
                round += 1;
            }
        });
        // Ends the other thread even if the wait is in vain.
        let _stop = Flag(&stop);
        let begun = Instant::now();
        eventually("the race to be run often enough", || begun.elapsed() >= least && until());
    });
}

struct Flag<'a>(&'a AtomicBool);

impl Drop for Flag<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Puts a file, a link to the secret, a FIFO, and a link to a folder that holds the secret at the same paths.
fn swap(round: u64, inbox: &Path, outside: &Path) {
    let new = outside.join("new");
    let file = inbox.join(format!("{}.txt", round % 20));
    fs::write(&new, article(round)).unwrap();
    fs::rename(&new, &file).unwrap();
    match round % 3 {
        0 => {
            symlink(outside.join("secret.txt"), &new).unwrap();
            fs::rename(&new, &file).unwrap();
        }
        1 => {
            // No program is waited for: the race is between two system calls.
            let _gone = fs::remove_file(&file);
            let _made = symlink(outside.join("secret.txt"), &file);
        }
        _ => {
            fs::rename(outside.join(format!("fifo-{}", round % 2)), &file).unwrap();
            fs::rename(&file, outside.join(format!("fifo-{}", round % 2))).unwrap();
        }
    }
    let (folder, aside) = (inbox.join("folder"), outside.join("aside"));
    // Whoever comes second in a race fails, and that is what this is about.
    let _made = fs::create_dir(&folder);
    let _written = fs::write(folder.join("secret.txt"), article(round));
    let _moved = fs::rename(&folder, &aside);
    let _linked = symlink(outside, &folder);
    let _unlinked = fs::remove_file(&folder);
    let _cleared = fs::remove_dir_all(&aside);
}

/// Fault: symlink, not_a_file
#[test]
fn what_is_swapped_for_a_link_or_a_fifo_at_the_last_moment_never_leaks() {
    for after in ["keep", "move", "delete"] {
        let desk =
            Desk::new(&HASTY.replace("path = \"inbox\"", &format!("path = \"inbox\"\nafter = \"{after}\"")));
        let outside = desk.path("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("secret.txt"), SECRET).unwrap();
        for idx in 0..2 {
            tool(&outside, &["mkfifo", &format!("fifo-{idx}")]);
        }
        let daemon = desk.daemon();
        let inbox = desk.path("inbox");
        let least = Duration::from_secs(scale(2, 60));
        meanwhile(least, |round| swap(round, &inbox, &outside), || desk.n_rows() >= 5);
        desk.drop_file(
            "last.txt",
            "The last word of the watch was that all is well at the harbour tonight.\n",
        );
        let last = crate::common::sha256(fs::read(desk.inbox("last.txt")).unwrap_or_default());
        eventually("the last", || {
            desk.rows().contains_key(&last)
                || desk.rows().values().any(|row| row["text"].as_str().unwrap().contains("last word"))
        });
        assert!(matches!(daemon.stop(), Some(0 | 3)));
        // Not in a sink, not in the quarantine, not in the ledger; and nobody moved or removed it.
        let places = ["state", "articles.db", "articles.jsonl"].map(|name| desk.path(name));
        let grep = Command::new("grep").args(["-rl", "plumbago"]).args(places).output().unwrap();
        assert_eq!(stdout(&grep), "", "{}", stderr(&grep));
        assert_eq!(fs::read_to_string(outside.join("secret.txt")).unwrap(), SECRET);
        desk.balanced();
        let verify = desk.run(&["verify"]);
        assert!(verify.status.success(), "{}{}", stdout(&verify), stderr(&verify));
    }
}

/// Fault: rewrite_during_read
#[test]
fn a_file_rewritten_in_a_loop_is_taken_whole_or_not_at_all() {
    let desk = Desk::new(HASTY);
    let daemon = desk.daemon();
    let inbox = desk.path("inbox");
    let text = |round: u64| {
        format!("The clerk at desk {round} wrote the same line again and again.\n").repeat(3_000)
    };
    let rewrite = |round: u64| {
        let path = inbox.join(format!("{}.txt", round % 3));
        if round.is_multiple_of(2) {
            fs::write(&path, text(round)).unwrap();
        } else {
            // In place, without a moment in which it is empty: what differs is the bytes alone.
            let mut file = File::options().write(true).create(true).truncate(false).open(&path).unwrap();
            file.write_all(text(round).as_bytes()).unwrap();
            file.set_len(text(round).len() as u64).unwrap();
        }
        pause(Duration::from_millis(round % 8));
    };
    meanwhile(Duration::from_secs(scale(4, 120)), rewrite, || desk.n_rows() > 0);
    fs::write(desk.inbox("last.txt"), article(1)).unwrap();
    eventually("the last", || desk.rows().contains_key(&crate::common::sha256(article(1))));
    assert_eq!(daemon.stop(), Some(0));
    desk.drain(0);
    for record in desk.lines().values() {
        let words = record["source"]["bytes"].as_u64().unwrap();
        let cut = record["cuts"].as_array().unwrap().len();
        let text_of = record["text"].as_str().unwrap();
        assert_eq!(cut, 0, "no stage was asked to cut");
        if text_of.starts_with("The lighthouse") {
            continue;
        }
        let number: u64 = text_of.split_whitespace().nth(4).unwrap().parse().unwrap();
        assert_eq!(words, text(number).len() as u64, "a half of desk {number}");
        assert_eq!(text_of.matches(&format!("desk {number} wrote")).count(), 3_000, "mixed with another");
    }
    desk.balanced();
}

/// Fault: delete_during_processing
#[test]
fn files_deleted_before_or_after_they_were_taken_are_whole_or_nothing() {
    let desk = Desk::new(HASTY);
    let daemon = desk.daemon();
    let n_files = scale(600, 20_000);
    let mut chance = Chance(7);
    for number in 0..n_files {
        let path = desk.inbox(&format!("{number}.txt"));
        if number % 2 == 0 {
            desk.drop_file(&format!("{number}.txt"), article(number));
        } else {
            fs::write(&path, article(number)).unwrap();
        }
        if number % 4 == 0 {
            pause(Duration::from_micros(chance.below(6_000)));
        }
        fs::remove_file(&path).unwrap();
    }
    // Taken, and gone before the sinks have it: it is finished from what was read.
    desk.drop_file("last.txt", article(n_files));
    let last = crate::common::sha256(article(n_files));
    eventually("the last", || desk.n_rows() > 0 && desk.rows().contains_key(&last));
    assert_eq!(daemon.stop(), Some(0));
    let rows = desk.rows();
    let whole = crate::world::ids(0..n_files + 1);
    assert!(rows.keys().all(|id| whole.contains(id)), "a half was delivered");
    let status = desk.balanced();
    assert_eq!(status["quarantined"], 0, "{status}");
    assert_eq!(status["pending"], 0, "{status}");
    desk.drain(0);
}

/// Fault: delete_during_processing
#[test]
fn what_was_taken_is_finished_though_its_file_is_gone() {
    // Nobody reads the pipe, so all that is taken waits in the program.
    let desk =
        Desk::new(&HASTY.replace(
            "[[sink]]\ntype = \"jsonl\"\npath = \"articles.jsonl\"\n",
            "[[sink]]\ntype = \"stdout\"\n",
        ));
    let long = |number: u64| article(number).repeat(60);
    let n_files = 40;
    for number in 0..n_files {
        desk.drop_file(&format!("{number:02}.txt"), long(number));
    }
    let mut run = desk.command(&["run", "-q"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    eventually("all to be taken", || desk.n_rows() == n_files);
    for number in 0..n_files {
        fs::remove_file(desk.inbox(&format!("{number:02}.txt"))).unwrap();
    }
    assert!(!exists(&desk.inbox("00.txt")));
    let out = run.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut ids: Vec<String> = Vec::new();
        for line in std::io::BufRead::lines(std::io::BufReader::new(out)) {
            let record: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            ids.push(record["id"].as_str().unwrap().to_owned());
            if ids.len() as u64 == n_files {
                break;
            }
        }
        ids
    });
    let ids = reader.join().unwrap();
    let daemon = crate::common::Daemon { child: run };
    assert_eq!(daemon.stop(), Some(0));
    let expected: Vec<String> = (0..n_files).map(|number| crate::common::sha256(long(number))).collect();
    assert_eq!(ids, expected);
    assert_eq!(desk.balanced()["delivered"], n_files);
}
