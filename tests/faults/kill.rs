//! `kill -9` at random moments, at every named place, and by the kernel when memory runs out.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::oracle::Oracle;
use crate::common::scene::{self, config, restore, snapshot};
use crate::common::{
    BOTH_SINKS, Chance, Daemon, Desk, article, at_full_length, exists, pause, scale, stderr, under, wait_for,
};

/// Bytes from which the ledger is compacted.
const COMPACT_FROM: &str = "COPYDESK_COMPACT_FROM";

/// Writers of every kind, one file after the other.
struct Writer<'a> {
    desk: &'a Desk,
    oracle: Oracle,
    chance: Chance,
    number: u64,
}

impl Writer<'_> {
    fn write_some(&mut self, n_files: u64) {
        for _ in 0..n_files {
            self.number += 1;
            let number = self.number;
            match self.chance.below(20) {
                0 if number > 10 => self.revise(),
                1 if number > 10 => self.copy(),
                2 => self.careful(&format!("{number:05}.json"), &format!("{{\"text\": {number}")),
                3 => {
                    let record = |part| {
                        let text = article(1_000_000 + number * 10 + part);
                        serde_json::json!({"title": format!("Report {number}-{part}"), "text": text})
                            .to_string()
                    };
                    self.careful(
                        &format!("{number:05}.jsonl"),
                        &[record(0), record(1), record(2)].join("\n"),
                    );
                }
                4..8 => self.slow(&format!("{number:05}.txt"), &article(number)),
                _ => self.careful(&format!("{number:05}.txt"), &article(number)),
            }
        }
    }

    fn careful(&mut self, name: &str, content: &str) {
        self.oracle.put(name, content);
        self.desk.drop_file(name, content);
    }

    /// Writes in place, with a pause in the middle.
    fn slow(&mut self, name: &str, content: &str) {
        self.oracle.put(name, content);
        let (first, second) = content.split_at(content.len() / 2);
        let start = Instant::now();
        let mut file = std::fs::File::create(self.desk.inbox(name)).unwrap();
        file.write_all(first.as_bytes()).unwrap();
        pause(Duration::from_millis(self.chance.below(15)));
        file.write_all(second.as_bytes()).unwrap();
        drop(file);
        // On a machine this busy, the half may have held still for as long as a whole file does.
        if start.elapsed() > Duration::from_millis(40) {
            self.oracle.put_half(first);
        }
    }

    fn revise(&mut self) {
        let name = format!("{:05}.txt", self.chance.below(self.number) + 1);
        if self.oracle.has(&name) {
            self.careful(&name, &article(500_000 + self.number));
        }
    }

    fn copy(&mut self) {
        let name = format!("{:05}.txt", self.chance.below(self.number) + 1);
        if let Some(content) = self.oracle.content(&name) {
            self.careful(&format!("{:05}-copy.txt", self.number), &content);
        }
    }
}

fn set_after(desk: &Desk, after: &str) {
    std::fs::write(desk.path("copydesk.toml"), kill_config(after)).unwrap();
}

fn kill_config(after: &str) -> String {
    BOTH_SINKS.replace("path = \"inbox\"\n", &format!("path = \"inbox\"\nafter = \"{after}\"\n"))
}

/// A daemon whose ledger is compacted again and again.
fn start(desk: &Desk) -> Daemon {
    let log = std::fs::File::options().create(true).append(true).open(desk.path("log")).unwrap();
    let mut command = desk.command(&["run"]);
    command.env(COMPACT_FROM, "3000");
    Daemon { child: command.stdout(Stdio::null()).stderr(log).spawn().unwrap() }
}

/// Random kills while files of every kind arrive, also during recovery, compaction and a retry of the
/// quarantine.
///
/// Fault: kill
#[test]
fn random_kills_while_files_arrive_lose_and_double_nothing() {
    let (n_kills, n_files) = (scale(15, 200), scale(800, 4000));
    let desk = Desk::new(&kill_config("keep"));
    let mut writer = Writer { desk: &desk, oracle: Oracle::default(), chance: Chance(2026), number: 0 };
    let mut chance = Chance(1848);
    for kill in 0..n_kills {
        set_after(&desk, ["keep", "move", "delete"][(kill % 3) as usize]);
        let mut daemon = start(&desk);
        let wait = Duration::from_millis(chance.below(400));
        let retry = chance.below(3) == 0;
        std::thread::scope(|scope| {
            scope.spawn(|| writer.write_some((kill + 1) * n_files / n_kills - kill * n_files / n_kills));
            if retry {
                let mut retry = desk.command(&["quarantine", "retry", "--all"]);
                let mut retry = retry.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
                pause(wait);
                daemon.kill();
                let _ended = retry.kill();
                retry.wait().unwrap();
            } else {
                pause(wait);
                daemon.kill();
            }
        });
    }
    for after in ["keep", "move"] {
        set_after(&desk, after);
        let output = desk.run(&["run", "--once"]);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", stderr(&output));
    }
    writer.oracle.check_sinks_and_ledger(&desk, "after the kills");
}

