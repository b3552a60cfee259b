//! More files than a folder should have: what they cost in memory, and in time at the next start.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Daemon, Desk, at_full_length, pause, scale, wait_for};

const SOURCE: &str = "[source]\ntype = \"folder\"\npath = \"inbox\"\nsettle = \"60ms\"\nquiet = \"20ms\"\n";
const STAGES: &str = "[[stage]]\ntype = \"strip_boilerplate\"\n[[stage]]\ntype = \"drop_repeats\"\n\
    [[stage]]\ntype = \"enrich\"\n[[stage]]\ntype = \"find_duplicates\"\n";
const JSONL: &str = "[[sink]]\ntype = \"jsonl\"\npath = \"articles.jsonl\"\n";
const SQLITE: &str = "[[sink]]\ntype = \"sqlite\"\npath = \"articles.db\"\n";

/// The most memory the program may take, in KiB.
const MOST_MEMORY: u64 = 300 << 10;

/// Fills the inbox with small articles, all different, in folders of 10,000.
fn fill(desk: &Desk, n_files: u64) {
    for number in 0..n_files {
        let folder = desk.inbox(&format!("{:03}", number / 10_000));
        if number % 10_000 == 0 {
            std::fs::create_dir_all(&folder).unwrap();
        }
        let text =
            format!("Report {number} of the harbour office\n\nRain fell on pier {number} all night.\n");
        std::fs::write(folder.join(format!("{number:07}.txt")), text).unwrap();
    }
}

/// Drains the inbox, and says how much memory that took at most, in KiB.
fn drain(desk: &Desk) -> u64 {
    let child = desk.command(&["run", "--once"]).stdout(Stdio::null()).spawn().unwrap();
    let mut daemon = Daemon { child };
    let mut peak = 0;
    let status = loop {
        // Nothing is said of it any more in the moment between its end and our hearing of it.
        peak = daemon.peak_kib().unwrap_or(peak).max(peak);
        if let Some(status) = daemon.child.try_wait().unwrap() {
            break status;
        }
        pause(Duration::from_millis(5));
    };
    assert!(status.success(), "{status}");
    peak
}

/// How often a line feed is in the JSONL file, without reading it into memory.
fn n_lines(desk: &Desk) -> u64 {
    let output = Command::new("wc").arg("-l").arg(desk.path("articles.jsonl")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

/// Fault: million_files
#[test]
fn memory_is_bounded_whatever_the_number_of_files() {
    // The stages take time, so a short run gives them fewer.
    let ways = [("", JSONL, scale(20_000, 1_000_000)), (STAGES, SQLITE, scale(1_500, 1_000_000))];
    for (stages, sinks, n_files) in ways {
        let desk = Desk::new(&format!("{SOURCE}{stages}{sinks}"));
        fill(&desk, n_files);
        let peak = drain(&desk);
        assert!(peak > 0 && peak < MOST_MEMORY, "{peak} KiB");
        assert_eq!(desk.balanced()["delivered"], n_files);
        let n_stored = if sinks == JSONL { n_lines(&desk) } else { desk.n_rows() };
        assert_eq!(n_stored, n_files);
        // A start among known files delivers nothing twice, and takes no more.
        let peak = drain(&desk);
        assert!(peak < MOST_MEMORY, "{peak} KiB");
        assert_eq!(desk.balanced()["seen"], n_files);
    }
}

/// Fault: million_files
#[test]
fn a_restart_among_known_files_delivers_the_new_one_soon() {
    let n_files = scale(3_000, 100_000);
    let desk = Desk::new(&format!("{SOURCE}{STAGES}{JSONL}"));
    fill(&desk, n_files);
    drain(&desk);
    // One lies among the known, whole for long enough when the start comes.
    std::fs::write(desk.inbox("000/0001500-new.txt"), "A report that is new among thousands of old ones.\n")
        .unwrap();
    pause(Duration::from_millis(120));
    let length = || std::fs::metadata(desk.path("articles.jsonl")).unwrap().len();
    let before = length();
    let start = Instant::now();
    let daemon = desk.daemon();
    wait_for("the new file among the known", || length() > before);
    let took = start.elapsed();
    // In a short run on a busy machine only that it comes is certain.
    assert!(!at_full_length() || took < Duration::from_secs(1), "{took:?}");
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(n_lines(&desk), n_files + 1);
    assert_eq!(desk.balanced()["delivered"], n_files + 1);
    // The index that made the start short is only a cache.
    let index = desk.path("state/jsonl.jsonl-index");
    assert!(index.exists());
    std::fs::remove_file(index).unwrap();
    desk.drop_file("last.txt", "A report that comes when the index of the store is gone.\n");
    drain(&desk);
    assert_eq!(n_lines(&desk), n_files + 2);
    assert_eq!(desk.balanced()["seen"], n_files + 2);
}
