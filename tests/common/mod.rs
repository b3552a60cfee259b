//! What the end-to-end tests share: a desk in a temporary folder, the real program, and an oracle that counts
//! folder and stores by itself.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

pub mod config;
pub mod oracle;
pub mod scene;
pub mod trace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// A temporary folder with an inbox, a configuration and a state folder.
pub struct Desk {
    pub dir: tempfile::TempDir,
    /// The program, where it is not the one under test.
    pub program: Option<PathBuf>,
}

/// Both durable sinks, all stages, and waits short enough for a test.
pub const BOTH_SINKS: &str = r#"
[source]
type = "folder"
path = "inbox"
settle = "60ms"
quiet = "20ms"
grace = "300ms"
reconcile = "1s"
[[stage]]
type = "strip_boilerplate"
[[stage]]
type = "drop_repeats"
[[stage]]
type = "enrich"
[[stage]]
type = "find_duplicates"
[[sink]]
type = "sqlite"
path = "articles.db"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
"#;

impl Desk {
    /// A desk with this configuration.
    pub fn new(config: &str) -> Desk {
        Desk::in_folder(tempfile::tempdir().unwrap(), config)
    }

    /// A desk that is quick to make and to sync, where nothing is to be said about a real disk.
    pub fn in_memory(config: &str) -> Desk {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Desk::in_folder(dir.unwrap(), config)
    }