/// Fault: kill
#[test]
fn random_kills_while_files_are_rewritten_and_the_ledger_compacted() {
    let desk = Desk::new(&kill_config("keep"));
    let mut oracle = Oracle::default();
    let mut chance = Chance(1871);
    let log = || std::fs::read_to_string(desk.path("log")).unwrap_or_default();
    let mut put = |number: u64| {
        for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
            let content = format!("{name} says: {}", article(number));
            oracle.put(name, &content);
            desk.drop_file(name, content);
        }
    };
    for kill in 0..scale(5, 60) {
        let mut daemon = start(&desk);
        for turn in 0..6 {
            put(kill * 10 + turn);
            pause(Duration::from_millis(chance.below(60)));
        }
        daemon.kill();
    }
    // So many versions of one file that the ledger must become smaller.
    let daemon = start(&desk);
    let mut number = 100_000;
    wait_for("the ledger to be compacted", || {
        number += 1;
        put(number);
        pause(Duration::from_millis(50));
        log().contains("ledger compacted")
    });
    drop(daemon);
    go_on(&desk, &oracle, "keep", "after the kills");
}

/// What is done at a desk to pass places.
struct Passage {
    after: &'static str,
    args: &'static [&'static str],
    compact_from: &'static str,
    places: &'static [&'static str],
}

const RUNS: Passage = Passage {
    after: "move",
    args: &["run", "--once"],
    compact_from: "1000000",
    places: &[
        "recover.after_truncate",
        "seen.before_commit",
        "seen.after_commit",
        "file_end.before_commit",
        "ledger.before_write",
        "ledger.after_write",
        "ledger.after_sync",
        "parcel.before_send",
        "jsonl.after_create",
        "jsonl.before_mend",
        "jsonl.after_mend",
        "jsonl.after_torn_copy",
        "jsonl.after_cut",
        "jsonl.before_append",
        "jsonl.after_append",
        "jsonl.after_sync",
        "sqlite.after_checkpoint",
        "sqlite.before_commit",
        "sqlite.after_commit",
        "sink.after_write",
        "quarantine.after_bytes",
        "quarantine.before_rename",
        "quarantine.after_rename",
        "settle.before_commit",
        "settle.after_commit",
        "quarantine.before_remove",
        "quarantine.half_removed",
        "receipt.before_settle",
        "receipt.after_settle",
        "dispose.before_move",
        "dispose.after_move",
        "replace.before_rename",
        "replace.after_rename",
    ],
};

const OTHERS: &[Passage] = &[
    Passage { after: "delete", places: &["dispose.before_delete", "dispose.after_delete"], ..RUNS },
    Passage {
        after: "keep",
        compact_from: "400",
        places: &[
            "compact.before_replace",
            "compact.after_replace",
            "replace.before_rename",
            "replace.after_rename",
        ],
        ..RUNS
    },
    Passage {
        after: "keep",
        args: &["quarantine", "retry", "--all"],
        places: &["retry.after_commit"],
        ..RUNS
    },
];

/// Places that are passed only once in a life, or that take a world of their own.
const FIRST: &[&str] = &["state.after_create", "sqlite.before_prepared", "sqlite.after_prepared"];
const REQUESTS: &[&str] = &["request.before_answer", "request.after_answer"];
/// They take thousands of articles; crash tests of the crates they belong to pass them.
const ELSEWHERE: &[&str] = &[
    "spill.after_write",
    "index.after_docs",
    "index.after_keys",
    "index.after_merge",
    "index.before_manifest",
    "index.after_manifest",
    "index.before_remove",
    "stories.before_rename",
    "stories.after_rename",
];

#[test]
fn every_named_place_is_in_a_test() {
    let all: BTreeSet<&str> = copydesk_core::crash::POINTS.iter().copied().collect();
    let others = OTHERS.iter().flat_map(|passage| passage.places);
    let tested = RUNS.places.iter().chain(others).chain(FIRST).chain(REQUESTS).chain(ELSEWHERE);
    assert_eq!(tested.copied().collect::<BTreeSet<_>>(), all);
}

/// Runs a command that is to die at a place; true if it did.
fn dies(desk: &Desk, args: &[&str], at: &str, compact_from: &str) -> bool {
    let mut command = desk.command(args);
    command.env("COPYDESK_CRASH_AT", at).env(COMPACT_FROM, compact_from);
    let output = command.output().unwrap();
    let died = output.status.code().is_none();
    assert!(died || matches!(output.status.code(), Some(0 | 3)), "{at}: {}", stderr(&output));
    died
}

fn go_on(desk: &Desk, oracle: &Oracle, after: &str, what: &str) {
    let output = desk.run(&["run", "--once"]);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{what}: {}", stderr(&output));
    oracle.check(desk, after, what);
}

impl Passage {
    /// Lets a process die at every place, at its first passes; and once more while it recovers from the first.
    fn go(&self, desk: &Desk, oracle: &Oracle, places: &[&str]) {
        let before = snapshot(desk);
        for place in places {
            for pass in 1..=scale(2, 10) {
                restore(desk, &before);
                let what = format!("{place}:{pass}");
                if !dies(desk, self.args, &what, self.compact_from) {
                    assert!(pass > 1, "{place} was never passed");
                    break;
                }
                if pass == 1 {
                    dies(desk, self.args, &what, self.compact_from);
                }
                go_on(desk, oracle, self.after, &what);
            }
        }
    }

    fn desk(&self) -> (Desk, Oracle) {
        let desk = Desk::in_memory(&config(self.after));
        let mut oracle = Oracle::default();
        scene::earlier(&desk, &mut oracle);
        scene::now(&desk, &mut oracle);
        // As a power loss in the middle of writes leaves them.
        let lines = std::fs::read_to_string(desk.path("articles.jsonl")).unwrap();
        let holed = lines.replacen('\n', "\n{\"id\":\"\0\0\0\0\n", 1);
        std::fs::write(desk.path("articles.jsonl"), holed).unwrap();
        for file in ["state/ledger.log", "articles.jsonl"] {
            let mut file = std::fs::File::options().append(true).open(desk.path(file)).unwrap();
            file.write_all(b"{\"id\":\"torn").unwrap();
        }
        (desk, oracle)
    }
}

/// Fault: kill
#[test]
fn a_kill_at_every_named_place_of_a_run() {
    let (first, second) = RUNS.places.split_at(RUNS.places.len() / 2);
    std::thread::scope(|scope| {
        for places in [first, second] {
            scope.spawn(|| {
                let (desk, oracle) = RUNS.desk();
                RUNS.go(&desk, &oracle, places);
            });
        }
    });
}

/// Deleting, compacting, asking the quarantine, and the first start.
///
/// Fault: kill
#[test]
fn a_kill_at_every_other_named_place() {
    for passage in OTHERS {
        let (desk, mut oracle) = passage.desk();
        let compacts = passage.compact_from != RUNS.compact_from;
        let n_turns = if compacts { 12 } else { 1 };
        for turn in 0..n_turns {
            // Versions that the ledger may forget.
            for name in ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt"] {
                let content = format!("{name} says: {}", article(100 + turn));
                oracle.put(name, &content);
                desk.drop_file(name, content);
            }
            if turn + 1 < n_turns {
                desk.drain(if turn == 0 { 3 } else { 0 });
            }
        }
        passage.go(&desk, &oracle, passage.places);
    }
    for place in FIRST {
        let desk = Desk::in_memory(&config("keep"));
        let mut oracle = Oracle::default();
        scene::now(&desk, &mut oracle);
        assert!(dies(&desk, RUNS.args, &format!("{place}:1"), RUNS.compact_from), "{place} was never passed");
        go_on(&desk, &oracle, "keep", place);
    }
    for place in ["sqlite.before_prepared", "sqlite.after_prepared"] {
        dies_over_an_earlier_store(place);
    }
    for place in REQUESTS {
        dies_at_a_request(place);
    }
}