    fn in_folder(dir: tempfile::TempDir, config: &str) -> Desk {
        std::fs::create_dir(dir.path().join("inbox")).unwrap();
        std::fs::write(dir.path().join("copydesk.toml"), config).unwrap();
        Desk { dir, program: None }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn inbox(&self, name: &str) -> PathBuf {
        self.path("inbox").join(name)
    }

    /// Drops a file as a careful writer does: beside, then renamed.
    pub fn drop_file(&self, name: &str, content: impl AsRef<[u8]>) {
        let hidden = self.inbox(&format!(".{name}.tmp"));
        std::fs::write(&hidden, content).unwrap();
        std::fs::rename(&hidden, self.inbox(name)).unwrap();
    }

    /// The program, at this desk.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.program.as_deref().map_or_else(program, clean_command);
        command.current_dir(self.dir.path()).args(args).args([
            "--config",
            "copydesk.toml",
            "--state",
            "state",
        ]);
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Drains what is there; panics with what was said if that fails.
    pub fn drain(&self, expect: i32) -> Output {
        let output = self.run(&["run", "--once"]);
        assert_eq!(output.status.code(), Some(expect), "{}", stderr(&output));
        output
    }

    pub fn daemon(&self) -> Daemon {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        let child = self.command(&["run"]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Daemon { child }
    }

    pub fn status(&self) -> Value {
        let output = self.run(&["status", "--json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Asserts promise 1 and returns the balance.
    pub fn balanced(&self) -> Value {
        let status = self.status();
        let count = |key: &str| status[key].as_u64().unwrap_or_else(|| panic!("no {key} in {status}"));
        let sum: u64 = ["delivered", "duplicate", "dropped", "quarantined", "superseded", "pending"]
            .iter()
            .map(|key| count(key))
            .sum();
        assert_eq!(count("seen"), sum, "{status}");
        status
    }

    /// How many articles the ledger counts under `key`; 0 while there is no ledger.
    pub fn count(&self, key: &str) -> u64 {
        if !exists(&self.path("state/ledger.log")) {
            return 0;
        }
        let output = self.run(&["status", "--json"]);
        let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        status[key].as_u64().unwrap_or(0)
    }

    /// How many rows the store has; 0 while it has no table yet.
    pub fn n_rows(&self) -> u64 {
        let Ok(db) = rusqlite::Connection::open_with_flags(
            self.path("articles.db"),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        ) else {
            return 0;
        };
        db.query_row("SELECT count(*) FROM articles", [], |row| row.get::<_, i64>(0))
            .map_or(0, i64::unsigned_abs)
    }

    /// Rows of the store, by id.
    pub fn rows(&self) -> BTreeMap<String, Value> {
        let db = rusqlite::Connection::open(self.path("articles.db")).unwrap();
        let mut statement = db.prepare("SELECT id, record FROM articles").unwrap();
        let rows =
            statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
        rows.map(|row| row.map(|(id, record)| (id, serde_json::from_str(&record).unwrap())).unwrap())
            .collect()
    }

    /// Lines of the JSONL file, each whole and each id once.
    pub fn lines(&self) -> BTreeMap<String, Value> {
        let text = std::fs::read_to_string(self.path("articles.jsonl")).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "torn last line");
        let mut lines = BTreeMap::new();
        for line in text.lines() {
            let record: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
            let id = record["id"].as_str().unwrap().to_owned();
            assert!(lines.insert(id.clone(), record).is_none(), "{id} twice in JSONL");
        }
        lines
    }

    /// Quarantine entries as `quarantine list --json` prints them.
    pub fn quarantine(&self) -> Vec<Value> {
        let output = self.run(&["quarantine", "list", "--json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The program under test, with nothing of the outer environment that could steer it.
pub fn program() -> Command {
    clean_command(Path::new(env!("CARGO_BIN_EXE_copydesk")))
}

fn clean_command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COPYDESK_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Whether tests run at full length (`cargo dev torture`), or so that all of them together take minutes.
pub fn at_full_length() -> bool {
    std::env::var_os("COPYDESK_TORTURE").is_some()
}

/// The count for a short run, or for one at full length.
pub fn scale(short: u64, full: u64) -> u64 {
    if at_full_length() { full } else { short }
}

/// The same command run by a tool (`strace …`, `faketime …`, `unshare …`) that takes it as its arguments.
pub fn under(tool: &[&str], command: &Command) -> Command {
    let mut wrapped = Command::new(tool[0]);
    wrapped.args(&tool[1..]).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    if let Some(dir) = command.get_current_dir() {
        wrapped.current_dir(dir);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped
}

/// A running daemon, killed at the end of the test whatever happens.
pub struct Daemon {
    pub child: Child,
}

impl Daemon {
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by name (`TERM`, `HUP`).
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Sends TERM and returns the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        wait_for("the daemon to stop", || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap().code()
    }

    /// The most memory it held, in KiB.
    pub fn peak_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Waits until `condition` holds; panics after a minute.
pub fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        pause(Duration::from_millis(10));
    }
}

/// Lets time pass where time is what the test is about: between two writes, before a kill.
pub fn pause(time: Duration) {
    let (_tx, rx) = std::sync::mpsc::channel::<()>();
    let _timeout = rx.recv_timeout(time);
}

pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes.as_ref()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An invented article, different for each number: some paragraphs of prose.
pub fn article(number: u64) -> String {
    let mut text = format!(
        "The lighthouse at Point {number} will be painted in spring, the harbour board said on Monday.\n\n"
    );
    for paragraph in 0..=number % 5 {
        let sentences = format!(
            "Keeper number {number} counted {} ships in week {paragraph}, which was more than in any week since the war. \
             She wrote their names in a blue book and sent a copy to the institute in the capital.\n\n",
            number * 7 + paragraph
        );
        text.push_str(&sentences);
    }
    text
}

const WHO: [&str; 8] = [
    "The mayor of Ostrava Bay",
    "A panel of pilots",
    "Keeper Runa Stahl",
    "The council's auditor",
    "Fishers from Lorne Point",
    "An engineer of the Tidewater line",
    "The ministry in Velmar",
    "Judge Emil Harrow",
];
const DID: [&str; 8] = [
    "approved the rebuilding of",
    "counted the losses at",
    "asked for a second survey of",
    "walked along",
    "photographed the cracks in",
    "set aside 40 beds near",
    "sold the old timber from",
    "lifted the ban on sailing past",
];
const WHAT: [&str; 8] = [
    "the eastern mole",
    "the grain quay",
    "the ropeworks",
    "the swing bridge",
    "the pilot station",
    "the drowned orchard",
    "the ice house",
    "the ferry stairs",
];

fn sentence(chance: &mut Chance) -> String {
    let mut pick = |words: [&'static str; 8]| words[chance.below(8) as usize];
    let (who, did, what) = (pick(WHO), pick(DID), pick(WHAT));
    let (number, year) = (chance.below(9000) + 100, chance.below(60) + 1960);
    format!("{who} {did} {what} for {number} crowns, the first such step since {year}.")
}

/// A report of so many sentences, unlike that of any other number.
pub fn report(number: u64, n_sentences: usize) -> String {
    let mut chance = Chance(number * 7919 + 17);
    let sentences: Vec<String> = (0..n_sentences).map(|_| sentence(&mut chance)).collect();
    sentences.chunks(3).map(|some| some.join(" ")).collect::<Vec<_>>().join("\n\n")
}

/// Numbers that look like chance and are the same each time (xorshift64*).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