/// The first start after an update, over the store as version 1 of its tables left it.
fn dies_over_an_earlier_store(place: &str) {
    let desk = Desk::in_memory(&config("keep"));
    let mut oracle = Oracle::default();
    scene::earlier(&desk, &mut oracle);
    let store = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    let back = "DROP INDEX articles_by_lead; DROP INDEX articles_by_story; DROP TABLE stories;
        ALTER TABLE articles DROP COLUMN duplicate_of; ALTER TABLE articles DROP COLUMN story;
        PRAGMA user_version = 1";
    store.execute_batch(back).unwrap();
    drop(store);
    scene::now(&desk, &mut oracle);
    for pass in 1..=2 {
        // The second time there is nothing left to do if the first time all was done.
        let died = dies(&desk, RUNS.args, place, RUNS.compact_from);
        assert_eq!(died, pass == 1 || place == "sqlite.before_prepared", "{place}, pass {pass}");
    }
    go_on(&desk, &oracle, "keep", place);
    let store = rusqlite::Connection::open(desk.path("articles.db")).unwrap();
    let version: i64 = store.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 2, "{place}");
}

fn dies_at_a_request(place: &str) {
    let desk = Desk::in_memory(&config("keep"));
    let mut oracle = Oracle::default();
    scene::earlier(&desk, &mut oracle);
    let mut command = desk.command(&["run"]);
    command.env("COPYDESK_CRASH_AT", place).stdout(Stdio::null()).stderr(Stdio::null());
    let mut daemon = Daemon { child: command.spawn().unwrap() };
    wait_for("the daemon's lock", || {
        std::fs::read(desk.path("state/lock"))
            .is_ok_and(|pid| String::from_utf8_lossy(&pid).trim() == daemon.child.id().to_string())
    });
    let mut ask = desk.command(&["quarantine", "retry", "--all"]);
    let mut ask = ask.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the daemon to die", || daemon.child.try_wait().unwrap().is_some());
    assert_eq!(daemon.child.wait().unwrap().code(), None, "{place}");
    let _ended = ask.kill();
    ask.wait().unwrap();
    go_on(&desk, &oracle, "keep", place);
}

/// The kernel ends a process that needs more memory than it may have, in the middle of a load; each time it
/// may have a little more, until it gets through.
///
/// Fault: out_of_memory
#[test]
fn out_of_memory_is_like_a_kill() {
    let desk = Desk::new(&config("keep"));
    let mut oracle = Oracle::default();
    for number in 0..scale(60, 300) {
        let text: String = (0..60).map(|part| article(number * 100 + part)).collect();
        let name = format!("{number:03}.txt");
        oracle.put(&name, &text);
        desk.drop_file(&name, &text);
    }
    let group = Group::new();
    let (mut n_killed, mut in_the_middle) = (0, 0);
    let mut mib = 4;
    let code = loop {
        let before = desk.count("delivered");
        let output = group.limit(mib, &desk.command(&["run", "--once"])).output().unwrap();
        if let Some(code @ (0 | 3)) = output.status.code() {
            break code;
        }
        n_killed += 1;
        in_the_middle += u64::from(desk.count("seen") > 0 && before < desk.count("seen"));
        mib += if at_full_length() { 1 } else { 3 };
        assert!(mib < 2000, "{}", stderr(&output));
    };
    assert_eq!(code, 0);
    assert!(
        n_killed > 0 && in_the_middle > 0,
        "{n_killed} killed, {in_the_middle} in the middle of the load"
    );
    go_on(&desk, &oracle, "keep", &format!("killed {n_killed} times, got through with {mib} MiB"));
}

/// A limit on memory: a control group where one can be made, which kills; else one on the address space,
/// which makes allocation fail, and that ends the process as well.
struct Group(Option<std::path::PathBuf>);

impl Group {
    fn new() -> Group {
        let path = format!("/sys/fs/cgroup/memory/copydesk-test-{}", std::process::id());
        let path = std::path::PathBuf::from(path);
        let made = exists(std::path::Path::new("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
            && std::fs::create_dir(&path).is_ok();
        Group(made.then_some(path))
    }

    fn limit(&self, mib: u64, command: &Command) -> Command {
        let Some(group) = &self.0 else {
            // The address space holds much that is never touched.
            return under(&["prlimit", &format!("--as={}", (mib * 8) << 20)], command);
        };
        std::fs::write(group.join("memory.limit_in_bytes"), format!("{mib}M")).unwrap();
        let enter = format!("echo $$ > {}/cgroup.procs && exec \"$@\"", group.display());
        under(&["sh", "-c", &enter, "sh"], command)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // It can only be removed once its last process is gone.
            let _still_there = std::fs::remove_dir(path);
        }
    }
}
